"""Pages of one's own, as docs/generated-code.md has them: taken out of it, served and used."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from document import read_document
from playwright.sync_api import Browser, expect
from served_app import ROOT, ServedApp, generate, run

from .visitor import Visitor

ENTITIES = ROOT / "examples/counter/counter/entities.py"
BINDINGS, MAIN, PAGES = read_document("generated-code.md")["Pages of your own"].code("python")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A project `shop` with the counter."""
    generate(tmp_path, ENTITIES)
    return tmp_path


def use(browser: Browser, folder: Path, app: str, path: str) -> None:
    """Count in one tab, and see it in the other."""
    with ServedApp(folder, app) as served:
        visitor = Visitor(browser, served.url)
        one, other = visitor.open(path), visitor.open(path)
        expect(one).to_have_title("Counter")
        for page in (one, other):
            expect(page.locator("main p")).to_have_text("0")
        for clicked, count in ((one, "10"), (other, "20")):
            clicked.get_by_role("button", name="+10").click()
            for page in (one, other):
                expect(page.locator("main p")).to_have_text(count)
        one.reload()
        expect(one.locator("main p")).to_have_text("20")
        visitor.context.close()
        assert visitor.errors == []


def test_a_page_in_an_app_of_ones_own(browser: Browser, shop: Path) -> None:
    (shop / "shop/main.py").write_text(MAIN)
    use(browser, shop, "shop.main:app", "/")


def test_a_page_in_the_place_of_the_generated_one(browser: Browser, shop: Path) -> None:
    (shop / "shop/pages.py").write_text(PAGES)
    entities = (shop / "shop/entities.py").read_text()
    named = entities.replace("EntityConfig(store", 'EntityConfig(page="shop.pages:page", store')
    assert named != entities
    (shop / "shop/entities.py").write_text(named)
    run(shop, "starmodel_generator", "generate")
    use(browser, shop, "shop.generated.app:create_app", "/counter")


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
    imports, _, lines = BINDINGS.partition("\n\n")
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
    assert "$_step" in eval('bindings.increment(amount=Signal("$_step"))', names)
