"""Parts that installed packages add, as the running app loads them."""

import importlib
from pathlib import Path

import pytest

from starmodel.errors import ConfigurationError
from starmodel.plugins import load_plugin


@pytest.fixture(autouse=True)
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    metadata = tmp_path / "lent_parts-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: lent-parts\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(
        "[starmodel.buses]\nhorn = lent_parts:Horn\nlost = lent_absent:Bus\ngone = lent_parts:Gone\n"
    )
    (tmp_path / "lent_parts.py").write_text("class Horn: ...\n")
    monkeypatch.syspath_prepend(tmp_path)  # pyright: ignore[reportUnknownMemberType]
    importlib.invalidate_caches()


def test_a_part_of_a_package() -> None:
    assert load_plugin("starmodel.buses", "horn").__name__ == "Horn"


@pytest.mark.parametrize(("name", "reason"), [("lost", "lent_absent"), ("gone", "Gone")])
def test_a_part_that_cannot_be_loaded_is_named(name: str, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=f"'{name}' of starmodel.buses .*{reason}"):
        load_plugin("starmodel.buses", name)


def test_a_part_that_is_not_there() -> None:
    with pytest.raises(ConfigurationError, match="there are: gone, horn, lost, postgresql"):
        load_plugin("starmodel.buses", "drum")
