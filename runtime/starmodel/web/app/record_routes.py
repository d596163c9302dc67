"""The routes that all records in a database have alike: their pages, lists and `crud`.

Generated `routes.py` lists them, and says what differs: the pages, the forms, the commands, and
the schemas of the fields. Paths begin with the entity's name: `/product`, `/product/{id}`.
"""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeAlias
from urllib.parse import quote

from starmodel.application import CommandResult, EntityDefinition
from starmodel.application.queries.filter_set import FilterSet
from starmodel.application.queries.find import find, find_related
from starmodel.domain import drop_unset
from starmodel.errors import NotFound, StaleVersion, StarModelError
from starmodel.settings import Respond
from starmodel.ui.components.pages import AGAIN, FormPage, List, Record
from starmodel.ui.view import View
from starmodel.web.app.batch import batch_route
from starmodel.web.app.entity_routes import form_route, id_of, own_page_route, own_path, reader
from starmodel.web.app.list_export import csv_route
from starmodel.web.app.query_params import children_of, list_view, respond_query
from starmodel.web.app.record_responses import (
    MAX_OPTIONS,
    respond_conflict,
    respond_options,
)
from starmodel.web.app.responses import (
    created_message,
    page_path,
    redirect,
    respond_created,
    respond_deleted,
    respond_event,
    respond_html,
    respond_list,
    respond_record,
    respond_state,
)
from starmodel.web.http.form_body import read_form
from starmodel.web.http.response import NO_STORE, Headers, Response
from starmodel.web.routing.request import Request, Route
from starmodel.web.ui.form_state import (
    VERSION,
    FormState,
    bind,
    submitted_values,
    value_objects,
)
from starmodel.web.validation.arguments import NO_ID, Argument, Arguments, update_arguments

Fields: TypeAlias = Mapping[str, Argument]
"""The fields that are written from outside, by name; those of an update are derived from them."""

Command: TypeAlias = Callable[..., Awaitable[CommandResult[Any]]]
"""A generated command: it takes the services, the record's id unless it makes one, the fields
as keyword arguments, `actor` and `idempotency_key`."""


def record_route(queries: FilterSet[Any], page: Record) -> Route:
    """Return the route of the page of a record; programs get its state."""
    definition = queries.definition
    read = reader(definition)

    async def read_record(request: Request) -> Response:
        snapshot = await read(request)
        if request.wants_json:
            return respond_state(snapshot)
        related = await find_related(
            request.services, queries, [snapshot.state], actor=request.actor
        )
        children = await children_of(request, page, snapshot.id)
        return respond_record(request, page, snapshot, related, children)

    return Route("GET", own_path(definition), read_record, page=page)


def record_routes(queries: FilterSet[Any], page: Record, *, own: Any = None) -> list[Route]:
    """Return the routes of the page of a record, and of each file on it.

    Args:
        queries: What can be asked of the entity.
        page: The generated component of a record.
        own: What the author has named as the page: a component of one record or of their list, or
            what makes a page of a record.
    """
    definition = queries.definition
    files = [each.name for each in page.by_name.values() if each.is_file]
    if own is None or isinstance(own, Record | List):
        route = record_route(queries, _record_of(own, page))
    else:
        route = own_page_route(definition, own)
    return [route, *[file_route(definition, page, each) for each in files]]


def _record_of(own: object, page: Record) -> Record:
    """Return the component of a record that an author has named, else the generated one."""
    named = own.of if isinstance(own, List) else own
    return named if isinstance(named, Record) else page


def file_route(definition: EntityDefinition[Any], page: Record, field: str) -> Route:
    """Return the route of a field of bytes: `GET /product/{id}/cover`, a file to keep.

    Nobody knows what is in it, so no browser is to show it as a page of this site.
    """
    read = reader(definition)

    async def download(request: Request) -> Response:
        snapshot = await read(request)
        content = getattr(snapshot.entity, field)
        if not content:
            raise NotFound(field, snapshot.id)
        name = f"{page.label_of(snapshot.state) or definition.name} {field}"
        headers: Headers = [
            (b"content-type", b"application/octet-stream"),
            (b"content-disposition", b"attachment; filename*=UTF-8''%s" % _file_name(name)),
            (b"content-security-policy", b"default-src 'none'; sandbox"),
            (b"x-content-type-options", b"nosniff"),
            *NO_STORE,
        ]
        return Response(200, headers, bytes(content))

    return Route("GET", f"{own_path(definition)}/{field}", download)


def _file_name(name: str) -> bytes:
    """Return a name for a file as RFC 8187 has it, of 100 characters at most."""
    plain = "".join([one if one.isprintable() and one not in "/\\" else "-" for one in name[:100]])
    return quote(plain, safe="", errors="replace").encode("ascii")


def list_route(queries: FilterSet[Any], page: List) -> Route:
    """Return the route that lists the records that fit, as a page or as JSON."""

    if page.sort.removeprefix("-") not in ("", *queries.sorts):
        raise ValueError(
            f"The list of {page.words} is sorted by {page.sort!r}; it can be sorted by:"
            f" {', '.join(queries.sorts)}."
        )

    async def list_records(request: Request) -> Response:
        if request.wants_json:
            return await respond_query(request, queries)
        shown = await list_view(request, queries, page, prefix=request.prefix)
        template = request.app_state.renderer.list(page)
        view = View(list=shown, related=shown.related, message=request.message, request=request)
        return respond_list(request, template.fill({}, view), shown.rows)

    path = f"/{queries.definition.name}"
    return Route("GET", path, list_records, event="find", page=page)


def list_routes(
    queries: FilterSet[Any],
    page: List,
    actions: Mapping[str, Command] | None = None,
    *,
    own: object = None,
) -> list[Route]:
    """Return the routes of a list: the page, a file of it, and what is done to many records.

    Args:
        queries: What can be asked of the entity.
        page: The generated component of the list.
        actions: The commands of `page.actions`, by the name of the event.
        own: What the author has named as the page; where it is a list, it is shown instead.
    """
    page = own if isinstance(own, List) else page
    routes = [list_route(queries, page), csv_route(queries, page)]
    if page.actions:
        routes.append(batch_route(queries, page, actions or {}))
    return routes


def query_route(queries: FilterSet[Any]) -> Route:
    """Return the route that lists the records that fit as JSON; the host app has a page there."""

    async def list_records(request: Request) -> Response:
        return await respond_query(request, queries)

    return Route("GET", f"/{queries.definition.name}", list_records, json_only=True)


def options_route(queries: FilterSet[Any], label: str = "id", *, is_searched: bool = True) -> Route:
    """Return the route of what a picker offers for what was typed.

    `label` is the field that records are called by, and sorted by where that is possible. Where `q`
    does not search it, so that `is_searched` is false, it has to contain what was typed.
    """
    asked = f"{label}__contains"
    if is_searched or asked not in queries.filters:
        asked = "q"

    async def offer(request: Request) -> Response:
        typed = request.query.get("q") if queries.texts else None
        page = await find(
            request.services,
            queries,
            {asked: typed} if typed else {},
            actor=request.actor,
            sort=[label] if label in queries.sorts else [],
            limit=MAX_OPTIONS,
        )
        options = [
            (str(record.id), str(getattr(record, label)) or str(record.id)) for record in page.items
        ]
        return respond_options(options)

    return Route("GET", f"/{queries.definition.name}/options", offer)


def create_routes(
    definition: EntityDefinition[Any],
    command: Command,
    fields: Fields,
    page: FormPage | None = None,
    *,
    queries: FilterSet[Any] | None = None,
    own: object = None,
    takes_request: bool = False,
    respond: Respond | None = None,
) -> list[Route]:
    """Return the routes that make a record: `POST /product`, and the page with its form.

    `takes_request` says that the command is given the request, for a hook of the author's.
    `queries` says what the fields refer to, to call what was picked by its name. `own` is what the
    author has named as the page; a list says on which page its records are made.
    """
    if isinstance(own, List) and own.new is not None:
        page = own.new
    path = f"/{definition.name}"
    arguments = Arguments(**fields).of_class(definition.cls)
    # Whoever sends an id expects to find the record there.
    checked = arguments
    if definition.is_numbered:
        checked = Arguments(id=NO_ID, **fields).of_class(definition.cls)

    async def create(request: Request) -> Response:
        given = await checked.read(request)
        if definition.is_numbered:
            del given["id"]
        outcome = await command(
            request.services,
            **drop_unset(given),
            **_supplied(request, takes_request),
            actor=request.actor,
            idempotency_key=request.idempotency_key,
        )
        if page is not None and _is_another_wanted(request):
            return redirect(request, f"{path}/new", created_message(request, definition))
        return respond_created(request, definition, outcome)

    async def again(
        request: Request, fields: list[tuple[str, str]], errors: Mapping[str, str]
    ) -> str:
        assert page is not None
        state = bind(page.forms[0], fields, errors=errors)
        related = {}
        if queries is not None:
            related = await find_related(
                request.services, queries, [state.values], actor=request.actor
            )
        view = View(form=replace(state, related=related), request=request)
        return request.app_state.renderer.form_page(page).fill({}, view)

    route = Route(
        "POST",
        path,
        create,
        event="create",
        arguments=arguments,
        form=None if page is None else page.forms[0],
        form_again=None if page is None else again,
        respond=respond,
    )
    return [route] if page is None else [form_route(f"{path}/new", page, queries), route]


def update_routes(
    definition: EntityDefinition[Any],
    command: Command,
    fields: Fields,
    *,
    takes_request: bool = False,
    respond: Respond | None = None,
) -> list[Route]:
    """Return the route that changes a record: `PATCH /product/{id}`. What is left out stays."""
    arguments = update_arguments(fields).of_class(definition.cls)

    async def update(request: Request) -> Response:
        given = await arguments.read(request)
        outcome = await _update(request, command, {**given, **_supplied(request, takes_request)})
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
    page: Record,
    *,
    own: object = None,
    takes_request: bool = False,
    respond: Respond | None = None,
) -> list[Route]:
    """Return the routes that change a record, and those of the page on which it is edited.

    `own` is what the author has named as the page. A component says how records are edited, too.
    """
    definition = queries.definition
    page = _record_of(own, page)
    form = page.edit
    if form is None:
        return update_routes(
            definition, command, fields, takes_request=takes_request, respond=respond
        )
    read = reader(definition)
    (update,) = update_routes(
        definition, command, fields, takes_request=takes_request, respond=respond
    )
    arguments = update.arguments or Arguments()
    objects = value_objects(form)

    async def read_form(request: Request) -> FormState:
        snapshot = await read(request)
        # What was typed may refer to other records already.
        states = [snapshot.state, submitted_values(form, request)]
        related = await find_related(request.services, queries, states, actor=request.actor)
        values = {**form.of_state(snapshot.state), VERSION: str(snapshot.version)}
        return FormState(values, snapshot.id, related, title=page.label_of(snapshot.state))

    def shown(request: Request, state: FormState) -> str:
        document, _ = request.app_state.renderer.edit_page(page, form)
        view = View(id=state.id, form=state, message=request.message, request=request)
        return document.fill({}, view)

    async def edit(request: Request) -> Response:
        return respond_html(request, shown(request, await read_form(request)))

    async def again(
        request: Request, fields: list[tuple[str, str]], errors: Mapping[str, str]
    ) -> str:
        stored = await read_form(request)
        state = bind(form, fields, id=stored.id, related=stored.related, errors=errors)
        return shown(request, replace(state, title=stored.title))

    async def save(request: Request) -> Response:
        stored = (await read(request)).state
        given = await arguments.read(request, stored, objects)
        try:
            await _update(request, command, {**given, **_supplied(request, takes_request)})
        except StaleVersion as stale:
            return respond_conflict(request, stale, page, form, await read_form(request))
        return redirect(request, page_path(definition, id_of(request)), form.success or "Saved.")

    path = f"/{definition.name}/{{id}}/edit"
    return [
        Route("GET", path, edit),
        Route(
            "POST",
            path,
            save,
            event="update",
            arguments=arguments,
            form=form,
            form_again=again,
        ),
        update,
    ]


def delete_routes(
    definition: EntityDefinition[Any],
    command: Command,
    page: Record | None = None,
    *,
    own: object = None,
    takes_request: bool = False,
    respond: Respond | None = None,
) -> list[Route]:
    """Return the routes that delete a record: `DELETE /product/{id}`, and the page that asks first.

    With that page there is a list of the records as well, which is where a deletion leads. `own` is
    what the author has named as the page.
    """
    page = None if page is None else _record_of(own, page)
    path = f"/{definition.name}"
    form = None if page is None else page.delete

    read = reader(definition)

    async def success(request: Request) -> str:
        """Return what is said when the record is gone; ask while it is there."""
        if form is not None and form.success:
            return form.success
        called = ""
        if page is not None:
            # Who may delete it, but not read it, is not told what it was called.
            with suppress(StarModelError):
                called = page.label_of((await read(request)).state)
        return f"{called or request.app_state.title_of(definition.name)} deleted."

    async def delete(request: Request) -> Response:
        said = "" if request.wants_json else await success(request)
        await _delete(request, command, _supplied(request, takes_request))
        return respond_deleted(request, None if form is None else path, said)

    route = Route("DELETE", f"{path}/{{id}}", delete, event="delete", respond=respond)
    if form is None or page is None:
        return [route]

    async def shown(request: Request, errors: Mapping[str, str]) -> str:
        snapshot = await read(request)
        state = FormState({}, snapshot.id, errors=errors, title=page.label_of(snapshot.state))
        document, _ = request.app_state.renderer.delete_page(page, form)
        view = View(id=snapshot.id, form=state, message=request.message, request=request)
        return document.fill({}, view)

    async def confirm(request: Request) -> Response:
        return respond_html(request, await shown(request, {}))

    async def again(
        request: Request, fields: list[tuple[str, str]], errors: Mapping[str, str]
    ) -> str:
        return await shown(request, errors)

    async def remove(request: Request) -> Response:
        said = await success(request)
        await _delete(request, command, _supplied(request, takes_request))
        return redirect(request, path, said)

    return [
        Route("GET", f"{path}/{{id}}/delete", confirm),
        Route(
            "POST",
            f"{path}/{{id}}/delete",
            remove,
            event="delete",
            form=form,
            form_again=again,
        ),
        route,
    ]


def _is_another_wanted(request: Request) -> bool:
    content_type = request.headers.get(b"content-type", b"")
    if request.wants_json or AGAIN.encode() not in request.received:
        return False
    return any(name == AGAIN for name, _ in read_form(request.received, content_type))


async def _update(
    request: Request, command: Command, given: Mapping[str, Any]
) -> CommandResult[None]:
    return await command(
        request.services,
        id_of(request),
        **drop_unset(given),
        actor=request.actor,
        idempotency_key=request.idempotency_key,
    )


def _supplied(request: Request, takes_request: bool) -> dict[str, Request]:
    return {"request": request} if takes_request else {}


async def _delete(request: Request, command: Command, supplied: Mapping[str, Request]) -> None:
    await command(
        request.services,
        id_of(request),
        **supplied,
        actor=request.actor,
        idempotency_key=request.idempotency_key,
    )
