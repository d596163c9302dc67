"""Fragments sent lately, for pages that were away for a moment.

Signals need no history, since a snapshot has them all. What a fragment appended to a page is in
no snapshot; a browser that closed its stream (a hidden tab does) and comes back is sent what it
missed. It says where it was by `Last-Event-ID`, which Datastar sends by itself. Nobody but this
process can read such an id: the numbers would tell everybody how much is going on elsewhere.
"""

import re
import secrets
from collections import deque
from collections.abc import Iterator
from hashlib import blake2b
from itertools import takewhile
from typing import NamedTuple

from starmodel.domain import Fragment
from starmodel.ui.frontend import EventResponseFormatter

MAX_FRAGMENTS = 1000
"""How many are kept."""

MAX_BYTES = 4 * 1024 * 1024
"""How many bytes of them are kept."""


_HIDDEN = re.compile("[0-9a-f]{16}")


class ReplayEntry(NamedTuple):
    """A fragment that was sent: its number, the entity it came from, and the event.

    The fragment itself is kept for pages below a prefix, whose event has other addresses.
    """

    number: int
    entity: str
    id: str
    event: bytes
    fragment: Fragment


class Cursor(NamedTuple):
    """Where a browser was: the last number it has seen, and the stream that it read, if that is
    known."""

    number: int
    stream: str


class ReplayBuffer:
    """Numbers the fragments of one process and keeps the newest.

    Args:
        formatter: Writes them as events.
    """

    def __init__(self, formatter: EventResponseFormatter) -> None:
        self._formatter = formatter
        self._epoch = secrets.token_hex(4)
        self._key = secrets.token_bytes(16)
        self._number = 0
        self._past: deque[ReplayEntry] = deque()
        self._bytes = 0

    def add(self, entity: str, id: str, fragment: Fragment) -> ReplayEntry:
        """Number a fragment and keep it.

        Raises:
            ValueError: Its mode is none, or needs a selector and has none.
        """
        number = self._number + 1
        event = self._write(number, fragment, self._formatter)
        self._number = number
        past = ReplayEntry(number, entity, id, event, fragment)
        self._past.append(past)
        self._bytes += _size(past)
        while self._bytes > MAX_BYTES or len(self._past) > MAX_FRAGMENTS:
            self._bytes -= _size(self._past.popleft())
        return past

    def event(self, past: ReplayEntry, formatter: EventResponseFormatter) -> bytes:
        """Return a fragment as an event, as a formatter writes it."""
        if formatter is self._formatter:
            return past.event
        return self._write(past.number, past.fragment, formatter)

    def event_id(self, stream: str) -> str:
        """Return the id of an event from which a stream goes on, whose name nobody else has."""
        return self._event_id(self._number, stream)

    def read(self, event_id: bytes) -> Cursor | None:
        """Return the place that an id stands for, `None` if it is none of this process."""
        epoch, _, rest = event_id.decode("ascii", "replace").partition(".")
        hidden, _, name = rest.partition(".")
        if epoch != self._epoch or not _HIDDEN.fullmatch(hidden):
            return None
        number = int(hidden, 16) ^ self._mask(name)
        return Cursor(number, name) if number <= self._number else None

    def _event_id(self, number: int, name: str) -> str:
        return f"{self._epoch}.{number ^ self._mask(name):016x}.{name}"

    def _mask(self, name: str) -> int:
        """Return what hides a number, another one for each name."""
        return int.from_bytes(blake2b(name.encode(), digest_size=8, key=self._key).digest())

    def since(self, number: int) -> Iterator[ReplayEntry]:
        """Return what came after a number and is still kept, in order."""
        newest_first = takewhile(lambda past: past.number > number, reversed(self._past))
        return reversed(list(newest_first))

    def _write(self, number: int, fragment: Fragment, formatter: EventResponseFormatter) -> bytes:
        # The fields of an event may come in any order.
        event_id = self._event_id(number, secrets.token_hex(8))
        return b"id: %b\n%b" % (event_id.encode(), formatter.elements(fragment))


def _size(past: ReplayEntry) -> int:
    return len(past.event) + len(past.fragment.html)
