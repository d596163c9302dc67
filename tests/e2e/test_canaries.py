"""What is private or write-only goes out by no way, and comes in by none."""

import io
import json
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from crud_project import CrudProject
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from starmodel.testing import Client, ClientResponse

JSON = {"accept": "application/json"}
HTML = {"accept": "text/html"}
PRIVATE, PART, SECRET = "canary-private-5c1d", "canary-part-88ef", "canary-written-41aa"
CANARIES = (PRIVATE, PART, SECRET)
ENTITIES = f'''
from pydantic import BaseModel

from starmodel import Access, Entity, EntityConfig, Field, Ref, StateStore, event


class Key(BaseModel):
    label: str = ""
    teeth: str = Field(default="{PART}", private=True)


class Member(Entity):
    """Somebody with something to hide."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    name: str = Field(max_length=40)
    salt: str = Field(default="{PRIVATE}", private=True)
    keys: list[Key] = Field(default_factory=lambda: [Key(label="front")])
    password: str = Field(default="{SECRET}", write_only=True)

    @event
    def greet(self, word: str = "hello") -> str:
        if word == "burst":
            raise RuntimeError(self.salt + self.password + self.keys[0].teeth)
        self.name = f"{{word}} {{self.name}}"[:40]
        return self.name


class Letter(Entity):
    """Says something to somebody."""

    model_config = EntityConfig(
        store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True, lookups=["to__name"]
    )

    text: str = Field(max_length=80)
    to: Ref[Member]
'''
NAMES = (
    "salt",
    "password",
    "keys",
    "keys__teeth",
    "keys.teeth",
    "teeth",
    "to__salt",
    "to__password",
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CrudProject]:
    project = CrudProject(tmp_path_factory.mktemp("canaries"), "canaries", entities=ENTITIES)
    project.make()
    with project.imported():
        yield project


@pytest.fixture
def client(project: CrudProject, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    for name in ("METRICS", "TRACES"):
        monkeypatch.setenv(f"STARMODEL_{name}", "true")
    with Client(project.load("generated.app").create_app()) as client:
        yield client


def test_they_are_in_nothing_that_leaves_the_process(
    project: CrudProject,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    client: Client,
) -> None:
    caplog.set_level(logging.DEBUG)
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "get_tracer", provider.get_tracer)
    with Client(project.load("generated.app").create_app()) as traced:
        answers = [*drive(traced)]
    answers += drive(client)
    answers.append(client.get("/_starmodel/metrics"))
    assert {200, 201, 303, 404, 422, 500} <= {answer.status for answer in answers}
    assert "starmodel_events_total" in answers[-1].text
    spans = [span.to_json() for span in exporter.get_finished_spans()]
    assert any("member.greet" in span for span in spans)
    logged = io.StringIO()
    for record in caplog.records:
        print(record.getMessage(), record.exc_text, record.args, file=logged)
    assert "greet" in logged.getvalue()
    with closing(sqlite3.connect(project.folder / "app.db")) as connection:
        (kept,) = connection.execute("SELECT count(*) FROM member WHERE salt = ?", [PRIVATE])
        tables = ("starmodel_outbox", "starmodel_idempotency", "starmodel_tombstone")
        stored = [repr(connection.execute(f"SELECT * FROM {name}").fetchall()) for name in tables]
    # They are there, so they could have been seen.
    assert kept[0] > 0
    for text in (*[f"{each.headers} {each.text}" for each in answers], *spans, *stored):
        assert not [canary for canary in CANARIES if canary in text], text
    assert not [canary for canary in CANARIES if canary in logged.getvalue()]
    for path in (project.folder / project.package / "generated" / "client").rglob("*.py"):
        assert not [canary for canary in CANARIES if canary in path.read_text()], path


def drive(client: Client) -> Iterator[ClientResponse]:
    """Go every way on which a record is told."""
    given = {"name": "Ann", "keys": [{"label": "back"}]}
    made = client.request(
        "POST", "/member", json_body=given, headers={**JSON, "idempotency-key": "a"}
    )
    yield made
    yield client.request(
        "POST", "/member", json_body=given, headers={**JSON, "idempotency-key": "a"}
    )
    id = made.json["state"]["id"]
    letter = client.post("/letter", {"text": "Dear Ann", "to": id})
    yield letter
    other = letter.json["state"]["id"]
    with client.live(f"member:{id}", "member", "letter") as stream:
        told = [stream.next()]
        for word in ("hello", "burst"):
            yield client.post(f"/member/{id}/greet", {"word": word})
            yield client.act(f"/member/{id}/greet", {"word": word})
            yield client.submit(f"/member/{id}/greet", {"word": word})
        yield client.request("PATCH", f"/member/{id}", json_body={"name": "Bob"}, headers=JSON)
        told.append(stream.next())
    assert not [canary for canary in CANARIES if canary in repr(told)]
    for accept in (JSON, HTML):
        for path in (
            *(f"/member/{id}", f"/member/{id}/edit", f"/member/{id}/delete", "/member", "/letter"),
            *("/member/new", f"/letter/{other}", "/letter?include=to", "/letter?sort=to__name"),
            *("/member.csv", "/letter.csv", "/member?q=canary", "/letter?to__name=Bob"),
            *("/member/options", "/member?columns=salt,password,keys", f"/member/{id}/salt"),
            *(f"/member/{id}/password", f"/member/{id}/keys", "/nothing"),
        ):
            yield client.request("GET", path, headers=accept)
    for name in NAMES:
        for asked in (f"sort={name}", f"{name}={SECRET}", f"{name}__contains=c", f"include={name}"):
            yield client.request("GET", f"/member?{asked}", headers=JSON)
            yield client.request("GET", f"/letter?{asked}", headers=JSON)
    yield client.post("/member", {"name": "x" * 60, "salt": "mine"})
    yield client.submit("/member", {"name": "x" * 60, "salt": "mine"})


@pytest.mark.parametrize("kind", ["json", "page", "form", "query"])
def test_what_is_private_is_written_by_nobody(
    project: CrudProject, client: Client, kind: str
) -> None:
    id = client.post("/member", {"name": "Ann"}).json["state"]["id"]
    given: dict[str, Any] = {
        "name": "Bob",
        "salt": "mine",
        "keys": [{"label": "front", "teeth": "mine"}],
        "keys.0.teeth": "mine",
        "member": {"salt": "mine"},
    }
    texts = {key: one if isinstance(one, str) else json.dumps(one) for key, one in given.items()}
    for path, method in (
        ("/member", "POST"),
        (f"/member/{id}", "PATCH"),
        (f"/member/{id}/greet", "POST"),
        (f"/member/{id}/edit", "POST"),
    ):
        match kind:
            case "json":
                client.request(method, path, json_body=given, headers=JSON)
            case "page":
                client.act(path, given, method=method)
            case "form":
                client.request(method, path, form=texts, headers=HTML)
            case _:
                query = "&".join(f"{key}={one}" for key, one in texts.items() if key != "keys")
                client.request(method, f"{path}?{query}", json_body={}, headers=JSON)
    with closing(sqlite3.connect(project.folder / "app.db")) as connection:
        rows = connection.execute("SELECT salt, keys FROM member").fetchall()
    assert rows
    for salt, keys in rows:
        assert salt == PRIVATE
        assert all(key["teeth"] == PART for key in json.loads(keys))
