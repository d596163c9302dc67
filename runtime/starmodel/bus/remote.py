"""What is the same for every bus between several processes, its nodes.

Subscribers in the process are called at once, with the whole record. All other nodes are sent a
hint: what has changed, and not by what. It goes out in batches by a task of its own, so no request
waits for it, and an outage costs nothing but time.

Messages are signed, since whoever could write one would put markup into every page. They are
numbered, node by node, and a sign of life repeats the last number. So a transport need not be
reliable: where a number was skipped, where a node fell silent, and where the connection was lost and
is there again, subscribers are told that something may be missing. They compare versions then.
"""

import asyncio
import hmac
import json
import logging
import secrets
from abc import abstractmethod
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from itertools import count
from typing import ClassVar, NamedTuple
from urllib.parse import urlsplit

from starmodel.application.bus import Handler, Lost
from starmodel.bus.in_process import InProcessBus
from starmodel.domain import ANONYMOUS, CommandRecord, Fragment
from starmodel.errors import ConfigurationError, Unavailable

HEARTBEAT = 2.0
"""Seconds between two signs of life."""

ALONE_AFTER = 3.0
"""Seconds after which a node that has heard no other sends no hints, until it does."""

MAX_WAITING = 10_000
"""How many messages wait to be sent; then the oldest are dropped, and others notice the gap."""

MAX_FRAGMENT = 1_000_000
"""How many characters of markup other nodes are sent at once."""

ECHO_SECONDS = 5.0
"""How long an opened bus may take to hear itself."""

_SALT = b"starmodel.bus"
_ALONE_FACTOR = 10
"""How much rarer signs of life are while no other node was ever heard."""

_SILENT_AFTER = 3
_BATCH = 256
_FIRST_DELAY = 0.05
_MAX_DELAY = 0.5
_CLOSE_SECONDS = 1.0
_RETRY_AFTER = 2.0
_STRANGER_EVERY = 60.0

_HELLO = b"hello"
_ALIVE = b"alive"
_RECORD = b"record"
_GOODBYE = b"goodbye"

logger = logging.getLogger("starmodel.bus")


class _Node(NamedTuple):
    """Another node: the last number that was heard of it, and when, by the event loop's clock."""

    number: int
    heard_at: float


class RemoteBus(InProcessBus):
    """A bus between processes; a transport is a subclass that sends and receives bytes.

    A node that hears no other sends no hints. Who comes later has missed them, and finds in the store
    what they would have told.

    Args:
        url: Where the messages go.
        keys: Returns the secret keys, when the bus is opened: the last one signs, all are accepted.
        is_required: Whether it is an error to have no key. Otherwise nobody else is told.
    """

    is_shared = True

    echo_hint: ClassVar[str] = ""
    """What to look at where a bus does not hear itself."""

    def __init__(
        self, url: str, keys: Callable[[], Sequence[str]], *, is_required: bool = True
    ) -> None:
        super().__init__()
        self.url = url
        self._secret_keys = keys
        self._is_required = is_required
        self._keys: list[bytes] = []
        self._everywhere = InProcessBus()
        self._lost: dict[object, Lost] = {}
        self._node = b""
        self._number = 0
        self._waiting: deque[bytes] = deque(maxlen=MAX_WAITING)
        self._others: dict[bytes, _Node] = {}
        # For as long as nobody can know, somebody may be there.
        self._has_others = self._has_met = False
        self._can_send = self._can_receive = self._is_sending = False
        self._stranger_at = float("-inf")
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def is_connected(self) -> bool:
        """Whether other nodes are told of what is published now, and not some time later."""
        return self._can_send and self._can_receive

    def subscribe(
        self, handler: Handler, *, everywhere: bool = False, lost: Lost | None = None
    ) -> Callable[[], None]:
        """Call `handler` with every record published from now on; call the result to end it."""
        ends = [super().subscribe(handler)]
        if everywhere:
            ends.append(self._everywhere.subscribe(handler))
        token = object()
        if lost is not None:
            self._lost[token] = lost

        def unsubscribe() -> None:
            self._lost.pop(token, None)
            for end in ends:
                end()

        return unsubscribe

    async def publish(self, record: CommandRecord) -> None:
        """Call every subscriber of this process, and have all other nodes told."""
        self._number += 1
        if self._has_others:
            self._enqueue(_RECORD, _write(record))
        await super().publish(record)

    async def open(self) -> None:
        """Connect, and see whether what is sent arrives.

        Raises:
            ConfigurationError: There is no secret key to sign with, or what is sent does not
                come back.
            Unavailable: The server cannot be reached.
        """
        keys = self._secret_keys()
        if not keys and not self._is_required:
            logger.warning(
                "Other processes notice changes of this one late: there is no secret key to sign"
                " what they are told. Set STARMODEL_SECRET_KEY as they have it."
            )
            return
        if not keys:
            raise ConfigurationError(
                "What nodes tell each other is signed, and there is no secret key to sign it with."
                " Set STARMODEL_SECRET_KEY to the same text on every node, or STARMODEL_BUS=process"
                " where there is only one."
            )
        self._keys = [hmac.digest(key.encode(), _SALT, "sha256") for key in keys]
        self._node = secrets.token_hex(8).encode()
        self._number, self._is_sending = 0, False
        self._has_others, self._has_met = True, False
        self._waiting.clear()
        self._others.clear()
        self._can_send = self._can_receive = True
        self._wake, self._echo = asyncio.Event(), asyncio.Event()
        try:
            await self.connect()
        except ConfigurationError:
            raise
        except Exception as error:
            text = f"The bus cannot be reached{_place(self.url)}: {error}"
            raise Unavailable(_RETRY_AFTER) from ConnectionError(text)
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(ALONE_AFTER, self._grow_quiet)
        self._tasks = [
            loop.create_task(each) for each in (self._send_all(), self._hear_all(), self._beat())
        ]
        try:
            async with asyncio.timeout(ECHO_SECONDS):
                await self._echo.wait()
        except TimeoutError:
            await self._stop()
            raise ConfigurationError(
                f"What is sent on the bus does not come back. {self.echo_hint}".strip()
            ) from None
        except BaseException:
            await self._stop()
            raise

    async def close(self) -> None:
        """Send what waits to be sent, for a second at most, and disconnect."""
        if not self._tasks:
            return
        self._enqueue(_GOODBYE)
        deadline = asyncio.get_running_loop().time() + _CLOSE_SECONDS
        while self._waiting or self._is_sending:
            if asyncio.get_running_loop().time() > deadline:
                break
            await asyncio.sleep(0.005)
        await self._stop()

    @abstractmethod
    async def connect(self) -> None:
        """Connect, so that a server that is not there is noticed; called once."""

    @abstractmethod
    async def disconnect(self) -> None:
        """Let go of everything; called once."""

    @abstractmethod
    async def send(self, batch: Sequence[bytes]) -> None:
        """Send messages in their order; whatever goes wrong is raised, and they are sent again.

        Each is UTF-8 without control characters. One that cannot be sent at all may be left out.
        """

    @abstractmethod
    def receive(self) -> AsyncGenerator[bytes | None]:
        """Yield what all nodes send, this one as well, until the connection ends.

        It yields `None` first, once nothing that is sent from then on is missed. It is called again
        when it has ended or raised.
        """

    def _grow_quiet(self) -> None:
        """Send no more hints, if nobody is there. What is heard next is waited for longer."""
        self._has_others = self._has_met
        if not self._has_met:
            self._enqueue(_ALIVE)

    async def _stop(self) -> None:
        self._timer.cancel()
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._can_send = self._can_receive = self._has_others = False
        try:
            await self.disconnect()
        except Exception as error:
            # Why the bus ends is what matters to whoever has called this.
            logger.warning("The bus could not be let go of in good order: %s", error)

    def _enqueue(self, kind: bytes, body: bytes = b"") -> None:
        signed = b"%b %d %b %b" % (self._node, self._number, kind, body)
        self._waiting.append(b"%b %b" % (_signature(self._keys[-1], signed), signed))
        self._wake.set()

    async def _send_all(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                size = min(len(self._waiting), _BATCH)
                self._is_sending = True
                await self._send([self._waiting.popleft() for _ in range(size)])
                self._is_sending = False

    async def _send(self, batch: Sequence[bytes]) -> None:
        """Send a batch, however long it takes. What had arrived already is known by its number."""
        delay = _FIRST_DELAY
        while True:
            try:
                await self.send(batch)
            except Exception as error:
                if self._can_send:
                    logger.warning(
                        "Other nodes cannot be told for now: %s", str(error) or repr(error)
                    )
                self._can_send = False
                await asyncio.sleep(delay)
                delay = min(2 * delay, _MAX_DELAY)
            else:
                self._can_send = True
                return

    async def _hear_all(self) -> None:
        delay = _FIRST_DELAY
        is_first = True
        while True:
            try:
                # What this node sends is heard, too, so it is never quiet for long.
                limit = _SILENT_AFTER * self._interval
                async with asyncio.timeout(limit) as patience, aclosing(self.receive()) as messages:
                    async for message in messages:
                        # A subscriber may take the time it needs.
                        patience.reschedule(None)
                        if message is not None:
                            await self._hear(message)
                        else:
                            self._can_receive = True
                            self._enqueue(_HELLO)
                            if not is_first:
                                logger.info("Other nodes are heard again")
                                self._lose("the bus was away")
                            is_first, delay = False, _FIRST_DELAY
                        now = asyncio.get_running_loop().time()
                        patience.reschedule(now + _SILENT_AFTER * self._interval)
                error: Exception = ConnectionError("the connection ended")
            except Exception as raised:
                error = raised
            if self._can_receive:
                logger.warning("Other nodes are not heard for now: %s", str(error) or repr(error))
            self._can_receive = False
            await asyncio.sleep(delay)
            delay = min(2 * delay, _MAX_DELAY)

    async def _beat(self) -> None:
        for number in count(1):
            await asyncio.sleep(HEARTBEAT)
            if not self._has_others and number % _ALONE_FACTOR:
                continue
            self._enqueue(_ALIVE)
            now = asyncio.get_running_loop().time()
            limit = _SILENT_AFTER * self._interval
            silent = [name for name, node in self._others.items() if now - node.heard_at > limit]
            for name in silent:
                del self._others[name]
            if silent:
                self._lose("a node has fallen silent")

    @property
    def _interval(self) -> float:
        """Seconds between two signs of life of this node."""
        return HEARTBEAT if self._has_others else _ALONE_FACTOR * HEARTBEAT

    async def _hear(self, message: bytes) -> None:
        now = asyncio.get_running_loop().time()
        signature, _, signed = message.partition(b" ")
        if not any(hmac.compare_digest(_signature(key, signed), signature) for key in self._keys):
            if now - self._stranger_at > _STRANGER_EVERY:
                self._stranger_at = now
                logger.error(
                    "A message on the bus is not signed with our secret key. Every node of an app"
                    " needs the same STARMODEL_SECRET_KEY; apps that share a server of Redis need a"
                    " channel each, STARMODEL_BUS_URL=redis://host/0?channel=shop."
                )
            return
        name, digits, kind, body = signed.split(b" ", 3)
        number = int(digits)
        if name == self._node:
            if kind == _HELLO:
                self._echo.set()
            return
        self._has_others = self._has_met = True
        known = self._others.get(name)
        before = 0 if known is None else known.number
        if kind == _GOODBYE:
            self._others.pop(name, None)
        else:
            self._others[name] = _Node(max(number, before), now)
        if kind == _HELLO:
            # So that it knows of this node, and of how much it has not heard.
            self._enqueue(_ALIVE)
        is_record = kind == _RECORD
        missed = number - before - is_record
        if missed > 0:
            self._lose(f"{missed} messages of a node" if known else "a node was there before")
        if is_record and number > before:
            try:
                record = _read(body)
            except ValueError:
                # Another version of StarModel may write something else, while nodes are renewed.
                logger.warning("A hint of another node cannot be read")
                self._lose("a hint could not be read")
            else:
                await self._everywhere.publish(record)

    def _lose(self, reason: str) -> None:
        for lost in [*self._lost.values()]:
            try:
                lost(reason)
            except Exception:
                logger.exception("A subscriber failed to compare what it has")


def _place(url: str) -> str:
    """Say where a URL leads, without the user and the password in it."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return ""
    return f" at {host}:{port}" if host and port else f" at {host}" if host else ""


def _signature(key: bytes, signed: bytes) -> bytes:
    return hmac.digest(key, signed, "sha256")[:16].hex().encode()


def _write(record: CommandRecord) -> bytes:
    """Write what other nodes are told: no arguments, no actor, no values."""
    fragment = record.fragment
    if fragment is not None and len(fragment.html) > MAX_FRAGMENT:
        logger.warning(
            "The fragment of %s.%s has %d characters, so pages on other nodes do not get it.",
            record.entity,
            record.event,
            len(fragment.html),
        )
        fragment = None
    hint = [
        record.entity,
        record.id,
        record.event,
        record.time,
        record.version,
        record.previous,
        record.changed,
        fragment,
    ]
    try:
        return json.dumps(hint, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(hint, separators=(",", ":")).encode()


def _read(body: bytes) -> CommandRecord:
    """Read what `_write` wrote."""
    entity, id, event, time, version, previous, changed, fragment = json.loads(body)
    return CommandRecord(
        entity,
        id,
        event,
        {},
        ANONYMOUS,
        time,
        version,
        tuple(changed),
        None if fragment is None else Fragment(*fragment),
        previous,
    )
