"""`starmodel inspect`: the schema as a table and as JSON."""

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
