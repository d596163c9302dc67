"""Patterns of pydantic's as the `pattern` attribute of an input.

Pydantic searches with Rust's syntax, a browser matches the whole text with JavaScript's (flag
`v`). Only what means the same in both is translated; the server checks everything anyway, so
what cannot be told in advance is simply not said to the browser.
"""

import re

_CLASSES = {
    "d": r"\p{Nd}",
    "s": r"\s",
    "w": r"\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}",
}
_RESERVED_IN_SETS = frozenset("&-!#%,:;<=>@`~^$\\.*+?()[]{}|/")
_PIECE = re.compile(
    r"""
    (?P<literal> [A-Za-z0-9 _,:;<>=!~@\#%&"'`/-] | [^\x00-\x7f] )
  | (?P<escaped> \\[.^$*+?()\[\]{}|/\\-] )
  | (?P<class>   \\[dsw] )
  | (?P<any>     \. )
  | (?P<set>     \[ \^? (?: \\[.^$*+?()\[\]{}|/\\-] | \\[dsw]
                   | [A-Za-z0-9 _.,:;<>=!@%"'`+*?$\#/-] )+ \] )
  | (?P<group>   \( (?: \?: | (?!\?) ) | \) | \| )
  | (?P<repeat>  (?: [*+?] | \{[0-9]+(?:,[0-9]*)?\} ) \?? )
    """,
    re.VERBOSE,
)


def html_pattern(pattern: str) -> str | None:
    """Translate a pattern, or give `None` where that is not possible.

    Only patterns anchored at both ends are taken: any other allows anything around it.
    """
    if len(pattern) < 3 or not (pattern.startswith("^") and pattern.endswith("$")):
        return None
    body = pattern[1:-1]
    parts: list[str] = []
    depth = 0
    place = 0
    while place < len(body):
        match = _PIECE.match(body, place)
        part = None if match is None else _translated(match)
        if match is None or part is None:
            return None
        if match.lastgroup == "group":
            depth += {"(": 1, ")": -1}.get(part[0], 0)
            if depth < 0 or (part == "|" and depth == 0):
                # An alternative at the outermost level has only one of the anchors.
                return None
        parts.append(part)
        place = match.end()
    return "".join(parts) if depth == 0 else None


def is_one_line(pattern: str | None) -> bool:
    """Return whether no text that fits a pattern has a line break."""
    if pattern is None or html_pattern(pattern) is None:
        return False
    pieces = [match.group() for match in _PIECE.finditer(pattern[1:-1])]
    # What is left of a set are characters that are written out, none of which breaks a line.
    return not any(piece in (".", r"\s") or piece.startswith("[^") for piece in pieces) and not any(
        r"\s" in piece for piece in pieces
    )


def _translated(match: re.Match[str]) -> str | None:
    text = match.group()
    match match.lastgroup:
        case "class":
            inner = _CLASSES[text[1]]
            return f"[{inner}]" if text[1] == "w" else inner
        case "escaped" if text == r"\-":
            return "-"
        case "set":
            return _translated_set(text)
        case _:
            return text


def _translated_set(text: str) -> str | None:
    """Escape what the flag `v` reserves in a set, and spell out classes."""
    head = "[^" if text.startswith("[^") else "["
    pieces: list[str] = re.findall(r"\\.|.", text[len(head) : -1])
    parts: list[str] = []
    for place, piece in enumerate(pieces):
        if piece == "-" and 0 < place < len(pieces) - 1:
            if not (pieces[place - 1].isalnum() and pieces[place + 1].isalnum()):
                return None
            parts.append("-")
        elif len(piece) == 2 and piece[1] in _CLASSES:
            parts.append(_CLASSES[piece[1]])
        else:
            character = piece[-1]
            parts.append(f"\\{character}" if character in _RESERVED_IN_SETS else character)
    return f"{head}{''.join(parts)}]"
