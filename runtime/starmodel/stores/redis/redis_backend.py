"""The store that keeps entities in Redis or Valkey.

An entity is one string, its version and its document. To load it is GET. Whatever changes anything is
one script: versions are compared, documents written, the records of the event and its receipt kept, all
or nothing. Where two want the same, one is told to begin anew, with a lease of what it loads.
"""

import asyncio
import json
import logging
import random
import secrets
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any, ClassVar
from urllib.parse import quote
from weakref import WeakValueDictionary

from starmodel.application.documents.document import Document
from starmodel.application.documents.record_text import read_record, write_record
from starmodel.application.store import (
    EMPTY_READ_SET,
    MAX_PENDING,
    Committed,
    EntityPersistenceBackend,
    IdempotencyRecord,
    Key,
    ReadSet,
    Stored,
    Write,
)
from starmodel.domain import CommandRecord, Scope
from starmodel.errors import (
    ConfigurationError,
    Conflict,
    DuplicateRequest,
    LockContention,
    StoreFull,
    Unavailable,
)
from starmodel.stores.redis.redis_connection import (
    FULL,
    NO_ACCESS,
    NO_SCRIPT,
    READ_ONLY,
    REFUSED,
    SENTINEL,
    UNREACHABLE,
    RedisConnection,
)
from starmodel.stores.redis.redis_scripts import (
    COMMIT,
    LEASE,
    NUMBERS,
    PENDING,
    PUBLISHED,
    RELEASE,
    UNPUBLISHED,
    Script,
)

LEASE_SECONDS = 2.0
"""How long an event keeps others from what it has taken a lease of, at most."""

PATIENCE = 5.0
"""How long it waits for a lease."""

logger = logging.getLogger("starmodel.redis")

_RECEIPT_SECONDS = 24 * 3600
_RETRY_AFTER = 2.0
_VERSION_END = 16
_FIRST_PAUSE = 0.001
_MAX_PAUSE = 0.02
_SHARED = (Scope.RECORD.value, Scope.GLOBAL.value)


class RedisBackend(EntityPersistenceBackend):
    """Keeps entities in Redis or Valkey, as JSON.

    A save survives a crash of the app; of Redis, as far as its persistence and its replication go.
    Versions are made by the server's clock, so they never go back, whatever is lost.

    Args:
        url: `redis://user:password@host:6379/0`.
        documents: How each entity is kept.
        prefix: What all keys begin with.

    Raises:
        ConfigurationError: The URL is none of Redis, or redis-py is not installed.
    """

    has_outbox: ClassVar[bool] = True
    attempts_before_lock: ClassVar[int] = 1

    def __init__(
        self, url: str, documents: Iterable[Document], *, prefix: str = "starmodel"
    ) -> None:
        self.bus_url = f"{url}{'&' if '?' in url else '?'}channel={quote(prefix)}"
        self._documents = {each.definition.name: each for each in documents}
        self._prefix = prefix
        self._outbox = f"{prefix}:outbox"
        self._claims = f"{prefix}:claims"
        self._connection = RedisConnection(url)
        # What was published, and stands in the outbox still.
        self._done: list[str] = []
        self._flushing: asyncio.Task[None] | None = None
        # Those of this process who want the same key come one after the other.
        self._queues: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def open(self) -> None:
        """Connect, and see whether the server keeps what it is given.

        Raises:
            ConfigurationError: It lets nobody in, may drop entities, is a cluster or a Sentinel.
            Unavailable: It cannot be reached, or is a replica.
        """
        try:
            info = _info(await self.execute("INFO"))
        except Unavailable as error:
            await self._connection.close()
            cause = error.__cause__
            if isinstance(cause, NO_ACCESS):
                raise ConfigurationError(
                    f"Redis does not let the app in: {cause}. STARMODEL_REDIS_URL has the user and the"
                    " password, and the user has to be allowed INFO."
                ) from cause
            text = f"Redis cannot be reached where STARMODEL_REDIS_URL says: {error.reason}"
            raise Unavailable(_RETRY_AFTER) from ConnectionError(text)
        except BaseException:
            await self._connection.close()
            raise
        problem = self._problem(info)
        if problem is not None:
            await self._connection.close()
            raise ConfigurationError(problem)

    async def close(self) -> None:
        """Finish what is under way, and disconnect."""
        if self._flushing is not None:
            await self._flushing
        await self._flush()
        await self._connection.close()

    async def load(self, key: Key) -> Stored | None:
        """Return what is stored under the key, `None` if it is missing."""
        return self.read(key, await self.ask("GET", self.name(key)))

    async def load_all(self, keys: Sequence[Key]) -> list[Stored | None]:
        """Return what is stored under each of several keys of one entity, in their order."""
        if not keys:
            return []
        found = await self.ask("MGET", *map(self.name, keys))
        return [self.read(key, each) for key, each in zip(keys, found, strict=True)]

    async def version(self, key: Key) -> int:
        """Return the version stored under the key, `0` if it is missing."""
        return _version(await self.ask("GETRANGE", self.name(key), 0, _VERSION_END))

    async def versions(self, keys: Sequence[Key]) -> list[int]:
        """Return the version stored under each of several keys, in one journey."""
        return list(await asyncio.gather(*map(self.version, keys)))

    async def next_numbers(self, entity: str, count: int, above: int = 0) -> list[int]:
        """Hand out numbers that are to be the ids of new records of an entity."""
        last = int(await self.run(NUMBERS, [f"{self._prefix}:numbers:{entity}"], [count, above]))
        return [*range(last - count + 1, last + 1)]

    async def commit(self, writes: Sequence[Write]) -> list[int]:
        """Execute all the writes, or none, and return the new version of each."""
        return [*(await self.commit_event(writes, ())).versions]

    async def commit_event(
        self,
        writes: Sequence[Write],
        records: Sequence[CommandRecord],
        idempotency: IdempotencyRecord | None = None,
        reads: ReadSet = EMPTY_READ_SET,
        *,
        holder: str = "",
    ) -> Committed:
        """Execute the writes of an event, and keep its records and its receipt, all or none.

        `holder` is who has taken leases. Those of others are respected.

        Raises:
            Conflict: The version of some key is not the expected one, or others have its lease.
            InvalidState: JSON would not keep some value as it is.
            DuplicateRequest: The receipt's key was committed before.
            StoreFull: There is no room.
            Unavailable: The server does not answer; what was asked may be done or not.
        """
        entries = [write.key for write in writes] + [check.key for check in reads.versions]
        keys = [self.name(key) for key in entries]
        arguments: list[str | int] = [len(keys), "", "", holder]
        for write in writes:
            if write.values is None:
                arguments += ["delete", write.expected, "", ""]
                continue
            milliseconds = "" if write.ttl is None else max(1, round(write.ttl * 1000))
            text = self._document(write.key).dump(write)
            arguments += ["set", write.expected, milliseconds, text]
        for check in reads.versions:
            arguments += ["check", check.version, "", ""]
        if idempotency is not None:
            keys.append(self._receipt(idempotency.key))
            receipt = [idempotency.entity, idempotency.id, idempotency.created]
            arguments[1:3] = [json.dumps(receipt), _RECEIPT_SECONDS * 1000]
        places = {(key.entity, key.id): place for place, key in enumerate(entries[: len(writes)])}
        owners = [places.get((record.entity, record.id)) for record in records]
        arguments.append(len(records))
        for record, owner in zip(records, owners, strict=True):
            number = 0 if owner is None else owner + 1
            arguments += [number, record.version, write_record(record)]
        if records:
            keys.append(self._outbox)
        kind, *rest = await self.run(COMMIT, keys, arguments)
        answer: list[Any] = rest
        if kind == b"conflict":
            key = entries[int(answer[0]) - 1]
            raise Conflict(key.entity, key.id)
        if kind == b"repeated":
            entity, id, created = json.loads(answer[0])
            raise DuplicateRequest(entity, id, created=created)
        versions = [int(version) for version in answer[0][: len(writes)]]
        for record, owner in zip(records, owners, strict=True):
            if owner is not None:
                record.version = versions[owner]
        return Committed(versions, [id.decode() for id in answer[1]])

    def published(self, outbox_ids: Sequence[str]) -> None:
        """Forget records that have been published."""
        self._done += outbox_ids
        if self._done and self._flushing is None:
            # It begins when all who were answered together have told what they published.
            self._flushing = asyncio.get_running_loop().create_task(self._flush())

    async def _flush(self) -> None:
        """Forget what was published; where that fails, together with what is published next."""
        names = (self._outbox, self._claims)
        try:
            while ids := self._done[:MAX_PENDING]:
                await self.ask("EVAL", PUBLISHED.text, len(names), *names, *ids)
                del self._done[: len(ids)]
        except (Unavailable, StoreFull, REFUSED, *NO_ACCESS) as error:
            logger.debug("What was published is not forgotten yet: %s", error)
        finally:
            self._flushing = None

    async def pending(self, age: float, lease: float = 0.0) -> Sequence[tuple[str, CommandRecord]]:
        """Return records that were committed at least `age` seconds ago and not published."""
        limits = (round(age * 1000), round(lease * 1000), MAX_PENDING)
        found = await self.run(PENDING, [self._outbox, self._claims], limits)
        done = {*self._done}
        self.published(())
        return [
            (id.decode(), read_record(body.decode(), int(version)))
            for id, version, body in found
            if id.decode() not in done
        ]

    async def unpublished(self, age: float) -> int:
        """Return how many records were committed at least `age` seconds ago and not published."""
        return int(await self.run(UNPUBLISHED, [self._outbox], [round(age * 1000)]))

    async def find_idempotency_record(self, key: str) -> IdempotencyRecord | None:
        """Return the receipt that was committed under a key in the last 24 hours."""
        found = await self.ask("GET", self._receipt(key))
        return None if found is None else IdempotencyRecord(key, *json.loads(found))

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[EntityPersistenceBackend]:
        """Return a view of the store that takes leases, which are given back at the end."""
        view = _View(self)
        try:
            yield view
        finally:
            await view.release()

    def name(self, key: Key) -> str:
        """Return the name of a key. What is in braces would decide about its place in a cluster."""
        entity, scope, id = key
        owner = entity if scope in _SHARED else scope
        return f"{self._prefix}:{entity}:{{{owner}:{id}}}"

    def queue(self, name: str) -> asyncio.Lock:
        """Return where those of this process wait who want a lease of one key."""
        queue = self._queues.get(name)
        if queue is None:
            queue = self._queues[name] = asyncio.Lock()
        return queue

    def read(self, key: Key, found: bytes | None) -> Stored | None:
        """Return what the text of an entry holds."""
        if found is None:
            return None
        version, _, text = found.partition(b" ")
        return self._document(key).load(text, int(version))

    async def ask(self, *command: str | int) -> Any:
        """Execute a command that changes nothing; once more, where the connection was lost.

        Raises:
            Unavailable: The server does not answer.
        """
        try:
            return await self._connection.execute(*command)
        except TimeoutError as error:
            # A server that hangs would be waited for twice.
            raise Unavailable(_RETRY_AFTER) from error
        except (*UNREACHABLE, *NO_ACCESS):
            return await self.execute(*command)

    async def execute(self, *command: str | bytes | int) -> Any:
        """Execute a command.

        Raises:
            Unavailable: The server does not answer, lets nobody in, or cannot write; it may be done
                or not.
            StoreFull: There is no room.
        """
        try:
            return await self._connection.execute(*command)
        except (*UNREACHABLE, *NO_ACCESS) as error:
            # Who may come in can be changed while the app runs, a password for example.
            raise Unavailable(_RETRY_AFTER) from error
        except FULL as error:
            raise StoreFull(0) from error
        except REFUSED as error:
            # It only reads, or may not write before a replica or its disk is back.
            if isinstance(error, READ_ONLY) or str(error).startswith(("MISCONF", "NOREPLICAS")):
                raise Unavailable(_RETRY_AFTER) from error
            raise

    async def run(self, script: Script, keys: Sequence[str], arguments: Sequence[str | int]) -> Any:
        """Run a script, which the server may have forgotten."""
        rest = (len(keys), *keys, *arguments)
        try:
            return await self.execute("EVALSHA", script.digest, *rest)
        except NO_SCRIPT:
            return await self.execute("EVAL", script.text, *rest)

    def _receipt(self, key: str) -> str:
        return f"{self._prefix}:receipt:{key}"

    def _document(self, key: Key) -> Document:
        document = self._documents.get(key.entity)
        if document is None:
            raise ConfigurationError(f"There is no document for {key.entity} in this store.")
        return document

    def _problem(self, info: dict[str, str]) -> str | None:
        """Return why entities are not to be kept on a server."""
        if "sentinel_masters" in info:
            return SENTINEL
        if info.get("cluster_enabled") == "1":
            return (
                "STARMODEL_REDIS_URL is a cluster: what an event changes may be in several of its"
                " places, and cannot be changed at once. Use a server of its own, with replicas."
            )
        policy = info.get("maxmemory_policy", "noeviction")
        if policy.startswith("allkeys"):
            return (
                f"Redis may drop any entity when it is full (maxmemory-policy {policy}). Set"
                " maxmemory-policy to noeviction, or to volatile-ttl where those that have a ttl may go."
            )
        return None


class _View(EntityPersistenceBackend):
    """The store for an event that has lost once: it takes leases, so that others wait for it.

    Who has none loses against one who has. A lease may be over before its event is, so the version
    counts all the same.
    """

    has_outbox: ClassVar[bool] = True

    def __init__(self, backend: RedisBackend) -> None:
        self._backend = backend
        self._holder = secrets.token_hex(8)
        self._held: list[str] = []
        self._queues: list[asyncio.Lock] = []

    async def load(self, key: Key) -> Stored | None:
        return await self._backend.load(key)

    async def lock(self, key: Key) -> Stored | None:
        backend, name = self._backend, self._backend.name(key)
        lease = _lease(name)
        if lease in self._held:
            return await backend.load(key)
        queue = backend.queue(name)
        try:
            async with asyncio.timeout(PATIENCE):
                await queue.acquire()
                self._queues.append(queue)
                pause = _FIRST_PAUSE
                while True:
                    limits = (self._holder, round(LEASE_SECONDS * 1000))
                    taken, *found = await backend.run(LEASE, [name, lease], limits)
                    if taken:
                        break
                    await asyncio.sleep(random.uniform(pause / 2, pause))
                    pause = min(1.5 * pause, _MAX_PAUSE)
        except TimeoutError:
            raise LockContention(key.entity, key.id) from None
        self._held.append(lease)
        return backend.read(key, found[0] if found else None)

    async def version(self, key: Key) -> int:
        return await self._backend.version(key)

    async def next_numbers(self, entity: str, count: int, above: int = 0) -> list[int]:
        return await self._backend.next_numbers(entity, count, above)

    async def commit(self, writes: Sequence[Write]) -> list[int]:
        return [*(await self.commit_event(writes, ())).versions]

    async def commit_event(
        self,
        writes: Sequence[Write],
        records: Sequence[CommandRecord],
        idempotency: IdempotencyRecord | None = None,
        reads: ReadSet = EMPTY_READ_SET,
    ) -> Committed:
        committed = await self._backend.commit_event(
            writes, records, idempotency, reads, holder=self._holder
        )
        # What was saved has given its lease back.
        saved = {_lease(self._backend.name(write.key)) for write in writes}
        self._held = [lease for lease in self._held if lease not in saved]
        return committed

    async def release(self) -> None:
        """Give everything back; a lease that cannot be given back is over soon."""
        held, self._held = self._held, []
        queues, self._queues = self._queues, []
        try:
            for lease in held:
                await self._backend.run(RELEASE, [lease], [self._holder])
        except (Unavailable, StoreFull):
            pass
        finally:
            for queue in queues:
                queue.release()


def _lease(name: str) -> str:
    """Return the key of a lease, as the script of a commit knows it."""
    return f"{name}:lease"


def _version(found: bytes) -> int:
    return int(found.partition(b" ")[0] or 0)


def _info(answer: bytes | str) -> dict[str, str]:
    """Read the answer of INFO: lines of a name, a colon and a value."""
    text = answer.decode() if isinstance(answer, bytes) else answer
    return dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
