"""Expressions and values as Python text."""

import math
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from starmodel_generator.analysis.facts import (
    BinaryExpression,
    CallExpression,
    Expression,
    LiteralExpression,
    MappingExpression,
    NameExpression,
    OpaqueExpression,
    SequenceExpression,
    SubscriptExpression,
    UnaryExpression,
)
from starmodel_generator.unicode_table import is_printable
from starmodel_schemas.address_types import PARSED

_BRACKETS = {"list": ("[", "]"), "tuple": ("(", ")"), "set": ("{", "}")}
_SHORT_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def unparse(expression: Expression) -> str:
    """An expression on one line, for messages: as written, but for spaces and quotes."""
    match expression:
        case NameExpression(name):
            return name
        case LiteralExpression(value):
            return "..." if value is ... else literal_text(value)
        case SubscriptExpression(value, items):
            return f"{unparse(value)}[{_spell_all(items)}]"
        case CallExpression(function, arguments, keywords):
            named = [
                f"**{unparse(value)}" if key == "**" else f"{key}={unparse(value)}"
                for key, value in keywords
            ]
            return f"{unparse(function)}({', '.join([*map(unparse, arguments), *named])})"
        case SequenceExpression(kind, items):
            left, right = _BRACKETS[kind]
            comma = "," if kind == "tuple" and len(items) == 1 else ""
            return f"{left}{_spell_all(items)}{comma}{right}"
        case MappingExpression(items):
            pairs = [f"{unparse(key)}: {unparse(value)}" for key, value in items]
            return "{" + ", ".join(pairs) + "}"
        case BinaryExpression(operator, left, right):
            return f"{unparse(left)} {operator} {unparse(right)}"
        case UnaryExpression(operator, operand):
            space = " " if operator.isalpha() else ""
            return f"{operator}{space}{unparse(operand)}"
        case OpaqueExpression(text):
            return " ".join(text.split())


def _spell_all(items: Iterable[Expression]) -> str:
    return ", ".join(map(unparse, items))


def shortened(text: str, limit: int = 60) -> str:
    """A text that may be long, cut so that it fits into a message."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def literal_text(value: object) -> str:
    """A value as the Python that makes it again, in the quotes black prefers.

    Takes what `constants` evaluates: plain values, `Decimal`, the types of `datetime`, `UUID`,
    URLs and IP addresses.
    Everything that does not print is written as an escape.
    """
    match value:
        case str():
            return _string(value)
        case bytes():
            return 'b"' + "".join(map(_byte, value)) + '"'
        case float():
            return repr(value) if math.isfinite(value) else f'float("{value!r}")'
        case Decimal():
            return f'Decimal("{value}")'
        case UUID():
            return f'UUID("{value}")'
        case datetime():
            return _call("datetime", _datetime_parts(value), _zone(value))
        case date():
            return _call("date", [value.year, value.month, value.day])
        case time():
            return _call("time", _clock_parts(value), _zone(value))
        case timedelta():
            return _timedelta(value)
        case _ if type(value).__name__ in PARSED:
            return f"{type(value).__name__}({_string(str(value))})"
        case _:
            return repr(value)


def _string(text: str) -> str:
    quote = "'" if text.count('"') > text.count("'") else '"'
    return quote + "".join(_character(character, quote) for character in text) + quote


def _character(character: str, quote: str) -> str:
    if character == quote:
        return "\\" + quote
    if character in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[character]
    if is_printable(character):
        return character
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _byte(code: int) -> str:
    character = chr(code)
    if character == "\\":
        return "\\\\"
    return character if " " <= character <= "~" and character != '"' else f"\\x{code:02x}"


def _datetime_parts(value: datetime) -> list[int]:
    return [value.year, value.month, value.day, *_clock_parts(cast("Any", value))]


def _clock_parts(value: time) -> list[int]:
    parts = [value.hour, value.minute, value.second, value.microsecond]
    while parts and parts[-1] == 0:
        parts.pop()
    return parts


def _zone(value: datetime | time) -> str:
    if value.tzinfo is None:
        return ""
    if value.tzinfo is UTC:
        return "tzinfo=timezone.utc"
    offset = value.utcoffset() or timedelta()
    return f"tzinfo=timezone({_timedelta(offset)})"


def _timedelta(value: timedelta) -> str:
    named = {
        "days": value.days,
        "seconds": value.seconds,
        "microseconds": value.microseconds,
    }
    return f"timedelta({', '.join(f'{name}={part}' for name, part in named.items() if part)})"


def _call(name: str, parts: list[int], keyword: str = "") -> str:
    return f"{name}({', '.join([*map(str, parts), *([keyword] if keyword else [])])})"
