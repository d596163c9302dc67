"""The store whose entities are in the browsers of their holders, each in a seal of the server's.

A seal is the version, the end of its time and the document of an entity, with an HMAC over them and
over what it belongs to: the app, the entity, the session. It goes to the browser with an answer, and
comes back with the next request for the entity. It says that this server made that state for this
session. It does not say that it is the newest: whoever holds the browser can go back to an older
one, and read either.
"""

import hmac
import json
import logging
import time
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Sequence

from starmodel.application.documents.document import Document
from starmodel.application.documents.sealed_states import (
    SEALED_STATES,
    SealedStates,
    UnreadableSeal,
)
from starmodel.application.store import (
    ImmediateBackend,
    Key,
    Stored,
    StoredWithUnknownFields,
    Write,
)
from starmodel.errors import (
    ArgumentError,
    ConfigurationError,
    Conflict,
    InvalidState,
)

logger = logging.getLogger("starmodel.browser")

LIMIT = 32 * 1024
"""How many characters a seal may have, if nothing else is said."""

_DIGEST = "sha256"
_SALT = b"starmodel.browser"
"""Makes keys of their own for seals: what the app signs for other uses is none."""
_PLAIN, _DEFLATED = b"p", b"z"
_DEFLATED_ABOVE = 400
_INFLATED = 64
"""How many times as large as the limit a document may be that was deflated."""


class BrowserBackend(ImmediateBackend):
    """Keeps entities in the browsers of their holders, sealed.

    Args:
        documents: How each entity is kept.
        secret_keys: Returns the keys that seals may be made with, the one to make them with last.
        limit: How many characters a seal may have.
        clock: Seconds since 1970.
    """

    def __init__(
        self,
        documents: Iterable[Document],
        secret_keys: Callable[[], Sequence[str]],
        *,
        limit: int = LIMIT,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__()
        self._documents = {each.definition.name: each for each in documents}
        self._secret_keys = secret_keys
        self._limit = limit
        self._clock = clock
        self._last_version = 0
        self._keys: list[bytes] = []

    async def load(self, key: Key) -> Stored | None:
        """Return what the browser has sent of an entity; see `load_now`."""
        return self.load_now(key)

    async def version(self, key: Key) -> int:
        """Return the version of what the browser has sent, `0` if it has sent nothing."""
        found = self.load_now(key)
        return 0 if found is None else found.version

    async def commit(self, writes: Sequence[Write]) -> list[int]:
        """Seal all that is written, or nothing, and return the new versions."""
        return self.commit_now(writes)

    def load_now(self, key: Key) -> Stored | None:
        """Return what the browser has sent of an entity, `None` for nothing or if its time is up.

        Raises:
            UnreadableSeal: It is not as this app has sealed it for this session.
            ConfigurationError: No request of the entity's is under way.
        """
        return self._find(self.states(key), key)

    def commit_now(self, writes: Sequence[Write]) -> list[int]:
        """Seal all that is written, or nothing, and return the new versions.

        Raises:
            Conflict: Something else was sealed in the same request.
            InvalidState: A seal would be larger than a browser is to keep.
            ConfigurationError: No request of the entity's is under way.
        """
        for write in writes:
            found = self.load_now(write.key)
            if (0 if found is None else found.version) != write.expected:
                raise Conflict(write.key.entity, write.key.id)
        now = self._clock()
        made: list[tuple[Key, str, tuple[Stored, float | None] | None]] = []
        versions: list[int] = []
        for write in writes:
            # By the clock, so that it does not go back when a browser comes with an older seal.
            version = max(write.expected, self._last_version, int(now * 1_000_000)) + 1
            self._last_version = version
            versions.append(version)
            if write.values is None:
                made.append((write.key, "", None))
                continue
            end = None if write.ttl is None else now + write.ttl
            seal = self._seal(write, version, end)
            stored = StoredWithUnknownFields(write.values, version, write.unknown_fields)
            made.append((write.key, seal, (stored, end)))
        for key, seal, loaded in made:
            states = self.states(key)
            states.written[key] = seal
            states.loaded[key] = loaded
        return versions

    def states(self, key: Key) -> SealedStates:
        """Return what came with the request that is under way.

        Raises:
            ConfigurationError: There is none, or it is about something else.
        """
        states = SEALED_STATES.get(None)
        if states is None or key not in states.given:
            raise ConfigurationError(
                f"{key.entity} is kept in the browser, which sends it with its own events alone:"
                " there is nothing of it here."
            )
        return states

    def _find(self, states: SealedStates, key: Key) -> Stored | None:
        if key not in states.loaded:
            seal = states.given.get(key)
            states.loaded[key] = self._open(key, seal) if seal else None
        found = states.loaded[key]
        if found is None:
            return None
        stored, end = found
        return stored if end is None or self._clock() < end else None

    def _seal(self, write: Write, version: int, end: float | None) -> str:
        key = write.key
        document = self._document(key).dump(write)
        text = f"{version} {'' if end is None else end} {document}".encode()
        packed = _PLAIN + text
        if len(text) > _DEFLATED_ABOVE:
            packed = _DEFLATED + zlib.compress(text, 6)
        sealed = urlsafe_b64encode(packed)
        seal = b"%b.%b" % (sealed, self._signatures(key, sealed)[-1])
        if len(seal) > self._limit or len(text) > _INFLATED * self._limit:
            message = (
                f"This is more than a browser is to keep: {len(seal):,} characters, where"
                f" {self._limit:,} are allowed."
            )
            raise InvalidState(key.entity, (ArgumentError("", message, "too_large"),))
        return seal.decode("ascii")

    def _open(self, key: Key, seal: str) -> tuple[Stored, float | None]:
        """Return what is in a seal, and when its time is up.

        Raises:
            UnreadableSeal: It is not as this app has sealed it for this key.
        """
        if len(seal) > self._limit or not seal.isascii():
            raise UnreadableSeal()
        sealed, _, signature = seal.encode("ascii").rpartition(b".")
        # The texts are compared, not what they decode to: many texts stand for one signature.
        known = self._signatures(key, sealed)
        if not any(hmac.compare_digest(each, signature) for each in known):
            raise UnreadableSeal()
        packed = urlsafe_b64decode(sealed)
        kind, text = packed[:1], packed[1:]
        if kind == _DEFLATED:
            text = zlib.decompressobj().decompress(text, _INFLATED * self._limit)
        version, _, rest = text.partition(b" ")
        end, _, document = rest.partition(b" ")
        try:
            stored = self._document(key).load(document, int(version))
        except (ValueError, KeyError, TypeError, ArithmeticError, ConfigurationError):
            # It is ours, of a release whose fields were others.
            logger.warning("A kept %s does not fit its fields of today", key.entity, exc_info=True)
            raise UnreadableSeal() from None
        return stored, float(end) if end else None

    def _signatures(self, key: Key, sealed: bytes) -> list[bytes]:
        """Return the signature of what is sealed for a key, with each of the secret keys.

        Raises:
            ConfigurationError: There is no secret key.
        """
        if not self._keys:
            secrets = self._secret_keys()
            if not secrets:
                raise ConfigurationError(
                    "There is no secret key to seal with what browsers keep. Set"
                    " STARMODEL_SECRET_KEY to a long random text that stays the same."
                )
            self._keys = [hmac.digest(each.encode("utf-8"), _SALT, _DIGEST) for each in secrets]
        # Of two apps that share a secret, and even a session, each opens its own alone.
        app = self._document(key).definition.cls.__module__.partition(".")[0]
        owner = json.dumps([app, *key]).encode() + b"\0"
        return [_encoded(hmac.digest(each, owner + sealed, _DIGEST)) for each in self._keys]

    def _document(self, key: Key) -> Document:
        document = self._documents.get(key.entity)
        if document is None:
            raise ConfigurationError(f"There is no document for {key.entity} in this store.")
        return document


def _encoded(digest: bytes) -> bytes:
    return urlsafe_b64encode(digest).rstrip(b"=")
