"""The view of `list_page.py`: the list of an entity's records, and the inputs that narrow it."""

from dataclasses import dataclass

from starmodel_generator.emission.control import first_line, is_prose
from starmodel_generator.emission.imports import ModuleNames
from starmodel_generator.emission.initial import value_text
from starmodel_generator.emission.layout import Group, Layout
from starmodel_generator.emission.limits import bare
from starmodel_generator.emission.markup import html, in_fstring
from starmodel_generator.emission.names import Context, projected_type_name
from starmodel_generator.emission.quoting import docstring, python_string, string_in_braces
from starmodel_generator.emission.record import (
    label_field,
    plural_words,
    record_words,
    reference_of,
    sentence_case,
)
from starmodel_generator.emission.shapes import public_fields
from starmodel_generator.emission.shown import (
    PAGE,
    LabelsView,
    Shown,
    is_number,
    is_single,
    label_of,
    member,
)
from starmodel_generator.emission.state import state_fields
from starmodel_schemas import (
    DictType,
    EntitySchema,
    EnumType,
    FieldSchema,
    ListType,
    LiteralType,
    ObjectSchema,
    ObjectType,
    ScalarType,
    SetType,
    TupleType,
    TypeRef,
)
from starmodel_schemas.naming import snake_case, title_words

LISTING = "starmodel.web.listing"
"""The module of what generated lists call."""

RECORD = "record"
"""The variable that a row is made of."""


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A column: its heading, and what stands in the cell of a record, for f-strings."""

    label: str
    heading: str
    hole: str
    is_number: bool
    is_title: bool
    is_long: bool


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """An `<option>` of an input that narrows the list."""

    value: str
    label: str
    hole: str


@dataclass(frozen=True, slots=True)
class InputView:
    """An input that narrows the list; one without choices is typed into."""

    id: str
    name: str
    label: str
    type: str
    hole: str
    choices: tuple[ChoiceView, ...] = ()


@dataclass(frozen=True, slots=True)
class BriefView:
    """The function that shows a value object in a line."""

    name: str
    type: str
    title: str
    parts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ListPageView:
    """Everything that `list_page.py.j2` lays out."""

    title: str
    imports: str
    live: Layout
    labels: tuple[LabelsView, ...]
    inputs_constant: Layout
    related_constant: Layout
    page_signature: Layout
    page_docstring: str
    page_result: Layout
    list_function: str
    list_docstring: str
    row_function: str
    row_docstring: str
    state_type: str
    has_related: bool
    snake_name: str
    changes: str
    namespace: str
    path: str
    inputs: tuple[InputView, ...]
    more: tuple[InputView, ...]
    more_opened: str
    new_label: str
    columns: tuple[ColumnView, ...]
    heading: str
    counted: str
    nothing: str
    kept: str
    filters: str
    briefs: tuple[BriefView, ...]


def list_page_view(entity: EntitySchema, context: Context) -> ListPageView:
    """Decide what the list of an entity's records shows."""
    return _ListPage(entity, context).view()


class _ListPage:
    """Makes the view of one entity's list."""

    def __init__(self, entity: EntitySchema, context: Context) -> None:
        self.entity = entity
        self.context = context
        self.own = context.names[entity.qualified_name]
        self.names = ModuleNames(context.first_party)
        self.shown = Shown(self.names, context, self.own.module("state"))
        self.title_field = label_field(entity)
        self.briefs: dict[str, BriefView] = {}
        self.has_related = False

    def view(self) -> ListPageView:
        names, entity = self.names, self.entity
        for name in ("SEARCH", "FOLLOW", "REFRESH", "ListView"):
            names.use(LISTING, name)
        for name in ("NOTICE", "escape"):
            names.use(PAGE, name)
        names.use("starmodel.web", "Page")
        names.use("starmodel.web", "segment")
        state_type = names.use(self.own.module("state"), self.own.state_type)
        action = names.use("starmodel.web.actions", "live_action")
        snake = entity.snake_name
        several = plural_words(entity)
        columns = tuple([self._column(field) for field in self._listed_fields()])
        inputs, more = self._inputs()
        input_names = [one.name for one in (*inputs, *more)]
        constant = names.define("INPUTS")
        labels = names.define("RELATED_LABELS")
        counted = [python_string(html(record_words(entity))), python_string(html(several))]
        names.define(f"{snake}_list_page")
        names.define(f"{snake}_list")
        if self.has_related:
            names.use(LISTING, "Related")
        return ListPageView(
            title=sentence_case(several),
            live=Group(f"{names.define('LIVE')} = escape({action}(", (python_string(snake),), "))"),
            labels=self.shown.labels,
            inputs_constant=Group(
                f"{constant} = (",
                tuple([python_string(name) for name in input_names]),
                ",)" if len(input_names) == 1 else ")",
            ),
            related_constant=Group(f"{labels} = {{", tuple(self._related_labels()), "}"),
            page_signature=Group(
                f"def {snake}_list_page(", (f"view: ListView[{state_type}]",), ") -> Page:"
            ),
            page_docstring=docstring(f"The page that lists {several}.", 4),
            page_result=Group(
                "return Page(",
                (
                    python_string(sentence_case(several)),
                    python_string(first_line(entity.doc)),
                    "content",
                ),
                ")",
            ),
            list_function=f"{snake}_list",
            list_docstring=docstring(f"The {several} that fit, and the way to the others.", 4),
            row_function=names.define(f"{snake}_row"),
            row_docstring=docstring(f"One of the {several}: a row of the table.", 4),
            state_type=state_type,
            has_related=self.has_related,
            snake_name=in_fstring(html(snake)),
            changes=in_fstring(html(snake)),
            namespace=in_fstring(html(entity.namespace)),
            path=in_fstring(html(f"/{snake}")),
            inputs=inputs,
            more=more,
            more_opened=f"view.opened({', '.join([python_string(one.name) for one in more])})",
            new_label=in_fstring(html(f"New {record_words(entity)}")) if self._is_made() else "",
            columns=columns,
            heading=in_fstring(html(sentence_case(several))),
            counted=f"{names.use(LISTING, 'turning')}(view, {', '.join(counted)})",
            nothing=f"{names.use(LISTING, 'nothing')}(view, {counted[1]})",
            kept=f"{names.use(LISTING, 'kept')}(view, {constant})",
            filters=f"{names.use(LISTING, 'filters')}(view, {constant}, {labels})",
            briefs=tuple(self.briefs.values()),
            imports=names.import_block(),
        )

    def _is_made(self) -> bool:
        return any(event.is_creation for event in self.entity.events)

    def _listed_fields(self) -> list[FieldSchema]:
        """Give the fields that have a column; the id has one where nothing else is a title."""
        return [
            field
            for field in state_fields(self.entity)
            if field.name != "id" or self.title_field is None or self.entity.declares_id
        ]

    def _related_labels(self) -> list[str]:
        labels: list[str] = []
        for field in public_fields(self.entity):
            target = reference_of(field.type)
            if target is not None:
                label = label_field(self.context.entities[target[0]]) or "id"
                labels.append(f"{python_string(field.name)}: {python_string(label)}")
        return labels

    def _column(self, field: FieldSchema) -> ColumnView:
        label = html(label_of(field))
        is_title = field.name == (self.title_field or "id")
        number = is_number(field.type)
        heading = ""
        is_sorted = is_single(field.type) and reference_of(field.type) is None
        if is_sorted and not field.computed:
            column = self.names.use(LISTING, "column")
            items = ["view", python_string(field.name), string_in_braces(label)]
            if number:
                items.append("is_number=True")
            heading = f"{column}({', '.join(items)})"
        value = member(RECORD, field.name)
        shown = f'escape({value} or {member(RECORD, "id")})' if is_title else ""
        return ColumnView(
            label=in_fstring(label),
            heading=heading,
            hole=shown or self._cell(field.type, value),
            is_number=number,
            is_title=is_title,
            is_long=not is_title and is_prose(field.name, field.constraints),
        )

    def _cell(self, type_: TypeRef, value: str) -> str:
        """Write what stands in a cell: a line, whatever the type."""
        target = reference_of(type_)
        if target is not None:
            return self._reference(*target, value)
        inner, is_optional, _ = bare(type_)
        if is_single(inner):
            return self.shown.hole(type_, value)
        if isinstance(inner, ObjectType):
            if not any(is_single(field.type) for field in self._parts(inner)):
                return '"…"'
            function = self._brief(self.context.objects[inner.object])
            return (
                f'"" if {value} is None else {function}({value})'
                if is_optional
                else (f"{function}({value})")
            )
        if _is_counted(inner):
            return f"len({value} or ())" if is_optional else f"len({value})"
        return self.shown.text(type_, value)

    def _parts(self, type_: ObjectType) -> list[FieldSchema]:
        return public_fields(self.context.objects[type_.object])

    def _reference(self, entity: str, is_several: bool, value: str) -> str:
        self.has_related = True
        target = self.context.entities[entity]
        name = value.removeprefix(f"{RECORD}[").removesuffix("]")
        function = self.names.use(PAGE, "references" if is_several else "reference")
        items = [
            python_string(f"/{target.snake_name}"),
            value,
            f"related.get({name}, {{}})",
            python_string(label_field(target) or "id"),
        ]
        return f"{function}({', '.join(items)})"

    def _brief(self, schema: ObjectSchema) -> str:
        """Name the function that shows a value object in a line, and write it if there is none."""
        name = f"{snake_case(schema.name)}_brief"
        if name not in self.briefs:
            self.names.define(name)
            self.names.use(PAGE, "brief")
            parts = tuple(
                (string_in_braces(html(label_of(field))), self.shown.text(field.type, part))
                for field in public_fields(schema)
                if is_single(field.type)
                for part in (member("value", field.name),)
            )
            self.briefs[name] = BriefView(
                name=name,
                type=self.names.use(self.own.module("state"), projected_type_name(schema)),
                title=title_words(schema.name),
                parts=parts,
            )
        return name

    def _inputs(self) -> tuple[tuple[InputView, ...], tuple[InputView, ...]]:
        """Choose the inputs that are there at once, and those behind a click."""
        shown: list[InputView] = []
        more: list[InputView] = []
        texts = 0
        for field in public_fields(self.entity):
            if field.computed or field.name == "id":
                continue
            type_, _, _ = bare(field.type)
            label = label_of(field)
            match type_:
                case EnumType():
                    members = self.context.enums[type_.enum].members
                    options = [(value_text(one.value), title_words(one.name)) for one in members]
                    shown.append(self._select(field, options))
                case LiteralType() if is_single(type_):
                    options = [(value_text(one), _literal_label(one)) for one in type_.values]
                    shown.append(self._select(field, options))
                case ScalarType(name="bool"):
                    shown.append(self._select(field, [("true", "Yes"), ("false", "No")]))
                case ScalarType(name="str") if is_prose(field.name, field.constraints):
                    texts += 1
                case ScalarType(name="str"):
                    texts += 1
                    more.append(self._typed(f"{field.name}__contains", f"{label} contains", "text"))
                case ScalarType(name="int" | "float" | "Decimal"):
                    more.append(self._typed(f"{field.name}__ge", f"{label} from", "number"))
                    more.append(self._typed(f"{field.name}__le", f"{label} to", "number"))
                case ScalarType(name="date"):
                    more.append(self._typed(f"{field.name}__ge", f"{label} from", "date"))
                    more.append(self._typed(f"{field.name}__le", f"{label} to", "date"))
                case _:
                    pass
        if texts:
            shown.insert(0, self._typed("q", "Search", "search"))
        return tuple(shown), tuple(more)

    def _typed(self, name: str, label: str, type_: str) -> InputView:
        return InputView(
            id=self._input_id(name),
            name=name,
            label=in_fstring(html(label)),
            type=type_,
            hole=f"view.value({python_string(name)})",
        )

    def _select(self, field: FieldSchema, options: list[tuple[str, str]]) -> InputView:
        labels: dict[str, str] = {}
        for value, label in options:
            labels.setdefault(value, label)
        choices = [
            ChoiceView(
                value=in_fstring(html(value)),
                label=in_fstring(html(label)),
                hole=f"view.chosen({python_string(field.name)}, {string_in_braces(value)})",
            )
            for value, label in labels.items()
            if value
        ]
        return InputView(
            id=self._input_id(field.name),
            name=field.name,
            label=in_fstring(html(label_of(field))),
            type="select",
            hole="",
            choices=tuple(choices),
        )

    def _input_id(self, name: str) -> str:
        return in_fstring(html(f"{self.entity.snake_name}-find-{name}"))


def _is_counted(type_: TypeRef) -> bool:
    """Whether this is a collection of what has parts itself, of which a list says how many."""
    match type_:
        case ListType() | SetType():
            return not is_single(type_.item)
        case TupleType(variadic=True):
            return not is_single(type_.items[0])
        case _:
            return isinstance(type_, DictType)


def _literal_label(value: object) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return str(value) or "—"
