"""Hold JSON from outside to its limits before it is parsed.

Most bodies are small and plain, and a few counts show that they are. Any other is read token by
token; that stops at the first limit it meets, so it never takes long.
"""

import json
import re
from collections.abc import Iterable
from typing import Any

from starmodel.domain.type_guards import is_sequence
from starmodel.errors import ArgumentError, BadRequest, InvalidArguments
from starmodel.web.http.request_limits import MAX_DEPTH, MAX_DIGITS, MAX_MEMBERS, MAX_STRING
from starmodel.web.validation.messages import simple_error

_BRACE, _BRACKET, _COMMA, _BACKSLASH, _CAPITAL_N, _CAPITAL_I, _QUOTE = b'{[,\\NI"'
_LONG_NUMBER = re.compile(rb"[0-9]{%d}" % (MAX_DIGITS + 1))
_TOKEN = re.compile(
    # A string, up to its end or to that of the body: one without an end must not have each of
    # its quotes tried as the beginning of another.
    rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?+'
    rb"|[-+0-9.a-zA-Z]++"  # a number or a word
    rb"|[][{},]",
    re.DOTALL,
)


def is_plain(body: bytes, quoted_names: Iterable[bytes]) -> bool:
    """Return whether it takes no reading to know that a body keeps to all limits.

    Such a body has no escapes, so a name in it is spelled in one way; each of the names, in
    quotes, occurs at most once, so none is given twice.
    """
    # Numbers and `find` instead of `b"..." in body`, which costs Python an exception.
    if _BACKSLASH in body or (_CAPITAL_N in body and body.find(b"NaN") >= 0):
        return False
    if _CAPITAL_I in body and body.find(b"Infinity") >= 0:
        return False
    size = len(body)
    if size > 2 * MAX_DEPTH and not _is_plain_and_long(body):
        return False
    # A loop, as a generator would cost more than all of the above.
    for name in quoted_names:  # noqa: SIM110
        # To count costs more than to see that there is no room for two.
        if 2 * len(name) < size and body.count(name) > 1:
            return False
    return True


def _is_plain_and_long(body: bytes) -> bool:
    """Look for what a body of 64 bytes has no room for."""
    return (
        len(body) <= MAX_STRING
        and body.count(_BRACE) + body.count(_BRACKET) <= MAX_DEPTH
        and body.count(_COMMA) <= MAX_MEMBERS - MAX_DEPTH
        and _LONG_NUMBER.search(body) is None
    )


def check(body: bytes) -> None:
    """Hold a text that is meant to be JSON to the limits of depth and size.

    Raises:
        BadRequest: It is beyond one of them, or not UTF-8.
    """
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest("The body is not valid UTF-8.") from None
    depth = members = 0
    for number, match in enumerate(_TOKEN.finditer(body)):
        start, end = match.span()
        token = body[start]
        if token == _QUOTE:
            if end - start > MAX_STRING + 2:
                raise BadRequest(f"A text in the body may have at most {MAX_STRING} bytes.")
        elif token in b"[{":
            depth += 1
            members += 1
            if depth > MAX_DEPTH:
                raise BadRequest(f"The body may be at most {MAX_DEPTH} levels deep.")
        elif token in b"]}":
            depth -= 1
        elif token == _COMMA:
            members += 1
        elif end - start > MAX_DIGITS:
            raise BadRequest(f"A number in the body may have at most {MAX_DIGITS} characters.")
        # JSON has no more tokens for each member; what has more is none, and not worth reading.
        if members > MAX_MEMBERS + MAX_DEPTH or number > 5 * (MAX_MEMBERS + MAX_DEPTH):
            raise BadRequest(f"The body may have at most {MAX_MEMBERS} members.")


def load(body: bytes) -> "Members":
    """Parse a body that was checked.

    Raises:
        BadRequest: It is not JSON, or no object. NaN and Infinity are not JSON, and neither is
            half a surrogate pair.
    """
    try:
        value = parse(body)
    except (ValueError, RecursionError):
        raise BadRequest("The body is not valid JSON.") from None
    if not isinstance(value, Members):
        raise BadRequest("The body must be a JSON object.")
    return value


def parse(body: bytes) -> object:
    """Parse JSON that was checked; its objects are `Members`.

    Raises:
        ValueError: It is not JSON.
    """
    value = json.loads(body.decode("utf-8"), object_pairs_hook=Members, parse_constant=_refuse)
    json.dumps(value, ensure_ascii=False).encode("utf-8")
    return value


def has_twice(value: object) -> bool:
    """Return whether any object inside of a parsed value has a name twice."""
    if isinstance(value, Members):
        return bool(value.twice) or any(has_twice(inner) for inner in value.values())
    return is_sequence(value) and any(has_twice(item) for item in value)


class Members(dict[str, Any]):
    """A JSON object that remembers which names it had twice."""

    __slots__ = ("twice",)

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.twice: set[str] = set()
        if len(self) != len(pairs):
            seen: set[str] = set()
            self.twice = {name for name, _ in pairs if name in seen or seen.add(name)}

    def refuse_twice(self, names: Iterable[str]) -> None:
        """Refuse what is given twice: one of the names, or anything inside of its value.

        Raises:
            InvalidArguments: Something is.
        """
        errors: list[ArgumentError] = [
            simple_error(name, "duplicate")
            for name in names
            if name in self.twice or (name in self and has_twice(self[name]))
        ]
        if errors:
            raise InvalidArguments(tuple(errors))


def _refuse(name: str) -> object:
    raise ValueError(name)
