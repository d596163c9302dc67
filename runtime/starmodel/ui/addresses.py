"""Texts and ids in the HTML of a page: escaped, and quoted for an address."""

from collections.abc import Callable
from urllib.parse import quote

try:
    # The function in C below `markupsafe.escape`. What that one gives is of a class of its own,
    # which makes every f-string ten times slower.
    from markupsafe._speedups import _escape_inner as escape  # pyright: ignore[reportPrivateUsage]
except ImportError:
    from html import escape

escape_text: Callable[[str], str] = escape
"""Makes a text safe in HTML, between tags and between quotes."""


def quote_segment(id: str) -> str:
    """Write an id as one segment of a path."""
    # Most ids are letters and digits, those of UUIDs with hyphens, and a list has many of them.
    if id.isascii() and (id.isalnum() or id.replace("-", "").isalnum()):
        return id
    return quote(id, safe="", errors="replace")
