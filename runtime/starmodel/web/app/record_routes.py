"""The routes that all records in a database have alike: their pages, lists and `crud`.

Generated `routes.py` lists them, and says what differs: the pages, the forms, the commands, and
the schemas of the fields. Paths begin with the entity's name: `/product`, `/product/{id}`.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from starmodel.application import CommandResult, EntityDefinition
from starmodel.application.queries.filter_set import FilterSet
from starmodel.application.queries.find import find, find_related
from starmodel.errors import StaleVersion
from starmodel.settings import Respond
from starmodel.web.app.entity_routes import form_route, id_of, own_path, reader
from starmodel.web.app.query_params import list_view, respond_query
from starmodel.web.app.record_responses import (
    respond_conflict,
    respond_list,
    respond_options,
)
from starmodel.web.app.responses import (
    page_path,
    redirect,
    render_page,
    respond_created,
    respond_deleted,
    respond_event,
    respond_record,
    respond_state,
)
from starmodel.web.http.response import Response
from starmodel.web.routing.request import Request, Route
from starmodel.web.ui.document import Page
from starmodel.web.ui.form_state import Form, FormState
from starmodel.web.ui.list_view import ListView, Related
from starmodel.web.ui.picker import MAX_OPTIONS
from starmodel.web.validation.arguments import Argument, Arguments, update_arguments

Fields: TypeAlias = Mapping[str, Argument]
"""The fields that are written from outside, by name; those of an update are derived from them."""

Command: TypeAlias = Callable[..., Awaitable[CommandResult[None]]]
"""A generated command: it takes the services, the record's id unless it makes one, the fields
as keyword arguments, `actor` and `idempotency_key`."""


FormStateFactory: TypeAlias = Callable[[Any, int, Related], FormState]
"""Makes the state of a record's form from its state, its version and its references."""


def record_route(
    queries: FilterSet[Any],
    page: Callable[[Any, Related], Page],
    relations: Callable[[Any, Related], str],
) -> Route:
    """Return the route of the page of a record that refers to others; programs get its state.

    Args:
        queries: Says what its fields refer to.
        page: Makes the page of its public state and of those that it refers to.
        relations: Makes the links to these alone, each in the element that shows them.
    """
    definition = queries.definition
    read = reader(definition)

    async def read_record(request: Request) -> Response:
        snapshot = await read(request)
        if request.wants_json:
            return respond_state(snapshot)
        state = snapshot.state
        related = await find_related(request.services, queries, [state], actor=request.actor)
        return respond_record(
            request, lambda: page(state, related), lambda: relations(state, related)
        )

    return Route("GET", own_path(definition), read_record)


def list_route(
    queries: FilterSet[Any],
    page: Callable[[ListView[Any]], Page],
    records: Callable[[ListView[Any]], str],
) -> Route:
    """Return the route that lists the records that fit, as a page or as JSON.

    What is wrong with a query is shown where the event `find` has its errors.

    Args:
        queries: What can be asked for.
        page: Makes the whole page.
        records: Makes the part of it that shows the records.
    """

    async def list_records(request: Request) -> Response:
        if request.wants_json:
            return await respond_query(request, queries)
        return respond_list(request, await list_view(request, queries), page, records)

    return Route("GET", f"/{queries.definition.name}", list_records, event="find")


def query_route(queries: FilterSet[Any]) -> Route:
    """Return the route that lists the records that fit as JSON; the host app has a page there."""

    async def list_records(request: Request) -> Response:
        return await respond_query(request, queries)

    return Route("GET", f"/{queries.definition.name}", list_records, json_only=True)


def options_route(queries: FilterSet[Any], label: str = "id") -> Route:
    """Return the route of what a picker offers for what was typed.

    `label` is the field that records are called by, and sorted by.
    """

    async def offer(request: Request) -> Response:
        page = await find(
            request.services,
            queries,
            {},
            actor=request.actor,
            q=(request.query.get("q") or None) if queries.texts else None,
            sort=[label],
            limit=MAX_OPTIONS,
        )
        options = [
            (str(record.id), str(getattr(record, label)) or str(record.id)) for record in page.items
        ]
        return respond_options(request, options)

    return Route("GET", f"/{queries.definition.name}/options", offer)


def create_routes(
    definition: EntityDefinition[Any],
    command: Command,
    fields: Fields,
    form: Form | None = None,
    *,
    respond: Respond | None = None,
) -> list[Route]:
    """Return the routes that make a record: `POST /product`, and the page with its form."""
    path = f"/{definition.name}"
    arguments = Arguments(**fields)

    async def create(request: Request) -> Response:
        given = await arguments.read(request)
        outcome = await command(
            request.services,
            **given,
            actor=request.actor,
            idempotency_key=request.idempotency_key,
        )
        return respond_created(request, definition, outcome)

    route = Route(
        "POST", path, create, event="create", arguments=arguments, form=form, respond=respond
    )
    return [route] if form is None else [form_route(f"{path}/new", form.unbound_page), route]


def update_routes(
    definition: EntityDefinition[Any],
    command: Command,
    fields: Fields,
    *,
    respond: Respond | None = None,
) -> list[Route]:
    """Return the route that changes a record: `PATCH /product/{id}`. What is left out stays."""
    arguments = update_arguments(fields)

    async def update(request: Request) -> Response:
        given = await arguments.read(request)
        outcome = await _update(request, command, given)
        return respond_event(request, definition, outcome)

    return [
        Route(
            "PATCH",
            f"/{definition.name}/{{id}}",
            update,
            event="update",
            arguments=arguments,
            respond=respond,
        )
    ]


def edit_routes(
    queries: FilterSet[Any],
    command: Command,
    fields: Fields,
    form: Form,
    form_state: FormStateFactory,
    *,
    respond: Respond | None = None,
) -> list[Route]:
    """Return the routes that change a record, and those of the page on which it is edited.

    `form_state` makes the state of that form from the record as it is stored.
    """
    definition = queries.definition
    read = reader(definition)
    (update,) = update_routes(definition, command, fields, respond=respond)
    arguments = update.arguments or Arguments()

    async def read_draft(request: Request) -> FormState:
        snapshot = await read(request)
        # What was typed may refer to other records already.
        states = [snapshot.state, form.submitted_values(request)]
        related = await find_related(request.services, queries, states, actor=request.actor)
        return form_state(snapshot.state, snapshot.version, related)

    async def edit(request: Request) -> Response:
        return render_page(request, form.page(await read_draft(request)))

    async def save(request: Request) -> Response:
        stored = (await read(request)).state
        given = await arguments.read(request, stored, form.objects)
        try:
            await _update(request, command, given)
        except StaleVersion as stale:
            return respond_conflict(request, stale, form, await read_draft(request))
        return redirect(request, page_path(definition, id_of(request)))

    path = f"/{definition.name}/{{id}}/edit"
    return [
        Route("GET", path, edit),
        Route("POST", path, save, event="update", arguments=arguments, form=form),
        update,
    ]


def delete_routes(
    definition: EntityDefinition[Any],
    command: Command,
    form: Form | None = None,
    *,
    label: str | None = None,
    respond: Respond | None = None,
) -> list[Route]:
    """Return the routes that delete a record: `DELETE /product/{id}`, and the page that asks first.

    With that page there is a list of the records as well, which is where a deletion leads.
    `label` is the field that the record is called by.
    """
    path = f"/{definition.name}"

    async def delete(request: Request) -> Response:
        await _delete(request, command)
        return respond_deleted(request, None if form is None else path)

    route = Route("DELETE", f"{path}/{{id}}", delete, event="delete", respond=respond)
    if form is None:
        return [route]
    read, show = reader(definition), form.unbound_page

    async def confirm(request: Request) -> Response:
        snapshot = await read(request)
        called = "" if label is None else str(getattr(snapshot.entity, label))
        return render_page(request, show(snapshot.id, called))

    async def remove(request: Request) -> Response:
        await _delete(request, command)
        return redirect(request, path)

    return [
        Route("GET", f"{path}/{{id}}/delete", confirm),
        Route("POST", f"{path}/{{id}}/delete", remove, event="delete", form=form),
        route,
    ]


async def _update(
    request: Request, command: Command, given: Mapping[str, Any]
) -> CommandResult[None]:
    return await command(
        request.services,
        id_of(request),
        **given,
        actor=request.actor,
        idempotency_key=request.idempotency_key,
    )


async def _delete(request: Request, command: Command) -> None:
    await command(
        request.services,
        id_of(request),
        actor=request.actor,
        idempotency_key=request.idempotency_key,
    )
