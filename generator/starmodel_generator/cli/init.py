"""`starmodel init`: a project that runs, with its code generated."""

import importlib.util
import os
import shutil
import tempfile
from importlib.resources import files
from keyword import iskeyword
from pathlib import Path
from typing import Annotated

import typer

from starmodel_generator._version import __version__
from starmodel_generator.cli import exit_codes
from starmodel_generator.cli.console import say, show_diagnostics
from starmodel_generator.cli.generate import summary
from starmodel_generator.generation import generate_folder
from starmodel_generator.standard_names import STANDARD_MODULES

FILES = {
    "pyproject.toml": "pyproject",
    "README.md": "readme",
    ".gitignore": "gitignore",
    ".gitattributes": "gitattributes",
    ".pre-commit-config.yaml": "pre_commit",
    ".github/workflows/ci.yml": "ci",
    "@PACKAGE@/__init__.py": "package",
    "@PACKAGE@/entities.py": "entities",
    "@PACKAGE@/main.py": "main",
    "tests/conftest.py": "conftest",
    "tests/test_counter.py": "test_counter",
}
"""Every file of a new project, and the template in `starter` that it is made from."""


def init(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The project's name, and its new folder's.")
    ],
) -> None:
    """Begin a project: entities, an app, tests, and the files for CI.

    It runs as it is; what is in entities.py is yours to change. Nothing is ever overwritten.

    Example:

      starmodel init shop && cd shop && starmodel run
    """
    problem = name_problem(name) or folder_problem(Path(name))
    if problem:
        say(f"error: {problem}")
        raise typer.Exit(exit_codes.CANNOT_RUN)
    package = package_name(name)
    draft = Path(tempfile.mkdtemp(prefix=f".{package}-", dir=Path.cwd()))
    try:
        write_project(draft, name, package)
        report = generate_folder(str(draft))
        show_diagnostics(report)
        if report.has_errors:
            raise typer.Exit(exit_codes.exit_code(report))
        shutil.rmtree(draft / ".starmodel", ignore_errors=True)
        draft.chmod(0o755)
        if Path(name).exists():
            Path(name).rmdir()
        os.rename(draft, name)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    say(f"{len(FILES)} files in {name}. {summary(report)}")
    say(f"\nNext:\n\n  cd {name}\n  starmodel run")


def package_name(name: str) -> str:
    """The import name of a project's package: `my-shop` as `my_shop`."""
    return name.replace("-", "_").lower()


def name_problem(name: str) -> str | None:
    """Why a project cannot have this name."""
    package = package_name(name)
    if not (package.isidentifier() and package.isascii()) or iskeyword(package):
        return f"{name} cannot be a package's name; use letters, digits and - or _"
    if package.startswith("_"):
        return f"{name} would be a private name; begin it with a letter"
    if package in ("starmodel", "test", "tests"):
        return f"the name {package} is taken"
    if package in STANDARD_MODULES:
        return f"Python has a module {package}; choose another name"
    if importlib.util.find_spec(package) is not None and not Path(package).exists():
        return f"an installed package is called {package}; choose another name"
    return None


def folder_problem(folder: Path) -> str | None:
    """Why a project cannot be put into this folder."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        return f"{folder} is there already, and is no folder"
    if folder.is_dir() and any(folder.iterdir()):
        return f"the folder {folder} is not empty; nothing is overwritten"
    return None


def write_project(folder: Path, name: str, package: str) -> None:
    """Write the hand-written part of a project."""
    values = {"@NAME@": name, "@PACKAGE@": package, "@VERSION@": __version__}

    def filled(text: str) -> str:
        for key, value in values.items():
            text = text.replace(key, value)
        return text

    starter = files("starmodel_generator") / "starter"
    for path, template in FILES.items():
        target = folder / filled(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = (starter / f"{template}.template").read_text(encoding="utf-8")
        target.write_text(filled(text), encoding="utf-8", newline="\n")
