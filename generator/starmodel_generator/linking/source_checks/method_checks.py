"""What methods do with the members of their class: SM316, SM317, SM318, SM319."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from difflib import get_close_matches
from uuid import UUID

from starmodel_generator.analysis.facts import (
    CallExpression,
    Expression,
    LiteralExpression,
    MemberUse,
    NameExpression,
    SubscriptExpression,
)
from starmodel_generator.analysis.scopes.name_scan import SUPER
from starmodel_generator.diagnostics.diagnostic import Diagnostic
from starmodel_generator.diagnostics.rules.source_rules import (
    FROZEN_ASSIGNMENT,
    UNASSIGNABLE,
    UNKNOWN_MEMBER,
    WRONG_ARGUMENTS,
)
from starmodel_generator.linking.names.class_members import Members, Method
from starmodel_generator.linking.names.mro import ClassHierarchy
from starmodel_generator.linking.names.symbols import ClassSymbol, ExternalSymbol, Namespace
from starmodel_generator.linking.options.model_config import ConfigReader
from starmodel_generator.linking.reporting import Problem, Subject
from starmodel_generator.linking.resolver import Resolver
from starmodel_generator.linking.source_checks.call_checks import argument_problem
from starmodel_generator.linking.source_checks.class_attributes import ClassAttributes
from starmodel_generator.linking.types.resolved_type import ResolvedType
from starmodel_schemas import (
    ConstrainedType,
    DictType,
    EntityType,
    EnumType,
    ListType,
    ObjectType,
    OptionalType,
    ScalarType,
    SetType,
    TupleType,
    TypeRef,
    UnionType,
)

_SCALARS: dict[str, type] = {
    "bool": bool,
    "int": int,
    "float": float,
    "str": str,
    "bytes": bytes,
    "Decimal": Decimal,
    "date": date,
    "time": time,
    "datetime": datetime,
    "timedelta": timedelta,
    "UUID": UUID,
}
_WRITES = {"store": "assigns to", "augment": "changes", "delete": "deletes", "load": "uses"}


class MethodChecker:
    """Checks the methods of models, each for every class that has them."""

    def __init__(
        self, resolver: Resolver, attributes: ClassAttributes, configs: ConfigReader
    ) -> None:
        self._resolver = resolver
        self._attributes = attributes
        self._configs = configs

    def check(self, hierarchy: ClassHierarchy) -> Iterator[Diagnostic]:
        """Report what methods of a class, own and inherited ones, cannot do."""
        members = self._resolver.members.members(hierarchy)
        for owner in hierarchy.classes:
            for facts in owner.facts.methods:
                kind = _kind(facts.decorators, owner, self._resolver)
                receiver = facts.parameters[0].name if facts.parameters else None
                for use in facts.uses:
                    problem = None
                    if use.path[0] == SUPER:
                        problem = self._super_problem(use, owner, hierarchy)
                    elif use.path[0] != receiver or kind == "static":
                        problem = self._parameter_problem(use, owner, facts.parameters)
                    elif kind == "instance":
                        problem = self._own_problem(use, hierarchy, members)
                    elif kind == "class":
                        problem = self._class_problem(use, hierarchy, members)
                    if problem is not None:
                        noun = f"method `{owner.name}.{facts.name}`"
                        yield Subject(noun, use.place, owner.name).diagnose(problem)

    # What the method is called on

    def _own_problem(
        self, use: MemberUse, hierarchy: ClassHierarchy, members: Members
    ) -> Problem | None:
        known = self._attributes.of_instance(hierarchy)
        name = use.path[1]
        if known is None:
            return None
        if name not in known:
            return _unknown(use, hierarchy.symbol.name, _fields(members))
        if len(use.path) == 2 and use.access != "load":
            return self._assignment_problem(use, name, hierarchy, members)
        if len(use.path) == 2:
            return self._call_problem(use, members)
        return self._deeper_problem(use, 1, self._type_of(name, members))

    def _class_problem(
        self, use: MemberUse, hierarchy: ClassHierarchy, members: Members
    ) -> Problem | None:
        known = self._attributes.of_class(hierarchy)
        name = use.path[1]
        if known is None or use.access != "load":
            return None
        if name in members.annotated and name not in known:
            text = f"asks the class for its field `{name}`, which instances have"
            return Problem(UNKNOWN_MEMBER, text, "make the method one with `self`")
        if name not in known:
            return _unknown(use, hierarchy.symbol.name, sorted(members.methods))
        return None

    def _super_problem(
        self, use: MemberUse, owner: ClassSymbol, hierarchy: ClassHierarchy
    ) -> Problem | None:
        classes = hierarchy.classes[hierarchy.classes.index(owner) + 1 :]
        name = use.path[1]
        if self._attributes.of_instance(hierarchy) is None or use.access != "load":
            return None
        for base in classes:
            if any(method.name == name for method in base.facts.methods):
                return None
            if any(fact.name == name for fact in base.facts.attributes):
                return None
        if name in self._attributes.of_models:
            return None
        text = f"calls `super().{name}`, which no base of `{owner.name}` has"
        found = [method.name for base in classes for method in base.facts.methods]
        return Problem(UNKNOWN_MEMBER, text, _near(name, found) or "correct the name")

    def _assignment_problem(
        self, use: MemberUse, name: str, hierarchy: ClassHierarchy, members: Members
    ) -> Problem | None:
        method, member = members.methods.get(name), members.annotated.get(name)
        verb = _WRITES[use.access]
        if method is not None and member is None:
            return self._method_problem(verb, name, method, hierarchy)
        if member is None or member.fact.annotation is None or name.startswith("_"):
            return None
        resolved = self._resolver.types.value(member.fact.annotation, member.owner.namespace)
        if resolved.is_class_variable:
            text = f"{verb} `{name}`, which belongs to the class (it is a `ClassVar`)"
            return Problem(UNASSIGNABLE, text, "make it a field, or leave it as it is")
        if self._configs.written(hierarchy, "frozen") is True:
            text = f"{verb} `{name}`, but `{hierarchy.symbol.name}` is frozen"
        elif self._is_frozen(member.fact.annotation, member.value):
            text = f"{verb} the field `{name}`, which is frozen"
        else:
            return None
        return Problem(FROZEN_ASSIGNMENT, text, "leave out `frozen=True`, or do not change it")

    def _method_problem(
        self, verb: str, name: str, method: Method, hierarchy: ClassHierarchy
    ) -> Problem | None:
        if not method.is_property and method.decorator("pydantic.computed_field") is None:
            text = f"{verb} `{name}`, which is a method"
            return Problem(UNASSIGNABLE, text, "keep the value in a field of another name")
        if method.decorator("functools.cached_property") is not None:
            return None
        setters = (f"{name}.setter", f"{name}.deleter")
        for owner in hierarchy.classes:
            for facts in owner.facts.methods:
                if any(
                    isinstance(each, NameExpression) and each.name in setters
                    for each in facts.decorators
                ):
                    return None
        computed = method.decorator("pydantic.computed_field") is not None
        what = "a computed field" if computed else "a property without a setter"
        text = f"{verb} `{name}`, which is {what}"
        return Problem(UNASSIGNABLE, text, "assign to the fields that it is worked out from")

    def _is_frozen(self, annotation: Expression, value: Expression | None) -> bool:
        """Return whether `Field(frozen=True)` stands in the annotation or as the value."""
        written = [] if value is None else [value]
        if isinstance(annotation, SubscriptExpression):
            written += annotation.items[1:]
        return any(
            isinstance(each, CallExpression) and each.keyword("frozen") == LiteralExpression(True)
            for each in written
        )

    # Calls, and what lies below

    def _call_problem(self, use: MemberUse, members: Members) -> Problem | None:
        name = use.path[1]
        if use.call is None:
            return None
        method = members.methods.get(name)
        if method is None:
            kind = self._python_type(self._type_of(name, members))
            if kind is None:
                return None
            text = f"calls `{name}`, which is a field of type `{kind.__name__}`"
            return Problem(WRONG_ARGUMENTS, text, "leave out the brackets")
        kind = _kind(method.facts.decorators, method.owner, self._resolver)
        if kind == "unknown" or method.is_property:
            return None
        skipped = 0 if kind == "static" else 1
        text = argument_problem(use.call, method.facts.parameters[skipped:])
        if text is None:
            return None
        help = f"it is `{name}{method.facts.signature}`"
        return Problem(WRONG_ARGUMENTS, f"calls `{name}` {text}", help)

    def _parameter_problem(
        self, use: MemberUse, owner: ClassSymbol, parameters: Iterable[object]
    ) -> Problem | None:
        for parameter in parameters:
            name = getattr(parameter, "name", None)
            annotation = getattr(parameter, "annotation", None)
            kind = getattr(parameter, "kind", "")
            if name != use.path[0] or annotation is None or kind.startswith("variadic"):
                continue
            resolved = self._resolver.types.result(annotation, owner.namespace)
            return self._deeper_problem(use, 0, _plain_type(resolved))
        return None

    def _deeper_problem(self, use: MemberUse, index: int, type: TypeRef | None) -> Problem | None:
        """Return the problem of what is asked of the value at an index of the path."""
        while index + 1 < len(use.path):
            name = use.path[index + 1]
            candidates = list(_members_of(type))
            if not candidates or any(each is None for each in candidates):
                return None
            following: list[TypeRef | None] = []
            for candidate in candidates:
                found = self._look_up(candidate, name)
                if found is None:
                    return None
                if found is not _ABSENT:
                    following += found
            if not following:
                return self._absent(use, index, type)
            if index + 2 == len(use.path) and use.access != "load" and len(candidates) == 1:
                return self._assignment_below(use, candidates[0])
            if len(following) > 1:
                return None
            type = following[0]
            index += 1
        return None

    def _assignment_below(self, use: MemberUse, type: TypeRef | None) -> Problem | None:
        """Return the problem of what is assigned to a part of a value of a type."""
        symbol = self._class_of(type)
        if symbol is None:
            return None
        hierarchy = self._resolver.hierarchies.of(symbol)
        if not hierarchy.is_model or _sets_itself(hierarchy):
            return None
        members = self._resolver.members.members(hierarchy)
        return self._assignment_problem(use, use.path[-1], hierarchy, members)

    def _look_up(self, type: TypeRef | None, name: str) -> "list[TypeRef | None] | None":
        """Return what a value of a type has under a name: its type, nothing, or `None` if unknown."""
        kind = self._python_type(type)
        if kind is not None:
            return [None] if hasattr(kind, name) else _ABSENT
        symbol = self._class_of(type)
        if symbol is None:
            return None
        hierarchy = self._resolver.hierarchies.of(symbol)
        if hierarchy.is_enum:
            known = self._attributes.of_class(hierarchy)
            if known is None:
                return None
            return [None] if name in known | {"name", "value", "_name_", "_value_"} else _ABSENT
        known = self._attributes.of_instance(hierarchy)
        if known is None:
            return None
        if name not in known:
            return _ABSENT
        return [self._type_of(name, self._resolver.members.members(hierarchy))]

    def _absent(self, use: MemberUse, index: int, type: TypeRef | None) -> Problem:
        name, written = use.path[index + 1], ".".join(use.path[: index + 1])
        only = next(iter(_members_of(type)), None)
        symbol, kind = self._class_of(only), self._python_type(only)
        names: list[str] = []
        if symbol is not None:
            what = symbol.name
            hierarchy = self._resolver.hierarchies.of(symbol)
            members = self._resolver.members.members(hierarchy)
            names = [*members.annotated, *members.methods]
        else:
            what = kind.__name__ if kind is not None else "value"
            names = [each for each in dir(kind) if each[:1] != "_"]
        text = f"{_WRITES[use.access]} `{written}.{name}`, but `{what}` has no `{name}`"
        return Problem(UNKNOWN_MEMBER, text, _near(name, names) or "correct the name")

    def _type_of(self, name: str, members: Members) -> TypeRef | None:
        """Return the type of a field; `None` for anything else."""
        member = members.annotated.get(name)
        if member is None or member.fact.annotation is None:
            return None
        resolved = self._resolver.types.value(member.fact.annotation, member.owner.namespace)
        return None if resolved.is_class_variable or resolved.problems else _plain_type(resolved)

    def _python_type(self, type: TypeRef | None) -> "type | None":
        match type:
            case ScalarType(name=name):
                return _SCALARS.get(name)
            case ListType():
                return list
            case SetType(frozen=frozen):
                return frozenset if frozen else set
            case DictType():
                return dict
            case TupleType():
                return tuple
            case _:
                return None

    def _class_of(self, type: TypeRef | None) -> ClassSymbol | None:
        known = self._resolver.types.classes.known
        match type:
            case ObjectType(object=name) | EnumType(enum=name):
                return known.get(name)
            case EntityType(entity=name):
                return self._resolver.types.classes.entities.get(name)
            case _:
                return None


def _plain_type(resolved: ResolvedType) -> TypeRef | None:
    """Return a type whose values Python has as the schema says; a `SecretStr` is no `str`."""
    return None if resolved.options.constraints.secret else resolved.type


def _sets_itself(hierarchy: ClassHierarchy) -> bool:
    return any(
        method.name in ("__setattr__", "__delattr__")
        for owner in hierarchy.classes
        for method in owner.facts.methods
    )


_ABSENT: list[TypeRef | None] = []


def _members_of(type: TypeRef | None) -> Iterator[TypeRef | None]:
    """The types a value may be of, `None` for what nothing is known of."""
    match type:
        case OptionalType(item=item) | ConstrainedType(item=item):
            yield from _members_of(item)
        case UnionType(members=members):
            for member in members:
                yield from _members_of(member)
        case _:
            yield type


def _kind(decorators: Iterable[Expression], owner: ClassSymbol, resolver: Resolver) -> str:
    """Return how a method is bound: `instance`, `class`, `static`, or `unknown` where nobody knows."""
    kind = "instance"
    namespace = Namespace(owner.module)
    for decorator in decorators:
        function = decorator.function if isinstance(decorator, CallExpression) else decorator
        if not isinstance(function, NameExpression):
            return "unknown"
        if function.name.endswith((".setter", ".getter", ".deleter")):
            continue
        symbol = resolver.names.follow(resolver.names.resolve(function.name, namespace))
        name = symbol.name if isinstance(symbol, ExternalSymbol) else ""
        if name == "builtins.staticmethod":
            kind = "static"
        elif name in _ON_THE_CLASS:
            kind = "class"
        elif name == "pydantic.model_validator":
            # Before validation there is no instance yet.
            mode = decorator.keyword("mode") if isinstance(decorator, CallExpression) else None
            kind = "instance" if mode == LiteralExpression("after") else "unknown"
        elif name not in _KEEPS_BINDING:
            return "unknown"
    return kind


_ON_THE_CLASS = frozenset({"builtins.classmethod", "pydantic.field_validator"})
_KEEPS_BINDING = frozenset(
    {
        "abc.abstractmethod",
        "builtins.property",
        "functools.cached_property",
        "pydantic.computed_field",
        "pydantic.field_serializer",
        "pydantic.model_serializer",
        "starmodel.event",
        "typing.final",
        "typing.override",
    }
)


def _fields(members: Members) -> list[str]:
    return [*members.annotated, *members.methods]


def _unknown(use: MemberUse, owner: str, known: Iterable[str]) -> Problem:
    name = use.path[1]
    text = f"{_WRITES[use.access]} `{use.path[0]}.{name}`, but `{owner}` has no `{name}`"
    help = _near(name, known) or f"declare it in `{owner}`, for example `{name}: int = 0`"
    return Problem(UNKNOWN_MEMBER, text, help)


def _near(name: str, known: Iterable[str]) -> str | None:
    matches = get_close_matches(name, list(known), n=1)
    return f"did you mean `{matches[0]}`?" if matches else None
