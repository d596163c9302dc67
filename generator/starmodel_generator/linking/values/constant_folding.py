"""Arithmetic and calls that are as good as literals, done on values alone."""

import math
import operator
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from starmodel_generator.linking.values.parsed_classes import is_parsed, parsed_class
from starmodel_generator.linking.values.value import Constant, MappingValue, SetValue, plain
from starmodel_schemas.address_types import ADDRESSES, URLS

_NUMBER_LIMIT = 1 << 256
_TEXT_LIMIT = 1 << 20

UNARY: dict[str, Callable[[Any], object]] = {
    "-": operator.neg,
    "+": operator.pos,
    # `operator.invert` of a bool warns since Python 3.12.
    "~": lambda value: -operator.index(value) - 1,
    "not": operator.not_,
}
"""Operators in front of a number."""

_BINARY: dict[str, Callable[[Any, Any], object]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
    "//": lambda left, right: left // right,
    "%": lambda left, right: left % right,
    "**": lambda left, right: left**right,
    "<<": lambda left, right: left << right,
    ">>": lambda left, right: left >> right,
    "|": lambda left, right: left | right,
    "&": lambda left, right: left & right,
    "^": lambda left, right: left ^ right,
}


def folded(symbol: str, left: object, right: object) -> object | None:
    """Return the value of arithmetic on numbers, spans of time and texts; `None` where it is none."""
    function = _BINARY.get(symbol)
    if function is None:
        return None
    if isinstance(left, str) and isinstance(right, str):
        return left + right if symbol == "+" and len(left) + len(right) < _TEXT_LIMIT else None
    if symbol in ("**", "<<") and not (isinstance(right, int) and 0 <= right <= 128):
        return None
    if not _is_small(left) or not _is_small(right):
        return None
    try:
        value = function(left, right)
    except (ArithmeticError, TypeError, ValueError):
        return None
    return value if _is_small(value) else None


def _is_small(value: object) -> bool:
    if isinstance(value, int):
        return abs(value) < _NUMBER_LIMIT
    return isinstance(value, float | Decimal | timedelta | date | datetime)


def is_scalar(value: object) -> bool:
    """Return whether a value has no parts."""
    return (
        value is None
        or isinstance(
            value,
            bool | int | float | str | bytes | Decimal | date | time | timedelta | timezone | UUID,
        )
        or is_parsed(value)
    )


COLLECTIONS = frozenset(
    {"builtins.list", "builtins.dict", "builtins.set", "builtins.frozenset", "builtins.tuple"}
)
"""Builtins that make an empty collection when called with nothing."""


def empty(name: str, arguments: list[object]) -> Constant | None:
    """`list()`, `dict()`, `set()` and the like, empty."""
    if arguments:
        return None
    match name:
        case "builtins.list":
            return Constant([], "[]")
        case "builtins.dict":
            return Constant(MappingValue(()), "{}")
        case "builtins.tuple":
            return Constant((), "()")
        case _:
            return Constant(SetValue(()), f"{name.removeprefix('builtins.')}()")


def _decimal(value: Any = "0") -> Decimal:
    return Decimal(value)


def _timezone(offset: timedelta) -> timezone:
    return timezone(offset)


def _parsed(name: str, value: Any) -> object:
    cls = parsed_class(name)
    return cls(value)


_PARSED_NAMES = [
    f"{module}.{name}"
    for names, module in ((URLS, "pydantic"), (ADDRESSES, "ipaddress"))
    for name in sorted(names)
    if not name.startswith("IPvAny")
]

CALLS: dict[str, Callable[..., object]] = {
    "builtins.bool": bool,
    "builtins.float": float,
    "builtins.int": int,
    "builtins.str": str,
    "decimal.Decimal": _decimal,
    "datetime.date": date,
    "datetime.date.fromisoformat": date.fromisoformat,
    "datetime.datetime": datetime,
    "datetime.datetime.fromisoformat": datetime.fromisoformat,
    "datetime.time": time,
    "datetime.time.fromisoformat": time.fromisoformat,
    "datetime.timedelta": timedelta,
    "datetime.timezone": _timezone,
    "uuid.UUID": UUID,
    **{name: partial(_parsed, name.rpartition(".")[2]) for name in _PARSED_NAMES},
}
"""Outside functions and classes whose results depend on their arguments alone."""

OUTSIDE_VALUES: dict[str, Constant] = {
    "datetime.timezone.utc": Constant(UTC, "timezone.utc", ("datetime.timezone",)),
    "datetime.date.max": plain(date.max),
    "datetime.date.min": plain(date.min),
    "datetime.datetime.max": plain(datetime.max),
    "datetime.datetime.min": plain(datetime.min),
    "datetime.time.max": plain(time.max),
    "datetime.time.min": plain(time.min),
    "datetime.timedelta.max": plain(timedelta.max),
    "datetime.timedelta.min": plain(timedelta.min),
    "math.inf": plain(math.inf),
    "math.nan": plain(math.nan),
    "math.pi": plain(math.pi),
    "math.e": plain(math.e),
    "math.tau": plain(math.tau),
}
"""Outside constants."""
