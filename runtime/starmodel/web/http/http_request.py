"""One HTTP request: made once from the ASGI scope, read only as needed."""

import asyncio
import re
from collections.abc import Iterable
from typing import ClassVar
from urllib.parse import parse_qsl

from starmodel.errors import (
    ArgumentError,
    BadRequest,
    InvalidArguments,
    PayloadTooLarge,
    UnsupportedMediaType,
)
from starmodel.web.http.csrf import is_local_path, is_same_origin
from starmodel.web.http.negotiation import prefers_json
from starmodel.web.http.request_limits import MAX_BODY, MAX_EMPTY, MAX_MEMBERS, MAX_QUERY
from starmodel.web.http.response import Receive, Scope

_REFERER = re.compile(rb"(https?://[^/?#@\\\x00-\x20\x7f-\xff]+)(/[^#\\\x00-\x20\x7f-\xff]*)", re.I)
"""An absolute URL without user, fragment or anything that a URL has to encode."""

PATH = "starmodel.path"
"""Where the scope of a request has its path below the app's prefix, if there is a prefix."""

READING = "starmodel.reading"
"""Where the scope of a request has the `Reading` that it shares with others, if it does."""


class HTTPRequest:
    """A request, as the server has it.

    Args:
        scope: The ASGI scope.
        receive: Gives the body.
        request_header: The header by which requests of the app's front end say so.

    Attributes:
        scope: What the server says about the request.
        method: The HTTP method in capitals.
        headers: The headers by name in lower case. Where a name came more than once, its values
            are combined as RFC 9110 says, so that none hides behind another.
        is_scripted: Whether the script of one of the app's pages sent it, its front end.
    """

    __slots__ = ("_body", "_query", "_receive", "headers", "is_scripted", "method", "scope")

    has_signals: ClassVar[bool] = True
    """Whether JSON in its query string is what a page has, mostly texts, and not a program's."""

    def __init__(self, scope: Scope, receive: Receive, request_header: bytes = b"") -> None:
        pairs = scope["headers"]
        headers: dict[bytes, bytes] = dict(pairs)
        if len(headers) != len(pairs):
            headers = combine(pairs)
        self.scope = scope
        self.method: str = scope["method"]
        self.headers = headers
        self.is_scripted = headers.get(request_header) == b"true"
        self._receive = receive
        self._body: bytes | None = None
        self._query: list[tuple[str, str]] | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.method} {self.path}>"

    @property
    def path(self) -> str:
        """The path below the app's prefix, percent-decoded: that of the route."""
        path: str | None = self.scope.get(PATH)
        return self.scope["path"] if path is None else path

    @property
    def is_secure(self) -> bool:
        """Whether it came over https."""
        return self.scope.get("scheme") == "https"

    @property
    def wants_json(self) -> bool:
        """Whether a program asks and not a page: it accepts JSON, and does so before HTML."""
        if self.is_scripted:
            return False
        accept = self.headers.get(b"accept")
        if accept is None or accept == b"*/*":
            # Whoever accepts anything gets an answer of the kind that he sends.
            return media_type(self.headers) == b"application/json"
        return prefers_json(accept[:1024])

    @property
    def origin_path(self) -> str | None:
        """The path of this site's page that the request was sent from, if the browser says so."""
        referer = self.headers.get(b"referer", b"")
        match = _REFERER.fullmatch(referer)
        if match is None:
            return None
        origin, path = match[1], match[2].decode("ascii")
        host = self.headers.get(b"host", b"")
        is_own = is_same_origin(origin, host, secure=self.is_secure) and is_local_path(path)
        return path if is_own else None

    @property
    def query_items(self) -> list[tuple[str, str]]:
        """The names and values of the query string, decoded, in order.

        Raises:
            PayloadTooLarge: It is longer than 64 KiB, or has more than 1,000 names.
            BadRequest: It is not UTF-8.
        """
        items = self._query
        if items is None:
            items = self._query = read_pairs(self.scope["query_string"], MAX_QUERY)
        return items

    @property
    def query(self) -> dict[str, str]:
        """The query string, decoded.

        Raises:
            InvalidArguments: A name is given twice.
        """
        return unique(self.query_items)

    @property
    def received(self) -> bytes:
        """The body, as far as it has been read; empty before."""
        return self._body or b""

    @property
    def max_body(self) -> int:
        """How many bytes its body may have: `MAX_BODY` or more."""
        return MAX_BODY

    async def body(self) -> bytes:
        """Read the body.

        Raises:
            PayloadTooLarge: It has more than `max_body` bytes, whatever its length claims to be.
            BadRequest: The client went away before it had sent everything, or sends nothing more.
            UnsupportedMediaType: It is packed, with gzip or in another way.
        """
        body = self._body
        if body is None:
            coding = self.headers.get(b"content-encoding")
            if coding is not None and not _is_plain(coding):
                raise UnsupportedMediaType(
                    coding.decode("latin-1"), "The body must be sent as it is, not packed."
                )
            message = await self._receive()
            body = message.get("body", b"")
            if message["type"] != "http.request":
                raise BadRequest("The request ended too early.")
            if message.get("more_body", False):
                body = await self._rest(body)
            elif len(body) > MAX_BODY and len(body) > self.max_body:
                raise PayloadTooLarge(self.max_body)
            self._body = body
        return body

    async def _rest(self, first: bytes) -> bytes:
        length = self.headers.get(b"content-length")
        limit = self.max_body
        if length is not None and not is_length(length, limit):
            raise PayloadTooLarge(limit)
        chunks = [first]
        size = len(first)
        pieces = empty = 0
        is_more = True
        while is_more:
            if size > limit:
                raise PayloadTooLarge(limit)
            pieces += 1
            if not pieces % 100:
                # A server that has all of them ready leaves nobody else a turn.
                await asyncio.sleep(0)
            message = await self._receive()
            if message["type"] != "http.request":
                raise BadRequest("The request ended too early.")
            chunk = message.get("body", b"")
            chunks.append(chunk)
            size += len(chunk)
            empty += not chunk
            if empty > MAX_EMPTY:
                raise BadRequest("The request does not end.")
            is_more = message.get("more_body", False)
        if size > limit:
            raise PayloadTooLarge(limit)
        return b"".join(chunks)


def _is_plain(coding: bytes) -> bool:
    """Return whether a Content-Encoding says that nothing was done to the body."""
    return all(one.strip().lower() in (b"", b"identity") for one in coding.split(b","))


def combine(pairs: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Combine headers of the same name, as RFC 9110 section 5.2 says.

    Cookies are joined by a semicolon (RFC 9113 section 8.2.3), all others by a comma.
    """
    headers: dict[bytes, bytes] = {}
    for name, value in pairs:
        before = headers.get(name)
        if before is None:
            headers[name] = value
        else:
            headers[name] = before + (b"; " if name == b"cookie" else b", ") + value
    return headers


def media_type(headers: dict[bytes, bytes]) -> bytes:
    """Return the content type in lower case, without its parameters."""
    return headers.get(b"content-type", b"").partition(b";")[0].strip().lower()


def is_length(text: bytes, limit: int) -> bool:
    """Return whether a Content-Length is a number not above the limit."""
    return text.isdigit() and len(text) <= 18 and int(text) <= limit


def read_pairs(text: bytes, limit: int) -> list[tuple[str, str]]:
    """Decode `name=value&...`, of a query string or a form.

    Raises:
        PayloadTooLarge: It has more than `limit` bytes, or more than 1,000 names.
        BadRequest: It is not UTF-8.
    """
    if len(text) > limit or text.count(b"&") >= MAX_MEMBERS:
        raise PayloadTooLarge(limit)
    try:
        return parse_qsl(text.decode("utf-8"), keep_blank_values=True, errors="strict")
    except ValueError:
        raise BadRequest("The request is not valid UTF-8.") from None


def unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Make a mapping of names and values.

    Raises:
        InvalidArguments: A name is given twice.
    """
    values: dict[str, str] = {}
    for name, value in pairs:
        if name in values:
            raise InvalidArguments((ArgumentError("", "A value is given twice.", "duplicate"),))
        values[name] = value
    return values
