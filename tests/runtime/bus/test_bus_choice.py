"""Which bus an app gets by its settings, and by where its entities are kept."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from starmodel import InProcessBus
from starmodel.bus.bus_choice import choose_bus
from starmodel.bus.postgres_bus import PostgresBus
from starmodel.bus.redis_bus import RedisBus
from starmodel.bus.remote import RemoteBus
from starmodel.bus.sqlite_bus import SqliteBus
from starmodel.errors import ConfigurationError, Unavailable
from starmodel.settings import Settings

SQLITE = "sqlite:////var/app.db"
POSTGRES = "postgresql://user@host/app"
REDIS = "redis://host:6379/0"


def keys() -> Sequence[str]:
    return ["a secret key that is long enough for it"]


@pytest.mark.parametrize(
    ("settings", "stores", "cls", "url"),
    [
        ({}, [], InProcessBus, None),
        ({}, ["", ""], InProcessBus, None),
        ({}, ["", SQLITE], SqliteBus, SQLITE),
        ({}, [SQLITE, POSTGRES], PostgresBus, POSTGRES),
        ({}, [POSTGRES, REDIS], RedisBus, REDIS),
        ({"bus": "process"}, [POSTGRES], InProcessBus, None),
        ({"bus": "postgresql"}, [REDIS, POSTGRES], PostgresBus, POSTGRES),
        ({"bus_url": REDIS}, [POSTGRES], RedisBus, REDIS),
        ({"bus_url": "rediss://host/0"}, [], RedisBus, "rediss://host/0"),
        ({"bus_url": "valkey://host/0"}, [], RedisBus, "valkey://host/0"),
        ({"bus_url": "postgres://host/a"}, [SQLITE], PostgresBus, "postgres://host/a"),
        ({"bus": "redis", "bus_url": REDIS}, [POSTGRES], RedisBus, REDIS),
    ],
)
def test_the_bus_that_fits(
    settings: dict[str, Any], stores: list[str], cls: type[InProcessBus], url: str | None
) -> None:
    bus = choose_bus(Settings(**settings), stores, keys)
    assert type(bus) is cls
    if isinstance(bus, RemoteBus):
        assert bus.url == url


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sqlite:///app.db", "sqlite:////srv/shop/app.db"),
        ("sqlite+aiosqlite:///data/my%20app.db", "sqlite+aiosqlite:////srv/shop/data/my%20app.db"),
        ("sqlite:////var/app.db", "sqlite:////var/app.db"),
    ],
)
def test_a_file_is_where_the_database_is(url: str, expected: str) -> None:
    """Nodes are started in whatever folder, and have to meet in one."""
    bus = choose_bus(Settings(bus_url=url), [], keys, Path("/srv/shop"))
    assert isinstance(bus, SqliteBus) and bus.url == expected


@pytest.mark.parametrize(
    ("settings", "stores", "message"),
    [
        ({"bus": "redis"}, [POSTGRES], "Set STARMODEL_BUS_URL"),
        ({"bus": "nats"}, [], "Set STARMODEL_BUS_URL"),
        ({"bus_url": "nats://host"}, [], "no 'nats' among starmodel.buses; there are: postgresql"),
        ({"bus_url": "localhost"}, [], "no URL"),
        ({"bus_url": "localhost:6379"}, [], "no URL"),
    ],
)
def test_what_there_is_not(settings: dict[str, Any], stores: list[str], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        choose_bus(Settings(**settings), stores, keys)


def test_a_bus_of_a_package(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(group: str, name: str) -> type[OwnBus]:
        return {("starmodel.buses", "own"): OwnBus}[group, name]

    monkeypatch.setattr("starmodel.plugins.load_plugin", load)
    bus = choose_bus(Settings(bus_url="own://there"), [], keys)
    assert isinstance(bus, OwnBus) and bus.url == "own://there"


class OwnBus(InProcessBus):
    def __init__(self, url: str, keys: Any) -> None:
        super().__init__()
        self.url = url


@pytest.mark.parametrize("cls", [RedisBus, PostgresBus])
async def test_a_server_that_is_not_there(cls: type[RemoteBus]) -> None:
    scheme = "redis" if cls is RedisBus else "postgresql"
    bus = cls(f"{scheme}://ann:canary@127.0.0.1:1/0", keys)
    with pytest.raises(Unavailable) as caught:
        await bus.open()
    assert caught.value.reason.startswith("The bus cannot be reached at 127.0.0.1:1: ")
    assert "canary" not in caught.value.reason


@pytest.mark.parametrize(
    ("cls", "url"),
    [
        (RedisBus, "redis://host:port/0"),
        (PostgresBus, "postgresql://127.0.0.1:1/a?sslmode=never"),
        (SqliteBus, "sqlite://"),
        (SqliteBus, "sqlite:////nowhere/at/all/app.db"),
    ],
)
async def test_a_url_that_is_none(cls: type[RemoteBus], url: str) -> None:
    with pytest.raises(ConfigurationError):
        await cls(url, keys).open()
