"""What a browser is told of an argument's limits never refuses what the server takes."""

from decimal import Decimal

import pytest

from starmodel_generator.emission.entity.type_shape import unwrap
from starmodel_generator.emission.pages.input_limits import (
    moment_limits,
    number_limits,
    text_limits,
)
from starmodel_generator.emission.pages.input_pattern import html_pattern
from starmodel_schemas import (
    ConstrainedType,
    Constraints,
    LiteralType,
    OptionalType,
    ScalarType,
)


def written(limits: dict[str, str | int]) -> str:
    return " ".join([f"{name}={limit}" for name, limit in limits.items()])


@pytest.mark.parametrize(
    ("constraints", "is_whole", "expected"),
    [
        (Constraints(), True, ""),
        (Constraints(), False, "step=any"),
        (Constraints(ge="1", le="999"), True, "min=1 max=999"),
        (Constraints(gt="0", lt="1_000"), True, "min=1 max=999"),
        (Constraints(gt="0.5", le="7.9"), True, "min=1 max=7"),
        (Constraints(ge="1", multiple_of="5"), True, "min=5 step=5"),
        (Constraints(ge="-7", le="7", multiple_of="5"), True, "min=-5 max=5 step=5"),
        (Constraints(gt="0", le="1e3"), False, "min=0 max=1000 step=any"),
        (Constraints(ge="0", decimal_places=2), False, "min=0.00 step=0.01"),
        (Constraints(multiple_of="0.25", gt="0"), False, "min=0.25 step=0.25"),
        (Constraints(ge=str(10**40)), True, f"min={10**40}"),
        (Constraints(le="inf"), False, "step=any"),
    ],
)
def test_numbers(constraints: Constraints, is_whole: bool, expected: str) -> None:
    assert written(number_limits(constraints, is_whole=is_whole)) == expected


def test_steps_begin_where_the_server_counts() -> None:
    for lowest in ("-7.3", "0", "0.1", "12"):
        for step in ("0.1", "3", "2.5"):
            limits = number_limits(Constraints(ge=lowest, multiple_of=step), is_whole=False)
            first = Decimal(limits["min"])
            assert first % Decimal(step) == 0
            assert Decimal(lowest) <= first < Decimal(lowest) + Decimal(step)


def test_texts_and_dates() -> None:
    constraints = Constraints(min_length=1, max_length=80, pattern="^[a-z]+$")
    assert written(text_limits(constraints)) == "max_length=80 pattern=[a-z]+"
    assert written(text_limits(Constraints(min_length=3, pattern="[a-z]"))) == "min_length=3"

    dates = Constraints(ge="2026-01-01", lt="2027-01-01")
    assert written(moment_limits(dates)) == "min=2026-01-01 max=2027-01-01"
    times = Constraints(gt="09:30:00", le="2026-03-14T17:00:00")
    assert written(moment_limits(times)) == "min=09:30 max=2026-03-14T17:00"
    zoned = Constraints(ge="2026-03-14T17:00:00+00:00", le="09:30:15")
    assert written(moment_limits(zoned)) == ""


def test_a_type_is_laid_bare() -> None:
    inner = ConstrainedType(item=ScalarType(name="int"), constraints=Constraints(ge="0"))
    found = unwrap(OptionalType(item=inner), Constraints(le="9"))
    assert found == (ScalarType(name="int"), True, Constraints(ge="0", le="9"))
    assert unwrap(LiteralType(values=("a", None)))[:2] == (LiteralType(values=("a",)), True)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"^[A-Z]{2}-\d{3,}$", r"[A-Z]{2}-\p{Nd}{3,}"),
        (r"^(cat|dog)s?$", r"(cat|dog)s?"),
        (r"^(?:a|b)+\.c\/d$", r"(?:a|b)+\.c\/d"),
        (r"^[\w.-]+$", r"[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}\.\-]+"),
        (r"^[^,;]*$", r"[^\,\;]*"),
        (r"^\w$", r"[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]"),
        # What a browser would take in another way, or not at all, it is not told.
        (r"[a-z]+", None),
        (r"^a|b$", None),
        (r"^(?i)a$", None),
        (r"^(?P<name>a)$", None),
        (r"^\p{L}+$", None),
        (r"^\bword$", None),
        (r"^[a-z&&b]$", None),
        (r"^[a-\d]$", None),
        (r"^a)(b$", None),
        (r"^a\$", None),
        ("^$", None),
    ],
)
def test_patterns(pattern: str, expected: str | None) -> None:
    assert html_pattern(pattern) == expected
