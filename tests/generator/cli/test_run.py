"""`starmodel run`: serves, regenerates, survives mistakes, and ends when told to."""

import json
import re
import socket
import stat
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from running_command import PATIENCE, Running
from shop_project import Shop

from starmodel_generator.cli.development.development_secret import provide_secret
from starmodel_generator.cli.development.run import addresses, listen


@pytest.fixture
def running(shop: Shop) -> Iterator[Running]:
    running = Running(shop.root, "run")
    yield running
    if running.process.poll() is None:
        running.stop()


def state(address: str) -> dict[str, int]:
    """What the app answers; nothing while it restarts."""
    request = urllib.request.Request(address, headers={"Accept": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read())["state"]
    except ConnectionError:
        return {}


def test_serve_change_and_stop(shop: Shop, running: Running) -> None:
    address = running.address()
    assert re.fullmatch(r"http://127\.0\.0\.1:80\d\d/counter", address)
    assert state(address) == {"count": 0}
    secret = shop.root / ".starmodel/secret"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600

    shop.change("shop/entities.py", "count: int = 0", "count: int = 7")
    running.wait(lambda: "written" in running.said.partition("Open")[2])
    running.wait(lambda: state(address) == {"count": 7})

    shop.change("shop/entities.py", "amount: int = 1", "amount")
    running.wait(lambda: "SM301" in running.said)
    assert state(address) == {"count": 7}, "the app goes on as it was"

    shop.change("shop/entities.py", "amount)", "amount: int = 3)")
    running.wait(lambda: "amount: int = 3" in shop.read("shop/generated/counter/commands.py"))
    running.wait(lambda: state(address) == {"count": 7})
    assert running.stop() == 0


def test_an_app_that_cannot_be_imported_is_not_said_to_be_open(shop: Shop) -> None:
    entities = shop.read("shop/entities.py")
    (shop.root / "shop/entities.py").write_text(f"{entities}\n\nraise RuntimeError('Not yet.')\n")
    running = Running(shop.root, "run")
    try:
        running.wait(lambda: "RuntimeError: Not yet." in running.said)
        assert "Open" not in running.said
        (shop.root / "shop/entities.py").write_text(entities)
        assert state(running.address()) == {"count": 0}
        shop.change("shop/entities.py", "count: int = 0", "count: int = 7")
        running.wait(lambda: state(running.address()) == {"count": 7})
        assert running.said.count("Open http") == 1
    finally:
        running.stop()


def test_a_change_while_it_starts_is_not_missed(shop: Shop, running: Running) -> None:
    running.wait(lambda: (shop.root / "shop/generated/manifest.json").exists())
    shop.change("shop/entities.py", "amount: int = 1", "amount: int = 3")
    running.wait(lambda: "amount: int = 3" in shop.read("shop/generated/counter/commands.py"))


def test_entities_with_mistakes_are_not_served(shop: Shop) -> None:
    shop.change("shop/entities.py", "amount: int = 1", "amount")
    done = shop.starmodel("run")
    assert done.code == 1 and "SM301" in done.err


def test_a_port_that_is_taken() -> None:
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(OSError, match="choose another with --port"):
            listen("127.0.0.1", port)
    with listen("127.0.0.1", None) as first, listen("127.0.0.1", None) as second:
        assert first.getsockname()[1] < second.getsockname()[1] < 8020


def test_the_address_of_an_app_without_pages() -> None:
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        assert addresses(listener, None) == [f"http://127.0.0.1:{port}/"]
        assert isinstance(listener, socket.socket)


def test_a_development_secret_is_made_once(tmp_path: Path) -> None:
    first: dict[str, str] = {}
    second = {"STARMODEL_SECRET_KEY": ""}
    own = {"STARMODEL_SECRET_KEY": "production"}
    made = [provide_secret(tmp_path, environment) for environment in (first, second, own)]
    assert made == [True, True, False]
    assert first == second
    assert len(first["STARMODEL_SECRET_KEY"]) >= 43
    assert own == {"STARMODEL_SECRET_KEY": "production"}
    assert (tmp_path / ".starmodel/.gitignore").read_text() == "*\n"
