"""Table schemas in few words, as the tests of migrations need many of them."""

from decimal import Decimal

from starmodel_schemas import (
    CheckSchema,
    ChoicesCheck,
    ColumnSchema,
    ColumnType,
    CompareCheck,
    DatabaseSchema,
    ForeignKeySchema,
    IndexSchema,
    LengthCheck,
    NumericColumnType,
    PlainColumnType,
    TableSchema,
    TextColumnType,
)
from starmodel_schemas.database_schema import PlainColumnName
from starmodel_schemas.types import OnDelete

TEXT = TextColumnType()


def plain(name: PlainColumnName) -> PlainColumnType:
    return PlainColumnType(name=name)


INTEGER = plain("integer")


def text(longest: int | None = None) -> TextColumnType:
    return TextColumnType(max_length=longest)


def numeric(precision: int, scale: int) -> NumericColumnType:
    return NumericColumnType(precision=precision, scale=scale)


def column(
    name: str,
    type_: ColumnType = TEXT,
    *,
    nullable: bool = False,
    default: bool | int | float | str | Decimal | None = None,
    was: str | None = None,
) -> ColumnSchema:
    return ColumnSchema(
        name=name,
        type=type_,
        path=(name,),
        nullable=nullable,
        backfill=str(default) if isinstance(default, Decimal) else default,
        renamed_from=was,
    )


def at_least(table: str, name: str, value: str) -> CheckSchema:
    return CompareCheck(name=f"ck_{table}_{name}_ge", column=name, operator=">=", value=value)


def length(table: str, name: str, least: int | None, most: int | None) -> CheckSchema:
    return LengthCheck(name=f"ck_{table}_{name}_length", column=name, minimum=least, maximum=most)


def choices(table: str, name: str, *values: str) -> CheckSchema:
    return ChoicesCheck(name=f"ck_{table}_{name}_choices", column=name, values=values)


def index(table: str, *names: str, unique: bool = False) -> IndexSchema:
    start = "uq" if unique else "ix"
    return IndexSchema(name=f"{start}_{table}_{'_'.join(names)}", columns=names, unique=unique)


def key(table: str, name: str, target: str, on_delete: OnDelete = "restrict") -> ForeignKeySchema:
    return ForeignKeySchema(
        name=f"fk_{table}_{name}", column=name, table=target, target="id", on_delete=on_delete
    )


def table(
    name: str,
    *parts: ColumnSchema | CheckSchema | IndexSchema | ForeignKeySchema,
    was: str | None = None,
    primary_key: tuple[str, ...] = ("id",),
) -> TableSchema:
    """A table as an entity has it: with an `id` and a `row_version` around its columns."""
    columns = [part for part in parts if isinstance(part, ColumnSchema)]
    given = {item.name for item in columns}
    if "id" not in given:
        columns.insert(0, ColumnSchema(name="id", type=TEXT, path=("id",)))
    columns.append(ColumnSchema(name="row_version", type=INTEGER))
    return TableSchema(
        name=name,
        entity=f"shop.entities.{name.title().replace('_', '')}",
        primary_key=primary_key,
        columns=tuple(columns),
        checks=tuple(
            part for part in parts if isinstance(part, CompareCheck | LengthCheck | ChoicesCheck)
        ),
        indexes=tuple(part for part in parts if isinstance(part, IndexSchema)),
        foreign_keys=tuple(part for part in parts if isinstance(part, ForeignKeySchema)),
        renamed_from=was,
    )


def link(name: str, owner: str, target: str) -> TableSchema:
    """The link table of a many-to-many relation."""
    columns = (f"{owner}_id", f"{target}_id")
    return TableSchema(
        name=name,
        primary_key=columns,
        columns=(
            *(ColumnSchema(name=item, type=TEXT) for item in columns),
            ColumnSchema(name="position", type=INTEGER),
        ),
        indexes=(index(name, columns[1]),),
        foreign_keys=(
            key(name, columns[0], owner, "cascade"),
            key(name, columns[1], target, "cascade"),
        ),
    )


def database(*tables: TableSchema) -> DatabaseSchema:
    return DatabaseSchema(tables=tables)
