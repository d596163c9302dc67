"""How single values are written, as the page's script writes them too."""

import math
from typing import Any

import pytest

from starmodel.ui.formats import Format, FormatName, datetime_text, duration_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (0, "0"),
        (9999, "9999"),
        (-12345, "-12,345"),
        (1234567, "1,234,567"),
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-1.5, "-1.5"),
        (12345.5, "12,345.5"),
        (0.1, "0.1"),
        (1e-6, "0.000001"),
        (1.5e-7, "1.5e-7"),
        (1.23e-5, "0.0000123"),
        (1e16, "10,000,000,000,000,000"),
        (1e21, "1e+21"),
        (-1.5e22, "-1.5e+22"),
        (5e-324, "5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (math.nan, ""),
        (-math.inf, ""),
        # A Decimal is a text, whose digits stay as they are.
        ("0.10", "0.10"),
        ("12345.50", "12,345.50"),
        ("1E+3", "1E+3"),
    ],
)
def test_a_number_has_the_digits_of_javascript(value: Any, text: str) -> None:
    assert Format("number").text(value) == text


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("text", "<b>", "<b>"),
        ("text", 7, "7"),
        ("boolean", True, "Yes"),
        ("boolean", False, "No"),
        ("date", "2026-03-14", "2026-03-14"),
        ("time", "09:30:00", "09:30"),
        ("time", "09:30:05.5", "09:30:05"),
        ("time", "09:30:00Z", "09:30 UTC"),
        ("time", "09:30:00+05:30", "09:30 +05:30"),
        ("datetime", "2026-03-14T09:30:00+00:00", "2026-03-14 09:30 UTC"),
        ("datetime", "2026-03-14T09:30:05.123456+05:30", "2026-03-14 09:30 +05:30"),
        ("datetime", "2026-03-14T09:30:05", "2026-03-14 09:30"),
        ("duration", 5400.0, "1:30:00"),
        ("duration", 0.0, "0:00:00"),
        ("duration", 1e-06, "0:00:00.000001"),
        ("duration", -1.0, "-P0DT1S"),
    ],
)
def test_a_value_is_written_by_the_name_of_a_format(
    name: FormatName, value: Any, text: str
) -> None:
    assert Format(name).text(value) == text
    assert Format(name).text(None) == ""


def test_a_choice_is_called_by_its_label() -> None:
    format = Format("choice", {"draft": "Draft", "true": "On", "2": "High"})
    assert [format.text(value) for value in ("draft", True, 2, "gone", None)] == [
        "Draft",
        "On",
        "High",
        "gone",
        "",
    ]


def test_a_moment_and_a_span_stay_apart() -> None:
    assert datetime_text("2026-03-14T09:30:00Z") == "2026-03-14 09:30 UTC"
    assert duration_text(360_000.0) == "P4DT14400S"
    assert duration_text(359_999.5) == "99:59:59.500000"
