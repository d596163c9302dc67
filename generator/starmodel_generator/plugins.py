"""What other packages may add: targets, which generate more files, and commands.

Both are found by entry point. A target takes part only where a project's configuration names it
(`targets = ["openapi"]`), so that a tree does not depend on what happens to be installed:

    [project.entry-points."starmodel.targets"]
    openapi = "starmodel_openapi:openapi"

    [project.entry-points."starmodel.commands"]
    openapi = "starmodel_openapi.cli:app"      # a typer.Typer
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypeAlias, cast

from starmodel_generator.diagnostics.diagnostic import Diagnostic
from starmodel_generator.diagnostics.rules.project_rules import (
    FAILING_TARGET,
    MISSING_TARGET,
    NONDETERMINISTIC,
    UNUSABLE_TARGET_FILE,
)
from starmodel_generator.emission.python.formatting import format_with_black
from starmodel_generator.output.manifest import FILE_NAME
from starmodel_generator.output.paths import lies_within
from starmodel_generator.project.config import GeneratorConfig
from starmodel_schemas import AppSchema

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

TARGETS = "starmodel.targets"


@dataclass(frozen=True, slots=True)
class GeneratedFile:
    """A file that a target gives: its path, relative to the project's root with `/`, and text.

    The path lies within `output` or `client_output` of the configuration. The text has `\\n` line
    ends, and is the same whenever schema and configuration are. Python is formatted by black.
    """

    path: str
    text: str


Target: TypeAlias = Callable[[AppSchema, GeneratorConfig], Iterable[GeneratedFile]]
"""A target: a pure function of what the generator understood and of the configuration."""


@dataclass(frozen=True, slots=True)
class LoadedTarget:
    """A target with its name and what the manifest remembers it by (`openapi 1.2`)."""

    name: str
    label: str
    function: Target


@dataclass(frozen=True, slots=True)
class TargetsResult:
    """The targets that a configuration names, or which of them are not there."""

    targets: tuple[LoadedTarget, ...]
    diagnostics: tuple[Diagnostic, ...] = ()


def load_targets(names: Iterable[str]) -> TargetsResult:
    """Load targets by name, in the order of `names`."""
    wanted = tuple(names)
    if not wanted:
        return TargetsResult(())
    # Slow to import, and seldom needed.
    from importlib.metadata import entry_points

    installed: dict[str, list[EntryPoint]] = {}
    for point in entry_points(group=TARGETS):
        installed.setdefault(point.name, []).append(point)
    loaded: list[LoadedTarget] = []
    mistakes: list[Diagnostic] = []
    for name in wanted:
        points = installed.get(name, [])
        if len(points) > 1:
            packages = " and ".join(sorted([f"`{_package(point)}`" for point in points]))
            mistakes.append(
                FAILING_TARGET.report(
                    f"there are two targets `{name}`, of {packages}",
                    help="uninstall one of the packages",
                    target=name,
                )
            )
            continue
        if not points:
            known = ", ".join(f"`{other}`" for other in sorted(installed)) or "none"
            mistakes.append(
                MISSING_TARGET.report(
                    f"no installed package has a target `{name}`",
                    help=f"install the package that has it; installed targets: {known}",
                )
            )
            continue
        [point] = points
        try:
            function = cast("Target", point.load())
        except (Exception, SystemExit) as error:
            what = f"of `{_package(point)}` cannot be imported"
            mistakes.append(_failing(name, what, error))
            continue
        loaded.append(LoadedTarget(name, f"{name} {_version(point)}", function))
    return TargetsResult(tuple(loaded), tuple(mistakes))


def run_target(
    target: LoadedTarget,
    schema: AppSchema,
    config: GeneratorConfig,
    *,
    taken: Collection[str] = (),
) -> tuple[dict[str, bytes], list[Diagnostic]]:
    """Return the target's files by path, and what is wrong with it; `taken` are others' files.

    It runs twice, which tells a pure function from others.
    """
    try:
        files = _contents(target.function(schema, config))
        again = _contents(target.function(schema, config))
    except (Exception, SystemExit) as error:
        return {}, [_failing(target.name, "failed", error)]
    mistakes = [
        NONDETERMINISTIC.report(
            f"target `{target.name}` gave different bytes for the same input: `{path}`",
            target=target.name,
        )
        for path in sorted(files.keys() | again.keys())
        if files.get(path) != again.get(path)
    ]
    others = {*taken, f"{config.output}/{FILE_NAME}"}
    folders = {folder for path in (*others, *files) for folder in _folders(path)}
    made: dict[str, bytes] = {}
    for path, text in files.items():
        trouble = None
        if not path.startswith((f"{config.output}/", f"{config.client_output}/")):
            trouble = f"does not lie within `{config.output}` or `{config.client_output}`"
        elif not lies_within(path, (config.output, config.client_output)):
            trouble = "has `..` or another part that is not a file's name on every system"
        elif path in others:
            trouble = "is generated already"
        elif path in folders:
            trouble = "is a folder of generated files"
        elif found := next((each for each in _folders(path) if each in others), None):
            trouble = f"lies in `{found}`, which is a generated file"
        elif path.endswith(".py"):
            try:
                text = format_with_black(text)
            except Exception as error:
                trouble = f"is not Python: {str(error).splitlines()[0]}"
        if trouble is not None:
            mistakes.append(
                UNUSABLE_TARGET_FILE.report(
                    f"target `{target.name}` gives `{path}`, which {trouble}", target=target.name
                )
            )
        made[path] = text.encode()
    return made, mistakes


def _folders(path: str) -> list[str]:
    """Return the folders that a path leads through, the innermost first."""
    return [each.as_posix() for each in PurePosixPath(path).parents]


def _contents(files: Iterable[GeneratedFile]) -> dict[str, str]:
    contents: dict[str, str] = {}
    for file in files:
        if file.path in contents:
            raise ValueError(f"it gives {file.path} twice")
        # What cannot be written is told while it is known whose it is.
        file.text.encode()
        contents[file.path] = file.text
    return contents


def _package(point: "EntryPoint") -> str:
    return f"{point.dist.name} {_version(point)}" if point.dist else "?"


def _version(point: "EntryPoint") -> str:
    return point.dist.version if point.dist else "?"


def _failing(name: str, what: str, error: BaseException) -> Diagnostic:
    return FAILING_TARGET.report(
        f"target `{name}` {what}: {type(error).__name__}: {error}", target=name
    )
