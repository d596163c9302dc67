"""Every front end keeps to the contract, and tells pages the same in its own words."""

import html
import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from markupsafe import Markup
from web_world import FORM, Client, make_app

from starmodel.frontends.datastar import DatastarFrontend
from starmodel.frontends.htmx import HtmxFormatter, HtmxFrontend
from starmodel.settings import Settings
from starmodel.testing.contracts.frontend_contract import FrontendContract, read_json
from starmodel.ui.template import Filler
from starmodel.web.app.app_state import page_headers

PIECE = re.compile(r"<hx-(?:partial|elements)[^>]*>(.*)</hx-(?:partial|elements)>", re.DOTALL)
HTMX = {"hx-request": "true", "accept": "text/html, text/event-stream"}


class TestDatastar(FrontendContract):
    frontend = DatastarFrontend()

    def values_of(self, data: str) -> Mapping[str, Any]:
        assert data.startswith("signals ")
        return read_json(data.removeprefix("signals "))

    def markup_of(self, data: str) -> str:
        lines = [line.partition(" ") for line in data.split("\n")]
        assert {name for name, _, _ in lines} <= {"mode", "selector", "elements"}
        return "\n".join([text for name, _, text in lines if name == "elements"])


class TestHtmx(FrontendContract):
    frontend = HtmxFrontend()

    def values_of(self, data: str) -> Mapping[str, Any]:
        text = data.removeprefix("<hx-values>").removesuffix("</hx-values>")
        # htmx looks for tags of its own in all of a text, and a parser for references.
        assert data == f"<hx-values>{text}</hx-values>" and not re.search("[<&]", text)
        return read_json(text)

    def markup_of(self, data: str) -> str:
        found = PIECE.fullmatch(data)
        assert found, data
        return found[1]


class _Kept:
    """Keeps what fills the holes of a page."""

    def __init__(self) -> None:
        self.fillers: list[Filler] = []

    def hole(self, filler: Filler) -> Markup:
        self.fillers.append(filler)
        return Markup("hole")


def test_signals_have_no_character_that_datastar_would_read() -> None:
    kept, every = _Kept(), "".join(map(chr, (*range(1, 0x180), 0x2028, 0xFFFD, 0x1F600, 0x10FFFF)))

    def data(_: object, __: object) -> dict[str, str]:
        return {"text": every}

    DatastarFrontend().page(kept, data={"a": data}, live=None)
    written = kept.fillers[-1]({}, None).replace("&#34;", '"')
    assert json.loads(written) == {"text": every}
    assert {chr(code) for code in range(0x20, 0x7F)} - {*written} == {*"<>&'@$`;/"}
    assert all(" " <= character <= "~" for character in written)


def test_what_htmx_is_told_byte_by_byte() -> None:
    formatter = HtmxFormatter()
    assert formatter.values({"a": {"b": "<&>"}}) == (
        b'data: <hx-values>{"a":{"b":"\\u003c\\u0026>"}}</hx-values>\n\n'
    )
    headers, body = formatter.navigation("/größe?x=1")
    assert dict(headers)[b"hx-redirect"] == b"/gr%C3%B6%C3%9Fe?x=1"
    assert body == b""


def test_a_policy_allows_the_scripts_of_the_front_end_and_no_others() -> None:
    settings = Settings(htmx_url="https://a.test/htmx.js", htmx_sse_url="/static/sse.js")
    policy = dict(page_headers(settings, HtmxFrontend()))[b"content-security-policy"]
    assert b"script-src 'self' https://a.test/htmx.js;" in policy
    policy = dict(page_headers(settings, DatastarFrontend()))[b"content-security-policy"]
    assert b"datastar.js 'unsafe-eval';" in policy
    assert b"a.test" not in policy


@pytest.fixture
def client() -> Client:
    return Client(make_app(Settings(frontend="htmx", secret_key="x" * 40)))


async def test_an_event_is_answered_in_the_words_of_the_front_end(client: Client) -> None:
    answer = await client.send("POST", "/counter/increment", b"amount=2", HTMX | FORM)
    assert answer.status == 200
    assert answer.header("content-type") == "text/event-stream"
    assert answer.body == (
        b'data: <hx-values>{"counter":{"count":2},"errors":{"counter":{"increment":'
        b'{"amount":"","_":""}}},"_message":"Increment: done."}</hx-values>\n\n'
    )
    answer = await client.send("POST", "/counter/increment", b"amount=many", HTMX | FORM)
    assert answer.status == 200
    assert b'"amount":"Enter a whole number."' in answer.body
    # Datastar's own header says nothing here: its answers would be lost on the page.
    other = {"datastar-request": "true", "accept": "text/html"}
    assert (
        await client.send("POST", "/counter/increment", b"amount=2", other | FORM)
    ).status == 303


async def test_a_problem_is_no_markup(client: Client) -> None:
    answer = await client.send("GET", "/nowhere", b"", HTMX)
    assert answer.status == 404
    assert "json" in str(answer.header("content-type"))
    assert b"<" not in answer.body


async def test_a_page_loads_htmx_and_its_extension(client: Client) -> None:
    page = (await client.send("GET", "/counter", b"", {"accept": "text/html"})).text
    path = re.search(r'src="(/_starmodel/htmx-[0-9a-f]+\.js)"', page)
    assert path
    asset = await client.send("GET", path[1])
    assert asset.status == 200 and b"registerExtension" in asset.body
    assert "datastar" not in page and "data-on:" not in page
    values = re.search(r'data-values="([^"]*)"', page)
    assert values and read_json(html.unescape(values[1]))["counter"]["count"] == 0
