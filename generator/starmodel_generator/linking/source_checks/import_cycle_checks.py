"""Modules that import each other before they have what is asked of them: SM123."""

from collections.abc import Iterator, Mapping, Sequence

from starmodel_generator.analysis.facts import ImportFact, ModuleFacts
from starmodel_generator.diagnostics.diagnostic import Diagnostic
from starmodel_generator.diagnostics.rules.source_rules import FAILING_IMPORT
from starmodel_generator.linking.linked_app import LinkedApp
from starmodel_generator.linking.reporting import Problem, Subject


def check_circles(app: LinkedApp, modules: Sequence[ModuleFacts]) -> Iterator[Diagnostic]:
    """SM123: an import fails when the generated app imports the entities, in their order."""
    process = _Process({module.name: module for module in modules})
    for entity in sorted(app.entities, key=lambda each: each.schema.snake_name):
        failed = process.imports(entity.schema.module)
        if failed is None:
            continue
        text = f"takes `{failed.name}` from `{failed.module}`, which imports this module and has"
        text += " not come to define it"
        help = "import one of the two under `if TYPE_CHECKING:`, and name it in quotes there:"
        help += f' `Ref["{failed.name}"]`'
        problem = Problem(FAILING_IMPORT, text, help)
        yield Subject("this import", failed.place).diagnose(problem)
        return


class _Process:
    """The imports of one process, gone through without running anything."""

    def __init__(self, known: Mapping[str, ModuleFacts]) -> None:
        self._known = known
        self._bound: dict[str, set[str]] = {}
        self._done: set[str] = set()

    def imports(self, name: str) -> ImportFact | None:
        """Import a module and the packages around it; the import that fails, if one does."""
        parts = name.split(".")
        for length in range(1, len(parts) + 1):
            failed = self._module(".".join(parts[:length]))
            if failed is not None:
                return failed
        return None

    def _module(self, name: str) -> ImportFact | None:
        facts = self._known.get(name)
        if facts is None or name in self._bound:
            return None
        defined = {step for step in facts.steps if isinstance(step, str)}
        defined |= {step.bound for step in facts.steps if isinstance(step, ImportFact)}
        # What is bound in another way may be there from the start.
        bound = self._bound[name] = set(facts.names - defined)
        for step in facts.steps:
            if isinstance(step, str):
                bound.add(step)
                continue
            if not step.type_checking and step.container is None:
                failed = self._step(step)
                if failed is not None:
                    return failed
            bound.add(step.bound)
        self._done.add(name)
        return None

    def _step(self, fact: ImportFact) -> ImportFact | None:
        failed = self.imports(fact.target)
        if failed is not None or fact.name is None or fact.name == "*":
            return failed
        inner = f"{fact.module}.{fact.name}"
        if inner in self._known:
            return self.imports(inner)
        is_running = fact.module in self._bound and fact.module not in self._done
        if not is_running or fact.name in self._bound[fact.module]:
            return None
        names = self._known[fact.module].names
        # A name that is nowhere at all is told of elsewhere.
        return fact if fact.name in names else None
