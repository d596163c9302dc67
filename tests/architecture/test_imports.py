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


def test_the_web_layer_loads_no_web_framework() -> None:
    assert loaded_by("starmodel.web").isdisjoint(WEB_LIBRARIES)
