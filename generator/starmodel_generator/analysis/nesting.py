"""How deeply a text is nested, found out before a parser sees it.

libcst's parser recurses on the machine's stack, which ends the process some thousand levels down,
and takes quadratic time for long chains of attributes, calls and operators. One pass over the
tokens costs a fifteenth of parsing and bounds both.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

LIMIT = 200
"""The most levels an expression or a chain of `elif` may have; what people write has some ten."""

# What adds no level (names, commas apart from resetting, ...) is skipped by the search.
_TOKEN = re.compile(
    r"""
    (?P<string>
        (?P<prefix>(?<!\w)(?:[rRbBuU]|[fFtT][rR]?|[rR][fFtTbB]|[bB][rR]))?
        (?:
            \"\"\"[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*(?:\"\"\"|\Z)
          | '''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*(?:'''|\Z)
          | "[^"\\\n]*(?:\\.[^"\\\n]*)*"?
          | '[^'\\\n]*(?:\\.[^'\\\n]*)*'?
        )
    )
  | (?P<comment>\#[^\n]*)
  | (?P<continuation>\\\n)
  | (?P<newline>\n[ \t]*)
  | (?P<number>(?<!\w)\d[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?\d+)?)
  | (?P<open>[(\[{])
  | (?P<close>[)\]}])
  | (?P<comma>[,;])
  | (?P<walrus>:=)
  | (?P<colon>:)
  | (?P<lambda>\blambda\b)
  | (?P<level>
        \b(?:if|not|and|or|in|is|await|for)\b
      | \*\*=? | //=? | >>=? | <<=? | [=!<>]= | -> | \.\.\. | [.+\-*/%@&|^~<>]
    )
    """,
    re.VERBOSE | re.DOTALL,
)
_LINE_START = re.compile(r"(?:[ \t\f]*(?:\#[^\n]*)?\n)*([ \t\f]*)(\w*)")
_CLAUSES = frozenset({"else", "except", "finally"})


class Nesting(NamedTuple):
    """A spot that is nested too deeply: 1-based line, first column, and the column after it."""

    line: int
    column: int
    end_column: int


class _TooDeepError(Exception):
    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end


def find_deep_nesting(text: str) -> Nesting | None:
    """Return the first spot with more than `LIMIT` levels; `None` if there is none.

    Counted are open brackets, the links of each chain around the spot (attributes, calls,
    subscripts, operators, lambdas, ternaries, adjacent strings) and the `elif` before it.
    """
    try:
        _Scanner(text).scan()
    except _TooDeepError as found:
        line_start = text.rfind("\n", 0, found.start) + 1
        column = found.start - line_start + 1
        line = text.count("\n", 0, found.start) + 1
        end_of_line = text.find("\n", found.start)
        end = min(found.end, end_of_line if end_of_line >= 0 else len(text))
        return Nesting(line, column, max(end - line_start + 1, column + 1))
    return None


class _Scanner:
    """Counts levels in a text, or in a replacement field of an f-string inside of it."""

    def __init__(self, text: str, start: int = 0, end: int | None = None, base: int = 0) -> None:
        self._text = text
        self._start = start
        self._end = len(text) if end is None else end
        self._is_field = end is not None
        self._base = base

    def scan(self) -> None:
        """Raise `_TooDeepError` where the limit is passed."""
        text = self._text
        chain = open_lambdas = 0
        below = self._base  # levels of the brackets around
        outer: list[tuple[int, int, int]] = []  # of each open bracket: chain, lambdas, levels below
        branches = _Branches()
        last_string = -1  # where the last string ended, if nothing but white space followed
        if not self._is_field:
            below = self._base + branches.enter(text, 0)
        for token in _TOKEN.finditer(text, self._start, self._end):
            kind = token.lastgroup
            if kind in ("string", "prefix"):
                between = text[last_string : token.start()] if last_string >= 0 else "."
                chain += 1 if not between.strip() else 0
                if token["prefix"] and token["prefix"].lower().strip("r") in ("f", "t"):
                    for start, end in _replacement_fields(text, token.start(), token.end()):
                        _Scanner(text, start, end, below + chain + 1).scan()
                last_string = token.end()
            elif kind in ("comment", "continuation"):
                last_string = _moved(text, last_string, token)
                continue
            elif kind == "newline":
                if outer or self._is_field:
                    last_string = _moved(text, last_string, token)
                    continue
                chain, open_lambdas, last_string = 0, 0, -1
                below = self._base + branches.enter(text, token.start() + 1)
            else:
                last_string = -1
                if kind == "level":
                    chain += 1
                elif kind == "open":
                    outer.append((chain, open_lambdas, below))
                    below += chain + 1
                    chain = open_lambdas = 0
                elif kind == "close":
                    if outer:
                        chain, open_lambdas, below = outer.pop()
                    chain += 1
                elif kind == "comma":
                    chain = open_lambdas
                elif kind == "lambda":
                    # Defaults of a lambda's parameters hold further ones, beyond any comma.
                    chain += 1
                    open_lambdas += 1
                elif kind == "colon":
                    open_lambdas = max(open_lambdas - 1, 0)
                else:
                    continue
            if below + chain > LIMIT:
                raise _TooDeepError(token.start(), token.end())


class _Branches:
    """The `elif` clauses around the current line, each of which is a level of its own."""

    def __init__(self) -> None:
        # Of each block around: its indentation, its `elif` clauses so far, the levels around it.
        self._blocks: list[tuple[int, int, int]] = []

    def enter(self, text: str, start: int) -> int:
        """Record the logical line that begins there; return the levels around it."""
        match = _LINE_START.match(text, start)
        assert match is not None
        indentation, word = len(match[1]), match[2]
        blocks = self._blocks
        while blocks and blocks[-1][0] > indentation:
            blocks.pop()
        here = blocks.pop()[1] if blocks and blocks[-1][0] == indentation else 0
        if word == "elif":
            here += 1
        elif word not in _CLAUSES:
            here = 0
        around = blocks[-1][1] + blocks[-1][2] if blocks else 0
        blocks.append((indentation, here, around))
        return around + here


def _moved(text: str, last_string: int, token: re.Match[str]) -> int:
    """Return where adjacent strings go on after a comment or a line break; -1 if there was none."""
    if last_string < 0 or text[last_string : token.start()].strip():
        return -1
    return token.end()


def _replacement_fields(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretches between the outermost braces of an f-string; `{{` is a brace of its text."""
    depth = 0
    opened = start
    position = start
    while position < end:
        character = text[position]
        if character == "{":
            if depth == 0 and text.startswith("{{", position):
                position += 2
                continue
            if depth == 0:
                opened = position + 1
            depth += 1
        elif character == "}" and depth:
            depth -= 1
            if depth == 0:
                yield opened, position
        position += 1
    if depth:
        yield opened, end
