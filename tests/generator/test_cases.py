"""Golden cases: whole projects in, whole generated trees out, read as code.

A case is a folder of `tests/cases`: the modules of a package `shop`, and `expected/` with what is
generated from them, or `stderr.txt` with what is said about them. A new case needs no new test:
write its entities and run

    pytest tests/generator/test_cases.py --snapshot-update
"""

import ast
import shutil
from pathlib import Path

import black
import pytest
from shop_project import CONFIG, Shop

from starmodel_generator.project.hashing import has_header

ROOT = Path(__file__).parents[2]
CASES = sorted(path for path in (ROOT / "tests/cases").iterdir() if path.is_dir())
EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/pyproject.toml"))
UPDATE = "pytest tests/generator/test_cases.py --snapshot-update"


def project(case: Path, folder: Path) -> Shop:
    """Copy a case into a project of its own."""
    shop = Shop(folder)
    shutil.rmtree(folder / "shop")
    kept = shutil.ignore_patterns("expected", "stderr.txt", "starmodel.toml", "__pycache__")
    shutil.copytree(case, folder / "shop", ignore=kept)
    (folder / "shop/__init__.py").touch()
    config = case / "starmodel.toml"
    shop.write("pyproject.toml", config.read_text() if config.exists() else CONFIG)
    return shop


def tree(folder: Path) -> dict[str, str]:
    """Read every file of a tree, the manifest left out: it has hashes of the others."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "manifest.json" and "__pycache__" not in path.parts
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Path, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    shop = project(case, tmp_path)
    done = shop.starmodel("generate")
    generated = tree(tmp_path / "shop/generated")
    said = done.err if done.code else ""
    if pytestconfig.getoption("update_snapshots"):
        shutil.rmtree(case / "expected", ignore_errors=True)
        (case / "stderr.txt").unlink(missing_ok=True)
        for path, text in generated.items():
            (case / "expected" / path).parent.mkdir(parents=True, exist_ok=True)
            (case / "expected" / path).write_text(text, encoding="utf-8")
        if said:
            (case / "stderr.txt").write_text(said, encoding="utf-8")
    stderr = case / "stderr.txt"
    assert said == (stderr.read_text(encoding="utf-8") if stderr.exists() else "")
    assert done.code in (0, 1)
    expected = tree(case / "expected")
    assert list(generated) == list(expected), f"other files are generated; if so be it: {UPDATE}"
    for path, text in generated.items():
        assert text == expected[path], f"{path} is not as it was; if so be it: {UPDATE}"
    for path, text in generated.items():
        if path.endswith(".py"):
            ast.parse(text)
            assert has_header(text.encode()), f"{path} would never be removed"
            assert black.format_str(text, mode=black.Mode()) == text, path
    if not done.code:
        assert shop.starmodel("generate", "--check").code == 0


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_example(example: Path, tmp_path: Path) -> None:
    copied = tmp_path / example.name
    shutil.copytree(example, copied, ignore=shutil.ignore_patterns("generated", ".starmodel"))
    folder = next(path.parent for path in copied.rglob("entities.py"))
    shop = Shop(tmp_path / "unused")
    assert shop.starmodel("generate", folder=f"../{example.name}").code == 0
    committed = tree(example / folder.relative_to(copied) / "generated")
    assert tree(folder / "generated") == committed, f"cd {example} && starmodel generate"
    for path, text in committed.items():
        if path.endswith(".py"):
            assert black.format_str(text, mode=black.Mode()) == text, path
