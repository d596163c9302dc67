"""Parts that the configuration names: by what they are called here, or by where they are."""

from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from typing import Any, TypeVar

from starmodel.errors import ConfigurationError

T = TypeVar("T")

BUILT_IN: Mapping[str, Mapping[str, str]] = {
    "starmodel.buses": {
        "postgresql": "starmodel.bus.postgres_bus:PostgresBus",
        "process": "starmodel.bus.in_process:InProcessBus",
        "redis": "starmodel.bus.redis_bus:RedisBus",
        "sqlite": "starmodel.bus.sqlite_bus:SqliteBus",
    },
    "starmodel.kits": {
        "default": "starmodel.ui.kits.default:DefaultKit",
        "monsterui": "starmodel.ui.kits.monsterui:MonsterUIKit",
    },
    "starmodel.frontends": {
        "datastar": "starmodel.frontends.datastar:DatastarFrontend",
        "htmx": "starmodel.frontends.htmx:HtmxFrontend",
    },
}
"""The parts that come with StarModel, by entry-point group."""

LIBRARIES: Mapping[str, str] = {"monsterui": "monsterui"}
"""The libraries of those that take long to import, by part; the extra has the name of the part."""


def load_plugin(group: str, name: str) -> Any:
    """Load a part that the configuration names.

    Args:
        group: The entry-point group: `starmodel.kits`.
        name: A name of the group, or `package.module:Name`.

    Raises:
        ConfigurationError: There is no such part, there are two, or it cannot be imported.
    """
    if ":" in name:
        return _load(EntryPoint(name, name, group), "")
    target = BUILT_IN.get(group, {}).get(name)
    if target is not None:
        check_library(name)
        return _load(EntryPoint(name, target, group), "")
    installed = [*entry_points(group=group)]
    found = [entry for entry in installed if entry.name == name]
    if len(found) == 1:
        [entry] = found
        return _load(entry, f" {_package(entry)} has it; `starmodel plugins` lists what is there.")
    if found:
        packages = " and ".join(sorted(map(_package, found)))
        raise ConfigurationError(
            f"There are two {name!r} among {group}, of {packages}. Uninstall one of them."
        )
    known = ", ".join(sorted({*BUILT_IN.get(group, {}), *[entry.name for entry in installed]}))
    raise ConfigurationError(
        f"There is no {name!r} among {group}; there are: {known or 'none'}. One of your own is named"
        " by where it is: package.module:Name."
    )


def check_library(name: str) -> None:
    """See to it that the library of a part which comes with StarModel is there, without importing it.

    Raises:
        ConfigurationError: It is not installed.
    """
    library = LIBRARIES.get(name)
    if library is not None and find_spec(library) is None:
        raise ConfigurationError(
            f"{name!r} needs {library}, which is not installed. Run"
            f' `pip install "starmodel-runtime[{name}]"`.'
        )


def make_plugin(port: type[T], group: str, name: str, *arguments: object, **options: object) -> T:
    """Load a part that the configuration names, and make it.

    Raises:
        ConfigurationError: There is no such part, it cannot be made of these arguments, or what is
            made does not inherit from the port.
    """
    make = load_plugin(group, name)
    try:
        made = make(*arguments, **options)
    except ConfigurationError:
        raise
    except Exception as error:
        raise ConfigurationError(
            f"{name!r} of {group} cannot be made: {type(error).__name__}: {error}."
        ) from error
    if not isinstance(made, port):
        raise ConfigurationError(
            f"{name!r} of {group} makes a {type(made).__name__}, which does not inherit from"
            f" {port.__name__}."
        )
    return made


def _load(entry: EntryPoint, help: str) -> Any:
    try:
        return entry.load()
    except ConfigurationError:
        # It says itself what it lacks.
        raise
    except (Exception, SystemExit) as error:
        # Whatever a module does when it is imported, its name is what its user needs.
        raise ConfigurationError(
            f"{entry.name!r} of {entry.group} cannot be loaded: {type(error).__name__}: {error}.{help}"
        ) from error


def _package(entry: EntryPoint) -> str:
    return "?" if entry.dist is None else f"{entry.dist.name} {entry.dist.version}"
