"""What a database refused, as it is told: in SQLite and in PostgreSQL alike."""

from collections.abc import AsyncIterator

import pytest
from sql_tables import LIBRARY, Author, Book, Loan, Store, Tag, define

from starmodel import Entity, Field, Ref
from starmodel.application import Key, Write
from starmodel.errors import ArgumentError, ConstraintViolation
from starmodel.stores.sql.tables import column
from starmodel.stores.sql.tables.table import EntityTable


class Seat(Entity):
    """One of each in a row, and one of each in a box."""

    row_name: str = ""
    number: int = 0
    box: str = Field(default="", private=True)


SEAT_TABLE = EntityTable(
    define(Seat),
    [
        column.text("id"),
        column.text("row_name"),
        column.integer("number"),
        column.text("box"),
    ],
    unique=[("row_name", "number"), ("number", "box")],
)


@pytest.fixture(params=["sqlite", "postgresql"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    """An open, empty store."""
    url = "sqlite://" if request.param == "sqlite" else request.getfixturevalue("postgres_url")

    store = Store(url, (*LIBRARY, SEAT_TABLE))
    await store.open()
    try:
        yield store
    finally:
        await store.close()


def key(entity: Entity) -> Key:
    return Key(type(entity).__name__.lower(), "record", str(entity.id))


async def save(store: Store, *entities: Entity) -> None:
    await store.commit([Write(key(one), dict(one.__dict__), 0) for one in entities])


async def refused(store: Store, write: Write) -> list[ArgumentError]:
    with pytest.raises(ConstraintViolation) as caught:
        await store.commit([write])
    return [*caught.value.errors]


async def test_who_refers_to_a_record_that_cannot_go_is_told(store: Store) -> None:
    author, tag = Author(id="ann", name="Ann"), Tag(id="t", name="t")
    await save(store, author, tag)
    await save(store, Book(id="b", title="", author=Ref(author), tags=[Ref(tag)]))
    await save(store, Loan(id="l", book=Ref("b")))
    assert await refused(store, Write(key(author), None, 1)) == [
        ArgumentError("", "A book still refers to it.", "referenced")
    ]


async def test_of_a_combination_every_field_names_the_others(store: Store) -> None:
    await save(store, Seat(id="1", row_name="A", number=1, box="north"))
    same = Seat(id="2", row_name="A", number=1, box="south")
    assert await refused(store, Write(key(same), dict(same.__dict__), 0)) == [
        ArgumentError("row_name", "The combination with Number is taken already.", "unique"),
        ArgumentError("number", "The combination with Row name is taken already.", "unique"),
    ]
    same = Seat(id="2", row_name="B", number=1, box="north")
    errors = await refused(store, Write(key(same), dict(same.__dict__), 0))
    # What is private is named to nobody.
    assert errors[0] == ArgumentError(
        "number", "The combination with something else is taken already.", "unique"
    )
