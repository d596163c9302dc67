"""What a plain form sends back as its inputs showed it is left as it is stored."""

import asyncio
import json
from collections.abc import Mapping
from html import unescape
from typing import Any, Literal
from urllib.parse import urlencode

import pytest
from handmade_pages import Action
from pydantic import BaseModel
from pydantic_core import core_schema

from starmodel import ui
from starmodel.domain import UNSET
from starmodel.errors import InvalidArguments
from starmodel.settings import Settings
from starmodel.web import Argument, Arguments, Request, Route, UpdateArgument
from starmodel.web.app.app_state import AppState
from starmodel.web.ui.form_state import FormState, Values, bind, value_objects
from starmodel.web.validation.object_schema import object_schema
from starmodel.web.validation.untouched import read_shown, untouched

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
FORM = ui.Form(
    Action("update", "/x"),
    [
        ui.TextInput("label"),
        ui.TextArea("text"),
        ui.Checkbox("is_new"),
        ui.Picker("tags", to="/tag", several=True),
        ui.Fieldset("size", [ui.NumberInput("width"), ui.TextInput("note")]),
    ],
)
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
    assert read(UPDATE, SENT, shown=shown()) == dict.fromkeys(UPDATE.names, UNSET)


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
    assert (given["label"], given["text"]) == ("x", UNSET)
    assert read(UPDATE, {"text": "\r\na\r\nb"})["text"] == "\na\nb"


def test_a_program_sends_the_parts_that_it_changes() -> None:
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
        code=Argument(TEXT, default=UNSET),
        count=Argument(core_schema.nullable_schema(core_schema.int_schema()), default=UNSET),
        note=Argument(core_schema.nullable_schema(TEXT), default="x"),
        name=Argument(TEXT, default="x"),
    )
    assert read(create, {"code": "", "count": "", "note": "", "name": ""}) == {
        "code": UNSET,
        "count": UNSET,
        "note": None,
        "name": "",
    }


class Inner(BaseModel):
    remark: str = "none"


class Parcel(BaseModel):
    label: str = "parcel"
    raw: bytes = b"x"
    count: int = 1
    kind: Literal["a", "b"] | None = "a"
    note: str | None = "note"
    inner: Inner = Inner()


FULL: dict[str, Any] = {
    "label": "l",
    "raw": "eQ==",
    "count": "7",
    "kind": "b",
    "note": "n",
    "inner": {"remark": "r"},
}
NAMES = ("label", "raw", "count", "kind", "note", "inner.remark")


@pytest.mark.parametrize(
    ("emptied", "parts"),
    [
        ("kind", {"kind": None}),
        ("note", {"note": None}),
        ("label", {"label": ""}),
        ("raw", {"raw": b""}),
        ("inner.remark", {"inner": Inner(remark="")}),
    ],
)
def test_a_part_that_was_emptied_does_not_go_back_to_its_default(
    emptied: str, parts: dict[str, Any]
) -> None:
    update = Arguments(size=UpdateArgument(object_schema(Parcel)))
    given = read(update, parcel(emptied), shown=parcel_shown(), stored={"size": FULL})
    assert given["size"] == Parcel.model_validate({**FULL, "raw": b"y", **parts})


def test_a_part_that_cannot_be_empty_is_refused_where_it_was_emptied() -> None:
    update = Arguments(size=UpdateArgument(object_schema(Parcel)))
    with pytest.raises(InvalidArguments):
        read(update, parcel("count"), shown=parcel_shown(), stored={"size": FULL})


def test_what_was_emptied_in_a_new_record_is_empty_where_it_can_be() -> None:
    create = Arguments(
        size=Argument(object_schema(Parcel), default=UNSET),
        tags=Argument(core_schema.list_schema(TEXT), default=UNSET),
        words=Argument(core_schema.list_schema(TEXT), default=["a"]),
    )
    sent = {**parcel("kind", "label", "count"), "tags": "", "words": ""}
    noted = unescape(
        FormState({"size": FULL, "tags": "", "words": "a"}).initial_values(["tags", "words"])
    )
    given = read(create, sent, shown=noted, stored=None)
    assert given == {
        "size": Parcel(label="", raw=b"y", kind=None, note="n", inner=Inner(remark="r")),
        "tags": UNSET,
        "words": [],
    }


def test_a_default_that_no_input_shows_is_kept_where_nobody_touched_it() -> None:
    create = Arguments(
        raw=Argument(core_schema.nullable_schema(core_schema.bytes_schema()), default=b""),
        seen=Argument(core_schema.nullable_schema(core_schema.int_schema()), default=7),
        is_new=Argument(core_schema.bool_schema(), default=True),
    )
    noted = unescape(FormState({"raw": "", "seen": "", "is_new": True}).initial_values([]))
    sent = {"raw": "", "seen": "", "is_new": "on"}
    assert read(create, sent, shown=noted) == {"raw": b"", "seen": 7, "is_new": True}
    assert read(create, {"raw": "", "seen": ""}, shown=noted)["is_new"] is False


def test_a_form_that_is_shown_again_still_knows_what_it_showed() -> None:
    given = [*SENT.items(), ("_shown", shown()), ("version", "3")]
    state = bind(FORM, [*given[:3], ("tags", "c"), *given[4:]])
    assert state.initial == read_shown(given)
    assert json.loads(unescape(state.initial_values(FORM.areas))) == state.initial
    assert state.stored == {
        "label": "ab",
        "text": "\na\nb\n",
        "is_new": True,
        "size": {"width": "7", "note": "xy"},
    }
    assert not state.is_stale


def test_an_area_keeps_its_lines_and_an_input_has_none() -> None:
    noted = read_shown([("_shown", shown())])
    assert "label" in untouched([("label", "ab")], noted)
    assert "label" not in untouched([("label", "a b")], noted)
    assert "text" not in untouched([("text", "\nab")], noted)
    assert "is_new" not in untouched([], noted)


def shown() -> str:
    return unescape(FormState(VALUES).initial_values(["text", "tags"]))


def parcel(*emptied: str) -> dict[str, str]:
    """Return what a form sends of a parcel some of whose inputs were emptied."""
    texts = {name: FULL[name] for name in NAMES if name in FULL} | {"inner.remark": "r"}
    return {f"size.{name}": "" if name in emptied else text for name, text in texts.items()}


def parcel_shown() -> str:
    return unescape(FormState({"size": FULL}).initial_values([]))


def read(
    arguments: Arguments,
    sent: dict[str, str],
    shown: str = "",
    stored: Mapping[str, Any] | None = STORED,
) -> dict[str, Any]:
    body = urlencode({**sent, **({"_shown": shown} if shown else {})}).encode()
    return read_body(arguments, body, b"application/x-www-form-urlencoded", stored)


def read_body(
    arguments: Arguments, body: bytes, kind: bytes, stored: Mapping[str, Any] | None = STORED
) -> dict[str, Any]:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def handler(_: Request) -> Any:
        return None

    route = Route("POST", "/x", handler, event="x", form=FORM)
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/x",
        "query_string": b"",
        "headers": [(b"content-type", kind), (b"accept", b"text/html")],
    }
    request = Request(scope, receive, AppState([], Settings(), {}), route)
    return asyncio.run(arguments.read(request, stored, value_objects(FORM)))
