"""StarModel in front of FastHTML.

Pages of the host's own have what ours have: in `hdrs` the stylesheet and the scripts, and on
`<body>` the data of the entities that a handler has asked for. A handler asks by a parameter of
the entity's class; FastHTML calls `__from_request__` of such a class.
"""

import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from starmodel.domain.type_guards import is_mapping
from starmodel.settings import Settings
from starmodel.ui.components.embedding import SERVING
from starmodel.ui.view import View
from starmodel.web.adapters.starlette import StarletteFamilyAdapter, read
from starmodel.web.app.application import WebApplication
from starmodel.web.app.visit import VISIT, Visit, visit_of
from starmodel.web.http.prefix import PREFIX, prefix_addresses

if TYPE_CHECKING:
    from fasthtml.common import FastHTML
    from starlette.types import ASGIApp, Receive, Scope, Send


class FastHTMLAdapter(StarletteFamilyAdapter["FastHTML"]):
    """Puts the generated routes in front of a FastHTML app."""

    framework = "fasthtml"

    def create_host(self, settings: Settings) -> "FastHTML":
        """Make an empty FastHTML app whose own sessions are signed with the app's key."""
        from fasthtml.common import FastHTML

        # Without a key FastHTML would write one into the working directory.
        return FastHTML(
            secret_key=settings.secret_key or secrets.token_urlsafe(32), default_hdrs=False
        )

    def prepare_host(self, app: "FastHTML", application: WebApplication) -> None:
        """Have the app's own pages look like ours, and its handlers ask for entities."""
        from starlette.middleware import Middleware

        super().prepare_host(app, application)
        host: Any = app  # its attributes have no types
        has_viewport = any(_name(each) == "viewport" for each in host.hdrs)
        # Before the author's, whose styles count more.
        host.hdrs.insert(0, _Part(lambda: _head(application, with_viewport=not has_viewport)))
        host.ftrs.append(_Part(lambda: _notice(application)))
        host.after.append(_complete_page)
        app.user_middleware.append(Middleware(_Partial))
        _ask_by_class(application)


_VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1">'


class _Part:
    """Markup of ours in the headers or footers of a host, which it copies for each request."""

    def __init__(self, make: Callable[[], str]) -> None:
        self._make = make

    def __deepcopy__(self, memo: object) -> "_Part":
        return self

    def __ft__(self) -> Markup:
        return Markup(prefix_addresses(self._make(), PREFIX.get()))


def _head(application: WebApplication, *, with_viewport: bool) -> str:
    return (_VIEWPORT if with_viewport else "") + application.renderer.head_html()


def _notice(application: WebApplication) -> str:
    visit = SERVING.get()
    message = visit.anonymous_request.message if isinstance(visit, Visit) else ""
    return application.renderer.notice().fill({}, View(message=message))


def _name(element: Any) -> object:
    attributes: object = getattr(element, "attrs", None)
    return attributes.get("name") if is_mapping(attributes) else None


def _complete_page(req, resp) -> None:  # pyright: ignore
    """Give `<html>` and `<body>` of the page that a handler has made what pages of ours have.

    FastHTML calls it, and would take an annotation for a field to be read from the request.
    """
    _complete(req)


def _complete(req: Any) -> None:
    visit: Visit | None = req.scope.get(VISIT)
    if visit is None:
        return
    kit = visit.parts.renderer.kit
    for name, value in kit.html_attributes().items():
        req.htmlkw.setdefault(name, value)
    classes = kit.cls("body")
    if classes and not req.bodykw.get("cls"):
        req.bodykw["cls"] = classes
    req.bodykw.update(visit.attributes())


def _ask_by_class(application: WebApplication) -> None:
    """Have FastHTML give entities to handlers that name their classes."""
    from starlette.requests import Request

    async def from_request(cls: Any, request: Request) -> Any:
        # Whichever app serves the request: a class may be in several.
        return await read(request, cls)

    cls: Any
    for cls in application.entities:
        if not hasattr(cls, "__from_request__"):
            cls.__from_request__ = classmethod(from_request)


class _Partial:
    """Has FastHTML answer the front end's requests with elements alone, without `<body>`.

    It knows such requests by htmx's header only.
    """

    def __init__(self, app: "ASGIApp") -> None:
        self._app = app

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Pass on a request."""
        if scope["type"] == "http" and VISIT in scope:
            mark = visit_of(scope).parts.renderer.frontend.request_header
            if any(name == mark for name, _ in scope["headers"]):
                scope = {**scope, "headers": [*scope["headers"], (b"hx-request", b"true")]}
        await self._app(scope, receive, send)
