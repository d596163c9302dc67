"""Code that is generated once, for tests of the runtime that need what the generator writes."""

import atexit
import shutil
import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import mkdtemp
from types import ModuleType

from shop_project import starmodel


@cache
def generate_world(entities: str, source: Path | None = None) -> Callable[[str], ModuleType]:
    """Generate the code for a module of entities beside this one, once for each process.

    `source` is where the module is, if it is somewhere else. Returns what imports a generated module by its name in the package.
    """
    folder = Path(mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    package = f"{entities}_generated"
    module = f"{entities}.py"
    shutil.copy(source or Path(__file__).with_name(module), folder / module)
    config = f'[tool.starmodel]\nentities = ["{module}"]\noutput = "{package}"\n'
    (folder / "pyproject.toml").write_text(config)
    done = starmodel(folder, "generate")
    assert done.code == 0, done.err
    sys.path.append(str(folder))
    return lambda name: import_module(f"{package}.{name}")
