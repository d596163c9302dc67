"""A form whose record somebody else has changed meanwhile."""

import json
from typing import Any

import pytest
from handmade_pages import EDIT, RELATED, STATE, THING
from html_page import Element, read_page

from starmodel.errors import StaleVersion
from starmodel.settings import Settings
from starmodel.ui.components.inputs import Value
from starmodel.web import Request, Response, Route
from starmodel.web.app.app_state import AppState
from starmodel.web.app.record_responses import respond_conflict
from starmodel.web.ui.form_state import FormState

NOW: dict[str, Value] = {
    **EDIT.of_state({**STATE, "name": "theirs", "kind": "a", "tags": ["t1"]}),
    "version": "7",
}
MINE = (
    b"name=mine&note=one%0D%0Atwo&count=12345&kind=a&words=a%0D%0A%3Cb%3E"
    b"&data=%7B%22x%22%3A+%5B1%2C+null%5D%7D&size.width=9&size.unit=mm&maker=&tags=t2&version=6"
)
STALE = StaleVersion("thing", "t/1", {}, 7)


async def test_what_was_typed_stays_beside_what_is_stored() -> None:
    answer = await ask(MINE)
    assert answer.status == 200
    text = answer.body.decode()
    assert "data: mode replace\ndata: selector main\n" in text
    page = read_page(text.partition("data: elements ")[2].replace("\ndata: elements ", "\n"))
    sent = dict(page.one("form").sends())
    assert (sent["name"], sent["size.width"], sent["maker"], sent["tags"]) == (
        "mine",
        "9",
        "",
        "t2",
    )
    assert "is_new" not in sent, "a box that is not ticked is not sent"
    assert sent["version"] == "7"
    assert "Somebody else has changed this." in page.one("div", role="alert").text
    assert errors(page) == {
        "name": "It is now: theirs",
        "is_new": "It is now: Yes",
        "size": "It is now: width 3, unit mm",
        "maker": "It is now: <Maker>",
        "tags": "It is now: Wood",
    }
    assert [json.loads(each["values"]) for each in page.all("sm-stored")] == [
        [["name", "theirs"]],
        [["is_new", True]],
        [["size.width", "3"], ["size.unit", "mm"]],
        [["maker", "m1", "<Maker>"]],
        [["tags", [["t1", "Wood"]]]],
    ]


async def test_saving_once_more_keeps_ones_own_and_what_nobody_touched() -> None:
    answer = await ask(MINE)
    html = answer.body.decode().partition("data: elements ")[2].replace("\ndata: elements ", "\n")
    again = read_page(html).one("form").sends()
    noted = json.loads(dict(again)["_shown"])
    # What is said to be shown is what is stored, so that what was typed counts as touched.
    first = json.loads(FormState(NOW).initial_values(EDIT.areas).replace("&#34;", '"'))
    assert noted == first


async def test_a_plain_form_gets_the_page_with_its_status() -> None:
    answer = await ask(MINE, is_datastar=False)
    assert answer.status == 409
    page = read_page(answer.body.decode())
    assert errors(page)["name"] == "It is now: theirs"
    assert page.one("h1").text == "Edit thing"


async def test_a_program_gets_the_error() -> None:
    with pytest.raises(StaleVersion):
        await ask(b"{}", (b"accept", b"application/json"), is_datastar=False)


def errors(page: Element) -> dict[str, str]:
    """What is said beside each input."""
    start, end = "thing-update-", "--error"
    return {
        each["id"].removeprefix(start).removesuffix(end): each.text
        for each in page.all("p", role="alert")
        if each.get("id") and each.text
    }


async def ask(body: bytes, *headers: tuple[bytes, bytes], is_datastar: bool = True) -> Response:
    kind = b"application/json" if body.startswith(b"{") else b"application/x-www-form-urlencoded"
    given = [(b"content-type", kind), *headers]
    if is_datastar:
        given.append((b"datastar-request", b"true"))

    async def handler(_: Request) -> Any:
        return None

    route = Route("POST", "/thing/{id}/edit", handler, event="update", form=EDIT)
    route.belong_to("thing")
    scope = {"type": "http", "method": "POST", "path": "/x", "query_string": b"", "headers": given}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    request = Request(scope, receive, AppState([], Settings(), {}), route)
    await request.body()
    state = FormState(NOW, "t/1", RELATED, title="A thing")
    return respond_conflict(request, STALE, THING, EDIT, state)
