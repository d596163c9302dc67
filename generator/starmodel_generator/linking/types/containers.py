"""Lists, sets, dicts, tuples and literals as types."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeAlias

from starmodel_generator.analysis.facts import Expression, LiteralExpression
from starmodel_generator.diagnostics.rules.entity_rules import ANY_TYPE, UNSUPPORTED_TYPE
from starmodel_generator.linking.names.unparse import shortened, unparse
from starmodel_generator.linking.reporting import Problem
from starmodel_generator.linking.types.field_options import NO_CONSTRAINTS, of_parts
from starmodel_generator.linking.types.known_types import SCALARS
from starmodel_generator.linking.types.resolved_type import ResolvedType, refused, untyped
from starmodel_generator.linking.types.unions import json_kinds
from starmodel_generator.linking.values.value import EnumValue, Evaluated, NotConstant
from starmodel_schemas import (
    AnyType,
    ConstrainedType,
    DictType,
    FragmentType,
    ListType,
    LiteralType,
    ObjectType,
    OptionalType,
    SetType,
    TupleType,
    TypeRef,
    UnionType,
)
from starmodel_schemas.types import LiteralValue

Resolve: TypeAlias = Callable[[Expression], ResolvedType]

COLLECTIONS = frozenset(
    {"builtins.list", "builtins.set", "builtins.frozenset", "builtins.dict", "builtins.tuple"}
)
"""The collections of Python that are types of the schema."""

_BARE: dict[str, TypeRef] = {
    "builtins.list": ListType(item=AnyType()),
    "builtins.set": SetType(item=AnyType()),
    "builtins.frozenset": SetType(item=AnyType(), frozen=True),
    "builtins.dict": DictType(key=SCALARS["builtins.str"], value=AnyType()),
    "builtins.tuple": TupleType(items=(AnyType(),), variadic=True),
}


def bare_collection(annotation: Expression, name: str) -> ResolvedType:
    """A collection that does not say of what."""
    return ResolvedType(_BARE[name], problems=untyped(annotation))


def collection(
    annotation: Expression,
    name: str,
    items: Sequence[Expression],
    resolve: Resolve,
    is_hashable: Callable[[str], bool],
) -> ResolvedType:
    """`list[T]`, `dict[K, V]` and the others; `is_hashable` tells of a value object, by its name."""
    if name == "builtins.tuple":
        return _tuple(annotation, items, resolve)
    if len(items) != (2 if name == "builtins.dict" else 1):
        return refused(annotation, "has the wrong number of parts")
    inner = [_item(item, resolve) for item in items]
    if name == "builtins.dict":
        # Whoever writes `dict[str, Any]` means an object of JSON.
        inner[1] = _unless_any(inner[1])
    problems = tuple(problem for each in inner for problem in each.problems)
    types = [each.type for each in inner if each.type is not None]
    if len(types) != len(inner):
        return ResolvedType(None, problems=problems)
    made = _made(name, types, annotation, is_hashable)
    if isinstance(made, Problem):
        return ResolvedType(None, problems=(*problems, made))
    return ResolvedType(made, of_parts(each.options for each in inner), problems)


def _unless_any(resolved: ResolvedType) -> ResolvedType:
    """Return a type without the problem that it says nothing, where that is meant."""
    problems = tuple(each for each in resolved.problems if each.rule is not ANY_TYPE)
    is_any = isinstance(resolved.type, AnyType)
    return replace(resolved, problems=problems) if is_any else resolved


def _made(
    name: str, types: list[TypeRef], annotation: Expression, is_hashable: Callable[[str], bool]
) -> TypeRef | Problem:
    written = shortened(unparse(annotation))
    if name == "builtins.dict":
        # JSON has texts there, so a key has to be of one kind, and something.
        is_one = not isinstance(types[0], OptionalType | UnionType)
        if not is_one or not json_kinds(types[0]) <= {"text", "number", "boolean"}:
            text = f"has the type `{written}`, whose keys are no JSON keys"
            help = "use `str`, `int`, an enum or a `Literal` as the key"
            return Problem(UNSUPPORTED_TYPE, text, help)
        return DictType(key=types[0], value=types[1])
    if name == "builtins.list":
        return FragmentType() if isinstance(types[0], FragmentType) else ListType(item=types[0])
    if isinstance(types[0], ObjectType):
        if not is_hashable(types[0].object):
            text = (
                f"has the type `{written}`, whose items cannot be in a set, for they can be changed"
            )
            return Problem(UNSUPPORTED_TYPE, text, "use `list[...]`, or let the class be frozen")
    elif json_kinds(types[0]) & {"object", "list"} and not isinstance(types[0], TupleType):
        text = f"has the type `{written}`, whose items cannot be in a set"
        return Problem(UNSUPPORTED_TYPE, text, "use `list[...]`")
    return SetType(item=types[0], frozen=name == "builtins.frozenset")


def _tuple(annotation: Expression, items: Sequence[Expression], resolve: Resolve) -> ResolvedType:
    variadic = len(items) == 2 and _is_ellipsis(items[1])
    if any(map(_is_ellipsis, items)) and not variadic:
        return refused(annotation, "has `...` in the wrong place")
    inner = [_item(item, resolve) for item in (items[:1] if variadic else items)]
    problems = tuple(problem for each in inner for problem in each.problems)
    types = tuple(each.type for each in inner if each.type is not None)
    if len(types) != len(inner):
        return ResolvedType(None, problems=problems)
    if types and all(isinstance(each, FragmentType) for each in types):
        return ResolvedType(FragmentType(), problems=problems)
    made = TupleType(items=types, variadic=variadic)
    return ResolvedType(made, of_parts(each.options for each in inner), problems)


def _item(expression: Expression, resolve: Resolve) -> ResolvedType:
    """Return the type of a part of another type, its limits inside it."""
    resolved = resolve(expression)
    problems = (*resolved.problems, *resolved.options.problems)
    if resolved.type is None:
        if not problems:
            return refused(expression, "holds nothing but `None`")
        return ResolvedType(None, problems=problems)
    return ResolvedType(limited(resolved), of_parts([resolved.options]), problems)


def limited(resolved: ResolvedType) -> TypeRef:
    """A type with its limits inside, for use within another type."""
    assert resolved.type is not None
    constraints = resolved.options.constraints
    if constraints == NO_CONSTRAINTS:
        return resolved.type
    return ConstrainedType(item=resolved.type, constraints=constraints)


def literal(
    items: Sequence[Expression],
    resolve: Resolve,
    evaluate: Callable[[Expression], Evaluated],
) -> ResolvedType:
    """`Literal[...]`, with other literals inside it opened; `None` makes it optional."""
    values: list[LiteralValue] = []
    optional = False
    for item in items:
        found = _literal_values(item, resolve, evaluate)
        if isinstance(found, Problem):
            return ResolvedType(None, problems=(found,))
        for value in found:
            if value is None:
                optional = True
            elif not any(type(value) is type(known) and value == known for known in values):
                values.append(value)
    if not values:
        return ResolvedType(None)
    made = LiteralType(values=tuple(values))
    return ResolvedType(OptionalType(item=made) if optional else made)


def _literal_values(
    item: Expression, resolve: Resolve, evaluate: Callable[[Expression], Evaluated]
) -> list[LiteralValue] | Problem:
    if not isinstance(item, LiteralExpression):
        inner = resolve(item).type
        optional = isinstance(inner, OptionalType)
        if isinstance(inner, OptionalType):
            inner = inner.item
        if isinstance(inner, LiteralType):
            return [*inner.values, *([None] if optional else [])]
    value = evaluate(item)
    if not isinstance(value, NotConstant):
        if value.value is None or isinstance(value.value, bool | int | str):
            return [value.value]
        if isinstance(value.value, EnumValue):
            text = f"has the type `Literal[{shortened(unparse(item))}]`, a member of an enum"
            help = f"use `{value.value.enum.name}` itself, or `Literal` of plain values"
            return Problem(UNSUPPORTED_TYPE, text, help)
    return Problem(
        UNSUPPORTED_TYPE,
        f"has `{shortened(unparse(item))}` in its `Literal`, which is no plain value",
        "write texts, whole numbers, booleans or `None`",
    )


def _is_ellipsis(expression: Expression) -> bool:
    return isinstance(expression, LiteralExpression) and expression.value is ...
