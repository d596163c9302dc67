"""The statements that read and write the rows of a table, as the text of SQL."""

from dataclasses import dataclass

from starmodel_generator.database.sql_text import identifier
from starmodel_generator.database.tables import HOLDER, VERSION
from starmodel_schemas import TableSchema
from starmodel_schemas.naming import constant_case


@dataclass(frozen=True, slots=True)
class StatementView:
    """A statement: the name of its constant, and its lines."""

    name: str
    lines: tuple[str, ...]


def statements(entity: str, table: TableSchema) -> tuple[StatementView, ...]:
    """Write what selects, inserts, updates and deletes a row, with a line for each column."""
    constant, name = constant_case(entity), identifier(table.name)
    [key] = table.primary_key
    by_key = f"WHERE {identifier(key)} = ?"
    by_version = f"{by_key} AND {VERSION} = ?"
    names = [column.name for column in table.columns]
    written = [identifier(each) for each in names]
    # Whoever asks for the row of a holder knows the holder.
    read = written[1:] if key == HOLDER else written
    changed = [f"{identifier(each)} = ?" for each in names if each != key]
    holes = ", ".join("?" * len(written))
    return (
        StatementView(f"SELECT_{constant}", ("SELECT", *_listed(read), f"FROM {name}", by_key)),
        StatementView(
            f"INSERT_{constant}",
            (f"INSERT INTO {name} (", *_listed(written), ")", f"VALUES ({holes})"),
        ),
        StatementView(
            f"UPDATE_{constant}", (f"UPDATE {name}", "SET", *_listed(changed), by_version)
        ),
        StatementView(f"DELETE_{constant}", (f"DELETE FROM {name}", by_version)),
    )


def _listed(items: list[str]) -> tuple[str, ...]:
    """Put each item on a line of its own, with a comma behind all but the last."""
    last = len(items) - 1
    return tuple(f"    {item}{'' if place == last else ','}" for place, item in enumerate(items))
