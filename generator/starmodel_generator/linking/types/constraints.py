"""Whether the limits of a field or a parameter fit its type, and its default the limits."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import cast

from pydantic_core import SchemaError, SchemaValidator, core_schema

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
    LiteralType,
    ObjectType,
    OptionalType,
    ScalarType,
    SetType,
    TupleType,
    TypeRef,
    UnionType,
)
from starmodel_schemas.address_types import URLS

READ_BOUND: dict[str, Callable[[str], object]] = {
    "int": int,
    "float": float,
    "Decimal": Decimal,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "datetime": datetime.fromisoformat,
    "timedelta": lambda text: timedelta(seconds=float(text)),
}
"""The types that have an order, with what reads a bound of theirs."""
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


def unfit_limits(
    constraints: Constraints, type: TypeRef, engine: str = "rust-regex"
) -> tuple[Problem, ...]:
    """A problem for each limit that has no meaning for the type, or that pydantic refuses.

    `engine` is the `regex_engine` that `model_config` names. Unions and `Any` are left to pydantic.
    """
    while isinstance(type, OptionalType | ConstrainedType):
        type = type.item
    if constraints.strict and isinstance(type, LiteralType | UnionType | AnyType):
        text = "has `strict=True`, which pydantic refuses for its type"
        return (Problem(INVALID_CONSTRAINT, text, "remove it, or change the type"),)
    if isinstance(type, UnionType | AnyType):
        return ()
    scalar = type.name if isinstance(type, ScalarType) else ""
    is_collection = isinstance(type, ListType | SetType | DictType | TupleType)
    kinds = {
        "gt": scalar in READ_BOUND,
        "ge": scalar in READ_BOUND,
        "lt": scalar in READ_BOUND,
        "le": scalar in READ_BOUND,
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
    ) or tuple(_refused_limits(constraints, scalar, engine))


def _refused_limits(constraints: Constraints, scalar: str, engine: str) -> Iterator[Problem]:
    """Yield a problem for each limit that pydantic cannot make a validator of."""
    for name in ("gt", "ge", "lt", "le"):
        bound = getattr(constraints, name)
        if bound is not None and not _is_bound_of(scalar, bound):
            text = f"has the limit `{name}={bound}`, which is no `{scalar}`"
            yield Problem(INVALID_CONSTRAINT, text, "correct it, or change the type")
    for name in ("min_length", "max_length", "max_digits", "decimal_places"):
        number = getattr(constraints, name)
        if number is not None and number < 0:
            text = f"has the limit `{name}={number}`, which is less than nothing"
            yield Problem(INVALID_CONSTRAINT, text, "correct it")
    step = number_of(constraints.multiple_of)
    if step is not None and step <= 0:
        text = f"has `multiple_of={constraints.multiple_of}`, which pydantic refuses"
        yield Problem(INVALID_CONSTRAINT, text, "write a number above 0")
    if constraints.pattern is not None:
        try:
            SchemaValidator(
                core_schema.str_schema(
                    pattern=constraints.pattern,
                    regex_engine="python-re" if engine == "python-re" else "rust-regex",
                )
            )
        except SchemaError as error:
            reason = str(error).strip().splitlines()[-1].strip().removeprefix("error: ")
            text = f"has the pattern `{shortened(constraints.pattern)}`, which is none: {reason}"
            help = "correct it"
            if engine != "python-re":
                help += ': pydantic has no look-around without `regex_engine="python-re"`'
            yield Problem(INVALID_CONSTRAINT, text, help)


def _is_bound_of(scalar: str, text: str) -> bool:
    read = READ_BOUND.get(scalar)
    try:
        if read is not None:
            read(text)
    except (ValueError, ArithmeticError):
        return False
    return True


def unfit_settings(settings: frozenset[str], type: TypeRef) -> tuple[Problem, ...]:
    """A problem for each of `fail_fast`, `union_mode` and `discriminator` that the type cannot have."""
    while isinstance(type, OptionalType | ConstrainedType):
        type = type.item
    is_union = isinstance(type, UnionType)
    fits = {
        "fail_fast": isinstance(type, ListType | SetType) or is_variadic(type),
        "union_mode": is_union,
        "discriminator": is_union or isinstance(type, AnyType),
    }
    return tuple(
        Problem(
            INVALID_CONSTRAINT,
            (
                f"has `{name}`, which is of no use for its type"
                if name == "discriminator" and isinstance(type, ObjectType)
                else f"has `{name}`, which pydantic refuses for its type"
            ),
            "remove it, or change the type",
        )
        for name in sorted(settings)
        if not fits[name]
    )


def is_variadic(type: TypeRef) -> bool:
    """Return whether a type is that of tuples of any length."""
    return isinstance(type, TupleType) and type.variadic


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
            bound = number_of(getattr(constraints, name))
            if bound is not None and not holds(bound):
                return name
    length = _length(value)
    if length is not None:
        if constraints.min_length is not None and length < constraints.min_length:
            return "min_length"
        if constraints.max_length is not None and length > constraints.max_length:
            return "max_length"
    return None


def number_of(text: str | None) -> Decimal | None:
    """Return the number that a limit is; `None` for one that is none."""
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
