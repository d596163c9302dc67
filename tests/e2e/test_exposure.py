"""What a client can change, and what it can see: every field against every event."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chat.generated.app import create_app as create_chat
from counter.generated.app import create_app as create_counter
from dashboard.generated.app import create_app as create_dashboard
from served_app import ROOT
from tasks.generated.app import create_app as create_tasks

from starmodel.testing import Client

APPS = {
    "counter": create_counter,
    "tasks": create_tasks,
    "chat": create_chat,
    "dashboard": create_dashboard,
}
STRANGE: dict[str, Any] = {"int": 987654, "str": "hacked", "bool": True, "list": [{"x": 1}]}


def schema(example: str) -> dict[str, Any]:
    path = next((ROOT / "examples" / example).glob("*/generated/schema.json"))
    return json.loads(path.read_text(encoding="utf-8"))


def cells() -> Iterator[tuple[str, str, str]]:
    """Every field of an example with every event of it whose argument the field is not."""
    for example in APPS:
        for entity in schema(example)["entities"]:
            for event in entity.get("events", ()):
                arguments = {parameter["name"] for parameter in event.get("parameters", ())}
                for name in ("id", *(field["name"] for field in entity["fields"])):
                    if name not in arguments:
                        yield example, event["path"], name


def fitting(example: str, path: str, client: Client) -> dict[str, Any]:
    """Arguments that the event takes."""
    if path in ("/task_list/toggle", "/task_list/remove"):
        return {"task_id": client.get("/task_list").state["tasks"][0]["id"]}
    return {
        "/task_list/add": {"title": "x"},
        "/task_list/filter_by": {"show": "open"},
        "/chat_room/say": {"author": "a", "text": "b"},
        "/dashboard/record_order": {"region": "North", "amount": "1.00"},
        "/dashboard/recalculate": {"pause": 0},
    }.get(path, {})


@pytest.mark.parametrize(("example", "path", "name"), list(cells()))
def test_what_is_no_argument_changes_nothing(example: str, path: str, name: str) -> None:
    entity = "/" + path.split("/")[1]
    namespace = schema(example)["entities"][0]["namespace"]

    def play(bait: bool) -> list[Any]:
        """Run the event with and without the field, in every place where a client can put it."""
        states: list[Any] = []
        for value in STRANGE.values():
            for where in ("top", "namespace", "query", "form", "header"):
                with Client(APPS[example]()) as client:
                    if example == "tasks":
                        client.post("/task_list/add", {"title": "first"})
                    arguments = fitting(example, path, client)
                    extra: dict[str, Any] = {name: value} if bait else {}
                    text = value if isinstance(value, str) else json.dumps(value)
                    if where == "query" and bait:
                        client.request("POST", f"{path}?{name}={text}", json_body=arguments)
                    elif where == "form":
                        client.submit(path, {**arguments, **({name: text} if bait else {})})
                    elif where == "header" and bait:
                        client.post(path, arguments, headers={name.replace("_", "-"): text})
                    elif where == "namespace":
                        client.act(path, {**arguments, namespace: extra})
                    else:
                        client.act(path, {**extra, **arguments})
                    states.append(without_chance(client.get(entity).state))
        return states

    assert play(bait=True) == play(bait=False)


def without_chance(state: dict[str, Any]) -> str:
    """Return a state as text, without what is another each time: ids and times."""
    return CHANCE.sub("", json.dumps(state))


CHANCE = re.compile(r'"(id|sent_at)": "[^"]*"')

CANARY = "canary-7f3a9c"

VAULT = f'''
from pydantic import BaseModel, computed_field

from starmodel import Entity, Field, event


class Key(BaseModel):
    label: str
    teeth: str = Field(default="{CANARY}", private=True)


class Vault(Entity):
    """Keeps things."""

    combination: str = Field(default="{CANARY}", private=True)
    keys: list[Key] = []
    opened: int = 0

    @computed_field
    @property
    def amount(self) -> int:
        return len(self.keys)

    @event
    def cut(self, label: str) -> Key:
        """Cut a key."""
        self.keys.append(Key(label=label))
        self.opened += 1
        return self.keys[-1]

    @event
    def change(self, number: int) -> None:
        self.combination = "{CANARY}" + str(number)

    @event
    def burst(self) -> None:
        raise ValueError(self.combination)

    @event
    def spoil(self) -> None:
        self.combination = 5  # type: ignore[assignment]
'''


def test_private_fields_appear_in_no_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from shop_project import Shop

    shop = Shop(tmp_path)
    shop.write("vault/__init__.py", "")
    shop.write("vault/entities.py", VAULT)
    shop.change("pyproject.toml", "shop/", "vault/")
    assert shop.starmodel("generate").code == 0
    monkeypatch.syspath_prepend(str(tmp_path))  # pyright: ignore[reportUnknownMemberType]
    from vault.generated.app import create_app  # type: ignore[import-not-found]

    sent: list[bytes] = []

    class Recorder:
        def __init__(self, app: Any) -> None:
            self.app = app

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            async def note(message: Any) -> None:
                sent.append(repr(message).encode())
                await send(message)

            await self.app(scope, receive, note)

    with Client(Recorder(create_app())) as client, client.live("vault") as stream:
        stream.next()
        for path, arguments in (
            ("cut", {"label": "front"}),
            ("change", {"number": 1}),
            ("burst", {}),
            ("spoil", {}),
            ("cut", {"label": None}),
        ):
            client.post(f"/vault/{path}", arguments)
            client.act(f"/vault/{path}", arguments)
            client.submit(f"/vault/{path}", {key: str(one) for key, one in arguments.items()})
        assert client.get("/vault").state["amount"] == 3 + 1
        client.page("/vault")
        stream.next()
    assert len(sent) > 40
    assert not [message for message in sent if CANARY.encode() in message]
    client_files = (tmp_path / "vault/generated/client").rglob("*.py")
    assert not [path for path in client_files if CANARY in path.read_text()]
