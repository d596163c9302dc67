"""(g) What others wait for while one client reads the worst list there is.

200 records, as many as a list has, of 100 KB each: a long text, and 500 value objects. One client asks for
all of it again and again, as JSON, as a page, by a search that no index helps with; meanwhile
another asks for one small record. How long that takes is compared with the same server while nobody
asks for lists.
"""

import json
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from benchmarks.child import CREATE_APP, App
from benchmarks.exchange import Exchange, get
from benchmarks.project import Project
from benchmarks.server import Server
from benchmarks.table import Row

SOURCE = '''
"""Long documents, and short notes."""

from pydantic import BaseModel

from starmodel import Access, Entity, EntityConfig, Field, StateStore


class Line(BaseModel):
    """One line of a document."""

    title: str
    count: int = 0
    words: list[str] = []


class Document(Entity):
    """Something long."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)

    title: str = Field(max_length=80)
    text: str = ""
    lines: list[Line] = []


class Note(Entity):
    """Something short."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)

    title: str = Field(max_length=80)
'''
READER = """
import http.client, sys

port, path, accept = int(sys.argv[1]), sys.argv[2], sys.argv[3]
while True:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path, headers={"accept": accept})
    answer = connection.getresponse()
    assert answer.status == 200, answer.status
    while answer.read(1 << 20):
        pass
    connection.close()
"""
DOCUMENTS = 400
SECONDS = 6.0
LIMIT = 0.05
LISTS = {
    "JSON": "/document?limit=200",
    "page": "/document?limit=200",
    "search": "/document?limit=200&q=nothing+has+this",
    "sorted": "/document?limit=200&sort=-text",
}


def measure_crowded(folder: Path) -> list[Row]:
    """Measure how long others wait for a record while one client reads lists."""
    project = Project(folder / "project", {"documents": SOURCE})
    project.generate()
    project.run("migrate", "new")
    project.run("migrate", "up")
    fill(project.folder / "app.db")
    note = get("/note/n1", accept="application/json", expected="short")
    rows: list[Row] = []
    with Server(App(CREATE_APP, project.folder)) as server:
        server.ask(note)
        idle = percentile(waits(server, note, SECONDS / 2))
        for name, path in LISTS.items():
            accept = "text/html" if name == "page" else "application/json"
            started = time.perf_counter()
            size = len(server.ask(get(path, accept=accept)))
            alone = time.perf_counter() - started
            command = [sys.executable, "-c", READER, str(server.port), path, accept]
            with subprocess.Popen(command) as reader:
                try:
                    found = waits(server, note, SECONDS)
                finally:
                    reader.terminate()
            usual = percentile(found)
            rows.append(
                Row(
                    f"(g) a record, while another client reads the worst list: {name}",
                    f"≤ {LIMIT * 1000:.0f} ms",
                    f"{usual * 1000:.1f} ms, {usual / idle:.0f}× of an idle server",
                    f"99 of 100 of {len(found)} answers, the slowest {max(found) * 1000:.0f} ms; the list"
                    f" alone takes {alone * 1000:.0f} ms and has {size / 1e6:.1f} MB",
                    usual <= LIMIT,
                )
            )
    return rows


def fill(database: Path) -> None:
    """Put documents and a note into their tables."""
    words = ["one", "two", "three"]
    lines = json.dumps([{"title": f"line {n} <b>", "count": n, "words": words} for n in range(500)])
    text = 'A long text with "quotes" & <marks>. ' * 1500
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.executemany(
            "INSERT INTO document (id, title, text, lines, row_version) VALUES (?, ?, ?, ?, 1)",
            [(f"{n:026}", f"Document {n}", f"{n} {text}", lines) for n in range(DOCUMENTS)],
        )
        connection.execute("INSERT INTO note (id, title, row_version) VALUES ('n1', 'short', 1)")


def waits(server: Server, exchange: Exchange, seconds: float) -> list[float]:
    """Ask for something again and again; return how long each answer took, in seconds."""
    found: list[float] = []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        started = time.perf_counter()
        server.ask(exchange)
        found.append(time.perf_counter() - started)
        time.sleep(0.002)
    return found


def percentile(found: list[float]) -> float:
    """Return what 99 of 100 stay below."""
    return sorted(found)[int(len(found) * 0.99)]
