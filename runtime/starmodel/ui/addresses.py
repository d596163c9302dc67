"""Texts and ids in the HTML of a page: escaped, and quoted for an address."""

from collections.abc import Callable
from html import escape as escape_in_python
from urllib.parse import quote

escape_text: Callable[[str], str] = escape_in_python
"""Makes a text safe in HTML, between tags and between quotes."""

try:
    # The function in C below `markupsafe.escape`. What that one gives is of a class of its own,
    # which makes every f-string ten times slower.
    from markupsafe._speedups import _escape_inner  # pyright: ignore[reportPrivateUsage]

    escape_text = _escape_inner
except ImportError:
    pass


def quote_segment(id: str) -> str:
    """Write an id as one segment of a path."""
    # Most ids are letters and digits, those of UUIDs with hyphens, and a list has many of them.
    if id.isascii() and (id.isalnum() or id.replace("-", "").isalnum()):
        return id
    return quote(id, safe="", errors="replace")
