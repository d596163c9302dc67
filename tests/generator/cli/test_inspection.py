"""`starmodel inspect`: the schema as a table and as JSON, and the SQL of entities in SQL."""

import json

from shop_project import Shop

MORE = '''

class Room(Entity):
    """A room that everybody may enter."""

    model_config = EntityConfig(scope=Scope.GLOBAL, access=Access.PUBLIC, ttl=60)

    names: list[str] = []
    topic: str | None = None
'''


def test_a_table_for_people(shop: Shop) -> None:
    shop.change("shop/entities.py", "import Entity", "import Access, Entity")
    shop.write("shop/entities.py", shop.read("shop/entities.py") + MORE)
    done = shop.starmodel("inspect")
    assert done.code == 0, done.err
    for text in ("Counter", "POST /counter/increment", "amount: int = 1", "Room", "list[str]"):
        assert text in done.out
    assert "str | None" in done.out and "scope GLOBAL, access public" in done.out
    one = shop.starmodel("inspect", "room").out
    assert "Room" in one and "Counter" not in one
    assert not (shop.root / "shop/generated").exists()


def test_json_for_programs(shop: Shop) -> None:
    shop.starmodel("generate")
    schema = json.loads(shop.starmodel("inspect", "--json").out)
    assert schema == json.loads(shop.read("shop/generated/schema.json"))
    entity = json.loads(shop.starmodel("inspect", "Counter", "--json").out)
    assert entity == schema["entities"][0]


def test_an_entity_that_is_not_there(shop: Shop) -> None:
    done = shop.starmodel("inspect", "Countre")
    assert (done.code, done.out) == (2, "")
    assert "did you mean Counter?" in done.err


STORED = """

class Book(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)

    price: Decimal = Field(max_digits=8, decimal_places=2, ge=Decimal("0.50"))
    author: Ref["Author"] = Field(on_delete="cascade")


class Author(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC)

    name: str = Field(max_length=80, unique=True)
"""


def test_sql_of_both_databases(shop: Shop) -> None:
    head = "from decimal import Decimal\nfrom starmodel import Access, Field, Ref, StateStore\n"
    shop.write("shop/entities.py", head + shop.read("shop/entities.py") + STORED)
    done = shop.starmodel("inspect", "Book", "--sql")
    assert done.code == 0, done.err
    sqlite, postgresql = done.out.split("-- PostgreSQL: book\n")
    assert sqlite.startswith("-- SQLite: book\n")
    assert 'CHECK ("price" >= 50)' in sqlite and 'CHECK ("price" >= 0.50)' in postgresql
    assert 'WHERE "id" = ? AND "row_version" = ?;' in sqlite
    assert 'SELECT "id", "price", "author_id", "row_version" FROM "book" WHERE "id" = $1;' in (
        postgresql
    )
    every = shop.starmodel("inspect", "--sql").out
    assert "-- SQLite: author\n" in every and "counter" not in every
    # Its rows go with their author, and leave their versions behind.
    assert "-- before a delete\nINSERT INTO" in every
    assert not (shop.root / "shop/generated").exists()


def test_sql_of_what_is_not_in_sql(shop: Shop) -> None:
    for arguments, said in ((["Counter"], "Counter is not in SQL"), ([], "no entity is in SQL")):
        done = shop.starmodel("inspect", *arguments, "--sql")
        assert (done.code, done.out) == (2, "")
        assert said in done.err and "store=StateStore.SERVER_SQL" in done.err
    done = shop.starmodel("inspect", "--sql", "--json")
    assert (done.code, done.out) == (2, "") and "ask for one of them" in done.err
