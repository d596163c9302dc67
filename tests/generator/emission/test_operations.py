"""The table of operations: which there is one for, and what is said where it cannot be."""

import re
from pathlib import Path
from typing import Any

import pytest
from sample_shop import SCHEMA
from shop_project import CONFIG, Shop

from starmodel_generator.diagnostics.rules.registry import RULES

PAGE = Path(__file__).parents[3] / "docs/operations.md"

BASKET = """

class Basket(Entity):
    model_config = EntityConfig(store=StateStore.CLIENT_LOCAL)

    count: int = 0

    @event(path="/buy")
    def add(self) -> None:
        self.count += 1

    @event(path="/mcp")
    def sell(self) -> None:
        self.count -= 1
"""
MORE = '''

class Operations(Entity):
    """Its folder is called as the table is."""

    count: int = 0


class Mcp(Entity):
    """Its page has the path of the server."""

    count: int = 0

    @event(path="/rpc")
    def ask(self) -> None:
        self.count += 1
'''


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def configure(shop: Shop, *settings: str) -> None:
    shop.write("pyproject.toml", "\n".join([CONFIG.rstrip(), *settings, ""]))


def test_there_is_none_where_nothing_asks_for_it(shop: Shop) -> None:
    assert shop.starmodel("generate").code == 0
    assert not (shop.root / "shop/generated/operations.py").exists()
    before = shop.tree()
    configure(shop, "jsonrpc = true")
    assert shop.starmodel("generate").code == 0
    assert '"counter.increment"' in shop.read("shop/generated/operations.py")
    assert 'jsonrpc="/jsonrpc"' in shop.read("shop/generated/app.py")
    configure(shop, "jsonrpc = false", "mcp = []", "websocket = false")
    assert shop.starmodel("generate").code == 0
    after = shop.tree()
    for path in ("pyproject.toml", "shop/generated/manifest.json"):
        del before[path], after[path]
    assert after == before


def test_it_has_what_is_exposed_and_nothing_else(shop: Shop) -> None:
    configure(shop, 'mcp = ["counter.incr*"]')
    assert shop.starmodel("generate").code == 0
    table = shop.read("shop/generated/operations.py")
    assert '"counter.increment"' in table and '"counter.read"' not in table
    configure(shop, 'mcp = ["counter.incr*"]', 'jsonrpc = "/rpc"')
    assert shop.starmodel("generate").code == 0
    assert '"counter.read"' in shop.read("shop/generated/operations.py")


def test_it_follows_a_change_of_what_it_says(shop: Shop) -> None:
    configure(shop, "jsonrpc = true")
    assert shop.starmodel("generate").code == 0
    shop.change("shop/entities.py", "Add to the count.", "Add something.")
    assert shop.starmodel("generate").code == 0
    assert '"Add something."' in shop.read("shop/generated/operations.py")
    assert shop.starmodel("generate", "--check").code == 0
    shop.change("shop/entities.py", "+= amount", "+= amount * 1")
    assert shop.starmodel("generate").code == 0
    assert shop.starmodel("generate", "--check").code == 0


@pytest.mark.parametrize(
    ("setting", "code", "said"),
    [
        ('mcp = ["countre.*"]', "SM320", "did you mean `counter.*`?"),
        ('mcp = ["counter.*", "counter.incremet"]', "SM320", "did you mean `counter.increment`?"),
        ('mcp = ["everything"]', "SM320", "`starmodel call` lists the operations"),
        ('mcp = ["counter increment"]', "SM003", "no pattern of operations like `counter.*`"),
        ('jsonrpc = "rpc/here"', "SM003", "a path of one segment like `/jsonrpc`"),
        ("jsonrpc = 1", "SM003", "expected true or false, found a number"),
        ('jsonrpc = "/live"', "SM321", "where the live stream is"),
        ('mcp = ["counter.*"]\njsonrpc = "/mcp"', "SM321", "where the MCP server is"),
    ],
)
def test_a_setting_that_does_not_fit(shop: Shop, setting: str, code: str, said: str) -> None:
    configure(shop, setting)
    done = shop.starmodel("generate")
    assert done.code == 2
    assert f"error[{code}]" in done.err and said in done.err
    assert "--> pyproject.toml:" in done.err
    assert not (shop.root / "shop/generated").exists()
    assert RULES[code].explanation


def test_a_path_that_an_entity_has(shop: Shop) -> None:
    shop.write("shop/entities.py", shop.read("shop/entities.py") + MORE)
    assert shop.starmodel("generate").code == 0, "nobody else is kept from these names"
    configure(shop, 'mcp = ["counter.*"]', 'jsonrpc = "/rpc"')
    done = shop.starmodel("generate")
    assert done.code == 2 and done.err.count("error[SM321]") == 3
    assert "`mcp` would be served at `/mcp`, where `mcp.read` is" in done.err
    assert "`jsonrpc` would be served at `/rpc`, where `mcp.ask` is" in done.err
    assert "beside the folder `operations`" in done.err


@pytest.mark.parametrize(
    ("setting", "where"),
    [
        ('jsonrpc = "/basket"', "where `Basket` is"),
        ('jsonrpc = "/buy"', "where `Basket.add` is"),
        ('mcp = ["counter.*"]', "where `Basket.sell` is"),
    ],
)
def test_a_path_that_an_entity_in_browsers_has(shop: Shop, setting: str, where: str) -> None:
    shop.write("shop/entities.py", shop.read("shop/entities.py") + BASKET)
    configure(shop, setting)
    done = shop.starmodel("generate")
    assert done.code == 2 and done.err.count("error[SM321]") == 1
    assert where in done.err


def test_the_target_that_the_documentation_shows(shop: Shop) -> None:
    text = PAGE.read_text(encoding="utf-8")
    blocks: list[str] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    [source] = [block for block in blocks if "def proto" in block]
    names: dict[str, Any] = {}
    exec(source, names)

    class Config:
        output = "shop/generated"

    [file] = names["proto"](SCHEMA, Config)
    assert file.path == "shop/generated/operations.proto"
    entity = next(each for each in SCHEMA.entities if each.events)
    assert f"service {entity.name}Service {{\n  rpc " in file.text
    lines = file.text.splitlines()
    messages = [line.split()[1] for line in lines if line.startswith("message ")]
    asked = re.findall(r"rpc \w+\((\w+)\) returns \((\w+)\);", file.text)
    assert messages and {name for pair in asked for name in pair} == {*messages}
    assert file.text.count("{") == file.text.count("}")


def test_what_browsers_keep_is_asked_for_by_http_alone(shop: Shop) -> None:
    cases = Path(__file__).parents[2] / "cases"
    shop.write("shop/entities.py", (cases / "browser/entities.py").read_text())
    configure(shop, "jsonrpc = true")
    assert shop.starmodel("generate").code == 0
    assert "basket" not in shop.read("shop/generated/operations.py")
    configure(shop, 'mcp = ["basket.*"]')
    done = shop.starmodel("generate")
    assert done.code != 0
    assert "no operation is called `basket.*`" in done.err
