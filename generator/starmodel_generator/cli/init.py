"""`starmodel init`: a project that runs, with its code generated."""

import importlib.util
import os
import shlex
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from importlib.resources import files
from keyword import iskeyword
from pathlib import Path
from typing import Annotated

import typer

from starmodel_generator._version import __version__
from starmodel_generator.cli import exit_codes
from starmodel_generator.cli.console import show_diagnostics, write_stderr
from starmodel_generator.cli.generate import summary
from starmodel_generator.cli.install_source import VENDOR, Origin, origin_of, parse_origin
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


DOCKER = {
    "Dockerfile": "dockerfile",
    ".dockerignore": "dockerignore",
    "compose.yaml": "compose",
}
"""What `--docker` adds to them."""

SYSTEMD = {"deploy/@NAME@.service": "systemd_service"}
"""What `--systemd` adds."""

PRODUCTION = """\
# What else the app runs on where it is deployed: Alembic applies migrations, Redis tells several
# processes of changes.
production = [
    "starmodel-runtime[metrics,redis]@RUNTIME@",
    "alembic>=1.14",
]
"""

ABOUT_DOCKER = """
With Docker: put `STARMODEL_SECRET_KEY=...` and `POSTGRES_PASSWORD=...` into a file `.env`, and run

    docker compose up --build

The image has the runtime alone and no root; `compose.yaml` adds PostgreSQL, whose migrations run before
the app starts, and Redis.
"""

ABOUT_SYSTEMD = """
With systemd: `deploy/@NAME@.service` says how to install it.
"""

DISTRIBUTIONS = ("starmodel-runtime", "starmodel")
"""What a project depends on: what its app runs on, and what generates its code."""

DIRECT_REFERENCES = """
[tool.hatch.metadata]
# StarModel does not come from an index: what to install is named by its place.
allow-direct-references = true
"""


def init(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="The project's name, and its new folder's.")
    ],
    docker: Annotated[
        bool, typer.Option("--docker", help="Add a Dockerfile, and PostgreSQL and Redis beside it.")
    ] = False,
    systemd: Annotated[
        bool, typer.Option("--systemd", help="Add a unit that runs it as a service of a machine.")
    ] = False,
) -> None:
    """Begin a project: entities, an app, tests, and the files for CI.

    It runs as it is; what is in entities.py is yours to change. Nothing is ever overwritten.

    Example:

      starmodel init shop && cd shop && starmodel run
    """
    problem = name_problem(name) or folder_problem(Path(name))
    if problem:
        write_stderr(f"error: {problem}")
        raise typer.Exit(exit_codes.CANNOT_RUN)
    package = package_name(name)
    origins = {each: origin_of(each, __version__) for each in DISTRIBUTIONS}
    draft = Path(tempfile.mkdtemp(prefix=f".{package}-", dir=Path.cwd()))
    try:
        written = write_project(draft, name, package, origins, docker=docker, systemd=systemd)
        vendored = vendor(draft, origins.values())
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
    write_stderr(f"{written + len(vendored)} files in {name}. {summary(report)}")
    for origin in origins.values():
        if origin.archive is not None and origin.archive.name not in vendored:
            write_stderr(
                f"warning: {origin.archive}, which StarModel was installed from, is not there any"
                f" more; put it into {name}/{VENDOR}, where pyproject.toml looks for it"
            )
    write_stderr(f"\nNext:\n\n  cd {name}\n  starmodel run")


def package_name(name: str) -> str:
    """Return the import name of a project's package: `my-shop` as `my_shop`."""
    return name.replace("-", "_").lower()


def name_problem(name: str) -> str | None:
    """Return why a project cannot have this name."""
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
    """Return why a project cannot be put into this folder."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        return f"{folder} is there already, and is no folder"
    if folder.is_dir() and any(folder.iterdir()):
        return f"the folder {folder} is not empty; nothing is overwritten"
    return None


def vendor(folder: Path, origins: Iterable[Origin]) -> set[str]:
    """Copy the archives that StarModel was installed from into a project; the copies' names."""
    names: set[str] = set()
    for origin in origins:
        content = origin.archived()
        if origin.archive is not None and content is not None:
            (folder / VENDOR).mkdir(exist_ok=True)
            (folder / VENDOR / origin.archive.name).write_bytes(content)
            names.add(origin.archive.name)
    return names


def about_origin(origins: Iterable[Origin]) -> str:
    """Return what the README says of folders and archives that no index has, a paragraph each."""
    origins = list(origins)
    text = ""
    if any(origin.archive for origin in origins):
        text += (
            f"StarModel was installed from archives, which are in `{VENDOR}`: commit them, and the"
            " project\ncan be installed everywhere.\n\n"
        )
    folders = [shlex.quote(str(origin.folder)) for origin in origins if origin.folder]
    if folders:
        text += (
            "StarModel comes from folders of this machine, which `pyproject.toml` names; they are"
            " installed as\nthey are then. To install the project elsewhere, in CI too, make wheels"
            " of them,\n\n"
            f"    pip wheel --no-deps --wheel-dir {VENDOR} {' '.join(folders)}\n\n"
            f"commit these, and name them in `pyproject.toml` in the place of the folders, as in\n"
            f'`"starmodel[sql] @ {{root:uri}}/{VENDOR}/starmodel-{__version__}-py3-none-any.whl"`.'
            "\n\n"
        )
    if any(origin.is_editable for origin in origins):
        editable = [
            f"-e {shlex.quote(str(origin.folder))}" for origin in origins if origin.is_editable
        ]
        text += (
            "To work on StarModel itself besides, install its folders once more, so that changes of"
            " them count\nat once:\n\n"
            f"    pip install --no-deps {' '.join(editable)}\n\n"
        )
    return text


def write_project(
    folder: Path,
    name: str,
    package: str,
    origins: Mapping[str, Origin] | None = None,
    *,
    docker: bool = False,
    systemd: bool = False,
) -> int:
    """Write the hand-written part of a project, and return the number of its files.

    Args:
        folder: Where to.
        name: The project's name.
        package: The name it is imported by.
        origins: Where the distributions of StarModel came from; an index, if they are not named.
        docker: Whether there is an image of it.
        systemd: Whether it is a service.
    """
    found = origins or {}
    runtime, generator = (
        found.get(each) or parse_origin(None, __version__) for each in DISTRIBUTIONS
    )
    is_direct = runtime.is_direct or generator.is_direct
    note = ""
    if runtime.folder or generator.folder:
        note = "      # It takes StarModel from folders that a runner may lack: see README.md.\n"
    values = {
        "@PRODUCTION@": PRODUCTION if docker or systemd else "",
        "@DEPLOYMENT@": (ABOUT_DOCKER if docker else "") + (ABOUT_SYSTEMD if systemd else ""),
        "@NAME@": name,
        "@PACKAGE@": package,
        "@RUNTIME@": runtime.reference,
        "@GENERATOR@": generator.reference,
        "@DIRECT_REFERENCES@": DIRECT_REFERENCES if is_direct else "",
        "@ORIGIN@": about_origin([runtime, generator]),
        "@NOTE@": note,
    }

    def filled(text: str) -> str:
        for key, value in values.items():
            text = text.replace(key, value)
        return text

    starter = files("starmodel_generator") / "starter"
    wanted = {**FILES, **(DOCKER if docker else {}), **(SYSTEMD if systemd else {})}
    for path, template in wanted.items():
        target = folder / filled(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = (starter / f"{template}.template").read_text(encoding="utf-8")
        target.write_text(filled(text), encoding="utf-8", newline="\n")
    return len(wanted)
