"""Running numbers on a SQLite file, and what JSON has of the rows that have them."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest

from starmodel import Access, Entity, Field, Scope, StateStore
from starmodel.application import EntityDefinition
from starmodel.stores.sql.backend import SQLModelBackend
from starmodel.stores.sql.drivers.sqlite import SQLiteDriver
from starmodel.stores.sql.statements.row_json import RowSerializer
from starmodel.stores.sql.tables import column
from starmodel.stores.sql.tables.table import EntityTable


class Team(Entity):
    id: int | None = Field(default=None, primary_key=True)  # pyright: ignore
    rival_id: int | None = None


def state(team: Team) -> Mapping[str, object]:
    return {"id": team.id, "rival_id": team.rival_id}


TEAM = EntityDefinition(
    Team,
    name="team",
    namespace="team",
    store=StateStore.SERVER_SQL,
    scope=Scope.RECORD,
    state=state,
    access=Access.PUBLIC,
)
TEAM_TABLE = EntityTable(
    TEAM,
    [
        column.identity("id"),
        column.integer("rival_id", nullable=True, foreign_key="team.id", refers=True),
    ],
)


def test_a_plain_foreign_key_is_a_number_in_json() -> None:
    """As the generated state has it; that of a `Ref` is a text."""
    plain = RowSerializer(TEAM_TABLE, "sqlite", ["id", "rival_id"])
    assert plain.serialize_all([(2, 1, 1)]) == [{"id": 2, "rival_id": 1}]
    other = EntityTable(TEAM, [column.identity("id"), column.reference("rival", TEAM, "integer")])
    referring = RowSerializer(other, "sqlite", ["id", "rival"])
    assert referring.serialize_all([(2, 1, 1)]) == [{"id": 2, "rival": "1"}]


@pytest.mark.parametrize("synchronous", ["FULL", "NORMAL", "EXTRA"])
async def test_numbers_alone_wait_for_no_disk(tmp_path: Path, synchronous: str) -> None:
    driver = SQLiteDriver(str(tmp_path / "test.db"), synchronous=synchronous)  # pyright: ignore
    store = SQLModelBackend(driver, [TEAM_TABLE])
    await driver.open()
    writer = driver.connections[0]
    asked: list[str] = []
    try:
        with closing(sqlite3.connect(driver.path)) as connection, connection:
            connection.execute(
                "CREATE TABLE team (id INTEGER PRIMARY KEY AUTOINCREMENT, rival_id BIGINT)"
            )
        configured = writer.execute("PRAGMA synchronous").fetchone()
        writer.set_trace_callback(asked.append)
        assert await store.next_numbers("team", 2) == [1, 2]
        assert await store.next_numbers("team", 0, 40) == []
        assert await store.next_numbers("team", 1) == [41]
        writer.set_trace_callback(None)
        assert writer.execute("PRAGMA synchronous").fetchone() == configured
    finally:
        await driver.close()
    assert ("PRAGMA synchronous = NORMAL" in asked) is (synchronous != "NORMAL")


async def test_a_table_that_is_not_numbered_is_an_error(tmp_path: Path) -> None:
    driver = SQLiteDriver(str(tmp_path / "test.db"))
    store = SQLModelBackend(driver, [TEAM_TABLE])
    await driver.open()
    try:
        with closing(sqlite3.connect(driver.path)) as connection, connection:
            connection.execute("CREATE TABLE team (id BIGINT PRIMARY KEY, rival_id BIGINT)")
        with pytest.raises(Exception, match="sqlite_sequence"):
            await store.next_numbers("team", 1)
    finally:
        await driver.close()
