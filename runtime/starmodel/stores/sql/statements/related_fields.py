"""What a record is searched and sorted by that stands in other tables: `customer__name`, `lines__count`.

Sorting asks the other table for each row. A condition on what is referred to asks it once, for the
keys of the records that fit, so that its own indexes serve.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from starmodel.errors import ConfigurationError
from starmodel.stores.sql.tables.column import Column, integer, quote

if TYPE_CHECKING:
    from starmodel.stores.sql.statements.selection import TableQueries

COUNT = "count"

_OTHER = "other"
"""What the other table is called: it may be the same one."""


class RelatedField(NamedTuple):
    """A value that belongs to a row and stands in another table.

    Attributes:
        sql: The expression that gives it for a row.
        column: The column that holds it there, or one like what is counted.
        reference: The column of the row that refers to the other one; `""` for a count.
        entity: The entity of the other row.
    """

    sql: str
    column: Column
    reference: str
    entity: str


def related_field(
    name: str, own: "TableQueries", tables: "Mapping[str, TableQueries]"
) -> RelatedField | None:
    """Return what a name stands for; `None` for a field of the row itself.

    Raises:
        ConfigurationError: It leads nowhere.
    """
    field, underscores, part = name.partition("__")
    if not underscores:
        return None
    for reference in own.table.references:
        if reference.field == field:
            other = tables[reference.entity].table
            column = next((each for each in other.columns if each.field == part), None)
            if column is not None:
                place = f"{own.table.quoted}.{quote(reference.column)}"
                sql = (
                    f"(SELECT {_OTHER}.{column.quoted} FROM {other.quoted} AS {_OTHER}"
                    f" WHERE {_OTHER}.{other.key.quoted} = {place})"
                )
                return RelatedField(sql, column, place, reference.entity)
    if part == COUNT and field in own.table.definition.many:
        return _count(field, own, tables)
    raise ConfigurationError(f"{own.entity} has no {name} to search by.")


def _count(
    many: str, own: "TableQueries", tables: "Mapping[str, TableQueries]"
) -> RelatedField | None:
    target, field = own.table.definition.many[many]
    called = target.rpartition(".")[2] if isinstance(target, str) else target.__name__
    key = f"{own.table.quoted}.{own.key.quoted}"
    for other in tables.values():
        if other.table.definition.cls.__name__ != called:
            continue
        table = other.table
        for reference in table.references:
            if reference.field == field:
                return _counted(table.quoted, quote(reference.column), key, other.entity)
        for link in table.links:
            if link.field == field:
                return _counted(link.quoted, link.target.quoted, key, other.entity)
    raise ConfigurationError(f"There is no table for {own.entity}.{many} in this database.")


def _counted(table: str, column: str, key: str, entity: str) -> RelatedField:
    sql = f"(SELECT count(*) FROM {table} AS {_OTHER} WHERE {_OTHER}.{column} = {key})"
    return RelatedField(sql, integer(COUNT), "", entity)
