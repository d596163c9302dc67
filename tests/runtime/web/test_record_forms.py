"""What forms of records hold, and what a plain form sends."""

import asyncio
import json
from typing import Any

import pytest
from handmade_pages import NEW
from pydantic_core import core_schema

from starmodel.domain import ANONYMOUS
from starmodel.errors import BadRequest, InvalidArguments
from starmodel.settings import Settings
from starmodel.ui.components.inputs import Value, lines_text
from starmodel.ui.formats import duration_text
from starmodel.web import Argument, Arguments, Request, Route
from starmodel.web.app.app_state import AppState
from starmodel.web.app.record_responses import respond_options
from starmodel.web.ui.form_state import (
    FormState,
    Values,
    bind,
    ids_of,
    merge_submitted,
    prefilled,
    submitted_values,
    value_objects,
)

FORM = NEW.forms[0]
BLANK: dict[str, Value] = {
    "name": "",
    "is_new": True,
    "tags": [],
    "size": {"width": "0", "unit": {"name": "mm"}},
}


def test_a_form_shows_values_and_what_is_wrong_with_them() -> None:
    values: Values = {**BLANK, "name": '"<b>', "tags": ["t1", "t2"], "text": "\nx", "maker": "m1"}
    related = {"tags": {"t1": {"name": "wood & co"}}, "maker": {"m1": {"name": "M"}}}
    state = FormState(values, related=related, errors={"name": "No <b>."})
    assert state.text("name") == "&#34;&lt;b&gt;"
    assert state.text("size.unit.name") == "mm"
    assert state.text("size.depth") == state.text("tags") == state.text("name.x") == ""
    assert state.textarea("text") == "\n\nx"
    assert (state.checked("is_new"), state.checked("name")) == ("checked", "")
    assert (state.selected("size.width", "0"), state.selected("size.width", "1")) == (
        "selected",
        "",
    )
    assert (state.error("name"), state.invalid("name")) == ("No &lt;b&gt;.", "true")
    assert (state.error("tags"), state.invalid("tags")) == ("", "false")
    assert state.lines("tags") == "t1\nt2"
    assert json.loads(state.chosen("tags", "name").replace("&#34;", '"').replace("&amp;", "&")) == {
        "t1": "wood & co",
        "t2": "t2",
    }
    assert state.chosen("maker", "name") == "{&#34;m1&#34;: &#34;M&#34;}"
    assert state.chosen("name.x", "name") == "{}"


def test_a_form_that_was_sent_shows_what_was_typed() -> None:
    sent = [("name", "A"), ("tags", "t1\r\nt2"), ("size.width", "7"), ("unknown", "x")]
    state = bind(FORM, sent, id="p1", errors={"name": "No."})
    assert state.values == {
        "name": "A",
        "note": "",
        "is_new": False,
        "count": "",
        "kind": "",
        "words": "",
        "data": "",
        "size": {"width": "7", "unit": ""},
        "maker": "",
        "tags": ["t1", "t2"],
        "version": "",
    }
    assert (state.id, state.errors) == ("p1", {"name": "No."})


def test_an_address_fills_in_what_it_names() -> None:
    query = {"name": "A", "is_new": "no", "tags": '["t1"]', "size": "x", "other": "y"}
    state = prefilled(FORM, query)
    assert state.values == {**FORM.initial, "name": "A", "is_new": False, "tags": ["t1"]}
    assert state.stored == FORM.initial
    assert all(prefilled(FORM, {"is_new": text}).values["is_new"] for text in ("true", "on", "1"))


def test_what_was_sent_goes_over_what_is_stored() -> None:
    stored: Values = {**FORM.initial, "name": "old", "size": {"width": "1", "unit": "m"}}
    given = request(b"", b"name=new&size.width=2&size.unit=m&is_new=on")
    assert merge_submitted(FORM, stored, given)["name"] == "new"
    assert merge_submitted(FORM, stored, given)["size"] == {"width": "2", "unit": "m"}
    assert submitted_values(FORM, request(b"")) == {}
    assert merge_submitted(FORM, stored, request(b"")) == stored
    assert [*value_objects(FORM)] == ["size"]


def test_values_come_back_from_their_texts() -> None:
    seconds = Argument(core_schema.timedelta_schema())
    for value in (0.0, 90.0, 5400.5, 359_999.0, 360_000.0, 1e8, -1.0, -86_401.25, 1e-6):
        read: Any = seconds.read_text(duration_text(value), is_form=True)
        assert read.total_seconds() == value
    texts = Argument(core_schema.list_schema(core_schema.str_schema()))
    for items in (["a"], ["a", " b"], ["[1]", "x"], ["a\nb"], ["", "x"]):
        assert texts.read_text(lines_text(items), is_form=True) == items
    for ids in ([], ["a", "b"], ["a b"], [" a", "b\nc"], ["[x]"], [""]):
        assert ids_of(lines_text(ids)) == ids
    assert ids_of("a\r\n b \r\n\r\n") == ["a", "b"]
    assert ids_of("[not JSON") == ["[not JSON"]


SIZE = core_schema.typed_dict_schema(
    {
        "width": core_schema.typed_dict_field(core_schema.int_schema()),
        "unit": core_schema.typed_dict_field(
            core_schema.dict_schema(core_schema.str_schema()), required=False
        ),
    }
)


def test_the_parts_of_a_value_object_are_put_together() -> None:
    arguments = Arguments(name=Argument(core_schema.str_schema()), size=Argument(SIZE))

    def read(body: bytes) -> dict[str, Any]:
        return asyncio.run(arguments.read(request(b"", body)))

    assert read(b"name=A&size.width=7&size.unit.name=mm&other.x=1") == {
        "name": "A",
        "size": {"width": 7, "unit": {"name": "mm"}},
    }
    with pytest.raises(InvalidArguments) as caught:
        read(b"name=A&size.width=")
    assert [error.name for error in caught.value.errors] == ["size"]
    for twice in (
        b"size.width=1&size.width=2",
        b"size.unit=x&size.unit.name=y",
        b"size=1&size.a=2",
    ):
        with pytest.raises(InvalidArguments):
            read(b"name=A&" + twice)
    with pytest.raises(BadRequest):
        read(b"name=A&size" + b".a" * 50 + b"=1")


def test_a_picker_is_offered_ids_with_what_they_are_called() -> None:
    answer = respond_options([("<1>", "A & \u2028B"), ("2", "")])
    assert (b"content-type", b"application/json") in answer.headers
    assert json.loads(answer.body) == {
        "options": [{"id": "<1>", "label": "A & \u2028B"}, {"id": "2", "label": ""}]
    }
    assert json.loads(respond_options([]).body) == {"options": []}


def request(query: bytes, body: bytes = b"") -> Request:
    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def handler(_: Request) -> Any:
        return None

    route = Route("POST", "/x", handler, event="x")
    kind = (b"content-type", b"application/x-www-form-urlencoded")
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/x",
        "query_string": query,
        "headers": [kind],
    }
    made = Request(scope, receive, AppState([], Settings(), {}), route)
    assert made.actor is ANONYMOUS
    asyncio.run(made.body())
    return made
