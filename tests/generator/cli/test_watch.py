"""`starmodel generate --watch`, as a process that is left running while a source is edited."""

from collections.abc import Iterator

import pytest
from running_command import Running
from shop_project import Shop


@pytest.fixture
def watching(shop: Shop) -> Iterator[Running]:
    watching = Running(shop.root, "generate", "--watch")
    yield watching
    if watching.process.poll() is None:
        watching.stop()


def test_code_follows_what_is_saved(shop: Shop, watching: Running) -> None:
    state = "shop/generated/counter/state.py"
    watching.wait(lambda: "Watching for changes" in watching.said)
    before = shop.tree()

    shop.change("shop/entities.py", "count: int = 0", "count: int = 0\n    other: int = 7")
    watching.wait(lambda: "other" in shop.read(state))
    # The manifest is written last.
    manifest = "shop/generated/manifest.json"
    watching.wait(lambda: shop.tree()[manifest] != before[manifest])
    written = shop.tree()

    # Not everything that is reported of what was just written is what was written.
    shop.change(state, "# Generated", "# generated")
    watching.wait(lambda: "was edited by hand" in watching.said)
    shop.change(state, "# generated", "# Generated")

    shop.change("shop/entities.py", "amount: int = 1", "amount")
    watching.wait(lambda: "SM301" in watching.said and "Nothing was written." in watching.said)
    assert {**shop.tree(), "shop/entities.py": b""} == {**written, "shop/entities.py": b""}

    shop.change("shop/entities.py", "amount)", "amount: int = 1)")
    shop.change("shop/entities.py", "\n    other: int = 7", "")
    watching.wait(lambda: "other" not in shop.read(state))
    watching.stop()
    assert "Traceback" not in watching.said
    assert shop.starmodel("generate", "--check").code == 0
    assert set(shop.tree()) == set(before)


def test_watching_does_not_go_with_checking(shop: Shop) -> None:
    for flag in ("--check", "--diff", "--force"):
        assert shop.starmodel("generate", "--watch", flag).code == 2
