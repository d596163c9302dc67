"""What a generated table keeps comes back equal, with values of every type and their extremes."""

import asyncio
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from archive_schema import SOURCES, archive
from author_sources import author_sources
from linked_project import link_sources
from random_values import ValueMaker, alike
from stored_project import (
    assert_kept,
    forget,
    import_tables,
    make_tables,
    settings_of,
    write_tables,
)
from stored_schemas import stored_app

from starmodel import Entity
from starmodel.application.store import Key, Write
from starmodel.errors import InvalidState
from starmodel.stores.sql.backend import SQLModelBackend
from starmodel.stores.sql.tables.table import EntityTable
from starmodel_schemas import AppSchema

Tables = list[EntityTable[Any]]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return request.getfixturevalue("postgres_url")
    return f"sqlite:///{tmp_path / 'kept.db'}"


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tables]:
    """The generated tables of the archive."""
    root = tmp_path_factory.mktemp("archive")
    settings = settings_of("archive.generated")
    write_tables(root, archive(), settings, SOURCES)
    yield import_tables(root, archive(), settings.package)
    forget("archive")


def drawn(app: AppSchema, seed: int, records: int) -> Iterator[tuple[str, Entity]]:
    """Instances of every entity, each with the name of its table."""
    maker = ValueMaker(app, seed, long_texts=True)
    for entity in app.entities:
        for _ in range(records if entity.scope == "RECORD" else 1):
            yield entity.snake_name, maker.entity(entity)


def test_values_of_every_type(tables: Tables, url: str) -> None:
    make_tables(url, tables)
    assert_kept(url, tables, drawn(archive(), 1, 200))


@pytest.mark.parametrize("seed", range(6))
def test_values_of_random_types(tmp_path: Path, url: str, seed: int) -> None:
    app = stored_app(seed, package=f"kept{seed}")
    settings = settings_of(f"kept{seed}.generated")
    write_tables(tmp_path, app, settings, author_sources(app, settings))
    try:
        found = import_tables(tmp_path, app, settings.package)
        make_tables(url, found)
        assert_kept(url, found, drawn(app, seed, 10))
    finally:
        forget(f"kept{seed}")


MISFITS = """
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel

from starmodel import Access, Entity, EntityConfig, Field, StateStore


class Part(BaseModel):
    name: str = ""


class Better(Part):
    colour: str = "red"


class Odd(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)

    anything: Any = None
    either: list[int] | list[date] | str = ""
    unclear: dict[Literal["1", 1], int] = Field(default_factory=dict)
    part: Part = Field(default_factory=Part)
    parts: list[Part] = Field(default_factory=list)
    number: int = 0
    price: Decimal = Field(default=Decimal(0), max_digits=18, decimal_places=2)
    text: str = ""
    span: timedelta = timedelta(0)
"""


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tables]:
    """The table of an entity with fields that take what a database cannot keep."""
    app = link_sources({"misfits/entities.py": MISFITS}, entities="misfits/entities").app
    settings = settings_of("misfits.generated")
    root = tmp_path_factory.mktemp("misfits")
    sources = {"misfits/__init__.py": "", "misfits/entities.py": MISFITS}
    write_tables(root, app, settings, sources)
    yield import_tables(root, app, settings.package)
    forget("misfits")


async def test_what_would_not_come_back_equal_is_refused(odd: Tables, url: str) -> None:
    await asyncio.to_thread(make_tables, url, odd)
    entities = import_module("misfits.entities")
    better = entities.Better(name="x")
    refused: list[tuple[str, Any]] = [
        ("anything", (1, 2)),
        ("anything", {"a": [{1: "b"}]}),
        ("anything", [Decimal("1.5")]),
        ("anything", {date(2024, 1, 31)}),
        ("anything", float("nan")),
        ("anything", "\0"),
        ("either", [date(2024, 1, 31)]),
        ("unclear", {1: 2}),
        ("part", better),
        ("parts", [better]),
        ("number", 2**63),
        ("price", Decimal("0.001")),
        ("price", Decimal(10) ** 16),
        ("text", "a\0b"),
        ("text", "\ud800"),
        ("span", timedelta.max),
    ]
    kept: list[tuple[str, Any]] = [
        ("anything", [1, "2", None, {"a": 0.5}]),
        ("either", [1, 2]),
        ("unclear", {"1": 2}),
        ("part", entities.Part(name="x")),
        ("price", Decimal("-9999999999999999.99")),
    ]

    store = SQLModelBackend(url, odd)
    await store.open()
    try:
        for name, value in (*refused, *kept):
            given: dict[str, Any] = {**vars(entities.Odd()), name: value}
            key = Key("odd", "record", given["id"])
            write = Write(key, given, 0)
            if (name, value) in kept:
                await store.commit([write])
                stored = await store.load(key)
                assert stored is not None and alike(stored.values[name], value)
                continue
            with pytest.raises(InvalidState) as caught:
                await store.commit([write])
            assert [error.name for error in caught.value.errors] == [name], value
            assert await store.load(key) is None
    finally:
        await store.close()


def test_a_load_runs_no_validators(tables: Tables, tmp_path: Path) -> None:
    entities = import_module("archive.entities")
    url = f"sqlite:///{tmp_path / 'kept.db'}"
    make_tables(url, tables)
    basket = entities.Basket(size=entities.Size(width=3, secret="s"))
    entities.validated.clear()
    assert_kept(url, tables, [("basket", basket)])
    assert entities.validated == []


def test_what_was_kept_before_a_field_was_there_has_its_default(tables: Tables) -> None:
    entities = import_module("archive.entities")
    box = import_module("archive.generated.box.table")
    note = box.note_from_json({"text": "old", "unknown": 1})
    assert note == entities.Note(text="old")
    assert note.tags is not box.note_from_json({"text": "old"}).tags
    with pytest.raises(KeyError):
        box.note_from_json({})


def test_values_of_a_kind_stand_under_its_name(tables: Tables) -> None:
    entities = import_module("archive.entities")
    box = import_module("archive.generated.box.table")
    write = box.size_or_note_or_colour_or_bytes_to_json
    assert write(entities.Colour.RED) == {"Colour": "red"}
    assert write(b"\xff") == {"bytes": "/w=="}
    assert write(entities.Note(text="a"))["Note"]["text"] == "a"
    moment = box.datetime_or_date_or_str_to_json
    assert moment(datetime(2024, 1, 31)) == {"datetime": "2024-01-31T00:00:00"}
    assert moment(date(2024, 1, 31)) == {"date": "2024-01-31"}
    assert moment("2024-01-31") == "2024-01-31"
