"""The limits of an argument as properties of its input: what a browser can check beforehand."""

import re
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext

from starmodel_generator.emission.pages.input_pattern import html_pattern
from starmodel_schemas import Constraints

_ISO_LOCAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:00)?|[0-9]{2}:[0-9]{2}:00")

EXACT = 1000
"""Digits to count with, more than any bound has."""


def number_limits(constraints: Constraints, *, is_whole: bool) -> dict[str, str | int]:
    """Return `min`, `max` and `step`, where they say anything.

    A browser counts steps from `min`, pydantic from zero, so `min` is moved to a multiple. An
    excluded bound can only be told where there are steps.
    """
    with localcontext(prec=EXACT):
        step = _decimal(constraints.multiple_of)
        if step is None and is_whole:
            step = Decimal(1)
        lowest = _bound(constraints.ge, constraints.gt, step, 1)
        highest = _bound(constraints.le, constraints.lt, step, -1)
        if step is None and constraints.decimal_places is not None:
            step = Decimal(1).scaleb(-constraints.decimal_places)
            lowest = None if lowest is None else lowest.quantize(step, ROUND_CEILING)
        limits: dict[str, str | int] = {}
        if lowest is not None:
            limits["min"] = _number(lowest, is_whole=is_whole)
        if highest is not None:
            limits["max"] = _number(highest, is_whole=is_whole)
        if step is None:
            limits["step"] = "any"
        elif step != 1:
            limits["step"] = _number(step, is_whole=is_whole)
        return limits


def moment_limits(constraints: Constraints) -> dict[str, str | int]:
    """Return `min` and `max` of a date, a time or a date and time, to the minute.

    The bounds are texts of ISO 8601. One with a zone says nothing to a browser, whose inputs have
    none; that a bound is excluded cannot be said either.
    """
    lowest = constraints.ge or constraints.gt or ""
    highest = constraints.le or constraints.lt or ""
    return {
        side: bound.removesuffix(":00")
        for side, bound in (("min", lowest), ("max", highest))
        if _ISO_LOCAL.fullmatch(bound)
    }


def text_limits(constraints: Constraints) -> dict[str, str | int]:
    """Return `min_length`, `max_length` and `pattern`, where they say anything."""
    limits: dict[str, str | int] = {}
    if constraints.min_length is not None and constraints.min_length > 1:
        # One character at least is what `required` says.
        limits["min_length"] = constraints.min_length
    if constraints.max_length is not None:
        limits["max_length"] = constraints.max_length
    pattern = None if constraints.pattern is None else html_pattern(constraints.pattern)
    if pattern is not None:
        limits["pattern"] = pattern
    return limits


def _number(number: Decimal, *, is_whole: bool) -> str | int:
    """Return a bound as a component takes it: an `int`, or the text of a number with a fraction."""
    return int(number) if is_whole and number == int(number) else f"{number:f}"


def _bound(
    including: str | None, excluding: str | None, step: Decimal | None, direction: int
) -> Decimal | None:
    """Return the outermost value that is allowed, as far as a browser can be told."""
    excluded = _decimal(excluding)
    bounds = [bound for bound in (_decimal(including), excluded) if bound is not None]
    if not bounds:
        return None
    bound = max(bounds) if direction > 0 else min(bounds)
    if step is None:
        return bound
    rounding = ROUND_CEILING if direction > 0 else ROUND_FLOOR
    moved = (bound / step).to_integral_value(rounding) * step
    return moved + direction * step if moved == excluded else moved


def _decimal(text: str | None) -> Decimal | None:
    """Read a bound as its author wrote it; `None` for none, and for one that is infinite."""
    if text is None:
        return None
    number = Decimal(text.replace("_", ""))
    return number if number.is_finite() else None
