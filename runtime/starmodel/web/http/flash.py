"""Flash messages: what an event said, kept by a cookie until the page is shown that it leads to.

The cookie is named after the path of that page, so that two tabs do not show each other's. It is
no secret and not signed: whoever could set it could set nothing but a text, which pages escape.
"""

from hashlib import blake2b
from typing import Final
from urllib.parse import quote_from_bytes, unquote, unquote_to_bytes

from starmodel.web.http.session import only_cookie

MAX_AGE: Final = 30
"""Seconds after which nobody is told any more."""

COOKIES: Final = b"starmodel-message."
"""What the names of these cookies begin with."""

MAX_TEXT: Final = 300
"""Characters of a message; what is longer is cut."""


def bounded(text: str) -> str:
    """Return a message as it is shown: on one line, and not longer than `MAX_TEXT`."""
    line = " ".join(text[: 4 * MAX_TEXT].split())
    return line if len(line) <= MAX_TEXT else f"{line[: MAX_TEXT - 1]}…"


def flash_cookie(text: str, location: str, prefix: str, *, secure: bool) -> bytes:
    """Write the value of the `Set-Cookie` header that keeps a message for a page.

    Args:
        text: The message.
        location: Where the page is: its path with the app's prefix, percent-encoded, and a query.
        prefix: The app's prefix.
        secure: Whether the request came over https.
    """
    path = unquote(location.partition("?")[0])
    value = quote_from_bytes(bounded(text).encode("utf-8", "replace"), safe="").encode("ascii")
    return _cookie(path, value, MAX_AGE, prefix, secure)


def expired_flash_cookie(path: str, prefix: str, *, secure: bool) -> bytes:
    """Write the value of the `Set-Cookie` header by which a browser forgets a message."""
    return _cookie(path, b"", 0, prefix, secure)


def find_flash(cookies: bytes, path: str) -> str:
    """Return the message for a page in a `Cookie` header; an empty text where there is none.

    `path` is that of the page with the app's prefix, percent-decoded.
    """
    value = only_cookie(cookies, _name(path))
    return bounded(unquote_to_bytes(value).decode("utf-8", "replace")) if value else ""


def _name(path: str) -> bytes:
    digest = blake2b(path.encode("utf-8", "replace"), digest_size=8).hexdigest()
    return COOKIES + digest.encode("ascii")


def _cookie(path: str, value: bytes, max_age: int, prefix: str, secure: bool) -> bytes:
    return b"%b=%b; Max-Age=%d; Path=%b; HttpOnly; SameSite=Lax%b" % (
        _name(path),
        value,
        max_age,
        (prefix or "/").encode("ascii"),
        b"; Secure" if secure else b"",
    )
