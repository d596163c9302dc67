"""Entities in SQL: how they are marked, what their options say, what their columns can keep."""

import pytest
from linked_project import Linked, link_sources

from starmodel_generator.database.tables import database_schema
from starmodel_schemas import EventSchema, IndexOption

HEAD = """
from datetime import UTC, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Annotated, Any, ClassVar, Literal, Optional
from uuid import UUID
from pydantic import AwareDatetime, BaseModel, NaiveDatetime, computed_field
from starmodel import *

"""
SQL = "store=StateStore.SERVER_SQL, access=Access.PUBLIC"


def product(*fields: str, options: str = "", head: str = "", bases: str = "Entity") -> Linked:
    """A product in SQL with these lines in its body."""
    lines = [f"class Product({bases}):", f"    model_config = EntityConfig({SQL}, {options})"]
    lines += [f"    {line}" for field in fields for line in field.split("\n")]
    return link_sources(HEAD + head + "\n" + "\n".join(lines) + "\n")


def messages(linked: Linked, code: str) -> list[str]:
    return [each.message for each in linked.diagnostics if each.code == code]


@pytest.mark.parametrize(
    ("bases", "config", "scope"),
    [
        ("Entity", f"EntityConfig({SQL})", "RECORD"),
        ("Entity", f"EntityConfig({SQL}, scope=Scope.SESSION)", "SESSION"),
        ("Entity", f"EntityConfig({SQL}, scope=Scope.GLOBAL)", "GLOBAL"),
        ("Entity, BaseTable, table=True", "EntityConfig(access=Access.PUBLIC)", "RECORD"),
        ("BaseTable, Entity, table=True", "EntityConfig(access=Access.PUBLIC)", "RECORD"),
        ("Entity, BaseTable, table=True", f"EntityConfig({SQL})", "RECORD"),
        (
            "Entity, BaseTable, table=True",
            "EntityConfig(access=Access.PUBLIC, scope=Scope.GLOBAL)",
            "GLOBAL",
        ),
    ],
)
def test_what_is_kept_in_sql(bases: str, config: str, scope: str) -> None:
    text = f"{HEAD}class Product({bases}):\n    model_config = {config}\n"
    entity = link_sources(text).entity("Product")
    assert (entity.store, entity.scope) == ("SERVER_SQL", scope)


def test_a_base_may_say_it_for_all() -> None:
    linked = link_sources(HEAD + """
from abc import ABC
class Kept(Entity, BaseTable, ABC, table=True):
    model_config = EntityConfig(access=Access.PUBLIC, crud=True, renamed_from="Old")
    name: str = ""
class Product(Kept): ...
class Tag(Kept):
    model_config = EntityConfig(crud=False, renamed_from="Label")
""")
    product, tag = linked.app.entities
    assert (product.store, product.scope, len(product.crud)) == ("SERVER_SQL", "RECORD", 3)
    assert (tag.store, tag.crud) == ("SERVER_SQL", ())
    # Only the class that says so was called otherwise.
    assert (product.renamed_from, tag.renamed_from) == (None, "Label")


@pytest.mark.parametrize(
    ("bases", "config", "said"),
    [
        ("Entity, table=True", SQL, "no base that takes it"),
        ("Entity, BaseTable", "access=Access.PUBLIC", "but is no table"),
        ("Entity, BaseTable, table=bool(1)", SQL, "a `table` that is computed"),
        (
            "Entity, BaseTable, table=True",
            "store=StateStore.SERVER_MEMORY, access=Access.PUBLIC",
            "its `store` is `StateStore.SERVER_MEMORY`",
        ),
    ],
)
def test_marks_that_contradict(bases: str, config: str, said: str) -> None:
    text = f"{HEAD}class Product({bases}):\n    model_config = EntityConfig({config})\n"
    (message,) = messages(link_sources(text), "SM119")
    assert said in message


def test_options_of_the_table() -> None:
    linked = product(
        "name: str",
        "size: int = 0",
        "label: str = Field('', renamed_from='title', writable=False)",
        options="indexes=[('name', 'size'), ['size']], unique=NAMES, renamed_from='Item',"
        " respond='ack', crud=('delete', 'create')",
        head="NAMES = [('size', 'name')]",
    )
    entity = linked.entity("Product")
    assert entity.indexes == (
        IndexOption(fields=("name", "size")),
        IndexOption(fields=("size",)),
        IndexOption(fields=("size", "name"), unique=True),
    )
    assert entity.renamed_from == "Item"
    assert entity.crud == ("create", "delete")
    assert {event.respond for event in entity.events} == {"ack"}
    label = linked.field("Product", "label")
    assert (label.renamed_from, label.writable) == ("title", False)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("crud={'create', 'read'}", "is none of it"),
        ("crud='create'", "is none of it"),
        ("crud=make()", "a `crud` that calls `make`"),
        ("indexes='name'", "names no fields"),
        ("indexes=['name']", "names no fields"),
        ("indexes=[()]", "names no fields"),
        ("unique=[(1,)]", "names no fields"),
        ("renamed_from=3", "is no class"),
        ("renamed_from='Old name'", "is no class"),
    ],
)
def test_options_that_cannot_be_used(options: str, said: str) -> None:
    linked = product("name: str = ''", options=options, head="def make(): ...")
    (message,) = messages(linked, "SM112")
    assert said in message
    assert linked.pointed("SM112") == options.partition("=")[0]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("indexes=[('nmae',)]", "`nmae` in `indexes`, which is no field of it"),
        ("indexes=[('id', 'name')]", "`id` in `indexes`, which is found by itself already"),
        ("unique=[('name', 'id')]", "`id` in `unique`, which is found by itself already"),
        ("unique=[('tags', 'name')]", "`tags` in `unique`, which is kept as JSON"),
        ("indexes=[('loud',)]", "`loud` in `indexes`, which is computed"),
        ("indexes=[('name', 'name')]", "a field twice"),
        ("indexes=[('name',), ('name',)]", "the index on `name` twice"),
        ("indexes=[('parents',)]", "`parents` in `indexes`, which is kept in a table of its own"),
        ("indexes=[('others',)]", "`others` in `indexes`, which is a `Many`"),
    ],
)
def test_indexes_over_what_has_no_column(options: str, said: str) -> None:
    linked = product(
        "name: str = ''",
        "tags: list[str] = []",
        "parents: list[Ref['Product']] = []",
        "others: ClassVar[Many['Product']]",
        "@computed_field\n@property\ndef loud(self) -> str: ...",
        options=options,
    )
    assert said in messages(linked, "SM507")[0]


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("tags: list[str] = Field([], index=True)", "is kept as JSON"),
        ("either: int | str = Field(0, unique=True)", "is kept as JSON"),
        ("parents: list[Ref['Product']] = Field([], unique=True)", "in a table of its own"),
        ("size: Size = Field(Size(), unique=True)", "a column for each of its parts"),
        ("size: Size | None = Field(None, index=True)", "is kept as JSON"),
        ("mark: Mark = Field(default_factory=Mark)", "a part of a value object has no index"),
    ],
)
def test_fields_without_a_column_of_their_own(field: str, said: str) -> None:
    head = (
        "class Size(BaseModel):\n    width: int = 0\n"
        "class Mark(BaseModel):\n    text: str = Field('', index=True)\n"
    )
    assert said in messages(product(field, head=head), "SM507")[0]


def test_parts_of_a_value_object_may_be_indexed_together() -> None:
    head = "class Size(BaseModel):\n    width: int = 0\n    height: int = 0\n"
    linked = product(
        "size: Size = Field(default_factory=Size)", options="unique=[('size',)]", head=head
    )
    assert linked.entity("Product").indexes == (IndexOption(fields=("size",), unique=True),)


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("price: Decimal", "without `max_digits` and `decimal_places`"),
        ("price: Decimal = Field(max_digits=9)", "without `decimal_places`"),
        ("price: Decimal | None = Field(None, decimal_places=2)", "without `max_digits`"),
        ("price: Decimal = Field(max_digits=101, decimal_places=2)", "of 101 digits, more than"),
        ("price: Decimal = Field(max_digits=2, decimal_places=4)", "4 of them after the point"),
        ("at: datetime | None = None", "does not say whether it has a zone"),
        ("hour: time = time(9, tzinfo=UTC)", "a time has no zone"),
        ("level: Level = Level.HIGH", "the member `9223372036854775808`, which has more than 64"),
        ("level: Literal[1, -9223372036854775809] = 1", "has more than 64 bits"),
        ("count: int = 2 ** 63", "the default `9223372036854775808`"),
        (r"kind: Literal['a', 'b\0'] = 'a'", "a NUL character"),
        (r"name: str = '\ud800'", "half a character"),
        ("ratio: float = Field(0.0, allow_inf_nan=True)", "may be infinite"),
        ("size: Size = Field(default_factory=Size)", "as a part of `Product`"),
        ("count: int | None = 10 ** 30", "has more than 64 bits"),
        (r"names: list[str] = ['a\0']", "a NUL character"),
        (r"names: dict[str, str] = {'a\0': ''}", "a NUL character"),
        ("wait: timedelta = timedelta.max", "more than 64 bits of microseconds"),
        (
            "at: AwareDatetime = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1)))",
            "outside of the years 1 to 9999",
        ),
        ("spot: Spot = Spot(x=2**64)", "has more than 64 bits"),
        ("spot: Spot = Spot(y=float('inf'))", "which no database keeps"),
        (r"spots: list[Spot] = [Spot(name='a\0')]", "a NUL character"),
        (r"spot: Spot = Field(default_factory=lambda: Spot(name='a\0'))", "a NUL character"),
        ("far: Far | None = None", "field `Far.y` has the default"),
    ],
)
def test_what_a_column_cannot_keep(field: str, said: str) -> None:
    head = (
        "class Level(IntEnum):\n    LOW = 1\n    HIGH = 2 ** 63\n"
        "class Size(BaseModel):\n    width: Decimal = Decimal(0)\n"
        "class Spot(BaseModel):\n    x: int = 0\n    y: float = 0.0\n    name: str = ''\n"
        "class Far(BaseModel):\n    y: float = float('inf')\n"
    )
    linked = product(field, head=head)
    (message,) = messages(linked, "SM506")
    assert said in message
    assert linked.schema is None


def test_numbers_that_need_not_be_finite() -> None:
    linked = product("ratio: float = 0.0", "count: int = 0", options="allow_inf_nan=True")
    assert [each.code for each in linked.diagnostics] == ["SM506"]


@pytest.mark.parametrize(
    "field",
    [
        "price: Decimal = Field(Decimal(0), max_digits=18, decimal_places=0)",
        "price: Annotated[Decimal, Field(max_digits=4, decimal_places=4)] | None = None",
        "prices: list[Decimal] = []",
        "size: Size | None = None",
        "sizes: list[Size] = []",
        "at: AwareDatetime | None = None",
        "at: NaiveDatetime | None = None",
        "hour: time = time(9)",
        "count: int = 2 ** 63 - 1",
        "count: int = -(2 ** 63)",
        "counts: list[int] = [2 ** 63]",
        "mixed: Literal[1, 'a'] = 1",
        "name: str = '\U0001f375'",
    ],
)
def test_what_is_kept_exactly(field: str) -> None:
    head = "class Size(BaseModel):\n    width: Decimal = Decimal(0)\n"
    assert "SM506" not in product(field, head=head).codes


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("str", []),
        ("UUID", []),
        ("int", []),
        ("int = Field(primary_key=True, ge=1)", []),
        ("int = Field(default_factory=lambda: 7)", []),
        ("int = 0", ["SM215"]),
        ("int | None", ["SM215"]),
        ("int | None = 1", ["SM215"]),
        ("int | None = Field(default_factory=lambda: None)", ["SM215"]),
        ("float", ["SM215"]),
        ("bool", ["SM215"]),
        ("str | None", ["SM215"]),
        ("UUID | None = None", ["SM215"]),
    ],
)
def test_ids_of_records_in_sql(kind: str, codes: list[str]) -> None:
    linked = product(f"id: {kind}")
    assert [each for each in linked.codes if each == "SM215"] == codes


@pytest.mark.parametrize(
    "written",
    [
        "int | None = Field(default=None, primary_key=True)",
        "int | None = Field(None, primary_key=True)",
        "Optional[int] = Field(default=None, primary_key=True)",
        "int | None = None",
        "int = Field(default=None, primary_key=True)",
        "int | None = sqlmodel.Field(default=None, primary_key=True)",
        "Annotated[int | None, Field(primary_key=True)] = None",
        "Annotated[int, Field(ge=1)] | None = None",
        "'int | None' = Field(default=None, primary_key=True)",
    ],
)
@pytest.mark.parametrize("is_inherited", [False, True])
def test_ids_that_are_running_numbers(written: str, is_inherited: bool) -> None:
    head = "import sqlmodel\n"
    line = f"id: {written}"
    if is_inherited:
        head += f"class Numbered(BaseModel):\n    {line}\n"
        linked = product("name: str = ''", options="crud=True", head=head, bases="Numbered, Entity")
    else:
        linked = product(line, "name: str = ''", options="crud=True", head=head)
    assert linked.diagnostics == ()
    [entity] = linked.app.entities
    id = entity.fields[0]
    assert (id.name, id.identity, entity.id_type) == ("id", True, "int")
    # Nobody gives it, neither at first nor later.
    taken = {event.name: [one.name for one in event.parameters] for event in entity.events}
    assert taken == {"create": ["name"], "update": ["name", "version"], "delete": []}
    column = database_schema(linked.app).tables[0].columns[0]
    assert (column.name, column.identity, column.nullable) == ("id", True, False)


@pytest.mark.parametrize(
    "written", ["int | None = None", "int = Field(default=None, primary_key=True)"]
)
def test_only_records_are_numbered(written: str) -> None:
    linked = product(f"id: {written}", options="scope=Scope.SESSION")
    assert messages(linked, "SM215") == [
        "field `Product.id` may be `None`, and gets no number, since the entity is no record"
    ]


def test_what_else_has_no_default_of_none() -> None:
    head = "class Size(BaseModel):\n    id: int = None\n"
    assert "SM214" in product("size: Size = Size()", "count: int = None", head=head).codes


@pytest.mark.parametrize(
    ("field", "code", "said"),
    [
        ("sku: str = Field(primary_key=True)", "SM508", "is said to be the primary key"),
        ("tag: str = Field(foreign_key='tag.id')", "SM509", "is a foreign key, but no `Ref[Tag]`"),
        ("tag: int = Field(foreign_key='tag.id')", "SM508", "another type than the id of `Tag`"),
        ("tag: str = Field(foreign_key='tag.name')", "SM508", "is no id of a record"),
        ("tag: str = Field(foreign_key='label.id')", "SM508", "is no id of a record"),
        ("tag: str = Field(foreign_key='tag')", "SM508", "is no id of a record"),
        ("tag: str = Field(foreign_key='note.id')", "SM508", "is no id of a record"),
    ],
)
def test_keys(field: str, code: str, said: str) -> None:
    head = (
        f"class Tag(Entity):\n    model_config = EntityConfig({SQL})\n"
        f"class Note(Entity):\n    model_config = EntityConfig({SQL}, scope=Scope.GLOBAL)\n"
    )
    linked = product(field, head=head)
    assert linked.codes == [code]
    assert said in linked.diagnostics[0].message


def test_an_event_may_lock() -> None:
    linked = product("@event(lock=True)\ndef take(self) -> None: ...")
    taken: EventSchema = linked.event("Product", "take")
    assert taken.lock
    wrong = product("@event(lock='yes')\ndef take(self) -> None: ...")
    assert wrong.codes == ["SM311"]


def test_an_entity_of_sqlmodel_is_taken_with_a_word_on_it() -> None:
    linked = link_sources(HEAD + """
import sqlmodel
class Product(Entity, sqlmodel.SQLModel, table=True):
    model_config = EntityConfig(access=Access.PUBLIC)
    id: str = sqlmodel.Field(primary_key=True)
    name: str = sqlmodel.Field(default="", index=True, unique=True)
""")
    entity = linked.entity("Product")
    assert (entity.store, entity.scope) == ("SERVER_SQL", "RECORD")
    (warning,) = linked.diagnostics
    assert (warning.code, warning.severity) == ("SM118", "warning")


@pytest.mark.parametrize(
    ("config", "field", "said"),
    [
        ("", "name: str = ''", "has no key that SQLModel knows"),
        (
            "",
            "id: str = sqlmodel.Field(primary_key=True)\n    tags: list[str] = []",
            "no column for",
        ),
        ("frozen=True", "id: str = sqlmodel.Field(primary_key=True)", "is frozen"),
    ],
)
def test_what_sqlmodel_cannot_be_made_of(config: str, field: str, said: str) -> None:
    linked = link_sources(f"""{HEAD}
import sqlmodel
class Product(Entity, sqlmodel.SQLModel, table=True):
    model_config = EntityConfig({SQL}, {config})
    {field}
""")
    first, second = messages(linked, "SM118")
    assert "does not validate" in first and said in second


@pytest.mark.parametrize("name", ["ctid", "xmin", "tableoid"])
def test_columns_that_postgresql_has_itself(name: str) -> None:
    (message,) = messages(product(f"{name}: str = ''"), "SM511")
    assert f"the column `{name}`, which PostgreSQL has itself" in message
