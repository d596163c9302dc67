"""Every bus keeps to the contract."""

import asyncio
from pathlib import Path

import pytest

from starmodel import EventBus, InProcessBus
from starmodel.bus.postgres_bus import PostgresBus
from starmodel.bus.redis_bus import RedisBus
from starmodel.bus.remote import RemoteBus
from starmodel.bus.sqlite_bus import SqliteBus
from starmodel.testing.contracts.bus_contract import (
    BusContract,
    RemoteBusContract,
    make_record,
)


class TestInProcessBus(BusContract):
    def make(self) -> EventBus:
        return InProcessBus()


class OfNodes(RemoteBusContract):
    bus_class: type[RemoteBus]
    url: str

    def make(self) -> EventBus:
        return self.bus_class(self.url, lambda: ["an older key", self.secret])

    def make_stranger(self) -> EventBus:
        return self.bus_class(self.url, lambda: ["another key that is long enough as well"])


class TestRedisBus(OfNodes):
    bus_class = RedisBus

    @pytest.fixture(autouse=True)
    def server(self, redis_url: str) -> None:
        self.url = redis_url

    async def test_apps_that_share_a_server_have_a_channel_each(self) -> None:
        heard: list[int] = []
        one, other = (
            RedisBus(f"{self.url}?channel={name}", lambda: [self.secret])
            for name in ("one", "other")
        )
        await one.open()
        await other.open()
        other.subscribe(lambda record: heard.append(record.version), everywhere=True)
        await one.publish(make_record(1))
        await asyncio.sleep(0.2)
        assert heard == []
        await one.close()
        await other.close()


class TestPostgresBus(OfNodes):
    bus_class = PostgresBus

    @pytest.fixture(autouse=True)
    def server(self, postgres_url: str) -> None:
        self.url = postgres_url


class TestSqliteBus(OfNodes):
    bus_class = SqliteBus

    @pytest.fixture(autouse=True)
    def file(self, tmp_path: Path) -> None:
        self.url = f"sqlite:///{tmp_path / 'app.db'}"
