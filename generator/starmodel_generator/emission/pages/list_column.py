"""The columns of a list: a heading for each field, and what stands in the cell of a record."""

from typing import NamedTuple

from starmodel_generator.emission.context import Context, projected_type_name
from starmodel_generator.emission.declaration_order import public_fields
from starmodel_generator.emission.entity.filters import sorts_of
from starmodel_generator.emission.entity.record_labels import (
    label_field,
    reference_of,
)
from starmodel_generator.emission.forms.control import is_prose
from starmodel_generator.emission.html.display import (
    PAGE,
    DisplayValues,
    is_number,
    is_single,
    label_of,
    member,
)
from starmodel_generator.emission.html.input_limits import unwrap
from starmodel_generator.emission.html.markup import html, in_fstring
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.literals import python_string, string_in_braces
from starmodel_schemas import (
    DictType,
    EntitySchema,
    FieldSchema,
    ListType,
    ObjectSchema,
    ObjectType,
    ScalarType,
    SetType,
    TupleType,
    TypeRef,
)
from starmodel_schemas.naming import snake_case, title_words

LISTING = "starmodel.web.ui.list_view"
"""The module of what generated lists call."""

RECORD = "record"
"""The variable that a row is made of."""


SHORT_TEXT = 40
"""A text that may have no more characters than this stays on one line."""


class ColumnView(NamedTuple):
    """A column: its heading, and what stands in the cell of a record, for f-strings."""

    label: str
    heading: str
    placeholder: str
    is_number: bool
    is_title: bool
    is_long: bool
    is_short: bool


class BriefView(NamedTuple):
    """The function that shows a value object in a line."""

    name: str
    type: str
    title: str
    parts: tuple[tuple[str, str], ...]


class Columns:
    """Makes the columns of one entity's list, and notes what functions they need.

    Args:
        entity: The entity.
        context: The app.
        names: The names of the module.
        shown: Writes how values are shown.
        state_module: Where the types of states are.

    Attributes:
        has_related: Whether a column shows other records.
    """

    def __init__(
        self,
        entity: EntitySchema,
        context: Context,
        names: ModuleNames,
        shown: DisplayValues,
        state_module: str,
    ) -> None:
        self.context = context
        self.names = names
        self.shown = shown
        self.state_module = state_module
        self.title_field = label_field(entity)
        self.sorts = {one.name for one in sorts_of(entity, context)}
        self.has_related = False
        self._briefs: dict[str, BriefView] = {}

    @property
    def briefs(self) -> tuple[BriefView, ...]:
        """The functions for value objects that have been used."""
        return tuple(self._briefs.values())

    def column(self, field: FieldSchema) -> ColumnView:
        """Make the column of a field."""
        label = html(label_of(field))
        is_title = field.name == (self.title_field or "id")
        number = is_number(field.type)
        heading = ""
        if field.name in self.sorts:
            column = self.names.use(LISTING, "sortable_header")
            items = ["view", python_string(field.name), string_in_braces(label)]
            if number:
                items.append("is_number=True")
            heading = f"{column}({', '.join(items)})"
        value = member(RECORD, field.name)
        shown = self._title(field, value) if is_title else ""
        return ColumnView(
            label=in_fstring(label),
            heading=heading,
            placeholder=shown or self._cell(field.type, value),
            is_number=number,
            is_title=is_title,
            is_long=not is_title and is_prose(field.name, field.constraints),
            is_short=_is_short(field),
        )

    def _title(self, field: FieldSchema, value: str) -> str:
        """Write what a record is called."""
        short = f"{self.names.use(PAGE, 'short_id')}({member(RECORD, 'id')})"
        return short if field.name == "id" else f"escape({value}) or {short}"

    def _cell(self, type_: TypeRef, value: str) -> str:
        """Write what stands in a cell: a line, whatever the type."""
        target = reference_of(type_)
        if target is not None:
            return self._reference(*target, value)
        inner, is_optional, _ = unwrap(type_)
        if is_single(inner):
            return self.shown.placeholder(type_, value)
        if isinstance(inner, ObjectType):
            if not any(is_single(field.type) for field in self._parts(inner)):
                return '"…"'
            function = self._summary(self.context.objects[inner.object])
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
        function = self.names.use(PAGE, "record_links" if is_several else "record_link")
        items = [
            python_string(f"/{target.snake_name}"),
            value,
            f"related.get({name}, {{}})",
            python_string(label_field(target) or "id"),
        ]
        return f"{function}({', '.join(items)})"

    def _summary(self, schema: ObjectSchema) -> str:
        """Name the function that shows a value object in a line, and write it if there is none."""
        name = f"{snake_case(schema.name)}_summary"
        if name not in self._briefs:
            self.names.define(name)
            self.names.use(PAGE, "inline_summary")
            parts = tuple(
                (string_in_braces(html(label_of(field))), self.shown.text(field.type, part))
                for field in public_fields(schema)
                if is_single(field.type)
                for part in (member("value", field.name),)
            )
            self._briefs[name] = BriefView(
                name=name,
                type=self.names.use(self.state_module, projected_type_name(schema)),
                title=title_words(schema.name),
                parts=parts,
            )
        return name


def _is_short(field: FieldSchema) -> bool:
    """Return whether a value is so short that a line break in it would only harm."""
    type_, _, constraints = unwrap(field.type, field.constraints)
    if type_ == ScalarType(name="str"):
        return constraints.max_length is not None and constraints.max_length <= SHORT_TEXT
    return isinstance(type_, ScalarType) and type_.name in ("date", "time", "datetime", "bool")


def _is_counted(type_: TypeRef) -> bool:
    """Return whether this is a collection of what has parts itself, of which a list says how many."""
    match type_:
        case ListType() | SetType():
            return not is_single(type_.item)
        case TupleType(variadic=True):
            return not is_single(type_.items[0])
        case _:
            return isinstance(type_, DictType)
