"""Who may import whom: the contracts in pyproject.toml, and what an import really loads."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GENERATOR_TOOLS = ("black", "jinja2", "libcst", "starmodel_generator", "starmodel_schemas", "typer")
WEB_LIBRARIES = ("datastar_py", "fastapi", "fasthtml", "httpx", "starlette", "uvicorn")


def test_the_contracts_hold() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def loaded_by(module: str) -> set[str]:
    """The top-level modules that are there after importing one, in a process of its own."""
    program = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("module", ["starmodel", "starmodel.web", "starmodel.testing"])
def test_the_runtime_loads_nothing_of_the_generator(module: str) -> None:
    assert loaded_by(module).isdisjoint(GENERATOR_TOOLS)


def test_entities_alone_load_no_web_library() -> None:
    assert loaded_by("starmodel").isdisjoint({*WEB_LIBRARIES, "itsdangerous"})


@pytest.mark.parametrize("adapter", ["StarletteAdapter", "FastHTMLAdapter", "FastAPIAdapter"])
def test_a_ready_app_loads_its_framework_when_that_is_needed(adapter: str) -> None:
    name = adapter.removesuffix("Adapter").lower()
    program = (
        f"import sys; from starmodel.web.adapters.{name} import {adapter}\n"
        f"app = {adapter}().create_app([])\n"
        f"assert {name!r} not in sys.modules\n"
        f"assert app.host is app.host and type(app.host).__module__.startswith({name!r})\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_web_layer_loads_no_web_framework() -> None:
    assert loaded_by("starmodel.web").isdisjoint(WEB_LIBRARIES)
