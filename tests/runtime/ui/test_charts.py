"""Charts: what is drawn of numbers, and the table beside the drawing."""

import re
from decimal import Decimal
from math import inf, nan
from random import Random
from typing import Any

import pytest
from handmade_pages import BINDINGS, STATE, make_renderer
from html_page import Element, read_page
from random_schemas import hostile_text

from starmodel import ui
from starmodel.testing.contracts.kit_contract import HOSTILE_TEXTS
from starmodel.ui.components.charts import HEIGHT, MAX_SLICES, WIDTH, ChartKind
from starmodel.ui.view import View

KINDS: tuple[ChartKind, ...] = ("bar", "line", "donut")
SALES = [
    {"month": "Jan", "revenue": "1200.50", "cost": 800},
    {"month": "Feb", "revenue": None, "cost": -50},
]


def figure(data: object, kind: ChartKind = "bar", **options: Any) -> Element:
    return read_page(ui.Chart(data=data, kind=kind, label="Sales", **options).__html__())


def rows(page: Element) -> list[list[str]]:
    """The table beside a drawing."""
    return [[each.text for each in row.all() if each.tag in "th td"] for row in page.all("tr")]


def drawn(page: Element) -> Element:
    return page.one("svg", role="img")


def tops_and_heights(page: Element) -> list[tuple[float, float]]:
    return [(float(one["y"]), float(one["height"])) for one in drawn(page).all("rect")]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("data", "table"),
    [
        ({"Jan": 3, "Feb": 12345}, [["Jan", "3"], ["Feb", "12,345"]]),
        ([1.5, -2], [["1", "1.5"], ["2", "-2"]]),
        ([7], [["1", "7"]]),
        ([0, 0.0], [["1", "0"], ["2", "0"]]),
        ([-3, -4], [["1", "-3"], ["2", "-4"]]),
        ([None, nan, inf, True], [["1", "—"], ["2", "—"], ["3", "—"], ["4", "—"]]),
        (["1.50", "NaN", "x"], [["1", "1.50"], ["2", "NaN"], ["3", "x"]]),
        ((Decimal("2.50"), 1), [["1", "2.50"], ["2", "1"]]),
        ([1.7e308, -1.7e308], [["1", "1.7e+308"], ["2", "-1.7e+308"]]),
        ([1e300, -1e300], [["1", "1e+300"], ["2", "-1e+300"]]),
        ([5e-324, 1e-310], [["1", "5e-324"], ["2", "1e-310"]]),
        ([1e-290, 3e-290], [["1", "1e-290"], ["2", "3e-290"]]),
        ([10**400, 1], [["1", f"{10**400:,}"], ["2", "1"]]),
        ([1e17, 1e17 + 32], [["1", "100,000,000,000,000,000"], ["2", "100,000,000,000,000,030"]]),
        ([0.1 + 0.2, 0.3], [["1", "0.30000000000000004"], ["2", "0.3"]]),
    ],
    ids=lambda value: repr(value)[:30] if not isinstance(value, str) else value,
)
def test_any_numbers_are_drawn_and_listed(
    kind: ChartKind, data: object, table: list[list[str]]
) -> None:
    page = figure(data, kind)
    assert rows(page) == [["Label", "Sales"], *table]
    assert page.one("caption").text == page.one("figcaption").text == "Sales"
    assert drawn(page)["aria-label"] == f"{kind.capitalize()} chart: Sales"
    for one in drawn(page).walk():
        # Nothing but finite numbers, inside of the drawing.
        for name in ("x", "y", "width", "height", "cx", "cy"):
            if (value := one.get(name)) is not None:
                assert re.fullmatch(r"-?[0-9]+(\.[0-9])?", value), (one.tag, name, value)
                assert -1 <= float(value) <= WIDTH
        if one.tag == "path":
            assert re.fullmatch(r"([MLHV]|-?[0-9]+(\.[0-9])?| )*", one["d"])
        for name in ("stroke-dasharray", "stroke-dashoffset"):
            assert "nan" not in (one.get(name) or "") and "inf" not in (one.get(name) or "")


@pytest.mark.parametrize("seed", range(100))
def test_random_numbers_stay_inside(seed: int) -> None:
    random = Random(seed)
    near = random.choice([0.0, 1.0, -1e17, 1e300, 1e-300])
    scale = abs(near) * random.choice([1e-16, 1e-9, 1e-3, 1]) or 10.0 ** random.randint(-300, 300)
    data = [near + random.uniform(-1, 1) * scale for _ in range(random.choice([1, 2, 7, 500]))]
    for kind in KINDS:
        for one in drawn(figure(data, kind)).walk():
            for name, most in {"y": HEIGHT, "cy": HEIGHT, "height": HEIGHT, "x": WIDTH}.items():
                if (value := one.get(name)) is not None:
                    assert -0.1 <= float(value) <= most, (kind, one.tag, name, value)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("data", [[], {}, ()])
def test_no_numbers(kind: ChartKind, data: object) -> None:
    page = figure(data, kind)
    assert page.all("svg") == [] and page.one("p").text == "No data"


def test_a_bar_goes_from_zero_to_its_number() -> None:
    (up_top, up), (down_top, down), (_, none) = tops_and_heights(figure([10, -5, 0]))
    assert up == pytest.approx(2 * down, abs=0.2) and none == 0
    # What is below zero begins where what is above it ends.
    assert down_top == pytest.approx(up_top + up, abs=0.2)
    assert up_top >= 0 and down_top + down <= HEIGHT


def test_a_line_is_broken_where_a_number_is_missing() -> None:
    page = figure([3, None, 4, 5], "line")
    (line,) = [one for one in drawn(page).all("path") if one.get("fill") == "none"]
    assert re.sub(r"[^ML]", "", line["d"]) == "MML"
    assert len(drawn(page).all("circle")) == 3


def test_a_line_need_not_begin_at_zero() -> None:
    def written(kind: ChartKind) -> set[str]:
        return {one.text for one in drawn(figure([1000.001, 1000.002], kind)).all("text")}

    assert "1000.001" in written("line") and "0" not in written("line")
    assert "0" in written("bar")


@pytest.mark.parametrize(
    ("data", "written"),
    [
        ([0, 4], ["0", "1", "2", "3", "4"]),
        ([0.3], ["0", "0.1", "0.2", "0.3"]),
        ([2_500_000], ["0", "500k", "1000k", "1500k", "2000k", "2500k"]),
        ([8e6], ["0", "2M", "4M", "6M", "8M"]),
        ([8e17], ["0", "2e+17", "4e+17", "6e+17", "8e+17"]),
        ([8e-9], ["0", "2e-09", "4e-09", "6e-09", "8e-09"]),
        ([0], ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
    ],
)
def test_an_axis_has_round_numbers(data: list[float], written: list[str]) -> None:
    texts = drawn(figure(data)).all("text", text_anchor="end")
    assert [one.text for one in texts] == written


def test_value_objects_are_series() -> None:
    page = figure(SALES, label_part="month", value_part=["revenue", "cost"])
    assert rows(page) == [
        ["Month", "Revenue", "Cost"],
        ["Jan", "1200.50", "800"],
        ["Feb", "—", "-50"],
    ]
    assert [one.text.strip() for one in page.one("ul").all("li")] == ["Revenue", "Cost"]
    groups = [one for one in drawn(page).all("g") if "series-" in (one.get("class") or "")]
    # Without colours they differ in how they are filled, and in their strokes.
    looks = [(one.get("fill-opacity"), one.get("stroke-dasharray")) for one in groups]
    assert len(looks) == 2 == len(set(looks))
    assert [len(one.all("rect")) for one in groups] == [1, 2]
    one = figure(SALES, label_part="month", value_part="cost")
    assert one.all("ul") == [] and rows(one)[1] == ["Jan", "800"]


def test_a_donut_has_the_parts_of_a_whole() -> None:
    page = figure({"a": 1, "b": -5, "c": 3}, "donut")
    slices = drawn(page).all("circle")
    shares = [float(one["stroke-dasharray"].split()[0]) for one in slices]
    assert shares == pytest.approx([25, 75], abs=1)
    texts = [one.text for one in drawn(page).all("text")]
    assert texts == ["1", "1. a", "25 %", "2", "2. c", "75 %"]
    assert rows(page)[2] == ["b", "-5"]
    (whole,) = drawn(figure([5], "donut")).all("circle")
    assert whole["stroke-dasharray"] == "100.00 0.00"
    assert "Nothing above zero" in drawn(figure([0, -1], "donut")).text


def test_a_donut_sums_up_what_is_small() -> None:
    page = figure({f"Part {size}": size for size in range(1, 21)}, "donut")
    assert len(drawn(page).all("circle")) == MAX_SLICES
    assert "8. 13 others" in drawn(page).text
    assert len(rows(page)) == 1 + 20


@pytest.mark.parametrize("kind", KINDS)
def test_five_hundred_points(kind: ChartKind) -> None:
    html = ui.Chart(data=list(range(500)), kind=kind).__html__()
    # A live stream holds three of them for whoever reads slowly.
    assert len(html) < 80_000
    labels = drawn(read_page(html)).all("text", text_anchor="middle")
    assert len(labels) < 20 and len(rows(read_page(html))) == 501


@pytest.mark.parametrize("kind", KINDS)
def test_texts_are_texts(kind: ChartKind) -> None:
    def tags(page: Element) -> list[str]:
        return [one.tag for one in page.walk()]

    plain = tags(read_page(ui.Chart(data={"a": 1}, kind=kind, label="a").__html__()))
    for text in [*HOSTILE_TEXTS, *[hostile_text(Random(seed), 20) for seed in range(300)]]:
        page = read_page(ui.Chart(data={text: 1}, kind=kind, label=text).__html__())
        assert tags(page) == plain, text
        assert [one.text for one in page.all("th")] == ["Label", text, text]
        listed = ui.Chart("sales", kind=kind).html({text: 1}, None)
        assert read_page(listed).text == f"{text}\N{NO-BREAK SPACE}1"


def test_what_cannot_be_drawn_is_said() -> None:
    with pytest.raises(ValueError, match="needs a field"):
        ui.Chart()
    with pytest.raises(ValueError, match="no 'pie'"):
        ui.Chart(data=[], kind="pie")  # pyright: ignore[reportArgumentType]
    with pytest.raises(ValueError, match="at most 4 series; value_part has 5"):
        ui.Chart("sales", value_part=list("abcde"))
    with pytest.raises(ValueError, match="donut chart shows at most 1 series"):
        ui.Chart("sales", kind="donut", value_part=["a", "b"])
    with pytest.raises(ValueError, match="of 'Sales' is of value objects: name the part"):
        figure(SALES)
    with pytest.raises(ValueError, match="no part 'sold'; there are: month, revenue, cost"):
        figure(SALES, label_part="month", value_part="sold")
    with pytest.raises(TypeError, match="of a list or of a mapping of numbers, not of a str"):
        figure("12")
    with pytest.raises(ValueError, match="'sales' shows a field"):
        ui.Chart("sales").__html__()


CHART = ui.Chart(BINDINGS.sales, label_part="month", value_part="cost")


def test_a_record_draws_a_field_and_sends_it_anew() -> None:
    record = ui.Record(
        BINDINGS,
        title="Thing",
        fields=[CHART, ui.Chart(data=[1, 2], label="Always")],
    )
    renderer = make_renderer()
    state = {**STATE, "sales": SALES}
    page = read_page(renderer.record(record).fill(state, View(id="t/1", path="/thing")))
    assert [one["aria-label"] for one in page.all("svg", role="img")] == [
        "Bar chart: Sales",
        "Bar chart: Always",
    ]
    fragments = renderer.fragments(record)
    assert [*fragments] == ["sales"]
    sent = read_page(fragments["sales"]({**state, "sales": [{"month": "May", "cost": 1}]}))
    assert sent.one("dd")["id"] == page.one("dd", id="thing-sales")["id"]
    assert rows(sent) == [["Month", "Cost"], ["May", "1"]]
    assert read_page(fragments["sales"]({**state, "sales": None})).one("p").text == "No data"


def test_a_row_of_a_list_has_the_first_numbers() -> None:
    assert CHART.html(SALES, None) == "Jan&nbsp;800, Feb&nbsp;-50"
    assert CHART.html(SALES * 2, None).endswith(", Jan&nbsp;800 and 1 more")
    assert CHART.html(None, None) == CHART.html([], None) == ""
    assert CHART.text(SALES[:1], None).startswith('[{"month": "Jan"')
