"""The view of `page.py`: a live page of an entity, with a form for each of its events."""

from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import quote

from starmodel_generator.emission.control import first_line
from starmodel_generator.emission.form import ONCE, Forms, FormView, submission
from starmodel_generator.emission.imports import ModuleNames
from starmodel_generator.emission.layout import Group, Layout, Parts
from starmodel_generator.emission.limits import bare
from starmodel_generator.emission.markup import (
    Member,
    expression,
    html,
    in_fstring,
    key,
    object_literal,
    signal,
)
from starmodel_generator.emission.names import Context, an
from starmodel_generator.emission.quoting import docstring, python_string
from starmodel_generator.emission.record import (
    label_field,
    plural_words,
    record_words,
    reference_of,
)
from starmodel_generator.emission.shapes import public_fields
from starmodel_generator.emission.shown import (
    PAGE,
    DetailsView,
    LabelsView,
    PartView,
    Shown,
    is_single,
    label_of,
    member,
    object_variable,
)
from starmodel_generator.emission.state import state_fields
from starmodel_generator.emission.wire import endpoints
from starmodel_generator.planning import has_list
from starmodel_schemas import (
    EntitySchema,
    FieldSchema,
    ListType,
    ManySchema,
    ObjectType,
    SetType,
    TupleType,
    TypeRef,
)
from starmodel_schemas.naming import title_words


@dataclass(frozen=True, slots=True)
class ValueView:
    """A single value: what keeps it live, what is written at first, and its signal."""

    label: str
    hint: str
    key: str
    live: str
    hole: str
    initial: str
    kind: str = "value"


@dataclass(frozen=True, slots=True)
class ObjectView:
    """A value object, each of whose values is bound by itself."""

    label: str
    hint: str
    key: str
    rows: "tuple[RowView, ...]"
    kind: str = "object"


@dataclass(frozen=True, slots=True)
class PieceView:
    """What has parts that come and go: a function renders it, here and on the live stream.

    A table has `columns`, and its `rows` are the Python that makes them; everything else has
    `content`.
    """

    label: str
    hint: str
    function: str
    field: str
    id: str
    columns: tuple[PartView, ...]
    rows: Layout
    content: str
    kind: str = "piece"


@dataclass(frozen=True, slots=True)
class RelationView:
    """Links to the records that a field refers to; a function writes them.

    The signal is what says that they have changed, and then they are fetched anew, for only the
    server knows what the records are called.
    """

    label: str
    hint: str
    key: str
    initial: str
    function: str
    field: str
    id: str
    content: str
    kind: str = "relation"


@dataclass(frozen=True, slots=True)
class ManyView:
    """A link to the records that refer to this one."""

    label: str
    link: str
    address: str
    hint: str = ""
    kind: str = "many"


RowView: TypeAlias = ValueView | ObjectView | PieceView | RelationView | ManyView


@dataclass(frozen=True, slots=True)
class RecordView:
    """What stands above a record in a database: ways to its list and its forms.

    `delete` is the dialog that asks first. `fetch` is where its links come from and `followed`
    the signals that say when.
    """

    list_path: str
    list_label: str
    edit_path: str
    label: str
    delete_path: str
    delete_id: str
    delete_label: str
    delete_title: str
    delete_signals: str
    delete_submit: str
    delete_busy: str
    delete_error: str
    delete_indicator: str
    fetch: str
    followed: str


@dataclass(frozen=True, slots=True)
class FunctionView:
    """A function that makes a page."""

    signature: Layout
    docstring: str
    result: Layout
    id: str
    live: str
    namespace: str
    has_signals: bool
    rows: tuple[RowView, ...]
    forms: tuple[FormView, ...]
    record: RecordView | None = None


@dataclass(frozen=True, slots=True)
class PageView:
    """Everything that `page.py.j2` lays out."""

    name: str
    imports: str
    live: Layout
    labels: tuple[LabelsView, ...]
    forms: tuple[FormView, ...]
    pages: tuple[FunctionView, ...]
    state_type: str
    pieces: tuple[PieceView, ...]
    relations: tuple[RelationView, ...]
    relations_function: str
    details: tuple[DetailsView, ...]
    fragments: Layout


def page_view(entity: EntitySchema, context: Context) -> PageView:
    """Decide what the page of an entity shows."""
    return _Page(entity, context).view()


class _Page:
    """Makes the view of one entity's page."""

    def __init__(self, entity: EntitySchema, context: Context) -> None:
        self.entity = entity
        self.context = context
        self.own = context.names[entity.qualified_name]
        self.is_record = entity.scope == "RECORD"
        self.names = ModuleNames(context.first_party)
        self.shown = Shown(self.names, context, self.own.module("state"))
        self.forms = Forms(entity, context, self.names)
        self.is_listed = has_list(entity)
        self.pieces: list[PieceView] = []
        self.relations: list[RelationView] = []

    def view(self) -> PageView:
        names = self.names
        names.use("starmodel.web", "Page")
        names.use(PAGE, "NOTICE")
        names.use("collections.abc", "Callable")
        state_type = names.use(self.own.module("state"), self.own.state_type)
        names.use("starmodel.web.actions", "live_action")
        names.use(PAGE, "escape")
        events = endpoints(self.entity, self.context)
        if self.is_listed:
            # Where a record is made, edited and deleted is in `form_page.py`.
            events = [
                event
                for event in events
                if event.event.crud is None and not event.event.is_creation
            ]
        forms = [self.forms.form(event) for event in events if not event.event.is_creation]
        creations = [self.forms.form(event) for event in events if event.event.is_creation]
        rows = (
            *(self._row(field, (), "state") for field in self._fields()),
            *(self._many(many) for many in self.entity.many),
        )
        pages = [self._page(rows, tuple(forms))]
        if creations:
            pages.append(self._creation_page(tuple(creations)))
        fragments = [f"{python_string(piece.field)}: {piece.function}" for piece in self.pieces]
        kind = f"dict[str, Callable[[{state_type}], str]]"
        return PageView(
            name=self.entity.name,
            live="" if self.is_record else self._live(names.define("LIVE")),
            labels=self.shown.labels,
            forms=(*forms, *creations),
            pages=tuple(pages),
            state_type=state_type,
            pieces=tuple(self.pieces),
            relations=tuple(self.relations),
            relations_function=(
                names.define(f"{self.entity.snake_name}_relations") if self.relations else ""
            ),
            details=self.shown.details,
            fragments=Group(
                f"{names.define(self.own.fragments)}: {kind} = {{", tuple(fragments), "}"
            ),
            imports=names.import_block(),
        )

    def _fields(self) -> list[FieldSchema]:
        """Give the public fields; the id of a record that is called by a name comes last."""
        fields = state_fields(self.entity)
        has_own = self.entity.declares_id or label_field(self.entity) is None
        if not self.is_listed or has_own:
            return fields
        return [*fields[1:], fields[0]]

    def _live(self, name: str) -> Layout:
        """Write what keeps the page in step, as `bindings.live` does, which it need not import."""
        action = Group("live_action(", (python_string(self.entity.snake_name),), ")")
        return Group(f"{name} = escape(", (action,), ")")

    def _page(self, rows: tuple[RowView, ...], forms: tuple[FormView, ...]) -> FunctionView:
        state_type = self.own.state_type
        identity = ""
        live = "LIVE"
        if self.is_record:
            live = f'escape(live_action("{self.entity.snake_name}:" + state["id"]))'
            if self.is_listed or any(form.takes_id for form in forms):
                identity = f'{self.names.use("starmodel.web", "segment")}(state["id"])'
        return FunctionView(
            signature=Group(
                f"def {self.names.define(self.own.page_function)}(",
                (f"state: {state_type}", *self._related()),
                ") -> Page:",
            ),
            docstring=docstring(
                f"The live page of {an(self.entity.name)}, with a form for each event.", 4
            ),
            result=self._result(python_string(title_words(self.entity.name)), is_own=True),
            id=identity,
            live=live,
            namespace=_code(key(self.entity.namespace)),
            has_signals=any(row.kind not in ("piece", "many") for row in rows),
            rows=rows,
            forms=forms,
            record=self._record() if self.is_listed else None,
        )

    def _related(self) -> list[str]:
        """Give the parameter with what the record refers to, if it refers to anything."""
        if not self.relations:
            return []
        return [f"related: {self.names.use('starmodel.web.listing', 'Related')}"]

    def _record(self) -> RecordView:
        entity = self.entity
        snake, namespace, words = entity.snake_name, entity.namespace, record_words(entity)
        crud = {event.crud for event in entity.events}
        place = (namespace, "delete")
        errors: list[Member] = [("_", "''")]
        tree: list[Member] = [("errors", [(namespace, [("delete", errors)])])]
        path = f"/{snake}/{{id}}/delete"
        submit = submission(place, "POST", path, ("payload", []), ONCE)
        followed = "|".join([relation.field for relation in self.relations])
        return RecordView(
            list_path=_text(f"/{snake}"),
            list_label=_text(f"All {plural_words(entity)}"),
            edit_path=_with_id(f"/{snake}/{{id}}/edit") if "update" in crud else "",
            label=_text(title_words(entity.name)),
            delete_path=_with_id(path) if "delete" in crud else "",
            delete_id=_text(f"{snake}-delete"),
            delete_label=_text(f"Delete {words}"),
            delete_title=_text(f"Delete this {words}?"),
            delete_signals=_code(object_literal(tree, 4)),
            delete_submit=_with_id(expression(submit)),
            delete_busy=_code(f"{signal('_busy', *place)} ? 'true' : 'false'"),
            delete_error=_code(signal("errors", *place, "_")),
            delete_indicator=_text(".".join(["_busy", *place])),
            fetch=_with_id(f"/{snake}/{{id}}") if followed else "",
            followed=_code(f"/^{namespace}[.]({followed})$/") if followed else "",
        )

    def _creation_page(self, forms: tuple[FormView, ...]) -> FunctionView:
        name = f"new_{self.own.page_function}"
        return FunctionView(
            signature=Group(f"def {self.names.define(name)}(", (), ") -> Page:"),
            docstring=docstring(f"The page on which {an(self.entity.name)} is made.", 4),
            result=self._result(python_string(f"New {title_words(self.entity.name).lower()}")),
            id="",
            live="",
            namespace="",
            has_signals=False,
            rows=(),
            forms=forms,
        )

    def _result(self, title: str, *, is_own: bool = False) -> Layout:
        """Write the page; that of a record in a database is called as the record is."""
        lead = first_line(self.entity.doc)
        label = label_field(self.entity) if self.is_listed and is_own else None
        if label is not None:
            title = f"{member('state', label)} or {title}"
        return Group("return Page(", (title, python_string(lead), "content"), ")")

    def _row(self, field: FieldSchema, path: tuple[str, ...], owner: str) -> RowView:
        """Decide how a field is shown; `path` leads to the object it is part of."""
        type_, is_optional, _ = bare(field.type)
        value = member(owner, field.name)
        target = reference_of(field.type)
        if target is not None and not path and self.is_listed:
            return self._relation(field, *target, value)
        if is_single(type_):
            return ValueView(
                label=_text(label_of(field)),
                hint=_text(first_line(field.description)),
                key=_code(key(field.name)),
                live=_code(
                    self.shown.live(field.type, signal(self.entity.namespace, *path, field.name))
                ),
                hole=self.shown.bound(field.type, value),
                initial=self.shown.initial(field.type, value),
            )
        if isinstance(type_, ObjectType) and not is_optional and self._is_flat(type_, ()):
            fields = public_fields(self.context.objects[type_.object])
            rows = [self._row(inner, (*path, field.name), value) for inner in fields]
            return ObjectView(
                label=_text(label_of(field)),
                hint=_text(first_line(field.description)),
                key=_code(key(field.name)),
                rows=tuple(rows),
            )
        return self._piece(field, value)

    def _relation(
        self, field: FieldSchema, entity: str, is_several: bool, value: str
    ) -> RelationView:
        target = self.context.entities[entity]
        function = self.names.use(PAGE, "references" if is_several else "reference")
        name = python_string(field.name)
        label = python_string(label_field(target) or "id")
        path = python_string(f"/{target.snake_name}")
        literal = self.names.use(PAGE, "literal")
        if is_several:
            literal = self.names.use("starmodel.web.attributes", "escape_attribute")
        relation = RelationView(
            label=_text(label_of(field)),
            hint=_text(first_line(field.description)),
            key=_code(key(field.name)),
            initial=f"{{{literal}({value})}}",
            function=self.names.define(f"{field.name}_links"),
            field=field.name,
            id=_text(f"{self.entity.snake_name}-{field.name}"),
            content=f"{function}({path}, {value}, related.get({name}, {{}}), {label})",
        )
        self.relations.append(relation)
        return relation

    def _many(self, many: ManySchema) -> ManyView:
        target = self.context.entities[many.entity]
        segment = self.names.use("starmodel.web", "segment")
        return ManyView(
            label=_text(title_words(many.name)),
            link=_text(f"Show {title_words(many.name).lower()}"),
            address=_text(f"/{target.snake_name}?{quote(many.field)}=")
            + f'{{{segment}(state["id"])}}',
        )

    def _is_flat(self, type_: ObjectType, seen: tuple[str, ...]) -> bool:
        """Whether a value object holds single values, or such objects, and nothing else."""
        if type_.object in seen:
            return False
        for field in public_fields(self.context.objects[type_.object]):
            inner, is_optional, _ = bare(field.type)
            if is_single(inner):
                continue
            if is_optional or not isinstance(inner, ObjectType):
                return False
            if not self._is_flat(inner, (*seen, type_.object)):
                return False
        return True

    def _piece(self, field: FieldSchema, value: str) -> PieceView:
        """Show what has parts that come and go: a table of objects, or whatever fits the type."""
        item, is_optional = _table_item(field.type)
        schema = None if item is None else self.context.objects[item.object]
        columns: tuple[PartView, ...] = ()
        rows = content = ""
        if schema is not None and public_fields(schema):
            function = self.shown.function(schema, is_row=True)
            variable = object_variable(schema)
            self.names.use(PAGE, "EMPTY_ROW")
            items = f"{value} or []" if is_optional else value
            columns = tuple([self.shown.part(part, variable) for part in public_fields(schema)])
            rows = f"{function}({variable}) for {variable} in {items}"
        else:
            content = self.shown.text(field.type, value)
        piece = PieceView(
            label=_text(label_of(field)),
            hint=_text(first_line(field.description)),
            function=self.names.define(f"{field.name}_element"),
            field=field.name,
            id=_text(f"{self.entity.snake_name}-{field.name}"),
            columns=columns,
            rows=Parts("rows = ", "[]", (rows,)) if rows else "",
            content=content,
        )
        self.pieces.append(piece)
        return piece


def _table_item(type_: TypeRef) -> tuple[ObjectType | None, bool]:
    """Give the value object that a list is made of, and whether the list may be missing."""
    type_, is_optional, _ = bare(type_)
    match type_:
        case ListType() | SetType():
            item, is_missing, _ = bare(type_.item)
        case TupleType(variadic=True):
            item, is_missing, _ = bare(type_.items[0])
        case _:
            return None, False
    return (item if isinstance(item, ObjectType) and not is_missing else None), is_optional


def _with_id(text: str) -> str:
    """Write HTML for an f-string, the record's id where its place is."""
    return in_fstring(text.replace("{id}", "\0"), "id")


def _text(text: str) -> str:
    return in_fstring(html(text))


def _code(code: str) -> str:
    return in_fstring(expression(code))
