"""Snapshots of a tree, as a project keeps them: written, compared and written anew."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
from pathlib import Path

import pytest
from starmodel.testing.snapshots import assert_tree

TREE = Path(__file__).parent / "shop" / "generated"


def test_tree(snapshot):
    assert_tree(TREE, snapshot)


@pytest.mark.parametrize("folder", [".", "shop/routes"])
def test_folder(folder, snapshot):
    assert_tree(TREE / folder, snapshot)


class TestShop:
    def test_tree(self, snapshot):
        assert_tree(TREE, snapshot)
"""
FILES = ("app.py", "schema.json", "shop/routes/[all] of.py", "shop/table.sql")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for path in FILES:
        file = tmp_path / "shop/generated" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{path}\n", encoding="utf-8")
    (tmp_path / "test_tree.py").write_text(TESTS, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n", encoding="utf-8")
    return tmp_path


def run(project: Path, *options: str) -> tuple[int, str]:
    """Run the project's tests, where every warning is an error; returns the exit code and what is said."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    # A worker of pytest-xdist says so in a variable, and its pytest reports nothing.
    environment = {name: text for name, text in os.environ.items() if "PYTEST" not in name}
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout


def kept(project: Path) -> list[str]:
    folder = project / "__snapshots__/test_tree/test_tree"
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


def test_an_update_writes_every_snapshot_without_a_warning(project: Path) -> None:
    code, said = run(project, "--snapshot-update")
    assert code == 0, said
    assert "13 snapshots generated." in said
    assert "warning" not in said.lower()
    assert kept(project) == sorted(FILES)
    assert run(project)[0] == 0


def test_a_change_fails_until_it_is_written(project: Path) -> None:
    run(project, "--snapshot-update")
    (project / "shop/generated/app.py").write_text("other\n", encoding="utf-8")
    (project / "shop/generated/shop/table.sql").unlink()
    code, said = run(project)
    assert code == 1
    assert "shop/table.sql is generated no longer" in said
    code, said = run(project, "--snapshot-update", "-k", "test_folder or TestShop")
    assert code == 0, said
    assert kept(project) == sorted(FILES), "the snapshots of a test that did not run are kept"
    code, said = run(project, "--snapshot-update")
    assert code == 0, said
    assert kept(project) == sorted(set(FILES) - {"shop/table.sql"})
    assert run(project)[0] == 0
