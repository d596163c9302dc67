"""What goes wrong is told to everybody in his own way, and nothing of it that is ours to know."""

import json
import logging
import re

import pytest
from web_entities import CANARY, FAILURES
from web_world import DATASTAR, HTML, JSON, Client, make_app

TYPE = {"content-type": "application/json"}

EXPECTED = {
    "bad_request": (400, "Bad request", "This is no request."),
    "unauthenticated": (401, "Not signed in", "Sign in first."),
    "forbidden": (403, "Not allowed", "This is not allowed."),
    "not_found": (404, "Not found", "There is no such counter."),
    "conflict": (409, "Conflict", None),
    "too_large": (413, "Too large", None),
    "media_type": (415, "Unsupported media type", "The body must be JSON or a form."),
    "too_many": (429, "Too many requests", None),
    "full": (503, "Not available", None),
    "refused": (422, "Refused", "There is no room."),
}


@pytest.mark.parametrize("kind", EXPECTED)
async def test_what_is_foreseen_is_said(kind: str) -> None:
    status, title, detail = EXPECTED[kind]

    client = Client(make_app())
    body = json.dumps({"kind": kind}).encode()
    answer = await client.send("POST", "/counter/fail", body, JSON, TYPE)
    assert answer.status == status
    assert answer.header("content-type") == "application/problem+json"
    assert answer.header("cache-control") == "no-store"
    problem = answer.json
    assert set(problem) == {"type", "title", "status", "detail"}
    assert (problem["type"], problem["status"]) == ("about:blank", status)
    assert problem["title"] == title
    assert detail is None or problem["detail"] == detail
    assert answer.header("retry-after") == ("3" if kind == "too_many" else None)
    # Datastar reads nothing of an answer that has another status than 200.
    page = await client.post("/counter/fail", {"kind": kind})
    assert (page.status, page.header("content-type")) == (200, "text/event-stream")
    assert page.signals["errors"]["counter"]["fail"] == {"kind": "", "_": problem["detail"]}
    form = await client.submit("/counter/fail", {"kind": kind})
    assert form.status == status
    # What may be sent again is on the page of the counter, beside its form.
    is_mendable = status in (400, 409, 422, 429, 503)
    assert (problem["detail"] if is_mendable else f"<h1>{title}</h1>") in form.text
    assert '<html lang="en">' in form.text and 'role="alert"' in form.text
    for each in (answer, page, form):
        assert CANARY not in each.text


@pytest.mark.parametrize("kind", [kind for kind in FAILURES if kind not in EXPECTED])
async def test_what_is_not_foreseen_is_noted_under_an_id(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        client = Client(make_app())
        secret = "a password in a body"
        body = json.dumps({"kind": kind, "password": secret}).encode()
        ids: list[str] = []
        for headers in (JSON, DATASTAR, HTML):
            caplog.clear()
            answer = await client.send("POST", "/counter/fail", body, headers, TYPE)
            assert answer.status == (200 if headers is DATASTAR else 500)
            assert CANARY not in answer.text
            match = re.search(r"It has been noted as ([0-9a-f]{16})\.", answer.text)
            assert match is not None
            ids.append(match[1])
            (record,) = caplog.records
            assert match[1] in record.getMessage()
            assert record.exc_info is not None
            assert CANARY in str(record.exc_info[1])
            assert secret not in caplog.text
            assert client.cookies == {} or client.cookies["starmodel"] not in caplog.text
            if headers is JSON:
                assert answer.json["id"] == match[1]
        assert len(set(ids)) == 3


async def test_arguments_that_do_not_fit() -> None:
    client = Client(make_app())
    answer = await client.send("POST", "/counter/rename", b'{"title": ""}', JSON, TYPE)
    assert answer.status == 422
    assert answer.json == {
        "type": "about:blank",
        "title": "Invalid values",
        "status": 422,
        "detail": "Some values do not fit.",
        "errors": [
            {
                "name": "title",
                "message": "This must not be empty.",
                "type": "string_too_short",
            }
        ],
    }
    answer = await client.post("/counter/rename", {"title": ""})
    assert answer.signals == {
        "errors": {"counter": {"rename": {"title": "This must not be empty.", "_": ""}}}
    }
    # The next success clears it.
    answer = await client.post("/counter/rename", {"title": "x"})
    assert answer.message("rename", "title") == ""


async def test_an_event_that_leaves_its_entity_invalid(caplog: pytest.LogCaptureFixture) -> None:
    client = Client(make_app())
    answer = await client.send("POST", "/counter/increment", b'{"amount": 2000000}', JSON, TYPE)
    assert answer.status == 422
    assert answer.json["detail"] == "This would leave the counter invalid."
    page = await client.post("/counter/increment", {"amount": 2_000_000})
    assert page.signals["errors"]["counter"]["increment"]["amount"] == ""
    assert page.message("increment") != ""
    assert (await client.ask("/counter"))["version"] == 0
    assert "left the counter invalid" in caplog.text


async def test_who_runs_the_app_is_told_that_a_store_is_full(
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = Client(make_app())
    answer = await client.send("POST", "/counter/fail", b'{"kind": "full"}', JSON, TYPE)
    assert answer.status == 503
    assert "<Route POST /counter/fail> finds no room in its store: it holds" in caplog.text


async def test_a_private_field_is_in_no_byte_that_is_sent() -> None:
    client = Client(make_app())
    for kind in (JSON, DATASTAR, HTML):
        for method, path, body in (
            ("GET", "/counter", b""),
            ("POST", "/counter/increment", b'{"amount": 1}'),
            ("POST", "/counter/increment", b'{"amount": 2000000}'),
            ("POST", "/counter/rename", b'{"title": "", "pin": 1}'),
            ("POST", "/counter/fail", b"{}"),
            ("POST", "/counter/steps", b'{"fail_at": 2}'),
        ):
            answer = await client.send(method, path, body, kind, TYPE)
            if "2000000" not in body.decode():
                assert CANARY not in answer.text, (kind, path)
            assert b"pin" not in answer.body


async def test_a_hostile_text_is_shown_as_text() -> None:
    client = Client(make_app())
    referer = "http://shop.example/x?%22%3E%3Cscript%3E=\"'><script>"
    answer = await client.submit("/counter/fail", {"kind": "bad_request"}, referer=referer)
    assert "<script>" not in answer.text
    answer = await client.send("GET", "/<script>alert(1)</script>", b"", HTML)
    assert "<script>" not in answer.text


async def test_who_may_not() -> None:
    client = Client(make_app())
    for status, user in ((401, {}), (200, {"x-user": "ann"})):
        answer = await client.send("GET", "/board", b"", JSON, user)
        assert answer.status == status
        answer = await client.send("POST", "/board/post", b'{"note": "x"}', JSON, TYPE, user)
        assert answer.status == status
    page = await client.post("/board/post", {"note": "x"})
    assert page.message("post", namespace="board") == "Sign in first."
