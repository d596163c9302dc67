"""Entities in SQL with tables written by hand, as generated code has them, for tests of stores."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from pydantic import AwareDatetime

from starmodel import Access, CommandRecord, Entity, Field, Ref, Scope, StateStore
from starmodel.application import EntityDefinition, Key, Stored, Write
from starmodel.application.store import EMPTY_READ_SET, Committed, IdempotencyRecord, ReadSet
from starmodel.stores.sql.backend import SQLModelBackend
from starmodel.stores.sql.ddl import create_tables
from starmodel.stores.sql.drivers.driver import Dialect, Driver, Statement
from starmodel.stores.sql.tables import column
from starmodel.stores.sql.tables.column import Check
from starmodel.stores.sql.tables.table import EntityTable
from starmodel.testing.contracts.store_contract import OPEN_ENTITIES, SAMPLE, Place, Size


class Tag(Entity):
    """A word."""

    name: str


class Author(Entity):
    """Writes books, at most one of each name."""

    name: str
    secret: str = Field(default="", private=True)


class Book(Entity):
    """Has an author, perhaps an editor, and tags."""

    title: str
    author: Ref[Author]
    editor: Ref[Author] | None = None
    tags: list[Ref[Tag]] = Field(default_factory=list[Ref[Tag]])
    pages: int = Field(default=0, ge=0)


class Loan(Entity):
    """Goes when its book goes."""

    book: Ref[Book]
    days: int = 14


class Draft(Entity):
    """One for each session, for an hour."""

    text: str = ""


class Thing(Entity):
    """A value of each kind of column."""

    on: bool | None = None
    count: int | None = None
    ratio: float | None = None
    name: str | None = None
    blob: bytes | None = None
    day: date | None = None
    hour: time | None = None
    moment: AwareDatetime | None = None
    local: datetime | None = None
    span: timedelta | None = None
    key: UUID | None = None
    price: Decimal | None = None
    data: Any = None


class Item(Entity):
    """Has a UUID for an id."""

    id: UUID = Field(default_factory=uuid4)  # pyright: ignore
    next: Ref["Item"] | None = None
    others: list[Ref["Item"]] = Field(default_factory=list[Ref["Item"]])


def define(
    cls: type[Entity],
    *,
    state: Callable[[Any], Mapping[str, object]] | None = None,
    scope: Scope = Scope.RECORD,
    **options: Any,
) -> EntityDefinition[Any]:
    """Define an entity in SQL that is called as its class is, and that everybody may read."""
    name = options.pop("name", cls.__name__.lower())
    return EntityDefinition(
        cls,
        name=name,
        namespace=name,
        store=StateStore.SERVER_SQL,
        scope=scope,
        state=state or (lambda _: {}),
        access=Access.PUBLIC,
        **options,
    )


TAG = define(Tag, state=lambda tag: {"name": tag.name}, many={"books": (Book, "tags")})
AUTHOR = define(
    Author, state=lambda author: {"name": author.name}, many={"books": (Book, "author")}
)
BOOK = define(
    Book,
    state=lambda book: {
        "title": book.title,
        "author": book.author.id,
        "editor": None if book.editor is None else book.editor.id,
        "tags": [tag.id for tag in book.tags],
        "pages": book.pages,
    },
)
LOAN = define(Loan, state=lambda loan: {"book": loan.book.id, "days": loan.days})
DRAFT = define(Draft, state=lambda draft: {"text": draft.text}, scope=Scope.SESSION, ttl=3600.0)
THING = define(Thing)
ITEM = define(Item)

TAG_TABLE = EntityTable(TAG, [column.text("id"), column.text("name")])
AUTHOR_TABLE = EntityTable(
    AUTHOR,
    [
        column.text("id"),
        column.text("name", unique=True),
        replace(column.text("secret"), checks=(Check("length", (None, 12)),)),
    ],
)
BOOK_TABLE = EntityTable(
    BOOK,
    [
        column.text("id"),
        column.text("title"),
        column.reference("author", AUTHOR),
        column.reference("editor", AUTHOR, nullable=True, on_delete="set_null"),
        column.integer("pages", ge=0),
        column.links("tags", TAG),
    ],
)
LOAN_TABLE = EntityTable(
    LOAN,
    [
        column.text("id"),
        column.reference("book", BOOK, on_delete="cascade"),
        column.integer("days"),
    ],
)
DRAFT_TABLE = EntityTable(DRAFT, [column.text("id"), column.text("text")])
KINDS = (
    column.boolean("is_on", "on", nullable=True),
    column.integer("count", nullable=True),
    column.double("ratio", nullable=True),
    column.text("name", nullable=True),
    column.binary("blob", nullable=True),
    column.date("day", nullable=True),
    column.time("hour", nullable=True),
    column.instant("moment", nullable=True),
    column.naive_datetime("local", nullable=True),
    column.interval("span", nullable=True),
    column.uuid("key", nullable=True),
    column.numeric("price", 18, 4, nullable=True),
    column.json("data", nullable=True),
)
THING_TABLE = EntityTable(THING, [column.text("id"), *KINDS])
ITEM_TABLE = EntityTable(
    ITEM,
    [
        column.uuid("id"),
        column.reference("next", ITEM, "uuid", nullable=True),
        column.links("others", ITEM, "uuid"),
    ],
)

LIBRARY = (TAG_TABLE, AUTHOR_TABLE, BOOK_TABLE, LOAN_TABLE, DRAFT_TABLE, THING_TABLE, ITEM_TABLE)


def create(tables: Sequence[EntityTable[Any]], dialect: Dialect) -> list[Statement]:
    """Return the statements that make tables, those of their links included."""
    return [Statement(sql) for sql in create_tables(tables, dialect)]


class Store(SQLModelBackend):
    """A store that makes its tables where they are missing: SQLite in a file of its own, or any."""

    def __init__(
        self,
        database: str | Driver = "sqlite://",
        tables: Sequence[EntityTable[Any]] = LIBRARY,
        **options: Any,
    ) -> None:
        super().__init__(database, tables, **options)
        self._made = tables

    async def open(self) -> None:
        """Connect, and make the tables."""
        await super().open()
        first = self._made[0].name
        catalogue = {
            "sqlite": f"SELECT 1 FROM sqlite_master WHERE name = '{first}'",
            "postgresql": f"SELECT 1 WHERE to_regclass('{first}') IS NOT NULL",
        }
        if not await self.driver.fetch(catalogue[self.driver.dialect], ()):
            await self.driver.execute(create(self._made, self.driver.dialect))


class Document(Entity):
    """Any values at all."""


def _place_values(place: Place) -> dict[str, Any]:
    return place.model_dump()


SAMPLE_TABLE = EntityTable(
    SAMPLE,
    [
        column.text("id"),
        *KINDS,
        column.enum("size", Size, nullable=True),
        column.json("place", write=_place_values, read=Place.model_validate, nullable=True),
    ],
)


class DocumentStore(Store):
    """What a store needs for its contract: samples, and entities of which nothing is known.

    All values of such an entity are a JSON text.
    """

    def __init__(self, database: str, **options: Any) -> None:
        definitions = [
            define(Document, name=name, scope=Scope.SESSION, ttl=1.0) for name in OPEN_ENTITIES
        ]
        tables = [EntityTable(each, [column.json("document")]) for each in definitions]
        super().__init__(database, [*tables, SAMPLE_TABLE], **options)

    async def commit_event(
        self,
        writes: Sequence[Write],
        records: Sequence[CommandRecord],
        idempotency: IdempotencyRecord | None = None,
        reads: ReadSet = EMPTY_READ_SET,
    ) -> Committed:
        """Keep the values of each write as one."""
        kept = [
            (
                each
                if each.values is None or each.key.entity == SAMPLE.name
                else Write(each.key, {"document": dict(each.values)}, each.expected, each.ttl)
            )
            for each in writes
        ]
        return await super().commit_event(kept, records, idempotency, reads)

    async def load(self, key: Key) -> Stored | None:
        """Load the values of one."""
        stored = await super().load(key)
        if stored is None or key.entity == SAMPLE.name:
            return stored
        values: Any = stored.values["document"]
        return Stored(values, stored.version)
