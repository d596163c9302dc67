"""The modules of an app that a change may affect, and their facts before and after it."""

from collections.abc import Callable, Iterable, Set
from dataclasses import replace

from starmodel_generator.analysis.facts import (
    AssignmentFact,
    CallExpression,
    FunctionFacts,
    LiteralExpression,
    ModuleFacts,
)
from starmodel_generator.cache import Cache, Overview
from starmodel_generator.incremental.full_rebuild import require_full_rebuild
from starmodel_generator.linking.link import link
from starmodel_generator.output.manifest import Manifest
from starmodel_generator.pipeline import link_settings
from starmodel_generator.project.config import GeneratorConfig
from starmodel_schemas import (
    AppSchema,
)


def surface(facts: ModuleFacts) -> tuple[object, ...]:
    """Return what decides which modules a module leads to, and in which order imports run."""
    return (
        facts.name,
        facts.path,
        facts.is_package,
        facts.imports,
        facts.steps,
        facts.names,
        facts.exports,
        facts.suppressions,
        tuple((each.name, each.container) for each in facts.classes),
    )


def undocumented(facts: ModuleFacts) -> ModuleFacts:
    """A module without what other modules have of it only by inheritance: what describes it."""

    def function(facts: FunctionFacts) -> FunctionFacts:
        return replace(facts, docstring=None)

    def attribute(fact: AssignmentFact) -> AssignmentFact:
        value = fact.value
        if isinstance(value, CallExpression):
            keywords = tuple(
                (name, each)
                for name, each in value.keywords
                if name != "description" or not isinstance(each, LiteralExpression)
            )
            value = replace(value, keywords=keywords)
        return replace(fact, docstring=None, value=value)

    return replace(
        facts,
        docstring=None,
        functions=tuple(map(function, facts.functions)),
        classes=tuple(
            replace(
                each,
                docstring=None,
                attributes=tuple(map(attribute, each.attributes)),
                methods=tuple(map(function, each.methods)),
            )
            for each in facts.classes
        ),
    )


class RunFacts:
    """The facts of modules as of the last run, except those that are `replaced`.

    `asked` are the modules that linking has asked for, whether or not they are there.
    """

    def __init__(self, overview: Overview, cache: Cache, manifest: Manifest) -> None:
        self._overview = overview
        self._cache = cache
        self._manifest = manifest
        self.replaced: dict[str, ModuleFacts] = {}
        self.asked: set[str] = set()

    def of(self, name: str) -> ModuleFacts:
        """Return the facts of a module that was read."""
        if name in self.replaced:
            return self.replaced[name]
        path = self._overview.modules[name].path
        known = self._cache.facts.get(path)
        if known is None or known.sha256 != self._manifest.sources.get(path):
            require_full_rebuild(f"there are no facts of {path}")
        facts = known.facts()
        if facts is None or facts.name != name:
            require_full_rebuild(f"there are no facts of {path}")
        return facts


class AffectedModules:
    """The modules that a change may affect, and those that these lead to."""

    def __init__(
        self,
        config: GeneratorConfig,
        overview: Overview,
        cache: Cache,
        changed: Iterable[str],
        documented: set[str],
    ) -> None:
        self._settings = link_settings(config)
        self._overview = overview
        modules = overview.modules
        importers: dict[str, list[str]] = {}
        heirs: dict[str, list[str]] = {}
        for name, module in modules.items():
            for imported in module.imports:
                importers.setdefault(imported, []).append(name)
            for base in module.bases:
                heirs.setdefault(base, []).append(name)
        described = _closure(documented, lambda name: heirs.get(name, ()))
        self.affected = described | _closure(
            set(changed) - documented, lambda name: importers.get(name, ())
        )
        # A class that several entities use is declared by the first of them, which the others look
        # up, whether or not they import it.
        own = [f"entities {name}" for name in cache.rendered if _module(name) in self.affected]
        looked_up: set[str] = set()
        for entity, known in cache.rendered.items():
            if _module(entity) in self.affected or any(key in known.inputs for key in own):
                looked_up.add(_module(entity))
                looked_up |= {_module(key.partition(" ")[2]) for key in known.inputs}
        self._reached = _closure(
            self.affected | (looked_up & modules.keys()), lambda name: modules[name].imports
        )
        searched = {name for name, module in modules.items() if module.is_searched}
        given = searched & self._reached
        roots = {name.partition(".")[0] for name in searched}
        if roots != {name.partition(".")[0] for name in given}:
            require_full_rebuild("names may be looked for below other packages")
        self._given = sorted(given, key=lambda name: modules[name].path)

    def link(self, facts: RunFacts, *, checked: Set[str]) -> AppSchema:
        """Link the entities of these modules as if the app had no others."""

        def load(name: str) -> ModuleFacts | None:
            facts.asked.add(name)
            if name in self._reached:
                return facts.of(name)
            if name in self._overview.modules:
                require_full_rebuild(f"{name} is read, which nothing affected imports")
            return None

        settings = replace(self._settings, checked=checked)
        result = link([facts.of(name) for name in self._given], load, settings)
        if result.diagnostics or result.schema is None:
            require_full_rebuild("there is something to say")
        return result.schema


def _module(qualified_name: str) -> str:
    return qualified_name.rpartition(".")[0]


def _closure(start: Iterable[str], next_of: Callable[[str], Iterable[str]]) -> set[str]:
    found = set(start)
    pending = list(found)
    while pending:
        for name in next_of(pending.pop()):
            if name not in found:
                found.add(name)
                pending.append(name)
    return found
