"""An app below a path: everything it links to begins with the prefix under which it is reached.

The prefix comes with each request, as `root_path` in the ASGI scope: from a `Mount`, from
`uvicorn --root-path` behind a proxy, or from a framework. Routes, handlers and pages are written
without it. It is taken off before a route is looked for, and put in front of addresses on their
way out, by `prefix_addresses` and `PrefixedFormatter`. Without a prefix none of this runs.
"""

from contextvars import ContextVar
from typing import Final
from urllib.parse import quote

PREFIX: Final[ContextVar[str]] = ContextVar("starmodel_prefix", default="")
"""The app's prefix while its host answers: actions and documents that are made then begin with it.

Elsewhere it is empty: what the app answers itself gets the prefix as a whole, on its way out.
"""


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
    from starmodel.web.http.prefixed_markup import put_prefix

    return put_prefix(html, prefix)
