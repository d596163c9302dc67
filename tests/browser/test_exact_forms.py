"""What nobody touched in a form is not sent back, whatever its inputs can show of it."""

import json
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Route, expect
from served_app import ServedApp, generate, run_starmodel
from stocked_project import DATABASE, url_of

from starmodel.web.datastar.actions import live_action
from starmodel.web.datastar.attributes import escape_attribute

from .visitor import Arrive, visiting

HERE = Path(__file__).parent

TOPIC = {"id": "a topic\nwith lines", "name": "History\nand more"}
CARD: dict[str, Any] = {
    "title": " Two\r\nlines\n",
    "answer": "\nline1\nline2\r\n\rline3\t\u2028",
    "label": "one\ntwo",
    "hint": "",
    "weight": 1e300,
    "price": "1234567890123456.10",
    "big": 12345678901234567,
    "day": "0001-01-01",
    "at": "23:59:59.999999",
    "seen": "2026-03-14T09:30:05.123456+05:30",
    "due": "2026-03-14T09:30:05.123456",
    "wait": 0.000001,
    "number": "123e4567-e89b-12d3-a456-426614174000",
    "raw": "AP8=",
    "level": 2,
    "kind": "b",
    "words": ["a\nb", " c ", "", "[", "d\t"],
    "sizes": {"a\nb": 1, "__proto__": 2, "c.d": 3},
    "grid": [[1], []],
    "anything": {"a": "1", "b": [None, 1.5]},
    "source": {
        "place": "here\nand there\r\n",
        "line": "one\ntwo",
        "page": 2,
        "seen": "2026-03-14T09:30:05.123456Z",
        "at": "09:30:05.123456",
        "wait": 0.000001,
        "level": 2,
        "is_new": False,
        "inner": {"remark": "", "depth": 1e-7},
    },
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exact")
    generate(folder, HERE / "exact_entities.py")
    url = url_of(folder / DATABASE)
    for command in (("new", "first"), ("up",)):
        run_starmodel(folder, "migrate", *command, STARMODEL_DATABASE_URL=url)
    return folder


@pytest.fixture(scope="module")
def app(project: Path) -> Iterator[ServedApp]:
    """The app, for all tests: each has records of its own."""
    with ServedApp(project, STARMODEL_DATABASE_URL=url_of(project / DATABASE)) as served:
        yield served


@pytest.fixture
def visitor(browser: Browser, app: ServedApp) -> Iterator[Arrive]:
    with visiting(browser, app.url, expected=lambda error: "status of 4" in error) as arrive:
        yield arrive


def ask(app: ServedApp, method: str, path: str, body: object = None) -> Any:
    request = Request(
        app.url + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"accept": "application/json", "content-type": "application/json"},
    )
    try:
        with urlopen(request) as answer:
            return json.loads(answer.read())["state"]
    except HTTPError as error:
        with error:
            raise AssertionError(error.read()) from None


@pytest.fixture(scope="module")
def topic(app: ServedApp) -> str:
    """The id of a topic, which is not one that the app makes."""
    return ask(app, "POST", "/topic", TOPIC)["id"]


@pytest.fixture
def card(app: ServedApp, topic: str) -> Any:
    made = ask(app, "POST", "/card", {**CARD, "topics": [topic], "topic": topic})
    return ask(app, "GET", f"/card/{made['id']}")


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_what_nobody_touched_stays(
    app: ServedApp, card: Any, visitor: Arrive, scripts: bool, zone: str
) -> None:
    page = visitor(java_script_enabled=scripts, timezone_id=zone).open(f"/card/{card['id']}/edit")
    page.get_by_label("Weight").fill("2.5")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Edit")).to_be_visible()
    assert ask(app, "GET", f"/card/{card['id']}") == {**card, "weight": 2.5}


@pytest.mark.parametrize("scripts", [True, False])
def test_the_other_parts_of_a_value_object_stay(
    app: ServedApp, card: Any, visitor: Arrive, scripts: bool
) -> None:
    page = visitor(java_script_enabled=scripts).open(f"/card/{card['id']}/edit")
    page.get_by_label("Depth").fill("3")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Edit")).to_be_visible()
    inner = {**card["source"]["inner"], "depth": 3.0}
    source = {**card["source"], "inner": inner}
    assert ask(app, "GET", f"/card/{card['id']}") == {**card, "source": source}


@pytest.mark.parametrize("scripts", [True, False])
def test_what_somebody_types_is_sent_with_its_lines(
    app: ServedApp, card: Any, visitor: Arrive, scripts: bool
) -> None:
    page = visitor(java_script_enabled=scripts).open(f"/card/{card['id']}/edit")
    page.get_by_label("Answer").fill("one\ntwo")
    page.get_by_label("Label").fill("")
    # Without a script it is an input for the id.
    page.get_by_role("combobox" if scripts else "textbox", name="Topic", exact=True).fill("")
    page.get_by_label("Place").fill("a\nb")
    page.get_by_label("Words").fill("x\ny")
    page.get_by_label("Is new").first.check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Edit")).to_be_visible()
    assert ask(app, "GET", f"/card/{card['id']}") == {
        **card,
        "answer": "one\ntwo",
        "label": "",
        "topic": None,
        "source": {**card["source"], "place": "a\nb"},
        "words": ["x", "y"],
        "is_new": True,
    }


def test_a_form_that_is_shown_again_keeps_what_nobody_touched(
    app: ServedApp, card: Any, visitor: Arrive
) -> None:
    page = visitor(java_script_enabled=False).open(f"/card/{card['id']}/edit")
    page.get_by_label("Title").fill("Other")
    number = page.get_by_label("Number")
    number.fill("none")
    page.get_by_role("button", name="Save").click()
    expect(number).to_have_attribute("aria-invalid", "true")
    number.fill("")
    ask(app, "PATCH", f"/card/{card['id']}", {"label": "three\nfour", "big": 3})
    page.get_by_role("button", name="Save").click()
    # Somebody else was faster. What he changed is there, and what was typed.
    expect(page.get_by_text("Somebody else has changed this.")).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("Other")
    expect(page.get_by_label("Big")).to_have_value("3")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Edit")).to_be_visible()
    assert ask(app, "GET", f"/card/{card['id']}") == {
        **card,
        "title": "Other",
        "number": None,
        "label": "three\nfour",
        "big": 3,
    }


def test_both_keep_what_they_typed_with_a_script(
    app: ServedApp, card: Any, visitor: Arrive
) -> None:
    page = visitor().open(f"/card/{card['id']}/edit")
    page.get_by_label("Depth").fill("9")
    source = {**card["source"], "page": 8}
    ask(app, "PATCH", f"/card/{card['id']}", {"source": source, "label": "three\nfour"})
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Somebody else has changed this.")).to_be_visible()
    expect(page.get_by_label("Page")).to_have_value("8")
    expect(page.get_by_label("Depth")).to_have_value("9")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Edit")).to_be_visible()
    inner = {**card["source"]["inner"], "depth": 9.0}
    assert ask(app, "GET", f"/card/{card['id']}") == {
        **card,
        "label": "three\nfour",
        "source": {**source, "inner": inner},
    }


@pytest.mark.parametrize("scripts", [True, False])
def test_what_the_server_makes_is_left_to_it(
    app: ServedApp, visitor: Arrive, scripts: bool
) -> None:
    somebody = visitor(java_script_enabled=scripts)
    codes: set[str] = set()
    for _ in range(2):
        page = somebody.open("/made/new")
        page.get_by_label("Title").fill("One")
        page.get_by_role("button", name="Create made").click()
        expect(page.get_by_role("link", name="Edit")).to_be_visible()
        made = ask(app, "GET", f"/made/{page.url.rpartition('/')[2]}")
        codes.add(made.pop("code"))
        del made["id"]
        assert made == {
            "title": "One",
            "word": "word",
            "count": 7,
            "day": "2026-03-14",
            "words": ["a", "b"],
            "is_new": True,
            "size": {"width": 7, "note": "made"},
            "breaks": "a\r\nb",
            "note": None,
            "is_old": True,
        }
    assert len(codes) == 2 and "" not in codes


@pytest.mark.parametrize("scripts", [True, False])
def test_what_is_typed_into_a_new_record_counts(
    app: ServedApp, visitor: Arrive, scripts: bool
) -> None:
    code = "c" if scripts else "d"  # since it is unique
    page = visitor(java_script_enabled=scripts).open("/made/new")
    page.get_by_label("Title").fill("One")
    page.get_by_label("Code").fill(code)
    page.get_by_label("Count").fill("3")
    page.get_by_label("Width").fill("4")
    page.get_by_label("Is new").check()
    page.get_by_role("button", name="Create made").click()
    expect(page.get_by_role("link", name="Edit")).to_be_visible()
    made = ask(app, "GET", f"/made/{page.url.rpartition('/')[2]}")
    assert (made["code"], made["count"], made["is_new"]) == (code, 3, True)
    assert made["size"] == {"width": 4, "note": "made"}


PLAIN: dict[str, Any] = {
    "title": "One",
    "seen": "2026-03-14T09:30:00+00:00",
    "names": [],
    "kind": "",
    "raw": "",
    "words": ["a"],
    "kept": {"level": 2, "remark": "as it was"},
}


@pytest.mark.parametrize("scripts", [True, False])
def test_a_default_that_no_input_shows_is_that_of_a_new_record(
    app: ServedApp, visitor: Arrive, scripts: bool
) -> None:
    page = visitor(java_script_enabled=scripts).open("/plain/new")
    page.get_by_label("Title").fill("One")
    page.get_by_role("button", name="Create plain").click()
    expect(page.get_by_role("link", name="Edit")).to_be_visible()
    made = ask(app, "GET", f"/plain/{page.url.rpartition('/')[2]}")
    assert made == {**PLAIN, "id": made["id"]}


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("is_new", [True, False])
def test_what_somebody_empties_is_empty_and_not_its_default(
    app: ServedApp, visitor: Arrive, scripts: bool, is_new: bool
) -> None:
    path = "new" if is_new else ask(app, "POST", "/plain", {"title": "One"})["id"] + "/edit"
    page = visitor(java_script_enabled=scripts).open(f"/plain/{path}")
    page.get_by_label("Title").fill("One")
    page.get_by_label("Words").fill("")
    page.get_by_label("Level").select_option("")
    page.get_by_label("Remark").fill("")
    page.get_by_role("button", name="Create plain" if is_new else "Save").click()
    expect(page.get_by_role("link", name="Edit")).to_be_visible()
    made = ask(app, "GET", f"/plain/{page.url.rpartition('/')[2]}")
    kept = {"level": None, "remark": ""}
    assert made == {**PLAIN, "words": [], "kept": kept, "id": made["id"]}


WAREHOUSE = """<!doctype html>
<script type="module" src="https://x/datastar@1"></script>
<body data-signals="{signals}" {live}>
<p data-text="Object.keys($warehouse.stock).join()"></p>
<button data-on:click="@post('/warehouse/drop', {{payload: {{}}}})">Drop</button>
<dl>{pieces}</dl>
<pre data-json-signals></pre></body>"""
PIECES = "".join(
    f'<dd id="warehouse-{name}"></dd>' for name in ("stock", "nested", "spots", "spot", "either")
)


@pytest.mark.parametrize("way", ["answer", "live", "late"])
def test_a_key_that_is_gone_is_gone_on_a_page(app: ServedApp, visitor: Arrive, way: str) -> None:
    somebody = visitor()
    ask(app, "POST", "/warehouse/fill", {})
    state = ask(app, "GET", "/warehouse")
    live = "" if way == "answer" else f'data-init="{escape(live_action("warehouse"))}"'
    signals = escape_attribute({"warehouse": state})
    page_of_ones_own = WAREHOUSE.format(signals=signals, live=live, pieces=PIECES)
    held: list[Route] = []
    somebody.context.route(
        "**/own", lambda route: route.fulfill(body=page_of_ones_own, content_type="text/html")
    )
    if way == "late":
        somebody.context.route(lambda url: "/live?" in url, lambda route: held.append(route))
    if way == "live":
        with somebody.context.expect_event("response", lambda answer: "/live?" in answer.url):
            page = somebody.open("/own")
    else:
        page = somebody.open("/own")
    shown = page.locator("pre")
    expect(shown).to_contain_text('"k"')
    if way == "answer":
        page.get_by_role("button").click()
    else:
        ask(app, "POST", "/warehouse/drop", {})
    for route in held:
        route.continue_()
    expect(shown).not_to_contain_text('"k"')
    signals = json.loads(shown.inner_text())["warehouse"]
    # What is empty is not shown there.
    assert {"spots": {}, **signals} == ask(app, "GET", "/warehouse")
    expect(page.locator("p")).to_have_text("a")
