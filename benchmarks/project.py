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
    """The environment of every process that is measured; `folders` are imported from, too."""
    paths = [str(path) for path in (*folders, *PACKAGES)]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONHASHSEED": "0",
        "STARMODEL_SECRET_KEY": SECRET_KEY,
    }


def counter_project(folder: Path, *, web: str = "starlette") -> Project:
    """The counter of the examples."""
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


def entity(name: str, *, fields: int, events: int) -> str:
    """The source of an entity with fields of several types, and events that change them."""
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
