"""Forms, in both of the encodings that browsers use."""

import sys
import time
from typing import Any

import pytest
from html_page import read_page
from web_world import FORM, HTML, JSON, Client, make_app

from starmodel.errors import BadRequest, StarModelError, UnsupportedMediaType
from starmodel.web.http.form_body import Upload, read_form

BOUNDARY = "----x1"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}".encode()


def parts(*fields: tuple[str, bytes], more: str = "") -> bytes:
    body = b""
    for disposition, value in fields:
        head = f"--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n{more}\r\n"
        body += head.encode() + value + b"\r\n"
    return body + f"--{BOUNDARY}--\r\n".encode()


def test_both_encodings_give_the_same() -> None:
    fields = [("a", "1"), ("b", " ä\r\n&=+%"), ("a", ""), ("ü", "\U0001f600")]
    urlencoded = b"a=1&b=+%C3%A4%0D%0A%26%3D%2B%25&a=&%C3%BC=%F0%9F%98%80"
    assert read_form(urlencoded, b"application/x-www-form-urlencoded") == fields
    dispositions = [(f'form-data; name="{name}"', value.encode()) for name, value in fields]
    assert read_form(parts(*dispositions), MULTIPART) == fields
    lower = parts(*dispositions).replace(b"Content-Disposition", b"content-disposition")
    assert read_form(lower, MULTIPART.replace(b"multipart", b"Multipart")) == fields


async def test_a_browsers_multipart_form_runs_an_event() -> None:
    client = Client(make_app())
    body = parts(('form-data; name="amount"', b"7"), ('form-data; name="other"', b"x"))
    headers = {**HTML, "content-type": MULTIPART.decode()}
    answer = await client.send("POST", "/counter/increment", body, headers)
    assert (answer.status, answer.header("location")) == (303, "/counter")
    assert (await client.ask("/counter"))["state"]["count"] == 7


def test_files_are_bytes_and_what_was_not_chosen_is_left_out() -> None:
    body = parts(
        ('form-data; name="a"; filename="a.txt"', b"content"),
        ('form-data; name="b"; filename=""', b""),
        ('form-data; name="c"', b"1"),
        more="Content-Type: text/plain\r\n",
    )
    found = read_form(body, MULTIPART)
    assert found == [("a", "Y29udGVudA=="), ("c", "1")]
    assert [type(value) for _, value in found] == [Upload, str]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"x", MULTIPART),
        (b"--" + BOUNDARY.encode(), MULTIPART),
        (parts(('form-data; name="a"', b"1"))[:-10], MULTIPART),
        (parts(('form-data; name="a"', b"1"))[:40], MULTIPART),
        (parts(('form-data; name="a"', b"\xff")), MULTIPART),
        (parts(('form-data; name="\udcff"'.encode("utf-8", "replace").decode(), b"1")), b"multipart/form-data"),
        (parts(("form-data", b"1")), MULTIPART),
        (parts(('form-data; name="a"', b"1")), b"multipart/form-data"),
        (parts(('form-data; name="a"', b"1")), b"multipart/form-data; boundary="),
        (parts(('form-data; name="a"', b"1")), b"multipart/form-data; boundary=" + b"x" * 100),
        (parts(('form-data; name="a"', b"1"), more=f"X-Long: {'y' * 9000}\r\n"), MULTIPART),
        (parts(*[('form-data; name="a"', b"1")] * 1500), MULTIPART),
        (f"--{BOUNDARY}\r\n".encode() * 5000, MULTIPART),
        (b"a=%ff", b"application/x-www-form-urlencoded"),
        (b"a=\xff", b"application/x-www-form-urlencoded"),
        (b"a=%ed%a0%80", b"application/x-www-form-urlencoded"),
        (b"&" * 2000, b"application/x-www-form-urlencoded"),
        (b"a=1&" * 60_000, b"application/x-www-form-urlencoded"),
    ],
)  # fmt: skip
async def test_a_form_that_cannot_be_read_is_refused(body: bytes, content_type: bytes) -> None:
    begin = time.process_time()
    with pytest.raises(StarModelError) as caught:
        read_form(body, content_type)
    assert caught.value.status in (400, 413)
    assert time.process_time() - begin < 0.5

    client = Client(make_app())
    headers = {**JSON, "content-type": content_type.decode()}
    answer = await client.send("POST", "/counter/increment", body, headers)
    assert answer.status in (400, 413)
    assert (await client.ask("/counter"))["state"]["count"] == 0


def test_parts_need_a_library_that_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    missing: Any = None
    for name in ("python_multipart", "python_multipart.multipart"):
        monkeypatch.setitem(sys.modules, name, missing)
    with pytest.raises(UnsupportedMediaType):
        read_form(parts(('form-data; name="a"', b"1")), MULTIPART)


async def test_a_form_that_does_not_fit_is_shown_again_and_says_so() -> None:
    client = Client(make_app())
    referer = "http://shop.example/counter?a=1&b=%22"
    answer = await client.submit("/counter/increment", {"amount": "<b>x"}, referer=referer)
    assert answer.status == 422
    assert answer.header("content-type") == "text/html; charset=utf-8"
    # The page of the counter again, with what was typed and what is wrong with it.
    form = read_page(answer.text).one("form", id="counter-increment")
    assert form.one(id="counter-increment-amount")["value"] == "<b>x"
    assert form.one(id="counter-increment-amount--error").text == "Enter a whole number."
    assert "<b>x" not in answer.text
    answer = await client.send("POST", "/counter/rename", b"title=", FORM)
    form = read_page(answer.text).one("form", id="counter-rename")
    assert form.one(id="counter-rename-title--error").text == "This must not be empty."


def test_the_boundary_may_be_anything_that_a_browser_makes_up() -> None:
    odd = "a'()+_,-./:=?b"
    body = parts(('form-data; name="a"', b"1")).replace(BOUNDARY.encode(), odd.encode())
    assert read_form(body, f'multipart/form-data; boundary="{odd}"'.encode()) == [("a", "1")]
    with pytest.raises(BadRequest):
        read_form(body, MULTIPART)
