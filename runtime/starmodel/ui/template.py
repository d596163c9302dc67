"""Markup with holes: a component is compiled into it once, and a request only fills the holes.

While a component is compiled, each value that a request will know is a mark: `\\x02`, a number,
`\\x03`. Marks pass through whatever a kit builds its elements with, quoting included, since no
HTML quotes them. The number is preceded by digits that nobody can guess, so that no text of an
author's is taken for a mark. Then the text is split at them. A filler gives HTML: whoever makes one knows
where it stands, and quotes for that place.
"""

import re
from collections.abc import Callable, Mapping
from secrets import token_hex
from typing import Any, Protocol, TypeAlias

from markupsafe import Markup

State: TypeAlias = Mapping[str, Any]
"""The public state of a record, as JSON has it."""

Filler: TypeAlias = Callable[[State, Any], str]
"""Gives the HTML of one hole, out of a state and the `View` that is rendered."""


class Renderable(Protocol):
    """What is HTML: an element of htpy, an FT component, `Markup`, a component of ours."""

    def __html__(self) -> str:
        """Return it as HTML."""
        ...


class Template:
    """Fixed text with holes between: what a component is compiled into.

    Args:
        texts: The fixed texts; one more than there are holes.
        fillers: What fills each hole.
    """

    __slots__ = ("_first", "_pairs")

    def __init__(self, texts: tuple[str, ...], fillers: tuple[Filler, ...]) -> None:
        self._first = texts[0]
        self._pairs = tuple(zip(fillers, texts[1:], strict=True))

    def fill(self, state: State, view: Any) -> str:
        """Return the markup for a state."""
        parts = [self._first]
        add = parts.append
        for filler, text in self._pairs:
            add(filler(state, view))
            add(text)
        return "".join(parts)


class Holes:
    """Hands out marks while a component is compiled, and splits what was built at them."""

    def __init__(self) -> None:
        self._fillers: list[Filler] = []
        self._nonce = token_hex(8)

    def hole(self, filler: Filler) -> Markup:
        """Return the mark of a place that a filler fills; it may stand in several places."""
        self._fillers.append(filler)
        return Markup(f"\x02{self._nonce}{len(self._fillers) - 1}\x03")

    def template(self, html: str) -> Template:
        """Compile markup whose holes were handed out here."""
        pieces = re.split(f"\x02{self._nonce}([0-9]+)\x03", html)
        fillers = tuple([self._fillers[int(number)] for number in pieces[1::2]])
        return Template(tuple(pieces[::2]), fillers)

