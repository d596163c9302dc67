"""Every name that a view imports into generated code is in the tables of reserved names."""

import ast
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import starmodel_generator
from starmodel_generator.emission.python.import_block import FACADE_OF
from starmodel_schemas.reserved_names import (
    CLASS_NAMES,
    EVENT_NAMES,
    PARAMETER_NAMES,
    SQL_EVENT_NAMES,
    TABLE_CLASSES,
)

EMISSION = Path(starmodel_generator.__file__).parent / "emission"
MODULES = sorted(path.stem for path in EMISSION.glob("*.py"))
# These have their own module to themselves: they import no class of the author's.
RECORDS = {"row_class"}
# These stand beside classes of the author's, but beside no function that is named after anything.
TABLES = {"queries", "row_values", "stored_json", "table"}


def imported_names(module: str) -> Iterator[str]:
    """The second argument of every `names.use("starmodel...", "Name")` of a view."""
    view = importlib.import_module(f"starmodel_generator.emission.{module}")
    tree = ast.parse((EMISSION / f"{module}.py").read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(attr="use"),
                args=[where, ast.Constant(value=str(name))],
            ):
                # In `app.py` no class of an author's stands beside what the package itself has.
                if isinstance(where, ast.JoinedStr):
                    continue
                # A name of the standard library is written with its module where it would clash,
                # and most of the runtime's stand behind a name for all of them.
                origin = ""
                if isinstance(where, ast.Constant):
                    origin = str(where.value)
                if isinstance(where, ast.Name):
                    origin = getattr(view, where.id, "")
                if (
                    origin.partition(".")[0] not in sys.stdlib_module_names
                    and origin not in FACADE_OF
                ):
                    yield name
            case _:
                pass


@pytest.mark.parametrize("module", MODULES)
def test_names_of_views_are_reserved(module: str) -> None:
    names = set(imported_names(module))
    classes = {name for name in names if not name[0].islower()}
    if module in RECORDS:
        return
    reserved = CLASS_NAMES
    if module in TABLES:
        reserved |= TABLE_CLASSES
    assert classes - reserved == set()
    if module in TABLES:
        return
    functions = names - classes
    # In a client, events are methods, which have a scope of their own, and no bodies.
    if not module.startswith("client"):
        assert functions - EVENT_NAMES.keys() - SQL_EVENT_NAMES.keys() == set()
    if module in ("bindings", "commands"):
        assert functions - PARAMETER_NAMES.keys() == set()
