"""Who a browser is, from one request to the next: a random id in a signed cookie."""

import copy
import hmac
import logging
import time
from abc import ABC, abstractmethod
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Final, Self

from starmodel.domain.randomness import random_bytes
from starmodel.errors import ConfigurationError

logger = logging.getLogger("starmodel.session")

COOKIE = "starmodel"
SECURE_COOKIE = "__Host-starmodel"
"""The name over https. Browsers take the prefix as a promise that no other site set it."""

SHORT_KEY = 32

SKEW: Final = 300
"""Seconds by which the clocks of two nodes may differ: of a cookie that one has just set, another
would otherwise say that it is not of this time, and begin a new session in its place."""

_DIGEST: Final = "sha256"
_SALT = b"starmodel.session"
"""Makes keys of their own for session cookies: what the app signs for other uses is none."""
_CACHED = 4096
_CACHED_HEADER = 1024


class FoundSession:
    """A session whose cookie is good.

    Attributes:
        id: The id that the cookie holds.
        is_due: Whether the cookie should be set again, so that the session of somebody who
            keeps coming back never ends.
        good_until: Until when it need not be checked again, in seconds since 1970.
    """

    __slots__ = ("good_until", "id", "is_due")

    def __init__(self, id: str, is_due: bool = False, good_until: float = 0.0) -> None:
        self.id = id
        self.good_until = good_until
        self.is_due = is_due


class SessionIdentity(ABC):
    """The port: tells sessions apart. An adapter decides how an id travels in a cookie."""

    @abstractmethod
    def find(self, cookies: bytes, *, secure: bool) -> FoundSession | None:
        """Return the session named in a `Cookie` header, `None` if there is none to be trusted."""

    @abstractmethod
    def create(self) -> str:
        """Make the id of a new session, which nobody can guess."""

    @abstractmethod
    def cookie(self, session: str, *, secure: bool) -> bytes:
        """Write the value of the `Set-Cookie` header for a session.

        `secure` says whether the request came over https.
        """

    def below(self, path: str) -> "SessionIdentity":
        """Return what tells sessions apart where the app is served below a path, `/shop`.

        By default nothing is different there: all apps of a host share the cookie.
        """
        return self


class SignedSession(SessionIdentity):
    """A random id of 144 bits, signed with HMAC-SHA256 and dated: `id.date.signature`.

    A cookie is good if one of the keys signed it, not longer than `max_age` ago; the node that did may
    have a clock that is ahead, by `SKEW` at most. It is set again when half of that time is over.
    Where two cookies of the name come with one request, neither is taken: one of them may have been
    planted.
    """

    def __init__(
        self,
        keys: Sequence[str],
        *,
        max_age: int = 14 * 24 * 3600,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Use the last of the keys to sign, and all of them to check.

        Raises:
            ConfigurationError: There is no key, or one is empty.
        """
        if not keys or not all(keys):
            raise ConfigurationError("A session needs a secret key to sign its cookie with.")
        if len(keys[-1]) < SHORT_KEY:
            logger.warning("The secret key is short; use at least %d characters.", SHORT_KEY)
        self.max_age = max_age
        self._clock = clock
        self._keys = [hmac.digest(key.encode("utf-8"), _SALT, _DIGEST) for key in keys]
        self._names = {False: COOKIE.encode(), True: SECURE_COOKIE.encode()}
        self._attributes = {
            False: b"; Max-Age=%d; Path=/; HttpOnly; SameSite=Lax" % max_age,
            True: b"; Max-Age=%d; Path=/; HttpOnly; SameSite=Lax; Secure" % max_age,
        }
        # Cookie headers that were found good.
        self._known: dict[bytes, FoundSession] = {}
        self._known_secure: dict[bytes, FoundSession] = {}

    def find(self, cookies: bytes, *, secure: bool) -> FoundSession | None:
        """Return the session named in a `Cookie` header, `None` if there is none to be trusted."""
        found = (self._known_secure if secure else self._known).get(cookies)
        if found is not None and self._clock() < found.good_until:
            return found
        return self._check(cookies, secure=secure) if cookies else None

    def create(self) -> str:
        """Make the id of a new session, which nobody can guess."""
        return urlsafe_b64encode(random_bytes()).decode("ascii")

    def cookie(self, session: str, *, secure: bool) -> bytes:
        """Write the value of the `Set-Cookie` header for a session."""
        signed = b"%b.%b" % (session.encode("ascii"), _date(self._clock()))
        signature = _signature(self._keys[-1], signed)
        return b"%b=%b.%b%b" % (self._names[secure], signed, signature, self._attributes[secure])

    def below(self, path: str) -> Self:
        """Return the same with a cookie that is sent to that path alone.

        The cookie has a name of its own: browsers send those of paths above as well. Its prefix
        is `__Secure-`, since one with `__Host-` is good for the whole host.
        """
        other = copy.copy(self)
        name = ".".join([COOKIE, *path.strip("/").split("/")])
        other._names = {False: name.encode(), True: f"__Secure-{name}".encode()}
        other._attributes = {
            secure: attributes.replace(b"; Path=/;", b"; Path=%b;" % path.encode("ascii"))
            for secure, attributes in self._attributes.items()
        }
        other._known, other._known_secure = {}, {}
        return other

    def _check(self, cookies: bytes, *, secure: bool) -> FoundSession | None:
        value = only_cookie(cookies, self._names[secure])
        if value is None:
            return None
        signed, _, signature = value.rpartition(b".")
        session, is_dated, date = signed.rpartition(b".")
        # The texts are compared, not what they decode to: many texts stand for one signature.
        if not is_dated or not any(
            hmac.compare_digest(_signature(key, signed), signature) for key in self._keys
        ):
            return None
        now, signed_at = self._clock(), _seconds(date)
        if not -SKEW <= int(now) - signed_at <= self.max_age:
            return None
        id = session.decode("ascii")
        due = signed_at + self.max_age / 2
        if now >= due:
            return FoundSession(id, is_due=True)
        found = FoundSession(id, good_until=due)
        if len(cookies) <= _CACHED_HEADER:
            known = self._known_secure if secure else self._known
            if len(known) >= _CACHED:
                del known[next(iter(known))]
            known[cookies] = found
        return found


def only_cookie(cookies: bytes, name: bytes) -> bytes | None:
    """Return the value of a cookie, `None` if it is missing or comes more than once."""
    values = [
        value.strip()
        for key, equals, value in (part.partition(b"=") for part in cookies.split(b";"))
        if equals and key.strip() == name
    ]
    return values[0] if len(values) == 1 else None


def _signature(key: bytes, signed: bytes) -> bytes:
    return urlsafe_b64encode(hmac.digest(key, signed, _DIGEST)).rstrip(b"=")


def _date(seconds: float) -> bytes:
    """Write whole seconds since 1970."""
    return urlsafe_b64encode(int(seconds).to_bytes(5, "big").lstrip(b"\0")).rstrip(b"=")


def _seconds(date: bytes) -> int:
    """Read what `_date` has written."""
    return int.from_bytes(urlsafe_b64decode(date + b"=="), "big")
