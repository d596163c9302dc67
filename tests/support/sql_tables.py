"""Entities in SQL with tables written by hand, as generated code has them, for tests of stores."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, cast
from uuid import UUID, uuid4

from pydantic import AwareDatetime

from starmodel import Access, Entity, Field, Ref, Scope, StateStore
from starmodel.application import EntityDefinition
from starmodel.stores.sql.backend import SQLModelBackend
from starmodel.stores.sql.drivers.driver import Dialect, Driver, Statement
from starmodel.stores.sql.tables import column
from starmodel.stores.sql.tables.column import Column
from starmodel.stores.sql.tables.table import EntityTable, LinkTable, ReferenceColumn

TYPES: dict[Dialect, dict[str, str]] = {
    "sqlite": {
        "text": "TEXT",
        "integer": "BIGINT",
        "numeric": "BIGINT",
        "bool": "BOOLEAN",
        "float": "DOUBLE",
        "bytes": "BLOB",
        "date": "DATE",
        "time": "TIME",
        "datetime": "DATETIME",
        "naive_datetime": "DATETIME",
        "interval": "BIGINT",
        "uuid": "CHAR(32)",
        "json": "TEXT",
    },
    "postgresql": {
        "text": "TEXT",
        "integer": "BIGINT",
        "numeric": "NUMERIC(18, 4)",
        "bool": "BOOLEAN",
        "float": "DOUBLE PRECISION",
        "bytes": "BYTEA",
        "date": "DATE",
        "time": "TIME",
        "datetime": "TIMESTAMPTZ",
        "naive_datetime": "TIMESTAMP",
        "interval": "BIGINT",
        "uuid": "UUID",
        "json": "JSONB",
    },
}


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


def table(
    definition: EntityDefinition[Any],
    columns: Sequence[Column],
    to_row: Callable[[Mapping[str, Any]], tuple[Any, ...]],
    from_row: Callable[[Sequence[Any]], dict[str, Any]],
    **options: Any,
) -> EntityTable[Any]:
    """Write a table's statements out as the generator does."""
    name = definition.name
    has_expiry = definition.ttl is not None
    is_record = definition.is_record
    key = "id" if is_record else "holder"
    names = [each.quoted for each in columns]
    own = ["row_version", *(["row_expires_at"] if has_expiry else [])]
    settings = ", ".join(f"{each} = ?" for each in [*names[1 if is_record else 0 :], *own])
    inserted = [*([] if is_record else [key]), *names, *own]
    return EntityTable(
        definition,
        object,
        name=name,
        columns=columns,
        select=f"SELECT {', '.join([*names, *own])} FROM {name} WHERE {key} = ?",
        insert=f"INSERT INTO {name} ({', '.join(inserted)}) VALUES"
        f" ({', '.join(['?'] * len(inserted))})",
        update=f"UPDATE {name} SET {settings} WHERE {key} = ? AND row_version = ?",
        delete=f"DELETE FROM {name} WHERE {key} = ? AND row_version = ?",
        to_row=to_row,
        from_row=from_row,
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

TAG_TABLE = table(
    TAG,
    (column.text("id"), column.text("name")),
    lambda values: (values["id"], values["name"]),
    lambda row: {"id": row[0], "name": row[1]},
)
AUTHOR_TABLE = table(
    AUTHOR,
    (column.text("id"), column.text("name"), column.text("secret")),
    lambda values: (values["id"], values["name"], values["secret"]),
    lambda row: {"id": row[0], "name": row[1], "secret": row[2]},
    constraints={"uq_author_name": ("name",), "uq_author_secret": ("secret",)},
)
BOOK_TABLE = table(
    BOOK,
    (
        column.text("id"),
        column.text("title"),
        column.text("author_id", "author"),
        column.text("editor_id", "editor"),
        column.integer("pages"),
    ),
    lambda values: (
        values["id"],
        values["title"],
        values["author"].id,
        None if values["editor"] is None else values["editor"].id,
        values["pages"],
        [tag.id for tag in values["tags"]],
    ),
    lambda row: {
        "id": row[0],
        "title": row[1],
        "author": Ref(row[2], Author),
        "editor": None if row[3] is None else Ref(row[3], Author),
        "pages": row[4],
        "tags": [Ref(id, Tag) for id in row[5]],
    },
    references=(
        ReferenceColumn("author", "author_id", "author"),
        ReferenceColumn("editor", "editor_id", "author", "set_null"),
    ),
    links=(LinkTable("tags", "book_tags", "book_id", column.text("tag_id"), "tag"),),
    constraints={
        "ck_book_pages_ge": ("pages",),
        "fk_book_author_id": ("author",),
        "fk_book_editor_id": ("editor",),
    },
)
LOAN_TABLE = table(
    LOAN,
    (column.text("id"), column.text("book_id", "book"), column.integer("days")),
    lambda values: (values["id"], values["book"].id, values["days"]),
    lambda row: {"id": row[0], "book": Ref(row[1], Book), "days": row[2]},
    references=(ReferenceColumn("book", "book_id", "book", "cascade"),),
)
DRAFT_TABLE = table(
    DRAFT,
    (column.text("id"), column.text("text")),
    lambda values: (values["id"], values["text"]),
    lambda row: {"id": row[0], "text": row[1]},
)
KINDS = (
    column.boolean("is_on", "on"),
    column.integer("count"),
    column.double("ratio"),
    column.text("name"),
    column.binary("blob"),
    column.date("day"),
    column.time("hour"),
    column.instant("moment"),
    column.naive_datetime("local"),
    column.interval("span"),
    column.uuid("key"),
    column.numeric("price", 18, 4),
    column.json("data"),
)
THING_TABLE = table(
    THING,
    (column.text("id"), *KINDS),
    lambda values: (values["id"], *(values[kind.field] for kind in KINDS)),
    lambda row: {"id": row[0], **{kind.field: row[1 + at] for at, kind in enumerate(KINDS)}},
)
ITEM_TABLE = table(
    ITEM,
    (column.uuid("id"), column.uuid("next_id", "next")),
    lambda values: (
        values["id"],
        None if values["next"] is None else values["next"].id,
        [other.id for other in values["others"]],
    ),
    lambda row: {
        "id": row[0],
        "next": None if row[1] is None else Ref(str(row[1]), Item),
        "others": [Ref(str(id), Item) for id in row[2]],
    },
    references=(ReferenceColumn("next", "next_id", "item"),),
    links=(LinkTable("others", "item_others", "item_id", column.uuid("other_id"), "item"),),
)

LIBRARY = (TAG_TABLE, AUTHOR_TABLE, BOOK_TABLE, LOAN_TABLE, DRAFT_TABLE, THING_TABLE, ITEM_TABLE)

CONSTRAINTS: dict[str, tuple[str, ...]] = {
    "author": (
        "CONSTRAINT uq_author_name UNIQUE (name)",
        "CONSTRAINT ck_author_secret CHECK (secret <> 'forbidden')",
    ),
    "book": (
        "CONSTRAINT ck_book_pages_ge CHECK (pages >= 0)",
        "CONSTRAINT fk_book_author_id FOREIGN KEY (author_id) REFERENCES author (id)"
        " ON DELETE RESTRICT",
        "CONSTRAINT fk_book_editor_id FOREIGN KEY (editor_id) REFERENCES author (id)"
        " ON DELETE SET NULL",
    ),
    "loan": ("FOREIGN KEY (book_id) REFERENCES book (id) ON DELETE CASCADE",),
    "item": ("FOREIGN KEY (next_id) REFERENCES item (id) ON DELETE RESTRICT",),
}


def create(tables: Sequence[EntityTable[Any]], dialect: Dialect) -> list[Statement]:
    """Give the statements that make tables, those of their links included."""
    types = TYPES[dialect]
    made: list[str] = []
    for each in tables:
        key = each.key.quoted
        parts = [f"{one.quoted} {types[one.kind]}" for one in each.columns]
        if not each.is_record:
            parts.insert(0, "holder TEXT NOT NULL")
        parts += ["row_version BIGINT NOT NULL", f"PRIMARY KEY ({key})"]
        if each.has_expiry:
            parts.insert(-1, f"row_expires_at {types['datetime']}")
        parts += CONSTRAINTS.get(each.name, ())
        made.append(f"CREATE TABLE {each.name} ({', '.join(parts)})")
    for each in tables:
        for link in each.links:
            kind = types[link.target.kind]
            made.append(
                f"CREATE TABLE {link.table} ({link.owner} {kind} NOT NULL REFERENCES {each.name}"
                f" (id) ON DELETE CASCADE, {link.target.name} {kind} NOT NULL REFERENCES"
                f" {link.entity} (id) ON DELETE RESTRICT, position BIGINT NOT NULL,"
                f" PRIMARY KEY ({link.owner}, {link.target.name}))"
            )
    return [Statement(sql) for sql in made]


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


DOCUMENTS = tuple(
    table(
        define(Document, name=name, scope=Scope.SESSION, ttl=1.0),
        (column.json("document"),),
        lambda values: (dict(values),),
        lambda row: cast("dict[str, Any]", row[0]),
    )
    for name in ("counter", "draft", "tally", "motd", "poll")
)
"""Tables that keep all values as one JSON text."""
