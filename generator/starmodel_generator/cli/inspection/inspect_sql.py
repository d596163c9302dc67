"""`starmodel inspect --sql`: what an app asks of its database, as the runtime writes it.

This is the one place where the generator asks the runtime, which is imported when it is needed. Of
the project itself nothing is imported: the tables are made of the schema.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from starmodel import Access, Entity, Scope, StateStore
from starmodel.application import EntityDefinition
from starmodel.stores.sql.ddl import create_tables
from starmodel.stores.sql.drivers.driver import Dialect
from starmodel.stores.sql.drivers.postgres_cte import number
from starmodel.stores.sql.statements.on_delete import relate
from starmodel.stores.sql.statements.statements import TableStatements
from starmodel.stores.sql.tables.codec import Codec
from starmodel.stores.sql.tables.column import Check, Column, Links
from starmodel.stores.sql.tables.table import EntityTable
from starmodel_generator.database.columns import link_target
from starmodel_generator.database.sql_text import column_default
from starmodel_generator.database.tables import database_schema
from starmodel_generator.planning.output_files import is_in_sql
from starmodel_schemas import (
    AppSchema,
    ChoicesCheck,
    ColumnsCheck,
    ColumnSchema,
    CompareCheck,
    EntitySchema,
    LengthCheck,
    NumericColumnType,
    PlainColumnType,
    TableSchema,
    TextColumnType,
)

_DIALECTS: Mapping[Dialect, str] = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
_COMPARISONS = {">": "gt", ">=": "ge", "<": "lt", "<=": "le"}


def statements_text(app: AppSchema, chosen: Iterable[EntitySchema]) -> str:
    """Return the statements about the tables of some entities in SQL, for both databases."""
    schemas = {table.name: table for table in database_schema(app).tables}
    tables = [_table(entity, app, schemas) for entity in app.entities if is_in_sql(entity)]
    return text_of(tables, [entity.snake_name for entity in chosen])


def text_of(tables: Sequence[EntityTable[Any]], names: Sequence[str]) -> str:
    """Return the statements about some of an app's tables, for both databases."""
    parts: list[str] = []
    for dialect, title in _DIALECTS.items():
        statements = {table.entity: TableStatements(table, dialect) for table in tables}
        relate(statements)
        for name in names:
            parts.append(f"-- {title}: {name}\n")
            parts += [f"{sql};\n" for sql in create_tables([statements[name].table], dialect)]
            parts += [
                f"-- {what}\n{number(sql) if dialect == 'postgresql' else sql};\n"
                for what, sql in _statements(statements[name])
            ]
    return "\n".join(parts)


def _statements(table: TableStatements) -> Iterator[tuple[str, str]]:
    """Return each statement of a table, with what it is for."""
    yield "load", table.select.sql
    yield "look up the version", table.version.sql
    if table.key.identity:
        for statement in table.next_numbers(1, 0):
            yield "take a number", statement.sql
    yield "insert", table.insert.sql
    yield "update, with the columns that have changed", table.update.sql
    for dependent in table.before_delete:
        yield "before a delete", dependent.statement.sql
    yield "delete", table.delete.sql
    for link, (drop, add) in zip(table.table.links, table.links, strict=True):
        yield f"remove the links of {link.field}", drop.sql
        yield f"add a link of {link.field}", add.sql


def _table(
    entity: EntitySchema, app: AppSchema, schemas: Mapping[str, TableSchema]
) -> EntityTable[Any]:
    schema = schemas[entity.table_name]
    entities = {each.table_name: each.snake_name for each in app.entities}
    definition = EntityDefinition(
        Entity,
        name=entity.snake_name,
        namespace=entity.namespace,
        store=StateStore.SERVER_SQL,
        scope=Scope[entity.scope],
        state=lambda _: {},
        ttl=entity.ttl,
        access=Access.PUBLIC,
    )
    limits = schema.model_copy(
        update={"checks": tuple(each for each in schema.checks if each not in entity.checks)}
    )
    parts: list[Column | Links] = [
        _column(column, limits, entities) for column in schema.columns if column.path
    ]
    for field in entity.fields:
        if link_target(field) is not None and not field.computed:
            pairs = schemas[f"{entity.snake_name}_{field.name}"]
            target = _column(pairs.columns[1], pairs, entities)
            parts.append(Links(field.name, replace(target, read=str)))
    return EntityTable(
        definition,
        parts,
        db_name=schema.name,
        indexes={index.name: index.columns for index in schema.indexes if not index.unique},
        unique={index.name: index.columns for index in schema.indexes if index.unique},
        checks={
            check.name: (
                check.column,
                check.operator,
                check.other if isinstance(check, ColumnsCheck) else Decimal(check.value),
            )
            for check in entity.checks
        },
    )


def _column(column: ColumnSchema, table: TableSchema, entities: Mapping[str, str]) -> Column:
    kind, size = _type(column)
    key = next((key for key in table.foreign_keys if key.column == column.name), None)
    default = column_default(column)
    return Column(
        column.name,
        kind,
        Codec(),
        Codec(),
        field=column.path[0] if column.path else column.name,
        size=size,
        nullable=column.nullable,
        checks=tuple(
            _check(each)
            for each in table.checks
            if each.column == column.name and not isinstance(each, ColumnsCheck)
        ),
        foreign_key=None if key is None else (key.table, key.target),
        on_delete="restrict" if key is None else key.on_delete,
        server_default=None if default is None else (default.sqlite, default.postgresql),
        refers=None if key is None else entities.get(key.table),
        identity=column.identity,
    )


def _type(column: ColumnSchema) -> tuple[str, tuple[int, ...]]:
    match column.type:
        case TextColumnType(max_length=None):
            return "text", ()
        case TextColumnType(max_length=length):
            return "text", (length or 0,)
        case NumericColumnType(precision=precision, scale=scale):
            return "numeric", (precision, scale)
        case PlainColumnType(name=name):
            return name, ()


def _check(check: CompareCheck | LengthCheck | ChoicesCheck) -> Check:
    match check:
        case CompareCheck():
            return Check(_COMPARISONS[check.operator], (check.value,))
        case LengthCheck():
            return Check("length", (check.minimum, check.maximum))
        case ChoicesCheck():
            return Check("choices", tuple(value for value in check.values if value is not None))
