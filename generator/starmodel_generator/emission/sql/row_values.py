"""The columns of an entity, as its table's module lists them: each once, with all there is to it."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from starmodel_generator.database.columns import ID_FIELD, link_target
from starmodel_generator.database.search_kinds import element_type
from starmodel_generator.database.sql_text import column_default
from starmodel_generator.database.tables import index_name
from starmodel_generator.emission.entity.filters import searched_fields
from starmodel_generator.emission.python.layout import Group, Layout, named, prefixed
from starmodel_generator.emission.python.literals import python_string, python_value
from starmodel_generator.emission.python.type_expressions import annotation, without_constraints
from starmodel_generator.emission.sql.exact_json import stored_fields
from starmodel_generator.emission.sql.json_values import parser
from starmodel_generator.emission.sql.stored_json import StoredJson
from starmodel_generator.planning import has_queries
from starmodel_schemas import (
    CheckSchema,
    ChoicesCheck,
    ColumnsCheck,
    ColumnSchema,
    ColumnType,
    CompareCheck,
    EntitySchema,
    EnumType,
    FieldSchema,
    ForeignKeySchema,
    IndexSchema,
    LengthCheck,
    NumericColumnType,
    ObjectType,
    OptionalType,
    PlainColumnType,
    RefType,
    ScalarType,
    TableSchema,
    TextColumnType,
    TypeRef,
)
from starmodel_schemas.address_types import PARSED
from starmodel_schemas.database_schema import PlainColumnName

_FUNCTIONS: dict[PlainColumnName, str] = {
    "bool": "boolean",
    "integer": "integer",
    "float": "double",
    "bytes": "binary",
    "date": "date",
    "time": "time",
    "datetime": "instant",
    "naive_datetime": "naive_datetime",
    "interval": "interval",
    "uuid": "uuid",
    "json": "json",
}
"""The functions of `starmodel.stores.sql.tables.column` that make a column."""

_COMPARISONS = {">": "gt", ">=": "ge", "<": "lt", "<=": "le"}

Tables: TypeAlias = Mapping[str, TableSchema]


class Columns(NamedTuple):
    """Writes the columns of one entity, field by field.

    What is called as it would be without an author's word has no name beside it. `fields` are those that are kept, `tables` all tables of the app by their names.
    """

    json: StoredJson
    entity: EntitySchema
    fields: list[FieldSchema]
    table: TableSchema
    tables: Tables

    def layouts(self) -> Iterator[Layout]:
        """Write what holds the value of each field."""
        for field in self.fields:
            target = link_target(field)
            if target is not None:
                yield self._links(field, target)
                continue
            columns = [each for each in self.table.columns if each.path[:1] == (field.name,)]
            if len(columns[0].path) == 1:
                yield self._column(columns[0], field, field.name)
            else:
                yield self._embedded(field, columns)

    def indexes(self, *, unique: bool) -> Iterator[Layout]:
        """Write the columns of each index that does not stand beside its column, with its name
        where one of them has a name of its own.
        """
        found = [
            index
            for index in self.table.indexes
            if index.unique == unique and not self._is_beside_column(index)
        ]
        is_named = not all(map(self._has_usual_name, found))
        for index in found:
            names = tuple(map(python_string, index.columns))
            columns = names[0] if len(names) == 1 else Group("(", names, ")")
            yield prefixed(f"{python_string(index.name)}: ", columns) if is_named else columns

    def checks(self) -> Iterator[Layout]:
        """Write what is compared of a row besides the limits of fields: `"ck_span": ("start", "<", "end")`."""
        for check in self.entity.checks:
            other = self._number(check.value) if isinstance(check, CompareCheck) else None
            items = (
                python_string(check.column),
                python_string(check.operator),
                python_string(check.other) if isinstance(check, ColumnsCheck) else other or "",
            )
            yield prefixed(f"{python_string(check.name)}: ", Group("(", items, ")"))

    def _has_usual_name(self, index: IndexSchema) -> bool:
        return index.name == index_name(self.table.name, index.columns, unique=index.unique)

    def _is_beside_column(self, index: IndexSchema) -> bool:
        return len(index.columns) == 1 and self._has_usual_name(index)

    def _links(self, field: FieldSchema, target: str) -> Layout:
        context = self.json.context
        table = context.tables[f"{self.entity.snake_name}_{field.name}"]
        items = [python_string(field.name), self._definition(target)]
        items += _key(table.columns[1].type)
        items += _target_key(table.foreign_keys[1], context.entities[target])
        return Group("column.links(", tuple(items), ")")

    def _elements(self, field: FieldSchema, column: ColumnSchema) -> Iterator[Layout]:
        """Write what a field is searched by inside of events alone: it is in no list's queries."""
        context = self.json.context
        if len(column.path) > 1 or not has_queries(self.entity):
            return
        type_ = element_type(field.type, context)
        listed = [one.field.name for one in searched_fields(self.entity, context)]
        if type_ is not None and field.name not in listed:
            yield named("elements", annotation(type_, self.json.names, self.json.classes))

    def _embedded(self, field: FieldSchema, columns: list[ColumnSchema]) -> Layout:
        type_ = without_options(field.type)
        assert isinstance(type_, ObjectType)
        parts = {part.name: part for part in stored_fields(self.json.context.objects[type_.object])}
        listed = tuple(
            self._column(column, parts[column.path[1]], column.path[1]) for column in columns
        )
        cls = self.json.classes.name(type_)
        items = (python_string(field.name), cls, Group("[", listed, "]"), *_db_name(field))
        return Group("column.embedded(", items, ")")

    def _column(self, column: ColumnSchema, field: FieldSchema, name: str) -> Layout:
        type_ = without_options(field.type)
        key = next((key for key in self.table.foreign_keys if key.column == column.name), None)
        items: list[Layout]
        if isinstance(type_, RefType):
            function = "reference"
            items = [python_string(field.name), self._definition(type_.entity), *_key(column.type)]
        elif is_json_column(column):
            function = "json" if self.json.is_sure(field.type) else "anything"
            items = [python_string(name), *self.json.conversions(type_)]
            items += self._elements(field, column)
        elif isinstance(type_, EnumType):
            function = "flags" if self.json.context.enums[type_.enum].is_flag else "enum"
            items = [python_string(name), self.json.classes.name(type_)]
        else:
            function, items = self._plain(column, name)
            if field.constraints.secret:
                items.append("secret=True")
            if isinstance(type_, ScalarType) and type_.name in PARSED:
                items.append(f"read={parser(type_.name, self.json.names)}")
        items += _db_name(field)
        if column.nullable:
            items.append("nullable=True")
        for index in self.table.indexes:
            if index.columns == (column.name,) and self._is_beside_column(index):
                items.append("unique=True" if index.unique else "index=True")
        default = column_default(column)
        if default is not None:
            texts = tuple(map(python_string, (default.sqlite, default.postgresql)))
            written = texts[0] if default.is_same else Group("(", texts, ")")
            items.append(named("server_default", written))
        if key is not None:
            items += self._foreign_key(key, field)
        return Group(f"column.{function}(", tuple(items), ")")

    def _plain(self, column: ColumnSchema, name: str) -> tuple[str, list[Layout]]:
        items: list[Layout] = [python_string(name)]
        checks = [
            check
            for check in self.table.checks
            if check.column == column.name and check not in self.entity.checks
        ]
        match column.type:
            case TextColumnType():
                function = "text"
                if not checks and column.type.max_length is not None:
                    items.append(f"size={column.type.max_length}")
            case NumericColumnType():
                function = "numeric"
                items += [str(column.type.precision), str(column.type.scale)]
            case PlainColumnType():
                function = "identity" if column.identity else _FUNCTIONS[column.type.name]
        items += [item for check in checks for item in self._check(check)]
        return function, items

    def _check(self, check: CheckSchema) -> Iterator[Layout]:
        match check:
            case CompareCheck():
                yield f"{_COMPARISONS[check.operator]}={self._number(check.value)}"
            case LengthCheck():
                if check.minimum is not None:
                    yield f"min_length={check.minimum}"
                if check.maximum is not None:
                    yield f"max_length={check.maximum}"
            case ChoicesCheck():
                values = [python_value(value) for value in check.values if value is not None]
                yield named("choices", Group("[", tuple(values), "]"))
            case ColumnsCheck():
                # It is a row's, and stands beside the columns.
                return

    def _number(self, value: str) -> str:
        """Write a limit: as it is where that is the number, else as a decimal."""
        number = Decimal(value)
        if number == number.to_integral_value():
            return f"{number:.0f}"
        return f"{self.json.names.use('decimal', 'Decimal')}({python_string(value)})"

    def _foreign_key(self, key: ForeignKeySchema, field: FieldSchema) -> Iterator[str]:
        type_ = without_options(field.type)
        if isinstance(type_, RefType):
            yield from _target_key(key, self.json.context.entities[type_.entity])
        else:
            yield f"foreign_key={python_string(f'{key.table}.{key.target}')}"
            other = self.tables.get(key.table)
            if other is not None and other.entity and other.primary_key == (key.target,):
                entity = self.json.context.entities[other.entity].snake_name
                is_usual = entity == key.table
                yield "refers=True" if is_usual else f"refers={python_string(entity)}"
        if key.on_delete != "restrict":
            yield f"on_delete={python_string(key.on_delete)}"

    def _definition(self, entity: str) -> str:
        own = self.json.context.names[entity]
        return self.json.names.use(own.module("state"), own.constant)


def _db_name(field: FieldSchema) -> Iterator[str]:
    if field.db_name is not None:
        yield f"db_name={python_string(field.db_name)}"


def _target_key(key: ForeignKeySchema, target: EntitySchema) -> Iterator[str]:
    """Write which column a reference leads to, unless it is the `id` of a table called as its entity."""
    if (key.table, key.target) != (target.snake_name, ID_FIELD):
        yield f"foreign_key={python_string(f'{key.table}.{key.target}')}"


def _key(type_: ColumnType) -> Iterator[str]:
    """Write what the ids of another entity are, unless they are texts of any length."""
    if isinstance(type_, PlainColumnType):
        yield python_string(type_.name)
    elif isinstance(type_, TextColumnType) and type_.max_length is not None:
        yield f"size={type_.max_length}"


def without_options(type_: TypeRef) -> TypeRef:
    """Return the type itself, where neither `None` nor limits of its values matter."""
    type_ = without_constraints(type_)
    while isinstance(type_, OptionalType):
        type_ = without_constraints(type_.item)
    return type_


def is_json_column(column: ColumnSchema) -> bool:
    """Return whether a column holds JSON."""
    return column.type == PlainColumnType(name="json")
