"""Pieces of a page that an event gives back."""

import sys
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple


class Fragment(NamedTuple):
    """Markup to patch into a page.

    `selector` is the element it goes to, `None` where the markup's own ids say it; `mode` is
    one of Datastar's patch modes, `None` for its default.
    """

    html: str
    selector: str | None = None
    mode: str | None = None


def render_fragment(
    value: object, selector: str | None = None, mode: str | None = None
) -> Fragment | None:
    """Render what an event returned or yielded, or give `None` where that is no fragment.

    A fragment is whatever has `__html__` or `__ft__`, an FT component, or a list or tuple of
    these. A `str` is text and is escaped; it is a fragment only where a `selector` says which
    element it goes to. Everything else is a value, not a fragment.
    """
    if value is None:
        return None
    if isinstance(value, Fragment):
        return Fragment(value.html, value.selector or selector, value.mode or mode)
    html = _render(value, with_text=selector is not None)
    return None if html is None else Fragment(html, selector, mode)


_class_of: Callable[[object], type[object]] = type


def _render(value: Any, *, with_text: bool) -> str | None:
    """Return the markup of a value, or `None` where it has none."""
    cls = _class_of(value)
    if hasattr(cls, "__html__"):
        return str(value.__html__())
    if hasattr(cls, "__ft__"):
        return _render(value.__ft__(), with_text=True)
    if isinstance(value, str):
        return _escape(value) if with_text else None
    if isinstance(value, Fragment):
        return value.html
    if cls is list or cls is tuple:
        return _join(value, with_text=with_text)
    # An FT component renders itself only where FastHTML has been imported. It cannot exist
    # unless its module was imported, so this never imports it.
    xml = sys.modules.get("fastcore.xml")
    if xml is not None and isinstance(value, xml.FT):
        return str(xml.to_xml(value, indent=False))
    return None


def _escape(text: str) -> str:
    # Its names of two thousand characters take a while to import, and few events give texts to pages.
    from html import escape

    return escape(text)


def _join(values: Sequence[object], *, with_text: bool) -> str | None:
    """Join the markup of several values; one that has none makes all of them a plain value."""
    parts: list[str] = []
    for value in values:
        part = "" if value is None else _render(value, with_text=True)
        if part is None:
            return None
        parts.append(part)
    if not any(value is not None and (with_text or type(value) is not str) for value in values):
        return None
    return "".join(parts)
