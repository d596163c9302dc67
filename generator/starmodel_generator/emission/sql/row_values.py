"""The values of an entity's fields on their way into a row, and back."""

from collections.abc import Iterator
from dataclasses import dataclass

from starmodel_generator.emission.context import variable_name
from starmodel_generator.emission.python.layout import Group, Layout, conditional, prefixed
from starmodel_generator.emission.python.literals import python_string
from starmodel_generator.emission.python.type_expressions import without_constraints
from starmodel_generator.emission.sql.exact_json import stored_fields
from starmodel_generator.emission.sql.stored_json import VALUES, StoredJson
from starmodel_schemas import (
    ColumnSchema,
    EntitySchema,
    EntityType,
    EnumType,
    FieldSchema,
    ObjectType,
    OptionalType,
    PlainColumnType,
    RefType,
    TableSchema,
    TypeRef,
)


@dataclass(frozen=True, slots=True)
class Link:
    """A many-to-many relation, and the table that keeps it."""

    field: FieldSchema
    target: EntitySchema
    table: TableSchema


@dataclass(frozen=True, slots=True)
class RowValues:
    """Writes how the values of one entity become a row and are made of it again.

    `fields` are those that are kept, `columns` those that hold them or a part of one. In a row
    the ids of each of `links` come after all columns.
    """

    json: StoredJson
    fields: list[FieldSchema]
    columns: list[ColumnSchema]
    links: tuple[Link, ...]

    def checks(self) -> Iterator[Layout]:
        """Write what makes sure of value objects that have columns of their own."""
        outer = [column.path[0] for column in self.columns if len(column.path) > 1]
        for name in dict.fromkeys(outer):
            field = next(field for field in self.fields if field.name == name)
            cls = self.json.classes.name(_object(field))
            yield self.json.check_class(f"values[{python_string(name)}]", cls)

    def kept(self) -> Iterator[Layout]:
        """Write what each column holds, and then the ids of each link."""
        for column in self.columns:
            yield self._kept(column)
        for link in self.links:
            one = variable_name(link.target.snake_name, "item")
            yield f"[{one}.id for {one} in values[{python_string(link.field.name)}]]"

    def read(self) -> Iterator[Layout]:
        """Write what makes the value of each field again."""
        places: dict[str, int] = {}
        for place, column in enumerate(self.columns):
            places.setdefault(column.path[0], place)
        places |= {
            link.field.name: len(self.columns) + index for index, link in enumerate(self.links)
        }
        linked = {link.field.name: link for link in self.links}
        for field in self.fields:
            place, link = places[field.name], linked.get(field.name)
            value = self._read_field(field, place) if link is None else self._read_link(link, place)
            yield prefixed(f"{python_string(field.name)}: ", value)

    def type_of(self, column: ColumnSchema) -> TypeRef:
        """Give the type of what a column holds."""
        outer, *parts = column.path
        field = next(field for field in self.fields if field.name == outer)
        for part in parts:
            schema = self.json.context.objects[_object(field).object]
            field = next(field for field in schema.fields if field.name == part)
        return field.type

    def _kept(self, column: ColumnSchema) -> Layout:
        type_ = self.type_of(column)
        outer, *parts = column.path
        value = f"values[{python_string(outer)}]" + "".join(f".{part}" for part in parts)
        if is_json_column(column):
            return self.json.encoding.layout(type_, value)
        match without_options(type_):
            case EnumType():
                return _unless_none(column, value, f"{value}.value")
            case RefType():
                return _unless_none(column, value, f"{value}.id")
            case _:
                return value

    def _read_field(self, field: FieldSchema, place: int) -> Layout:
        if len(self.columns[place].path) == 1:
            return self._read(field, place)
        type_ = _object(field)
        parts = tuple(
            prefixed(f"{python_string(part.name)}: ", self._read(part, place + index))
            for index, part in enumerate(stored_fields(self.json.context.objects[type_.object]))
        )
        restore = self.json.names.use(VALUES, "restore")
        return Group(f"{restore}(", (self.json.classes.name(type_), Group("{", parts, "}")), ")")

    def _read(self, field: FieldSchema, place: int) -> Layout:
        """Write what makes a field's value of a column."""
        column, value = self.columns[place], f"row[{place}]"
        if is_json_column(column):
            return self.json.decoding.layout(field.type, value)
        match without_options(field.type):
            case EnumType() as type_:
                return _unless_none(column, value, f"{self.json.classes.name(type_)}({value})")
            case RefType() as type_:
                return _unless_none(column, value, self._reference(value, type_.entity))
            case _:
                return value

    def _read_link(self, link: Link, place: int) -> Layout:
        one = f"{link.target.snake_name}_id"
        made = self._reference(one, link.target.qualified_name)
        return f"[{made} for {one} in row[{place}]]"

    def _reference(self, value: str, entity: str) -> str:
        target = self.json.classes.name(EntityType(entity=entity))
        return f"{self.json.names.use('starmodel', 'Ref')}({value}, {target})"


def without_options(type_: TypeRef) -> TypeRef:
    """Give the type itself, where neither `None` nor limits of its values matter."""
    type_ = without_constraints(type_)
    while isinstance(type_, OptionalType):
        type_ = without_constraints(type_.item)
    return type_


def is_json_column(column: ColumnSchema) -> bool:
    """Whether a column holds JSON."""
    return column.type == PlainColumnType(name="json")


def _object(field: FieldSchema) -> ObjectType:
    """Give the value object that a field with several columns holds."""
    type_ = without_options(field.type)
    assert isinstance(type_, ObjectType)
    return type_


def _unless_none(column: ColumnSchema, value: str, made: str) -> Layout:
    return conditional(("None", f"{value} is None", made)) if column.nullable else made
