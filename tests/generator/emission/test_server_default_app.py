"""A generated app whose columns have defaults, for itself and for other programs."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from typing import Any

import pytest
from crud_project import CrudProject

from starmodel.testing import Client

ENTITIES = """
from decimal import Decimal
from enum import Enum

from pydantic import AwareDatetime

from starmodel import Access, Entity, EntityConfig, Field, StateStore


class Status(Enum):
    DRAFT = "draft"
    DONE = "done"


class Note(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    text: str = Field(default="", server_default="it's :said elsewhere")
    status: Status = Field(server_default=Status.DONE)
    price: Decimal = Field(server_default=Decimal("1.50"), max_digits=9, decimal_places=2)
    stars: int = Field(default=1, server_default=3)
    seen_at: AwareDatetime = Field(server_default="CURRENT_TIMESTAMP")


class Tally(Entity):
    count: int = Field(server_default=5)
"""
Rows = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def project(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[CrudProject, Rows]]:
    folder = tmp_path_factory.mktemp("defaults")
    with ExitStack() as stack:
        if request.param == "postgresql":
            server = request.getfixturevalue("postgres_server")
            url = stack.enter_context(server.database())
            project = CrudProject(folder, "defaults_pg", url, ENTITIES)

            def run(sql: str) -> list[tuple[Any, ...]]:
                return server.run(sql, url=url)

        else:
            project = CrudProject(folder, "defaults_lite", "", ENTITIES)

            def run(sql: str) -> list[tuple[Any, ...]]:
                with closing(sqlite3.connect(folder / "app.db")) as connection, connection:
                    return connection.execute(sql).fetchall()

        project.make()
        yield stack.enter_context(project.imported()), run


def test_what_is_left_out_has_the_default(project: tuple[CrudProject, Rows]) -> None:
    with Client(project[0].load("generated.app").create_app()) as client:
        state = client.post("/note", {}).json["state"]
        seen = datetime.fromisoformat(state.pop("seen_at"))
        assert abs((datetime.now(UTC) - seen).total_seconds()) < 60
        del state["id"]
        assert state == {"text": "", "status": "done", "price": "1.50", "stars": 1}
        given = {"status": "draft", "price": "2.25", "seen_at": "2026-01-02T03:04:05Z"}
        state = client.post("/note", given).json["state"]
        assert (state["status"], state["price"]) == ("draft", "2.25")
        assert client.get("/tally").state == {"count": 5}
        assert 'value="1.50"' in client.page("/note/new")


def test_another_program_may_leave_it_out(project: tuple[CrudProject, Rows]) -> None:
    project[1]("INSERT INTO note (id, row_version) VALUES ('other', 1)")
    with Client(project[0].load("generated.app").create_app()) as client:
        state = client.get("/note/other").json["state"]
    seen = datetime.fromisoformat(state.pop("seen_at"))
    assert abs((datetime.now(UTC) - seen).total_seconds()) < 60
    assert state == {
        "id": "other",
        "text": "it's :said elsewhere",
        "status": "done",
        "price": "1.50",
        "stars": 3,
    }


def test_a_temporary_database_and_row_classes_have_it(project: tuple[CrudProject, Rows]) -> None:
    from sqlalchemy.dialects import postgresql, sqlite
    from sqlalchemy.schema import CreateTable

    from starmodel.stores.sql.ddl import create_tables

    table = project[0].load("generated.note.table").NOTE_TABLE
    row: Any = project[0].load("generated.note.rows").NoteRow
    for dialect, made in (("sqlite", sqlite.dialect()), ("postgresql", postgresql.dialect())):
        price, now = {
            "sqlite": ("150", "(strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')"),
            "postgresql": ("1.50", "(current_timestamp)"),
        }[dialect]
        for text in (
            next(iter(create_tables([table], dialect))),  # pyright: ignore[reportArgumentType]
            str(CreateTable(row.__table__).compile(dialect=made)),
        ):
            for default in ("'it''s :said elsewhere'", "'done'", price, "3", now):
                assert f"DEFAULT {default}" in text, text


def test_a_class_has_it_too(project: tuple[CrudProject, Rows]) -> None:
    entities = project[0].load("entities")
    note = entities.Note()
    assert (note.status, str(note.price), note.stars) == (entities.Status.DONE, "1.50", 1)
    assert note.seen_at.tzinfo is UTC
    done = project[0].shop.starmodel("inspect", "Note", "--sql")
    assert "DEFAULT (current_timestamp)" in done.out
