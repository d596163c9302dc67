"""The limits of an argument as attributes of its input: what a browser can check beforehand."""

import re
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from typing import NamedTuple

from starmodel_generator.emission.html.input_pattern import html_pattern
from starmodel_schemas import Constraints, LiteralType, TypeRef

_ISO_LOCAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:00)?|[0-9]{2}:[0-9]{2}:00")

EXACT = 1000
"""Digits to count with, more than any bound has."""


class Attribute(NamedTuple):
    """An attribute of an element; `None` as its value for one that is only there."""

    name: str
    value: str | None = None


NO_LIMITS = Constraints()


def unwrap(
    type_: TypeRef, constraints: Constraints = NO_LIMITS
) -> tuple[TypeRef, bool, Constraints]:
    """Take `None` and limits off a type: the type itself, whether `None` fits, the limits."""
    is_optional = False
    while type_.kind == "optional" or type_.kind == "constrained":
        if type_.kind == "optional":
            is_optional = True
        else:
            inner = type_.constraints.model_dump(exclude_defaults=True)
            constraints = constraints.model_copy(update=inner)
        type_ = type_.item
    if type_.kind == "literal" and None in type_.values:
        values = tuple([value for value in type_.values if value is not None])
        return LiteralType(values=values), True, constraints
    return type_, is_optional, constraints


def number_limits(constraints: Constraints, *, is_whole: bool) -> list[Attribute]:
    """Write `step`, `min` and `max`.

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
        attributes = [Attribute("step", "any" if step is None else f"{step:f}")]
        if lowest is not None:
            attributes.append(Attribute("min", f"{lowest:f}"))
        if highest is not None:
            attributes.append(Attribute("max", f"{highest:f}"))
        return attributes


def picker_limits(constraints: Constraints) -> list[Attribute]:
    """Write `min` and `max` of a date, a time or a date and time, to the minute.

    The bounds are texts of ISO 8601. One with a zone says nothing to a browser, whose inputs have
    none; that a bound is excluded cannot be said either.
    """
    lowest = constraints.ge or constraints.gt or ""
    highest = constraints.le or constraints.lt or ""
    return [
        Attribute(side, bound.removesuffix(":00"))
        for side, bound in (("min", lowest), ("max", highest))
        if _ISO_LOCAL.fullmatch(bound)
    ]


def text_limits(constraints: Constraints) -> list[Attribute]:
    """Write `minlength`, `maxlength` and `pattern`."""
    attributes: list[Attribute] = []
    if constraints.min_length is not None and constraints.min_length > 1:
        # One character at least is what `required` says.
        attributes.append(Attribute("minlength", str(constraints.min_length)))
    if constraints.max_length is not None:
        attributes.append(Attribute("maxlength", str(constraints.max_length)))
    pattern = None if constraints.pattern is None else html_pattern(constraints.pattern)
    if pattern is not None:
        attributes.append(Attribute("pattern", pattern))
    return attributes


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
