"""What methods do to their entity, without running them.

The question is which fields a method may write, straight or through what it
calls. Functions and classes of the same module are followed here; what leaves
the module is left to linking (`Effect.through`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from starmodel_generator.analysis.effects.data_flow import FixpointLimitError
from starmodel_generator.analysis.effects.function_body import sort_body
from starmodel_generator.analysis.effects.function_effects import BodyReader
from starmodel_generator.analysis.effects.module_scope import ModuleScope
from starmodel_generator.analysis.effects.provenance import ENTITY, UNKNOWN_FIELD
from starmodel_generator.analysis.facts import Effect, MemberUse, Through
from starmodel_generator.analysis.functions import (
    Outcome,
    parameters_of,
    receiver_name,
)
from starmodel_generator.analysis.tree import FunctionNode
from starmodel_generator.diagnostics.diagnostic import Place


class _Target(NamedTuple):
    """A parameter of a function of this module; `ENTITY` is what a method is called on."""

    function: FunctionNode
    parameter: str


_Spot: TypeAlias = _Target | Through


class ModuleBodies:
    """The effects of a module's functions and methods, each worked out when asked for."""

    def __init__(
        self, module: ModuleScope, uses: Mapping[FunctionNode, tuple[MemberUse, ...]]
    ) -> None:
        self._module = module
        self._uses = uses
        self._found: dict[FunctionNode, Outcome] = {}
        self._written: dict[_Spot, bool] = {}

    def outcome_of(self, node: FunctionNode, place: Place) -> Outcome:
        """Return what the function at a place does, its effects in the order of the text.

        The effects of a method are those on what it is called on, the effects of a function those
        on its parameters. What a function of this module does not write when it gets something is
        left out.
        """
        found = self._outcome(node)
        return found._replace(
            effects=tuple(
                [
                    replace(effect, place=place.at(*effect.place.steps))
                    for effect in found.effects
                    if self._may_write(effect)
                ]
            )
        )

    def _outcome(self, node: FunctionNode) -> Outcome:
        """Like `outcome_of`, with places inside the function, and no calls followed yet."""
        found = self._found.get(node)
        if found is None:
            body = sort_body(node)
            try:
                effects = BodyReader(body, self._module).effects()
            except (RecursionError, FixpointLimitError):
                effects = tuple(self._anything(node))
            found = Outcome(body.has_yield, body.returns_value, effects, self._uses.get(node, ()))
            self._found[node] = found
        return found

    def _anything(self, node: FunctionNode) -> Iterator[Effect]:
        """The effects of a function that cannot be followed."""
        place = Place("")
        if node in self._module.class_of:
            yield Effect("escape", UNKNOWN_FIELD, place)
        else:
            for parameter in parameters_of(node.params):
                yield Effect("escape", parameter.name, place)

    def _may_write(self, effect: Effect) -> bool:
        return effect.through is None or self._is_written(effect.through)

    def _is_written(self, start: Through) -> bool:
        """Return whether what is handed over there is written, by the function or by what it calls.

        Everything that can be reached is settled at once, so no function is asked twice.
        """
        if start in self._written:
            return self._written[start]
        callers: dict[_Spot, list[_Spot]] = {start: []}
        pending: list[_Spot] = [start]
        written: list[_Spot] = []
        while pending:
            spot = pending.pop()
            known = self._written.get(spot)
            leads = self._leads(spot) if known is None else []
            if known or leads is None:
                written.append(spot)
                continue
            for lead in leads:
                if lead not in callers:
                    callers[lead] = []
                    pending.append(lead)
                callers[lead].append(spot)
        for spot in callers:
            self._written.setdefault(spot, False)
        while written:
            spot = written.pop()
            self._written[spot] = True
            written += [caller for caller in callers[spot] if not self._written[caller]]
        return self._written[start]

    def _leads(self, spot: _Spot) -> list[_Spot] | None:
        """Return where a value goes on from there; `None` where it is written, or nobody knows."""
        if not isinstance(spot, _Target):
            return self._targets(spot)
        leads: list[_Spot] = []
        for effect in self._outcome(spot.function).effects:
            if self._concerns(effect, spot):
                further = self._further(effect, spot)
                if further is None:
                    return None
                leads += further
        return leads

    def _concerns(self, effect: Effect, target: _Target) -> bool:
        if effect.kind in ("await_missing", "blocking"):
            return False
        if target.function not in self._module.class_of:
            return effect.name == target.parameter
        if effect.name == UNKNOWN_FIELD and effect.kind == "escape":
            return True
        is_of_parameter = "." in effect.name and effect.kind in ("assign", "mutate")
        if target.parameter == ENTITY:
            return not is_of_parameter
        return is_of_parameter and effect.name.partition(".")[0] == target.parameter

    def _further(self, effect: Effect, target: _Target) -> Sequence[_Spot] | None:
        if effect.kind == "call":
            scope = self._module.class_of.get(target.function)
            methods = scope.methods.get(effect.name) if scope is not None else None
            return None if methods is None else [_Target(each, ENTITY) for each in methods]
        return None if effect.through is None else [effect.through]

    def _targets(self, through: Through) -> list[_Spot] | None:
        callee, position = through
        if callee.startswith("."):
            functions = self._module.methods_named(callee[1:])
        else:
            functions = self._module.functions.get(callee, ())
        targets: list[_Spot] = []
        for function in functions:
            parameter = _parameter_at(function, position, is_method=callee.startswith("."))
            if parameter is None:
                return None
            targets.append(_Target(function, parameter))
        return targets or None


def _parameter_at(function: FunctionNode, position: int | str, *, is_method: bool) -> str | None:
    if position == 0 and is_method:
        return ENTITY
    parameters = [(each.name, each.kind) for each in parameters_of(function.params)]
    if isinstance(position, str):
        return position if position in (name for name, _ in parameters) else None
    if is_method and receiver_name(function) is None:
        position -= 1
    if position >= len(parameters) or parameters[position][1] in ("keyword_only", "variadic"):
        variadic = [name for name, kind in parameters if kind == "variadic"]
        return variadic[0] if variadic else None
    return parameters[position][0]
