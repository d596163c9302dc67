"""What documents and lists refer to is there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    path.relative_to(ROOT).as_posix()
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
]
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
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


def test_what_is_slow_is_there() -> None:
    source = (ROOT / "tests/conftest.py").read_text(encoding="utf-8")
    [named] = [
        ast.literal_eval(statement.value)
        for statement in ast.parse(source).body
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "SLOW"
    ]
    gone: list[str] = []
    for name in named:
        file, _, test = name.partition("::")
        path = ROOT / "tests" / file
        if not path.exists() or (test and f"def {test}" not in path.read_text(encoding="utf-8")):
            gone.append(name)
    assert gone == []
