"""What lists and forms of records hold, and what a plain form sends."""

import asyncio
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from pydantic_core import core_schema

from starmodel.domain import ANONYMOUS
from starmodel.errors import BadRequest, InvalidArguments
from starmodel.settings import Settings
from starmodel.web import Argument, Arguments, Page, Request, Route
from starmodel.web.app.app_state import AppState
from starmodel.web.app.record_responses import respond_options
from starmodel.web.ui.form_state import Form, FormState
from starmodel.web.ui.input_value import duration_of, lines_of, text_of, value_of_sent
from starmodel.web.ui.list_view import (
    ListView,
    empty_state,
    filter_chips,
    hidden_filters,
    pagination,
    sortable_header,
)

VIEW: ListView[Any] = ListView(
    path="/order_line",
    query=(("q", "a&b"), ("sort", "-price"), ("order", "o/1")),
    items=[{}],
    related={"order": {"o/1": {"id": "o/1", "title": "<First>"}}},
    next="c&1",
    is_first=False,
)
BLANK: dict[str, Any] = {
    "name": "",
    "is_new": True,
    "tags": [],
    "size": {"width": "0", "unit": {"name": "mm"}},
}


def test_every_part_of_a_list_keeps_the_rest_of_its_address() -> None:
    def query(html: str, place: int = 0) -> list[tuple[str, str]]:
        address = html.split('href="')[place + 1].partition('"')[0].replace("&amp;", "&")
        assert address.startswith("/order_line")
        return parse_qsl(urlsplit(address).query)

    assert 'aria-sort="descending"' in sortable_header(VIEW, "price", "Price", is_number=True)
    assert ("sort", "price") in query(sortable_header(VIEW, "price", "Price"))
    assert "aria-sort" not in sortable_header(VIEW, "name", "Name")
    assert ("sort", "name") in query(sortable_header(VIEW, "name", "Name"))
    pages = pagination(VIEW, "line", "lines")
    assert "1 line on this page" in pages
    assert query(pages) == list(VIEW.query)
    assert query(pages, 1) == [*VIEW.query, ("cursor", "c&1")]
    chips = filter_chips(VIEW, ["q"], {"order": "title"})
    assert "Order: &lt;First&gt;" in chips
    assert query(chips) == [("q", "a&b"), ("sort", "-price")]
    assert filter_chips(VIEW, ["q", "order"], {}) == ""
    assert hidden_filters(VIEW, ["q", "sort"]) == (
        '<noscript><input type="hidden" name="order" value="o/1"></noscript>'
    )
    assert "No lines fit." in empty_state(ListView("/x", (("q", "a"),), [], {}), "lines")
    assert "There are no lines yet." in empty_state(ListView("/x", (), [], {}), "lines")
    assert VIEW.value("q") == "a&amp;b"
    assert (VIEW.details_open("x"), VIEW.details_open("x", "q")) == ("", " open")


def test_a_page_of_which_all_was_left_out_leads_on() -> None:
    first: ListView[Any] = ListView("/x", (), [], {}, next="c")
    assert empty_state(first, "lines") == (
        '<div class="pages"><p role="status">No lines on this page</p><nav aria-label="Pages">'
        '<a class="list-link button" rel="next" href="/x?cursor=c">Next page</a></nav></div>'
    )
    later: ListView[Any] = ListView("/x", (("q", "a"),), [], {}, is_first=False)
    assert empty_state(later, "lines") == (
        '<div class="pages"><p role="status">No more lines</p><nav aria-label="Pages">'
        '<a class="list-link button" rel="start" href="/x?q=a">First page</a></nav></div>'
    )


def test_a_draft_shows_values_and_what_is_wrong_with_them() -> None:
    values = {**BLANK, "name": '"<b>', "tags": ["t1", "t2"], "text": "\nx"}
    related = {"tags": {"t1": {"name": "wood & co"}}, "name": {'"<b>': {"title": "T"}}}
    draft = FormState(values, related=related, errors={"name": "No <b>."})
    assert draft.text("name") == "&#34;&lt;b&gt;" or draft.text("name") == "&quot;&lt;b&gt;"
    assert draft.text("size.unit.name") == "mm"
    assert draft.text("size.depth") == draft.text("tags") == ""
    assert draft.textarea("text") == "\n\nx"
    assert (draft.checked("is_new"), draft.checked("name")) == (" checked", "")
    assert draft.selected("size.width", "0") == " selected"
    assert (draft.error("name"), draft.invalid("name")) == ("No &lt;b&gt;.", "true")
    assert (draft.error("tags"), draft.invalid("tags")) == ("", "false")
    assert draft.lines("tags") == "t1\nt2"
    assert 'aria-label="Remove wood &amp; co"' in draft.chips("tags", "name")
    assert '<li data-id="t2"><button type="button" aria-label="Remove t2">' in draft.chips(
        "tags", "name"
    )
    assert draft.label("name", "title") == "&quot;T&quot;"
    assert draft.label("tags", "name") == "''"


def test_a_form_that_was_sent_shows_what_was_typed() -> None:
    form = Form(lambda draft: Page("", "", draft.text("name")), BLANK)
    assert form.unbound_page().content == ""
    sent = [("name", "A"), ("tags", "t1\r\nt2"), ("size.width", "7"), ("unknown", "x")]
    draft = form.bind(sent, id="p1", errors={"name": "No."})
    assert draft.values == {
        "name": "A",
        "is_new": False,
        "tags": ["t1", "t2"],
        "size": {"width": "7", "unit": {"name": ""}},
    }
    assert draft.id == "p1"


def test_values_come_back_from_their_texts() -> None:
    assert [text_of(value) for value in (None, True, 1.5, "x", 10**30)] == [
        "",
        "true",
        "1.5",
        "x",
        str(10**30),
    ]
    seconds = Argument(core_schema.timedelta_schema())
    for value in (0.0, 90.0, 5400.5, 359_999.0, 360_000.0, 1e8, -1.0, -86_401.25, 1e-6):
        read: Any = seconds.read_text(duration_of(value), is_form=True)
        assert read.total_seconds() == value
    texts = Argument(core_schema.list_schema(core_schema.str_schema()))
    for items in (["a"], ["a", " b"], ["[1]", "x"], ["a\nb"], ["", "x"]):
        assert texts.read_text(lines_of(items), is_form=True) == items


def test_what_a_script_sends_is_what_the_inputs_held() -> None:
    sent = {
        "name": "A",
        "text": None,
        "count": 7,
        "is_new": True,
        "tags": ["t1"],
        "lines": ["a", "b"],
        "size": {"width": None, "unit": {"name": "m"}},
    }
    blank: dict[str, Any] = {**BLANK, "text": "", "count": "", "lines": ""}
    assert {name: value_of_sent(value, blank[name]) for name, value in sent.items()} == {
        "name": "A",
        "text": "",
        "count": "7",
        "is_new": True,
        "tags": ["t1"],
        "lines": "a\nb",
        "size": {"width": "", "unit": {"name": "m"}},
    }
    # Whatever somebody has made of it.
    for empty in blank.values():
        for value in (None, 1, "x", [], {}, [[1]], {"a": {"b": 1}}):
            assert type(value_of_sent(value, empty)) is type(empty)


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


def test_a_picker_patches_its_own_list_alone() -> None:
    answer = respond_options(request(b"list=a-b_c&q=x"), [("<1>", "A & B")])
    text = answer.body.decode()
    assert "data: selector #a-b_c\n" in text
    assert "data: mode inner\n" in text
    assert 'data-id="&lt;1&gt;">A &amp; B</li>' in text
    assert "Nothing found" in respond_options(request(b"list=x"), []).body.decode()
    for name in (b"", b"list=", b"list=body%20*", b"list=a%0Ab", b"list=a,b"):
        with pytest.raises(InvalidArguments):
            respond_options(request(name), [])


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
    return made
