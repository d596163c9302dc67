"""The module of an entity that is kept as JSON: laid out as black does it, for every type there is."""

import black
import pytest
from corpus import drawn, written

from starmodel_generator.emission import render
from starmodel_generator.planning import EmissionSettings
from starmodel_schemas import AppSchema

Case = tuple[AppSchema, EmissionSettings]


def documents(case: Case) -> dict[str, str]:
    """Generate the documents of an app whose entities in memory are in Redis instead."""
    app, settings = case
    moved = tuple(
        (
            entity.model_copy(update={"store": "SERVER_REDIS"})
            if entity.store == "SERVER_MEMORY"
            else entity
        )
        for entity in app.entities
    )
    files = render(app.model_copy(update={"entities": moved}), settings)
    found = {file.path: file.text for file in files if file.path.endswith("/document.py")}
    assert len(found) == sum(entity.store == "SERVER_REDIS" for entity in moved)
    return found


def check(found: dict[str, str]) -> None:
    for path, text in found.items():
        compile(text, path, "exec")
        assert black.format_str(text, mode=black.Mode()) == text, path


@pytest.mark.parametrize("case", written(), ids=lambda case: case[1].package)
def test_written_schemas(case: Case) -> None:
    check(documents(case))


@pytest.mark.parametrize("seed", range(4))
def test_random_schemas(seed: int) -> None:
    number = 0
    for case in drawn(range(seed * 8, seed * 8 + 8), hostile=seed % 2 == 1, longest=1 + seed):
        found = documents(case)
        number += len(found)
        check(found)
    assert number > 0
