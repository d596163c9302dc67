"""Cursors: where a page of a list ended, as a text that its reader hands back.

A cursor says what the last record was sorted by, and nothing of what else it holds. It belongs to
one query, and a change in it is found out. It is no secret: whoever takes the trouble can write
one, and gets a page of the same query that begins wherever he says.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from hashlib import blake2b

from pydantic_core import from_json, to_json

from starmodel.domain.type_guards import is_sequence
from starmodel.errors import ArgumentError, InvalidArguments

BACKWARD = "~"
"""What a cursor begins with that leads back to the page before."""

MAX_CHARACTERS = 32 * 1024
"""How long a cursor may be."""

_SEAL_BYTES = 9
_REFUSED = ArgumentError(
    "cursor",
    "This is no cursor of this query. Leave it out to begin with the first page.",
    "cursor",
)


def write_cursor(query: bytes, values: Sequence[object]) -> str:
    """Write a cursor.

    Args:
        query: What the query asks for, its limit left out.
        values: What the last record is sorted by.
    """
    body = to_json(values)
    return _encode(_seal(query, body) + body)


def read_cursor(query: bytes, cursor: str) -> list[object]:
    """Return the values of a cursor, as JSON has them.

    Raises:
        InvalidArguments: It is not one of this query.
    """
    if not cursor.isascii() or len(cursor) > MAX_CHARACTERS:
        raise refused()
    try:
        sealed = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        seal, body = sealed[:_SEAL_BYTES], sealed[_SEAL_BYTES:]
        # What decodes to the same bytes is not yet the same text.
        if seal != _seal(query, body) or cursor != _encode(sealed):
            raise refused()
        values: object = from_json(body)
    except ValueError:
        raise refused() from None
    if not is_sequence(values):
        raise refused()
    return [*values]


def refused() -> InvalidArguments:
    """Make the error that says that a cursor does not belong here."""
    return InvalidArguments((_REFUSED,))


def _seal(query: bytes, body: bytes) -> bytes:
    digest = blake2b(query, digest_size=_SEAL_BYTES)
    digest.update(b"\0")
    digest.update(body)
    return digest.digest()


def _encode(sealed: bytes) -> str:
    return urlsafe_b64encode(sealed).decode("ascii").rstrip("=")
