"""What fields show: as HTML in a row of a list, and as the elements of a record's page."""

import re
from typing import Any

import pytest
from handmade_pages import FIELDS, KINDS, RELATED, STATE, THING, make_renderer
from html_page import Element, read_page

from starmodel import ui
from starmodel.ui.components.fields import Field, in_words, json_html, size_text
from starmodel.ui.view import View

VIEW = View(id="t/1", related=RELATED, path="/thing")


def shown(field: Field, value: Any) -> str:
    return field.html(value, VIEW)


@pytest.mark.parametrize(
    ("field", "value", "html"),
    [
        (ui.Text("name"), "<b> & 'c'", "&lt;b&gt; &amp; &#39;c&#39;"),
        (ui.Number("count"), 12345, "12,345"),
        (ui.Boolean("is_new"), False, "No"),
        (ui.Choice("kind", KINDS), "b", "&lt;Second&gt;"),
        (ui.Choice("kind", KINDS), "gone", ""),
        (
            ui.Date("day"),
            "2026-03-14",
            '<time class="local" datetime="2026-03-14">2026-03-14</time>',
        ),
        (ui.Time("at"), "09:30:00", "09:30"),
        (
            ui.DateTime("made_at"),
            "2026-03-14T09:30:00Z",
            '<time class="local" datetime="2026-03-14T09:30:00Z">2026-03-14 09:30 UTC</time>',
        ),
        (ui.Duration("took"), 90.0, "0:01:30"),
        (ui.Link("maker", to="/maker", by="name"), "m1", '<a href="/maker/m1">&lt;Maker&gt;</a>'),
        (ui.Link("maker", to="/maker"), "a/b", '<a href="/maker/a%2Fb">a/b</a>'),
        (
            ui.Links("tags", to="/tag", by="name"),
            ["t1", "t9"],
            '<ul><li><a href="/tag/t1">Wood</a></li><li><a href="/tag/t9">t9</a></li></ul>',
        ),
        (
            ui.Group("size", [ui.Number("width"), ui.Text("unit")]),
            {"width": 3, "unit": "<m>"},
            "Width&nbsp;3 · Unit&nbsp;&lt;m&gt;",
        ),
        (ui.Group("size", [ui.Text("unit")]), {"unit": ""}, ""),
        (
            ui.Details("size", [ui.Text("unit")]),
            {"unit": "m"},
            "<dl><div><dt>Unit</dt><dd>m</dd></div></dl>",
        ),
        (ui.Items("words", ui.Text("")), ["<a>"], "<ul><li>&lt;a&gt;</li></ul>"),
        (
            ui.Pairs("prices", ui.Number("")),
            {"<a>": 1},
            "<dl><div><dt>&lt;a&gt;</dt><dd>1</dd></div></dl>",
        ),
        (
            ui.Table("lines", [ui.Text("what")]),
            [{"what": each} for each in "abcd"],
            "a, b, c and 1 more",
        ),
        (ui.File("photo"), "YWJj", '<a href="/thing/t%2F1/photo" download>3 bytes</a>'),
        (ui.File("photo"), "YWI=", '<a href="/thing/t%2F1/photo" download>2 bytes</a>'),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Field) else None,
)
def test_a_value_is_shown_as_html(field: Field, value: Any, html: str) -> None:
    assert shown(field, value) == html
    assert shown(field, None) == ""


def test_json_is_lists_and_words() -> None:
    value: object = {"<a>": [1, 2.0, True, None, "<x>"], "b": {}}
    assert json_html(value) == (
        "<dl><div><dt>&lt;a&gt;</dt><dd><ul><li>1</li><li>2</li><li>Yes</li><li></li>"
        "<li>&lt;x&gt;</li></ul></dd></div><div><dt>b</dt><dd></dd></div></dl>"
    )
    with pytest.raises(TypeError, match="bytes"):
        json_html(b"<x>")


def test_a_file_is_as_large_as_its_bytes() -> None:
    assert [size_text(size) for size in (1, 999, 1000, 27_400, 1_500_000)] == [
        "1 byte",
        "999 bytes",
        "1 kB",
        "27 kB",
        "1.5 MB",
    ]
    assert ui.File("photo").html("YQ==", View()) == "1 byte"


@pytest.mark.parametrize(
    ("name", "words"),
    [("id", "ID"), ("customer_id", "Customer ID"), ("sku", "SKU"), ("api_url", "API URL")],
)
def test_a_word_that_stands_for_others_is_in_capitals(name: str, words: str) -> None:
    assert in_words(name) == words


def test_a_field_is_called_by_its_name_in_words_or_by_its_label() -> None:
    assert in_words("available_from") == "Available from"
    assert in_words("SKU") == "SKU"
    assert (ui.Text("a_b").title, ui.Text("a_b", label="Other").title) == ("A b", "Other")
    changed = ui.Text("a", hint="x").replace(label="B")
    assert (changed.title, changed.hint, changed.name) == ("B", "x", "a")


@pytest.fixture(scope="module")
def page() -> Element:
    return read_page(make_renderer().record(THING).fill(STATE, VIEW))


def test_a_record_page_shows_each_field(page: Element) -> None:
    texts = {
        each.title: page.described(each.title).text
        for each in FIELDS
        if each.name not in ("note", "size")
    }
    assert texts == {
        "Name": "<Ada> & 'Bob'",
        "Is new": "Yes",
        "Count": "12,345",
        "Kind": "<Second>",
        "Words": "a<b>",
        "Data": "x1",
        "Maker": "<Maker>",
        "Tags": "WoodSteel",
        "Lines": "WhatPriceWhatteaPrice2.50What<cup>Price12",
        "Photo": "3 bytes",
        "Made at": "2026-03-14 09:30 UTC",
    }
    assert "Whatever you like." in page.text
    assert page.one("a", href="/maker/m1").text == "<Maker>"
    assert page.described("Width").text == "3"


def test_a_part_is_sent_anew_with_the_field_that_has_it() -> None:
    parts = [ui.Text("unit"), ui.File("scan")]
    record = THING.replace(fields=[ui.File("scan"), ui.Group("size", parts)])
    state = {"id": "1", "scan": "YQ==", "size": {"unit": "m", "scan": "YWJj"}}
    fragments = make_renderer().fragments(record)
    assert {*fragments} == {"scan", "size"}
    again = read_page(fragments["size"](state)).one("dd")
    assert (again["id"], again.text) == ("thing-size-scan", "3 bytes")
    assert read_page(fragments["scan"](state)).one("dd").text == "1 byte"


def test_what_is_sent_anew_is_what_the_page_began_with(page: Element) -> None:
    fragments = make_renderer().fragments(THING)
    # Links need to know what others are called, and single values are the front end's.
    assert {*fragments} == {"words", "data", "lines", "photo"}
    for name in ("words", "data", "lines"):
        again = read_page(fragments[name](STATE))
        (element,) = again.children
        assert isinstance(element, Element)
        assert element.text == page.one(id=element["id"]).text
    empty: dict[str, Any] = {**STATE, "lines": []}
    assert read_page(fragments["lines"](empty)).one("tbody").text == "None"


def test_a_field_may_stand_on_a_page_twice() -> None:
    lines = next(field for field in THING.fields if getattr(field, "name", "") == "lines")
    twice = THING.replace(fields=[lines, lines])
    html = make_renderer().record(twice).fill(STATE, View(id="t"))
    ids = re.findall(r'id="(thing-lines[^"]*)"', html)
    assert len(ids) == len({*ids}) == 2
    again = make_renderer().fragments(twice)["lines"](STATE)
    assert re.findall(r'id="(thing-lines[^"]*)"', again) == ids


def test_a_file_is_not_among_the_data_of_a_page(page: Element) -> None:
    assert "YWJj" not in page.one("main")["data-signals"]
    assert '"made_at"' in page.one("main")["data-signals"]
