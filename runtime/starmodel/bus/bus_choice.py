"""Which bus an app gets, by its settings and by where its entities are kept."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from urllib.parse import quote, unquote

from starmodel.application import EventBus
from starmodel.bus.in_process import InProcessBus
from starmodel.errors import ConfigurationError
from starmodel.plugins import make_plugin
from starmodel.settings import Settings

_SCHEMES = {
    "redis": "redis",
    "rediss": "redis",
    "unix": "redis",
    "valkey": "redis",
    "postgresql": "postgresql",
    "postgresql+asyncpg": "postgresql",
    "postgres": "postgresql",
    "sqlite": "sqlite",
    "sqlite+aiosqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
}
_PREFERRED = ("redis", "postgresql", "sqlite")


def choose_bus(
    settings: Settings,
    stores: Iterable[str],
    keys: Callable[[], Sequence[str]],
    root: Path | None = None,
) -> EventBus:
    """Return the bus that the settings name, or that fits where entities are kept.

    A plugin is a class that is called with the URL and the keys; a scheme that is not one of ours is
    the name of a plugin.

    Args:
        settings: The settings.
        stores: The `bus_url` of each store.
        keys: Returns the secret keys, to sign and check messages with.
        root: The project's folder, which the path of a file counts from as the database's does; by
            default, the current one.

    Raises:
        ConfigurationError: There is no such bus, or nobody has said where it is.
    """
    name, url = settings.bus, settings.bus_url
    if name == "process":
        return InProcessBus()
    if name == "auto" and url:
        name = _kind(url)
    elif not url:
        found = {_kind(each): each for each in stores if each}
        if name == "auto":
            name = next((kind for kind in _PREFERRED if kind in found), "process")
            if name == "process":
                return InProcessBus()
            # Nobody has asked for it, so a script that lacks the secret key can do without.
            return make_plugin(
                EventBus, "starmodel.buses", name, found[name], keys, is_required=False
            )
        url = found.get(name)
        if url is None:
            raise ConfigurationError(
                f"The bus is to be {name!r}, and nobody says where that is. Set STARMODEL_BUS_URL."
            )
    if name == "sqlite":
        url = _with_whole_path(url, root)
    return make_plugin(EventBus, "starmodel.buses", name, url, keys)


def _with_whole_path(url: str, root: Path | None) -> str:
    """Return the URL of a file, `sqlite:///app.db`, with its path from the root of the system."""
    place, _, _ = url.partition("?")
    scheme, separator, path = place.partition(":///")
    if not path:
        return url
    return f"{scheme}{separator}{quote(str(Path(root or '', unquote(path)).absolute()))}"


def _kind(url: str) -> str:
    scheme, separator, _ = url.partition("://")
    if not separator:
        raise ConfigurationError("STARMODEL_BUS_URL is no URL, such as redis://127.0.0.1:6379/0.")
    return _SCHEMES.get(scheme, scheme)
