"""What is done to many records of a list at once: `POST /product/batch`.

Each record has its own command, with its own unit of work and its own check of access, as if
somebody had gone from page to page: some of them may be refused, and the others are done.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from markupsafe import Markup

from starmodel.application import CommandResult
from starmodel.application.queries.filter_set import FilterSet
from starmodel.application.readable import Reading
from starmodel.errors import ArgumentError, InvalidArguments
from starmodel.observation import note_event
from starmodel.ui.components.pages import ONE, Form, List
from starmodel.ui.view import short_id
from starmodel.web.app.problems import problem_of
from starmodel.web.app.responses import JSON_HEADERS, redirect, respond_html
from starmodel.web.http.encoding import encode_json
from starmodel.web.http.form_body import read_form
from starmodel.web.http.response import Response
from starmodel.web.routing.request import Request, Route

MAX_BATCH: Final = 200
"""How many records one request may be about: as many as a page lists."""

Command: TypeAlias = Callable[..., Awaitable[CommandResult[None]]]


class Refusal(NamedTuple):
    """A record that an event was refused for, and why."""

    id: str
    label: str
    reason: str


def batch_route(queries: FilterSet[Any], page: List, commands: Mapping[str, Command]) -> Route:
    """Return the route that runs an event of `page.actions` on the records that are named.

    A form sends `event`, and `id` for each record; or `one`, which is an event, a blank and an id. What cannot be undone is asked about first, on
    a page of its own, whose form sends `confirmed` too. Programs send the same form, and get
    `{"done": [ids], "refused": [{"id": ..., "reason": ...}]}`.
    """
    definition = queries.definition
    path = f"/{definition.name}"
    forms = {form.route.event: form for form in page.actions if form.route.event in commands}
    missing = [form.route.event for form in page.actions if form.route.event not in commands]
    if missing:
        raise ValueError(f"The list of {page.words} has no command for {', '.join(missing)}.")

    async def run(request: Request) -> Response:
        body = await request.body()
        given = read_form(body, request.headers.get(b"content-type", b""))
        # A button in a row says all by itself, whatever is ticked in the others.
        event, _, alone = next((value for name, value in given if name == ONE), "").partition(" ")
        if not event:
            event = next((value for name, value in given if name == "event"), "")
        form = forms.get(event)
        if form is None:
            raise _refused("event", f"Choose one of: {', '.join(forms)}.", "missing")
        chosen = [value for name, value in given if name == "id"]
        ids = [alone] if alone else [*dict.fromkeys(chosen)]
        if len(ids) > MAX_BATCH:
            raise _refused("id", f"Choose at most {MAX_BATCH} records.", "too_long")
        if not ids and request.wants_json:
            raise _refused("id", "Choose at least one record.", "too_short")
        back = _back(request, path)
        if not ids:
            return redirect(request, back, "Choose at least one record.")
        is_confirmed = ("confirmed", "true") in given or request.wants_json
        if form.is_danger and not is_confirmed:
            return respond_html(request, await _question(request, queries, page, form, ids, back))
        labels = await _labels(request, queries, page, ids)
        command = commands[form.route.event]
        done: list[str] = []
        refused: list[Refusal] = []
        for id in ids:
            try:
                await command(request.services, id, actor=request.actor)
            except Exception as error:
                refused.append(Refusal(id, labels.get(id, short_id(id)), _reason(request, error)))
            else:
                done.append(id)
            note_event(queries.definition.name, event)
        if request.wants_json:
            told = [{"id": one.id, "reason": one.reason} for one in refused]
            return Response(200, JSON_HEADERS, encode_json({"done": done, "refused": told}))
        if not refused:
            return redirect(request, back, _success(page, form, len(done)))
        return respond_html(request, _outcome(request, page, form, len(done), refused, back))

    return Route("POST", f"{path}/batch", run)


def _success(page: List, form: Form, count: int) -> str:
    """Return what is said when an event was carried out for all of the records."""
    words = page.of.words if count == 1 else page.words
    is_deletion = form.route.event == "delete"
    return (
        f"{count:,} {words} deleted." if is_deletion else f"{form.label}: {count:,} {words} done."
    )


def _back(request: Request, path: str) -> str:
    """Return the address of the list, with the query that it was shown with."""
    query: bytes = request.scope["query_string"]
    return f"{path}?{query.decode('latin-1')}" if query else path


async def _labels(
    request: Request, queries: FilterSet[Any], page: List, ids: Sequence[str]
) -> dict[str, str]:
    """Return what the records are called, of those that the sender may read."""
    definition = queries.definition
    backend = request.services.persistence.backend_for(definition)
    found = await Reading(request.actor).load_all(backend, definition, [*ids])
    return {
        id: page.of.label_of(definition.state(entity)) or short_id(id)
        for id, entity in found.items()
    }


def _reason(request: Request, error: Exception) -> str:
    problem = problem_of(request, error)
    return " ".join([problem.detail, *[one.message for one in problem.errors]])


async def _question(
    request: Request,
    queries: FilterSet[Any],
    page: List,
    form: Form,
    ids: Sequence[str],
    back: str,
) -> str:
    """Return the page that asks before something is done that cannot be undone."""
    kit = request.ui
    labels = await _labels(request, queries, page, ids)
    count = len(ids)
    words = page.of.words if count == 1 else page.words
    event = form.route.event
    address = f"{page.entity.path}/batch{back[len(page.entity.path):]}"
    renderer = request.app_state.renderer
    record = renderer.piece("batch record", lambda value: kit.batch_record(value("label")))
    hidden = renderer.piece("batch id", lambda value: kit.hidden("id", value("id")))
    question = renderer.piece(
        f"batch question {page.entity.name} {event}",
        lambda value: kit.batch_question(
            value("address"),
            [kit.hidden("event", event), kit.hidden("confirmed", "true"), value("ids")],
            value("records"),
            [
                kit.button(form.button or form.title, {}, kind="danger"),
                kit.link_button("Cancel", value("back"), kind="secondary"),
            ],
        ),
    )
    content = question(
        address=address,
        back=back,
        ids=Markup("".join([hidden(id=id) for id in ids])),
        records=Markup("".join([record(label=labels.get(id, short_id(id))) for id in ids])),
    )
    title = f"{event.replace('_', ' ').capitalize()} {count:,} {words}?"
    return renderer.own_page(title, "This cannot be undone.", content, request=request)


def _outcome(
    request: Request, page: List, form: Form, done: int, refused: Sequence[Refusal], back: str
) -> str:
    """Return the page that says which records an event was refused for."""
    kit = request.ui
    renderer = request.app_state.renderer
    refusal = renderer.piece(
        "batch refusal", lambda value: kit.batch_refusal(value("label"), value("reason"))
    )
    outcome = renderer.piece(
        f"batch outcome {page.entity.name}",
        lambda value: kit.batch_outcome(
            value("refused"),
            kit.link_button(f"Back to the {page.words}", value("back"), kind="secondary"),
        ),
    )
    lines = "".join([refusal(label=one.label, reason=one.reason) for one in refused])
    title = form.route.event.replace("_", " ").capitalize()
    return renderer.own_page(
        title,
        f"{done:,} done, {len(refused):,} refused",
        outcome(refused=Markup(lines), back=back),
        request=request,
    )


def _refused(name: str, message: str, type: str) -> InvalidArguments:
    return InvalidArguments((ArgumentError(name, message, type),))
