"""Live updates: one event stream per page, `GET /live?watch=counter&watch=product:ID`.

A stream begins with a snapshot of each entity it watches, and goes on with every committed
change. A page that lists records watches them all, `watch=product`, and is told where their
changes stand, at once and whenever there is another that it may know of. The bus only gives
hints; what is sent is read from the store. Where the bus says that hints of other nodes may be
lost, the stored versions are compared with those that were sent, and so they are with every sign of
life: an expired entity is noticed then at the latest. A page that reads too slowly skips versions;
none ever goes back.

A page that shows a record is told when that is deleted, also before its stream has begun.

Who may read an entity is asked before the stream begins, and again before each change is sent.
"""

import asyncio
import logging
import random
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from starmodel.application import (
    EntityDefinition,
    EntityPersistenceBackend,
    Key,
    Services,
    authorize,
    needs_signing_in,
)
from starmodel.domain import CommandRecord, Scope
from starmodel.domain.ids import MAX_ID
from starmodel.errors import (
    ArgumentError,
    BadRequest,
    InvalidArguments,
    NotFound,
    TooManyRequests,
    Unavailable,
)
from starmodel.settings import Settings
from starmodel.ui.frontend import EventResponseFormatter
from starmodel.web.live.change_counter import ChangeCounter
from starmodel.web.live.list_topic import Change, ListTopic, PolicyListTopic
from starmodel.web.live.replay import ReplayBuffer, ReplayEntry
from starmodel.web.live.stream import LiveStream
from starmodel.web.live.topic import BaseTopic, EntityTopic, Fragments
from starmodel.web.routing.request import Request, Route
from starmodel.web.routing.resource import Resource

PATH = "/live"
"""Where a page asks for its stream."""

ONLY = "only"
DELETIONS = "deletions"
"""What a page asks for that shows a record as it was, `?watch=product:ID&only=deletions`."""
VALUES = "values"
"""What a page asks for that has a layout of its own, and no place for the markup of fields; where it
has that place for others, `only=values:product`."""

_Variant: TypeAlias = tuple[EventResponseFormatter, bool]
"""In which dialect an entity is told of, and whether with the markup of its fields."""

_RETRY_AFTER = 5.0
_MIN_RETRY = 500
_MAX_RETRY = 15_000
_PAUSE_AFTER = 200
_COMPARED_AT_ONCE = 1000
_READ_AT_ONCE = 16
_COMPARE_AGAIN = 0.5
"""Seconds after which a store that was away is asked once more, where hints were lost."""

logger = logging.getLogger("starmodel.live")


def _no_fragments(resource: Resource) -> Fragments:
    return {}


class LiveHub:
    """Tells every open page what has changed.

    Args:
        resources: The entities that may be watched.
        services: The stores and the bus.
        settings: The limits.
        formatter: Writes what most readers are told, the pages.
        changes: Says where the changes of records that are listed stand.
        fragments: Returns the markup that is sent anew when a field of an entity changes: functions
            of its state, by field.
    """

    def __init__(
        self,
        resources: Iterable[Resource],
        services: Services,
        settings: Settings,
        formatter: EventResponseFormatter,
        changes: ChangeCounter,
        fragments: Callable[[Resource], Fragments] = _no_fragments,
    ) -> None:
        self._resources = {resource.definition.name: resource for resource in resources}
        self._services = services
        self._settings = settings
        self._formatter = formatter
        self._changes = changes
        self._fragments = fragments
        # Pages, pages below a prefix and programs are told in other words, each by topics of their own.
        self._topics: dict[tuple[str, str], dict[_Variant, EntityTopic]] = {}
        self._collections: dict[str, dict[EventResponseFormatter, ListTopic]] = {}
        self._dependents = changes.dependents
        self._streams: set[LiveStream] = set()
        self._sessions: dict[str, set[LiveStream]] = {}
        self._history = ReplayBuffer(formatter)
        self._unsubscribe: Callable[[], None] | None = None
        self._watch: asyncio.Task[None] | None = None
        self._healing: asyncio.Task[None] | None = None
        self._is_comparison_due = False
        self._is_draining = False
        self.route = Route("GET", PATH, self.respond)

    def __repr__(self) -> str:
        return f"<LiveHub, {len(self._streams)} streams of {len(list(self._each()))} topics>"

    def __len__(self) -> int:
        """Return the number of open streams."""
        return len(self._streams)

    @property
    def is_draining(self) -> bool:
        """Whether the process is about to end, and no stream begins any more."""
        return self._is_draining

    async def open(self) -> None:
        """Listen to the bus."""
        self._is_draining = False
        self._unsubscribe = self._services.bus.subscribe(
            self.on_record, everywhere=True, lost=self.on_lost
        )
        if self._changes.guarded:
            self._services.before_image = self._hear_before

    async def close(self) -> None:
        """Stop listening, and end every stream."""
        self.drain()
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
            self._services.before_image = None
        for task in (self._watch, self._healing):
            if task is not None:
                task.cancel()
        self._watch = self._healing = None
        lists = [topic for topics in self._collections.values() for topic in topics.values()]
        for topic in (*self._each(), *lists):
            topic.close()

    def drain(self) -> None:
        """End every stream, and begin no other.

        Each page is told to come back after a random time, so that they do not all come at
        once.
        """
        self._is_draining = True
        for stream in self._streams:
            stream.end(b"retry: %d\n\n" % self._retry())

    def abort(self) -> None:
        """Drop every stream that is still open: those whose browsers do not read."""
        for stream in list(self._streams):
            stream.abort()

    def on_record(self, record: CommandRecord) -> None:
        """Pass on what the bus tells."""
        past: ReplayEntry | None = None
        if record.fragment is not None:
            try:
                past = self._history.add(record.entity, record.id, record.fragment)
            except ValueError:
                logger.exception("The fragment of %s.%s is none", record.entity, record.event)
        topics = self._topics.get((record.entity, record.id))
        if topics is not None:
            for topic in topics.values():
                event = None if past is None else self._history.event(past, topic.formatter)
                topic.on_record(record, event)
        if record.entity in self._dependents:
            definition = self._resources[record.entity].definition
            change = Change(definition, definition.key(record.id))
            self._hear_of(record.entity, change)
            if record.previous and "id" in record.changed:
                # It was deleted, and the database may have changed others with it.
                for name in self._dependents[record.entity]:
                    self._hear_of(name, change)
                    for other in list(self._each()):
                        if other.key.entity == name:
                            other.look()

    def on_lost(self, reason: str) -> None:
        """Compare all that is watched with what is stored: changes of other nodes may be missing."""
        logger.info("What is watched is compared with what is stored: %s", reason)
        for name in self._dependents:
            self._changes.increment(name)
            for collection in self._collections.get(name, {}).values():
                collection.on_lost()
        self._is_comparison_due = True
        if self._healing is None:
            self._healing = asyncio.get_running_loop().create_task(self._heal())

    async def _heal(self) -> None:
        """Compare until every store has answered: it may have been away with the bus."""
        level = logging.WARNING
        try:
            while self._is_comparison_due:
                self._is_comparison_due = False
                if not await self._compare(level):
                    self._is_comparison_due = True
                    # It is said once, however long it takes.
                    level = logging.DEBUG
                    await asyncio.sleep(_COMPARE_AGAIN)
        finally:
            self._healing = None

    def _hear_of(self, name: str, change: Change) -> None:
        """Record that a record of an entity has changed, and tell those who list them."""
        self._changes.increment(name)
        for collection in self._collections.get(name, {}).values():
            collection.on_change(change)

    def _hear_before(
        self, definition: EntityDefinition[Any], key: Key, values: Mapping[str, object], gone: bool
    ) -> None:
        """Record what a record was that has just been changed, or is gone.

        Who could see it then has it on his page. Only this process knows, and it tells nobody.
        """
        names = (key.entity, *(self._dependents.get(key.entity, ()) if gone else ()))
        for name in names:
            for collection in self._collections.get(name, {}).values():
                if not isinstance(collection, PolicyListTopic):
                    continue
                try:
                    before = definition.hydrate(values)
                except Exception:
                    # It is committed by now, so whoever has done it is not told.
                    logger.exception("What %s was could not be restored", key.entity)
                else:
                    collection.on_change(Change(definition, key, before))

    async def respond(self, request: Request) -> LiveStream:
        """GET /live: begin a stream.

        A page of this site that watches a record has shown it. So where that is not there, the page
        is told that it was deleted meanwhile.

        Raises:
            InvalidArguments: What is to be watched is not said, or is not there to be watched.
            BadRequest: It asks for a WebSocket.
            NotFound: There is no such record.
            Unauthenticated, Forbidden: The actor may not read one of the entities; a record that
                he may not read is none for him.
            TooManyRequests: The session has as many streams as it may.
            Unavailable: The process is about to end, or has as many streams as it may.
        """
        if request.headers.get(b"upgrade", b"").lower() == b"websocket":
            # A server that knows no WebSockets hands the handshake on as if it were a request.
            raise BadRequest("There is no WebSocket at this address; ask for an event stream.")
        keys = self._read_keys(request)
        self._check_room(request.session)
        is_page = request.is_scripted and request.origin_path is not None
        formatter = request.app_state.json_formatter if request.wants_json else request.formatter
        tells_deletions = (ONLY, DELETIONS) in request.query_items
        stream = LiveStream(
            self.leave,
            request.actor,
            request.session,
            secrets.token_hex(8),
            formatter.headers,
            is_page=is_page,
            tells_deletions=tells_deletions,
        )
        only = {value for name, value in request.query_items if name == ONLY}
        # What programs are told has the fields themselves, and no markup of them.
        with_markup = {
            key: formatter.merges and only.isdisjoint((VALUES, f"{VALUES}:{key.entity}"))
            for key in keys
        }
        self._join(stream, with_markup, formatter)
        last_event = request.headers.get(b"last-event-id", b"")
        try:
            for topic in stream.topics:
                try:
                    await self._admit(stream, topic)
                except NotFound:
                    if not is_page or not isinstance(topic, EntityTopic):
                        raise
                    stream.unsubscribe(topic)
                    stream.enqueue_fragment(topic, topic.deletion)
        except BaseException:
            self.leave(stream)
            raise
        if tells_deletions:
            stream.pending.clear()
        cursor = self._history.read(last_event)
        event_id = self._history.event_id(stream.token)
        stream.begin(b"retry: %d\nid: %b\n" % (self._retry(), event_id.encode()))
        if cursor is not None:
            self._replace(stream, cursor.stream)
            if not tells_deletions:
                self._catch_up(stream, cursor.number)
        return stream

    def leave(self, stream: LiveStream) -> None:
        """Forget a stream. Forgetting it again does nothing."""
        self._streams.discard(stream)
        siblings = self._sessions.get(stream.session)
        if siblings is not None:
            siblings.discard(stream)
            if not siblings:
                del self._sessions[stream.session]
        for topic in stream.topics:
            topic.streams.discard(stream)
            if not topic.streams:
                self._drop(topic)
        stream.topics.clear()

    def _drop(self, topic: BaseTopic) -> None:
        """Forget a topic that nobody watches; another may stand for its entity by now."""
        topic.close()
        place = (topic.key.entity, topic.key.id)
        if isinstance(topic, EntityTopic):
            _remove(self._topics, place, (topic.formatter, bool(topic.fragments)), topic)
        elif isinstance(topic, ListTopic):
            _remove(self._collections, topic.key.entity, topic.formatter, topic)

    def _read_keys(self, request: Request) -> list[Key]:
        """Read from the query string what is to be watched."""
        watched = [value for name, value in request.query_items if name == "watch"]
        limit = self._settings.live_watches
        if not watched:
            raise _refuse("Say what to watch: ?watch=...", "missing")
        if len(watched) > limit:
            raise _refuse(f"At most {limit} entities can be watched at once.", "too_long")
        return list(dict.fromkeys(self._read_key(request, text) for text in watched))

    def _read_key(self, request: Request, text: str) -> Key:
        name, colon, id = text.partition(":")
        resource = self._resources.get(name)
        if resource is None:
            raise _refuse("There is no such entity.", "unknown")
        definition = resource.definition
        scope = definition.scope
        if definition.is_in_browser:
            raise _refuse("The browser keeps this itself: there is nothing to watch.", "unknown")
        if scope is not Scope.RECORD:
            if colon:
                raise _refuse("Only a record is watched by its id.", "unexpected_id")
            if scope is Scope.USER:
                authorize(request.actor, request.actor.is_authenticated)
                return definition.key(request.actor.id or "")
            return definition.key(request.session)
        if not colon and name in self._dependents:
            return definition.key("")
        if not 0 < len(id) <= MAX_ID:
            raise _refuse("A record is watched by its id: ?watch=name:id", "missing_id")
        return definition.key(id)

    def _check_room(self, session: str) -> None:
        if self._is_draining or len(self._streams) >= self._settings.live_streams:
            raise Unavailable(_RETRY_AFTER)
        siblings = self._sessions.get(session, ())
        if len(siblings) >= self._settings.live_streams_per_session:
            raise TooManyRequests(_RETRY_AFTER)

    def _each(self) -> Iterator[EntityTopic]:
        """Return the topics of single entities."""
        return (topic for topics in self._topics.values() for topic in topics.values())

    def _join(
        self,
        stream: LiveStream,
        keys: Mapping[Key, bool],
        formatter: EventResponseFormatter,
    ) -> None:
        """Subscribe before anything is read, so that no change can slip in between."""
        self._streams.add(stream)
        self._sessions.setdefault(stream.session, set()).add(stream)
        for key, with_markup in keys.items():
            topic = self._topic(key, formatter, with_markup)
            stream.topics.append(topic)
            topic.streams.add(stream)
            stream.pending[topic] = None
        if self._watch is None:
            self._watch = asyncio.get_running_loop().create_task(self._watch_over())

    def _topic(
        self, key: Key, formatter: EventResponseFormatter, with_markup: bool
    ) -> EntityTopic | ListTopic:
        """Return what stands for an entity, or for all records of a kind; make it if need be."""
        resource = self._resources[key.entity]
        if not key.id and key.entity in self._dependents:
            collections = self._collections.setdefault(key.entity, {})
            collection = collections.get(formatter)
            if collection is None:
                collection = self._collection(resource.definition, formatter)
                collections[formatter] = collection
            return collection
        topics = self._topics.setdefault((key.entity, key.id), {})
        fragments = self._fragments(resource) if with_markup else _no_fragments(resource)
        variant = formatter, bool(fragments)
        topic = topics.get(variant)
        if topic is None:
            backend = self._services.persistence.backend_for(resource.definition)
            topic = topics[variant] = EntityTopic(
                resource.definition, key, backend, formatter, fragments
            )
        return topic

    def _collection(
        self, definition: EntityDefinition[Any], formatter: EventResponseFormatter
    ) -> ListTopic:
        if definition.name not in self._changes.guarded:
            return ListTopic(definition, self._changes, formatter)
        backend = self._services.persistence.backend_for(definition)
        return PolicyListTopic(definition, self._changes, formatter, backend)

    async def _admit(self, stream: LiveStream, topic: EntityTopic | ListTopic) -> None:
        """Read an entity for a new stream, and see whether it may have it."""
        if isinstance(topic, ListTopic):
            authorize(stream.actor, topic.allows(stream.actor))
            return
        definition = topic.definition
        authorize(stream.actor, not needs_signing_in(definition.access, stream.actor))
        view = await topic.read()
        is_allowed = topic.allows(stream.actor, view.entity)
        if view.state is None or (definition.is_record and not is_allowed):
            raise NotFound(topic.key.entity, topic.key.id)
        authorize(stream.actor, is_allowed)
        # A policy that said no for a moment has had the stream forgotten.
        topic.streams.add(stream)
        stream.pending[topic] = None

    def _replace(self, stream: LiveStream, token: str) -> None:
        """Silence the stream that the same page read before, if it is still open.

        Datastar 1.0 opens a second one beside the first when its tab is shown again just when
        it was about to reconnect; the page would get every fragment twice. The older one is
        kept open: ended, it would only come back.
        """
        for other in self._sessions.get(stream.session, ()):
            if other.token == token and other is not stream:
                for topic in other.topics:
                    other.unsubscribe(topic)

    def _catch_up(self, stream: LiveStream, number: int) -> None:
        """Send the fragments that the page missed while it was away."""
        topics = {(topic.key.entity, topic.key.id): topic for topic in stream.topics}
        for past in self._history.since(number):
            topic = topics.get((past.entity, past.id))
            if topic is not None:
                formatter = topic.formatter
                stream.enqueue_fragment(topic, self._history.event(past, formatter))

    async def _watch_over(self) -> None:
        """Maintain the open streams, as long as there are any."""
        try:
            while self._streams:
                await asyncio.sleep(self._settings.live_keep_alive)
                await self._compare()
                await self._keep_alive()
        finally:
            self._watch = None

    async def _compare(self, level: int = logging.WARNING) -> bool:
        """Compare what was sent with what is stored, and return whether every store has answered.

        One that has not is logged at a `level`.
        """
        by_store: dict[EntityPersistenceBackend, list[EntityTopic]] = {}
        for topic in self._each():
            by_store.setdefault(topic.backend, []).append(topic)
        is_whole = True
        for backend, topics in by_store.items():
            try:
                for start in range(0, len(topics), _COMPARED_AT_ONCE):
                    some = topics[start : start + _COMPARED_AT_ONCE]
                    versions = await backend.versions([topic.key for topic in some])
                    pairs = zip(some, versions, strict=True)
                    await self._read_anew([topic for topic, now in pairs if topic.version != now])
            except Unavailable as error:
                is_whole = False
                logger.log(level, "What is watched waits to be compared: %s", error.reason)
            except Exception:
                logger.exception("What is watched could not be compared")
        return is_whole

    async def _read_anew(self, topics: list[EntityTopic]) -> None:
        """Read what has changed, some at a time: others want the store as well.

        Raises:
            Unavailable: The store does not answer.
        """
        for start in range(0, len(topics), _READ_AT_ONCE):
            some = topics[start : start + _READ_AT_ONCE]
            results = await asyncio.gather(*[each.read() for each in some], return_exceptions=True)
            for topic, error in zip(some, results, strict=True):
                if isinstance(error, Unavailable):
                    raise error
                if isinstance(error, Exception):
                    text = "%s could not be compared"
                    logger.error(text, topic.key.entity, exc_info=error)

    async def _keep_alive(self) -> None:
        """Send a sign of life on every idle stream, and cut those that nobody reads."""
        now = asyncio.get_running_loop().time()
        for number, stream in enumerate(list(self._streams)):
            if number % _PAUSE_AFTER == 0:
                await asyncio.sleep(0)
            if stream.blocked_for(now) >= self._settings.live_send_timeout:
                logger.info("A live stream that nobody reads is closed")
                stream.abort()
            else:
                stream.keep_alive(self._formatter.keep_alive)

    def _retry(self) -> int:
        """Return milliseconds after which a page comes back: the more pages, the wider spread."""
        return random.randint(_MIN_RETRY, min(2 * _MIN_RETRY + 2 * len(self._streams), _MAX_RETRY))


def _remove(topics: Any, place: object, variant: object, topic: object) -> None:
    """Remove a topic from where it is kept, and what is empty then."""
    found = topics.get(place, {})
    if found.get(variant) is topic:
        del found[variant]
        if not found:
            del topics[place]


def _refuse(message: str, kind: str) -> InvalidArguments:
    return InvalidArguments((ArgumentError("watch", message, kind),))
