"""What is known to be up to date by hashes alone, and what is not."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from starmodel_generator._version import __version__
from starmodel_generator.output.manifest import Manifest
from starmodel_generator.project.discovery import find_project
from starmodel_generator.project.hashing import digest
from starmodel_generator.up_to_date import standing

FILES = {
    "shop/entities/cart.py": "class Cart: ...\n",
    "shop/mixins.py": "class Mixin: ...\n",
    "shop/generated/cart/routes.py": "routes = []\n",
    "shop/generated/client/cart.py": "client = 1\n",
    "shop/generated/app.py": "app = 1\n",
}
CONFIG = """
[project]
name = "shop"

[tool.starmodel]
entities = ["shop/entities"]  # here they are
output = "shop/generated"
"""


class Tree:
    """A project that was generated, as far as its manifest tells."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("pyproject.toml", CONFIG)
        for path, text in FILES.items():
            self.write(path, text)
        self.record()

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_bytes(text.encode())

    def record(self, **changes: object) -> None:
        project = find_project(str(self.root))
        assert project is not None
        manifest = Manifest(
            generator=__version__,
            options=digest(project.options),
            entities=("shop/entities",),
            sources={
                path: digest(text.encode())
                for path, text in FILES.items()
                if "/generated/" not in path
            }
            | {"shop/absent.py": ""},
            outputs={
                path: digest(text.encode()) for path, text in FILES.items() if "/generated/" in path
            },
        )
        for name, value in changes.items():
            setattr(manifest, name, value)
        self.write("shop/generated/manifest.json", manifest.text())

    def is_fresh(self) -> bool:
        project = find_project(str(self.root / "shop/entities"))
        found = None if project is None else standing(project)
        return found is not None and not found.changed


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def test_a_tree_as_it_was_written_is_fresh(tree: Tree) -> None:
    assert tree.is_fresh()


def test_what_does_not_matter_does_not_matter(tree: Tree) -> None:
    tree.write("shop/main.py", "import generated")
    tree.write("shop/entities/notes.txt", "")
    tree.write("shop/entities/__pycache__/cart.py", "")
    tree.write("shop/entities/.hidden/cart.py", "")
    tree.write("pyproject.toml", CONFIG.replace('"shop"\n', '"bazaar"\n') + "[tool.x]\ny = 1\n")
    for path in tree.root.rglob("*.py"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
        os.utime(path)
    assert tree.is_fresh()


CHANGES: dict[str, Callable[[Tree], object]] = {
    "an entity changed": lambda tree: tree.write("shop/entities/cart.py", "class Cart:  ...\n"),
    "what an entity is made of changed": lambda tree: tree.write("shop/mixins.py", "\n"),
    "an entity file is new": lambda tree: tree.write("shop/entities/deep/wish.py", ""),
    "an entity file is gone": lambda tree: (tree.root / "shop/entities/cart.py").unlink(),
    "a module that was missing is there": lambda tree: tree.write("shop/absent.py", ""),
    "an output was edited": lambda tree: tree.write("shop/generated/app.py", "app = 2\n"),
    "an output is gone": lambda tree: (tree.root / "shop/generated/app.py").unlink(),
    "the manifest is gone": lambda tree: (tree.root / "shop/generated/manifest.json").unlink(),
    "the configuration changed": lambda tree: tree.write(
        "pyproject.toml", CONFIG.replace("# here they are", "") + 'web = "starlette"\n'
    ),
    "another version wrote it": lambda tree: tree.record(generator="0.0.9"),
    "plugins took part": lambda tree: tree.record(plugins=("openapi 1.0",)),
    "a merge left its marks": lambda tree: tree.write(
        "shop/generated/manifest.json",
        "<<<<<<< HEAD\n" + (tree.root / "shop/generated/manifest.json").read_text(),
    ),
    "a run was killed": lambda tree: tree.write(".starmodel/journal/journal.json", "{}"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_change_is_noticed(tree: Tree, change: Callable[[Tree], object]) -> None:
    change(tree)
    assert not tree.is_fresh()
