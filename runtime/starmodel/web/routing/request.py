"""A request as handlers see it, the route that answers it, and what it has of its app."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from hashlib import sha256
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias
from urllib.parse import unquote

from pydantic_core import to_json

from starmodel.application import Services
from starmodel.domain import ANONYMOUS, Actor, Entity
from starmodel.errors import BadRequest
from starmodel.settings import Respond, Settings
from starmodel.ui.frontend import EventResponseFormatter
from starmodel.web.http.flash import COOKIES, expired_flash_cookie, find_flash
from starmodel.web.http.form_body import MULTIPART
from starmodel.web.http.http_request import HTTPRequest, media_type
from starmodel.web.http.request_limits import MAX_BODY
from starmodel.web.http.response import Headers, Receive, Response, Scope, StreamResponse
from starmodel.web.http.session import SessionIdentity
from starmodel.web.validation.arguments import Arguments

if TYPE_CHECKING:
    from starmodel.ui.components.pages import Form, FormPage, HomeEntry, List, Record
    from starmodel.ui.kit import UIAdapter
    from starmodel.ui.rendering.renderer import Renderer

IDEMPOTENCY_KEY = re.compile(rb"[!-~]{1,200}")
"""What the header `Idempotency-Key` may say."""

NO_PARAMETERS: Mapping[str, str] = MappingProxyType({})

Method: TypeAlias = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Handler: TypeAlias = Callable[["Request"], Awaitable[Response | StreamResponse]]

FormAgain: TypeAlias = Callable[
    ["Request", list[tuple[str, str]], Mapping[str, str]], Awaitable[str]
]
"""Returns the document of a form, out of the fields that were sent and what is wrong with each."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing, so that any site may lead to them."""


class Route:
    """One method of one path, and the handler that answers it.

    Args:
        method: The HTTP method. A GET route answers HEAD too.
        path: The path; `{name}` stands for one segment of it.
        handler: An async function from request to answer.
        event: The event that it runs.
        arguments: The arguments that the event takes.
        respond: How the script of a page is answered; by default as the settings say.
        json_only: Answer only who wants JSON; the host app has a page of its own there.
        form: The form that leads here.
        form_again: Shows that form again, where what a plain form has sent does not fit.
        page: The component of the page that it answers with.
        is_asset: Whether it is the same for everybody: nobody is asked who he is.
    """

    __slots__ = (
        "arguments",
        "event",
        "form",
        "form_again",
        "handler",
        "is_asset",
        "is_safe",
        "json_only",
        "method",
        "namespace",
        "page",
        "path",
        "respond",
        "signals_after",
        "signals_before",
    )

    def __init__(
        self,
        method: Method,
        path: str,
        handler: Handler,
        *,
        event: str | None = None,
        arguments: Arguments | None = None,
        respond: Respond | None = None,
        json_only: bool = False,
        form: "Form | None" = None,
        form_again: "FormAgain | None" = None,
        page: "Record | List | FormPage | None" = None,
        is_asset: bool = False,
    ) -> None:
        self.method: Method = method
        self.path = path
        self.handler = handler
        self.event = event
        self.arguments = arguments
        self.respond: Respond | None = respond
        self.json_only = json_only
        self.form = form
        self.form_again = form_again
        self.page = page
        self.is_asset = is_asset
        self.is_safe = method in SAFE_METHODS
        self.namespace = ""
        self.signals_before = b""
        self.signals_after = b""

    def __repr__(self) -> str:
        return f"<Route {self.method} {self.path}>"

    @property
    def argument_names(self) -> tuple[str, ...]:
        """The names of the event's arguments."""
        return () if self.arguments is None else self.arguments.names

    def belong_to(self, namespace: str) -> None:
        """Compute what surrounds the changed fields in every answer.

        That is the namespace before them and, after them, the errors of the event's form, all
        empty: an event that went well clears what an earlier one left there.
        """
        self.namespace = namespace
        self.signals_before = b"{%s:" % to_json(namespace)
        self.signals_after = b"}"
        if self.argument_names:
            self.signals_after = b',"errors":%s}' % to_json(self.errors({}))

    @property
    def done(self) -> str:
        """What is said when the event went well and returned no text; `""` where no form says it."""
        form = self.form
        return "" if form is None else form.success or f"{form.label}: done."

    def errors(self, messages: Mapping[str, str]) -> dict[str, dict[str, dict[str, str]]]:
        """Return the tree of error signals: the message of each argument, or an empty text.

        What belongs to no argument is called `_`.
        """
        empty = dict.fromkeys((*self.argument_names, "_"), "")
        return self.within({**empty, **messages})

    def within(self, values: Mapping[str, str]) -> dict[str, dict[str, dict[str, str]]]:
        """Put values where a tree of signals has those of this event's form."""
        return {self.namespace: {self.event or "_": {**values}}}


class ResponseFrame:
    """What is the same in all answers of one route to a page's script.

    Attributes:
        before: What comes before the changed fields; empty where the formatter has no frame.
        after: What comes after them.
        after_done: The same, with the message that it went well.
        is_acknowledgement: Whether the answer is 204, and the change arrives by a live stream.
    """

    __slots__ = ("after", "after_done", "before", "is_acknowledgement")

    def __init__(
        self, before: bytes, after: bytes, after_done: bytes, *, is_acknowledgement: bool
    ) -> None:
        self.before = before
        self.after = after
        self.after_done = after_done
        self.is_acknowledgement = is_acknowledgement


class ChangeTokens(Protocol):
    """Says where the changes of records that are listed stand."""

    def token(self, name: str) -> str:
        """Return the token of an entity's changes; ask before its records are read."""
        ...


class AppContext(Protocol):
    """What a request has of its app; `AppState` is it.

    Attributes:
        settings: The settings, those of the environment included.
        services: Stores, bus and unit of work.
        request_header: The header by which requests of the front end say so.
        formatter: Writes the answers that pages read.
        json_formatter: Writes the live streams that programs read.
        event_headers: The headers of answers that pages read.
        response_frames: What is the same in all answers of a route to a page.
        renderer: Renders components.
        entities: The classes of the app's entities.
        resources: Each entity with its routes, a `Resource`, by class.
        identify: Says who sent a request; `None` where everybody is anonymous.
        known_session: Tells browsers apart, once `session` was asked for.
        queries: What can be asked of each entity that is listed, by its name.
        prefix: What every address of the app begins with, where it is served below a path.
    """

    settings: Settings
    services: Services
    request_header: bytes
    formatter: EventResponseFormatter
    json_formatter: EventResponseFormatter
    event_headers: Headers
    response_frames: dict[Route, ResponseFrame]
    entities: tuple[type[Entity], ...]
    resources: Mapping[type[Entity], Any]
    identify: Callable[["Request"], Actor | Awaitable[Actor]] | None
    known_session: SessionIdentity | None
    queries: Mapping[str, Any]
    prefix: str

    @property
    def page_headers(self) -> Headers:
        """The headers of generated pages."""
        ...

    @property
    def renderer(self) -> "Renderer":
        """Renders components."""
        ...

    @property
    def changes(self) -> ChangeTokens:
        """Where the changes of records that are listed stand."""
        ...

    @property
    def session(self) -> SessionIdentity:
        """Tells browsers apart."""
        ...

    @property
    def entries(self) -> "Sequence[HomeEntry]":
        """The pages that need no id, as the home page shows them."""
        ...

    @property
    def has_home(self) -> bool:
        """Whether there is something at `/`."""
        ...

    @property
    def event_forms(self) -> "Mapping[Route, FormAgain]":
        """Show the page of a record again, with the form of an event that did not fit."""
        ...

    def component_of(self, name: str) -> "Record | None":
        """Return the component of one record of an entity, by its name or namespace."""
        ...

    def title_of(self, name: str) -> str:
        """Return what one record of an entity is called: `Order line`."""
        ...


class Request(HTTPRequest):
    """A request that one of the app's own routes answers.

    Attributes:
        path_parameters: What the placeholders of the route's path stand for.
        route: The route that answers.
        actor: Who sent it, as the app's `identify` says.
        services: The stores, the bus and the unit of work.
        app_state: Everything else that belongs to the app.
        set_cookie: The cookie that the answer sets, if a session begins or is prolonged with it.
        expired_cookie: The cookie that the answer takes back: of a message that it shows.
    """

    __slots__ = (
        "_message",
        "_session",
        "actor",
        "app_state",
        "expired_cookie",
        "path_parameters",
        "route",
        "services",
        "set_cookie",
    )

    def __init__(
        self,
        scope: Scope,
        receive: Receive,
        app_state: AppContext,
        route: Route,
        path_parameters: Mapping[str, str] = NO_PARAMETERS,
    ) -> None:
        # `super()` would make an object for it, at each request.
        HTTPRequest.__init__(self, scope, receive, app_state.request_header)
        self.path_parameters = path_parameters
        self.route = route
        self.actor: Actor = ANONYMOUS
        self.services = app_state.services
        self.set_cookie: bytes | None = None
        self.expired_cookie: bytes | None = None
        self._message: str | None = None
        self.app_state = app_state
        self._session: str | None = None

    @property
    def prefix(self) -> str:
        """What the address of every path of the app begins with, percent-encoded: `/shop`.

        It is empty where the app is not served below a path.
        """
        return self.app_state.prefix

    @property
    def settings(self) -> Settings:
        """The settings of the app."""
        return self.app_state.settings

    @property
    def formatter(self) -> EventResponseFormatter:
        """Writes the answers that pages read."""
        return self.app_state.formatter

    @property
    def max_body(self) -> int:
        """How many bytes its body may have: more where a form sends files."""
        form = self.route.form
        if form is None or not form.has_files or media_type(self.headers) != MULTIPART:
            return MAX_BODY
        return MAX_BODY + self.settings.max_upload

    @property
    def ui(self) -> "UIAdapter":
        """The kit: how pages look."""
        return self.app_state.renderer.kit

    @property
    def message(self) -> str:
        """What an event said that led to this page, as plain text; `""` for nothing.

        Whoever reads it shows it: the answer has the browser forget it.
        """
        text = self._message
        if text is None:
            text = self._message = self._find_message()
        return text

    def _find_message(self) -> str:
        cookies = self.headers.get(b"cookie", b"")
        if COOKIES not in cookies or self.method != "GET":
            return ""
        # Only a page that is loaded shows it to somebody; what scripts fetch would take it away.
        if self.headers.get(b"sec-fetch-mode", b"navigate") != b"navigate":
            return ""
        path = unquote(self.prefix) + self.path
        text = find_flash(cookies, path)
        if text:
            self.expired_cookie = expired_flash_cookie(path, self.prefix, secure=self.is_secure)
        return text

    @property
    def page_headers(self) -> Headers:
        """The headers of generated pages."""
        return self.app_state.page_headers

    @property
    def local_origin(self) -> str:
        """The path and query of the app's page that this came from, below the prefix; `""` for none."""
        path, prefix = self.origin_path or "", self.prefix
        if not prefix:
            return path
        return path.removeprefix(prefix) if path.startswith(f"{prefix}/") else ""

    def address_of_list(self, path: str) -> str:
        """Return where a list is: with its filters, if this came from there."""
        origin = self.local_origin
        return origin if origin and unquote(origin.partition("?")[0]) == path else path

    @property
    def session(self) -> str:
        """The id of the browser's session.

        Where there is none yet, or its cookie cannot be trusted, a new one begins, and the
        answer sets its cookie.
        """
        session = self._session
        if session is None:
            identity = self.app_state.known_session or self.app_state.session
            is_secure = self.scope.get("scheme") == "https"
            found = identity.find(self.headers.get(b"cookie", b""), secure=is_secure)
            session = identity.create() if found is None else found.id
            if found is None or found.is_due:
                self.set_cookie = identity.cookie(session, secure=is_secure)
            self._session = session
        return session

    @property
    def idempotency_key(self) -> str | None:
        """What the header `Idempotency-Key` and the sender make of this request; mostly `None`.

        The same request, sent again by the same actor or in the same session, has the same one.
        What asks for something else is another request, also under the same header. Read the
        arguments first: of the body counts what was read.

        Raises:
            BadRequest: The header is not 1 to 200 visible ASCII characters.
        """
        given = self.headers.get(b"idempotency-key")
        if given is None:
            return None
        if not IDEMPOTENCY_KEY.fullmatch(given):
            raise BadRequest("An Idempotency-Key has 1 to 200 visible ASCII characters.")
        if self.actor.id is not None:
            sender = f"actor {self.actor.id}"
        else:
            # None begins here: the request that is sent again would be in another.
            cookie = self.headers.get(b"cookie", b"")
            found = self.app_state.session.find(cookie, secure=self.is_secure)
            sender = "nobody" if found is None else f"session {found.id}"
        parts = (sender, self.method, self.path, self.scope["query_string"].decode("latin-1"))
        told = "\0".join([*parts, given.decode("ascii"), ""])
        return sha256(told.encode("utf-8", "surrogatepass") + (self._body or b"")).hexdigest()
