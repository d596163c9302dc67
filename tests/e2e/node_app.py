"""An app for tests of several nodes: a wall that everybody writes on, and notes that are listed.

`STARMODEL_DATABASE_URL` says where its tables are, and `WALL_STORE` may say that the wall is in Redis;
`AUDIT` names a file to which each event is written, by the node that ran it; `DIES_AT` an event that ends
the process before anybody is told of it.
"""

import os
import signal
from collections.abc import Mapping
from typing import Any

from pydantic_core.core_schema import int_schema, str_schema

from starmodel import Access, CommandRecord, Entity, EntityConfig, Scope, StateStore
from starmodel.application import EntityDefinition
from starmodel.application.documents import document
from starmodel.domain import Fragment
from starmodel.stores.sql.ddl import create_tables
from starmodel.stores.sql.drivers.database_url import driver_for
from starmodel.stores.sql.drivers.driver import Statement
from starmodel.stores.sql.tables import column
from starmodel.stores.sql.tables.table import EntityTable
from starmodel.web import (
    Argument,
    Arguments,
    Request,
    Resource,
    Response,
    Route,
    Settings,
    WebApplication,
    respond_event,
)


class Wall(Entity):
    """What was said last, and how often anything was."""

    model_config = EntityConfig(scope=Scope.GLOBAL, store=StateStore.SERVER_SQL)

    last: int = 0
    count: int = 0


class Note(Entity):
    """A text of which there are many."""

    text: str = ""


def _define(
    cls: type[Entity],
    name: str,
    scope: Scope,
    state: Any,
    store: StateStore = StateStore.SERVER_SQL,
) -> EntityDefinition[Any]:
    return EntityDefinition(
        cls,
        name=name,
        namespace=name,
        store=store,
        scope=scope,
        state=state,
        access=Access.PUBLIC,
    )


def wall_state(wall: Wall) -> Mapping[str, object]:
    return {"last": wall.last, "count": wall.count}


def note_state(note: Note) -> Mapping[str, object]:
    return {"id": note.id, "text": note.text}


WALL_STORE = StateStore[os.environ.get("WALL_STORE", "SERVER_SQL")]
WALL = _define(Wall, "wall", Scope.GLOBAL, wall_state, WALL_STORE)
WALL_DOCUMENT = document.Document(WALL, [*map(document.field, ("id", "last", "count"))])
NOTE = _define(Note, "note", Scope.RECORD, note_state)
WALL_TABLE = EntityTable(WALL, [column.text("id"), column.integer("last"), column.integer("count")])
NOTE_TABLE = EntityTable(NOTE, [column.text("id"), column.text("text")])

SAY = Arguments(number=Argument(int_schema()))
WRITE = Arguments(text=Argument(str_schema()))


async def make_tables(url: str) -> None:
    """Make the tables, in a database that has none."""
    driver = driver_for(url)
    await driver.open()
    for sql in create_tables([WALL_TABLE, NOTE_TABLE], driver.dialect):
        await driver.execute([Statement(sql)])
    await driver.close()


async def say(request: Request) -> Response:
    """Write on the wall, and append it to every page."""
    number = (await SAY.read(request))["number"]
    async with request.services.unit_of_work() as work:
        for _ in work.attempts():
            wall = await work.load(WALL, lock=True)
            wall.last = number
            wall.count += 1
            line = Fragment(f"<li>{number}</li>", "#wall", "append")
            outcome = await work.commit(wall, "say", {}, None, broadcast=line)
            if outcome is not None:
                return respond_event(request, WALL, outcome)
        raise work.last_conflict


async def write(request: Request) -> Response:
    """Make a note."""
    note = Note(text=(await WRITE.read(request))["text"])
    async with request.services.unit_of_work() as work:
        work.add(NOTE, note)
        outcome = await work.commit(note, "write", {}, None)
        assert outcome is not None
        return respond_event(request, NOTE, outcome)


RESOURCES = [
    Resource(
        WALL,
        routes=[Route("POST", "/wall/say", say, event="say", arguments=SAY)],
        table=WALL_TABLE if WALL_STORE is StateStore.SERVER_SQL else None,
        document=WALL_DOCUMENT if WALL_STORE is StateStore.SERVER_REDIS else None,
    ),
    Resource(
        NOTE,
        routes=[Route("POST", "/note/write", write, event="write", arguments=WRITE)],
        table=NOTE_TABLE,
    ),
]


def audit(record: CommandRecord) -> None:
    """Write an event down."""
    if os.environ.get("DIES_AT") == record.event:
        os.kill(os.getpid(), signal.SIGKILL)
    with open(os.environ["AUDIT"], "a") as file:
        file.write(f"{record.entity}.{record.event} {record.version}\n")


def make_app() -> WebApplication:
    """Make the app."""
    app = WebApplication(RESOURCES, Settings())
    app.services.bus.subscribe(audit)
    return app
