"""A generated app with passwords: they are written, and found in nothing that leaves the process."""

import base64
import itertools
import json
import logging
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, suppress
from typing import Any

import httpx
import pytest
from account_project import ENTITIES
from crud_project import CrudProject

from starmodel import StateStore
from starmodel.domain import CommandRecord
from starmodel.testing import Client, ClientResponse, ServerSentEvent

JSON = {"accept": "application/json"}
CANARY = "canary-7f3a9c"
NUMBER = 70413955

_numbers = itertools.count()


class Accounts:
    """The app, whoever asks it, and all that came out of it."""

    def __init__(self, project: CrudProject, database: Any) -> None:
        self.project = project
        self.rows = database
        self.app = project.load("generated.app").create_app()
        self.records: list[CommandRecord] = []
        self.client = Client(self.app)
        self.answers: list[ClientResponse] = []

    def ask(self, method: str, path: str, **options: Any) -> ClientResponse:
        answer = self.client.request(method, path, **options)
        self.answers.append(answer)
        return answer

    def post(self, path: str, arguments: dict[str, Any]) -> ClientResponse:
        return self.ask("POST", path, json_body=arguments, headers=JSON)

    def submit(self, path: str, fields: dict[str, str]) -> ClientResponse:
        return self.ask("POST", path, form=fields, headers={"accept": "text/html"})

    def stored(self, id: str) -> dict[str, Any]:
        """Return what the database has of an account."""
        names = ("email", "password", "api_key", "number", "seal")
        columns = ", ".join(f'"{name}"' for name in names)
        (row,) = self.rows(f"SELECT {columns} FROM account WHERE id = '{id}'")
        return dict(zip(names, row, strict=True))

    def made(self, **more: Any) -> str:
        number = next(_numbers)
        fields = {"email": f"{number}@example.org", "password": f"{CANARY}-{number}", **more}
        answer = self.post("/account", fields)
        assert answer.status == 201, answer.text
        return answer.json["state"]["id"]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def project(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[CrudProject, Any]]:
    folder = tmp_path_factory.mktemp("accounts")
    with ExitStack() as stack:
        if request.param == "postgresql":
            server = request.getfixturevalue("postgres_server")
            url = stack.enter_context(server.database())
            project = CrudProject(folder, "accounts_pg", url, ENTITIES)

            def rows(sql: str) -> list[tuple[Any, ...]]:
                return server.run(sql, url=url)

        else:
            project = CrudProject(folder, "accounts_lite", "", ENTITIES)

            def rows(sql: str) -> list[tuple[Any, ...]]:
                with closing(sqlite3.connect(folder / "app.db")) as connection:
                    return connection.execute(sql).fetchall()

        project.make()
        yield stack.enter_context(project.imported()), rows


@pytest.fixture
def accounts(project: tuple[CrudProject, Any]) -> Iterator[Accounts]:
    accounts = Accounts(*project)
    with accounts.client:
        yield accounts


def test_it_is_written_by_create_and_by_update(accounts: Accounts) -> None:
    seal = base64.b64encode(b"wax").decode()
    id = accounts.made(api_key=f"{CANARY}-key", number=NUMBER, seal=seal)
    stored = accounts.stored(id)
    assert (stored["api_key"], stored["number"], bytes(stored["seal"])) == (
        f"{CANARY}-key",
        NUMBER,
        b"wax",
    )
    assert stored["password"].startswith(CANARY)
    changes = {"password": "another one", "api_key": None, "number": 1000}
    answer = accounts.ask("PATCH", f"/account/{id}", json_body=changes, headers=JSON)
    assert answer.status == 200
    changed = accounts.stored(id)
    assert (changed["password"], changed["api_key"], changed["number"]) == (
        "another one",
        None,
        1000,
    )
    assert answer.json["state"].keys() == {"id", "email", "visits"}
    assert accounts.post(f"/account/{id}/sign_in", {"password": "another one"}).json["result"]


def test_it_is_required_of_a_new_record_alone(accounts: Accounts) -> None:
    answer = accounts.post("/account", {"email": "nobody@example.org"})
    assert answer.status == 422
    assert answer.json["errors"] == [
        {"name": "password", "message": "This is required.", "type": "missing"}
    ]
    id = accounts.made()
    answer = accounts.ask("PATCH", f"/account/{id}", json_body={"email": "a@b.c"}, headers=JSON)
    assert answer.status == 200
    assert accounts.stored(id)["password"].startswith(CANARY)


def test_what_is_wrong_with_it_is_said_and_what_it_is_is_not(accounts: Accounts) -> None:
    id = accounts.made()
    for given, said in (
        ("short", "Enter at least 8 characters."),
        (f"weak {CANARY}", "Choose another one."),
        (f"told {CANARY}", "This is not valid."),
    ):
        made = accounts.post("/account", {"email": "x@y.z", "password": given})
        changed = accounts.ask(
            "PATCH", f"/account/{id}", json_body={"password": given}, headers=JSON
        )
        for answer in (made, changed):
            assert answer.status == 422, answer.text
            (error,) = answer.json["errors"]
            assert (error["name"], error["message"]) == ("password", said)
    answer = accounts.post(
        "/account", {"email": "x@y.z", "password": "long enough", "api_key": "k"}
    )
    assert (answer.status, answer.json["errors"][0]["name"]) == (422, "api_key")


def test_an_event_writes_it_too_and_nothing_else_does(accounts: Accounts) -> None:
    id = accounts.made()
    assert accounts.post(f"/account/{id}/reset", {"fresh": "written by an event"}).status == 200
    assert accounts.stored(id)["password"] == "written by an event"
    for path in (f"/account/{id}/sign_in", f"/account/{id}/reset?password=stolen"):
        bait = {
            "password": "stolen password",
            "account": {"password": "stolen"},
            "fresh": "kept so",
        }
        accounts.post(path, bait)
        accounts.submit(path, {name: str(value) for name, value in bait.items()})
        assert accounts.stored(id)["password"] in ("written by an event", "kept so")
    for query in (
        "password=x",
        "password__contains=c",
        "sort=password",
        "api_key=x",
        "include=seal",
    ):
        assert accounts.ask("GET", f"/account?{query}", headers=JSON).status == 422, query
    found = accounts.ask("GET", f"/account?q={CANARY}", headers=JSON)
    assert found.json["items"] == []
    assert accounts.ask("GET", f"/account/{id}/seal", headers=JSON).status == 404


def test_the_input_is_empty_and_left_empty_changes_nothing(accounts: Accounts) -> None:
    id = accounts.made(api_key=f"{CANARY}-key", number=NUMBER)
    before = accounts.stored(id)
    page = accounts.ask("GET", f"/account/{id}/edit", headers={"accept": "text/html"})
    fields: dict[str, str] = {}
    for element in re.findall(r"<(?:input|textarea)[^>]*>", page.text):
        name = re.search(r'name="(\w+)"', element)
        value = re.search(r'value="([^"]*)"', element)
        if name is not None and 'type="file"' not in element:
            fields[name[1]] = "" if value is None else value[1].replace("&#34;", '"')
    for name in ("password", "api_key", "number"):
        assert fields[name] == ""
        element = re.search(rf'<input[^>]*name="{name}"[^>]*>', page.text)
        assert element is not None
        assert 'type="password"' in element[0]
        assert "required" not in element[0]
    assert "Passphrase" in page.text
    fields["email"] = "changed@example.org"
    for shown in (fields, {key: one for key, one in fields.items() if key != "_shown"}):
        sent = accounts.submit(f"/account/{id}/edit", {**shown, "version": ""})
        assert sent.status == 303, sent.text
        after = accounts.stored(id)
        assert after == {**before, "email": after["email"]}
    assert accounts.stored(id)["email"] == "changed@example.org"
    sent = accounts.submit(f"/account/{id}/edit", {**fields, "version": "", "number": "4711"})
    assert (sent.status, accounts.stored(id)["number"]) == (303, 4711)


def test_the_canary_is_nowhere(
    accounts: Accounts, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    services = accounts.app.services
    records: list[CommandRecord] = []

    async def note(record: CommandRecord) -> None:
        records.append(record)

    services.bus.subscribe(note)
    backend = services.persistence.stores[StateStore.SERVER_SQL]

    def keep(tickets: Sequence[str]) -> None:
        """Leave what was published in the outbox, so that it can be looked at."""

    monkeypatch.setattr(backend, "published", keep)
    seal = base64.b64encode(CANARY.encode()).decode()
    secret = {"api_key": f"{CANARY}-key", "number": NUMBER, "seal": seal}
    id = accounts.made(**secret)
    with accounts.client.live(f"account:{id}", "locker") as stream:
        drive(accounts, id, secret, seal)
        heard: list[ServerSentEvent] = []
        with suppress(TimeoutError):
            while True:
                heard.append(stream.next(within=0.5))
    assert len(heard) > 3
    sent = [f"{answer.headers} {answer.text}" for answer in accounts.answers]
    statuses = {answer.status for answer in accounts.answers}
    assert {200, 201, 303, 404, 409, 422, 500} <= statuses
    kept = [
        repr(accounts.rows(f"SELECT * FROM {table}"))
        for table in ("starmodel_outbox", "starmodel_idempotency", "starmodel_tombstone")
    ]
    assert "sign_in" in kept[0]
    assert "once-canary" not in kept[0]
    assert {record.event for record in records} >= {
        "create",
        "update",
        "sign_in",
        "close",
        "delete",
    }
    logged = [
        f"{record.getMessage()} {record.exc_text or ''} {record.args}" for record in caplog.records
    ]
    assert any("burst" in line for line in logged)
    # What pydantic says is there, and what it was told is not.
    assert any("unable to parse string as an integer" in line for line in logged)
    read = accounts.app.services.unit_of_work()
    shown = [repr(accounts.client.run(loaded(accounts, read, id)))]
    for text in (*sent, *kept, *map(repr, records), *logged, *map(repr, heard), *shown):
        for canary in (CANARY, str(NUMBER), seal):
            assert canary not in text


async def loaded(accounts: Accounts, unit: Any, id: str) -> Any:
    definition = accounts.project.load("generated.account.state").ACCOUNT
    async with unit as work:
        return await work.load(definition, id)


def drive(accounts: Accounts, id: str, secret: dict[str, Any], seal: str) -> None:
    """Go every way that there is."""
    once = {**JSON, "idempotency-key": "once-key"}
    other = accounts.made(**secret)
    email = accounts.ask("GET", f"/account/{other}", headers=JSON).json["state"]["email"]
    taken = {"email": email, "password": f"{CANARY}-x", **secret}
    assert accounts.post("/account", taken).status == 409
    accounts.ask("POST", "/account", json_body={**taken, "email": "once@x.y"}, headers=once)
    accounts.ask("POST", "/account", json_body={**taken, "email": "once@x.y"}, headers=once)
    accounts.post("/account", {**taken, "email": "y" * 100})
    accounts.post("/account", {**taken, "password": f"weak {CANARY}", "email": "w@x.y"})
    accounts.post("/account", {**taken, "password": f"told {CANARY}", "email": "w@x.y"})
    accounts.submit("/account", {"email": "f" * 100, "password": CANARY, "number": str(NUMBER)})
    accounts.submit("/account", {"email": "f@x.y", "password": CANARY, "number": str(NUMBER)})
    stale = {"email": "s@x.y", "password": f"{CANARY}-2", "version": 77}
    assert accounts.ask("PATCH", f"/account/{id}", json_body=stale, headers=JSON).status == 409
    shown = {name: str(value) for name, value in stale.items()}
    accounts.submit(f"/account/{id}/edit", {**shown, "_shown": "{}"})
    accounts.submit(f"/account/{id}/edit", {**shown, "version": "", "email": "f" * 100})
    changes = {"email": "new@x.y", "password": f"{CANARY}-2", **secret}
    accounts.ask("PATCH", f"/account/{id}", json_body=changes, headers=JSON)
    accounts.ask("PATCH", "/account/nobody", json_body=changes, headers=JSON)
    wrong = {"email": "new@x.y", "password": f"told {CANARY}"}
    accounts.ask("PATCH", f"/account/{id}", json_body=wrong, headers=JSON)
    accounts.client.act(f"/account/{id}", {"password": "s", "api_key": CANARY}, method="PATCH")
    for event, argument in (
        ("sign_in", {"password": CANARY, "again": CANARY}),
        ("sign_in", {"password": "wrong"}),
        ("reset", {"fresh": f"told {CANARY}"}),
        ("reset", {"fresh": f"{CANARY}-3"}),
        ("refuse", {"given": CANARY}),
        ("burst", {"given": CANARY}),
        ("tell", {"given": CANARY}),
        ("guess", {"given": CANARY}),
        ("guess_again", {"given": CANARY}),
        ("burst", {"given": {"canary": CANARY}}),
    ):
        accounts.post(f"/account/{id}/{event}", argument)
        accounts.answers.append(accounts.client.act(f"/account/{id}/{event}", argument))
        accounts.submit(f"/account/{id}/{event}", {key: str(one) for key, one in argument.items()})
    accounts.post("/locker/close", {"code": CANARY})
    accounts.post("/locker/open", {"code": CANARY})
    accounts.post("/locker/burst", {"code": CANARY})
    for path in ("/account", "/account.csv", f"/account/{id}", f"/account/{id}/edit", "/locker"):
        for accept in ("application/json", "text/html", "text/csv"):
            accounts.ask("GET", path, headers={"accept": accept})
    for path in ("/account/new", f"/account?q={CANARY[:6]}", "/account/options", "/"):
        accounts.ask("GET", path, headers={"accept": "text/html"})
    assert accounts.ask("DELETE", f"/account/{other}", headers=JSON).status == 204


def test_the_client_gives_it_and_does_not_get_it(accounts: Accounts) -> None:
    client = accounts.project.load("generated.client")

    async def call() -> str:
        transport = httpx.ASGITransport(accounts.app)
        async with httpx.AsyncClient(transport=transport) as http:
            caller = client.AsyncClient("http://accounts.test", http=http)
            made = await caller.account.create(email="client@x.y", password=CANARY, api_key=CANARY)
            state = made.state
            await caller.account.update(id=state.id, password=f"{CANARY}-by-client")
            found = await caller.account.find(email="client@x.y")
            told = await caller.account.sign_in(id=state.id, password=f"{CANARY}-by-client")
            assert told.result is True
            return repr((made, found, told))

    assert CANARY not in accounts.client.run(call())


def test_a_class_can_be_used_without_any_of_it(project: tuple[CrudProject, Any]) -> None:
    cls = project[0].load("entities").Account
    account = cls(email="a@b.c", password=CANARY, api_key=CANARY, seal=CANARY.encode())
    assert CANARY not in repr(account)
    schema = json.loads(
        (project[0].folder / project[0].package / "generated/schema.json").read_text()
    )
    fields = {field["name"]: field for field in schema["entities"][0]["fields"]}
    assert [name for name, field in fields.items() if field.get("write_only")] == [
        *("password", "api_key", "number", "seal")
    ]
