"""Projects to be measured: entities written to a folder, and what the generator makes of them."""

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.exchange import SECRET_KEY

ROOT = Path(__file__).parents[1]
PACKAGES = (ROOT, ROOT / "runtime", ROOT / "schemas", ROOT / "generator")
COMMAND = (
    sys.executable,
    "-c",
    "import sys; from starmodel_generator.entry import main; sys.exit(main())",
)
"""What the `starmodel` script does."""

PER_MODULE = 10
KINDS = (
    ("int", "{n}"),
    ("str", '"text {n}"'),
    ("bool", "False"),
    ("float", "{n}.5"),
    ("list[int]", "Field(default_factory=list)"),
)
IMPORTS = "from starmodel import Entity, EntityConfig, Field, Scope, StateStore, event\n"
CONFIG = "model_config = EntityConfig(store=StateStore.SERVER_MEMORY, scope=Scope.{scope})"


VARIED_PER_MODULE = 3
VALUES = '''"""What entities are made of."""

from decimal import Decimal
from enum import Enum

from pydantic import BaseModel, Field


class Status(Enum):
    """How far something has come."""

    DRAFT = "draft"
    OPEN = "open"
    DONE = "done"


class Size(BaseModel):
    """How large something is."""

    width: int = 0
    height: int = 0


class Price(BaseModel):
    """What something costs."""

    amount: Decimal = Field(default=Decimal("0.00"), max_digits=9, decimal_places=2)
    currency: str = "EUR"
'''
VARIED_IMPORTS = '''"""A part of an app in SQL."""

from datetime import date, timedelta
from decimal import Decimal

from starmodel import Access, Entity, EntityConfig, Field, Ref, StateStore, event

from shop.entities.values import Price, Size, Status
'''
VARIED = '''

class {name}(Entity):
    """One {name}."""

    model_config = EntityConfig(store=StateStore.SERVER_SQL, access=Access.PUBLIC, crud=True)

    title: str = Field(max_length=80)
    text: str | None = Field(default=None, description="What it is about, {number}.")
    count: int = Field(default={number}, ge=0)
    ratio: float = 0.5
    is_done: bool = False
    weight: Decimal = Field(default=Decimal("0.00"), max_digits=9, decimal_places=2)
    due: date | None = None
    takes: timedelta = timedelta(hours=1)
    tags: list[str] = Field(default_factory=list)
    status: Status = Status.DRAFT
    size: Size = Field(default_factory=Size)
    price: Price = Field(default_factory=Price)
{relation}
    @event
    def finish(self, note: str = "") -> None:
        """Finish it."""
        self.is_done = True
        self.status = Status.DONE
        if note:
            self.text = note

    @event
    def add(self, amount: int = 1) -> None:
        """Add to the count."""
        self.count += amount
'''


class Project:
    """A project with a package `shop` in a folder.

    Args:
        folder: An empty or missing folder.
        modules: The modules with entities in it, name to text.
        web: The framework behind the generated routes.
    """

    def __init__(self, folder: Path, modules: dict[str, str], *, web: str = "starlette") -> None:
        self.folder = folder
        self.sources = [folder / "shop" / "entities" / f"{name}.py" for name in modules]
        package = folder / "shop" / "entities"
        package.mkdir(parents=True)
        (folder / "shop" / "__init__.py").touch()
        (package / "__init__.py").touch()
        for path, text in zip(self.sources, modules.values(), strict=True):
            path.write_text(text, encoding="utf-8")
        (folder / "pyproject.toml").write_text(
            f'[tool.starmodel]\nentities = ["shop/entities"]\noutput = "shop/generated"\n'
            f'web = "{web}"\n'
        )

    def generate(self) -> None:
        """Run `starmodel generate`."""
        self.run("generate")

    def run(self, *arguments: str) -> None:
        """Run a command of StarModel, which must succeed.

        Raises:
            RuntimeError: It did not; what it said is in the message.
        """
        done = subprocess.run(
            [*COMMAND, *arguments],
            cwd=self.folder,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"starmodel {' '.join(arguments)}: {done.stdout}{done.stderr}")


def environment(*folders: Path) -> dict[str, str]:
    """Return the environment of every process that is measured; `folders` are imported from, too."""
    paths = [str(path) for path in (*folders, *PACKAGES)]
    # Nothing would be kept of what is compiled, and each process would compile it anew.
    inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {
        **inherited,
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONHASHSEED": "0",
        "STARMODEL_SECRET_KEY": SECRET_KEY,
    }


def counter_project(folder: Path, *, web: str = "starlette") -> Project:
    """Return the counter of the examples."""
    source = ROOT / "examples" / "counter" / "counter" / "entities.py"
    project = Project(folder, {"counter": source.read_text(encoding="utf-8")}, web=web)
    project.generate()
    return project


def many_entities(count: int, *, fields: int = 10, events: int = 5) -> dict[str, str]:
    """Modules with so many entities, ten in each."""
    modules: dict[str, str] = {}
    for first in range(0, count, PER_MODULE):
        numbers = range(first, min(first + PER_MODULE, count))
        modules[f"part{first // PER_MODULE}"] = "\n\n".join(
            ['"""A part of a large app."""\n\n' + IMPORTS]
            + [entity(f"Thing{number}", fields=fields, events=events) for number in numbers]
        )
    return modules


def varied_entities(count: int) -> dict[str, str]:
    """Modules with so many entities in SQL, three in each, as an app of its own has them.

    They have CRUD, events, fields of many types, enums and value objects of another module, and
    references to each other.
    """
    modules = {"values": VALUES}
    names = [f"Item{number}" for number in range(count)]
    for first in range(0, count, VARIED_PER_MODULE):
        own = range(first, min(first + VARIED_PER_MODULE, count))
        part = first // VARIED_PER_MODULE
        text = VARIED_IMPORTS
        if part:
            # What these refer to stands in the module before.
            text += f"from shop.entities.varied{part - 1} import {names[first - 1]}\n"
        for number in own:
            before = names[max(number, 1) - 1] if number > first else names[max(first, 1) - 1]
            text += varied_entity(names[number], before if number else None, number)
        modules[f"varied{part}"] = text
    return modules


def varied_entity(name: str, refers_to: str | None, number: int) -> str:
    """Return the source of an entity in SQL; `refers_to` is an entity that was defined before it."""
    relation = "" if refers_to is None else f"    origin: Ref[{refers_to}] | None = None\n"
    return VARIED.format(name=name, relation=relation, number=number)


def entity(name: str, *, fields: int, events: int) -> str:
    """Return the source of an entity with fields of several types, and events that change them."""
    lines = [f"class {name}(Entity):", f'    """One {name}."""', ""]
    lines += ["    " + CONFIG.format(scope="SESSION"), ""]
    for number in range(fields):
        kind, default = KINDS[number % len(KINDS)]
        lines.append(f"    field_{number}: {kind} = {default.format(n=number)}")
    for number in range(events):
        lines += [
            "",
            "    @event",
            f"    def change_{number}(self, amount: int = 1, note: str = '') -> None:",
            f'        """Change it, in way {number}."""',
            f"        self.field_0 += amount * {number + 1}",
            "        if note:",
            "            self.field_1 = note",
        ]
    return "\n".join(lines) + "\n"
