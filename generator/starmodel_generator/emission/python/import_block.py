"""What a generated module imports: exactly what it uses, sorted as isort and ruff sort.

A view notes each name where it decides to use it. Names that the module defines are noted too,
so that two meanings of one name are found here at the latest.
"""

import re
from collections.abc import Container, Iterable
from functools import lru_cache

from starmodel_generator.emission.python.layout import LINE_LENGTH, Group, lay_out
from starmodel_generator.standard_names import STANDARD_MODULES
from starmodel_generator.unicode_table import display_width
from starmodel_schemas.naming import upper_case


class NameClash(Exception):
    """One module would have to use one name for two things.

    Linking knows the names that generated code needs, and points at an author's that is one of
    them; what it does not know of ends here.
    """

    def __init__(self, name: str, first: str, second: str) -> None:
        super().__init__(f"`{name}` would be both {first} and {second}")
        self.name = name
        self.first = first
        self.second = second


_MODULE_ALIASES = {
    "datetime": "dt",
    "starmodel": "sm",
    "starmodel.ui": "ui",
    "starmodel.web": "web",
    "starmodel.where": "where",
    ".transport": "http",
    ".where": "where",
}
"""What a module is called where it is imported whole: short, or other than a name it defines."""

_FACADES = {
    "starmodel": (
        "starmodel",
        "starmodel.application",
        "starmodel.application.json_projection",
        "starmodel.application.protected_values",
        "starmodel.application.queries.filter_set",
        "starmodel.application.queries.find",
        "starmodel.domain",
        "starmodel.errors",
        "starmodel.web.datastar.actions",
        "starmodel.web.datastar.attributes",
    ),
    "starmodel.web": (
        "starmodel.domain.field_aliases",
        "starmodel.web",
        "starmodel.domain.pydantic_schema",
        "starmodel.web.app.entity_routes",
        "starmodel.web.app.record_routes",
        "starmodel.web.operations.operation",
        "starmodel.web.operations.transports",
        "starmodel.web.validation.field_schema",
        "starmodel.web.validation.object_schema",
    ),
    ".transport": (".transport",),
}
"""Modules that are imported whole, and whose names each of them has for generated code.

So an author's names clash with one name instead of thirty: `sm.CommandResult`, `web.Route`, and in
clients `http.EntityResponse`.
"""

FACADE_OF = {module: facade for facade, modules in _FACADES.items() for module in modules}


class ModuleNames:
    """The names of one generated module, gathered while its view is made.

    Args:
        first_party: The top-level packages of the project.
        taken: Names that stand for something of the author's in a part of the module, a field
            called `date` or an event called `list`. A builtin or a class of the standard library
            of that name is written with its module: `dt.date`, `builtins.list`.
        classes: The names of the author's classes, which are treated in the same way.
        by_name: Import the names of the runtime one by one, with no alias in front of them.
    """

    def __init__(
        self,
        first_party: frozenset[str],
        taken: Iterable[str] = frozenset[str](),
        classes: Container[str] = frozenset[str](),
        *,
        by_name: bool = False,
    ) -> None:
        self._first_party = first_party
        self._taken = frozenset(taken)
        self._classes = classes
        self._facades = {} if by_name else FACADE_OF
        self._origins: dict[str, str] = {}
        self._modules: dict[str, str] = {}

    def use(self, module: str, name: str) -> str:
        """Import a name; returns what is to be written where it is used."""
        facade = self._facades.get(module)
        if facade is not None:
            return f"{self.use_module(facade)}.{name}"
        if _is_standard(module) and (name in self._taken or name in self._classes):
            return f"{self.use_module(module)}.{name}"
        self._claim(name, module)
        return name

    def use_module(self, module: str) -> str:
        """Import a module; returns what it is called.

        That is nothing of the author's. Templates write `sm`, `web` and `http` out, so these stay:
        they are reserved where a module would have a name of the author's beside them.
        """
        alias = _MODULE_ALIASES.get(module, module)
        if alias in self._taken and module not in _FACADES:
            alias = f"{module}_module" if _is_standard(module) else f"{alias}_"
        self._claim(alias, f"{module} itself")
        self._modules[module] = alias
        return alias

    def builtin(self, name: str) -> str:
        """Return what is to be written for a builtin."""
        return f"{self.use_module('builtins')}.{name}" if name in self._taken else name

    def define(self, name: str) -> str:
        """Note a name that the module defines, once."""
        if self._origins.get(name) == "":
            raise NameClash(name, _described(""), "another one")
        self._claim(name, "")
        return name

    def keep_apart(self, names: Iterable[str]) -> None:
        """Make sure that the parameters of functions hide nothing that the module imports."""
        for name in names:
            if self._origins.get(name):
                raise NameClash(name, "a parameter", _described(self._origins[name]))

    def import_block(self) -> str:
        """Write the imports in three sections: standard library, third party, the project."""
        modules: dict[str, list[str]] = {}
        for name, module in self._origins.items():
            if module and not module.endswith(" itself"):
                modules.setdefault(module, []).append(name)
        sections: dict[int, list[str]] = {}
        for module in sorted(self._modules, key=_natural):
            alias = self._modules[module]
            package, dot, name = module.rpartition(".")
            if dot and alias != module:
                member = name if alias == name else f"{name} as {alias}"
                modules.setdefault(package or dot, []).append(member)
                continue
            statement = f"import {module}" if alias == module else f"import {module} as {alias}"
            sections.setdefault(self._section(module), []).append(statement)
        for module in sorted(modules, key=_module_key):
            statement = _statement(module, tuple(modules[module]))
            sections.setdefault(self._section(module), []).append(statement)
        return "\n\n".join(["\n".join(sections[section]) for section in sorted(sections)])

    def _section(self, module: str) -> int:
        root = module.partition(".")[0]
        if not root:
            return 3
        if root in self._first_party:
            return 2
        return 0 if _is_standard(module) else 1

    def _claim(self, name: str, origin: str) -> None:
        known = self._origins.setdefault(name, origin)
        if known != origin:
            raise NameClash(name, _described(known), _described(origin))


def _is_standard(module: str) -> bool:
    return module.partition(".")[0] in STANDARD_MODULES


@lru_cache(maxsize=1024)
def _statement(module: str, names: tuple[str, ...]) -> str:
    names = tuple(sorted(names, key=_member_key))
    line = f"from {module} import {', '.join(names)}"
    if display_width(line) <= LINE_LENGTH:
        return line
    return lay_out(Group(f"from {module} import (", names, ")"), 0)


@lru_cache(maxsize=1024)
def _module_key(module: str) -> tuple[object, ...]:
    return _natural(module.lower()), _natural(module)


@lru_cache(maxsize=1024)
def _member_key(name: str) -> tuple[object, ...]:
    kind = (
        0
        if len(name) > 1 and name == upper_case(name) != name.lower()
        else 1 if name[:1].isupper() else 2
    )
    return kind, _natural(name.lower()), _natural(name)


_NUMBER = re.compile(r"(\d+)")


def _natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Sort `item2` before `item10`."""
    return tuple(
        (0, int(part), part) if part.isdigit() else (1, 0, part)
        for part in _NUMBER.split(text)
        if part
    )


def _described(origin: str) -> str:
    return f"what {origin} calls so" if origin else "a name of the module's own"
