"""The route of an entity's page or state, which every entity has alike."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from starmodel.application import EntityDefinition, Snapshot
from starmodel.domain import Entity, Scope
from starmodel.web.app.responses import render_page, respond_page, respond_state
from starmodel.web.http.response import Response
from starmodel.web.routing.request import Request, Route
from starmodel.web.ui.document import Page

E = TypeVar("E", bound=Entity)


def state_route(definition: EntityDefinition[Any]) -> Route:
    """Return the route of an entity's state as JSON; the host app has a page of its own there."""
    read = reader(definition)

    async def read_state(request: Request) -> Response:
        return respond_state(await read(request))

    return Route("GET", own_path(definition), read_state, json_only=True)


def page_route(definition: EntityDefinition[Any], page: Callable[[Any], object]) -> Route:
    """Return the route of an entity's page; programs get its state.

    `page` makes the page of the public state; see `respond_page`.
    """
    read = reader(definition)

    async def read_page(request: Request) -> Response:
        return respond_page(request, await read(request), page)

    return Route("GET", own_path(definition), read_page)


def own_page_route(definition: EntityDefinition[E], page: Callable[[E, Request], object]) -> Route:
    """Return the route of a page of the author's, which is made of the entity itself."""
    read = reader(definition)

    async def read_page(request: Request) -> Response:
        snapshot = await read(request)
        return respond_page(request, snapshot, lambda _: page(snapshot.entity, request))

    return Route("GET", own_path(definition), read_page)


def form_route(path: str, page: Callable[[], Page]) -> Route:
    """Return the route of a page that shows no entity: the one on which a record is made."""

    async def show(request: Request) -> Response:
        return render_page(request, page())

    return Route("GET", path, show)


def own_path(definition: EntityDefinition[Any]) -> str:
    """Return the path of the page that shows an entity, with `{id}` where a record's id goes."""
    path = f"/{definition.name}"
    return f"{path}/{{id}}" if definition.scope is Scope.RECORD else path


def reader(definition: EntityDefinition[E]) -> Callable[[Request], Awaitable[Snapshot[E]]]:
    """Return what reads the instance of an entity that a request is about."""
    holder = _HOLDERS.get(definition.scope, _nobody)

    def read(request: Request) -> Awaitable[Snapshot[E]]:
        return request.services.read(definition, holder(request), request.actor)

    return read


def id_of(request: Request) -> str:
    """Return the id of the record that a request is about."""
    return request.path_parameters["id"]


def _session_of(request: Request) -> str:
    return request.session


def _nobody(_: Request) -> str:
    return ""


_HOLDERS = {Scope.RECORD: id_of, Scope.SESSION: _session_of}
"""What of a request says which instance of an entity is meant, by scope."""
