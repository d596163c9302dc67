"""Names followed across the project: imports, re-exports, star imports, aliases.

Each module of the project is analysed when a name first leads into it. Modules from outside are
never read; what linking knows of them stands in `externals`. Cycles of imports are followed as
Python would meet them, and end in an `UnknownSymbol`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TypeGuard

from starmodel_generator.analysis.facts import (
    AssignmentFact,
    CallExpression,
    ClassFacts,
    Expression,
    FunctionFacts,
    ImportFact,
    ModuleFacts,
    NameExpression,
    SubscriptExpression,
)
from starmodel_generator.linking.names import library_classes
from starmodel_generator.linking.names.externals import (
    KNOWN_ROOTS,
    STAR_EXPORTS,
    canonical,
)
from starmodel_generator.linking.names.symbols import (
    ClassSymbol,
    ExternalSymbol,
    FunctionSymbol,
    MemberSymbol,
    ModuleSymbol,
    Namespace,
    Symbol,
    UnknownSymbol,
    ValueSymbol,
)
from starmodel_generator.standard_names import BUILTIN_NAMES

_NESTED = ("function ", "class ")
_HOP_LIMIT = 100


@dataclass(frozen=True, slots=True)
class _Bindings:
    """What a module binds, by name."""

    classes: dict[str, ClassFacts]
    functions: dict[str, FunctionFacts]
    assignments: dict[str, AssignmentFact]
    imports: tuple[ImportFact, ...]
    nested: dict[tuple[str, str], ClassFacts]
    """The classes inside classes, by container and name."""


class Names:
    """Looks names up in the modules of a project.

    `load` gives another module of the project by its dotted name, or `None` where the project
    has none of that name.
    """

    def __init__(
        self, modules: Iterable[ModuleFacts], load: Callable[[str], ModuleFacts | None]
    ) -> None:
        self._load = load
        self._modules: dict[str, ModuleFacts | None] = {module.name: module for module in modules}
        self._given = len(self._modules)
        self._roots = {name.partition(".")[0] for name in self._modules}
        self._bindings: dict[str, _Bindings] = {}
        self._symbols: dict[tuple[str, str], Symbol] = {}
        self._classes: dict[int, ClassSymbol] = {}
        self._pending: set[tuple[str, str]] = set()
        self._specialised: dict[tuple[object, ...], ClassSymbol] = {}

    def module(self, name: str) -> ModuleFacts | None:
        """Return the facts of a module of the project, `None` for any other."""
        if name not in self._modules:
            known = name.partition(".")[0] in KNOWN_ROOTS
            self._modules[name] = None if known else self._load(name)
        return self._modules[name]

    def read(self) -> tuple[ModuleFacts, ...]:
        """Return the modules that were looked into: the given ones, then others by name."""
        found = [facts for facts in self._modules.values() if facts is not None]
        given = found[: self._given]
        return (*given, *sorted(found[self._given :], key=lambda facts: facts.name))

    def class_symbol(self, module: ModuleFacts, facts: ClassFacts) -> ClassSymbol:
        """Return the symbol of a class; always the same one for the same class."""
        symbol = self._classes.get(id(facts))
        if symbol is None:
            symbol = ClassSymbol(module, facts, Namespace(module, facts))
            self._classes[id(facts)] = symbol
        return symbol

    def type_parameters(self, symbol: ClassSymbol) -> tuple[str, ...]:
        """Return the type variables of a generic class, in their order; none where it is none."""
        facts = symbol.facts
        if facts.type_parameters:
            return facts.type_parameters
        given = [base for base in facts.bases if isinstance(base, SubscriptExpression)]
        for base in given:
            if isinstance(base.value, NameExpression):
                meant = self.resolve(base.value.name, Namespace(symbol.module))
                if meant in (ExternalSymbol("typing.Generic"), ExternalSymbol("typing.Protocol")):
                    return tuple(each.name for each in base.items if _is_name(each))
        names = [each.name for base in given for each in base.items if _is_name(each)]
        return tuple(dict.fromkeys(name for name in names if self._is_variable(name, symbol)))

    def _is_variable(self, name: str, symbol: ClassSymbol) -> bool:
        meant = self.resolve(name, Namespace(symbol.module))
        value = meant.assignment.value if isinstance(meant, ValueSymbol) else None
        if not isinstance(value, CallExpression) or not isinstance(value.function, NameExpression):
            return False
        assert isinstance(meant, ValueSymbol)
        called = self.resolve(value.function.name, meant.namespace)
        return called == ExternalSymbol("typing.TypeVar")

    def specialised(
        self, symbol: ClassSymbol, items: tuple[Expression, ...], where: Namespace, name: str
    ) -> ClassSymbol | None:
        """Return a generic class with what its type variables stand for, called `name`.

        `None` where there are more of them, or fewer, than `items`.
        """
        parameters = self.type_parameters(symbol)
        if not parameters or len(parameters) != len(items):
            return None
        key = (id(symbol.facts), items, where.module.name, id(where.cls), name)
        known = self._specialised.get(key)
        if known is None:
            facts = replace(symbol.facts, name=name)
            arguments = {
                parameter: (item, where) for parameter, item in zip(parameters, items, strict=True)
            }
            known = ClassSymbol(symbol.module, facts, Namespace(symbol.module, facts, arguments))
            self._specialised[key] = known
        return known

    def resolve(self, name: str, namespace: Namespace) -> Symbol:
        """Return what a name or a dotted name means where it stands."""
        first, dot, rest = name.partition(".")
        nested = self._nested_class(first, namespace)
        symbol = nested or self._in_module(first, namespace.module)
        for part in rest.split(".") if dot else ():
            symbol = self._attribute(symbol, part)
        return symbol

    def imported(self, name: str, module: ModuleFacts) -> Symbol | None:
        """Return what an import binds a name to in a module, whatever else it is there."""
        found = self._imported(name, self._bound(module).imports)
        return None if found is None else found[0]

    def outside_name(self, name: str, module: ModuleFacts) -> str | None:
        """Return the full name that a dotted name has outside the project, as its import says it.

        Other than in an `ExternalSymbol` it is not turned into the one it is known by. `None` for
        anything of the project, and where its import depends on something.
        """
        root, dot, rest = name.partition(".")
        if not isinstance(self.resolve(root, Namespace(module)), ExternalSymbol):
            return None
        facts = [fact for fact in module.imports if fact.bound == root]
        if any(fact.container is not None or fact.type_checking for fact in facts):
            return None
        if not facts:
            return f"builtins.{name}" if root in BUILTIN_NAMES else None
        last = facts[-1]
        if self.module(last.module) is not None:
            return None
        start = last.module if last.name is None else f"{last.module}.{last.name}"
        return f"{start}{dot}{rest}"

    def target(self, fact: ImportFact) -> Symbol:
        """Return what an import leads to."""
        return self._import_target(fact)

    def follow(self, symbol: Symbol) -> Symbol:
        """Return what an alias (`Base = Entity`) leads to; any other symbol as it is."""
        seen: list[Symbol] = []
        while isinstance(symbol, ValueSymbol) and symbol not in seen:
            seen.append(symbol)
            value = symbol.assignment.value
            if not isinstance(value, NameExpression):
                return symbol
            symbol = self.resolve(value.name, symbol.namespace)
        return symbol

    def defined_in(self, module: ModuleFacts) -> Iterator[str]:
        """The names a module binds, for suggestions."""
        bindings = self._bound(module)
        yield from bindings.classes
        yield from bindings.functions
        yield from bindings.assignments
        for fact in bindings.imports:
            if fact.bound != "*":
                yield fact.bound
            else:
                yield from STAR_EXPORTS.get(fact.module, ())

    def _nested_class(self, name: str, namespace: Namespace) -> ClassSymbol | None:
        if namespace.cls is None:
            return None
        nested = self._bound(namespace.module).nested
        facts = nested.get((f"class {namespace.cls.name}", name)) if nested else None
        return None if facts is None else self.class_symbol(namespace.module, facts)

    def _in_module(self, name: str, module: ModuleFacts) -> Symbol:
        key = (module.name, name)
        if key in self._symbols:
            return self._symbols[key]
        if key in self._pending:
            return UnknownSymbol(name, "cycle", module.name)
        if len(self._pending) > _HOP_LIMIT:
            return UnknownSymbol(name, "depth", module.name)
        self._pending.add(key)
        try:
            symbol = self._look_up(name, module)
        finally:
            self._pending.discard(key)
        # What a cycle hid from this look-up, another one may find.
        if not (isinstance(symbol, UnknownSymbol) and symbol.reason in ("cycle", "depth")):
            self._symbols[key] = symbol
        return symbol

    def _look_up(self, name: str, module: ModuleFacts) -> Symbol:
        bindings = self._bound(module)
        if name in bindings.classes:
            return self.class_symbol(module, bindings.classes[name])
        if name in bindings.functions:
            return FunctionSymbol(module, bindings.functions[name])
        imported = self._imported(name, bindings.imports)
        if name in bindings.assignments and (imported is None or imported[1]):
            return ValueSymbol(Namespace(module), bindings.assignments[name])
        if imported is not None:
            return imported[0]
        if name in BUILTIN_NAMES:
            return ExternalSymbol(f"builtins.{name}")
        return self._unknown(name, module, bindings.imports)

    def _imported(self, name: str, imports: tuple[ImportFact, ...]) -> tuple[Symbol, bool] | None:
        """Return the meaning the last import gives a name, and whether that is a star import."""
        failed: Symbol | None = None
        for fact in reversed(imports):
            if fact.bound == name:
                symbol = self._import_target(fact)
                # `try: from new import x; except ImportError: from old import x`
                if not isinstance(symbol, UnknownSymbol):
                    return symbol, False
                failed = failed or symbol
            elif fact.bound == "*" and failed is None:
                symbol = self._from_star(name, fact)
                if symbol is not None:
                    return symbol, True
        return None if failed is None else (failed, False)

    def _import_target(self, fact: ImportFact) -> Symbol:
        if fact.name is None:
            return self._module_symbol(fact.module)
        return self._module_attribute(fact.module, fact.name)

    def _module_symbol(self, name: str) -> Symbol:
        facts = self.module(name)
        if facts is not None:
            return ModuleSymbol(facts)
        return ExternalSymbol(canonical(name))

    def _module_attribute(self, module: str, name: str) -> Symbol:
        facts = self.module(module)
        if facts is not None:
            return self._attribute_of_module(facts, name)
        if self.module(f"{module}.{name}") is not None:
            return self._module_symbol(f"{module}.{name}")
        if module.partition(".")[0] in self._roots:
            return UnknownSymbol(name, "missing_module", module)
        return ExternalSymbol(canonical(f"{module}.{name}"))

    def _attribute_of_module(self, facts: ModuleFacts, name: str) -> Symbol:
        symbol = self._in_module(name, facts)
        if isinstance(symbol, UnknownSymbol) or _is_builtin(symbol, name):
            submodule = f"{facts.name}.{name}"
            if facts.is_package and self.module(submodule) is not None:
                return self._module_symbol(submodule)
            if _is_builtin(symbol, name):
                return UnknownSymbol(name, "undefined", facts.name)
        return symbol

    def _from_star(self, name: str, fact: ImportFact) -> Symbol | None:
        facts = self.module(fact.module)
        if facts is None:
            if name in STAR_EXPORTS.get(fact.module, ()) or name in (
                library_classes.exported(fact.module) or ()
            ):
                return ExternalSymbol(canonical(f"{fact.module}.{name}"))
            return None
        exported = not name.startswith("_") if facts.exports is None else name in facts.exports
        if not exported:
            return None
        symbol = self._attribute_of_module(facts, name)
        return None if isinstance(symbol, UnknownSymbol) else symbol

    def _attribute(self, symbol: Symbol, part: str) -> Symbol:
        symbol = self.follow(symbol)
        match symbol:
            case ModuleSymbol(facts):
                return self._attribute_of_module(facts, part)
            case ClassSymbol():
                return self._nested_class(part, symbol.namespace) or MemberSymbol(symbol, (part,))
            case MemberSymbol(owner, path):
                return MemberSymbol(owner, (*path, part))
            case ExternalSymbol(name):
                return self._external_attribute(name, part)
            case ValueSymbol() | FunctionSymbol():
                return UnknownSymbol(part, "undefined", symbol.qualified_name)
            case UnknownSymbol():
                return symbol

    def _external_attribute(self, name: str, part: str) -> Symbol:
        """An attribute of an outside module; a namespace package may turn out to be the project's."""
        joined = f"{name}.{part}"
        if name.partition(".")[0] in self._roots and self.module(joined) is not None:
            return self._module_symbol(joined)
        return ExternalSymbol(canonical(joined))

    def _unknown(
        self, name: str, module: ModuleFacts, imports: tuple[ImportFact, ...]
    ) -> UnknownSymbol:
        stars = [
            fact.module
            for fact in imports
            if fact.bound == "*" and self._is_unreadable(fact.module)
        ]
        if stars:
            return UnknownSymbol(name, "star", module.name, tuple(stars))
        return UnknownSymbol(name, "undefined", module.name)

    def _is_unreadable(self, module: str) -> bool:
        return self.module(module) is None and library_classes.exported(module) is None

    def near(self, symbol: UnknownSymbol) -> str | None:
        """A name that an undefined one may have been meant to be."""
        module = self.module(symbol.where)
        known = list(self.defined_in(module)) if module is not None else []
        matches = get_close_matches(symbol.name, [*known, *STAR_EXPORTS["starmodel"]], n=1)
        return matches[0] if matches else None

    def _bound(self, module: ModuleFacts) -> _Bindings:
        bindings = self._bindings.get(module.name)
        if bindings is None:
            bindings = _Bindings(
                classes={
                    facts.name: facts
                    for facts in module.classes
                    if not (facts.container or "").startswith(_NESTED)
                },
                functions={facts.name: facts for facts in module.functions},
                assignments={fact.name: fact for fact in module.assignments},
                imports=module.imports,
                nested={
                    (facts.container, facts.name): facts
                    for facts in module.classes
                    if facts.container is not None and facts.container.startswith("class ")
                },
            )
            self._bindings[module.name] = bindings
        return bindings


def _is_builtin(symbol: Symbol, name: str) -> bool:
    return isinstance(symbol, ExternalSymbol) and symbol.name == f"builtins.{name}"


def _is_name(expression: Expression) -> TypeGuard[NameExpression]:
    return isinstance(expression, NameExpression)
