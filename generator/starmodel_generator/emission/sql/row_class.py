"""The view of `rows.py`: the row classes of an entity, with the type of each column."""

from collections.abc import Mapping
from typing import NamedTuple, assert_never

from starmodel_generator.database.columns import link_target, storage_of
from starmodel_generator.emission.context import Context
from starmodel_generator.emission.python.import_block import ModuleNames
from starmodel_generator.emission.python.layout import Group, Layout, prefixed
from starmodel_generator.emission.python.literals import docstring, python_string
from starmodel_generator.emission.python.type_expressions import SCALAR_MODULES
from starmodel_schemas import (
    ColumnSchema,
    EntitySchema,
    NumericColumnType,
    PlainColumnType,
    TableSchema,
    TextColumnType,
)
from starmodel_schemas.database_schema import PlainColumnName
from starmodel_schemas.naming import pascal_case
from starmodel_schemas.reserved_names import ROW_NAMES

_PYTHON: dict[PlainColumnName, str] = {
    "bool": "bool",
    "integer": "int",
    "float": "float",
    "bytes": "bytes",
    "date": "date",
    "time": "time",
    "datetime": "datetime",
    "naive_datetime": "datetime",
    "interval": "timedelta",
    "uuid": "UUID",
}


class RowView(NamedTuple):
    """A row class; `table` is the table that its columns follow from."""

    name: str
    docstring: str
    table: Layout
    columns: tuple[str, ...]


class RowsView(NamedTuple):
    """Everything that `rows.py.j2` lays out."""

    name: str
    imports: str
    rows: tuple[RowView, ...]


def rows_view(entity: EntitySchema, context: Context) -> RowsView:
    """Decide what the module of an entity's row classes says: its own, and those of its links."""
    own = context.names[entity.qualified_name]
    table = context.tables[entity.table_name]
    links = {
        field.name: context.tables[f"{entity.snake_name}_{field.name}"]
        for field in entity.fields
        if link_target(field) is not None and not field.computed
    }
    attributes = {
        column: f"{attribute}_" if attribute in ROW_NAMES else attribute
        for field in entity.fields
        if not field.computed
        for storage in (storage_of(field, context),)
        for column, attribute in zip(storage.columns, storage.attributes, strict=True)
    }
    columns = [
        attributes.get(column.name, column.name)
        for each in (table, *links.values())
        for column in each.columns
    ]
    names = ModuleNames(context.first_party, columns, context.classes)
    names.use("starmodel.stores.sql.tables.row", "RowBase")
    source = names.use(own.module("table"), own.table)
    rows = [_row(own.row, table, source, names, attributes)]
    for field, link in links.items():
        name = f"{entity.name}{pascal_case(field)}Row"
        linked = Group(f"{source}.link_table(", (python_string(field),), ")")
        rows.append(_row(name, link, linked, names, {}))
    return RowsView(name=entity.name, imports=names.import_block(), rows=tuple(rows))


def _row(
    name: str,
    table: TableSchema,
    source: Layout,
    names: ModuleNames,
    attributes: Mapping[str, str],
) -> RowView:
    return RowView(
        name=names.define(name),
        docstring=docstring(f"A row of the table `{table.name}`.", 4),
        table=prefixed("__entity_table__ = ", source),
        columns=tuple(
            f"{attributes.get(each.name, each.name)}: {_annotation(each, names)}"
            for each in table.columns
        ),
    )


def _annotation(column: ColumnSchema, names: ModuleNames) -> str:
    """Write the type of a column's values in Python."""
    match column.type:
        case TextColumnType():
            name = "str"
        case NumericColumnType():
            name = "Decimal"
        case PlainColumnType(name="json"):
            return names.use("typing", "Any")
        case PlainColumnType():
            name = _PYTHON[column.type.name]
        case _:
            assert_never(column.type)
    module = SCALAR_MODULES.get(name)
    written = names.builtin(name) if module is None else names.use(module, name)
    return f"{written} | None" if column.nullable else written
