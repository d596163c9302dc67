"""A generated app with entities in Redis: what is kept there, and on how many nodes it is live."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import redis
from shop_project import Shop

CASES = Path(__file__).parents[2] / "cases"

USE = """
from starmodel.bus.redis_bus import RedisBus
from starmodel.testing import Client
from shop.generated.app import create_app

app = create_app()
assert type(app.services.bus) is RedisBus, app.services.bus
with Client(app) as client, Client(create_app()) as other:
    state = client.post("/basket/add", {"sku": "a", "amount": 2}).state
    assert [line["sku"] for line in state["lines"]] == ["a"], state
    state = client.post("/basket/add", {"sku": "b"}).state
    assert [line["amount"] for line in state["lines"]] == [2, 1], state
    assert client.get("/basket").state == state
    assert other.get("/basket").state["lines"] == []

    assert client.post("/tally/increase", {"by": 3}).state["total"] == 3
    assert other.post("/tally/increase", {"by": 4}).state["total"] == 7
    assert client.get("/tally").json["version"] > 1.7e15

    room = client.post("/room/open", {"topic": "tea"}).state["id"]
    assert other.post(f"/room/{room}/say", {"topic": "cake"}).state["topic"] == "cake"
    assert client.get(f"/room/{room}").state["topic"] == "cake"
    assert client.get("/room/nobody").status == 404
    assert "cake" in client.page(f"/room/{room}")
"""

EVERY_TYPE = """
from starmodel.application import Write
from starmodel.testing import Client
from shop.entities import Colour, Everything, Part, Status, Size
from shop.generated.app import create_app
from shop.generated.everything.document import EVERYTHING_DOCUMENT as DOCUMENT

part = Part(name="a", secret_code="s", parts=[Part(name="b", colour=Colour.RED)])
full = Everything(
    data=bytes(range(256)), part=part, parts=[part], by_status={Status.GONE: part}, tags={"x", "y"},
    many=(1, 2), moment="2026-07-01T12:00:00+02:00", size=Size.LARGE, level=3, names=["\u2028"],
)
for entity in (Everything(), full):
    values = {name: getattr(entity, name) for name in Everything.model_fields}
    read = DOCUMENT.read(DOCUMENT.write(values))
    assert read == values, read
    assert [type(each) for each in read.values()] == [type(each) for each in values.values()]
with Client(create_app()) as client:
    sent = {"count": 3, "price": "2.50", "status": "gone", "data": "/w==", "names": ["n"]}
    state = client.post("/everything/change", sent).state
    assert client.get("/everything").state == state
"""


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    project = Shop(tmp_path)
    project.write("shop/entities.py", (CASES / "redis/entities.py").read_text())
    project.change("pyproject.toml", "[tool.starmodel]", '[tool.starmodel]\nweb = "starlette"')
    done = project.starmodel("generate")
    assert done.code == 0, done.err
    return project


def use(shop: Shop, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        cwd=shop.root,
        env={"PATH": "", "PYTHONPATH": str(shop.root), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_session_all_and_records(shop: Shop, redis_url: str) -> None:
    prefix = f"test-{uuid4().hex}"
    settings = {"STARMODEL_REDIS_URL": redis_url, "STARMODEL_REDIS_PREFIX": prefix}
    done = use(shop, USE, STARMODEL_SECRET_KEY="k" * 40, **settings)
    assert done.returncode == 0, done.stderr
    client: Any = redis.Redis.from_url(redis_url)  # pyright: ignore
    keys = {key.decode().removeprefix(prefix): key for key in client.keys(f"{prefix}:*")}
    assert ":tally:{tally:}" in keys
    [basket] = [key for name, key in keys.items() if name.startswith(":basket:{session:")]
    assert 0 < client.pttl(basket) <= 86400 * 1000
    assert client.pttl(keys[":tally:{tally:}"]) == -1
    version, _, text = client.get(keys[":tally:{tally:}"]).partition(b" ")
    kept = json.loads(text)
    assert int(version) > 1.7e15 and (kept["total"], kept["pause"]) == (7, 1_000_000)
    client.close()


def test_values_of_every_type(shop: Shop, redis_url: str) -> None:
    shop.write("shop/entities.py", (CASES / "types/entities.py").read_text())
    shop.change(
        "shop/entities.py",
        '    """All there is."""',
        '    """All there is."""\n\n'
        "    model_config = EntityConfig(store=StateStore.SERVER_REDIS)",
    )
    shop.change(
        "shop/entities.py",
        "from starmodel import Entity, event",
        "from starmodel import Entity, EntityConfig, StateStore, event",
    )
    done = shop.starmodel("generate")
    assert done.code == 0, done.err
    settings = {"STARMODEL_REDIS_URL": redis_url, "STARMODEL_REDIS_PREFIX": uuid4().hex}
    done = use(shop, EVERY_TYPE, **settings)
    assert done.returncode == 0, done.stderr


def test_the_store_is_one_value(shop: Shop) -> None:
    """Without Redis there are no documents, nor receipts for requests that come again."""
    before = shop.tree()
    text = shop.read("shop/entities.py").replace("SERVER_REDIS", "SERVER_MEMORY")
    shop.write("shop/entities.py", text)
    done = shop.starmodel("generate")
    assert done.code == 0, done.err
    after = shop.tree()
    changed = {path for path in before if before[path] != after.get(path)}
    entities = ("basket", "tally", "room")
    assert changed == {
        "shop/entities.py",
        "shop/generated/manifest.json",
        "shop/generated/schema.json",
        *(f"shop/generated/client/{name}.py" for name in entities),
        *(f"shop/generated/{name}/bindings.py" for name in entities),
        *(f"shop/generated/{name}/commands.py" for name in entities),
        *(f"shop/generated/{name}/document.py" for name in entities),
        *(f"shop/generated/{name}/routes.py" for name in entities),
        *(f"shop/generated/{name}/state.py" for name in entities),
    }


def test_a_server_that_is_not_there(shop: Shop) -> None:
    script = "from shop.generated.app import create_app\nfrom starmodel.testing import Client\n"
    done = use(
        shop, script + "Client(create_app()).__enter__()", STARMODEL_REDIS_URL="redis://127.0.0.1:1"
    )
    assert done.returncode == 1
    assert "Redis cannot be reached where STARMODEL_REDIS_URL says" in done.stderr
