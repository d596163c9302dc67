"""One watched entity: what is known of it, and who wants to know.

A topic reads its entity from the store whenever it hears of a change, and hands what is new to
the streams that watch it. A change is encoded once, and every stream gets the same bytes. Reads
of one topic follow each other, so no stream ever sees a version go back, in whatever order the
bus tells of changes.

Changes that were made on several nodes may be told in another order than they were made. One that
comes too early waits a moment for those before it, so that what is appended to a page stands in the
same order on every page.
"""

import asyncio
import heapq
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from itertools import count
from typing import Any, Protocol, TypeAlias

from starmodel.application import (
    EntityDefinition,
    EntityPersistenceBackend,
    Key,
    Removed,
    deep_copy,
    hydrate,
    removed_keys,
)
from starmodel.application.copying import NOTHING_REMOVED
from starmodel.application.definition import without_files
from starmodel.domain import Access, Actor, CommandRecord, Entity, Fragment, Scope, render_fragment
from starmodel.domain.type_guards import is_mapping
from starmodel.errors import Unavailable
from starmodel.ui.frontend import EventResponseFormatter
from starmodel.web.http.prefix import PREFIX
from starmodel.web.live.deletion import deletion_notice, no_deletion_notice
from starmodel.web.validation.mapping_fields import varying_fields

HOLD_SECONDS = 0.15
"""How long a change waits for one before it, which may be lost."""

_ARRIVALS = count()
_RELEASED_AT_ONCE = 16
_RELEASE_PAUSE = 0.005
"""Seconds between so many changes that have waited: a stream takes only so many at once."""

logger = logging.getLogger("starmodel.live")


Fragments: TypeAlias = Mapping[str, Callable[[Any], str]]
"""The markup that is sent anew when a field changes: functions of the public state, by field."""


class CachedState:
    """An entity as it was when it was read.

    `version` is `0` where nothing is stored. `state` is `None` for a record that is not there.
    `entity` is kept only where it is needed again: for a policy, or to be rendered.
    """

    __slots__ = ("entity", "state", "version")

    def __init__(
        self, entity: Entity | None, state: Mapping[str, Any] | None, version: int
    ) -> None:
        self.entity = entity
        self.state = state
        self.version = version


class PendingChanges:
    """What the bus has told of an entity since it was last read.

    `version` is the highest up to which every change was told; `changed` are the public fields
    that these changes concern, and `is_rendering_due` says whether any of them came without a
    fragment that shows it.
    """

    __slots__ = ("changed", "is_rendering_due", "version")

    def __init__(self, version: int) -> None:
        self.version = version
        self.changed: set[str] = set()
        self.is_rendering_due = False


class Subscriber(Protocol):
    """What watches topics: an open stream."""

    actor: Actor

    def enqueue(self, topic: "BaseTopic", chunk: bytes, fragments: list[bytes]) -> None:
        """Have a change sent, and fragments before it."""

    def unsubscribe(self, topic: "BaseTopic") -> None:
        """Send nothing more of a topic, not even what waits to be sent."""


class BaseTopic(ABC):
    """What streams watch.

    Attributes:
        definition: The entity.
        key: Which instance of it.
        streams: Those that watch it.
    """

    __slots__ = ("definition", "key", "streams")

    def __init__(self, definition: EntityDefinition[Any], key: Key) -> None:
        self.definition = definition
        self.key = key
        self.streams: set[Subscriber] = set()

    @abstractmethod
    def snapshot(self) -> bytes:
        """Return the newest state as events."""

    def clearing(self) -> bytes:
        """Return what comes before the newest state on a page of which nobody knows what it has."""
        return b""

    @abstractmethod
    def close(self) -> None:
        """Tell the streams nothing more."""


class EntityTopic(BaseTopic):
    """A watched entity.

    Args:
        definition: The entity.
        key: Which instance.
        backend: The store that keeps it.
        formatter: Writes what the streams are told.
        fragments: The markup that is sent anew when a field changes.

    Attributes:
        deletion: The event that tells of a record that is not there any more.
    """

    __slots__ = (
        "_asked",
        "_fragments",
        "_heard",
        "_held",
        "_is_read_due",
        "_lock",
        "_news",
        "_reader",
        "_served",
        "_snapshot",
        "_timer",
        "_view",
        "backend",
        "deletion",
        "formatter",
        "fragments",
    )

    def __init__(
        self,
        definition: EntityDefinition[Any],
        key: Key,
        backend: EntityPersistenceBackend,
        formatter: EventResponseFormatter,
        fragments: Fragments,
    ) -> None:
        super().__init__(definition, key)
        self.fragments = fragments
        self.backend = backend
        self.formatter = formatter
        self.deletion = formatter.deletion(key.entity, key.id, deletion_notice(key))
        self._view: CachedState | None = None
        self._snapshot: bytes | None = None
        self._news = PendingChanges(0)
        self._fragments: list[tuple[int, bytes]] = []
        self._lock = asyncio.Lock()
        self._asked = 0
        self._served = 0
        self._reader: asyncio.Task[None] | None = None
        self._is_read_due = False
        # The version up to which changes were heard, once there is one to begin with; and those that
        # wait for one before them.
        self._heard: int | None = None
        self._held: list[tuple[int, int, CommandRecord, bytes | None]] = []
        self._timer: asyncio.TimerHandle | None = None

    def __repr__(self) -> str:
        return f"<Topic {self.definition.name}, {len(self.streams)} streams>"

    @property
    def version(self) -> int:
        """The version that the streams were told of."""
        return 0 if self._view is None else self._view.version

    def on_record(self, record: CommandRecord, fragment: bytes | None) -> None:
        """Record a record, in its turn; if it tells anything new, have the entity read."""
        if self._heard is None:
            self._heard = record.version if self._view is None else self._view.version
        if self._held or record.previous > self._heard:
            heapq.heappush(self._held, (record.version, next(_ARRIVALS), record, fragment))
            self._release()
        else:
            self._heard = max(self._heard, record.version)
            self._take(record, fragment)

    def _release(self) -> None:
        """Take what has waited and waits for nothing any more, some of it at a time."""
        heard = self._heard or 0
        for _ in range(_RELEASED_AT_ONCE):
            if not self._held or self._held[0][2].previous > heard:
                break
            version, _, record, fragment = heapq.heappop(self._held)
            heard = self._heard = max(heard, version)
            self._take(record, fragment)
        if self._held and self._timer is None:
            delay = _RELEASE_PAUSE if self._held[0][2].previous <= heard else HOLD_SECONDS
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(delay, self._go_on, heard)

    def _go_on(self, heard: int) -> None:
        """Take what has waited; no longer wait for a change that did not come meanwhile."""
        self._timer = None
        if self._held:
            if self._heard == heard:
                self._heard = max(heard, self._held[0][2].previous)
            self._release()

    def _take(self, record: CommandRecord, fragment: bytes | None) -> None:
        is_known = self._view is not None and record.version <= self._view.version
        # Whoever was told of this version by a rendering would see the fragment twice.
        is_shown = is_known and bool(record.changed) and self.definition.has_html
        if fragment is not None and not is_shown:
            self._fragments.append((record.version, fragment))
        news = self._news
        if record.previous == news.version < record.version:
            news.version = record.version
            news.changed.update(record.changed)
            news.is_rendering_due |= fragment is None
        if self._fragments or not is_known:
            self.look()

    def look(self) -> None:
        """Have the entity read, as it may have changed."""
        self._is_read_due = True
        if self._reader is None:
            self._reader = asyncio.get_running_loop().create_task(self._follow())

    async def read(self) -> CachedState:
        """Return the entity as it is now, and tell the streams what is new.

        Whoever asks while a read is under way shares the next one, so that what he is given is
        not older than his question.
        """
        self._asked += 1
        ticket = self._asked
        async with self._lock:
            view = self._view
            if view is None or self._served < ticket:
                served, waiting = self._asked, len(self._fragments)
                view = self._accept(await self._load(), waiting)
                self._served = served
            return view

    def snapshot(self) -> bytes:
        """Return the whole public state as events, once the entity has been read."""
        snapshot = self._snapshot
        if snapshot is None:
            view = self._view
            if view is None:
                return b""
            if view.state is None:
                return self.deletion
            snapshot = self._encode(view, view.state, with_rendering=True)
            # Worth its memory only where somebody else may want the same.
            if len(self.streams) > 1:
                self._snapshot = snapshot
        return snapshot

    def clearing(self) -> bytes:
        """Empty the mappings among the values: the newest state says what is in them, and not
        what is no longer.

        An empty text, unlike `null`, is told to whoever follows the value.
        """
        if not self.formatter.merges:
            return b""
        state = (self._view and self._view.state) or {}
        names = varying_fields(self.definition.cls)
        emptied = {name: "" for name, value in state.items() if name in names and is_mapping(value)}
        if not emptied:
            return b""
        return self.formatter.values({self.definition.namespace: emptied})

    def allows(self, actor: Actor, entity: Entity | None) -> bool:
        """Return whether the actor may read the entity; a policy that fails says no."""
        access = self.definition.access
        if not callable(access):
            return access is not Access.AUTHENTICATED or actor.is_authenticated
        try:
            return entity is not None and access(actor, entity)
        except Exception:
            logger.exception("The policy of %s failed", self.definition.name)
            return False

    def close(self) -> None:
        """Stop reading."""
        if self._timer is not None:
            self._timer.cancel()
        if self._reader is not None:
            self._reader.cancel()

    async def _follow(self) -> None:
        try:
            while self._is_read_due:
                self._is_read_due = False
                await self.read()
        # The next sign of life compares versions with the store, so nothing is lost.
        except Unavailable as error:
            logger.warning("A change of %s waits to be read: %s", self.key.entity, error.reason)
        except Exception:
            logger.exception("A change of %s could not be read", self.definition.name)
        finally:
            self._reader = None

    async def _load(self) -> CachedState:
        definition = self.definition
        stored = await self.backend.load(self.key)
        if stored is not None:
            entity = hydrate(definition.cls, deep_copy(stored.values))
        elif definition.scope is Scope.RECORD:
            return CachedState(None, None, 0)
        else:
            entity = definition.cls()
        return CachedState(
            entity, definition.state(entity), 0 if stored is None else stored.version
        )

    def _accept(self, view: CachedState, waiting: int) -> CachedState:
        """Take what was read for the truth, hand what is new to the streams, and return it back.

        `waiting` is how many fragments there were before it was read. One that came since, of a
        version after it, waits for the next read: a stream that is about to get the newest state
        instead of fragments would miss it.
        """
        before = self._view
        told, since = self._fragments[:waiting], self._fragments[waiting:]
        told += [each for each in since if each[0] <= view.version]
        self._fragments = [each for each in since if each[0] > view.version]
        fragments = [fragment for _, fragment in told]
        # A lower one is the truth, as `0` is, where it does not come from a replica that lags behind.
        is_behind = self.backend.may_lag and before and 0 < view.version < before.version
        if before is not None and (view.version == before.version or is_behind):
            if fragments:
                self._broadcast(before.entity, b"", fragments)
            return before
        news, self._news = self._news, PendingChanges(view.version)
        self._view = view
        self._snapshot = None
        chunk = b""
        if before is not None:
            is_told = news.version == view.version
            with_rendering = not is_told or news.is_rendering_due
            if with_rendering and self.definition.has_html:
                fragments = []
            if view.state is None:
                # Before what the event has to say of it.
                fragments = [self.deletion, *fragments]
            elif before.state is None:
                notice = self.formatter.restoration(no_deletion_notice(self.key))
                chunk = notice + self.clearing() + self.snapshot()
            else:
                removed = removed_keys(before.state, view.state)
                if is_told or removed:
                    names = news.changed if is_told else view.state
                    chunk = self._encode(view, names, removed, with_rendering=with_rendering)
                else:
                    chunk = self.snapshot()
        self._broadcast(view.entity or (before and before.entity), chunk, fragments)
        if not callable(self.definition.access) and not self.definition.has_html:
            view.entity = None
        return view

    def _broadcast(self, entity: Entity | None, chunk: bytes, fragments: list[bytes]) -> None:
        """Hand something to every stream that may still read the entity, and forget the others.

        A change that shows nothing may be the one after which somebody may not read any more. To
        him the record is one that is not there.
        """
        if not callable(self.definition.access):
            if chunk or fragments:
                for stream in self.streams:
                    stream.enqueue(self, chunk, fragments)
            return
        for stream in list(self.streams):
            if self.allows(stream.actor, entity):
                if chunk or fragments:
                    stream.enqueue(self, chunk, fragments)
            else:
                stream.unsubscribe(self)
                stream.enqueue(self, b"", [self.deletion])

    def _encode(
        self,
        view: CachedState,
        names: Collection[str],
        removed: Removed = NOTHING_REMOVED,
        *,
        with_rendering: bool,
    ) -> bytes:
        """Write fields as events: values, and the markup that goes with them."""
        state = view.state or {}
        shown = {name: value for name, value in state.items() if name in names}
        parts: list[bytes] = []
        signals = without_files(self.definition, shown)
        if signals:
            namespace = self.definition.namespace
            lost = {name: keys for name, keys in removed.items() if name in shown}
            removed_here = {namespace: lost} if lost else None
            parts.append(
                self.formatter.values({namespace: signals}, removed_here, version=view.version)
            )
        for name, render in self.fragments.items():
            if name in shown:
                parts.append(self._render(render, state))
        if with_rendering and self.definition.has_html:
            parts.append(self._render(render_fragment, view.entity))
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _render(self, render: Callable[[Any], Fragment | str | None], subject: object) -> bytes:
        """Write markup as an event; markup that fails is logged and left out."""
        # Whoever made the change may have been below another prefix than those who watch.
        before = PREFIX.set("")
        try:
            markup = render(subject)
            if markup is None:
                return b""
            fragment = Fragment(markup) if isinstance(markup, str) else markup
            return self.formatter.elements(fragment)
        except Exception:
            logger.exception("%s could not be rendered", self.definition.name)
            return b""
        finally:
            PREFIX.reset(before)
