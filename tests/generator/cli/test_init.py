"""`starmodel init`: a project that runs, whose own tests pass, and that overwrites nothing."""

import subprocess
import sys
from pathlib import Path

import pytest
from shop_project import starmodel


def test_a_new_project_is_up_to_date_and_its_tests_pass(tmp_path: Path) -> None:
    done = starmodel(tmp_path, "init", "corner-shop")
    assert (done.code, done.out) == (0, "")
    assert done.err.endswith("Next:\n\n  cd corner-shop\n  starmodel run\n")
    project = tmp_path / "corner-shop"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corner-shop"]
    assert {path.name for path in project.iterdir()} == {
        *(".gitattributes", ".github", ".gitignore", ".pre-commit-config.yaml"),
        *("README.md", "corner_shop", "pyproject.toml", "tests"),
    }
    left = [path for path in project.rglob("*") if path.is_file() and "@" in path.read_text()]
    assert [path.name for path in left if "@NAME@" in path.read_text()] == []

    check = starmodel(project, "generate", "--check")
    assert (check.code, check.out) == (0, "")
    tests = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert tests.returncode == 0, tests.stdout
    black = subprocess.run(
        [sys.executable, "-m", "black", "--check", "--quiet", "."], cwd=project, check=False
    )
    assert black.returncode == 0


NOTES = """\
from starmodel import Access, Entity, EntityConfig, StateStore


class Note(Entity):
    \"\"\"What somebody has to remember.\"\"\"

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    text: str = ""
"""

TEST_NOTES = """\
from shop.main import app
from starmodel.testing import Client


def test_a_note_is_kept() -> None:
    with Client(app) as client:
        assert client.get("/note").json["items"] == []
        client.post("/note", {"text": "Tea"})
        assert len(client.get("/note").json["items"]) == 1
"""


def test_the_tests_of_a_new_project_leave_its_database_alone(tmp_path: Path) -> None:
    assert starmodel(tmp_path, "init", "shop").code == 0
    project = tmp_path / "shop"
    (project / "shop/entities.py").write_text(NOTES)
    (project / "tests/test_counter.py").unlink()
    (project / "tests/test_notes.py").write_text(TEST_NOTES)
    assert starmodel(project, "generate").code == 0
    (project / "app.db").touch()
    for _ in range(2):
        tests = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
            cwd=project,
            capture_output=True,
            text=True,
            check=False,
        )
        assert tests.returncode == 0, tests.stdout
    assert (project / "app.db").read_bytes() == b""


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/notes.txt").write_text("mine")
    done = starmodel(tmp_path, "init", "shop")
    assert done.code == 2 and "not empty" in done.err
    assert [path.name for path in tmp_path.rglob("*")] == ["shop", "notes.txt"]
    (tmp_path / "shop/notes.txt").unlink()
    assert starmodel(tmp_path, "init", "shop").code == 0


@pytest.mark.parametrize(
    "name", ["json", "starmodel", "tests", "class", "2shop", "a/b", "_x", "pytest"]
)
def test_names_that_would_not_work(tmp_path: Path, name: str) -> None:
    done = starmodel(tmp_path, "init", name)
    assert done.code == 2 and done.err.startswith("error: ")
    assert list(tmp_path.iterdir()) == []
