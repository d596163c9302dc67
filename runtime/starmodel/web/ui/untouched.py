"""What the inputs of a form showed at first, so that what nobody has touched is not sent back.

A browser sends every input of a plain form, and not always what its value was: line breaks are
CR LF, an input of one line has none, and there is no NUL. So a form of a record says, in a hidden
input, what each input would be sent as if nobody touched it. Whatever comes back like that is
left as it is stored.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import Final, TypeAlias, cast

from starmodel.domain.type_guards import is_mapping
from starmodel.web.ui.input_value import Value, Values, lines_of

SHOWN: Final = "_shown"
"""The name of the hidden input. No field has it, as names of fields begin with a letter."""

Shown: TypeAlias = Mapping[str, object]
"""For the way to each input a digest of its text, or whether its box is ticked."""


def shown_values(values: Values, areas: Collection[str]) -> Shown:
    """Note what the inputs of a form are sent as if nobody touches them.

    Args:
        values: What they hold.
        areas: The ways to those that are no `<input>`, and keep line breaks.
    """
    return {
        way: value if isinstance(value, bool) else _digest(_as_sent(value, way in areas))
        for way, value in _inputs(values, "")
    }


def read_shown(fields: Iterable[tuple[str, str]]) -> Shown:
    """Read what a form says that its inputs showed; nothing where it says nothing that is read."""
    text = next((value for name, value in fields if name == SHOWN), "")
    try:
        noted: object = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return cast("Shown", noted) if is_mapping(noted) else {}


def untouched(fields: Iterable[tuple[str, str]], shown: Shown) -> frozenset[str]:
    """Return the ways to the inputs that were sent as they were shown.

    A box that is not ticked is not sent; any other input is.
    """
    sent = dict(fields)
    return frozenset(
        [
            way
            for way, noted in shown.items()
            if (
                noted is (way in sent)
                if isinstance(noted, bool)
                else way in sent and noted == _digest(_as_sent(sent[way], is_area=True))
            )
        ]
    )


def with_line_breaks(fields: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the fields of a form with the line breaks of a script, LF; browsers send CR LF."""
    return [(name, value.replace("\r\n", "\n")) for name, value in fields]


def _inputs(values: Values, prefix: str) -> Iterator[tuple[str, bool | str]]:
    for name, value in values.items():
        if isinstance(value, bool | str):
            yield f"{prefix}{name}", value
        elif is_mapping(value):
            yield from _inputs(cast("Mapping[str, Value]", value), f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", lines_of(cast("list[str]", value))


def _as_sent(text: str, is_area: bool) -> str:
    """Return a text as a browser sends it, with each line break as LF."""
    if is_area:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    else:
        text = text.replace("\r", "").replace("\n", "")
    return text.replace("\0", "\ufffd")


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "replace"), digest_size=9).hexdigest()
