"""What a plain form sends back as its inputs showed it is left as it is stored."""

import asyncio
import json
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from pydantic_core import core_schema

from starmodel.domain import OMITTED
from starmodel.settings import Settings
from starmodel.web import Argument, Arguments, Page, Request, Route, UpdateArgument
from starmodel.web.draft import Draft, Form
from starmodel.web.input_value import Values, ids_of, lines_of
from starmodel.web.parts import Parts
from starmodel.web.shown import read_shown, untouched

TEXT = core_schema.str_schema()
SIZE = core_schema.typed_dict_schema(
    {
        "width": core_schema.typed_dict_field(core_schema.int_schema()),
        "note": core_schema.typed_dict_field(core_schema.nullable_schema(TEXT)),
    }
)
UPDATE = Arguments(
    label=UpdateArgument(TEXT),
    text=UpdateArgument(TEXT),
    is_new=UpdateArgument(core_schema.bool_schema()),
    tags=UpdateArgument(core_schema.list_schema(TEXT)),
    size=UpdateArgument(SIZE),
)
VALUES: Values = {
    "label": "a\nb",
    "text": "\na\r\nb\r",
    "is_new": True,
    "tags": [" a", "b"],
    "size": {"width": "7", "note": "x\ny"},
    "version": "3",
}
STORED = {"text": "\na\r\nb\r", "size": {"width": 7, "note": ""}}
SENT = {
    "label": "ab",
    "text": "\r\na\r\nb\r\n",
    "is_new": "on",
    "tags": '[" a", "b"]',
    "size.width": "7",
    "size.note": "xy",
}


def test_nothing_is_read_of_a_form_that_nobody_touched() -> None:
    assert read(UPDATE, SENT, shown=shown()) == dict.fromkeys(UPDATE.names, OMITTED)


def test_what_was_touched_is_read_and_the_other_parts_are_those_that_are_stored() -> None:
    sent = {**SENT, "label": "b", "text": "\r\na\r\nc", "tags": "b", "size.width": "8"}
    del sent["is_new"]
    assert read(UPDATE, sent, shown=shown()) == {
        "label": "b",
        "text": "\na\nc",
        "is_new": False,
        "tags": ["b"],
        "size": {"width": 8, "note": ""},
    }


def test_a_text_whose_line_breaks_alone_are_others_is_the_stored_one() -> None:
    given = read(UPDATE, {"label": "x", "text": "\r\na\r\nb\r\n"})
    assert (given["label"], given["text"]) == ("x", OMITTED)
    assert read(UPDATE, {"text": "\r\na\r\nb"})["text"] == "\na\nb"


def test_a_script_sends_the_parts_that_were_changed() -> None:
    body = json.dumps({"size": {"width": "8"}}).encode()
    assert read_body(UPDATE, body, b"application/json")["size"] == {"width": 8, "note": ""}


@pytest.mark.parametrize(
    "noted", ["", "[", "[]", "7", '{"label": 7}', "[" * 10_000, '{"label":{}}']
)
def test_what_says_nothing_that_can_be_read_changes_nothing(noted: str) -> None:
    given = read(UPDATE, SENT, shown=noted)
    assert (given["label"], given["tags"]) == ("ab", [" a", "b"])


def test_a_default_that_the_server_makes_is_left_to_it() -> None:
    create = Arguments(
        code=Argument(TEXT, default=OMITTED),
        count=Argument(core_schema.nullable_schema(core_schema.int_schema()), default=OMITTED),
        note=Argument(core_schema.nullable_schema(TEXT), default="x"),
        name=Argument(TEXT, default="x"),
    )
    assert read(create, {"code": "", "count": "", "note": "", "name": ""}) == {
        "code": OMITTED,
        "count": OMITTED,
        "note": None,
        "name": "",
    }


def test_a_form_that_is_shown_again_still_knows_what_it_showed() -> None:
    form = Form(lambda draft: Page("", "", draft.shown("text", "tags")), {**VALUES, "label": ""})
    given = [*SENT.items(), ("_shown", shown()), ("version", "3")]
    draft = form.draft([*given[:3], ("tags", "c"), *given[4:]])
    assert draft.first == read_shown(given)
    assert json.loads(unescape(form.page(draft).content)) == draft.first
    assert draft.before == {
        "label": "ab",
        "text": "\na\nb\n",
        "is_new": True,
        "size": {"width": "7", "note": "xy"},
    }
    assert draft.notice == ""


def test_lists_of_ids_come_back() -> None:
    for ids in ([], ["a", "b"], ["a b"], [" a", "b\nc"], ["[x]"], [""]):
        assert ids_of(lines_of(ids)) == ids
    assert ids_of("a\r\n b \r\n\r\n") == ["a", "b"]
    assert ids_of("[not JSON") == ["[not JSON"]


def test_an_area_keeps_its_lines_and_an_input_has_none() -> None:
    noted = read_shown([("_shown", shown())])
    assert "label" in untouched([("label", "ab")], noted)
    assert "label" not in untouched([("label", "a b")], noted)
    assert "text" not in untouched([("text", "\nab")], noted)
    assert "is_new" not in untouched([], noted)


def shown() -> str:
    return unescape(Draft(VALUES).shown("text", "tags"))


def read(arguments: Arguments, sent: dict[str, str], shown: str = "") -> dict[str, Any]:
    body = urlencode({**sent, **({"_shown": shown} if shown else {})}).encode()
    return read_body(arguments, body, b"application/x-www-form-urlencoded")


def read_body(arguments: Arguments, body: bytes, kind: bytes) -> dict[str, Any]:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def handler(_: Request) -> Any:
        return None

    form = Form(lambda _: Page("", "", ""), VALUES)
    route = Route("POST", "/x", handler, event="x", form=form)
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/x",
        "query_string": b"",
        "headers": [(b"content-type", kind), (b"accept", b"text/html")],
    }
    request = Request(scope, receive, Parts([], Settings(), {}), route)
    request.stored = STORED
    return asyncio.run(arguments.read(request))
