"""Whether the limits of a field or a parameter fit its type, and its default the limits."""

from decimal import Decimal, InvalidOperation
from typing import cast

from starmodel_generator.diagnostics.rules.entity_rules import (
    INVALID_CONSTRAINT,
    INVALID_DEFAULT,
    INVALID_MOMENT,
)
from starmodel_generator.linking.names.unparse import shortened
from starmodel_generator.linking.reporting import Problem
from starmodel_generator.linking.types.pydantic_support import TEXT_ARGUMENTS
from starmodel_generator.linking.values.value import Constant, MappingValue, SetValue
from starmodel_schemas import (
    AnyType,
    ConstrainedType,
    Constraints,
    DictType,
    ListType,
    OptionalType,
    ScalarType,
    SetType,
    TupleType,
    TypeRef,
    UnionType,
)
from starmodel_schemas.address_types import URLS

_ORDERED = frozenset({"int", "float", "Decimal", "date", "time", "datetime", "timedelta"})
_NUMBERS = frozenset({"int", "float", "Decimal"})
_TEXTS = frozenset({"str", "bytes"}) | URLS


def scalar_name(type: TypeRef) -> str | None:
    """Return the name of a scalar type without its limits, `None` for any other type."""
    while isinstance(type, OptionalType | ConstrainedType):
        type = type.item
    return type.name if isinstance(type, ScalarType) else None


def unfit_multiline(multiline: bool | None, type: TypeRef) -> tuple[Problem, ...]:
    """A problem where something else than a text is said to have one line, or several."""
    if multiline is None or scalar_name(type) == "str":
        return ()
    text = f"has `multiline={multiline}`, which means nothing for its type"
    return (Problem(INVALID_CONSTRAINT, text, "remove it: only a `str` has lines"),)


def unfit_moment(now: str | None, constraints: Constraints, type: TypeRef) -> tuple[Problem, ...]:
    """A problem where something else than a moment with its zone is set to the time."""
    if now is None or (scalar_name(type) == "datetime" and constraints.timezone == "aware"):
        return ()
    text = f'has `now="{now}"`, and is no date and time with a zone'
    return (Problem(INVALID_MOMENT, text, "use `pydantic.AwareDatetime`"),)


def unfit_limits(constraints: Constraints, type: TypeRef) -> tuple[Problem, ...]:
    """A problem for each limit that has no meaning for the type.

    Unions and `Any` are left to pydantic.
    """
    while isinstance(type, OptionalType | ConstrainedType):
        type = type.item
    if isinstance(type, UnionType | AnyType):
        return ()
    scalar = type.name if isinstance(type, ScalarType) else ""
    is_collection = isinstance(type, ListType | SetType | DictType | TupleType)
    kinds = {
        "gt": scalar in _ORDERED,
        "ge": scalar in _ORDERED,
        "lt": scalar in _ORDERED,
        "le": scalar in _ORDERED,
        "multiple_of": scalar in _NUMBERS,
        "min_length": is_collection or scalar in _TEXTS,
        "max_length": is_collection or scalar in _TEXTS,
        "pattern": scalar == "str",
        "max_digits": scalar == "Decimal",
        "decimal_places": scalar == "Decimal",
        **dict.fromkeys(TEXT_ARGUMENTS, scalar == "str"),
    }
    written = constraints.model_dump(
        exclude_defaults=True, exclude={"strict", "timezone", "format", "secret"}
    )
    return tuple(
        Problem(
            INVALID_CONSTRAINT,
            f"has the limit `{name}`, which means nothing for its type",
            "remove it, or change the type",
        )
        for name in written
        if not kinds[name]
    )


def outside_limits(value: Constant, constraints: Constraints) -> tuple[Problem, ...]:
    """Return the problem of a default that its own limits exclude, if there is one."""
    plain = value.value
    if isinstance(plain, str) and constraints.strip_whitespace:
        plain = plain.strip()
    excluded = _excluding(plain, constraints)
    if excluded is None:
        return ()
    limit = getattr(constraints, excluded)
    text = (
        f"has the default `{shortened(value.text)}`, which its limit `{excluded}={limit}` excludes"
    )
    return (Problem(INVALID_DEFAULT, text, "change the default or the limit"),)


def _excluding(value: object, constraints: Constraints) -> str | None:
    """Return the limit that excludes a value; bounds of dates and times are left to pydantic."""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        number = Decimal(str(value))
        if number.is_nan():
            return None
        bounds = {
            "gt": number.__gt__,
            "ge": number.__ge__,
            "lt": number.__lt__,
            "le": number.__le__,
        }
        for name, holds in bounds.items():
            bound = _number(getattr(constraints, name))
            if bound is not None and not holds(bound):
                return name
    length = _length(value)
    if length is not None:
        if constraints.min_length is not None and length < constraints.min_length:
            return "min_length"
        if constraints.max_length is not None and length > constraints.max_length:
            return "max_length"
    return None


def _number(text: str | None) -> Decimal | None:
    try:
        return None if text is None else Decimal(text)
    except InvalidOperation:
        return None


def _length(value: object) -> int | None:
    match value:
        case str() | bytes():
            return len(value)
        case list() | tuple():
            return len(cast("list[object]", value))
        case SetValue(items) | MappingValue(items):
            return len(items)
        case _:
            return None
