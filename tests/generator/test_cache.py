"""Incremental runs: the same bytes as a cold run, and nothing trusted that does not fit."""

import os
import pickle
import random
import shutil
from pathlib import Path

import pytest

from starmodel_generator.cache import load_cache
from starmodel_generator.generation import Report, generate_folder

EDITS = int(os.environ.get("STARMODEL_TEST_EDITS", "25"))
CONFIG = '[tool.starmodel]\nentities = ["shop/entities"]\noutput = "shop/generated"\n'
HEAD = """
from decimal import Decimal
from enum import Enum
from pydantic import BaseModel
from starmodel import Access, Entity, EntityConfig, Field, Many, Ref, StateStore, event
from typing import ClassVar
from shop.values import Size, Status
"""
VALUES = """
from enum import Enum
from pydantic import BaseModel

class Status(Enum):
    DRAFT = "draft"
    OPEN = "open"

class Size(BaseModel):
    width: int = 0
"""
PRODUCT = """
class Product(Entity):
    '''What is sold.'''
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)
    name: str = ""
    price: Decimal = Field(default=Decimal("0.00"), max_digits=9, decimal_places=2)
    status: Status = Status.DRAFT
    size: Size = Field(default_factory=Size)
"""
ORDER = """
from shop.entities.product import Product

class Order(Entity):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)
    product: Ref[Product]
    note: str = ""
"""
COUNTER = """
class Counter(Entity):
    count: int = 0
    status: Status = Status.OPEN

    @event
    def increment(self, amount: int = 1) -> None:
        self.count += amount
"""


class Project:
    """A small project that is edited at random."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.fields = 0
        self.write("pyproject.toml", CONFIG)
        self.write("shop/__init__.py", "")
        self.write("shop/values.py", VALUES)
        for name, text in (("product", PRODUCT), ("order", ORDER), ("counter", COUNTER)):
            self.write(f"shop/entities/{name}.py", HEAD + text)

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def read(self, path: str) -> str:
        return (self.root / path).read_text()

    def tree(self) -> dict[str, bytes]:
        folder = self.root / "shop/generated"
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*.*"))
            if "__pycache__" not in path.parts
        }

    def generate(self) -> Report:
        report = generate_folder(str(self.root), force=True)
        assert not report.has_errors, report.diagnostics
        return report

    def edit(self, chance: random.Random) -> None:
        self.fields += 1
        new = f"extra{self.fields}: int = {chance.randrange(9)}"
        path = chance.choice(["product", "order", "counter"])
        path = f"shop/entities/{path}.py"
        match chance.randrange(9):
            case 0:
                self.write(path, self.read(path).replace("Entity):\n", f"Entity):\n    {new}\n"))
            case 1:
                self.write(path, self.read(path) + f"# {chance.random()}\n")
            case 2:
                text = self.read("shop/values.py")
                self.write("shop/values.py", text + f"    {new}\n")
            case 3:
                text = self.read("shop/values.py").replace(
                    "class Status(Enum):\n",
                    f'class Status(Enum):\n    S{self.fields} = "s{self.fields}"\n',
                )
                self.write("shop/values.py", text)
            case 4:
                kept = [line for line in self.read(path).split("\n") if "extra" not in line]
                self.write(path, "\n".join(kept))
            case 5:
                name = f"Thing{self.fields}"
                self.write(
                    f"shop/entities/thing{self.fields}.py",
                    HEAD + COUNTER.replace("Counter", name),
                )
            case 6:
                things = sorted((self.root / "shop/entities").glob("thing*.py"))
                if things:
                    chance.choice(things).unlink()
            case 7:
                generated = sorted((self.root / "shop/generated").rglob("*.py"))
                chosen = chance.choice(generated)
                chosen.write_text(chosen.read_text() + "# by hand\n")
            case _:
                web = chance.choice(["fasthtml", "starlette", "fastapi"])
                self.write("pyproject.toml", CONFIG + f'web = "{web}"\n')


def test_any_sequence_of_edits_gives_what_a_cold_run_gives(tmp_path: Path) -> None:
    chance = random.Random(7)
    warm = Project(tmp_path / "warm")
    warm.generate()
    for number in range(EDITS):
        warm.edit(chance)
        warm.generate()
        cold = tmp_path / "cold"
        ignored = shutil.ignore_patterns("generated", ".starmodel", "__pycache__")
        shutil.copytree(warm.root, cold, ignore=ignored)
        generate_folder(str(cold))
        expected = {
            path.relative_to(cold / "shop/generated").as_posix(): path.read_bytes()
            for path in sorted((cold / "shop/generated").rglob("*.*"))
        }
        assert warm.tree() == expected, f"after edit {number}"
        shutil.rmtree(cold)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    project.generate()
    return project


def test_what_did_not_change_is_not_read_or_rendered_again(project: Project) -> None:
    cache = load_cache(project.root)
    assert set(cache.facts) == {
        *(f"shop/entities/{name}.py" for name in ("counter", "order", "product")),
        "shop/values.py",
    }
    assert len(cache.rendered) == 3
    product = cache.rendered["shop.entities.product.Product"]
    assert "enums shop.values.Status" in product.inputs
    assert not any("Order" in looked_up for looked_up in product.inputs)
    order = cache.rendered["shop.entities.order.Order"]
    assert "entities shop.entities.product.Product" in order.inputs


class Exploit:
    def __reduce__(self) -> tuple[object, ...]:
        return (open, ("exploited", "w"))


@pytest.mark.parametrize(
    "content",
    [b"", b"no pickle", pickle.dumps(Exploit()), pickle.dumps({"a": 1}), pickle.dumps(("x", 1))],
)
@pytest.mark.parametrize("name", ["facts.pickle", "rendered.json"])
def test_a_cache_that_is_none_is_dropped(project: Project, name: str, content: bytes) -> None:
    before = project.tree()
    (project.root / ".starmodel/cache" / name).write_bytes(content)
    cache = load_cache(project.root)
    assert not (cache.facts if name == "facts.pickle" else cache.rendered)
    project.write("shop/values.py", VALUES + "    height: int = 0\n")
    project.generate()
    assert project.tree() != before


def test_packed_facts_that_name_anything_else_are_dropped(project: Project) -> None:
    path = project.root / ".starmodel/cache/facts.pickle"
    written_by, facts = pickle.loads(path.read_bytes())
    sha256, _ = facts["shop/values.py"]
    facts["shop/values.py"] = (sha256, pickle.dumps(Exploit()))
    path.write_bytes(pickle.dumps((written_by, facts)))
    assert load_cache(project.root).facts["shop/values.py"].facts() is None
    before = project.tree()
    project.write("shop/entities/counter.py", project.read("shop/entities/counter.py") + "\n")
    project.generate()
    assert {**project.tree(), "manifest.json": b""} == {**before, "manifest.json": b""}


def test_checking_writes_no_cache(tmp_path: Path) -> None:
    from starmodel_generator.generation import check_folder

    project = Project(tmp_path)
    check_folder(str(tmp_path))
    assert not (tmp_path / ".starmodel").exists()
    assert project.generate().written
