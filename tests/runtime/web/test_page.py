"""What generated pages call shows values as the page's own expressions do, and escapes texts."""

import json
import math

import pytest

from starmodel.web.ui.display_values import (
    NOTICE,
    description_list,
    escape,
    format_boolean,
    format_datetime,
    format_duration,
    format_local_time,
    format_number,
    render_json,
    signal_literal,
    unordered_list,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-1.5, "-1.5"),
        (0.1, "0.1"),
        (1e-6, "0.000001"),
        (1.5e-7, "1.5e-7"),
        (1.23e-5, "0.0000123"),
        (1e16, "10000000000000000"),
        (123456789012345680000.0, "123456789012345680000"),
        (1e21, "1e+21"),
        (-1.5e22, "-1.5e+22"),
        (5e-324, "5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (math.nan, ""),
        (-math.inf, ""),
    ],
)
def test_a_number_looks_as_in_javascript(value: float | None, text: str) -> None:
    assert format_number(value) == text


def test_a_text_is_escaped_for_elements_and_attributes() -> None:
    assert escape("<b a=\"1\" c='2'>&amp;") == "&lt;b a=&#34;1&#34; c=&#39;2&#39;&gt;&amp;amp;"
    assert escape("") == ""


@pytest.mark.parametrize(
    ("value", "expression"),
    [
        ("", "''"),
        ("Plain text, (1.5)", "'Plain text, (1.5)'"),
        (None, "''"),
        (True, "true"),
        (False, "false"),
        (3, "3"),
        (1.5, "1.5"),
        (math.nan, "''"),
    ],
)
def test_a_value_becomes_a_signal(value: str | float | None, expression: str) -> None:
    assert signal_literal(value) == expression


def test_no_text_among_the_signals_is_more_than_a_text() -> None:
    for text in (
        "it's",
        'a"b',
        "</p>",
        "@get('/x')",
        "$count",
        "a;b",
        "`${1}`",
        "é",
        "\u2028",
        "\\",
        "\ud800",
    ):
        found = signal_literal(text)
        assert not set(found) & set("<>'@$`;") - set("&;")
        assert json.loads(found.replace("&quot;", '"')) == text


def test_dates_and_times() -> None:
    assert format_datetime("2026-03-14T09:30:00+00:00") == "2026-03-14 09:30 UTC"
    assert format_datetime("2026-03-14T09:30:05.123456+05:30") == "2026-03-14 09:30 +05:30"
    assert format_datetime("2026-03-14T09:30:05") == "2026-03-14 09:30"
    assert format_datetime(None) == format_local_time(None) == ""
    assert format_local_time("2026-03-14T09:30:00+00:00") == (
        '<time datetime="2026-03-14T09:30:00+00:00"'
        ' data-text="new Date(el.dateTime).toLocaleString()">2026-03-14 09:30 UTC</time>'
    )
    assert format_duration(90.0) == "90 s"
    assert format_duration(None) == ""


def test_what_has_parts() -> None:
    assert format_boolean(True) + format_boolean(False) + format_boolean(None) == "YesNo"
    assert unordered_list(["a", "<b>b</b>"]) == "<ul><li>a</li><li><b>b</b></li></ul>"
    assert unordered_list([]) == description_list([]) == ""
    assert description_list([("<a>", "<i>1</i>")]) == "<dl><dt>&lt;a&gt;</dt><dd><i>1</i></dd></dl>"
    value: object = {"<a>": [1, 2.0, True, None, "<x>"], "b": {}}
    assert render_json(value) == (
        "<dl><dt>&lt;a&gt;</dt><dd><ul><li>1</li><li>2</li><li>Yes</li><li></li>"
        "<li>&lt;x&gt;</li></ul></dd><dt>b</dt><dd></dd></dl>"
    )
    with pytest.raises(TypeError, match="bytes"):
        render_json(b"<x>")


def test_the_notice_fits_into_its_attribute() -> None:
    assert not set(NOTICE) & set("<>\"'")
