"""Names that are not there, imports and attributes that fail: SM107, SM120, SM121, SM122, SM123."""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from starmodel_generator.analysis.facts import ImportFact, MissingName, ModuleFacts, NameUse
from starmodel_generator.diagnostics.diagnostic import Diagnostic
from starmodel_generator.diagnostics.rules.entity_rules import UNKNOWN_NAME
from starmodel_generator.diagnostics.rules.source_rules import (
    FAILING_IMPORT,
    NOT_THERE_YET,
    TYPE_CHECKING_NAME,
    UNKNOWN_ATTRIBUTE,
)
from starmodel_generator.linking.names.library_classes import (
    has_attribute,
    is_in_library,
    names_of,
    near_module,
)
from starmodel_generator.linking.names.mro import ClassHierarchy
from starmodel_generator.linking.names.symbols import (
    ClassSymbol,
    ExternalSymbol,
    MemberSymbol,
    Namespace,
    UnknownSymbol,
    described,
)
from starmodel_generator.linking.names.unparse import shortened
from starmodel_generator.linking.reporting import Problem, Subject
from starmodel_generator.linking.resolver import Resolver
from starmodel_generator.linking.source_checks.class_attributes import ClassAttributes


class NameChecker:
    """Checks the names of modules; `generated` are the modules that are made from the entities."""

    def __init__(
        self, resolver: Resolver, attributes: ClassAttributes, generated: tuple[str, ...]
    ) -> None:
        self._resolver = resolver
        self._names = resolver.names
        self._attributes = attributes
        self._generated = generated

    def check(self, module: ModuleFacts, told: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
        """Report the names of a module that lead nowhere, except those that were `told` of."""
        lost = _names_told(module, told)
        failed: set[str] = set()
        for fact in module.imports:
            problem = self._import_problem(fact, module)
            if problem is not None:
                failed.add(fact.bound)
                if fact.bound not in lost:
                    yield Subject("this import", fact.place).diagnose(problem)
        for missing in module.missing:
            problem = self._missing_problem(missing, module)
            if problem is not None and missing.name not in lost:
                yield Subject("this code", missing.place).diagnose(problem)
        for use in module.uses:
            if use.name.partition(".")[0] not in failed and use.name not in lost:
                problem = self._use_problem(use, module)
                if problem is not None:
                    yield Subject("this code", use.place).diagnose(problem)

    # Imports

    def _import_problem(self, fact: ImportFact, module: ModuleFacts) -> Problem | None:
        if fact.type_checking or fact.container is not None or fact.module == "__future__":
            return None
        if self.is_generated(fact.target):
            return None
        if fact.module.startswith("."):
            return Problem(
                FAILING_IMPORT,
                "leaves the package that the module is in",
                "take away a dot, or name the module from the top",
            )
        if self._names.module(fact.module) is None:
            return self._outside_problem(fact)
        if fact.name is None or fact.name == "*":
            return None
        symbol = self._names.target(fact)
        if not isinstance(symbol, UnknownSymbol) or symbol.reason != "undefined":
            return None
        where = self._names.module(symbol.where)
        if where is None or _binds(where, symbol.name):
            return None
        near = self._near(fact.name, self._names.defined_in(where))
        text = f"takes `{fact.name}` from `{fact.module}`, where it is not defined"
        return Problem(FAILING_IMPORT, text, near or f"define it in `{where.path}`")

    def _outside_problem(self, fact: ImportFact) -> Problem | None:
        """Return the problem of an import from a module that is not the project's."""
        known = has_attribute(fact.target)
        if known is False or (known is None and near_module(fact.target) is not None):
            near = near_module(fact.target) if known is None else None
            help = f"did you mean `{near}`?" if near else "correct the name of the module"
            return Problem(FAILING_IMPORT, f"names `{fact.target}`, which is no module", help)
        if fact.name not in (None, "*") and has_attribute(f"{fact.module}.{fact.name}") is False:
            near = self._near(str(fact.name), names_of(fact.module))
            text = f"takes `{fact.name}` from `{fact.module}`, which has nothing of that name"
            return Problem(FAILING_IMPORT, text, near or "correct the name")
        if fact.name is None or is_in_library(fact.module):
            return None
        symbol = self._names.target(fact)
        if isinstance(symbol, UnknownSymbol) and symbol.reason == "missing_module":
            text = f"takes `{fact.name}` from `{fact.module}`, which is not in the project"
            return Problem(FAILING_IMPORT, text, "correct the name of the module")
        return None

    def is_generated(self, name: str) -> bool:
        """Return whether a module is one that is made from the entities."""
        return any(name == each or name.startswith(f"{each}.") for each in self._generated)

    # Names

    def _missing_problem(self, missing: MissingName, module: ModuleFacts) -> Problem | None:
        name = shortened(missing.name)
        if missing.reason == "undefined":
            symbol = self._names.resolve(missing.name, Namespace(module))
            # What is no field may be named in a text that nobody evaluates.
            is_read = missing.field_of is None or self._is_model(missing.field_of, module)
            if not is_read or not isinstance(symbol, UnknownSymbol):
                return None
            if symbol.reason != "undefined":
                return None
            near = self._names.near(symbol)
            text = f"uses `{name}`, which {described(symbol)}"
            help = f"did you mean `{near}`?" if near else "define it, or import it by name"
            return Problem(UNKNOWN_NAME, text, help)
        if missing.field_of is not None:
            if missing.reason != "type_checking" or not self._is_model(missing.field_of, module):
                return None
            text = f"names `{name}`, which is imported under `if TYPE_CHECKING:` alone"
            help = "import it outside of the `if`: pydantic needs the types of fields"
            return Problem(TYPE_CHECKING_NAME, text, help)
        if missing.reason == "type_checking":
            text = f"uses `{name}`, which is imported under `if TYPE_CHECKING:` alone"
            help = "import it outside of the `if`, or put an annotation into quotes"
            return Problem(TYPE_CHECKING_NAME, text, help)
        text = f"uses `{name}`, which is defined further down"
        return Problem(NOT_THERE_YET, text, "move its definition up; an annotation may be quoted")

    def _is_model(self, name: str, module: ModuleFacts) -> bool:
        for facts in module.classes:
            if facts.name == name:
                symbol = self._names.class_symbol(module, facts)
                return self._resolver.hierarchies.of(symbol).is_model
        return False

    # Attributes

    def _use_problem(self, use: NameUse, module: ModuleFacts) -> Problem | None:
        root, dot, rest = use.name.partition(".")
        if not dot:
            return None
        symbol = self._names.resolve(use.name, Namespace(module))
        match symbol:
            case ExternalSymbol():
                return self._external_problem(root, rest, module)
            case MemberSymbol(owner, path):
                return self._member_problem(owner, path)
            case UnknownSymbol("*") | UnknownSymbol(reason="star" | "cycle" | "depth"):
                return None
            case UnknownSymbol():
                return self._module_problem(symbol, use.name)
            case _:
                return None

    def _external_problem(self, root: str, rest: str, module: ModuleFacts) -> Problem | None:
        start = self._names.outside_name(root, module)
        if start is None:
            return None
        parts = rest.split(".")
        for index, part in enumerate(parts):
            if has_attribute(".".join([start, *parts[: index + 1]])) is False:
                owner = ".".join([start, *parts[:index]])
                written = ".".join([root, *parts[:index]])
                near = self._near(part, names_of(owner))
                text = f"asks `{written}` for `{part}`, which it does not have"
                return Problem(UNKNOWN_ATTRIBUTE, text, near or "correct the name")
        return None

    def _member_problem(self, owner: ClassSymbol, path: tuple[str, ...]) -> Problem | None:
        hierarchy = self._resolver.hierarchies.of(owner)
        known, part = self._attributes.of_class(hierarchy), path[0]
        if known is None:
            return None
        is_member = hierarchy.is_enum and any(fact.name == part for fact in owner.facts.attributes)
        if part in known and is_member and len(path) > 1:
            part, known = path[1], known | {"name", "value"}
        if part in known:
            return None
        if part in self._field_names(hierarchy):
            text = f"asks the class `{owner.name}` for its field `{part}`, which instances have"
            help = "ask an instance, or make it a `ClassVar`"
            return Problem(UNKNOWN_ATTRIBUTE, text, help)
        near = self._near(part, (each for each in known if each[:1] != "_"))
        text = f"asks `{owner.name}` for `{part}`, which it does not have"
        return Problem(UNKNOWN_ATTRIBUTE, text, near or f"define it in `{owner.module.path}`")

    def _field_names(self, hierarchy: ClassHierarchy) -> set[str]:
        return set(self._resolver.members.members(hierarchy).annotated)

    def _module_problem(self, symbol: UnknownSymbol, written: str) -> Problem | None:
        where = self._names.module(symbol.where)
        if where is None or _binds(where, symbol.name) or self.is_generated(where.name):
            return None
        if symbol.name not in written.split(".")[1:] or symbol.name.startswith("__"):
            return None
        near = self._near(symbol.name, self._names.defined_in(where))
        text = f"asks `{where.name}` for `{symbol.name}`, which it does not define"
        return Problem(UNKNOWN_ATTRIBUTE, text, near or f"define it in `{where.path}`")

    def _near(self, name: str, known: Iterable[str]) -> str | None:
        matches = get_close_matches(name, list(known), n=1)
        return f"did you mean `{matches[0]}`?" if matches else None


def _names_told(module: ModuleFacts, told: Iterable[Diagnostic]) -> set[str]:
    """Return the names that other diagnostics of the module speak of already."""
    return {
        name
        for each in told
        if each.code in _ABOUT_NAMES and each.path == module.path
        for quoted in _QUOTED.findall(each.message)
        for name in (quoted, *_IDENTIFIER.findall(quoted))
    }


_ABOUT_NAMES = frozenset(
    {"SM101", "SM102", "SM106", "SM107", "SM112", "SM115", "SM116", "SM202", "SM214", "SM512"}
)
_QUOTED = re.compile("`([^`]+)`")
_IDENTIFIER = re.compile(r"[^\W\d]\w*")


def _binds(module: ModuleFacts, name: str) -> bool:
    """Return whether a module binds a name in a way that is not followed, or may bind any name."""
    answers_all = any(function.name == "__getattr__" for function in module.functions)
    return answers_all or name in module.names or "*" in module.names
