"""An app below a path: everything it links to begins with the prefix under which it is reached.

The prefix comes with each request, as `root_path` in the ASGI scope: from a `Mount`, from
`uvicorn --root-path` behind a proxy, or from a framework. Routes, handlers and pages are written
without it. It is taken off before a route is looked for, and put in front of addresses on their
way out, by `prefix_addresses` and `PrefixedFormatter`. Without a prefix none of this runs.
"""

import re
from contextvars import ContextVar
from typing import Final
from urllib.parse import quote

PREFIX: Final[ContextVar[str]] = ContextVar("starmodel_prefix", default="")
"""The app's prefix while its host answers: actions and documents that are made then begin with it.

Elsewhere it is empty: what the app answers itself gets the prefix as a whole, on its way out.
"""

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


def prefix_of(root_path: str) -> str:
    """Return what addresses begin with below an ASGI `root_path`; an empty text for the root.

    It is percent-encoded so far that it means nothing to HTML, JavaScript or a cookie, begins
    with a single slash, so that it can never be another host, and does not end with one.
    """
    path = quote(root_path.strip("/"), safe="/", errors="replace")
    return f"/{path}" if path else ""


def path_below(path: str, root_path: str) -> str | None:
    """Return what is left of a path below a `root_path`; `None` for a path that is not there."""
    root = root_path.rstrip("/")
    if path in (root, root_path):
        return "/"
    if not path.startswith(f"{root}/"):
        return None
    rest = path[len(root) :]
    # uvicorn puts a root path before the path as it is, with its slash at the end.
    return rest[1:] if root != root_path and rest.startswith("//") else rest


def prefix_addresses(html: str, prefix: str) -> str:
    """Put a prefix in front of each address in markup that begins with one slash.

    Addresses are those of links, forms, files and Datastar's actions. Texts between tags, and
    what stands in any other attribute, stay as they are.
    """
    if not prefix:
        return html

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
