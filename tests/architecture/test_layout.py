"""What folders hold: few modules each, and no name that means two things."""

from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = [ROOT / "schemas", ROOT / "generator", ROOT / "runtime"]
FOLDERS = [init.parent for source in SOURCES for init in source.rglob("__init__.py")]

IN_BOTH_DISTRIBUTIONS = {"__init__.py", "_version.py", "plugins.py"}
AS_SCHEMA_AND_AS_CLASS = {"access.py", "entity.py", "event.py", "field.py"}
"""What an author writes, once in the runtime, and once as the generator's schema of it."""

SAID_BY_ITS_FOLDER = {"default.py", "fields.py"}
"""The default of a field, and the default kit; the fields of an entity, and their components."""


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.relative_to(ROOT).as_posix())
def test_a_folder_has_at_most_sixteen_modules(folder: Path) -> None:
    assert len(list(folder.glob("*.py"))) <= 16


def test_no_name_means_two_things() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for folder in FOLDERS:
        for module in folder.glob("*.py"):
            places[module.name].append(module.relative_to(ROOT).as_posix())
    twice = {name: found for name, found in places.items() if len(found) > 1}
    assert {*twice} <= IN_BOTH_DISTRIBUTIONS | AS_SCHEMA_AND_AS_CLASS | SAID_BY_ITS_FOLDER, twice
