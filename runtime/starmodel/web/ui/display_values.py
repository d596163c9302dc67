"""What generated pages call to show a value.

Each function takes a value as the public state has it, which is what JSON can say, and gives
HTML. Texts are escaped; there is no way to hand markup through. What is shown is what the page's
own expressions show once it is alive (`data-text="$counter.count"`), so that nothing jumps.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from html import escape as escape_in_python
from typing import Any
from urllib.parse import quote

from starmodel.domain.type_guards import is_mapping, is_sequence
from starmodel.web.datastar.attributes import escape_attribute

escape: Callable[[str], str] = escape_in_python
"""Makes a text safe in HTML, between tags and between quotes."""

try:
    # The function in C below `markupsafe.escape`. What that one gives is of a class of its own,
    # which makes every f-string ten times slower.
    from markupsafe._speedups import _escape_inner  # pyright: ignore[reportPrivateUsage]

    escape = _escape_inner
except ImportError:
    pass

NOTICE = escape(
    "['error', 'retrying', 'retries-failed'].includes(evt.detail.type)"
    " ? $_notice = evt.detail.el === el ? 'Reconnecting ...'"
    " : {401: 'Sign in first.', 403: 'You may not read this.'}[evt.detail.argsRaw?.status]"
    " ?? 'No answer. Please try again.'"
    " : evt.detail.type === 'finished' || ($_notice = '')"
)
"""The value of `data-on:datastar-fetch` on the element that keeps the page in step.

It sets the signal `$_notice`: to a text while the live stream is lost or after a request that got
no answer, or none but that it may not ask this, as a picker for what the reader may not list. It
sets it to nothing as soon as there is life again.
"""

TYPED = escape(
    "[...document.querySelectorAll('form :is(input:not([type=hidden]), select, textarea)')]"
    ".map((one) => [one, one.type === 'checkbox' ? 'checked' : 'value'])"
    ".filter(([one, name]) => one[name] !== ((form) => (form.append(one.cloneNode(true)),"
    " form.reset(), form.firstChild[name]))(document.createElement('form')))"
    ".map(([one, name]) => [one, name, one[name]])"
    ".forEach(([one, name, typed]) => setTimeout(() => (one[name] = typed,"
    " ['input', 'change'].forEach((type) =>"
    " one.dispatchEvent(new Event(type, {bubbles: true}))))))"
)
"""The value of `data-init` on `<body>`: it keeps what was typed before the page's script started.

Datastar would put into each input what its signal has. So what differs from what the input shows
of what the page came with is put back, once everything else has started, as if it was typed then.
"""

EMPTY_ROW = '<tr><td class="none" colspan="100">None</td></tr>'
"""What stands in a table without rows."""


_is_plain = re.compile(r"[A-Za-z0-9 _.,:()+-]*").fullmatch
"""Texts of which Datastar, JavaScript and HTML see nothing but characters."""


def signal_literal(value: str | float | bool | None) -> str:
    """Write a value among the signals of `data-signals`; `''` for `None`.

    A signal that is `None` would not exist, and what does not exist cannot be followed.
    """
    if isinstance(value, str):
        return f"'{value}'" if _is_plain(value) else escape_attribute(value)
    if value is None:
        return "''"
    if isinstance(value, float) and not math.isfinite(value):
        return "''"
    return escape_attribute(value)


def format_number(value: float | None) -> str:
    """Show a number as JavaScript writes it: `1` for `1.0`, `1e+21`, `1e-7`; `""` for `None`.

    That is `Number::toString` of ECMA-262, whose digits are those of Python's `repr`. What is no
    finite number is not known to JSON, and is nothing here.
    """
    if value is None or not math.isfinite(value):
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


def format_duration(value: float | None) -> str:
    """Show a number of seconds: `90 s`."""
    return "" if value is None else f"{format_number(value)} s"


DURATION = escape(
    "((seconds) => seconds === '' ? '' : ((sign, micros) =>"
    " ((rest) => ((whole, part, two) => sign || whole >= 360000"
    " ? sign + 'P' + Math.floor(whole / 86400) + 'DT' + whole % 86400 + part + 'S'"
    " : Math.floor(whole / 3600) + ':' + two(Math.floor(whole / 60) % 60) + ':' + two(whole % 60)"
    " + part)"
    "((micros - rest) / 1e6, rest ? '.' + String(rest).padStart(6, '0') : '',"
    " (part) => String(part).padStart(2, '0')))(micros % 1e6))"
    "(seconds < 0 ? '-' : '', Math.round(Math.abs(seconds) * 1e6)))"
)
"""Turns a number of seconds into what `starmodel.web.ui.input_value.duration_of` makes of it."""


def format_datetime(value: str | None) -> str:
    """Show an ISO 8601 date and time to the minute, with its zone: `2024-01-31 10:00 UTC`."""
    if value is None:
        return ""
    zone = value[19:].lstrip(".0123456789")
    return f"{value[:10]} {value[11:16]} {'UTC' if zone == '+00:00' else zone}".rstrip()


def format_local_time(value: str | None) -> str:
    """Show a date and time inside a list or a table; once alive, in the reader's own zone."""
    if value is None:
        return ""
    return (
        f'<time datetime="{value}" data-text="new Date(el.dateTime).toLocaleString()">'
        f"{format_datetime(value)}</time>"
    )


def format_boolean(value: bool | None) -> str:
    """Show whether something is so; `""` for `None`."""
    return "" if value is None else "Yes" if value else "No"


def unordered_list(items: Iterable[str]) -> str:
    """List pieces of HTML; no pieces, no list."""
    entries = "".join([f"<li>{item}</li>" for item in items])
    return f"<ul>{entries}</ul>" if entries else ""


def description_list(items: Iterable[tuple[str, str]]) -> str:
    """List names, as plain text, with pieces of HTML; nothing if there are none."""
    entries = "".join([f"<dt>{escape(name)}</dt><dd>{item}</dd>" for name, item in items])
    return f"<dl>{entries}</dl>" if entries else ""


def short_id(id: str) -> str:
    """Show an id, escaped; of a long one its end, in which those that were made lately differ."""
    return escape(id if len(id) <= 20 else f"…{id[-8:]}")


def related_label(id: str, records: Mapping[str, Mapping[str, Any]], label: str) -> str:
    """Return what a record is called, escaped: its field `label`, else its id."""
    called = records.get(id, {}).get(label)
    return escape(str(called)) if called and label != "id" else short_id(id)


def record_link(
    path: str, id: str | None, records: Mapping[str, Mapping[str, Any]], label: str
) -> str:
    """Link to a record that is referred to; `""` for `None`.

    Args:
        path: Where records of its kind are: `/customer`.
        id: Which one.
        records: The public states of such records, by id; one that is missing is shown by its id.
        label: The field that it is called by.
    """
    if id is None:
        return ""
    address = f"{path}/{quote(id, safe='', errors='replace')}"
    return f'<a href="{escape(address)}">{related_label(id, records, label)}</a>'


def record_links(
    path: str, ids: Sequence[str] | None, records: Mapping[str, Mapping[str, Any]], label: str
) -> str:
    """List links to records, as `reference` writes them; no records, no list."""
    return unordered_list([record_link(path, id, records, label) for id in ids or ()])


def inline_summary(parts: Iterable[tuple[str, str]]) -> str:
    """Show the parts of a value object in a line; `parts` are labels and values, as HTML."""
    return " · ".join([f"{label}&nbsp;{value}" for label, value in parts if value])


def render_json(value: object) -> str:
    """Show a value of which only JSON knows what it is."""
    if isinstance(value, str):
        return escape(value)
    if value is None or isinstance(value, bool):
        return format_boolean(value)
    if isinstance(value, int | float):
        return str(value) if isinstance(value, int) else format_number(value)
    if is_mapping(value):
        return description_list([(str(name), render_json(item)) for name, item in value.items()])
    if is_sequence(value):
        return unordered_list([render_json(item) for item in value])
    raise TypeError(f"{type(value).__qualname__} is nothing that JSON has")
