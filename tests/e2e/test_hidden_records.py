"""Records that somebody may not read are as good as not there, whatever he does."""

import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from clinic_project import Clinic

from starmodel import CommandRecord
from starmodel.application import Services
from starmodel.application.documents.record_text import write_record
from starmodel.testing import Client, ClientResponse
from starmodel.testing.client import LiveStream

JSON = {"accept": "application/json"}
HTML = {"accept": "text/html"}
DATASTAR = {"accept": "text/event-stream, text/html", "datastar-request": "true"}
MADE_UP = "0" * 35
TELLING = ("content-length", "set-cookie")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def project(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Clinic]:
    folder = tmp_path_factory.mktemp("clinic")
    with ExitStack() as stack:
        url = ""
        if request.param == "postgresql":
            url = stack.enter_context(request.getfixturevalue("postgres_server").database())
        project = Clinic(folder, f"{request.param}clinic", url)
        project.make()
        yield stack.enter_context(project.imported())


@pytest.fixture
def client(project: Clinic) -> Iterator[Client]:
    with Client(project.load("generated.app").create_app()) as client:
        yield client


def acting(client: Client, actor: str | None) -> Client:
    """Be somebody from now on."""
    client.cookies.pop("actor", None)
    if actor is not None:
        client.cookies["actor"] = actor
    return client


def make(client: Client, path: str, actor: str | None = "doctor", **fields: Any) -> str:
    answer = acting(client, actor).post(path, fields)
    assert answer.status == 201, answer.text
    return answer.json["state"]["id"]


def shown(answer: ClientResponse, id: str) -> tuple[int, dict[str, str], str]:
    """What somebody is told, but for the id that he has sent himself."""
    headers = {name: text for name, text in answer.headers.items() if name not in TELLING}
    text = answer.text.replace(id, "ID")
    return answer.status, headers, re.sub(r"[0-9a-f]{8}\.[0-9a-f]+", "MARK", text)


REQUESTS: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/patient/{id}", {}),
    ("HEAD", "/patient/{id}", {}),
    ("PATCH", "/patient/{id}", {"json_body": {"name": "x"}}),
    ("PATCH", "/patient/{id}", {"json_body": {"name": "x", "version": 7}}),
    ("PATCH", "/patient/{id}", {"json_body": {"name": ""}}),
    ("DELETE", "/patient/{id}", {}),
    ("PUT", "/patient/{id}", {}),
    ("OPTIONS", "/patient/{id}", {}),
    ("GET", "/patient/{id}/edit", {}),
    ("POST", "/patient/{id}/edit", {"form": {"name": "x", "owner": "bob", "version": "1"}}),
    ("GET", "/patient/{id}/delete", {}),
    ("POST", "/patient/{id}/delete", {"form": {}}),
    ("POST", "/patient/{id}/come", {"json_body": {}}),
    ("POST", "/patient/{id}/discharge", {"json_body": {}}),
    ("GET", "/live?watch=patient:{id}", {}),
    ("GET", "/live?watch=visit&watch=patient:{id}", {}),
    ("GET", "/patient?id={id}", {}),
    ("GET", "/patient?id__in={id},x", {}),
    ("GET", "/patient/options?list=l&q={id}", {}),
]


@pytest.mark.parametrize("name", ["Ada", "breaks"])
@pytest.mark.parametrize("actor", [None, "bob"])
@pytest.mark.parametrize("headers", [JSON, HTML, DATASTAR], ids=["json", "html", "datastar"])
def test_a_hidden_record_is_as_good_as_not_there(
    client: Client, headers: dict[str, str], actor: str | None, name: str
) -> None:
    id = hidden(client, name)
    # Pages show the end of an id.
    made_up = f"{MADE_UP[:-8]}{id[-8:]}"
    acting(client, actor)
    for method, path, sent in REQUESTS:
        for extra in ({}, {"idempotency-key": "once"}):
            answers = [
                client.request(method, path.format(id=one), headers={**headers, **extra}, **sent)
                for one in (id, made_up)
            ]
            there, missing = (
                shown(answer, one) for answer, one in zip(answers, (id, made_up), strict=True)
            )
            assert there == missing, f"{method} {path}"
    assert client.get(f"/patient/{id}").status == 404
    assert client.request("DELETE", f"/patient/{id}", headers=JSON).status == 404


def hidden(client: Client, name: str) -> str:
    """Make a patient whom ada and the doctor alone may see, and return the id."""
    if name != "breaks":
        return make(client, "/patient", name=name, owner="ada")
    # Nobody may make such a patient, for whom the policy fails.
    id = make(client, "/patient", name="whole", owner="ada")
    services = services_of(client)

    async def rename() -> None:
        definition = services.definition_named("patient")
        async with services.unit_of_work() as work:
            patient = await work.load(definition, id)
            patient.name = name
            await work.commit(patient, "rename", {}, None)

    client.run(rename())
    return id


def services_of(client: Client) -> Services:
    app: Any = client.app
    return app.services


def test_who_may_read_and_not_do_something_is_told_so(client: Client) -> None:
    id = make(client, "/patient", name="Ada", owner="ada")
    acting(client, "ada")
    assert client.get(f"/patient/{id}").status == 200
    assert client.post(f"/patient/{id}/discharge").status == 403
    # She may not give him away either, in whose name she could not change him.
    changed = client.request("PATCH", f"/patient/{id}", json_body={"owner": "bob"}, headers=JSON)
    assert changed.status == 403
    assert client.post(f"/patient/{id}/come").json["state"]["visits"] == 1
    # What an event of its own allows is allowed to those as well who may not read.
    for actor in (None, "bob"):
        knocked = acting(client, actor).post(f"/patient/{id}/knock")
        assert knocked.status == 200
        assert knocked.json == {"state": {}, "version": 0, "result": None}
        assert "Ada" not in client.act(f"/patient/{id}/knock").text
    assert acting(client, "ada").post(f"/patient/{id}/knock").json["state"]["name"] == "Ada"


def test_whoever_is_nobody_is_asked_to_sign_in_whatever_there_is(client: Client) -> None:
    id = make(client, "/drug", name="Aspirin")
    acting(client, None)
    for one in (id, MADE_UP):
        assert client.get(f"/drug/{one}").status == 401
        assert client.get(f"/live?watch=drug:{one}").status == 401
        assert client.request("DELETE", f"/drug/{one}", headers=JSON).status == 401


def test_a_parameter_that_is_a_record_is_one_that_its_caller_may_read(client: Client) -> None:
    mine = make(client, "/patient", name="Bob", owner="bob")
    id = make(client, "/patient", name="Ada", owner="ada")
    acting(client, "bob")
    answers = [client.post(f"/patient/{mine}/move", {"other": one}) for one in (id, MADE_UP)]
    assert [answer.status for answer in answers] == [404, 404]
    assert answers[0].text == answers[1].text
    assert acting(client, "doctor").post(f"/patient/{mine}/move", {"other": id}).status == 200


def alone(*ids: str) -> Any:
    return ids[0]


def listed(*ids: str) -> Any:
    return [*ids]


REFERENCES = [("patient", alone), ("others", listed), ("drug", alone), ("ward_id", alone)]


@pytest.mark.parametrize(("name", "value"), REFERENCES)
def test_a_reference_to_a_hidden_record_is_refused_as_one_that_was_made_up(
    client: Client, name: str, value: Any
) -> None:
    ids = {
        "patient": make(client, "/patient", name="Ada", owner="ada"),
        "drug": make(client, "/drug", name="Aspirin"),
        "ward_id": make(client, "/ward", "ada", name="One", head="ada"),
    }
    id = ids.get(name, ids["patient"])
    visit = make(client, "/visit", None)
    acting(client, None)
    for method, path in (("POST", "/visit"), ("PATCH", f"/visit/{visit}")):
        answers = [
            client.request(method, path, json_body={name: value(one)}, headers=JSON)
            for one in (id, MADE_UP)
        ]
        assert [answer.status for answer in answers] == [409, 409]
        assert answers[0].text == answers[1].text
        assert answers[0].json["errors"] == [
            {"name": name, "message": "There is no such record.", "type": "foreign_key"}
        ]
    assert client.get(f"/visit/{visit}").json["state"][name] in (None, [])
    # Nothing keeps its owner from deleting what nobody could refer to.
    able = {"ward_id": "ada"}.get(name, "doctor")
    acting(client, able)
    changed = client.request("PATCH", f"/visit/{visit}", json_body={name: value(id)}, headers=JSON)
    assert changed.status == 200, changed.text


def test_an_event_takes_no_reference_to_a_hidden_record(client: Client) -> None:
    id = make(client, "/patient", name="Ada", owner="ada")
    mine = make(client, "/patient", name="Bob", owner="bob")
    visit = make(client, "/visit", None)
    acting(client, "bob")
    for event, name, value in (
        ("give", "patient", alone),
        ("look", "other", alone),
        ("tell", "others", listed),
    ):
        answers = [
            client.post(f"/visit/{visit}/{event}", {name: value(one, mine)})
            for one in (id, MADE_UP)
        ]
        assert [answer.status for answer in answers] == [409, 409]
        assert answers[0].text == answers[1].text
        assert client.post(f"/visit/{visit}/{event}", {name: value(mine)}).status == 200


def test_what_is_referred_to_already_survives_a_save_that_changes_something_else(
    client: Client,
) -> None:
    id = make(client, "/patient", name="Ada", owner="ada")
    other = make(client, "/patient", name="Eve", owner="eve")
    mine = make(client, "/patient", name="Bob", owner="bob")
    visit = make(client, "/visit", patient=id, others=[id, other])
    acting(client, "bob")

    def patch(**changes: Any) -> ClientResponse:
        return client.request("PATCH", f"/visit/{visit}", json_body=changes, headers=JSON)

    assert patch(title="new", patient=id, others=[other, id]).status == 200
    assert patch(others=[other, mine]).status == 200
    # What was taken out does not come back, nor does it go from one field to another.
    assert patch(others=[id]).status == 409
    assert patch(patient=other).status == 409
    form = client.submit(f"/visit/{visit}/edit", {"title": "form", "patient": id, "version": "3"})
    assert form.status == 303
    state = client.get(f"/visit/{visit}").json["state"]
    assert (state["title"], state["patient"]) == ("form", id)


@pytest.fixture(scope="module")
def crowd(project: Clinic) -> Iterator[Client]:
    """A client of an app with many patients, whom ann may not see, but for the last."""
    state = project.load("generated.patient.state")
    patient = project.load("entities").Patient
    with Client(project.load("generated.app").create_app()) as client:

        async def fill() -> None:
            async with services_of(client).unit_of_work() as work:
                found = [
                    patient(name=f"Patient {number:04}", owner="crowd") for number in range(2100)
                ]
                found.append(patient(name="Patient 9999", owner="ann"))
                for one in found:
                    work.add(state.PATIENT, one)
                await work.commit(found[0], "fill", {}, None)

        client.run(fill())
        yield client


def test_a_list_that_is_mostly_hidden_asks_for_filters(crowd: Client) -> None:
    acting(crowd, "ann")
    answer = crowd.get("/patient?sort=name")
    assert answer.status == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json == {
        "type": "about:blank",
        "title": "Too broad",
        "status": 422,
        "detail": "More than 2,000 records would have to be looked through for those that you may"
        " see. Narrow it down with more filters.",
    }
    page = crowd.request("GET", "/patient?sort=name", headers=HTML)
    assert page.status == 422
    assert "Narrow it down with more filters." in page.text
    patch = crowd.act("/patient?sort=name", method="GET")
    assert patch.status == 200
    assert "Narrow it down" in patch.signals["errors"]["patient"]["find"]["_"]
    options = crowd.act("/patient/options?list=l", method="GET")
    assert options.status == 422

    for path in ("/patient?name__ge=Patient 20", "/patient?owner=ann", "/patient?q=9999"):
        items = crowd.get(path.replace(" ", "%20")).json["items"]
        assert [item["name"] for item in items] == ["Patient 9999"]
    options = crowd.act("/patient/options?list=l&q=9999", method="GET")
    assert "Patient 9999" in options.text
    assert acting(crowd, "doctor").get("/patient?sort=name").status == 200


def test_no_record_of_an_event_has_a_secret_in_it(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    id = make(client, "/patient", name="Ada", owner="ada")
    records: list[CommandRecord] = []
    services_of(client).bus.subscribe(records.append)
    key = {"number": "1", "code": "canary"}
    house = {"street": "Main Street", "keys": [key]}
    sent: dict[str, dict[str, Any]] = {
        "change_pin": {"old_pin": "canary", "pin": "canary", "password": "canary", "reason": "new"},
        "stamp": {"seal": b64encode(b"canary").decode(), "grade": 4711, "size": 3},
        "house": {
            "address": house,
            "others": [house],
            "by_name": {"home": house},
            "street": "Main Street",
        },
    }
    for event, arguments in sent.items():
        answer = client.post(f"/patient/{id}/{event}", arguments)
        assert answer.status == 200, answer.text
    told = [{**record.arguments} for record in records]
    assert told == [{"reason": "new"}, {"size": 3}, {"street": "Main Street"}]
    kept = [repr(record) + write_record(record) for record in records]
    for canary in ("canary", sent["stamp"]["seal"], "4711"):
        assert canary not in f"{kept} {caplog.text}"


def test_a_list_is_told_of_what_its_reader_may_see_and_of_nothing_else(client: Client) -> None:
    def told(stream: LiveStream) -> bool:
        """Return whether a stream was told of anything within half a second."""
        try:
            stream.next(within=0.5)
        except TimeoutError:
            return False
        return True

    acting(client, "bob")
    with client.live("patient", "chart", "visit") as stream:
        for _ in range(3):
            stream.next()
        assert not told(stream)
        id = make(client, "/patient", name="Ada", owner="ada")
        assert not told(stream)
        client.post(f"/patient/{id}/come")
        client.request("PATCH", f"/patient/{id}", json_body={"name": "Eve"}, headers=JSON)
        assert not told(stream)
        chart = make(client, "/chart", patient=id)
        assert told(stream)
        # What is everybody's goes along with what is hidden: who could not see that is not told.
        client.request("DELETE", f"/patient/{id}", headers=JSON)
        assert not told(stream)
        assert client.get(f"/chart/{chart}").status == 404

        mine = make(client, "/patient", name="Bob", owner="bob")
        assert told(stream)
        client.request("PATCH", f"/patient/{mine}", json_body={"owner": "doctor"}, headers=JSON)
        assert told(stream)
        client.post(f"/patient/{mine}/come")
        assert not told(stream)
