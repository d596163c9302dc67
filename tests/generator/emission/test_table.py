"""The module of a table: as a colleague would have written it, whatever the types and names."""

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import black
import pytest
from archive_schema import SOURCES, archive
from author_sources import author_sources
from linked_project import link_sources
from listed_shop import LISTED_SHOP
from stored_project import settings_of, write_tables
from stored_schemas import stored_app

from starmodel_schemas import AppSchema

RUNTIME = Path(import_module("starmodel").__file__ or "").parents[1]

TICKETS = """
from datetime import date
from decimal import Decimal
from enum import Enum

from pydantic import BaseModel

from starmodel import Access, Entity, EntityConfig, Field, Many, Ref, Scope, StateStore


class Status(Enum):
    OPEN = "open"
    SOLD = "sold"


class Seat(BaseModel):
    row: int = Field(ge=1)
    side: str | None = None


class Entry(BaseModel):
    text: str
    day: date | None = None
    status: Status = Status.OPEN
    followed_by: "list[Entry]" = Field(default_factory=lambda: list[Entry]())


class Hall(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)

    tickets: Many["Ticket", "hall"]


class Ticket(Entity):
    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, access=Access.PUBLIC, indexes=[("status", "price")]
    )

    title: str = Field(max_length=80, unique=True)
    price: Decimal = Field(max_digits=8, decimal_places=2, ge=Decimal("0.50"))
    status: Status = Status.OPEN
    seat: Seat
    hall: Ref[Hall] = Field(on_delete="cascade")
    instead_of: Ref["Ticket"] | None = Field(default=None, on_delete="set_null")
    halls: list[Ref[Hall]] = Field(default_factory=list)
    log: list[Entry] = Field(default_factory=list)
    reduced: Decimal | Seat | str | None = None


class Visit(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, scope=Scope.SESSION, ttl=60)

    order: int = 0
"""


def modules(app: AppSchema, package: str, folder: Path, sources: dict[str, str]) -> dict[str, str]:
    """The generated modules about tables, by their paths below the generated package."""
    settings = settings_of(f"{package}.generated")
    written = write_tables(folder, app, settings, sources)
    return {path.removeprefix(f"{settings.output}/"): text for path, text in written.items()}


@pytest.fixture(scope="module")
def tickets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    app = link_sources({"tickets/entities.py": TICKETS}, entities="tickets/entities").app
    return modules(app, "tickets", tmp_path_factory.mktemp("tickets"), {})


def test_the_other_sides_of_relations_stand_in_definitions(tickets: dict[str, str]) -> None:
    assert 'many={"tickets": (Ticket, "hall")},' in tickets["hall/state.py"]
    assert "from tickets.entities import Hall, Ticket\n" in tickets["hall/state.py"]
    assert '"hall": ticket.hall.id,' in tickets["ticket/state.py"]
    assert '"halls": [item.id for item in ticket.halls],' in tickets["ticket/state.py"]


def test_an_entity_without_fields_has_its_id(tickets: dict[str, str]) -> None:
    assert '        column.text("id"),\n    ],\n' in tickets["hall/table.py"]


def test_what_cannot_be_told_apart_is_kept_as_it_is(tmp_path: Path) -> None:
    source = """
    from datetime import date
    from starmodel import Access, Entity, EntityConfig, StateStore

    class Thing(Entity):
        model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)
        either: list[int] | list[date] | str
        numbers: dict[int, str] | dict[int, str] | None
    """
    app = link_sources({"tickets/entities.py": source}, entities="tickets/entities").app
    text = modules(app, "tickets", tmp_path, {})["thing/table.py"]
    assert 'column.anything(\n            "either", ' in text
    assert 'column.json(\n            "numbers",\n' in text
    assert """        case list():
            return {"list": value}
""" in text


def corpus() -> list[tuple[AppSchema, str, dict[str, str]]]:
    """Schemas with the name of their package and what their authors wrote."""
    cases = [(archive(), "archive", SOURCES)]
    drawn = [(stored_app(seed, package=f"drawn{seed}"), f"drawn{seed}") for seed in range(6)]
    for app, package in [(LISTED_SHOP, "shop"), *drawn]:
        cases.append((app, package, author_sources(app, settings_of(f"{package}.generated"))))
    return cases


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with several projects."""
    root = tmp_path_factory.mktemp("projects")
    for app, package, sources in corpus():
        modules(app, package, root, sources)
    (root / "pyproject.toml").write_text("")
    return root


def tables(root: Path) -> list[Path]:
    found = sorted([*root.rglob("table.py"), *root.rglob("rows.py")])
    assert len(found) > 20
    return found


def test_black_keeps_them(project: Path) -> None:
    for path in tables(project):
        text = path.read_text(encoding="utf-8")
        assert text == black.format_str(text, mode=black.Mode()), path


@pytest.mark.parametrize("seed", range(10, 30))
def test_black_keeps_hostile_ones(tmp_path: Path, seed: int) -> None:
    app = stored_app(seed, package="shop", hostile=True, longest=1 + seed % 6)
    for path, text in modules(app, "shop", tmp_path, {}).items():
        compile(text, path, "exec")
        assert text == black.format_str(text, mode=black.Mode()), path


def test_pyright_strict_finds_nothing(project: Path) -> None:
    options = {
        "include": ["**/generated"],
        "typeCheckingMode": "strict",
        "extraPaths": [str(RUNTIME)],
        "pythonVersion": "3.11",
        "reportMissingTypeStubs": False,
    }
    (project / "pyrightconfig.json").write_text(json.dumps(options))
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable]
    done = subprocess.run([*command, "-p", str(project)], capture_output=True, text=True)
    report = json.loads(done.stdout)
    found = [
        f"{diagnostic['file']}:{diagnostic['range']['start']['line'] + 1} {diagnostic['message']}"
        for diagnostic in report["generalDiagnostics"]
    ]
    assert found == []
    assert report["summary"]["filesAnalyzed"] > len(tables(project))


def test_imports_are_exact_and_sorted(project: Path) -> None:
    command = [sys.executable, "-m", "ruff", "check", "--select", "I,F401,F811,F821", "--quiet"]
    paths = [str(path) for path in tables(project)]
    done = subprocess.run([*command, *paths], capture_output=True, text=True, cwd=project)
    assert done.stdout == ""
