"""Names of a package whose modules are imported when they are first asked for."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def deferred(
    package: dict[str, Any], modules: Mapping[str, tuple[str, ...]]
) -> Callable[[str], object]:
    """Return the `__getattr__` of a package, for what only some apps need of it.

    Type checkers want the same names imported where `TYPE_CHECKING` is true.

    Args:
        package: Its `globals()`, where each name is kept once it was asked for.
        modules: The names by module.
    """

    def get(name: str) -> object:
        for module, names in modules.items():
            if name in names:
                value = package[name] = getattr(import_module(module), name)
                return value
        raise AttributeError(f"module {package['__name__']!r} has no attribute {name!r}")

    return get
