"""Pages of one's own, as docs/own-pages.md has them: taken out of it, served and used."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from document import read_document
from playwright.sync_api import Browser, expect
from served_app import ROOT, ServedApp, generate, run_starmodel

from .visitor import Visitor

ENTITIES = ROOT / "examples/counter/counter/entities.py"
SECTIONS = read_document("own-pages.md")


def code(heading: str) -> str:
    """The one block of Python under a heading."""
    (block,) = SECTIONS[heading].code("python")
    return block


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A project `shop` with the counter."""
    generate(tmp_path, ENTITIES)
    return tmp_path


def use(
    browser: Browser,
    folder: Path,
    app: str,
    path: str,
    *,
    count: str,
    button: str,
    **environment: str,
) -> None:
    """Count in one tab, and see it in the other; `count` is where it stands."""
    with ServedApp(folder, app, log=None, **environment) as served:
        visitor = Visitor(browser, served.url)
        one, other = visitor.open(path), visitor.open(path)
        for page in (one, other):
            expect(page).to_have_title("What I counted")
            expect(page.get_by_role("heading", level=1)).to_have_text("What I counted")
            expect(page.locator(count)).to_have_text("0")
        for clicked, result in ((one, "10"), (other, "20")):
            clicked.get_by_label("Amount").fill("10")
            clicked.get_by_role("button", name=button).click()
            for page in (one, other):
                expect(page.locator(count)).to_have_text(result)
        one.reload()
        expect(one.locator(count)).to_have_text("20")
        # What a browser would not let pass, the server says beside the input.
        amount = one.get_by_label("Amount")
        amount.evaluate("input => input.type = 'text'")
        amount.fill("many")
        one.get_by_role("button", name=button).click()
        expect(one.locator("#counter-increment-amount--error")).to_contain_text("number")
        visitor.context.close()
        assert visitor.errors == []


def test_a_page_of_components_under_htmx(browser: Browser, shop: Path) -> None:
    main = code("In FastHTML")
    own = main.replace("count, pages.INCREMENT", "pages.COUNTER.of(counter)")
    assert own != main
    (shop / "shop/main.py").write_text(own)
    use(
        browser,
        shop,
        "shop.main:app",
        "/",
        count="main dd >> nth=0",
        button="Increment",
        STARMODEL_FRONTEND="htmx",
    )


@pytest.mark.parametrize("web", ["FastHTML", "FastAPI", "Starlette"])
def test_a_page_in_an_app_of_ones_own(browser: Browser, shop: Path, web: str) -> None:
    with (shop / "pyproject.toml").open("a") as configuration:
        configuration.write(f'web = "{web.lower()}"\n')
    run_starmodel(shop, "generate")
    (shop / "shop/main.py").write_text(code(f"In {web}"))
    use(browser, shop, "shop.main:app", "/", count="main strong", button="Increment")


@pytest.mark.parametrize("kit", ["default", "monsterui"])
def test_elements_of_a_host_are_in_the_look_of_the_app(
    browser: Browser, shop: Path, kit: str
) -> None:
    main = code("In FastHTML").replace("P, Strong, Titled", "Button, P, Strong, Titled")
    own = main.replace("count, pages.INCREMENT", 'count, Button("+10"), pages.INCREMENT')
    assert own != main
    (shop / "shop/main.py").write_text(own)
    with ServedApp(shop, "shop.main:app", log=None, STARMODEL_UI=kit) as served:
        visitor = Visitor(browser, served.url)
        page = visitor.open("/")
        heading = page.get_by_role("heading", level=1).bounding_box()
        assert heading and heading["y"] >= 16
        buttons = (page.get_by_role("button", name=name) for name in ("+10", "Increment"))
        ground = "one => getComputedStyle(one).backgroundColor"
        assert len({button.evaluate(ground) for button in buttons}) == 1
        visitor.context.close()
        assert visitor.errors == []


@pytest.mark.parametrize(
    ("heading", "name", "count", "button"),
    [
        ("Another component", "counter", "main dd", "Count on"),
        ("A function", "page", "main strong", "Increment"),
    ],
)
def test_a_page_in_the_place_of_the_generated_one(
    browser: Browser, shop: Path, heading: str, name: str, count: str, button: str
) -> None:
    (shop / "shop/pages.py").write_text(code(heading))
    entities = (shop / "shop/entities.py").read_text()
    named = entities.replace("EntityConfig(store", f'EntityConfig(page="shop.pages:{name}", store')
    assert named != entities
    (shop / "shop/entities.py").write_text(named)
    run_starmodel(shop, "generate")
    use(browser, shop, "shop.generated.app:create_app", "/counter", count=count, button=button)


def test_a_list_in_the_place_of_the_generated_one(browser: Browser, tmp_path: Path) -> None:
    """It is shown at its address, with its page for a new record and with its records."""
    generate(tmp_path, Path(__file__).parent / "own_list_entities.py")
    (tmp_path / "shop/pages.py").write_text(code("Another list"))
    entities = tmp_path / "shop/entities.py"
    named = entities.read_text().replace("crud=True", 'crud=True, page="shop.pages:products"')
    entities.write_text(named)
    url = f"sqlite:///{tmp_path / 'shop.db'}"
    database = {"STARMODEL_DATABASE_URL": url}
    run_starmodel(tmp_path, "generate")
    run_starmodel(tmp_path, "migrate", "new", "first", **database)
    run_starmodel(tmp_path, "migrate", "up", **database)
    with ServedApp(tmp_path, STARMODEL_DATABASE_URL=url) as served:
        visitor = Visitor(browser, served.url)
        page = visitor.open("/product/new")
        for name, price in (("Tea", "2.50"), ("Pot", "34")):
            expect(page.get_by_role("heading", level=1)).to_have_text("Something new")
            page.get_by_label("Name").fill(name)
            page.get_by_label("Price").fill(price)
            page.get_by_label("Manual").set_input_files(
                {"name": "a.txt", "mimeType": "text/plain", "buffer": b"boil"}
            )
            page.get_by_role("button", name="Create and add another").click()
            expect(page.get_by_label("Name")).to_have_value("")
        page.goto(f"{served.url}/product")
        expect(page.locator("thead th")).to_have_text(["Name", "Costs", "Actions"])
        expect(page.locator("tbody th")).to_have_text(["Pot", "Tea"])
        page.get_by_role("link", name="Pot", exact=True).click()
        expect(page.locator("dt")).to_have_text(["Name", "Costs", "Stock", "ID"])
        # What the record does not show any more can be had all the same.
        answer = page.request.get(f"{page.url}/manual")
        assert (answer.status, answer.body()) == (200, b"boil")
        visitor.context.close()
        assert visitor.errors == []


@pytest.fixture
def importable(shop: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have `shop` imported from the project, for one test."""
    monkeypatch.syspath_prepend(shop)  # pyright: ignore[reportUnknownMemberType]
    importlib.invalidate_caches()
    kept = {name: sys.modules.pop(name) for name in _modules_of_shop()}
    yield
    for name in _modules_of_shop():
        del sys.modules[name]
    sys.modules.update(kept)


def _modules_of_shop() -> list[str]:
    return [name for name in sys.modules if name.partition(".")[0] == "shop"]


@pytest.mark.usefixtures("importable")
def test_what_bindings_are() -> None:
    imports, _, lines = code("Signals and actions").partition("\n\n")
    names: dict[str, object] = {}
    exec(imports, names)
    found: dict[str, str] = {}
    for line in lines.splitlines():
        expression, _, comment = line.partition("#")
        value = eval(expression, names)
        assert isinstance(value, str) and value, line
        if comment.strip().startswith('"'):
            found[comment.strip().strip('"')] = value
    assert [*found] == [*found.values()] and len(found) == 2
    assert "$_step" in eval('bindings.increment(amount=sm.Signal("$_step"))', names)
