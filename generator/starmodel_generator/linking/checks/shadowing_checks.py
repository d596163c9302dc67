"""Names that mean something else in a class body than in its module: SM607."""

from collections.abc import Iterator

from starmodel_generator.analysis.facts import HiddenName, ImportFact
from starmodel_generator.diagnostics.diagnostic import Diagnostic, Related
from starmodel_generator.diagnostics.rules.entity_rules import HIDDEN_NAME
from starmodel_generator.linking.linked_app import LinkedApp
from starmodel_generator.linking.names.name_resolution import Names
from starmodel_generator.linking.names.symbols import (
    ClassSymbol,
    ExternalSymbol,
    Namespace,
    Symbol,
    UnknownSymbol,
)
from starmodel_generator.linking.resolver import Resolver

_SHORT = {"datetime": "dt", "starmodel": "sm", "typing": "t"}
"""What modules are usually called where they are imported whole."""


def check_hidden_names(app: LinkedApp, resolver: Resolver) -> Iterator[Diagnostic]:
    """SM607: a class body uses a name of its module that it has made one of its own."""
    symbols = [
        *(entity.hierarchy.symbol for entity in app.entities),
        *(linked.symbol for linked in app.objects.values()),
        *(linked.symbol for linked in app.enums.values()),
    ]
    classes = [each for symbol in symbols for each in resolver.hierarchies.of(symbol).classes]
    for cls in dict.fromkeys(classes):
        for hidden in cls.facts.hidden:
            first = hidden.name.partition(".")[0]
            symbol = resolver.names.resolve(first, Namespace(cls.module))
            # What the module does not know is meant to be the one of the class.
            if not isinstance(symbol, UnknownSymbol):
                yield _diagnose(hidden, cls, symbol, resolver.names)


def _diagnose(hidden: HiddenName, cls: ClassSymbol, symbol: Symbol, names: Names) -> Diagnostic:
    first, dot, rest = hidden.name.partition(".")
    fact = _import(first, cls)
    meaning = f"`{first}` of the module"
    help = "rename one of them"
    if fact is not None and names.module(fact.module) is not None and fact.name is not None:
        meaning = f"`{fact.module}.{fact.name}`"
        other = _free((f"{first}_type", f"the_{first}"), cls, names, fact.module)
        help = f"`from {fact.module} import {fact.name} as {other}`, and write `{other}{dot}{rest}` here"
    elif fact is not None or isinstance(symbol, ExternalSymbol):
        module, attribute = _outside(first, fact, symbol)
        meaning = f"`{module}.{attribute}`" if attribute else f"the module `{module}`"
        last = module.rpartition(".")[2]
        alias = _free((_SHORT.get(module, last), f"{last}_module"), cls, names, module)
        statement = f"import {module}" + ("" if alias == module else f" as {alias}")
        written = ".".join(part for part in (alias, attribute, rest) if part)
        mark = "@" if "decorator" in hidden.place.steps else ""
        help = f"`{statement}`, and write `{mark}{written}` here"
    if hidden.place.steps[: len(hidden.hider.steps)] == hidden.hider.steps:
        text = f"`{cls.name}.{hidden.owner}` has the name of its own type: as it has a value,"
        text += f" `{first}` means that and not {meaning}"
        related = ()
    else:
        own = hidden.hider.steps[-1]
        text = f"`{cls.name}.{hidden.owner}` uses `{hidden.name}`, but in the class body"
        text += f" `{first}` means `{cls.name}.{str(own).partition('#')[0]}` and not {meaning}"
        related = (Related(f"`{first}` is bound here", hidden.hider),)
    return HIDDEN_NAME.report(text, hidden.place, help=help, related=related, entity=cls.name)


def _import(name: str, cls: ClassSymbol) -> ImportFact | None:
    """Return the import that binds a name in the module of a class."""
    found = [fact for fact in cls.module.imports if fact.bound == name]
    return found[-1] if found else None


def _outside(name: str, fact: ImportFact | None, symbol: Symbol) -> tuple[str, str]:
    """Return the module that a name from outside comes from, and what it is called there."""
    if fact is not None:
        return fact.module, fact.name or ""
    # A builtin, or something of a star import.
    known = symbol.name if isinstance(symbol, ExternalSymbol) else name
    module, _, attribute = known.rpartition(".")
    return module, attribute


def _free(candidates: tuple[str, ...], cls: ClassSymbol, names: Names, module: str) -> str:
    """Return the first of several names that neither the module nor the class has for something else."""
    taken = {fact.name for fact in (*cls.facts.attributes, *cls.facts.methods)}
    for candidate in candidates:
        fact = _import(candidate, cls)
        is_it = fact is not None and fact.module == module and fact.name is None
        is_known = candidate in names.defined_in(cls.module) and not is_it
        if candidate not in taken and not is_known:
            return candidate
    return f"{candidates[-1]}_2"
