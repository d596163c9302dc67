"""The route of an entity's page or state, which every entity has alike."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from starmodel.application import EntityDefinition, Snapshot
from starmodel.domain import Entity, Scope
from starmodel.errors import BadRequest
from starmodel.ui.components.pages import FormPage, Record
from starmodel.ui.view import NO_RELATED, View
from starmodel.web.app.responses import (
    respond_html,
    respond_page,
    respond_record,
    respond_state,
)
from starmodel.web.http.response import Response
from starmodel.web.routing.browser_state import open_kept
from starmodel.web.routing.request import Request, Route

if TYPE_CHECKING:
    from starmodel.application.queries.filter_set import FilterSet

E = TypeVar("E", bound=Entity)


def state_route(definition: EntityDefinition[Any]) -> Route:
    """Return the route of an entity's state as JSON; the host app has a page of its own there."""
    read = reader(definition)

    async def read_state(request: Request) -> Response:
        return respond_state(await read(request))

    return Route("GET", own_path(definition), read_state, json_only=True)


def page_route(definition: EntityDefinition[Any], page: Record) -> Route:
    """Return the route of an entity's page; programs get its state."""
    read = reader(definition)

    async def read_page(request: Request) -> Response:
        snapshot = await read(request)
        if request.wants_json:
            return respond_state(snapshot)
        resource = request.app_state.resources[definition.cls]
        related = NO_RELATED
        if resource.queries is not None:
            related = await resource.related(request, snapshot.state)
        return respond_record(request, page, snapshot, related)

    return Route("GET", own_path(definition), read_page, page=page)


def own_page_route(
    definition: EntityDefinition[E], page: Record | Callable[[E, Request], object]
) -> Route:
    """Return the route of a page of the author's: a component, or what is made of the entity."""
    if isinstance(page, Record):
        return page_route(definition, page)
    read = reader(definition)

    async def read_page(request: Request) -> Response:
        snapshot = await read(request)
        return respond_page(request, snapshot, lambda _: page(snapshot.entity, request))

    return Route("GET", own_path(definition), read_page)


def restore_route(definition: EntityDefinition[Any]) -> Route:
    """Return the route of an entity that browsers keep: POST what one has, and get its state."""

    async def restore(request: Request) -> Response:
        snapshot, told = await open_kept(request, definition)
        if request.wants_json:
            return respond_state(snapshot)
        return Response(200, request.app_state.event_headers, told)

    return Route("POST", own_path(definition), restore)


def form_route(path: str, page: FormPage, queries: "FilterSet[Any] | None" = None) -> Route:
    """Return the route of a page with forms: the one on which a record is made.

    What the address says for an input stands in it: `/loan/new?book=ID`. `queries` says what the
    fields refer to, to call the records by their names.
    """

    async def show(request: Request) -> Response:
        from starmodel.web.ui.form_state import prefilled

        state = prefilled(page.forms[0], request.query)
        if queries is not None and request.query:
            from starmodel.application.queries.find import find_related

            related = await find_related(
                request.services, queries, [state.values], actor=request.actor
            )
            state = replace(state, related=related)
        view = View(form=state, message=request.message, request=request)
        return respond_html(request, request.app_state.renderer.form_page(page).fill({}, view))

    return Route("GET", path, show, page=page)


def own_path(definition: EntityDefinition[Any]) -> str:
    """Return the path of the page that shows an entity, with `{id}` where a record's id goes."""
    path = f"/{definition.name}"
    return f"{path}/{{id}}" if definition.scope is Scope.RECORD else path


def reader(definition: EntityDefinition[E]) -> Callable[[Request], Awaitable[Snapshot[E]]]:
    """Return what reads the instance of an entity that a request is about."""
    holder = _HOLDERS.get(definition.scope, _nobody)

    def read(request: Request) -> Awaitable[Snapshot[E]]:
        if definition.is_in_browser and request.wants_json:
            raise BadRequest(_IN_BROWSER)
        return request.services.read(definition, holder(request), request.actor)

    return read


def id_of(request: Request) -> str:
    """Return the id of the record that a request is about."""
    return request.path_parameters["id"]


_IN_BROWSER = (
    "The browser keeps this: POST what it has kept to this address, as the JSON"
    ' {"_sealed": {"name": "..."}}.'
)


def _session_of(request: Request) -> str:
    return request.session


def _nobody(_: Request) -> str:
    return ""


_HOLDERS = {Scope.RECORD: id_of, Scope.SESSION: _session_of}
"""What of a request says which instance of an entity is meant, by scope."""
