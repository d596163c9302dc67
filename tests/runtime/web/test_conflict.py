"""A form whose record somebody else has changed meanwhile."""

import json
from typing import Any

import pytest

from starmodel.errors import StaleVersion
from starmodel.settings import Settings
from starmodel.web import Page, Request, Response, Route
from starmodel.web.app.app_state import AppState
from starmodel.web.app.record_responses import respond_conflict
from starmodel.web.ui.form_state import Form, FormState

BLANK: dict[str, Any] = {
    "name": "",
    "is_new": False,
    "tags": [],
    "maker": "",
    "size": {"width": "", "depth": ""},
    "version": "",
}
NOW: dict[str, Any] = {
    "name": "theirs",
    "is_new": True,
    "tags": ["t1"],
    "maker": "m1",
    "size": {"width": "1", "depth": "2"},
    "version": "7",
}
RELATED: dict[str, Any] = {"tags": {"t1": {"name": "<wood>"}}, "maker": {"m1": {"title": "Ada"}}}
STALE = StaleVersion("thing", "1", {}, 7)


def shown(draft: FormState) -> Page:
    """A page that is all of the draft."""
    told = {name: [draft.error(name), draft.resolve_button(name)] for name in BLANK}
    parts = {"values": draft.values, "past": draft.stored, "told": told, "notice": draft.notice}
    return Page("Edit", draft.title, json.dumps(parts))


FORM = Form(shown, BLANK, labels={"tags": "name", "maker": "title"})


async def test_what_was_typed_stays_beside_what_is_stored() -> None:
    sent = (
        b'{"name": "mine", "is_new": false, "tags": [], "maker": "m2", "version": "6",'
        b' "size": {"width": "9", "depth": "2"}}'
    )
    answer = await ask(sent)
    assert answer.status == 200
    text = answer.body.decode()
    assert "data: mode replace\ndata: selector main\n" in text
    page = json.loads(text.partition("data: elements ")[2])
    assert page["values"] == {
        "name": "mine",
        "is_new": False,
        "tags": [],
        "maker": "m2",
        "size": {"width": "9", "depth": "2"},
        "version": "7",
    }
    assert page["past"] == NOW
    assert "Somebody else has changed this." in page["notice"]
    errors = {name: error for name, (error, _) in page["told"].items()}
    assert errors == {
        "name": "It is now: theirs",
        "is_new": "It is now: Yes",
        "tags": "It is now: &lt;wood&gt;",
        "maker": "It is now: Ada",
        "size": "It is now: width 1, depth 2",
        "version": "",
    }
    assert theirs(page, "name") == [["name", "theirs"]]
    assert theirs(page, "is_new") == [["is_new", True]]
    assert theirs(page, "tags") == [["tags-search", [["t1", "<wood>"]]]]
    assert theirs(page, "maker") == [["maker", "m1", "Ada"]]
    assert theirs(page, "size") == [["size.width", "1"], ["size.depth", "2"]]
    assert "/^errors[.]thing[.]update[.]name$/" in page["told"]["name"][1]


async def test_what_was_not_touched_is_as_it_is_now() -> None:
    answer = await ask(b'{"name": "mine"}')
    page = json.loads(answer.body.decode().partition("data: elements ")[2])
    assert page["values"] == {**NOW, "name": "mine"}
    assert [name for name, (error, _) in page["told"].items() if error] == ["name"]


async def test_a_plain_form_gets_the_page_with_its_status() -> None:
    answer = await ask(b"name=mine&tags=t1&maker=m1&size.width=1&size.depth=2", is_scripted=False)
    assert answer.status == 409
    assert b"It is now: theirs" in answer.body
    assert b"It is now: Yes" in answer.body, "a box that is not ticked is not sent"


async def test_a_program_gets_the_error() -> None:
    with pytest.raises(StaleVersion):
        await ask(b"{}", (b"accept", b"application/json"), is_scripted=False)


def theirs(page: dict[str, Any], name: str) -> Any:
    """What the button beside an input would put into it."""
    value = page["told"][name][1].partition('data-theirs="')[2].partition('"')[0]
    for entity, text in (("&#34;", '"'), ("&quot;", '"'), ("&lt;", "<"), ("&gt;", ">")):
        value = value.replace(entity, text)
    return json.loads(value)


async def ask(body: bytes, *headers: tuple[bytes, bytes], is_scripted: bool = True) -> Response:
    kind = b"application/json" if body.startswith(b"{") else b"application/x-www-form-urlencoded"
    given = [(b"content-type", kind), *headers]
    if is_scripted:
        given.append((b"datastar-request", b"true"))

    async def handler(_: Request) -> Any:
        return None

    route = Route("POST", "/thing/{id}/edit", handler, event="update", form=FORM)
    route.belong_to("thing")
    scope = {"type": "http", "method": "POST", "path": "/x", "query_string": b"", "headers": given}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    request = Request(scope, receive, AppState([], Settings(), {}), route)
    await request.body()
    return respond_conflict(request, STALE, FORM, FormState(NOW, "1", RELATED, title="A thing"))
