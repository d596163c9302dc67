"""Components of pages of one's own, as docs/components.md has them: seen, and kept live."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from document import read_document
from playwright.sync_api import Browser, Locator, Page, expect
from served_app import ServedApp, run_starmodel

from .test_kits import KITS, SCREENS, findings
from .visitor import Visitor

FRONTENDS = ("datastar", "htmx")
CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const luminance = (colour) => {
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data]
      .map((part) => part / 255)
      .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const box = document.querySelector(".state");
  const chart = document.querySelector("figure > svg");
  const ground = luminance(getComputedStyle(box).backgroundColor);
  const ratio = (element) => {
    const one = luminance(getComputedStyle(element).color);
    return (Math.max(one, ground) + 0.05) / (Math.min(one, ground) + 0.05);
  };
  const series = [1, 2, 3, 4].map((number) => {
    const group = document.createElementNS("http://www.w3.org/2000/svg", "g");
    group.setAttribute("class", `series-${number}`);
    chart.append(group);
    return ratio(group);
  });
  return [ratio(chart.querySelector("text")), ...series];
}"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("components")
    entities, pages = read_document("components.md")["Charts"].code("python")
    (folder / "shop").mkdir()
    (folder / "shop/__init__.py").touch()
    (folder / "shop/entities.py").write_text(entities)
    (folder / "shop/pages.py").write_text(pages)
    (folder / "pyproject.toml").write_text(
        '[tool.starmodel]\nentities = ["shop/entities.py"]\noutput = "shop/generated"\n'
    )
    run_starmodel(folder, "generate")
    return folder


@pytest.fixture(scope="module", params=KITS)
def app(request: pytest.FixtureRequest, project: Path) -> Iterator[ServedApp]:
    with ServedApp(project, STARMODEL_UI=request.param) as served:
        yield served


def bars(page: Page) -> Locator:
    return page.locator("figure > svg rect")


@pytest.mark.parametrize("screen", SCREENS)
def test_charts_and_parts_can_be_read(
    browser: Browser, app: ServedApp, screen: str, screenshots: Path
) -> None:
    visitor = Visitor(browser, app.url, bypass_csp=True, **SCREENS[screen])
    page = visitor.open("/stall")
    page.screenshot(path=screenshots / f"{app.environment['STARMODEL_UI']}-chart-{screen}.png")
    assert findings(page) == []
    assert (
        page.evaluate("document.documentElement.scrollWidth")
        == SCREENS[screen]["viewport"]["width"]
    )
    size = page.locator("figure > svg text").first.evaluate(
        "text => text.getBoundingClientRect().height"
    )
    assert size >= 12
    assert min(page.evaluate(CONTRAST)) >= 4.5
    # What screen readers are told.
    table = page.get_by_role("table", name="Sales")
    expect(table.get_by_role("row")).to_have_text(["DayRevenue", "Mon120", "Tue80"])
    expect(page.get_by_role("img", name="Bar chart: Sales")).to_be_visible()
    page.get_by_role("link", name="Rules").click()
    dialog = page.get_by_role("dialog", name="Rules")
    expect(dialog).to_contain_text("No refunds.")
    opener = page.get_by_role("link", name="Rules").bounding_box()
    text = dialog.get_by_text("No refunds.").bounding_box()
    closer = dialog.get_by_role("button", name="Close").bounding_box()
    assert opener and opener["width"] < 200
    assert text and closer and closer["y"] >= text["y"] + text["height"]
    assert findings(page) == []
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()
    visitor.context.close()
    assert visitor.errors == []


@pytest.mark.parametrize("frontend", FRONTENDS)
def test_a_chart_and_a_badge_are_live(browser: Browser, project: Path, frontend: str) -> None:
    with ServedApp(project, STARMODEL_FRONTEND=frontend) as served:
        visitor = Visitor(browser, served.url)
        one, other = visitor.open("/stall"), visitor.open("/stall")
        for page in (one, other):
            expect(bars(page)).to_have_count(2)
            expect(page.locator(".badge.success")).to_have_text("Open")
        one.get_by_label("Day").fill("<Wed>")
        one.get_by_label("Revenue").fill("1000")
        one.get_by_role("button", name="Record").click()
        for page in (one, other):
            expect(bars(page)).to_have_count(3)
            # The axis has grown with the number.
            expect(page.locator("figure > svg")).to_contain_text("1000")
            expect(page.get_by_role("row").last).to_have_text("<Wed>1000")
            expect(page.locator("figure > svg text").last).to_be_visible()
            # What was sent is SVG, and not only called so.
            assert bars(page).last.evaluate("bar => bar.getBBox().height > 0")
        other.get_by_role("button", name="Close", exact=True).first.click()
        for page in (one, other):
            expect(page.locator("dd .badge")).to_have_text("Closed")
            expect(page.locator(".badge.success")).to_have_count(0)
        one.reload()
        expect(bars(one)).to_have_count(3)
        visitor.context.close()
        assert visitor.errors == []
