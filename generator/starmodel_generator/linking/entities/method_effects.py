"""What calling a method may change, followed through what it calls.

A method of the class, of a base, a function of another module of the project and a method of a
value object are all followed, each once. What cannot be followed counts as a change.
"""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from starmodel_generator.analysis.facts import Effect, FunctionFacts, Through
from starmodel_generator.linking.names.class_members import Members, Method
from starmodel_generator.linking.names.mro import ClassHierarchy
from starmodel_generator.linking.names.symbols import ClassSymbol, FunctionSymbol, Namespace
from starmodel_generator.linking.resolver import Resolver
from starmodel_schemas import EnumType, FieldSchema, LiteralType, OptionalType, ScalarType, TypeRef

# Methods of pydantic's models that read and change nothing.
_PURE = frozenset(
    {
        "copy",
        "dict",
        "json",
        "model_copy",
        "model_dump",
        "model_dump_json",
        "model_json_schema",
        "__eq__",
        "__hash__",
        "__iter__",
        "__repr__",
        "__str__",
    }
)
_DEPTH_LIMIT = 50
_SUPER = "super()."


Others: TypeAlias = Mapping[str, Set[str]]
"""The parameters of an event that are or lead to other entities, with what of each can be loaded:
the names of an entity's relations, `*` for a `Ref`."""

NO_OTHERS: Others = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Found:
    """An effect and the method whose body has it."""

    effect: Effect
    method: Method


class EffectReader:
    """Follows the effects of one entity's methods.

    `parts` are the value objects that its fields lead to, `relations` the names of what can be
    loaded: a `Ref`, a list of them, a `Many`.
    """

    def __init__(
        self,
        resolver: Resolver,
        hierarchy: ClassHierarchy,
        members: Members,
        fields: tuple[FieldSchema, ...],
        parts: tuple[ClassSymbol, ...],
        relations: Set[str] = frozenset(),
    ) -> None:
        self._resolver = resolver
        self._hierarchy = hierarchy
        self._members = members
        self._parts = parts
        self._relations = relations
        self._immutable = {field.name for field in fields if _is_immutable(field.type)}

    def effects(self, method: Method) -> Iterator[Found]:
        """The effects of a method and of all methods of the entity that it calls."""
        pending = [method]
        seen = {(method.owner, method.facts.name)}
        while pending:
            current = pending.pop(0)
            for effect in current.facts.effects:
                yield Found(effect, current)
                called = self._called(effect, current)
                if called is not None and (called.owner, called.facts.name) not in seen:
                    seen.add((called.owner, called.facts.name))
                    pending.append(called)

    def writes(self, method: Method, others: Others = NO_OTHERS) -> Iterator[Found]:
        """The effects that change the entity, or that cannot be shown not to.

        A private attribute is part of the entity like any other. To load what a relation leads to
        changes nothing; what is then done to it counts as done to the relation.
        """
        for found in self.effects(method):
            effect = found.effect
            about, dot, part = effect.name.removeprefix(_SUPER).partition(".")
            if dot:
                # What a followed method calls its parameters, the caller does not know.
                is_other = others and found.method is not method
                if about in others and found.method is method:
                    is_other = not (_loads(effect) and part in others[about])
                if is_other:
                    yield found
                continue
            match effect.kind:
                case "assign":
                    yield found
                case "mutate" if effect.name in self._immutable:
                    pass
                case "mutate" if _loads(effect) and effect.name in self._relations:
                    pass
                case "mutate" | "escape" if self._is_harmless(effect.through, found.method):
                    pass
                case "mutate" | "escape":
                    yield found
                case "call" if not self._is_known(effect, found.method):
                    yield found
                case _:
                    pass

    def _called(self, effect: Effect, method: Method) -> Method | None:
        if effect.kind != "call":
            return None
        if not effect.name.startswith(_SUPER):
            return self._members.methods.get(effect.name)
        classes = self._hierarchy.classes
        for owner in classes[classes.index(method.owner) + 1 :]:
            for candidate in self._resolver.members.own_methods(owner):
                if candidate.facts.name == effect.name.removeprefix(_SUPER):
                    return candidate
        return None

    def _is_known(self, effect: Effect, method: Method) -> bool:
        return effect.name.removeprefix(_SUPER) in _PURE or self._called(effect, method) is not None

    def _is_harmless(self, through: Through | None, method: Method) -> bool:
        """Return whether the function that got a part of the entity is seen to change nothing of it."""
        if through is None:
            return False
        callee, parameter = through
        namespace = Namespace(method.owner.module)
        return self._leaves_alone(callee, parameter, namespace, frozenset())

    def _leaves_alone(
        self,
        callee: str,
        parameter: int | str,
        namespace: Namespace,
        seen: frozenset[tuple[str, int | str]],
    ) -> bool:
        if (callee, parameter) in seen:
            return True
        if len(seen) > _DEPTH_LIMIT:
            return False
        seen |= {(callee, parameter)}
        if callee.startswith("."):
            return self._is_pure_method(callee[1:])
        names = self._resolver.names
        symbol = names.follow(names.resolve(callee, namespace))
        if not isinstance(symbol, FunctionSymbol):
            return False
        name = _parameter_name(symbol.facts, parameter)
        if name is None:
            return False
        inner = Namespace(symbol.module)
        return all(
            effect.kind in ("await_missing", "blocking")
            or effect.name != name
            or (
                effect.kind in ("mutate", "escape")
                and effect.through is not None
                and self._leaves_alone(*effect.through, inner, seen)
            )
            for effect in symbol.facts.effects
        )

    def _is_pure_method(self, name: str) -> bool:
        """Return whether every value object that has a method of that name only reads in it."""
        found = [
            method
            for symbol in self._parts
            for method in self._resolver.members.own_methods(symbol)
            if method.facts.name == name
        ]
        quiet = ("await_missing", "blocking")
        return bool(found) and all(
            effect.kind in quiet for method in found for effect in method.facts.effects
        )


def _loads(effect: Effect) -> bool:
    """Return whether an effect is `await self.lines.load()`, or the same of something taken from it."""
    return effect.kind == "mutate" and effect.through == (".load", 0)


def _parameter_name(facts: FunctionFacts, parameter: int | str) -> str | None:
    if isinstance(parameter, str):
        return parameter if any(each.name == parameter for each in facts.parameters) else None
    kinds = ("positional_only", "positional_or_keyword")
    positional = [each.name for each in facts.parameters if each.kind in kinds]
    return positional[parameter] if parameter < len(positional) else None


def _is_immutable(type: TypeRef) -> bool:
    if isinstance(type, OptionalType):
        type = type.item
    return isinstance(type, ScalarType | EnumType | LiteralType)
