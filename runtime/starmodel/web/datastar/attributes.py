"""Values in the HTML of a page: in text, in attributes, and as data in Datastar's expressions."""

import json
import re

_UNSAFE = re.compile("[<>&'@$`;/\x7f]")
_PROTOTYPE = re.compile(r'(?<=[{,])"__proto__":')
"""A member of this name; as a plain key of a literal it would set the prototype instead."""


def escape(text: str) -> str:
    """Escape a text for HTML, between tags or in a quoted attribute."""
    # Its names of two thousand characters take a while to import, and many apps escape none.
    from html import escape

    return escape(text)


def encode_data(value: object) -> str:
    """Write a value as a literal that Datastar reads back exactly.

    Datastar rewrites the text of an expression before it compiles it, even inside of string
    literals: it splits at `;`, replaces `$name` and `@name(`, and unwraps two emoji. So nothing
    it looks for is left: the text is ASCII JSON with each of ``< > & ' @ $ ` ; /`` written as
    `\\uXXXX`. It still has double quotes; in an attribute it must be escaped like any text.

    Raises:
        ValueError: The value holds NaN or Infinity.
        TypeError: It is not JSON.
    """
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    text = _UNSAFE.sub(_as_escape, text)
    if '"__proto__":' in text:
        text = _PROTOTYPE.sub('["__proto__"]:', text)
    return text


def escape_attribute(value: object) -> str:
    """Write a value as data for a Datastar attribute in quotes: `data-signals="..."`."""
    return escape(encode_data(value))


def _as_escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match.group()):04x}"
