"""What documents and lists refer to is there."""

import ast
import importlib
import importlib.util
import re
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    path.relative_to(ROOT).as_posix()
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
]
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
STAGES = "analysis|linking|database|planning|emission|output|migrations|diagnostics|project"
MODULE = re.compile(rf"`((?:{STAGES}|up_to_date|starmodel_schemas)(?:\.\w+)+)`")
INNER = ("docs/architecture.md", "docs/decisions")
FILE = re.compile(r"`([\w./]+/[\w./]+|\w+\.py)`")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    path = ROOT / document
    links: list[str] = LINK.findall(path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_files_to_change_are_named_as_they_are() -> None:
    named: list[str] = FILE.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    places = (ROOT, ROOT / "generator/starmodel_generator")
    assert len(named) > 50
    assert [name for name in named if not any((place / name).exists() for place in places)] == []


def test_modules_are_named_as_they_are() -> None:
    named: set[str] = set()
    missing: list[str] = []
    for document in DOCUMENTS:
        if not document.startswith(INNER):
            continue
        text = (ROOT / document).read_text(encoding="utf-8")
        for name in MODULE.findall(text):
            named.add(name)
            if not _is_there(name):
                missing.append(f"{document}: {name}")
    assert len(named) > 8
    assert missing == []


def _is_there(name: str) -> bool:
    """Return whether a module, or something in one, has this dotted name."""
    for package in ("starmodel_generator", ""):
        module, _, member = f"{package}.{name}".strip(".").rpartition(".")
        try:
            parent = importlib.import_module(module)
        except ModuleNotFoundError:
            continue
        if hasattr(parent, member) or importlib.util.find_spec(f"{module}.{member}"):
            return True
    return False


def test_the_code_of_the_counter_is_what_is_generated() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    folder = ROOT / "examples/counter/counter/generated/counter"
    starts = {"commands.py": "async def", "routes.py": "INCREMENT_ARG", "pages.py": "INCREMENT"}
    for name, start in starts.items():
        code = (folder / name).read_text(encoding="utf-8")
        code = code[code.index(start) :].partition("\n\n\ncounter_resource")[0].rstrip()
        assert f"```python\n{code}\n```" in readme


def test_what_is_slow_or_long_is_there() -> None:
    source = (ROOT / "tests/conftest.py").read_text(encoding="utf-8")
    named = [
        ast.literal_eval(statement.value)
        for statement in ast.parse(source).body
        if isinstance(statement, ast.Assign)
        and ast.unparse(statement.targets[0]) in ("SLOW", "LONGEST_FILES")
    ]
    assert len(named) == 2
    gone: list[str] = []
    for name in chain(*named):
        file, _, test = name.partition("::")
        path = ROOT / "tests" / file
        if not path.exists() or (test and f"def {test}" not in path.read_text(encoding="utf-8")):
            gone.append(name)
    assert gone == []
