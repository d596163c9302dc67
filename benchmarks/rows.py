"""(c) Twenty rows of SQLite: as JSON, and as the table of the generated list page.

The references ask one connection for the same rows and send the same bytes: JSON made of the rows
by pydantic's encoder, and the page as one f-string a row. Neither checks what it is asked for, nor
knows of cursors.
"""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from markupsafe import escape

from benchmarks.child import CREATE_APP, App, Child, ratio, time_in_turns
from benchmarks.exchange import get
from benchmarks.project import Project
from benchmarks.table import Row, at_least

COUNT = 1_000
PATH = "/todo?list=1&limit=20"
TITLE = 'Buy <milk> & "eggs" number {}'
SOURCE = '''
"""Things to do."""

from starmodel import Access, Entity, EntityConfig, Field, StateStore


class Todo(Entity):
    """Something to do."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)

    list: int = Field(index=True)
    title: str = Field(max_length=200)
    done: bool = False
    priority: int = 0
'''
BEHIND_RAW = '''
"""The same rows behind the raw app, each by a statement and an f-string of its own."""

import sqlite3

from markupsafe import escape
from pydantic_core import to_json

from benchmarks import raw
from benchmarks.raw import app

JSON_HEADER = (b"content-type", b"application/json")
ROWS = sqlite3.connect({database!r}, check_same_thread=False, isolation_level=None)
SQL = "SELECT id, list, title, done, priority FROM todo WHERE list = ? ORDER BY id LIMIT 20"
BEFORE, BETWEEN, AFTER, NEXT = {before!r}, {between!r}, {after!r}, {next!r}


async def json(scope, receive, send):
    items = [
        {{"id": id, "list": list, "title": title, "done": done == 1, "priority": priority}}
        for id, list, title, done, priority in ROWS.execute(SQL, (1,))
    ]
    await raw.answer(send, [JSON_HEADER], to_json({{"items": items, "next": NEXT}}))


def row(id, list, title, done, priority):
    title = escape(title)
    done = "Yes" if done else "No"
    return f"""{row}"""


async def page(scope, receive, send):
    rows = BETWEEN.join([row(*found) for found in ROWS.execute(SQL, (1,))])
    await raw.answer(send, [raw.HTML_HEADER], (BEFORE + rows + AFTER).encode())


async def todo(scope, receive, send):
    accepts_json = (b"accept", b"application/json") in scope["headers"]
    await (json if accepts_json else page)(scope, receive, send)


raw.ROUTES["GET", "/todo"] = todo
'''
_BODY = re.compile("(<tbody[^>]*>)(.*?)(</tbody>)", re.DOTALL)
_ROW = re.compile(r"<tr.*?</tr>", re.DOTALL)


def measure_rows(folder: Path) -> list[Row]:
    """Processor time in process."""
    project = Project(folder / "todo", {"todo": SOURCE})
    project.generate()
    project.run("migrate", "new")
    project.run("migrate", "up")
    database = project.folder / "app.db"
    fill(database)
    ours = App(CREATE_APP, project.folder)
    as_json = get(PATH, expected='"items"', accept="application/json")
    as_table = get(PATH, expected="<tbody")
    with Child(ours) as child:
        items = child.send(as_json, 1)[1]
        document = child.send(as_table, 1)[1]
    (folder / "rows_by_hand.py").write_text(raw_module(database, items, document), encoding="utf-8")
    children = {"raw": Child(App("rows_by_hand:app", folder)), "ours": Child(ours)}
    try:
        rows: list[Row] = []
        for name, exchange, sent, goal in (
            ("as JSON", as_json, items, 0.79),
            ("as the list page", as_table, document, 0.70),
        ):
            if children["raw"].send(exchange, 1)[1] != sent:
                raise RuntimeError(f"The reference gives something else {name}.")
            times = time_in_turns({key: (child, exchange) for key, child in children.items()})
            how = f"in process, processor time, 15 rounds in turns; {len(sent) / 1024:.0f} KiB,"
            value = 1 / ratio(times, "ours", "raw")
            measure = f"(c) 20 rows from SQLite {name}, speed of one written by hand"
            rows.append(at_least(measure, value, goal, "×", f"{how} the same bytes"))
    finally:
        for child in children.values():
            child.__exit__(None, None, None)
    return rows


def fill(database: Path) -> None:
    """Put rows into the table."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.executemany(
            "INSERT INTO todo (id, list, title, done, priority, row_version)"
            " VALUES (?, ?, ?, ?, ?, 1)",
            [(f"{i:026}", i % 5, TITLE.format(i), i % 3 == 0, i % 4) for i in range(COUNT)],
        )


def raw_module(database: Path, items: str, document: str) -> str:
    """Return the raw app with the page taken apart.

    Raises:
        RuntimeError: The page has no rows that could be taken apart.
    """
    body = _BODY.search(document)
    cursor = re.search(r'"next":"([^"]*)"', items)
    if body is None or cursor is None:
        raise RuntimeError("The page has no rows.")
    # The second row: its title has number 6, its priority is 2 and it is done.
    first, second, *_, last = _ROW.finditer(document, body.start(2), body.end(2))
    row = second[0].replace("{", "{{").replace("}", "}}")
    row = row.replace(f"{6:026}", "{id}").replace(str(escape(TITLE.format(6))), "{title}")
    row = re.sub(r"(?<=>)Yes(?=<)", "{done}", row)
    row = re.sub(r"(?<=>)2(?=<)", "{priority}", row)
    row = re.sub(r"(?<=>)1(?=<)", "{list}", row)
    return BEHIND_RAW.format(
        database=str(database),
        before=document[: first.start()],
        between=document[first.end() : second.start()],
        after=document[last.end() :],
        next=cursor[1],
        row=row,
    )
