"""Parts that installed packages add, as the running app loads them."""

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

from starmodel import Entity, MemoryRepo, Scope, StateStore
from starmodel.application import EntityDefinition
from starmodel.application.documents import document
from starmodel.errors import ConfigurationError
from starmodel.plugins import load_plugin
from starmodel.ui.kits.default import DefaultKit
from starmodel.web import Resource, Settings, WebApplication

PARTS = """
from starmodel import InProcessBus, MemoryRepo
from starmodel.frontends.htmx import HtmxFrontend
from starmodel.ui.kits.default import DefaultKit

class Shelf(MemoryRepo):
    def __init__(self, url, documents):
        super().__init__()
        self.url, self.documents = url, documents

class Horn(InProcessBus):
    def __init__(self, url, keys):
        super().__init__()
        self.url, self.keys = url, keys

class Felt(DefaultKit): ...

class Wire(HtmxFrontend): ...

class Alien:
    def __init__(self, *arguments, **options): ...

class Picky:
    def __init__(self, *arguments):
        raise ValueError("not today")
"""


class Basket(Entity):
    """What is kept somewhere else."""

    count: int = 0


BASKET = EntityDefinition(
    Basket,
    name="basket",
    namespace="basket",
    store=StateStore.CUSTOM,
    scope=Scope.SESSION,
    state=lambda basket: {"count": basket.count},
)
BASKET_DOCUMENT = document.Document(BASKET, [*map(document.field, ("id", "count"))])
BASKET_RESOURCE = Resource(BASKET, routes=[], document=BASKET_DOCUMENT)


@pytest.fixture(autouse=True)
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    metadata = tmp_path / "lent_parts-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: lent-parts\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(
        "[starmodel.stores]\nshelf = lent_parts:Shelf\nexits = lent_exits:Shelf\npicky = lent_parts:Picky\n"
        "[starmodel.kits]\nfelt = lent_parts:Felt\npicky = lent_parts:Picky\n"
        "[starmodel.frontends]\nwire = lent_parts:Wire\npicky = lent_parts:Picky\n"
        "[starmodel.buses]\nhorn = lent_parts:Horn\nlost = lent_absent:Bus\ngone = lent_parts:Gone\n"
        "picky = lent_parts:Picky\n"
    )
    (tmp_path / "lent_parts.py").write_text(PARTS)
    (tmp_path / "lent_exits.py").write_text("raise SystemExit('no display')\n")
    monkeypatch.syspath_prepend(tmp_path)  # pyright: ignore[reportUnknownMemberType]
    importlib.invalidate_caches()


def test_a_part_of_a_package() -> None:
    assert load_plugin("starmodel.buses", "horn").__name__ == "Horn"


@pytest.mark.parametrize(("name", "reason"), [("lost", "lent_absent"), ("gone", "Gone")])
def test_a_part_that_cannot_be_loaded_is_named(name: str, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=f"'{name}' of starmodel.buses .*{reason}"):
        load_plugin("starmodel.buses", name)


def test_a_part_that_is_not_there() -> None:
    with pytest.raises(ConfigurationError, match="there are: gone, horn, lost, picky, postgresql"):
        load_plugin("starmodel.buses", "drum")


def test_a_package_that_ends_the_process_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"'exits' of starmodel.stores .*lent-parts 1.0"):
        load_plugin("starmodel.stores", "exits")


def test_one_name_of_two_packages(tmp_path: Path) -> None:
    metadata = tmp_path / "more_parts-2.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: more-parts\nVersion: 2.0\n")
    (metadata / "entry_points.txt").write_text("[starmodel.stores]\nshelf = lent_parts:Horn\n")
    importlib.invalidate_caches()
    with pytest.raises(ConfigurationError, match=r"lent-parts 1.0 and more-parts 2.0"):
        load_plugin("starmodel.stores", "shelf")


@pytest.mark.parametrize(
    "settings",
    [
        Settings(custom_store_url="shelf://host/wall"),
        Settings(custom_store="shelf", custom_store_url="shelf://host/wall"),
        Settings(custom_store="lent_parts:Shelf", custom_store_url="shelf://host/wall"),
    ],
)
def test_custom_entities_are_kept_in_the_store_of_a_package(settings: Settings) -> None:
    store: Any = WebApplication([BASKET_RESOURCE], settings).services.persistence.backend_for(
        BASKET
    )
    assert type(store).__name__ == "Shelf"
    assert (store.url, store.documents) == ("shelf://host/wall", [BASKET_DOCUMENT])
    assert "host/wall" not in repr(settings)


def test_a_store_that_is_given_comes_before_that_of_a_package() -> None:
    own = MemoryRepo()
    for place in (StateStore.CUSTOM, "basket"):
        app = WebApplication([BASKET_RESOURCE], Settings(custom_store="exits"), stores={place: own})
        assert app.services.persistence.backend_for(BASKET) is own


def test_custom_entities_without_a_store() -> None:
    with pytest.raises(ConfigurationError, match=r"'exits' of starmodel.stores"):
        WebApplication([BASKET_RESOURCE], Settings(custom_store="exits"))
    with pytest.raises(ConfigurationError, match=r"no 'drawer' among starmodel.stores"):
        WebApplication([BASKET_RESOURCE], Settings(custom_store_url="drawer://host"))
    persistence = WebApplication([BASKET_RESOURCE], Settings()).services.persistence
    with pytest.raises(ConfigurationError, match="STARMODEL_CUSTOM_STORE_URL"):
        persistence.backend_for(BASKET)


def test_buses_kits_and_front_ends_of_a_package() -> None:
    settings = Settings(ui="felt", frontend="wire", bus_url="horn://host", secret_key="k" * 40)
    app = WebApplication([], settings)
    bus: Any = app.services.bus
    assert (type(bus).__name__, bus.url, bus.keys()) == ("Horn", "horn://host", ["k" * 40])
    renderer = app.renderer
    assert [type(part).__name__ for part in (renderer.kit, renderer.frontend)] == ["Felt", "Wire"]


@pytest.mark.parametrize(
    ("group", "settings"),
    [
        ("stores", Settings(custom_store="picky")),
        ("buses", Settings(bus_url="picky://host")),
        ("kits", Settings(ui="picky")),
        ("frontends", Settings(frontend="picky")),
    ],
)
def test_a_part_that_cannot_be_made_is_named(group: str, settings: Settings) -> None:
    reason = f"'picky' of starmodel.{group} cannot be made: ValueError: not today"
    with pytest.raises(ConfigurationError, match=reason):
        _ = WebApplication([BASKET_RESOURCE], settings).renderer


@pytest.mark.parametrize(
    ("group", "port", "settings"),
    [
        ("stores", "EntityPersistenceBackend", Settings(custom_store="lent_parts:Alien")),
        ("buses", "EventBus", Settings(bus="lent_parts:Alien", bus_url="horn://host")),
        ("kits", "UIAdapter", Settings(ui="lent_parts:Alien")),
        ("frontends", "Frontend", Settings(frontend="lent_parts:Alien")),
    ],
)
def test_a_part_that_is_no_such_part_is_named(group: str, port: str, settings: Settings) -> None:
    reason = f"'lent_parts:Alien' of starmodel.{group} makes a Alien, .* inherit from {port}"
    with pytest.raises(ConfigurationError, match=reason):
        _ = WebApplication([BASKET_RESOURCE], settings).renderer


@pytest.mark.parametrize(
    ("ui", "reason"),
    [
        ("nothere", "no 'nothere'"),
        ("picky", "not today"),
        ("monsterui", r'not installed. Run `pip install "starmodel-runtime\[monsterui\]"`'),
    ],
)
async def test_an_app_without_its_kit_does_not_start(
    ui: str, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "monsterui", None)
    app = WebApplication([], Settings(ui=ui, secret_key="k" * 40))
    with pytest.raises(ConfigurationError, match=reason):
        async with app.lifespan():
            pass
    own = WebApplication([], Settings(ui=ui, secret_key="k" * 40), ui=DefaultKit())
    async with own.lifespan():
        assert isinstance(own.renderer.kit, DefaultKit)
