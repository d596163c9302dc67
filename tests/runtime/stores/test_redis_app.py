"""A generated app with entities in Redis."""

from pathlib import Path
from uuid import uuid4

import pytest
from generated_world import generate_world

from starmodel.testing import Client

SOURCE = Path(__file__).parents[2] / "cases/redis/entities.py"


def test_a_request_that_is_sent_again_counts_once(
    redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a proxy sends it to another node, where one died over it."""
    monkeypatch.setenv("STARMODEL_SECRET_KEY", "a secret that is long enough for a test of it")
    monkeypatch.setenv("STARMODEL_REDIS_URL", redis_url)
    monkeypatch.setenv("STARMODEL_REDIS_PREFIX", f"test-{uuid4().hex}")
    monkeypatch.setenv("STARMODEL_BUS", "process")
    app = generate_world("kept_in_redis", SOURCE)("app")
    once = {"idempotency-key": "k1"}
    with Client(app.create_app()) as one, Client(app.create_app()) as other:
        told = [node.post("/tally/increase", {"by": 2}, headers=once) for node in (one, other)]
        assert [answer.json["state"]["total"] for answer in told] == [2, 2]
        assert told[0].json["version"] == told[1].json["version"]
        # Another one is another request, and so is the same with other arguments.
        assert one.post("/tally/increase", {"by": 3}, headers=once).json["state"]["total"] == 5
        made = [node.post("/room/open", {"topic": "x"}, headers=once) for node in (one, other)]
        assert made[0].status == made[1].status == 201
        assert made[0].json["state"]["id"] == made[1].json["state"]["id"]
