"""The tutorial, done step by step as it is written, with `starmodel run` left running."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from document import Section, read_document
from running_command import Running

JSON = {"accept": "application/json"}
ADDRESS = "http://127.0.0.1:8000"
"""What `starmodel run` prints where nothing else has the port; the tutorial writes it out."""


class Reader:
    """Somebody who does what the tutorial says, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.project = folder / "library"
        self.entities = self.project / "library/entities.py"
        self.servers: list[Running] = []
        self.steps = {
            heading: section
            for heading, section in read_document("tutorial.md").items()
            if heading[0].isdigit()
        }

    def step(self, number: int) -> Section:
        """Turn to a step."""
        (heading,) = (each for each in self.steps if each.startswith(f"{number}. "))
        return self.steps.pop(heading)

    def start(self) -> None:
        """Leave `starmodel run` running, at an address that may have another port."""
        self.servers.append(Running(self.project, "run"))
        self.address = self.servers[0].address().rpartition("/")[0]

    def run(self, commands: str) -> str:
        """Run commands in the project; what they print."""
        done = subprocess.run(
            ["sh", "-e", "-c", commands],
            cwd=self.project if self.project.exists() else self.folder,
            env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def write(self, path: str, text: str) -> None:
        """Write a file of the project, with the address of this server, which starts anew."""
        (self.project / path).write_text(text.replace(ADDRESS, self.address))
        # What is run at once would reach the server that is about to stop, with all it remembers.
        self.has_said(f"'{path}'")
        self.finds("/shelf", "Put a book on the shelf.")

    def edit(self, old: str, new: str) -> None:
        """Replace what is in the entities, once."""
        text = self.entities.read_text()
        assert text.count(old) == 1, old
        self.entities.write_text(text.replace(old, new))

    def append(self, text: str) -> None:
        """Write at the end of the entities."""
        self.entities.write_text(f"{self.entities.read_text()}\n{text}")

    def has_said(self, text: str) -> None:
        """Wait until the server has said something."""
        self.servers[0].wait(lambda: text in self.servers[0].said)

    def finds(self, path: str, text: str) -> None:
        """Wait until a page, or what programs are answered, shows a text."""
        headers = JSON if text.startswith('"') else {"accept": "text/html"}

        def shows() -> bool:
            try:
                answer = httpx.get(self.address + path, headers=headers, timeout=30)
            except httpx.TransportError:
                return False  # It is starting anew.
            return answer.status_code == 200 and text in answer.text

        self.servers[0].wait(shows)


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    monkeypatch.delenv("STARMODEL_DATABASE_URL", raising=False)
    reader = Reader(tmp_path)
    yield reader
    for server in reader.servers:
        server.stop()


def test_the_tutorial_runs_as_it_is_written(reader: Reader) -> None:
    # 1. A project
    (commands,) = reader.step(1).code("")
    *first, last = commands.splitlines()
    assert last == "starmodel run"
    reader.run("\n".join(first))
    reader.start()
    reader.finds("/counter", "Counter")

    # 2. An entity
    (entities,) = reader.step(2).code("python")
    reader.entities.write_text(entities)
    (reader.project / "tests/test_counter.py").unlink()
    reader.finds("/shelf", "Put a book on the shelf.")
    refused = httpx.post(f"{reader.address}/shelf/add", json={"title": "Emma", "pages": 0})
    assert refused.status_code == 422
    assert [error["name"] for error in refused.json()["errors"]] == ["pages"]

    # 3. Make a mistake
    (shown,) = reader.step(3).code("")
    reader.edit(", access=Access.PUBLIC", "")
    reader.has_said(shown.partition(", …")[0])
    reader.edit("scope=Scope.GLOBAL", "scope=Scope.GLOBAL, access=Access.PUBLIC")

    # 4. Something derived
    imports, members = reader.step(4).code("python")
    reader.edit("from pydantic import BaseModel\n", imports)
    reader.append(members)
    reader.finds("/shelf", '"unread":0')

    # 5. Read what was generated
    assert not reader.step(5).blocks
    for name in ("commands.py", "routes.py"):
        assert (reader.project / "library/generated/shelf" / name).exists()

    # 6. Call it from a program
    step = reader.step(6)
    (program,) = step.code("python")
    assert ADDRESS in program
    reader.write("fill.py", program)
    (commands,) = step.code("")
    assert reader.run(commands).splitlines() == ["1 1"]
    reader.finds("/shelf", "Middlemarch")

    # 7. Test it
    step = reader.step(7)
    (tests,) = step.code("python")
    reader.write("tests/test_shelf.py", tests)
    (commands,) = step.code("")
    assert "2 passed" in reader.run(commands)

    # 8. Keep it in a database
    step = reader.step(8)
    imports, entity, program = step.code("python")
    reader.edit(
        "from starmodel import Access, Entity, EntityConfig, Field, Scope, event\n", imports
    )
    reader.append(f"\n{entity}")
    reader.finds("/book", "Book")
    assert len([*(reader.project / "migrations/versions").glob("*.py")]) == 1
    assert (reader.project / "app.db").exists()
    reader.finds("/book/new", "<form")
    reader.write("lend.py", program)
    (commands,) = step.code("")
    done = reader.run(commands)
    assert done.splitlines()[0] == "Middlemarch 880" and "2 passed" in done
    reader.finds("/book", "Middlemarch")

    # 9. Change a page
    page, option = reader.step(9).code("python")
    reader.write("library/pages.py", page)
    reader.edit("crud=True", option.strip())
    found = httpx.get(f"{reader.address}/book", headers=JSON).json()["items"]
    reader.finds(f"/book/{found[0]['id']}", "Length")

    # 10. Commit it
    (commands,) = reader.step(10).code("")
    reader.run(commands)
    assert "library/generated/book/table.py" in reader.run("git ls-files")
    assert "app.db" not in reader.run("git ls-files")
    assert not reader.steps, "every step is done"
