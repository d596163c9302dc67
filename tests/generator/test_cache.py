"""Incremental runs: the same bytes as a cold run, and nothing trusted that does not fit."""

import os
import pickle
import random
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from starmodel_generator.analysis.facts import ModuleFacts
from starmodel_generator.cache import load_cache
from starmodel_generator.diagnostics.diagnostic import Diagnostic, has_errors
from starmodel_generator.generation import check_folder, generate_folder
from starmodel_generator.incremental import affected_modules
from starmodel_generator.incremental.full_rebuild import FullRebuildRequired
from starmodel_generator.incremental.incremental_update import update
from starmodel_generator.linking.link import LinkResult, link
from starmodel_generator.project.config import read_config
from starmodel_generator.project.discovery import find_project
from starmodel_generator.up_to_date import standing

EDITS = int(os.environ.get("STARMODEL_TEST_EDITS", "25"))
SEEDS = [int(seed) for seed in os.environ.get("STARMODEL_TEST_SEEDS", "7 8 9").split()]
CONFIG = '[tool.starmodel]\nentities = ["shop/entities"]\noutput = "shop/generated"\n'
HEAD = """
from decimal import Decimal
from pydantic import BaseModel
from starmodel import Access, Entity, EntityConfig, Field, Many, Ref, StateStore, event
from typing import TYPE_CHECKING, ClassVar
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
BASES = """
from starmodel import Actor, Entity, Field

class _Base(Entity):
    origin: str = "here"

class Kept(_Base):
    remark: str = Field(default="", description="What is said of it.")

def may_see(actor: Actor, entity: Entity) -> bool:
    return True
"""
PRODUCT = """
from shop.bases import may_see

if TYPE_CHECKING:
    from shop.entities.order import Order

class Product(Entity):
    '''What is sold.'''
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)
    name: str = ""
    price: Decimal = Field(default=Decimal("0.00"), max_digits=9, decimal_places=2)
    status: Status = Status.DRAFT
    size: Size = Field(default_factory=Size)
    orders: ClassVar[Many["Order"]]
"""
ORDER = """
from shop.bases import Kept, may_see
from shop.entities.product import Product

class Order(Kept):
    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)
    product: Ref[Product]
    note: str = ""
"""
COUNTER = """
class Counter(Entity):
    '''What counts.'''
    count: int = 0
    status: Status = Status.OPEN

    @event
    def increment(self, amount: int = 1) -> None:
        '''Add 1.'''
        self.count += amount
"""
CLOCK = """
from starmodel import Entity

class Clock(Entity):
    '''What ticks.'''
    time: int = 0
"""
ENTITIES = ("product", "order", "counter", "clock")


class Project:
    """A small project that is edited at random."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.number = 0
        self.updates = 0
        self.write("pyproject.toml", CONFIG)
        self.write("shop/__init__.py", "")
        self.write("shop/values.py", VALUES)
        self.write("shop/bases.py", BASES)
        for name, text in (("product", PRODUCT), ("order", ORDER), ("counter", COUNTER)):
            self.write(f"shop/entities/{name}.py", HEAD + text)
        self.write("shop/entities/clock.py", CLOCK)

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def read(self, path: str) -> str:
        return (self.root / path).read_text()

    def replace(self, path: str, old: str, new: str, count: int = 1) -> None:
        self.write(path, re.sub(old, new, self.read(path), count=count))

    def tree(self) -> dict[str, bytes]:
        folder = self.root / "shop/generated"
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*.*"))
            if "__pycache__" not in path.parts
        }

    def run(self) -> tuple[Diagnostic, ...]:
        """Generate as the command does; what there is to say."""
        found = find_project(str(self.root))
        assert found is not None
        config = read_config(found).config
        before = standing(found)
        if config is not None and before is not None and before.changed:
            try:
                update(config, before, load_cache(self.root))
            except FullRebuildRequired:
                pass
            else:
                self.updates += 1
                return ()
        return generate_folder(str(self.root), force=True).diagnostics

    def generate(self) -> None:
        diagnostics = self.run()
        assert not has_errors(diagnostics), diagnostics

    def edit(self, chance: random.Random) -> None:
        """Change what is one entity's own, or what several have in common."""
        self.number += 1
        for path, wrong in (("product", "api_token"), ("order", "lost")):
            # What is wrong does not stay for long.
            if chance.randrange(2):
                self.replace(f"shop/entities/{path}.py", rf"    {wrong}: .*\n", "")
        chance.choice([self.edit_one, self.edit_one, self.edit_many])(chance)

    def edit_one(self, chance: random.Random) -> None:
        number = self.number
        path = f"shop/entities/{chance.choice(ENTITIES)}.py"
        match chance.randrange(10):
            case 0:
                new = rf"\g<0>    extra{number}: int = {number}\n"
                self.replace(path, r"(Entity|Kept)\):\n(    '''.*\n)?", new)
            case 1:
                self.write(path, self.read(path) + f"# {number}\n")
            case 2:
                self.replace(path, r"    extra.*\n", "", 0)
            case 3:
                self.replace(path, r"'''What .*'''", f"'''What is {number}.'''")
            case 4:
                self.replace(path, r"(extra\d+): .*", rf"\1: float = {number}.5")
            case 5:
                path = f"shop/entities/{chance.choice(ENTITIES[:3])}.py"
                typed = chance.choice(["Status = Status.OPEN", 'Decimal = Decimal("1.50")'])
                self.replace(path, r"(extra\d+): .*", rf"\1: {typed}")
            case 6:
                self.replace(path, r"'''Add .*'''", f"'''Add {number}.'''")
            case 7:
                self.replace(path, r"amount: int = \d+", f"amount: int = {number}")
            case 8:
                chosen = chance.choice(sorted((self.root / "shop/generated").rglob("*.py")))
                chosen.write_text(chosen.read_text() + "# by hand\n")
            case _:
                self.replace(path, r"access=[\w.]+", f"access=may_{self.policy()}")

    def edit_many(self, chance: random.Random) -> None:
        number = self.number
        values, bases = "shop/values.py", "shop/bases.py"
        product, order = "shop/entities/product.py", "shop/entities/order.py"
        match chance.randrange(15):
            case 0:
                self.write(values, self.read(values) + f"    extra{number}: int = 1\n")
            case 1:
                member = f'    S{number} = "s{number}"\n'
                self.replace(values, r"class Status\(Enum\):\n", rf"\g<0>{member}")
            case 2:
                self.replace(values, r"width: int = .*", f"width: int = {number}")
            case 3:
                self.replace(values, r'"open\d*"', f'"open{number}"')
            case 4:
                self.replace(bases, r"origin: str = .*", f'origin: str = "{number}"')
            case 5:
                default, said = chance.choice("ab"), f'description="Said {number}."'
                remark = f'remark: str = Field(default="{default}", {said})'
                self.replace(bases, r"remark: str.*", remark)
            case 6:
                policy = "may_look" if self.policy() == "see" else "may_see"
                for path in (bases, product, order):
                    self.replace(path, r"may_(see|look)", policy, 0)
            case 7:
                for path in (product, order):
                    self.replace(path, r"\bProduct\d*\b", f"Product{number}", 0)
            case 8:
                type_ = f"Ref[{self.product()}]" + chance.choice(["", " | None = None"])
                self.replace(order, r"product: Ref\[.*", f"product: {type_}")
            case 9:
                base = chance.choice(["Kept", "Entity"])
                self.replace(order, r"class Order\(\w+\)", f"class Order({base})")
            case 10:
                # What generated code imports is written in another way beside such a class.
                name = chance.choice([f"Thing{number}", "Any", "Mapping", "TypedDict"])
                text = HEAD + COUNTER.replace("Counter", name)
                self.write(f"shop/entities/thing_{name.lower()}.py", text)
            case 11:
                things = sorted((self.root / "shop/entities").glob("thing*.py"))
                if things:
                    chance.choice(things).unlink()
            case 12:
                self.replace(order, r"    note: str", r"    lost: Nothing\n\g<0>")
            case 13:
                self.replace(product, r"    name: str", r"    api_token: str = ''\n\g<0>")
            case _:
                web = chance.choice(["fasthtml", "starlette", "fastapi"])
                respond = chance.choice(["patch", "ack"])
                self.write("pyproject.toml", CONFIG + f'web = "{web}"\nrespond = "{respond}"\n')

    def policy(self) -> str:
        """What the policy is called, after its `may_`."""
        return "look" if "may_look" in self.read("shop/bases.py") else "see"

    def product(self) -> str:
        """What the entity is called that others refer to."""
        found = re.search(r"class (Product\d*)\(", self.read("shop/entities/product.py"))
        assert found is not None
        return found[1]


@pytest.mark.parametrize("seed", SEEDS)
def test_any_sequence_of_edits_gives_what_a_cold_run_gives(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    warm = Project(tmp_path / "warm")
    warm.generate()
    for number in range(EDITS):
        warm.edit(chance)
        diagnostics = warm.run()
        cold = tmp_path / "cold"
        ignored = shutil.ignore_patterns("generated", ".starmodel", "__pycache__")
        shutil.copytree(warm.root, cold, ignore=ignored)
        report = generate_folder(str(cold))
        assert diagnostics == report.diagnostics, f"after edit {number}"
        if not report.has_errors:
            expected = {
                path.relative_to(cold / "shop/generated").as_posix(): path.read_bytes()
                for path in sorted((cold / "shop/generated").rglob("*.*"))
            }
            assert warm.tree() == expected, f"after edit {number}"
        shutil.rmtree(cold)
    assert warm.updates > EDITS // 10, "most edits change little"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = Project(tmp_path)
    project.generate()
    return project


def test_what_did_not_change_is_not_read_or_rendered_again(project: Project) -> None:
    cache = load_cache(project.root)
    assert set(cache.facts) == {
        *(f"shop/entities/{name}.py" for name in ENTITIES),
        "shop/bases.py",
        "shop/values.py",
    }
    assert len(cache.rendered) == 4
    product = cache.rendered["shop.entities.product.Product"]
    assert "enums shop.values.Status" in product.inputs
    assert not any("Clock" in looked_up for looked_up in product.inputs)
    order = cache.rendered["shop.entities.order.Order"]
    assert "entities shop.entities.product.Product" in order.inputs


def test_only_what_a_change_may_affect_is_linked(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    linked: list[list[str]] = []

    def noted(modules: Sequence[ModuleFacts], *others: Any) -> LinkResult:
        linked.append([module.name for module in modules])
        return link(modules, *others)

    monkeypatch.setattr(affected_modules, "link", noted)
    project.replace("shop/entities/clock.py", "What ticks", "What is ticking")
    project.generate()
    assert project.updates == 1
    assert linked == [["shop.entities.clock"]] * 2
    assert b"What is ticking" in project.tree()["schema.json"]
    # It declares what others use as well.
    project.replace("shop/entities/counter.py", "What counts", "What is counted")
    project.generate()
    assert project.updates == 2
    others = ["shop.entities.counter", "shop.entities.order", "shop.entities.product"]
    assert linked[2:] == [others] * 2


def test_an_entity_that_shows_itself_in_another_way_is_linked_with_all(project: Project) -> None:
    clock = "shop/entities/clock.py"
    project.replace(clock, "time: int", "time: int = 0\n    price: int")
    project.generate()
    assert project.updates == 1, "a plain field is an entity's own"
    project.replace(clock, "class Clock", "class Watch")
    project.generate()
    assert project.updates == 1
    assert "watch/state.py" in project.tree() and "clock/state.py" not in project.tree()


def test_the_first_alias_is_seen_in_what_all_clients_share(project: Project) -> None:
    clock = "shop/entities/clock.py"
    project.replace(clock, "int = 0", 'int = Field(0, alias="hour")')
    project.replace(clock, "import Entity", "import Entity, Field")
    project.generate()
    assert b"_read_names" in project.tree()["client/transport.py"]


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
    Project(tmp_path)
    check_folder(str(tmp_path))
    assert not (tmp_path / ".starmodel").exists()
    assert generate_folder(str(tmp_path)).written


def test_an_enum_that_becomes_a_flag_is_told_to_all_clients(project: Project) -> None:
    transport = "client/transport.py"
    assert b"Flag" not in project.tree()[transport]
    flags = VALUES.replace("Enum", "Flag").replace('"draft"', "1").replace('"open"', "2")
    project.write("shop/values.py", flags)
    project.generate()
    assert b"from enum import Enum, Flag" in project.tree()[transport]
