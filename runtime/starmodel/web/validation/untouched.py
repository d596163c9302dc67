"""What the inputs of a form showed at first, so that what nobody has touched is not sent back.

A browser sends every input of a plain form, and not always what its value was: line breaks are
CR LF, an input of one line has none, and there is no NUL. So a form of a record says, in a hidden
input, what each input would be sent as if nobody touched it. Whatever comes back like that is
left as it is stored.
"""

import json
import re
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Final, TypeAlias, cast

from starmodel.domain.type_guards import is_mapping
from starmodel.ui.components.inputs import ROWS

LINE_END: Final = re.compile("\r\n|\r|\n")

_NUMBER: Final = re.compile("[0-9]{1,9}")

SHOWN: Final = "_shown"
"""The name of the hidden input. No field has it, as names of fields begin with a letter."""

Shown: TypeAlias = Mapping[str, object]
"""For the way to each input a digest of its text, or whether its box is ticked."""


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

    A box that is not ticked is not sent; any other input is. A list of rows is among them, by its
    name, where each of its rows was sent so, and no other.
    """
    fields = list(fields)
    sent = dict(fields)
    same = [
        way
        for way, noted in shown.items()
        if (
            noted is (way in sent)
            if isinstance(noted, bool)
            else way in sent and noted == digest(sent[way], is_area=True)
        )
    ]
    if shown:
        known, kept = {*shown}, {*same}
        for name in rows_in(fields):
            ways = [way for way in known if way.startswith(f"{name}.")]
            others = [
                text for way, text in fields if way.startswith(f"{name}.") and way not in known
            ]
            if kept.issuperset(ways) and not any(others):
                same.append(name)
    return frozenset(same)


def rows_in(fields: Iterable[tuple[str, str]]) -> list[str]:
    """Return the names of the lists that a form has rows for."""
    return [value for name, value in fields if name == ROWS and type(value) is str]


def row_numbers(ways: Iterable[str], prefix: str) -> list[str]:
    """Return the numbers of the rows of a list, in order; `prefix` is its name with a dot."""
    numbers = {way[len(prefix) :].partition(".")[0] for way in ways if way.startswith(prefix)}
    return sorted([at for at in numbers if _NUMBER.fullmatch(at)], key=int)


def with_line_breaks(fields: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the fields of a form with the line breaks of a script, LF; browsers send CR LF."""
    return [
        # A file is no text, and stays what it is.
        (name, value.replace("\r\n", "\n") if type(value) is str else value)
        for name, value in fields
    ]


def digest(text: str, *, is_area: bool) -> str:
    """Return a digest of a text as a browser sends it from an input, with each line break as LF.

    `is_area` says whether the input keeps line breaks.
    """
    if is_area:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    else:
        text = text.replace("\r", "").replace("\n", "")
    text = text.replace("\0", "\ufffd")
    return blake2b(text.encode("utf-8", "replace"), digest_size=9).hexdigest()
