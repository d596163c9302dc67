"""What caches on the way may keep of each kind of answer: nothing but what is the same for all."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from clinic_project import Clinic

from starmodel import Actor
from starmodel.testing import Client, ClientResponse
from starmodel.web import Request

JSON = {"accept": "application/json"}
HTML = {"accept": "text/html"}
DATASTAR = {"accept": "text/event-stream, text/html", "datastar-request": "true"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    project = Clinic(tmp_path_factory.mktemp("caching"), "cachingclinic")
    project.make()
    with (
        project.imported(),
        Client(project.load("generated.app").create_app(identify=identify)) as client,
    ):
        client.cookies["actor"] = "doctor"
        yield client


def identify(request: Request) -> Actor:
    """Say who it is, and begin a session with whoever asks."""
    assert request.session
    return Actor("doctor")


def is_personal(answer: ClientResponse) -> None:
    kept = answer.headers["cache-control"]
    assert "public" not in kept
    assert "private" in kept or "no-store" in kept
    assert "max-age" not in kept
    vary = {name.strip() for name in answer.headers["vary"].lower().split(",")}
    assert vary == {"accept", "cookie", "datastar-request", "hx-request"}


KINDS: list[tuple[str, str, dict[str, Any], dict[str, str], int]] = [
    # Pages, JSON and event streams, of lists, records, forms and pickers.
    ("GET", "/patient", {}, HTML, 200),
    ("GET", "/patient", {}, JSON, 200),
    ("GET", "/patient?sort=name", {}, DATASTAR, 200),
    ("HEAD", "/patient", {}, DATASTAR, 200),
    ("GET", "/patient/options?list=l", {}, DATASTAR, 200),
    ("GET", "/patient/{id}", {}, HTML, 200),
    ("GET", "/patient/{id}", {}, JSON, 200),
    ("GET", "/visit/{visit}", {}, HTML, 200),
    ("GET", "/visit/{visit}", {}, DATASTAR, 200),
    ("GET", "/patient/new", {}, HTML, 200),
    ("GET", "/patient/{id}/edit", {}, HTML, 200),
    ("GET", "/patient/{id}/delete", {}, HTML, 200),
    ("HEAD", "/live?watch=patient", {}, DATASTAR, 200),
    # What events and forms lead to.
    ("POST", "/patient/{id}/come", {"json_body": {}}, JSON, 200),
    ("POST", "/patient/{id}/come", {"json_body": {}}, DATASTAR, 200),
    ("POST", "/patient/{id}/come", {"form": {}}, HTML, 303),
    ("POST", "/patient", {"json_body": {"name": "a", "owner": "b"}}, JSON, 201),
    ("POST", "/patient", {"json_body": {"name": "a", "owner": "b"}}, DATASTAR, 200),
    ("POST", "/patient", {"form": {"name": "a", "owner": "b"}}, HTML, 303),
    ("POST", "/patient/{id}/edit", {"form": {"name": "a", "owner": "b"}}, HTML, 303),
    ("POST", "/patient/{id}/edit", {"form": {"name": "", "owner": "b"}}, HTML, 422),
    ("POST", "/patient/{id}/edit", {"form": {"name": "z", "version": "0"}}, HTML, 409),
    ("DELETE", "/patient/{other}", {}, JSON, 204),
    # Errors.
    ("GET", "/patient/none", {}, JSON, 404),
    ("GET", "/patient/none", {}, HTML, 404),
    ("GET", "/patient/none", {}, DATASTAR, 404),
    ("GET", "/patient?none=1", {}, JSON, 422),
    ("GET", "/patient?none=1", {}, HTML, 422),
    ("GET", "/patient?none=1", {}, DATASTAR, 200),
    ("GET", "/live?watch=none", {}, DATASTAR, 422),
    ("GET", "/live?watch=patient:none", {}, DATASTAR, 404),
    ("POST", "/patient", {"json_body": {"name": ""}}, JSON, 422),
    ("POST", "/patient", {"body": b"{", "headers": {"content-type": "text/css"}}, JSON, 415),
    ("POST", "/patient", {"headers": {"sec-fetch-site": "cross-site"}}, HTML, 403),
    ("PUT", "/patient", {}, JSON, 405),
    ("OPTIONS", "/patient", {}, HTML, 204),
]


@pytest.mark.parametrize(("method", "path", "sent", "headers", "status"), KINDS)
def test_nothing_personal_is_kept_on_the_way(
    client: Client,
    method: str,
    path: str,
    sent: dict[str, Any],
    headers: dict[str, str],
    status: int,
) -> None:
    fields = {"name": "Ada", "owner": "ada"}
    id, other = (client.post("/patient", fields).json["state"]["id"] for _ in range(2))
    visit = client.post("/visit", {"patient": id}).json["state"]["id"]
    more: dict[str, Any] = {**sent, "headers": {**headers, **sent.get("headers", {})}}
    answer = client.request(method, path.format(id=id, other=other, visit=visit), **more)
    assert answer.status == status, answer.text
    is_personal(answer)


def test_what_is_the_same_for_everybody_is_kept_and_has_nothing_personal_in_it(
    client: Client,
) -> None:
    cookies, client.cookies = client.cookies, {}
    paths = {*re.findall(r'"(/_starmodel/[^"]+)"', client.page("/patient"))}
    client.cookies = {}
    assert len(paths) > 2
    for path in paths:
        for headers in ({}, HTML, DATASTAR, {"if-none-match": "*", "cookie": "actor=ann"}):
            answer = client.request("GET", path, headers=headers)
            assert answer.status == 200, path
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
            assert "vary" not in answer.headers
            assert "set-cookie" not in answer.headers
    client.cookies = cookies
