"""Public means listed: what a package shows is what its `__all__` says, and all of it is there.

What it has for generated code besides is imported as itself (`Services as Services`).
"""

import ast
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "starmodel",
    "starmodel.application",
    "starmodel.domain",
    "starmodel.stores",
    "starmodel.bus",
    "starmodel.web",
    "starmodel_generator",
    "starmodel_schemas",
)


@pytest.mark.parametrize("name", PACKAGES)
def test_all_is_what_is_public(name: str) -> None:
    module = importlib.import_module(name)
    listed: list[str] = getattr(module, "__all__", [])
    assert sorted(set(listed)) == sorted(listed), "a name stands there twice"
    missing = [public for public in listed if not hasattr(module, public)]
    assert missing == []

    assert module.__file__ is not None
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    bound: set[str] = set()
    for node in tree.body:
        match node:
            case ast.ImportFrom(names=names):
                bound |= {alias.asname or alias.name for alias in names if not _is_given(alias)}
            case ast.FunctionDef(name=bound_name) | ast.ClassDef(name=bound_name):
                bound.add(bound_name)
            case ast.Assign(targets=[ast.Name(id=bound_name)]):
                bound.add(bound_name)
            case _:
                pass
    unlisted = {public for public in bound if not public.startswith("_")} - set(listed)
    assert unlisted <= {"TYPE_CHECKING", "deferred", "import_module"}


def _is_given(alias: ast.alias) -> bool:
    """Whether an import says that it is for others."""
    return alias.asname == alias.name


@pytest.mark.parametrize("name", ["starmodel", "starmodel.web"])
def test_what_type_checkers_see_can_be_imported(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__file__ is not None
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    seen = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert len(seen) > 40
    assert {each for each in seen if not hasattr(module, each)} == set()
