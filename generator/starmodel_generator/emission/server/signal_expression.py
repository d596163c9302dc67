"""How an expression of Datastar's reads a signal, and has a text of the author's."""

import re
from functools import lru_cache

_ASCII_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_JAVASCRIPT_NEEDS_CARE = re.compile(r"[^A-Za-z0-9 !#%()*+,.:=?\[\]^_{|}~-]")


@lru_cache(maxsize=4096)
def signal(*names: str) -> str:
    """Write how an expression reads a signal: `$counter.count`.

    Datastar takes ASCII letters only for part of a signal's name; others stand in brackets.
    """
    parts = [
        f".{name}" if _ASCII_NAME.fullmatch(name) else f"[{javascript(name)}]" for name in names
    ]
    return "$" + "".join(parts).removeprefix(".")


def javascript(text: str) -> str:
    """Write a string literal for a Datastar expression.

    Datastar rewrites an expression's text before it compiles it, inside of strings too, so
    everything that could mean something to it, to HTML or to JavaScript is an escape.
    """
    return f"'{_JAVASCRIPT_NEEDS_CARE.sub(_javascript, text)}'"


def _javascript(match: re.Match[str]) -> str:
    units = match.group().encode("utf-16-be", "surrogatepass").hex()
    return "".join([f"\\u{units[start : start + 4]}" for start in range(0, len(units), 4)])
