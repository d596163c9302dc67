"""Events are written down, and shown."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from starmodel_audit import AuditLog
from starmodel_audit.command import app
from typer.testing import CliRunner

from starmodel import CommandRecord, InProcessBus
from starmodel.domain import ANONYMOUS, Actor

ANN = Actor("ann")


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AuditLog:
    monkeypatch.setenv("STARMODEL_AUDIT_FILE", str(tmp_path / "log"))
    return AuditLog()


async def publish(log: AuditLog) -> None:
    bus = InProcessBus()
    bus.subscribe(log.write)
    price = {"price": Decimal("1.50"), "note": "\x1b[31m"}
    await bus.publish(CommandRecord("product", "7", "set_price", price, ANN, 0.0, 2, ("price",)))
    await bus.publish(CommandRecord("product", "7", "hide", {}, ANONYMOUS, 1.25, 3, ("shown",)))
    await bus.publish(CommandRecord("room", "\n", "clear", {}, ANN, 2.0, 1, ()))


def audit(*arguments: str) -> list[str]:
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    return done.stdout.splitlines()


async def test_events_are_written_down(log: AuditLog) -> None:
    await publish(log)
    first, second, _ = log.read()
    assert first == {
        "time": "1970-01-01T00:00:00.000+00:00",
        "actor": "ann",
        "event": "product.set_price",
        "id": "7",
        "arguments": {"price": "1.50", "note": "\x1b[31m"},
        "changed": ["price"],
        "version": 2,
    }
    assert (second["actor"], second["event"]) == (None, "product.hide")


async def test_the_command_shows_them(log: AuditLog) -> None:
    await publish(log)
    price = "1970-01-01T00:00:00.000+00:00  ann           product.set_price 7 price='1.50'"
    hide = "1970-01-01T00:00:01.250+00:00  -             product.hide 7"
    clear = "1970-01-01T00:00:02.000+00:00  ann           room.clear '\\n'"
    assert audit() == [f"{price} note='\\x1b[31m'", hide, clear]
    assert audit("--last", "1") == [clear]
    assert audit("--event", "product", "--actor", "ann") == [f"{price} note='\\x1b[31m'"]
    assert audit("--event", "product.hide") == [hide]
    [line] = audit("--json", "--event", "room")
    assert json.loads(line)["event"] == "room.clear"


def test_there_is_no_log(log: AuditLog) -> None:
    done = CliRunner().invoke(app, [])
    assert done.exit_code == 2 and "there is no audit log" in done.stderr
