"""Requests that the host answers, and what its pages show of our entities.

A handler of the host asks for an entity. Whatever it was given is among the data of its page, and
followed by the page's one live stream: the attributes for that are `Visit.attributes`.
"""

from collections.abc import Mapping, MutableMapping
from secrets import token_hex
from types import MappingProxyType
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

from markupsafe import Markup

from starmodel.application import EntityDefinition, Snapshot
from starmodel.domain import Actor, Entity, Scope, render_fragment
from starmodel.errors import ConfigurationError, Unauthenticated
from starmodel.ui.components.embedding import Part
from starmodel.ui.components.pages import Record
from starmodel.ui.view import NO_RELATED, Related, View
from starmodel.web.http.prefix import PREFIX, prefix_addresses
from starmodel.web.http.response import NO_STORE, Message, Response, Send
from starmodel.web.routing.request import AppContext, Request, Route
from starmodel.web.routing.resource import Resource

E = TypeVar("E", bound=Entity)

NOTHING: Mapping[str, Any] = MappingProxyType({})

VISIT = "starmodel.visit"
"""Where the scope of a request to the host has what we know of it."""


class HasScope(Protocol):
    """A request of Starlette, FastHTML or FastAPI."""

    @property
    def scope(self) -> MutableMapping[str, Any]:
        """The ASGI scope."""
        ...


class Shown:
    """An entity that a page shows."""

    __slots__ = ("related", "snapshot", "state")

    def __init__(
        self, snapshot: Snapshot[Any], state: Mapping[str, Any], related: Related = NO_RELATED
    ) -> None:
        self.snapshot = snapshot
        self.state = state
        self.related = related

    @property
    def watch(self) -> str:
        """What the live stream calls it."""
        definition = self.snapshot.definition
        if definition.is_record:
            return f"{definition.name}:{quote(self.snapshot.id, safe='', errors='replace')}"
        return definition.name


class ShownEntities:
    """What one page shows: entities by namespace. It renders the components in that page.

    The data of a page has room for one entity of a kind; the others of that kind are shown as they
    are, and not followed.
    """

    def __init__(self, parts: AppContext) -> None:
        self.parts = parts
        self.by_namespace: dict[str, Shown] = {}
        self._records: set[str] = set()

    def add(self, snapshot: Snapshot[Any], related: Related = NO_RELATED) -> None:
        """Declare and follow an entity."""
        definition = snapshot.definition
        files = self._resource(definition.cls).files
        state: Mapping[str, Any] = snapshot.state
        if files:
            state = {name: value for name, value in state.items() if name not in files}
        self.by_namespace.setdefault(definition.namespace, Shown(snapshot, state, related))

    def _resource(self, entity: type[Entity]) -> Resource:
        resource: Resource = self.parts.resources[entity]
        return resource

    @property
    def errors(self) -> Mapping[str, Any]:
        """The errors of their events, all empty, by namespace."""
        return {
            name: self._resource(one.snapshot.definition.cls).errors
            for name, one in self.by_namespace.items()
        }

    @property
    def states(self) -> Mapping[str, Any]:
        """Their public states, by namespace."""
        return {name: one.state for name, one in self.by_namespace.items()}

    @property
    def live(self) -> str:
        """The address of the page's live stream, below no prefix; `""` for none."""
        watched = {
            name: one
            for name, one in self.by_namespace.items()
            if not one.snapshot.definition.is_in_browser
        }
        asked = [f"watch={one.watch}" for one in watched.values()]
        if self._records.isdisjoint(watched):
            # The page has its own layout, and no place for the markup of fields.
            asked += ["only=values"] if asked else []
        else:
            asked += [
                f"only=values:{one.snapshot.definition.name}"
                for name, one in watched.items()
                if name not in self._records
            ]
        return f"/live?{'&'.join(asked)}" if asked else ""

    def note(self, component: object, subject: object) -> None:
        """Have the markup of fields sent where the page shows a record that it follows."""
        if isinstance(component, Record):
            shown = self.by_namespace.items()
            self._records.update(name for name, one in shown if one.snapshot.entity is subject)

    def _is_live(self, subject: object) -> bool:
        return any(one.snapshot.entity is subject for one in self.by_namespace.values())

    def embed(self, component: object, subject: object) -> str:
        """Return a component that stands in the page as HTML."""
        renderer = self.parts.renderer
        if isinstance(component, Part):
            return str(component.render(renderer.kit, PREFIX.get()).__html__())
        if type(subject) not in self.parts.resources:
            html = renderer.embed(component, subject)
        else:
            assert isinstance(subject, Entity)
            definition = self._resource(type(subject)).definition
            shown = self.by_namespace.get(definition.namespace)
            is_live = self._is_live(subject)
            id = str(subject.id) if definition.is_record else ""
            related = shown.related if shown is not None and is_live else NO_RELATED
            view = View(id=id, related=related, path=f"/{definition.name}")
            state = definition.state(subject)
            html = renderer.embedded(component, state, view, is_live=is_live)
        return prefix_addresses(html, PREFIX.get())

    def document(
        self,
        title: str,
        lead: str,
        content: object,
        message: str = "",
        request: Request | None = None,
    ) -> str:
        """Return a page of one's own in the app's look; `content` is markup, or a list of it.

        Raises:
            TypeError: The content is no markup.
        """
        return self.parts.renderer.own_page(
            title,
            lead,
            _html(content),
            shown=self.errors,
            states=self.states,
            live=self.live,
            message=message,
            request=request,
        )


class Visit(ShownEntities):
    """A request that the host answers, and our view of it once somebody asks."""

    def __init__(self, parts: AppContext, scope: MutableMapping[str, Any], send: Send) -> None:
        super().__init__(parts)
        self._scope = scope
        self._send = send
        self._is_identified = parts.identify is None
        self._request: Request | None = None

    @property
    def anonymous_request(self) -> Request:
        """Our view of the request, whoever sent it."""
        if self._request is None:
            self._request = Request(self._scope, _receive_nothing, self.parts, HOST_ROUTE)
        return self._request

    async def request(self) -> Request:
        """Return our view of the request: its session and its actor."""
        request = self.anonymous_request
        if not self._is_identified and self.parts.identify is not None:
            actor = self.parts.identify(request)
            request.actor = actor if isinstance(actor, Actor) else await actor
            self._is_identified = True
        return request

    async def read(self, definition: EntityDefinition[E], id: str = "") -> Snapshot[E]:
        """Read an entity; see `WebApplication.read`."""
        request = await self.request()
        holder = _holder(request, definition, id)
        return await request.services.read(definition, holder, request.actor)

    async def show(
        self, entity: type[E], id: str | None = None, path_parameters: Mapping[str, Any] = NOTHING
    ) -> E:
        """Read an entity that the page shows; from now on the page follows it.

        Args:
            entity: Its class.
            id: Which record; without it the path says so.
            path_parameters: What the path says: `id`, or `order_id`.

        Raises:
            NotFound: There is no such record.
            Unauthenticated, Forbidden: Whoever sent the request may not read it.
            ConfigurationError: The app does not know the entity.
        """
        if entity not in self.parts.resources:
            raise ConfigurationError(f"{entity.__name__} is no entity of the app at this address.")
        resource = self._resource(entity)
        definition: EntityDefinition[E] = resource.definition
        if not definition.is_record:
            id = ""
        elif id is None:
            id = _id_in_path(definition, path_parameters)
        shown = self.by_namespace.get(definition.namespace)
        if shown is not None and (shown.snapshot.id == id or not definition.is_record):
            return shown.snapshot.entity
        snapshot = await self.read(definition, id)
        related = NO_RELATED
        if resource.queries is not None:
            related = await resource.related(await self.request(), snapshot.state)
        self.add(snapshot, related)
        return snapshot.entity

    def page(self, title: str, lead: str, content: object) -> str:
        """Return a document in the app's look, for a page of the host's."""
        prefix = self.parts.prefix
        request = self.anonymous_request
        message = request.message
        if not prefix:
            return self.document(title, lead, content, message, request)
        # What the host makes has the prefix already.
        place = f"<!--{token_hex(8)}-->"
        before, _, after = self.document(title, lead, Markup(place), message, request).partition(
            place
        )
        html = _html(content)
        return f"{prefix_addresses(before, prefix)}{html}{prefix_addresses(after, prefix)}"

    def attributes(self) -> dict[str, str | bool]:
        """Return the attributes of the element around the page's content, not escaped.

        They declare the data of what it shows, and keep that live.
        """
        from html import unescape

        view = View(
            values={"live": self.parts.prefix + self.live},
            message=self.anonymous_request.message,
        )
        states = self.states
        templates = self.parts.renderer.page_attributes(self.errors, has_live=bool(self.live))
        return {
            name: one if isinstance(one, bool) else unescape(one.fill(states, view))
            for name, one in templates.items()
        }

    async def send(self, message: Message) -> None:
        """Pass on a message, and set the session's cookie with the first."""
        request = self._request
        cookies = [] if request is None else [request.set_cookie, request.expired_cookie]
        given = [(b"set-cookie", cookie) for cookie in cookies if cookie is not None]
        if given and message["type"] == "http.response.start":
            headers = [*message.get("headers", []), *given]
            if not any(name.lower() == b"cache-control" for name, _ in headers):
                # Or a cache might hand the same session to others.
                headers.append((b"cache-control", b"private"))
            message = {**message, "headers": headers}
        await self._send(message)


def _id_in_path(definition: EntityDefinition[Any], given: Mapping[str, Any]) -> str:
    for name in (f"{definition.name}_id", "id"):
        if name in given:
            return str(given[name])
    raise ConfigurationError(
        f"Which {definition.cls.__name__}? The path of the page says so, by {{id}} or"
        f" {{{definition.name}_id}}."
    )


def _html(content: object) -> str:
    """Return what stands in a page; a `str` is HTML already.

    Raises:
        TypeError: It is no markup.
    """
    if isinstance(content, str):
        return str(content)
    fragment = render_fragment(content)
    if fragment is None:
        raise TypeError(f"A page is made of markup, not of a {type(content).__name__}.")
    return fragment.html


def scope_of(request: HasScope | MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Return the ASGI scope of a request."""
    return request if isinstance(request, MutableMapping) else request.scope


def visit_of(request: HasScope | MutableMapping[str, Any]) -> Visit:
    """Return what is known of a request that a host answers.

    Raises:
        ConfigurationError: The request did not come through an app of ours.
    """
    visit: Visit | None = scope_of(request).get(VISIT)
    if visit is None:
        raise ConfigurationError(
            "This request did not come through the app. Serve what configure_app or"
            " create_app gave, or the app that was configured."
        )
    return visit


def _holder(request: Request, definition: EntityDefinition[Any], id: str) -> str:
    """Return the id of whoever or whatever the entity belongs to."""
    match definition.scope:
        case Scope.SESSION:
            return request.session
        case Scope.USER:
            if request.actor.id is None:
                raise Unauthenticated()
            return request.actor.id
        case Scope.GLOBAL:
            return ""
        case Scope.RECORD:
            return id


async def _respond_empty(request: Request) -> Response:
    return Response(204, NO_STORE, b"")


async def _receive_nothing() -> Message:
    return {"type": "http.disconnect"}


HOST_ROUTE = Route("GET", "/", _respond_empty)
"""The route of requests that the host answers."""
