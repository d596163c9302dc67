"""Paths that are none, and paths that meet."""

import pytest
from linked_project import Linked, link_sources


def with_path(path: str, *, record: bool = False, method: str = "POST") -> Linked:
    config = (
        "EntityConfig(scope=Scope.RECORD, access=Access.PUBLIC)" if record else "EntityConfig()"
    )
    return link_sources(
        "from starmodel import *\nclass Room(Entity):\n"
        f"    model_config = {config}\n"
        f"    @event(path={path!r}, method={method!r})\n    def go(self) -> None: ...\n"
    )


@pytest.mark.parametrize("path", ["/a", "/a/b-c_d.e~f", "/A/1", "/room", "/lively", "/live2/x"])
def test_good_paths(path: str) -> None:
    assert with_path(path).event("Room", "go").path == path


@pytest.mark.parametrize("path", ["/{id}", "/room/{id}", "/r/{id}/go"])
def test_good_paths_of_records(path: str) -> None:
    assert with_path(path, record=True).event("Room", "go").path == path


@pytest.mark.parametrize(
    "path",
    [
        *("", "a", "/", "//", "/a/", "/a//b", "/../etc", "/a/./b", "/a?b=1", "/a#b", "/a b"),
        *("/a%2e", "/{id}", "/a/{name}", "/ä", "/a\\b", "/a\n", "/" + "a" * 600, "/a:b", "/a\x00"),
    ],
)
def test_bad_paths(path: str) -> None:
    assert with_path(path).codes == ["SM311"]


@pytest.mark.parametrize("path", ["/room/go", "/room/{id}/{id}", "/room/x{id}", "/{id}/{other}"])
def test_bad_paths_of_records(path: str) -> None:
    assert with_path(path, record=True).codes == ["SM311"]


@pytest.mark.parametrize("path", ["/live", "/live/x", "/_starmodel/style.css"])
def test_the_runtimes_own_paths(path: str) -> None:
    assert with_path(path).codes == ["SM601"]


def test_reading_takes_a_route_too() -> None:
    assert with_path("/room", method="GET").codes == ["SM601"]
    assert with_path("/room/{id}", record=True, method="GET").codes == ["SM601"]


def test_collisions_between_entities_name_both() -> None:
    linked = link_sources("""
        from starmodel import *
        class Cart(Entity):
            @event(path="/shop/clear")
            def clear(self) -> None: ...
        class Basket(Entity):
            @event(path="/shop/clear")
            def empty(self) -> None: ...
            @event(path="/cart", method="GET")
            def peek(self) -> int: ...
    """)
    assert [each.message for each in linked.diagnostics] == [
        "event `Basket.empty` and event `Cart.clear` are both served at `POST /shop/clear`",
        "event `Basket.peek` and reading entity `Cart` are both served at `GET /cart`",
    ]
    assert all(each.related[0].span for each in linked.diagnostics)
