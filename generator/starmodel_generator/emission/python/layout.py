"""Lay out code the way black would, so that black finds nothing to change.

There are three shapes: flat where it fits, else the items of a call together on a line of their
own where they fit there, else one item per line with a comma behind the last. A single piece that is too long on its own is left as it is; what black does with
it depends on much more, and `format.py` sees to that.
"""

from typing import NamedTuple, TypeAlias

from starmodel_generator.unicode_table import display_width

LINE_LENGTH = 88
"""Black's default, for generated code stands in projects that run black as it is."""

INDENT = "    "

_BEFORE_A_LITERAL = frozenset(("", *" ([{=*:"))
"""What stands in front of the bracket of a literal, or of the names of an import."""


class Group(NamedTuple):
    """Items between brackets: `Argument(` ... `)`, `{` ... `}`, `amount=[` ... `]`."""

    head: str
    items: "tuple[Layout, ...]"
    tail: str


class Parts(NamedTuple):
    """An expression of several parts: a comprehension in its brackets, `None if ... else ...`.

    `head` stands in front of it (`"tags": `). A condition has round brackets only where it
    takes more than one line, so `brackets` are written on one line only if `always`.
    """

    head: str
    brackets: str
    parts: tuple[str, ...]
    always: bool = True


Layout: TypeAlias = str | Group | Parts


def flat(layout: Layout) -> str:
    """Write it on one line."""
    if isinstance(layout, str):
        return layout
    if isinstance(layout, Group):
        items = [item if isinstance(item, str) else flat(item) for item in layout.items]
        return f"{layout.head}{', '.join(items)}{layout.tail}"
    body = " ".join(layout.parts)
    opening, closing = layout.brackets if layout.always else ("", "")
    return f"{layout.head}{opening}{body}{closing}"


def lay_out(layout: Layout, indent: int, end: str = "") -> str:
    """Write it from column `indent` on, `end` behind it; lines after the first are indented."""
    if isinstance(layout, str):
        return layout + end
    text = flat(layout) + end
    if indent + display_width(text) <= LINE_LENGTH:
        return text
    inner = indent + len(INDENT)
    margin = "\n" + " " * inner
    if isinstance(layout, Group):
        if not layout.items:
            return text
        together = ", ".join(map(flat, layout.items))
        if inner + display_width(together) <= LINE_LENGTH and not _has_line_each(layout):
            return f"{layout.head}{margin}{together}\n{' ' * indent}{layout.tail}{end}"
        items = [
            item + "," if isinstance(item, str) else lay_out(item, inner, ",")
            for item in layout.items
        ]
        body = margin.join(items)
        return f"{layout.head}{margin}{body}\n{' ' * indent}{layout.tail}{end}"
    opening, closing = layout.brackets
    body = " ".join(layout.parts)
    if inner + display_width(body) > LINE_LENGTH:
        body = margin.join(layout.parts)
    return f"{layout.head}{opening}{margin}{body}\n{' ' * indent}{closing}{end}"


def _has_line_each(group: Group) -> bool:
    """Return whether black gives each item a line as soon as not all of it fits into one.

    It does so for literals and imports, and for the only parameter of a function.
    """
    if len(group.items) == 1 and group.head.startswith(("def ", "async def ")):
        return True
    return group.head[-2:-1] in _BEFORE_A_LITERAL


def call(head: str, items: "tuple[Layout, ...]", indent: int, end: str = "") -> str:
    """Write `head(items)` and `end` from column `indent` on."""
    return lay_out(Group(head + "(", items, ")"), indent, end)


def named(name: str, layout: Layout) -> Layout:
    """Make a keyword argument of it: `name=...`."""
    return prefixed(f"{name}=", layout)


def prefixed(prefix: str, layout: Layout) -> Layout:
    """Write something in front of it that stays on its first line."""
    if isinstance(layout, str):
        return prefix + layout
    if isinstance(layout, Group):
        return Group(prefix + layout.head, layout.items, layout.tail)
    return Parts(prefix + layout.head, layout.brackets, layout.parts, layout.always)


Condition: TypeAlias = tuple[str, str, str]
"""The three parts of `one if condition else other`."""


def conditional(condition: Condition) -> Layout:
    """Lay out `one if condition else other`."""
    one, test, other = condition
    return Parts("", "()", (one, f"if {test}", f"else {other}"), always=False)
