"""Arguments out of query strings, forms and JSON: every type, everything that does not fit."""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlencode
from uuid import UUID

import pytest
from pydantic import AfterValidator, BaseModel, Field, TypeAdapter
from pydantic_core import PydanticCustomError, PydanticKnownError
from pydantic_core import core_schema as cs

from starmodel.domain import UNSET
from starmodel.errors import InvalidArguments, StarModelError
from starmodel.settings import Settings
from starmodel.web import Argument, Arguments, Request, Route, UpdateArgument
from starmodel.web.app.app_state import AppState

PARTS = AppState([], Settings(secret_key="k" * 40), {})
FORM = "application/x-www-form-urlencoded"


class Show(StrEnum):
    ALL = "all"
    DONE = "done"


class Level(Enum):
    LOW = 1
    HIGH = 2


class Share(Enum):
    HALF = 0.5
    TEXT = "text"


class Point(BaseModel):
    x: int
    label: str = Field(default="", max_length=3)
    inner: "Point | None" = None


class Cat(BaseModel):
    kind: Literal["cat"] = "cat"
    lives: int = 9


class Dog(BaseModel):
    kind: Literal["dog"] = "dog"


Pet = Annotated[Cat | Dog, Field(discriminator="kind")]


def schema_of(annotation: Any) -> cs.CoreSchema:
    return TypeAdapter(annotation).core_schema


async def handler(request: Request) -> Any:
    raise NotImplementedError


def make_request(
    method: str,
    query: str,
    body: bytes,
    content_type: str | None,
    path: str = "/x",
    *,
    is_page: bool = False,
) -> Request:
    messages = [{"type": "http.request", "body": body}]

    async def receive() -> dict[str, Any]:
        return messages.pop()

    headers = [] if content_type is None else [(b"content-type", content_type.encode())]
    if is_page:
        headers.append((b"datastar-request", b"true"))
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode("latin-1"),
        "headers": headers,
    }
    return Request(scope, receive, PARTS, Route("POST", "/x", handler))


def read(
    arguments: Arguments,
    *,
    query: str = "",
    body: bytes = b"",
    content_type: str | None = None,
    method: str = "POST",
    is_page: bool = False,
) -> dict[str, Any]:
    request = make_request(method, query, body, content_type, is_page=is_page)
    return asyncio.run(arguments.read(request))


def read_json(
    arguments: Arguments, values: object, *, query: str = "", is_page: bool = False
) -> dict[str, Any]:
    body = values if isinstance(values, bytes) else json.dumps(values).encode()
    return read(arguments, query=query, body=body, content_type="application/json", is_page=is_page)


def test_no_lines_of_a_form_are_a_list_without_items() -> None:
    texts = cs.list_schema(cs.str_schema())
    some = cs.list_schema(cs.str_schema(), min_length=1)
    assert read_form(Arguments(it=Argument(texts)), {"it": ""}) == {"it": []}
    for arguments, sent in (
        (Arguments(it=Argument(some)), {"it": ""}),
        (Arguments(it=Argument(texts)), {}),
    ):
        with pytest.raises(InvalidArguments):
            read_form(arguments, sent)


def read_form(arguments: Arguments, values: Mapping[str, str]) -> dict[str, Any]:
    return read(arguments, body=urlencode(values).encode(), content_type=FORM)


def errors_of(arguments: Arguments, **sent: Any) -> dict[str, str]:
    with pytest.raises(InvalidArguments) as caught:
        read(arguments, **sent)
    return {error.name: error.type for error in caught.value.errors}


VALUES: list[tuple[str, Any, object, str, object]] = [
    # name, annotation, value, as a text, in what a page sends
    ("bool", bool, True, "on", True),
    ("bool-text", bool, False, "false", "false"),
    ("int", int, 7, " 7 ", 7),
    ("int-text", int, -7, "-7", "-7"),
    ("float", float, 1.5, "1.5", 1.5),
    ("str", str, " a\r\nb ", " a\r\nb ", " a\r\nb "),
    ("str-empty", str, "", "", ""),
    ("str-nul", str, "\0\u2028\U0001f600", "\0\u2028\U0001f600", "\0\u2028\U0001f600"),
    ("str-of-digits", str, "9" * 500, "9" * 500, "9" * 500),
    ("bytes", bytes, b"\xff\0", "_wA=", "_wA="),
    ("decimal", Decimal, Decimal("0.10"), "0.10", "0.10"),
    ("decimal-number", Decimal, Decimal("0.1"), "0.1", 0.1),
    ("date", date, date(2026, 3, 14), "2026-03-14", "2026-03-14"),
    ("time", time, time(9, 30), "09:30", "09:30"),
    ("datetime", datetime, datetime(2026, 3, 14, 9, 30), "2026-03-14T09:30", "2026-03-14T09:30"),
    (
        "datetime-zone",
        datetime,
        datetime(2026, 3, 14, 9, 30, tzinfo=UTC),
        "2026-03-14T09:30Z",
        "2026-03-14T09:30:00+00:00",
    ),
    ("timedelta", timedelta, timedelta(hours=1), "PT1H", "PT1H"),
    ("timedelta-seconds", timedelta, timedelta(seconds=90), "PT90S", 90),
    ("uuid", UUID, UUID(int=5), str(UUID(int=5)), str(UUID(int=5))),
    ("enum-text", Show, Show.DONE, "done", "done"),
    ("enum-number", Level, Level.HIGH, "2", 2),
    ("enum-number-text", Level, Level.HIGH, "2", "2"),
    ("enum-mixed", Share, Share.HALF, "0.5", 0.5),
    ("any", Any, "x", "x", "x"),
    ("optional", int | None, 5, "5", 5),
    ("optional-none", int | None, None, "", None),
    ("optional-json-empty", date | None, None, " ", ""),
    ("optional-text", str | None, "", "", ""),
    ("union", int | str, "a", "a", "a"),
    ("list-lines", list[str], ["a b", "c"], "a b\r\n\n c \n", ["a b", "c"]),
    ("list-json", list[int], [1, 2], "[1, 2]", [1, 2]),
    ("list-text-in-json", list[int], [1, 2], "1\n2", "1\n2"),
    ("list-u2028", list[str], ["a\u2028b"], "a\u2028b", ["a\u2028b"]),
    ("set", set[int], {1, 2}, "1\n2\n1", [1, 2, 1]),
    ("tuple", tuple[int, str], (1, "b"), "1\nb", [1, "b"]),
    ("dict", dict[str, int], {"a": 1}, '{"a": 1}', {"a": 1}),
    ("object", Point, Point(x=1, label="a"), '{"x": 1, "label": "a"}', {"x": 1, "label": "a"}),
    ("objects", list[Point], [Point(x=1)], '[{"x": 1}]', [{"x": 1}]),
    ("object-text-in-json", Point, Point(x=1), '{"x": 1}', '{"x": 1}'),
]


@pytest.mark.parametrize(
    ("annotation", "value", "text", "member"),
    [each[1:] for each in VALUES],
    ids=[each[0] for each in VALUES],
)
def test_every_type_comes_from_everywhere(
    annotation: Any, value: object, text: str, member: object
) -> None:
    arguments = Arguments(it=Argument(schema_of(annotation)))
    assert read(arguments, query=urlencode({"it": text})) == {"it": value}
    assert read_form(arguments, {"it": text}) == {"it": value}
    assert read_json(arguments, {"it": member, "other": {"it": [1]}}, is_page=True) == {"it": value}
    signals = quote(json.dumps({"it": member}))
    for method in ("GET", "DELETE"):
        assert read(arguments, query=f"datastar={signals}", method=method) == {"it": value}
    # The same beside an argument that the query string gives.
    both = Arguments(it=Argument(schema_of(annotation)), more=Argument(cs.int_schema()))
    sent = {"it": member, "more": 1}
    assert read_json(both, sent, query="more=2", is_page=True) == {"it": value, "more": 2}


def test_numbers_as_literals_come_from_texts_too() -> None:
    arguments = Arguments(it=Argument(cs.literal_schema([1, 2, True, "x"])))
    assert read(arguments, query="it=2") == {"it": 2}
    assert read_json(arguments, {"it": "2"}, is_page=True) == {"it": 2}
    assert read(arguments, query="it=x") == {"it": "x"}
    assert errors_of(arguments, query="it=3") == {"it": "literal_error"}


def test_the_query_string_counts_more_than_the_body() -> None:
    arguments = Arguments(a=Argument(cs.int_schema()), b=Argument(cs.int_schema(), default=9))
    assert read_json(arguments, {"a": 1, "b": 2}, query="a=5") == {"a": 5, "b": 2}
    assert read_json(arguments, {"b": 2}, query="a=5&ignored=1") == {"a": 5, "b": 2}
    assert read(arguments, query="a=5", body=b"b=3&a=1", content_type=FORM) == {"a": 5, "b": 3}
    # Nothing of the body is needed, so nothing of it is read.
    assert read_json(arguments, b"{no json", query="a=5&b=6") == {"a": 5, "b": 6}
    assert read(arguments, query="a=5") == {"a": 5, "b": 9}
    signals = quote('{"a": 1, "b": 2}')
    assert read(arguments, query=f"a=5&datastar={signals}", method="GET") == {"a": 5, "b": 2}


def test_a_body_is_read_where_it_belongs_alone() -> None:
    arguments = Arguments(a=Argument(cs.int_schema(), default=0))
    body: dict[str, Any] = {"body": b'{"a": 1}', "content_type": "application/json"}
    assert read(arguments, method="GET", **body) == {"a": 0}
    assert read(arguments, method="HEAD", **body) == {"a": 0}
    assert read(arguments, method="DELETE", **body) == {"a": 1}
    for method in ("POST", "PUT", "PATCH"):
        assert read(arguments, method=method, **body) == {"a": 1}
        # There Datastar sends the body, so the parameter is a stranger's.
        assert read(arguments, method=method, query='datastar={"a":5}') == {"a": 0}


def test_what_is_missing() -> None:
    arguments = Arguments(
        number=Argument(cs.int_schema()),
        tick=Argument(cs.bool_schema()),
        text=Argument(cs.str_schema(), default="x"),
        day=Argument(cs.date_schema(), default=date(2026, 1, 1)),
        maybe=Argument(cs.nullable_schema(cs.int_schema()), default=5),
        maybe_tick=Argument(cs.nullable_schema(cs.bool_schema()), default=True),
    )
    defaults = {"text": "x", "day": date(2026, 1, 1), "maybe": 5, "maybe_tick": True}
    # A box that is not ticked is not sent by a form.
    assert read_form(arguments, {"number": "1"}) == {"number": 1, "tick": False, **defaults}
    assert read_form(arguments, {"number": "1", "tick": "", "day": " ", "maybe": ""}) == {
        "number": 1,
        "tick": False,
        **defaults,
        "maybe": None,
    }
    assert errors_of(arguments, body=b"{}", content_type="application/json") == {
        "number": "missing",
        "tick": "missing",
    }
    assert errors_of(arguments, query="number=&tick=") == {"number": "missing", "tick": "missing"}
    assert errors_of(arguments) == {"number": "missing", "tick": "missing"}
    assert errors_of(arguments, content_type=FORM) == {"number": "missing"}
    assert errors_of(arguments, body=b"number=", content_type=FORM) == {"number": "missing"}


def test_defaults_are_not_shared() -> None:
    tags = Argument(cs.list_schema(cs.str_schema()), default=["a"])
    arguments = Arguments(tags=tags)
    ways: list[dict[str, Any]] = [
        {},
        {"body": b"{}", "content_type": "application/json"},
        {"content_type": FORM},
        {"query": "tags="},
    ]
    for sent in ways:
        read(arguments, **sent)["tags"].append("b")
        assert read(arguments, **sent) == {"tags": ["a"]}


@pytest.mark.parametrize(
    "sent",
    [
        {"query": "a=1&a=2"},
        {"query": "a=1&%61=1"},
        {"body": b"a=1&b=2&a=1", "content_type": FORM},
        {"body": b'{"a": 1, "a": 2}', "content_type": "application/json"},
        {"body": b'{"a": 1, "\\u0061": 2}', "content_type": "application/json"},
        {"body": b'{"b": {"x": 1, "x": 2}}', "content_type": "application/json"},
        {"body": b'{"b": [[{"x": 1, "x": 2}]]}', "content_type": "application/json"},
        {"query": "b=" + quote('{"x": 1, "x": 2}')},
        {"query": "datastar={}&datastar={}", "method": "GET"},
    ],
)
def test_the_same_name_twice_in_one_place_is_refused(sent: dict[str, Any]) -> None:
    arguments = Arguments(
        a=Argument(cs.int_schema(), default=0), b=Argument(cs.dict_schema(), default={})
    )
    assert set(errors_of(arguments, **sent).values()) == {"duplicate"}


def test_a_name_that_only_looks_as_if_it_came_twice_is_fine() -> None:
    arguments = Arguments(a=Argument(cs.str_schema()))
    assert read_json(arguments, {"a": "a", "b": {"a": 1}, "c": ["a", "a"]}) == {"a": "a"}
    assert read_json(arguments, b'{"x": {"y": 1, "y": 2}, "a": "b"}') == {"a": "b"}
    assert read(arguments, query="b=1&b=2&a=c") == {"a": "c"}


@pytest.mark.parametrize(
    ("annotation", "text", "message"),
    [
        (int, "x", "Enter a whole number."),
        (int, "1.5", "Enter a whole number."),
        (int, "9" * 101, "This number is too long."),
        (int, "9" * 5000, "This number is too long."),
        (Annotated[int, Field(ge=3)], "2", "Enter at least 3."),
        (Annotated[int, Field(gt=3)], "3", "Enter more than 3."),
        (Annotated[int, Field(le=3)], "4", "Enter at most 3."),
        (Annotated[int, Field(lt=3)], "4", "Enter less than 3."),
        (Annotated[int, Field(multiple_of=5)], "4", "Enter a multiple of 5."),
        (float, "x", "Enter a number."),
        (float, "inf", "Enter a finite number."),
        (float, "NaN", "Enter a finite number."),
        (float, "1e999", "Enter a finite number."),
        (Decimal, "x", "Enter a number."),
        (Decimal, "NaN", "Enter a finite number."),
        (Decimal, "1e999999999", "This number is too long."),
        (Decimal, "1e-999999999", "This number is too long."),
        (Annotated[Decimal, Field(max_digits=4, decimal_places=2)], "1.234", None),
        (Annotated[Decimal, Field(gt=Decimal("0.50"))], "0.5", "Enter more than 0.50."),
        (bool, "perhaps", "Choose yes or no."),
        (date, "14.3.2026", "Enter a date, such as 2026-03-14."),
        (time, "late", "Enter a time, such as 09:30."),
        (datetime, "now", "Enter a date and time, such as 2026-03-14T09:30."),
        (timedelta, "long", "Enter a duration, such as PT1H30M."),
        (UUID, "x", "Enter a UUID."),
        (Show, "x", "Choose 'all' or 'done'."),
        (Level, "3", "Choose 1 or 2."),
        (bytes, "\x01", "Enter bytes in Base64."),
        (Annotated[str, Field(min_length=1)], "", "This must not be empty."),
        (Annotated[str, Field(min_length=3)], "ab", "Enter at least 3 characters."),
        (Annotated[str, Field(max_length=3)], "abcd", "Enter at most 3 characters."),
        (Annotated[str, Field(max_length=1)], "abcd", "Enter at most 1 character."),
        (Annotated[str, Field(pattern="^a$")], "b", "This does not have the right form."),
        (Annotated[list[int], Field(max_length=1)], "1\n2", "Give at most 1 item."),
        (list[int], "1\nx", "Item 2: Enter a whole number."),
        (list[int], "[1", "This is not JSON."),
        (list[int], "[1]]", "This is not JSON."),
        (dict[str, int], "[]", "Give an object."),
        (dict[str, int], '{"secret-key": "x"}', "Entry 1: Enter a whole number."),
        (dict[str, int], '{"a": 1, "item": "x"}', "Entry 2: Enter a whole number."),
        (
            dict[str, list[int]],
            '{"a": [1], "b": [1, "x"]}',
            "Entry 2, item 2: Enter a whole number.",
        ),
        (
            list[dict[str, Point]],
            '[{"a": {"x": "b"}}]',
            "Item 1, entry 1, x: Enter a whole number.",
        ),
        (Point, '{"x": 1, "label": "long"}', "Label: Enter at most 3 characters."),
        (Point, '{"inner": {"x": "a"}, "x": 1}', "Inner, x: Enter a whole number."),
        (list[Point], '[{"x": 1}, {}]', "Item 2, x: This is required."),
        (Pet, '{"kind": "cow"}', "Choose one of 'cat', 'dog'."),
        (Pet, '{"lives": 1}', "Say which it is, by 'kind'."),
        (Pet, '{"kind": "cat", "lives": "x"}', "Lives: Enter a whole number."),
        (
            list[Pet],
            '[{"kind": "dog"}, {"kind": "cat", "lives": "x"}]',
            "Item 2, lives: Enter a whole number.",
        ),
        (Annotated[int, AfterValidator(lambda _: 1 / 0)], "x", "Enter a whole number."),
    ],
)
def test_what_does_not_fit_is_said_in_a_sentence(
    annotation: Any, text: str, message: str | None
) -> None:
    arguments = Arguments(it=Argument(schema_of(annotation)))
    bodies: list[dict[str, Any]] = [
        {"query": urlencode({"it": text})},
        {"body": urlencode({"it": text}).encode(), "content_type": FORM},
        {
            "body": json.dumps({"it": text}).encode(),
            "content_type": "application/json",
            "is_page": True,
        },
    ]
    for sent in bodies:
        with pytest.raises(InvalidArguments) as caught:
            read(arguments, **sent)
        (error,) = caught.value.errors
        assert error.name == "it"
        assert message is None or error.message == message
        assert error.message.endswith(".") and error.message[0].isupper()
        if len(text) > 3:
            assert text not in str(caught.value)


class TooEarly(ValueError):
    """An error of the author's own class."""


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ValueError("First comes first."), "First comes first."),
        (TooEarly("Come later."), "Come later."),
        (AssertionError("It has to be even."), "It has to be even."),
        (
            PydanticCustomError("odd", "It has to be {what}.", {"what": "even"}),
            "It has to be even.",
        ),
        (PydanticCustomError("duplicate", "You have this already."), "You have this already."),
        (PydanticKnownError("greater_than", {"gt": 3}), "Enter more than 3."),
        # What says nothing, and what Python says to itself.
        (ValueError(), "This is not valid."),
        (AssertionError(), "This is not valid."),
        (json.JSONDecodeError("Expecting value", "{", 1), "This is not valid."),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"), "This is not valid."),
    ],
)
def test_an_error_in_the_authors_own_words(error: Exception, message: str) -> None:
    def refuse(value: str) -> str:
        raise error

    arguments = Arguments(it=Argument(schema_of(Annotated[str, AfterValidator(refuse)])))
    bodies: list[dict[str, Any]] = [
        {"query": "it=hunter2"},
        {"body": b"it=hunter2", "content_type": FORM},
    ]
    for sent in bodies:
        with pytest.raises(InvalidArguments) as caught:
            read(arguments, **sent)
        assert str(caught.value) == f"The arguments do not fit: it: {message}"


def test_everything_that_is_wrong_is_said_at_once() -> None:
    arguments = Arguments(
        a=Argument(cs.int_schema()),
        b=Argument(cs.list_schema(cs.int_schema())),
        c=Argument(cs.int_schema()),
    )
    many = ["x"] * 900
    with pytest.raises(InvalidArguments) as caught:
        read_json(arguments, {"a": "x", "b": many})
    names = [error.name for error in caught.value.errors]
    assert set(names) == {"a", "b", "c"}
    # Enough is enough.
    assert names.count("b") == 20


def test_what_is_no_argument_is_ignored() -> None:
    arguments = Arguments(a=Argument(cs.int_schema(), default=1))
    assert read_json(arguments, {"b": 1, "__proto__": {"a": 5}, "x": {"a": 5}}) == {"a": 1}
    assert read(arguments, query="A=5&a.b=5&a[]=5") == {"a": 1}
    assert read(Arguments(), query="a=1&a=2", body=b"{", content_type="application/json") == {}


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 0),
        ("application/json; charset=utf-8", 0),
        ("Application/JSON;charset=utf-8", 0),
        ("application/vnd.api+json", 415),
        ("text/json", 415),
        ("text/plain", 415),
        ("application/xml", 415),
        ("", 415),
        (None, 415),
        ("application/json, text/plain", 415),
    ],
)
def test_the_kind_of_a_body_counts(content_type: str | None, status: int) -> None:
    arguments = Arguments(a=Argument(cs.int_schema(), default=1))
    if not status:
        assert read(arguments, body=b'{"a": 5}', content_type=content_type) == {"a": 5}
        return
    with pytest.raises(StarModelError) as caught:
        read(arguments, body=b'{"a": 5}', content_type=content_type)
    assert caught.value.status == status
    # Without a body its kind does not matter.
    assert read(arguments, content_type=content_type) == {"a": 1}


CHANGES = Arguments(
    name=UpdateArgument(cs.str_schema(min_length=1)),
    count=UpdateArgument(cs.int_schema()),
    maybe=UpdateArgument(cs.nullable_schema(cs.int_schema())),
    tick=UpdateArgument(cs.bool_schema()),
    tags=UpdateArgument(cs.list_schema(cs.str_schema())),
    blob=UpdateArgument(cs.bytes_schema()),
    version=Argument(cs.nullable_schema(cs.int_schema()), default=None),
)


def test_what_an_update_is_not_given_is_omitted() -> None:
    nothing = dict.fromkeys(("name", "count", "maybe", "tick", "tags", "blob"), UNSET)
    assert read_json(CHANGES, {}) == {**nothing, "version": None}
    given: dict[str, Any] = {"name": "a", "maybe": None, "tags": [], "version": 3, "other": 1}
    assert read_json(CHANGES, given) == {
        **nothing,
        "name": "a",
        "maybe": None,
        "tags": [],
        "version": 3,
    }
    assert read(CHANGES, query="count=5", method="PATCH") == {
        **nothing,
        "count": 5,
        "version": None,
    }
    with pytest.raises(InvalidArguments) as caught:
        read_json(CHANGES, {"name": None, "count": "x"})
    assert {error.name for error in caught.value.errors} == {"name", "count"}


def test_an_input_that_was_emptied_is_not_one_that_was_left_out() -> None:
    emptied = {"name": "a", "count": "1", "maybe": "", "tags": "", "blob": "", "version": ""}
    assert read_form(CHANGES, emptied) == {
        "name": "a",
        "count": 1,
        "maybe": None,
        "tick": False,
        "tags": [],
        "blob": b"",
        "version": None,
    }
    body = urlencode({"name": "", "count": " "}).encode()
    errors = errors_of(CHANGES, body=body, content_type=FORM)
    assert errors == {"name": "string_too_short", "count": "missing"}


def test_a_program_that_sends_a_form_leaves_out_what_it_does_not_mean() -> None:
    sent = read(CHANGES, body=b"count=1", content_type=FORM, method="PATCH")
    assert sent["tick"] is UNSET
    assert sent["count"] == 1
