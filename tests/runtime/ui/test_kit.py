"""The document around a page: what is in it, and what a kit can change."""

import re
from collections.abc import Sequence
from typing import Any

import htpy as h
import pytest
from handmade_pages import NEW, RELATED, STATE, THING, THINGS, make_renderer
from html_page import read_page

from starmodel import ui
from starmodel.errors import ConfigurationError
from starmodel.plugins import load_plugin
from starmodel.settings import Settings
from starmodel.ui.frontend import Attributes, Frontend
from starmodel.ui.kit import Content, UIAdapter
from starmodel.ui.kits.default import DefaultKit
from starmodel.ui.template import Renderable
from starmodel.ui.view import View
from starmodel.web.ui.form_state import FormState
from starmodel.web.ui.list_view import ListView

KITS: dict[str, type[UIAdapter]] = {
    "plain": UIAdapter,
    "default": DefaultKit,
}


@pytest.fixture(params=KITS)
def kit(request: pytest.FixtureRequest) -> UIAdapter:
    return KITS[request.param]()


def own_page(kit: UIAdapter | None = None, **settings: Any) -> str:
    renderer = make_renderer(kit, **settings)
    return renderer.own_page("A <b> & more", "Its 'lead'.", "here", message="Said.")


def test_a_document_is_whole() -> None:
    text = own_page()
    page = read_page(text)
    assert text.startswith("<!doctype html>")
    assert page.one("html").attributes == {"lang": "en"}
    assert page.one("title").text == page.one("h1").text == "A <b> & more"
    assert page.one("p", class_="lead").text == "Its 'lead'."
    assert page.one("main").text == "Said.here"
    links = page.one("nav", aria_label="Main").all("a")
    assert [each["href"] for each in links] == ["/", "/thing"]
    # Nothing but Datastar comes from elsewhere, and nothing is written inline.
    addresses = [each.get("src") or each.get("href") or "" for each in page.walk()]
    assert [one for one in addresses if "//" in one] == [Settings().datastar_url]
    assert page.all("style") == [] and all(each.text == "" for each in page.all("script"))


def test_what_a_document_loads_is_kept_for_ever() -> None:
    kit = DefaultKit()
    page = read_page(own_page(kit))
    loaded = {each["href"] for each in page.all("link")} | {
        each["src"] for each in page.all("script")
    }
    assert loaded - {Settings().datastar_url} == {*kit.assets}
    for path, asset in kit.assets.items():
        assert re.fullmatch(r"/_starmodel/[a-z]+-[0-9a-f]{12}\.(css|svg|js)", path)
        headers = dict(asset.headers())
        assert b"immutable" in headers[b"cache-control"]
        assert headers[b"content-type"] == asset.content_type.encode()
    # The same content has the same path in every process.
    assert kit.assets == DefaultKit(language="nb").assets


def test_the_stylesheet_stands_alone() -> None:
    (style,) = [one for path, one in DefaultKit().assets.items() if path.endswith(".css")]
    text = style.body.decode("utf-8")
    assert "@import" not in text and "url(" not in text and "@font-face" not in text
    assert "prefers-color-scheme: dark" in text and "@media print" in text


def test_the_front_ends_script_can_be_ones_own() -> None:
    page = read_page(
        own_page(
            DefaultKit(language="nb", stylesheets=["/own.css"]),
            datastar_url="/static/datastar.js?a=1&b=2",
            datastar_integrity="sha384-abc",
        )
    )
    assert page.one("html").attributes == {"lang": "nb"}
    assert page.all("script")[-1].attributes == {
        "type": "module",
        "src": "/static/datastar.js?a=1&b=2",
        "integrity": "sha384-abc",
        "crossorigin": "anonymous",
    }
    assert page.all("link")[-1]["href"] == "/own.css"


def test_a_kit_names_classes_and_changes_elements() -> None:
    class Shop(DefaultKit):
        """The default look, with buttons and a masthead of its own."""

        classes = {**DefaultKit.classes, "button-danger": "red", "wide": ""}

        def masthead(
            self, title: Content, title_attributes: Attributes, lead: Content
        ) -> Renderable:
            return h.fragment[h.p["Shop"], super().masthead(title, title_attributes, lead)]

    renderer = make_renderer(Shop())
    page = read_page(renderer.record(THING).fill(STATE, View(id="t/1", related=RELATED)))
    assert page.one("form", id="thing-reset").one("button").get("class") == "red"
    assert "Shop" in [each.text for each in page.all("p")]
    assert page.one("h1").text == STATE["name"]


def test_a_kit_is_asked_once_and_never_while_a_request_is_served() -> None:
    class Counting(DefaultKit):
        asked = 0

        def value(self, text: Content, attributes: Attributes, *, field: ui.Field) -> Renderable:
            self.asked += 1
            return super().value(text, attributes, field=field)

    kit = Counting()
    renderer = make_renderer(kit)
    view = View(id="t/1", related=RELATED)
    first = renderer.record(THING).fill(STATE, view)
    asked = kit.asked
    assert asked
    assert renderer.record(THING).fill(STATE, view) == first
    assert kit.asked == asked


def test_texts_of_the_author_are_escaped_by_any_kit() -> None:
    hostile = "<script>\"&'\x02"
    record = THING.replace(
        title=hostile,
        lead=hostile,
        fields=[ui.Text("name", label=hostile, hint=hostile)],
        actions=[THING.actions[0].replace(title=hostile, hint=hostile, button=hostile)],
    )
    for kit in (DefaultKit(), UIAdapter()):
        text = make_renderer(kit).record(record).fill(STATE, View(id="1"))
        assert '<script>"' not in text
        page = read_page(text)
        assert page.one("form", id="thing-rename").one("h2").text == hostile
        assert page.one("nav", aria_label=hostile)


def test_parts_are_found_by_name_or_by_place() -> None:
    assert load_plugin("starmodel.kits", "default") is DefaultKit
    assert load_plugin("starmodel.kits", "starmodel.ui.kits.default:DefaultKit") is DefaultKit
    assert issubclass(load_plugin("starmodel.frontends", "datastar"), Frontend)
    for name in ("nothing", "nowhere:Kit", "starmodel.ui.kits.default:Kit"):
        with pytest.raises(ConfigurationError, match=name):
            load_plugin("starmodel.kits", name)


def test_the_navigation_marks_where_one_is() -> None:
    kit = DefaultKit()
    aside: Sequence[Renderable] = [h.a(href="/out")["Sign out"]]
    navigation = ui.Navigation(
        "<Shop>", [ui.NavigationItem("A", "/a"), ui.NavigationItem("B", "/b")]
    )
    page = read_page(kit.navigation(navigation, "/b", aside).__html__())
    marked = {each.text: each.get("aria-current") for each in page.one("nav").all("a")}
    assert marked == {"<Shop>": None, "A": None, "B": "page", "Sign out": None}
    assert page.one("a", href="/").text == "<Shop>"
    assert page.one("a", href="/out").text == "Sign out"


def test_every_kit_shows_what_a_record_has_and_can_do(kit: UIAdapter) -> None:
    page = read_page(make_renderer(kit).record(THING).fill(STATE, View(id="t/1", related=RELATED)))
    assert page.one("h1").text == STATE["name"]
    for field in THING.by_name.values():
        assert field.title in page.text or isinstance(field, ui.Group)
    for text in ("<Second>", "12,345", "<Maker>", "Wood", "<cup>"):
        assert text in page.text
    for form in (*THING.actions, THING.delete):
        assert form is not None
        element = page.one("form", id=f"thing-{form.route.event}")
        assert (element["method"], len(element.all("button", type="button"))) == ("post", 0)
        assert len(element.all(role="alert")) == len(form.inputs) + 1
    ids = [each["id"] for each in page.walk() if each.get("id")]
    assert len(ids) == len({*ids})


def test_every_kit_gives_each_input_its_label_and_its_error(kit: UIAdapter) -> None:
    state = FormState(NEW.forms[0].initial, errors={"name": "No <b>."})
    page = read_page(make_renderer(kit).form_page(NEW).fill({}, View(form=state)))
    form = page.one("form", id="thing-create")
    named = {each["name"]: each for each in form.walk() if each.get("name")}
    assert {*named} - {"_again"} == {*dict(form.sends()), "is_new"}
    for name, input in named.items():
        if name in ("_shown", "_again"):
            continue
        assert form.one("label", for_=input["id"]).text
        for id in (input.get("aria-describedby") or "").split():
            assert form.one(id=id)
    assert "No <b>." in [each.text for each in form.all(role="alert")]
    assert named["name"]["aria-invalid"] == "true"


def test_every_kit_lists_records(kit: UIAdapter) -> None:
    shown: ListView[Any] = ListView("/thing", (("q", "a"),), [STATE], RELATED, next="c")
    page = read_page(
        make_renderer(kit).list(THINGS).fill({}, View(list=shown, related=shown.related))
    )
    assert page.one("form", role="search").labelled("Search")["value"] == "a"
    assert page.one("tbody").one("tr").one("a", href="/thing/t%2F1").text == STATE["name"]
    assert page.one("a", rel="next")["href"] == "/thing?q=a&cursor=c"
    assert page.one("a", id="sort-count")
