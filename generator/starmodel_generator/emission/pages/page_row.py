"""What the page of an entity shows of it: a row for each public field."""

from typing import NamedTuple, TypeAlias
from urllib.parse import quote

from starmodel_generator.emission.context import Context
from starmodel_generator.emission.declaration_order import public_fields
from starmodel_generator.emission.entity.filters import QUERY_NAMES
from starmodel_generator.emission.entity.page_pieces import is_piece
from starmodel_generator.emission.entity.record_labels import label_field, reference_of
from starmodel_generator.emission.forms.control import first_line
from starmodel_generator.emission.html.display import (
    PAGE,
    DisplayValues,
    PartView,
    label_of,
    member,
    object_variable,
)
from starmodel_generator.emission.html.input_limits import unwrap
from starmodel_generator.emission.html.markup import (
    code_in_fstring,
    key,
    signal,
    text_in_fstring,
)
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import Layout, Parts
from starmodel_generator.emission.python.literals import python_string
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


class ValueView(NamedTuple):
    """A single value: what keeps it live, what is written at first, and its signal."""

    label: str
    hint: str
    key: str
    live: str
    placeholder: str
    initial: str
    kind: str = "value"


class ObjectView(NamedTuple):
    """A value object, each of whose values is bound by itself."""

    label: str
    hint: str
    key: str
    rows: "tuple[RowView, ...]"
    kind: str = "object"


class PieceView(NamedTuple):
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


class RelationView(NamedTuple):
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


class ManyView(NamedTuple):
    """A link to the records that refer to this one."""

    label: str
    link: str
    address: str
    hint: str = ""
    kind: str = "many"


RowView: TypeAlias = ValueView | ObjectView | PieceView | RelationView | ManyView


class Rows:
    """Makes the rows of one entity's page, and notes what functions they need.

    Args:
        entity: The entity.
        context: The app.
        names: The names of the module.
        shown: Writes how values are shown.

    Attributes:
        pieces: The rows that a function renders.
        relations: The rows with links to other records.
    """

    def __init__(
        self, entity: EntitySchema, context: Context, names: ModuleNames, shown: DisplayValues
    ) -> None:
        self.entity = entity
        self.context = context
        self.names = names
        self.shown = shown
        self.is_listed = has_list(entity)
        self.pieces: list[PieceView] = []
        self.relations: list[RelationView] = []

    def row(self, field: FieldSchema) -> RowView:
        """Decide how a field of the entity is shown."""
        if is_piece(field, self.entity, self.context):
            return self._piece(field, member("state", field.name))
        return self._row(field, (), "state")

    def many(self, many: ManySchema) -> ManyView:
        """Link to the list of the records that refer to one."""
        target = self.context.entities[many.entity]
        # A field that is called like another parameter of a list has its filter elsewhere.
        name = f"{many.field}__in" if many.field in QUERY_NAMES else many.field
        segment = self.names.use("starmodel.web", "quote_path_segment")
        return ManyView(
            label=text_in_fstring(title_words(many.name)),
            link=text_in_fstring(f"Show {title_words(many.name).lower()}"),
            address=text_in_fstring(f"/{target.snake_name}?{quote(name)}=")
            + f'{{{segment}(state["id"])}}',
        )

    def _row(self, field: FieldSchema, path: tuple[str, ...], owner: str) -> RowView:
        """Decide how a field is shown; `path` leads to the object it is part of."""
        type_, _, _ = unwrap(field.type)
        value = member(owner, field.name)
        target = reference_of(field.type)
        if target is not None and not path and self.is_listed:
            return self._relation(field, *target, value)
        if isinstance(type_, ObjectType):
            fields = public_fields(self.context.objects[type_.object])
            rows = [self._row(inner, (*path, field.name), value) for inner in fields]
            return ObjectView(
                label=text_in_fstring(label_of(field)),
                hint=text_in_fstring(first_line(field.description)),
                key=code_in_fstring(key(field.name)),
                rows=tuple(rows),
            )
        return ValueView(
            label=text_in_fstring(label_of(field)),
            hint=text_in_fstring(first_line(field.description)),
            key=code_in_fstring(key(field.name)),
            live=self.shown.live(field.type, signal(self.entity.namespace, *path, field.name)),
            placeholder=self.shown.bound(field.type, value),
            initial=self.shown.initial(field.type, value),
        )

    def _relation(
        self, field: FieldSchema, entity: str, is_several: bool, value: str
    ) -> RelationView:
        target = self.context.entities[entity]
        function = self.names.use(PAGE, "record_links" if is_several else "record_link")
        name = python_string(field.name)
        label = python_string(label_field(target) or "id")
        path = python_string(f"/{target.snake_name}")
        literal = self.names.use(PAGE, "signal_literal")
        if is_several:
            literal = self.names.use("starmodel.web.datastar.attributes", "escape_attribute")
        relation = RelationView(
            label=text_in_fstring(label_of(field)),
            hint=text_in_fstring(first_line(field.description)),
            key=code_in_fstring(key(field.name)),
            initial=f"{{{literal}({value})}}",
            function=self.names.define(f"{field.name}_links"),
            field=field.name,
            id=text_in_fstring(f"{self.entity.snake_name}-{field.name}"),
            content=f"{function}({path}, {value}, related.get({name}, {{}}), {label})",
        )
        self.relations.append(relation)
        return relation

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
            label=text_in_fstring(label_of(field)),
            hint=text_in_fstring(first_line(field.description)),
            function=self.names.define(f"{field.name}_element"),
            field=field.name,
            id=text_in_fstring(f"{self.entity.snake_name}-{field.name}"),
            columns=columns,
            rows=Parts("rows = ", "[]", (rows,)) if rows else "",
            content=content,
        )
        self.pieces.append(piece)
        return piece


def _table_item(type_: TypeRef) -> tuple[ObjectType | None, bool]:
    """Return the value object that a list is made of, and whether the list may be missing."""
    type_, is_optional, _ = unwrap(type_)
    match type_:
        case ListType() | SetType():
            item, is_missing, _ = unwrap(type_.item)
        case TupleType(variadic=True):
            item, is_missing, _ = unwrap(type_.items[0])
        case _:
            return None, False
    return (item if isinstance(item, ObjectType) and not is_missing else None), is_optional
