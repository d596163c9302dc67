"""How single values are written: once on the server, and by the same name in `starmodel.js`.

A format is a name and what that needs to know. The server writes the text that a page begins
with; a front end that keeps it live in the browser names the format to `starmodel.format`, and
one that is sent markup has the server write it again.
"""

import math
from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from starmodel.frozen import frozen

FormatName: TypeAlias = Literal[
    "text", "number", "boolean", "choice", "date", "time", "datetime", "duration"
]

GROUPED_FROM = 10_000
"""Whole numbers get separators from here on, so that years and short codes read as they are."""


@frozen(eq=True)
class Format:
    """How a single value is written.

    Attributes:
        name: Which format; `starmodel.format` in `starmodel.js` has one of the same name.
        labels: Of `choice`, what each value is called, by the value as text.
    """

    name: FormatName = "text"
    labels: Mapping[str, str] = field(default_factory=dict[str, str])

    def text(self, value: Any) -> str:
        """Return a value of a public state as plain text; `""` for `None`."""
        if value is None or value == "":
            return ""
        match self.name:
            case "text":
                return value if isinstance(value, str) else str(value)
            case "number":
                return number_text(value)
            case "boolean":
                return "Yes" if value else "No"
            case "choice":
                text = choice_key(value)
                return self.labels.get(text, text)
            case "date":
                return str(value)
            case "time":
                return time_text(value)
            case "datetime":
                return datetime_text(value)
            case "duration":
                return duration_text(value)


def choice_key(value: Any) -> str:
    """Return a value of an enum or a literal as the text that its option has."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


def number_text(value: float | str) -> str:
    """Write a number: `12,345.50`, `1` for `1.0`, `1e+21`.

    A text is a Decimal's, whose digits stay as they are. Of a float the digits are those of
    ECMA-262's `Number::toString`, so that a browser shows the same. What is not finite is `""`.
    """
    if isinstance(value, int):
        return f"{value:,}" if abs(value) >= GROUPED_FROM else f"{value:d}"
    value = _float_text(value) if isinstance(value, float) else str(value)
    sign, digits = ("-", value[1:]) if value.startswith("-") else ("", value)
    whole, point, fraction = digits.partition(".")
    if len(whole) < 5 or not whole.isdigit():
        return value
    return f"{sign}{int(whole):,}{point}{fraction}"


class _NumberTexts(dict[Any, str]):
    """Numbers as `number_text` writes them; `""` for `None`."""

    def __missing__(self, value: float | str | None) -> str:
        if value is None:
            return ""
        text = number_text(value)
        # Equal values have the same text, whatever their type.
        if type(value) is int and -GROUPED_FROM < value < GROUPED_FROM:
            self[value] = text
        return text


NUMBER_TEXTS: Mapping[Any, str] = _NumberTexts()
"""The text of each number; of small whole ones, most of what pages show, it is made once."""


def _float_text(value: float) -> str:
    if not math.isfinite(value):
        return ""
    text = repr(value)
    if text.endswith(".0"):
        text = text[:-2]
        return "0" if text == "-0" else text
    mantissa, mark, exponent = text.partition("e")
    if not mark:
        return text
    power = int(exponent)
    return f"{Decimal(text):f}" if -7 < power < 21 else f"{mantissa}e{power:+d}"


def time_text(value: str) -> str:
    """Write an ISO 8601 time to the minute, or to the second where it has any: `09:30`."""
    clock, zone = value[:8], value[8:].lstrip(".0123456789")
    clock = clock.removesuffix(":00") if clock.count(":") == 2 else clock
    return f"{clock} {'UTC' if zone in ('Z', '+00:00') else zone}".rstrip()


def datetime_text(value: str) -> str:
    """Write an ISO 8601 date and time to the minute, with its zone: `2024-01-31 10:00 UTC`."""
    zone = value[19:].lstrip(".0123456789")
    zone = "UTC" if zone in ("Z", "+00:00") else zone
    return f"{value[:10]} {value[11:16]} {zone}".rstrip()


def duration_text(seconds: float) -> str:
    """Write a number of seconds as an input for durations has it: `1:30:00`."""
    micros = round(abs(seconds) * 1_000_000)
    whole, rest = divmod(micros, 1_000_000)
    fraction = f".{rest:06d}" if rest else ""
    if seconds < 0 or whole >= 100 * 3600:
        # Hours and minutes have a limit, and no sign; this form of ISO 8601 has neither.
        return f"{'-' if seconds < 0 else ''}P{whole // 86400}DT{whole % 86400}{fraction}S"
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}{fraction}"
