"""Parts that the configuration names: by what they are called here, or by where they are."""

from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from starmodel.errors import ConfigurationError

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


def load_plugin(group: str, name: str) -> Any:
    """Load a part that the configuration names.

    Args:
        group: The entry-point group: `starmodel.kits`.
        name: A name of the group, or `package.module:Name`.

    Raises:
        ConfigurationError: There is no such part, or it cannot be imported.
    """
    if ":" in name:
        return _load(name, name)
    target = BUILT_IN.get(group, {}).get(name)
    if target is not None:
        return _load(target, name)
    found = {entry.name: entry for entry in entry_points(group=group)}
    if name in found:
        try:
            return found[name].load()
        except (ImportError, AttributeError) as error:
            raise ConfigurationError(
                f"{name!r} of {group} cannot be loaded: {error}. `starmodel plugins` lists what is"
                " installed."
            ) from error
    known = ", ".join(sorted({*BUILT_IN.get(group, {}), *found}))
    raise ConfigurationError(
        f"There is no {name!r} among {group}; there are: {known}. One of your own is named by"
        " where it is: package.module:Name."
    )


def _load(target: str, name: str) -> Any:
    module, _, attribute = target.partition(":")
    try:
        return getattr(import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise ConfigurationError(f"{name!r} cannot be imported: {error}.") from error
