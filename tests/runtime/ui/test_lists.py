"""Lists out of components: their inputs, their table, and the way to their other pages."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from handmade_pages import BINDINGS, RELATED, STATE, THINGS, make_renderer
from html_page import Element, read_page

from starmodel import ui
from starmodel.ui.rendering import list_builder
from starmodel.ui.view import View
from starmodel.web.ui.list_view import ListView

QUERY = (("q", "a&b"), ("sort", "-count"), ("maker", "m1"), ("count__ge", "5"), ("id", "<x>"))
SHOWN: ListView[Any] = ListView(
    "/thing", QUERY, [STATE], RELATED, next="c&1", is_first=False, change_token="<7>"
)


def list_page(shown: ListView[Any], component: ui.List = THINGS) -> Element:
    view = View(list=shown, related=shown.related)
    return read_page(make_renderer().list(component).fill({}, view))


def query(address: str) -> list[tuple[str, str]]:
    parts = urlsplit(address)
    assert parts.path == "/thing"
    return parse_qsl(parts.query)


def test_a_row_shows_a_record_and_leads_to_it() -> None:
    page = list_page(SHOWN)
    (row,) = page.one("tbody").all("tr")
    assert row["id"] == "thing-t/1"
    assert row.one("th").text == "<Ada> & 'Bob'"
    assert row.one("th").one("a")["href"] == "/thing/t%2F1"
    shown = [cell for cell in row.all("td") if cell.all("b")]
    assert [cell.one("span").text for cell in shown] == [
        "12,345",
        "<Maker>",
        "2026-03-14 09:30 UTC",
    ]
    assert [each.text for each in page.all("th", scope="col")] == [
        "Name",
        "Count",
        "Maker",
        "Made at",
        "Actions",
    ]


def test_columns_are_sorted_by_their_headings() -> None:
    page = list_page(SHOWN)
    count, name = page.one("a", id="sort-count"), page.one("a", id="sort-name")
    assert ("sort", "count") in query(count["href"])
    assert ("sort", "name") in query(name["href"])
    # The rest of the address stays.
    assert {*query(name["href"])} - {("sort", "name")} == {*QUERY} - {("sort", "-count")}
    assert [each.get("aria-sort") for each in page.all("th", scope="col")] == [
        "none",
        "descending",
        None,
        None,
        None,
    ]


def test_the_form_above_holds_what_the_address_says_and_sends_the_rest() -> None:
    form = list_page(SHOWN).one("form", role="search")
    assert (form["method"], form["action"]) == ("get", "/thing")
    assert form.labelled("Search")["value"] == "a&b"
    assert form.labelled("Count from")["value"] == "5"
    assert form.labelled("Maker")["value"] == "m1"
    assert form.one("details").get("open") == ""
    assert [each["value"] for each in form.labelled("Kind").all("option")] == ["", "a", "b"]
    assert {*form.sends()} >= {*QUERY}
    several = (("count__ge", "5"), ("count__ge", "7"), ("columns", "name"), ("columns", "count"))
    sent = list_page(ListView("/thing", several, [], {})).one("form", role="search").sends()
    # What the first input of a filter says counts before the hidden ones.
    assert [value for name, value in sent if name == "count__ge"] == ["5", "7"]
    closed = list_page(ListView("/thing", (("kind", "b"),), [], {})).one("form", role="search")
    assert closed.one("details").get("open") is None
    assert closed.labelled("Kind").one("option", selected="").text == "<Second>"


def test_what_no_input_shows_is_a_chip_that_can_be_dropped() -> None:
    page = list_page(SHOWN)
    (chip,) = page.one("ul", aria_label="Filters").all("a")
    assert chip.text == "ID: <x>"
    assert chip["aria-label"] == "Drop the filter: ID: <x>"
    assert query(chip["href"]) == [pair for pair in QUERY if pair[0] != "id"]
    assert list_page(ListView("/thing", (), [STATE], RELATED)).all("ul", aria_label="Filters") == []


def test_pages_lead_to_each_other() -> None:
    page = list_page(SHOWN)
    assert "1 thing on this page" in page.text
    links = {
        each["rel"]: query(each["href"]) for each in page.one("nav", aria_label="Pages").all("a")
    }
    assert links == {"start": [*QUERY], "next": [*QUERY, ("cursor", "c&1")]}
    whole = list_page(ListView("/thing", (), [STATE, STATE], RELATED))
    assert "2 things" in whole.text and "on this page" not in whole.text


EMPTY: list[tuple[ListView[Any], str, list[str]]] = [
    (ListView("/thing", (), [], {}), "There are no things yet.", []),
    (ListView("/thing", (("q", "a"),), [], {}), "No things fit.", []),
    # A policy may leave out all records of a page, and others may follow.
    (ListView("/thing", (), [], {}, next="c"), "No things on this page", ["/thing?cursor=c"]),
    (
        ListView("/thing", (("q", "a"),), [], {}, is_first=False),
        "No more things",
        ["/thing?q=a"],
    ),
]


@pytest.mark.parametrize(("shown", "words", "links"), EMPTY)
def test_an_empty_list_says_why(shown: ListView[Any], words: str, links: list[str]) -> None:
    part = list_page(shown).one("section", id="thing-list")
    assert words in part.text
    assert part.all("table") == []
    assert [each["href"] for each in part.all("a") if each.get("rel")] == links


def test_an_empty_list_shows_the_filters_that_have_no_input() -> None:
    part = list_page(ListView("/thing", (("count__in", "7"),), [], {})).one(
        "section", id="thing-list"
    )
    chips = part.one("ul", aria_label="Filters")
    assert [chip.text for chip in chips.all("li")] != []
    assert "<" not in part.text


def test_a_list_tells_when_its_records_change() -> None:
    page = list_page(SHOWN)
    listing = page.one("sm-list")
    assert page.all("section", id=listing["part"])
    assert listing.one("output").text == "<7>"
    assert page.one("a", href="/thing/new").text == "New thing"


def test_a_record_without_a_name_is_called_by_its_id() -> None:
    unnamed = THINGS.replace(of=THINGS.of.replace(name=None), columns=[BINDINGS.count])
    row = list_page(SHOWN, unnamed).one("tbody").one("tr")
    assert row.one("th").text == "t/1"
    nameless = list_page(ListView("/thing", (), [{**STATE, "name": ""}], RELATED))
    assert nameless.one("tbody").one("th").text == "t/1"


def test_a_column_may_be_a_component_of_its_own_and_must_be_known() -> None:
    count = ui.Text(BINDINGS.count, label="How many")
    own = THINGS.replace(columns=[count.replace(label="How many")], sorts=[])
    with pytest.raises(ValueError, match=r"has a column 'gone'.*there are: name, note"):
        make_renderer().list(THINGS.replace(columns=[BINDINGS.gone]))
    page = list_page(ListView("/thing", (), [{**STATE, "count": "x"}], RELATED), own)
    assert "How many" in [each.text for each in page.all("th", scope="col")]


def test_what_a_filter_says_in_words() -> None:
    titles, labels = {"price": "Price", "maker": "Maker"}, {"maker": "name"}
    assert SHOWN.filter_label("price__ge", "5", titles, labels) == "Price from: 5"
    assert SHOWN.filter_label("maker", "m1", titles, labels) == "Maker: <Maker>"
    assert SHOWN.filter_label("maker", "m9", titles, labels) == "Maker: m9"
    assert SHOWN.filter_label("order_line", "7", titles, labels) == "Order line: 7"


def test_what_is_kept_of_an_address_does_not_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_builder, "MAX_TABLES", 1)
    page = make_renderer().list(THINGS)
    shown: list[ListView[Any]] = [
        ListView("/thing", (("columns", columns),), [STATE], RELATED)
        for columns in ("name", "name,count")
    ]
    sizes: list[list[int]] = []
    pages: list[list[str]] = []
    for _ in range(3):
        # The table of the other columns is compiled anew each time.
        pages.append([page.fill({}, View(list=each, related=RELATED)) for each in shown])
        sizes.append([len(each.parts.written) for each in shown])
    assert sizes[0] == sizes[1] == sizes[2] and sizes[0][0] > 0
    assert pages[0] == pages[1] == pages[2]
    assert [len(read_page(text).all("th", scope="col")) for text in pages[0]] == [2, 3]
