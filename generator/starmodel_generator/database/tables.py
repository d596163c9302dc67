"""The tables of an app's database: those of its entities in SQL, and of their relations."""

from collections.abc import Iterable, Iterator

from starmodel_generator.database.columns import (
    ID_FIELD,
    StoredColumn,
    columns_of,
    id_column,
    id_type,
    link_target,
)
from starmodel_schemas import (
    AppSchema,
    ColumnSchema,
    DatabaseSchema,
    EntitySchema,
    FieldSchema,
    ForeignKeySchema,
    IndexSchema,
    PlainColumnType,
    TableSchema,
    TextColumnType,
)
from starmodel_schemas.naming import snake_case

HOLDER = "holder"
"""The key of an entity that belongs to a session or an actor, or is there once."""

VERSION = "row_version"
EXPIRES_AT = "row_expires_at"

_INTEGER = PlainColumnType(name="integer")
_MOMENT = PlainColumnType(name="datetime")


def database_schema(app: AppSchema) -> DatabaseSchema:
    """Return every table of an app, entity by entity, each followed by its link tables."""
    return DatabaseSchema(
        tables=tuple(
            table
            for entity in app.entities
            if entity.store == "SERVER_SQL"
            for table in (_entity_table(entity, app), *_link_tables(entity, app))
        )
    )


def key_of(entity: EntitySchema) -> str:
    """Return the column that an entity's rows are found by."""
    return id_column(entity) if entity.scope == "RECORD" else HOLDER


def _entity_table(entity: EntitySchema, app: AppSchema) -> TableSchema:
    name = entity.table_name
    fields = [field for field in entity.fields if not field.computed and field.name != ID_FIELD]
    stored = {field.name: tuple(columns_of(field, name, app)) for field in fields}
    found = [column for field in fields for column in stored[field.name]]
    uniques_and_indexes = tuple(_indexes(entity, fields, stored))
    return TableSchema(
        name=name,
        entity=entity.qualified_name,
        primary_key=(key_of(entity),),
        columns=(
            *_key_columns(entity),
            *(each.column for each in found),
            ColumnSchema(name=VERSION, type=_INTEGER),
            *_expiry(entity),
        ),
        checks=(*(check for each in found for check in each.checks), *entity.checks),
        indexes=uniques_and_indexes,
        foreign_keys=tuple(_foreign_keys(name, fields, stored)),
        renamed_from=None if entity.renamed_from is None else snake_case(entity.renamed_from),
        searchable=tuple(
            each.column.name for field in fields if field.searchable for each in stored[field.name]
        ),
    )


def _key_columns(entity: EntitySchema) -> Iterator[ColumnSchema]:
    if entity.scope != "RECORD":
        yield ColumnSchema(name=HOLDER, type=TextColumnType())
    is_numbered = any(field.identity for field in entity.fields)
    yield ColumnSchema(
        name=id_column(entity), type=id_type(entity), path=(ID_FIELD,), identity=is_numbered
    )


def _expiry(entity: EntitySchema) -> Iterator[ColumnSchema]:
    if entity.ttl is not None:
        # A row that was there before the entity had a time to live has none.
        yield ColumnSchema(name=EXPIRES_AT, type=_MOMENT, nullable=True)


def _indexes(
    entity: EntitySchema,
    fields: list[FieldSchema],
    stored: dict[str, tuple[StoredColumn, ...]],
) -> Iterator[IndexSchema]:
    """The indexes that fields ask for, those over several, and one for each reference."""
    table = entity.table_name
    found: list[IndexSchema] = []
    for option in entity.indexes:
        names = [
            name
            for field in option.fields
            for name in (
                [id_column(entity)]
                if field == ID_FIELD
                else [each.column.name for each in stored.get(field, ())]
            )
        ]
        found.append(_index(table, tuple(names), option.unique, option.name))
    single: list[IndexSchema] = []
    for field in fields:
        for each in stored[field.name]:
            is_first = any(index.columns[:1] == (each.column.name,) for index in found)
            if field.unique:
                single.append(_index(table, (each.column.name,), True))
            elif field.index or (each.target is not None and not is_first):
                single.append(_index(table, (each.column.name,), False))
    yield from single
    yield from found


def _index(
    table: str, columns: tuple[str, ...], unique: bool, name: str | None = None
) -> IndexSchema:
    name = name or index_name(table, columns, unique=unique)
    return IndexSchema(name=name, columns=columns, unique=unique)


def index_name(table: str, columns: Iterable[str], *, unique: bool) -> str:
    """Return what an index is called that has no name of its own."""
    return "_".join(["uq" if unique else "ix", table, *columns])


def _foreign_keys(
    table: str,
    fields: list[FieldSchema],
    stored: dict[str, tuple[StoredColumn, ...]],
) -> Iterator[ForeignKeySchema]:
    for field in fields:
        for each in stored[field.name]:
            if each.target is not None:
                yield ForeignKeySchema(
                    name=f"fk_{table}_{each.column.name}",
                    column=each.column.name,
                    table=each.target.table,
                    target=each.target.column,
                    on_delete=field.on_delete,
                )


def _link_tables(entity: EntitySchema, app: AppSchema) -> Iterator[TableSchema]:
    for field in entity.fields:
        other = link_target(field)
        if other is None or field.computed:
            continue
        target = app.entity(other)
        name = f"{entity.snake_name}_{field.name}"
        owner_column, target_column = f"{entity.snake_name}_id", f"{target.snake_name}_id"
        if target is entity:
            target_column = f"other_{target_column}"
        former = None
        if field.renamed_from is not None:
            former = f"{entity.snake_name}_{field.renamed_from}"
        yield TableSchema(
            name=name,
            primary_key=(owner_column, target_column),
            columns=(
                ColumnSchema(name=owner_column, type=id_type(entity)),
                ColumnSchema(name=target_column, type=id_type(target)),
                ColumnSchema(name="position", type=_INTEGER),
            ),
            indexes=(_index(name, (target_column,), False),),
            foreign_keys=tuple(
                ForeignKeySchema(
                    name=f"fk_{name}_{column}",
                    column=column,
                    table=end.table_name,
                    target=id_column(end),
                    on_delete="cascade",
                )
                for column, end in ((owner_column, entity), (target_column, target))
            ),
            renamed_from=former,
        )
