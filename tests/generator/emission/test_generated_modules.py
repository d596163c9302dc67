"""Generated modules are typed strictly, import exactly what they use, and what is there."""

import ast
import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from author_sources import author_sources
from corpus import COUNTER_APP, drawn, sample_settings, settings
from sample_shop import SCHEMA, SOURCES

from starmodel_generator.emission import render
from starmodel_schemas.reserved_names import EVENT_NAMES, FIELD_NAMES, PARAMETER_NAMES

EXAMPLES = Path(__file__).parents[3] / "examples"
RUNTIME = Path(importlib.import_module("starmodel").__file__ or "").parents[1]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with several projects: what their authors wrote and what was generated."""
    root = tmp_path_factory.mktemp("projects")
    cases = [
        (COUNTER_APP, settings("counter")),
        *drawn(range(4)),
        *drawn(range(4, 6), hostile=True),
    ]
    files = dict(SOURCES)
    files |= {file.path: file.text for file in render(SCHEMA, sample_settings())}
    for app, options in cases:
        files |= author_sources(app, options)
        files |= {file.path: file.text for file in render(app, options)}
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.lstrip("\n"), encoding="utf-8")
    (root / "pyproject.toml").write_text("")
    return root


def modules(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*.py") if "generated" in path.parts)


def test_pyright_strict_finds_nothing(project: Path) -> None:
    options = {
        "include": ["."],
        "typeCheckingMode": "basic",
        "strict": ["**/generated"],
        "extraPaths": [str(RUNTIME)],
        "pythonVersion": "3.11",
        "reportMissingTypeStubs": False,
    }
    (project / "pyrightconfig.json").write_text(json.dumps(options))
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable]
    done = subprocess.run([*command, "-p", str(project)], capture_output=True, text=True)
    report = json.loads(done.stdout)
    found = [
        f"{diagnostic['file']}:{diagnostic['range']['start']['line'] + 1} {diagnostic['message']}"
        for diagnostic in report["generalDiagnostics"]
        if "/generated/" in diagnostic["file"]
    ]
    assert found == []
    assert report["summary"]["filesAnalyzed"] > len(modules(project))


def mypy(folder: Path, *paths: Path, python_path: tuple[Path, ...] = ()) -> list[str]:
    """Return what `mypy --strict` finds, a line for each error."""
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--no-error-summary",
        "--hide-error-context",
    ]
    command += ["--config-file=", f"--cache-dir={folder / '.mypy_cache'}", *map(str, paths)]
    search = {**os.environ, "MYPYPATH": os.pathsep.join(map(str, (RUNTIME, *python_path)))}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=search)
    assert done.stderr == ""
    return [line for line in done.stdout.splitlines() if ": error: " in line]


def test_mypy_strict_finds_nothing(project: Path) -> None:
    found = mypy(project, Path("."))
    assert [line for line in found if "/generated/" in line] == []


def test_mypy_strict_finds_nothing_in_examples(tmp_path: Path) -> None:
    packages = sorted(path.parent for path in EXAMPLES.glob("*/*/entities.py"))
    assert len(packages) == 6
    roots = tuple(package.parent for package in packages)
    assert mypy(tmp_path, *packages, python_path=roots) == []


def test_imports_are_exact_and_sorted(project: Path) -> None:
    folders = sorted(str(path) for path in project.glob("*/generated"))
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--select",
        "I,F401,F811,F821,F822",
        "--quiet",
    ]
    done = subprocess.run([*command, *folders], capture_output=True, text=True, cwd=project)
    assert done.stdout == ""
    assert done.returncode == 0


def imports(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield "." * node.level + (node.module or ""), alias.name
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, ""


def test_every_name_from_the_runtime_is_there(project: Path) -> None:
    used = {item for path in modules(project) for item in (*imports(path), *runtime_names(path))}
    runtime = sorted(item for item in used if item[0].partition(".")[0] == "starmodel")
    missing = [
        f"{module}.{name}"
        for module, name in runtime
        if name and not hasattr(importlib.import_module(module), name)
    ]
    assert ("starmodel", "CommandResult") in used and ("starmodel.web", "Route") in used
    assert missing == []


def runtime_names(path: Path) -> Iterator[tuple[str, str]]:
    """Return what a module takes from the runtime: `sm.CommandResult`, `web.Route`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Attribute(value=ast.Name(id="sm"), attr=name):
                yield "starmodel", name
            case ast.Attribute(value=ast.Name(id="web"), attr=name):
                yield "starmodel.web", name
            case _:
                pass


def test_clients_need_httpx_alone(project: Path) -> None:
    for path in modules(project):
        if "client" in path.parts:
            roots = {module.partition(".")[0] for module, _ in imports(path)}
            assert roots <= sys.stdlib_module_names | {"", "httpx"}, path


def test_no_generated_module_knows_the_generator(project: Path) -> None:
    used = {module for path in modules(project) for module, _ in imports(path)}
    roots = {module.partition(".")[0] for module in used}
    assert not roots & {"starmodel_generator", "starmodel_schemas", "libcst", "jinja2", "black"}


def test_names_that_generated_code_needs_are_reserved(project: Path) -> None:
    """No author's name may be one that his generated modules use for themselves."""
    used: dict[str, set[str]] = {}
    for path in modules(project):
        kind = "clients" if "client" in path.parts else path.stem
        if path.stem in {"__init__", "app", "transport"}:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Import(names=[ast.alias(name=module)]):
                    pass
                case ast.ImportFrom(module=module):
                    module = module or "."
                case _:
                    continue
            # A module of the standard library gives way to a name of the author's.
            if module.partition(".")[0] in ("", "starmodel", "pydantic_core"):
                names = {each.asname or each.name for each in node.names}
                used.setdefault(kind, set()).update(names)
    assert used["clients"] == {"http"}
    defined = used["commands"] | used["routes"] | used["bindings"]
    assert defined - EVENT_NAMES.keys() == set()
    assert used["bindings"] - FIELD_NAMES.keys() == set()
    # Methods of clients have no body in which an argument could hide anything.
    inside = used["commands"] | used["bindings"]
    assert inside - PARAMETER_NAMES.keys() == set()
