"""Markup of an app below a path: it is imported where there is one, since its patterns take a while."""

import re

_ATTRIBUTES = r"""(?:[^>"']++|"[^"]*+"|'[^']*+')*+"""

_MARKUP = re.compile(
    "<!--.*?-->"
    rf"|(?P<start><(?P<name>script|style)\b{_ATTRIBUTES}>)(?P<text>.*?(?=</(?P=name)))"
    rf"|<[a-z]{_ATTRIBUTES}>",
    re.IGNORECASE | re.DOTALL,
)
"""Comments, scripts and styles with their text, and the other tags."""

_ATTRIBUTE = re.compile(r"""(?<![^\s"'/])([^\s"'<>/=]++)(\s*=\s*)("[^"]*"|'[^']*'|[^\s"'>]+)""")

_ADDRESSES = frozenset(
    {
        *("href", "src", "action", "formaction", "poster"),
        # Where `<sm-picker>` finds records, and where one is made.
        *("source", "new"),
        *("hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete", "hx-sse:connect"),
    }
)
"""Attributes that hold one address."""

_EXPRESSIONS = ("data-on", "data-init", "data-effect")
"""What the names of attributes begin with in which Datastar runs actions."""

_ADDRESS = re.compile(r"""(["']?)/(?!/)""")
_ACTION = re.compile(
    r"""(@(?:get|post|put|patch|delete)\(\s*(?:["'`]|&#39;|&#x27;|&#34;|&quot;))/(?!/)"""
)


def put_prefix(html: str, prefix: str) -> str:
    """Put a prefix in front of the addresses of `prefix_addresses`."""

    def in_markup(found: re.Match[str]) -> str:
        text: str = found[0]
        if text.startswith("<!--"):
            return text
        start: str = found["start"] or text
        return _ATTRIBUTE.sub(in_attribute, start) + text[len(start) :]

    def in_attribute(found: re.Match[str]) -> str:
        name, equals, value = found.groups()
        called = name.lower()
        if called in _ADDRESSES:
            value = _ADDRESS.sub(rf"\g<1>{prefix}/", value, count=1) if _is_path(value) else value
        elif called.startswith(_EXPRESSIONS):
            value = _ACTION.sub(rf"\g<1>{prefix}/", value)
        return f"{name}{equals}{value}"

    return _MARKUP.sub(in_markup, html)


def _is_path(value: str) -> bool:
    return _ADDRESS.match(value) is not None
