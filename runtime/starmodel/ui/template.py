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

from starmodel.domain import render_fragment
from starmodel.ui.addresses import escape_text

State: TypeAlias = Mapping[str, Any]
"""The public state of a record, as JSON has it."""

Filler: TypeAlias = Callable[[State, Any], str]
"""Gives the HTML of one hole, out of a state and the `View` that is rendered."""


class Renderable(Protocol):
    """What is HTML: an element of htpy, an FT component, `Markup`, a component of ours."""

    def __html__(self) -> str:
        """Return it as HTML."""
        ...


class Inline:
    """A filler that is one expression: it costs no call where it stands in a template.

    Args:
        source: Python that gives a text or a whole number. `state` is the state, `v` is free to be
            assigned, and `{name}` stands for whatever `names` has of that name. It has no quotation
            mark and no backslash, which no f-string of Python 3.11 could hold.
        names: The objects that it needs.
    """

    __slots__ = ("_function", "names", "source")

    def __init__(self, source: str, **names: Any) -> None:
        self.source = source
        self.names = names
        places = {name: name for name in names}
        # Where it is not part of a template it is an ordinary function.
        self._function: Filler = eval(
            f"lambda state, view: str({source.format(**places)})", dict(names)
        )

    def __call__(self, state: State, view: Any) -> str:
        """Return the HTML of the hole."""
        return self._function(state, view)


class Template:
    """Fixed text with holes between: what a component is compiled into.

    It becomes a function with one f-string, as an author would write it by hand.

    Args:
        texts: The fixed texts; one more than there are holes.
        fillers: What fills each hole.
    """

    __slots__ = ("fill", "fillers", "texts")

    fill: Filler
    """Returns the markup for a state and a view."""

    def __init__(self, texts: tuple[str, ...], fillers: tuple[Filler, ...]) -> None:
        self.texts = texts
        self.fillers = fillers
        scope: dict[str, Any] = {"t": texts[0]}
        parts = ["{t}"]
        for place, (filler, text) in enumerate(zip(fillers, texts[1:], strict=True)):
            if isinstance(filler, Inline):
                own = {name: f"{name}{place}" for name in filler.names}
                scope.update({own[name]: value for name, value in filler.names.items()})
                parts.append(f"{{({filler.source.format(**own)})}}")
            else:
                scope[f"f{place}"] = filler
                parts.append(f"{{f{place}(state, view)}}")
            scope[f"t{place}"] = text
            parts.append(f"{{t{place}}}")
        exec(f'def fill(state, view):\n    return f"{"".join(parts)}"', scope)
        self.fill = scope["fill"]


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


def markup(content: object) -> Renderable:
    """Return what an author put between components: whatever has markup, and texts.

    Raises:
        TypeError: It is neither.
    """
    if isinstance(content, str) and not hasattr(content, "__html__"):
        return Markup(escape_text(content))
    fragment = render_fragment(content)
    if fragment is None:
        raise TypeError(f"A page is made of markup and texts, not of a {type(content).__name__}.")
    return Markup(fragment.html)
