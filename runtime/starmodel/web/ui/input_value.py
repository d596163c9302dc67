"""What inputs hold: made of the values of a record, or of what a page's script has sent.

An input holds a text, or whether a box is ticked, or the ids that a picker for several records
has chosen; those of a value object hold the values of its parts.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, TypeAlias, cast

from starmodel.domain.type_guards import is_mapping, is_sequence
from starmodel.web.validation.untouched import LINE_END, Shown, digest

Value: TypeAlias = "str | bool | list[str] | Mapping[str, Value]"
Values: TypeAlias = Mapping[str, Value]

_BREAKS = re.compile("[\r\n\0]")
"""What no browser sends back as it was."""


def value_of_sent(value: object, empty: Value) -> Value:
    """Return what an input held, of what a script has sent of it.

    `empty` is what it holds where nothing is typed.
    """
    if isinstance(empty, bool):
        return value is True
    if isinstance(empty, list):
        return [str(one) for one in value] if is_sequence(value) else []
    if not isinstance(empty, str):
        given: Mapping[str, object] = (
            cast("Mapping[str, object]", value) if is_mapping(value) else {}
        )
        return {
            name: value_of_sent(given[name], one) for name, one in empty.items() if name in given
        }
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool | int | float):
        return text_of(value)
    return lines_of(value) if is_sequence(value) else json_of(value)


def text_of(value: Any) -> str:
    """Write a value of a public state as an input has it; an empty text for `None`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else repr(value)


def duration_of(seconds: float | None) -> str:
    """Write a number of seconds as an input for durations has it: `1:30:00`."""
    if seconds is None:
        return ""
    micros = round(abs(seconds) * 1_000_000)
    whole, rest = divmod(micros, 1_000_000)
    fraction = f".{rest:06d}" if rest else ""
    if seconds < 0 or whole >= 100 * 3600:
        # Hours and minutes have a limit, and no sign; this form of ISO 8601 has neither.
        return f"{'-' if seconds < 0 else ''}P{whole // 86400}DT{whole % 86400}{fraction}S"
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}{fraction}"


def lines_of(items: Sequence[Any] | None) -> str:
    """Write a list with one item on each line, or as JSON where that would lose something."""
    texts = [text_of(item) for item in items or ()]
    if any(text != text.strip() or not text or _BREAKS.search(text) for text in texts):
        return json_of(items)
    return json_of(items) if texts and texts[0].startswith("[") else "\n".join(texts)


def ids_of(text: str) -> list[str]:
    """Read what `lines_of` has written of a list of ids, or what somebody has typed instead."""
    if text.lstrip().startswith("["):
        try:
            items: object = json.loads(text)
        except (ValueError, RecursionError):
            items = None
        if is_sequence(items):
            return [str(item) for item in items]
    return [line.strip() for line in LINE_END.split(text) if line.strip()]


def json_of(value: object) -> str:
    """Write a value as an input for JSON has it; an empty text for `None`."""
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def shown_values(values: Values, areas: Collection[str]) -> Shown:
    """Note what the inputs of a form are sent as if nobody touches them.

    Args:
        values: What they hold.
        areas: The ways to those that are no `<input>`, and keep line breaks.
    """
    return {
        way: value if isinstance(value, bool) else digest(value, is_area=way in areas)
        for way, value in _inputs(values, "")
    }


def _inputs(values: Values, prefix: str) -> Iterator[tuple[str, bool | str]]:
    for name, value in values.items():
        if isinstance(value, bool | str):
            yield f"{prefix}{name}", value
        elif is_mapping(value):
            yield from _inputs(cast("Mapping[str, Value]", value), f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", lines_of(cast("list[str]", value))
