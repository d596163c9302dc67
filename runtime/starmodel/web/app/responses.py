"""How what happened is told to whoever asked: to a page, to a program, to a plain form."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from typing import Any, Final, TypeVar
from urllib.parse import quote, unquote

from markupsafe import Markup

from starmodel.application import CommandResult, EntityDefinition, Snapshot
from starmodel.application.definition import without_files
from starmodel.domain import Entity, Scope, render_fragment
from starmodel.errors import DuplicateRequest, NotFound
from starmodel.ui.addresses import quote_segment
from starmodel.ui.components.embedding import SERVING
from starmodel.ui.components.pages import Page, Record
from starmodel.ui.view import NO_RELATED, ROWS, Related, View
from starmodel.web.app.problems import error_patch, problem_of
from starmodel.web.app.visit import ShownEntities
from starmodel.web.datastar.sse import encode_signals
from starmodel.web.http.csrf import is_local_path
from starmodel.web.http.encoding import encode_json
from starmodel.web.http.flash import bounded, flash_cookie
from starmodel.web.http.prefix import prefix_addresses
from starmodel.web.http.response import NO_STORE, Headers, Response, StreamResponse
from starmodel.web.routing.request import Request

E = TypeVar("E", bound=Entity)
R = TypeVar("R")

JSON_HEADERS: Final[Headers] = [
    (b"content-type", b"application/json"),
    *NO_STORE,
    (b"x-content-type-options", b"nosniff"),
]
ACKNOWLEDGED: Final = Response(204, NO_STORE, b"")


def respond_event(
    request: Request,
    definition: EntityDefinition[E],
    outcome: CommandResult[R],
    *,
    selector: str | None = None,
    mode: str | None = None,
    result: object = None,
    location: str | None = None,
) -> Response:
    """Respond to a request whose event went well.

    Args:
        request: The request.
        definition: The entity.
        outcome: What the event led to.
        selector: Where a fragment that the event returned belongs.
        mode: How it is put there.
        result: What programs are told that the event returned, as JSON has it.
        location: The page that a plain form leads back to, unless it names its own.
    """
    if request.is_scripted:
        parts = request.app_state
        frame = parts.response_frames[request.route]
        if frame.is_acknowledgement and parts.services.bus.is_connected:
            return ACKNOWLEDGED
        if not frame.before:
            patch = _patch(request, definition, outcome, selector, mode, request.route.done)
            return Response(200, parts.event_headers, patch)
        # What `_patch` does, for what nearly every event is asked by.
        if outcome.is_plain:
            patch = frame.before + encode_json(outcome.changed)
        else:
            changed = without_files(definition, outcome.changed)
            patch = frame.before + encode_signals(changed, outcome.removed)
        if outcome.result is None:
            return Response(200, parts.event_headers, patch + frame.after_done)
        text = _text_of(outcome.result, selector)
        patch += frame.after if text else frame.after_done
        patch += _elements(request, outcome.result, selector, mode) + _message(request, text)
        return Response(200, parts.event_headers, patch)
    if request.wants_json:
        return _json(200, definition, outcome, result)
    path = location or page_path(definition, outcome.id)
    return _see_other(
        request,
        _page_before(request) or request.prefix + path,
        _text_of(outcome.result, selector) or request.route.done,
    )


def respond_created(
    request: Request,
    definition: EntityDefinition[E],
    outcome: CommandResult[R],
    location: str | None = None,
) -> Response:
    """Respond to a request that has made a new record, whose page is at `location`.

    Programs get 201; a form is led to the new record, with a script or without.
    """
    path = _quoted(location) if location else page_path(definition, outcome.id)
    if request.wants_json:
        address = request.prefix + path
        return _json(201, definition, outcome, None, [(b"location", address.encode("ascii"))])
    return redirect(request, path, created_message(request, definition))


def created_message(request: Request, definition: EntityDefinition[Any]) -> str:
    """Return what is said where a record was made."""
    form = request.route.form
    title = request.app_state.title_of(definition.name)
    return (form.success if form else "") or f"{title} created."


def _is_acknowledged(request: Request) -> bool:
    """Return whether the answer is 204, and the change arrives by a live stream.

    The stream may be on another node; where that is not told just now, the answer has the change.
    """
    parts = request.app_state
    frame = parts.response_frames[request.route]
    return frame.is_acknowledgement and parts.services.bus.is_connected


def respond_deleted(request: Request, location: str | None = None, message: str = "") -> Response:
    """Respond to a request that has deleted a record: there is nothing left to say of it.

    A page that shows the record itself is led to `location`, where the others are. Any other
    stays where it is, and hears of it through its live stream. Either says `message`.
    """
    if not request.is_scripted or _is_acknowledged(request):
        return ACKNOWLEDGED
    page = (request.origin_path or "").partition("?")[0]
    if location is not None and unquote(page) == unquote(request.prefix) + request.path:
        return redirect(request, location, message)
    values: dict[str, object] = {"errors": request.route.errors({})}
    if message:
        values["_message"] = bounded(message)
    return Response(200, request.app_state.event_headers, request.formatter.values(values))


async def respond_duplicate(request: Request, repeated: DuplicateRequest) -> Response:
    """Respond to a request that was carried out when it came the first time, as it was then.

    The state is that of now.

    Raises:
        Unauthenticated, Forbidden: Whoever sent the request may not see it any more.
    """
    definition = request.services.definition_named(repeated.entity)
    if definition.is_record and not repeated.id:
        # It was about no record in particular.
        return respond_event(request, definition, CommandResult[None]("", {}, {}, 0, None))
    try:
        snapshot = await request.services.read(definition, repeated.id, request.actor)
    except NotFound:
        # It was deleted, by that request or later.
        if request.method == "DELETE":
            return respond_deleted(request, f"/{definition.name}")
        if request.wants_json:
            return _json(200, definition, CommandResult[None](repeated.id, {}, {}, 0, None), None)
        return redirect(request, f"/{definition.name}")
    outcome = CommandResult[None](
        repeated.id, snapshot.state, snapshot.state, snapshot.version, None
    )
    if repeated.created:
        return respond_created(request, definition, outcome)
    if request.route.form_again is not None:
        # A page of ours with a form is over with; what it was about is shown.
        return redirect(request, page_path(definition, repeated.id))
    return respond_event(request, definition, outcome)


async def respond_stream(
    request: Request,
    definition: EntityDefinition[E],
    outcomes: AsyncIterator[CommandResult[R]],
    *,
    selector: str | None = None,
    mode: str | None = None,
    result: Callable[[R], object] | None = None,
    location: str | None = None,
) -> Response | StreamResponse:
    """Respond to a request whose event is a generator: one piece for each time it yields.

    Nothing is answered before the first piece is there, so an event that fails at once is an
    error like any other. Programs and plain forms wait for the end.

    Args:
        request: The request.
        definition: The entity.
        outcomes: What each `yield` led to.
        selector: Where fragments belong.
        mode: How they are put there.
        result: Turns what was yielded into JSON for programs, which get a list of it.
        location: The page that a plain form leads back to, unless it names its own.
    """
    if request.is_scripted and not _is_acknowledged(request):
        first = await anext(outcomes, None)
        chunks = _stream(request, definition, first, outcomes, selector, mode)
        return StreamResponse(request.formatter.headers, chunks)
    last: CommandResult[R] | None = None
    results: list[object] = []
    async for outcome in outcomes:
        last = outcome
        results.append(None if result is None else result(outcome.result))
    if request.is_scripted or last is None:
        return ACKNOWLEDGED
    if request.wants_json:
        return _json(200, definition, last, results)
    path = location or page_path(definition, last.id)
    return _see_other(
        request,
        _page_before(request) or request.prefix + path,
        _text_of(last.result, selector) or request.route.done,
    )


def respond_page(
    request: Request, snapshot: Snapshot[E], page: Callable[[Any], object]
) -> Response:
    """Respond to a request to see an entity: with its page, or with its state for programs.

    Args:
        request: The request.
        snapshot: The entity as it was read.
        page: Makes a page of the public state: a whole document as text, a `Page`, a `Record`, or
            markup (an FT component, or whatever has `__html__`) for the content of one. What it
            makes declares the entity, and follows it.
    """
    if request.wants_json:
        return respond_state(snapshot)
    shown = ShownEntities(request.app_state)
    shown.add(snapshot)
    SERVING.set(shown)
    document = page(snapshot.state)
    if isinstance(document, Record):
        return respond_record(request, document, snapshot)
    return respond_html(request, _document(request, shown, snapshot, document))


def respond_record(
    request: Request,
    component: Record,
    snapshot: Snapshot[Any],
    related: Related = NO_RELATED,
    children: Mapping[str, Any] | None = None,
) -> Response:
    """Respond with the page of a record.

    `related` are the records that it refers to, and `children` the first of those that refer to
    it, by the names of `ui.Related`.
    """
    template = request.app_state.renderer.record(component)
    view = View(
        # That of any other entity is its holder's: the session, which is nobody else's to know.
        id=snapshot.id if snapshot.definition.is_record else "",
        related=related,
        children=children,
        message=request.message,
        path=component.entity.path,
        request=request,
    )
    return respond_html(request, template.fill(snapshot.state, view))


def respond_html(
    request: Request, html: str, status: int = 200, headers: Headers | None = None
) -> Response:
    """Respond with a document; its addresses are put below the app's prefix."""
    if request.prefix:
        html = prefix_addresses(html, request.prefix)
    own = request.page_headers
    body = html.encode("utf-8", "replace")
    return Response(status, [*own, *headers] if headers else own, body)


def respond_list(request: Request, html: str, rows: Sequence[bytes]) -> Response:
    """Respond with the document of a list, and the rows of its table where it has `ROWS`.

    The rows are as they are sent, with their prefix.
    """
    if request.prefix:
        html = prefix_addresses(html, request.prefix)
    before, _, after = html.partition(ROWS)
    pieces = [before.encode("utf-8", "replace"), *rows, after.encode("utf-8", "replace")]
    return Response(200, request.page_headers, b"".join(pieces))


def respond_state(snapshot: Snapshot[E]) -> Response:
    """Respond to a program that asks for an entity, with its public state."""
    state = snapshot.definition.sent_state(snapshot.state)
    return Response(200, JSON_HEADERS, _body(state, snapshot.version, None))


def render_page(request: Request, page: Page) -> Response:
    """Respond with a page that shows no entity."""
    return respond_html(request, _own_page(request, ShownEntities(request.app_state), page))


def redirect(request: Request, path: str, message: str = "") -> Response:
    """Redirect the sender of a form to another page of this app, which shows a message."""
    if not request.is_scripted:
        return _see_other(request, request.prefix + path, message)
    headers, body = request.formatter.navigation(_quoted(path))
    return Response(200, _with_flash(request, headers, request.prefix + path, message), body)


def page_path(definition: EntityDefinition[Any], id: str) -> str:
    """Return the path of the page that shows an entity; without an id, of the list of records."""
    if definition.scope is Scope.RECORD and id:
        return f"/{definition.name}/{quote_path_segment(id)}"
    return f"/{definition.name}"


quote_path_segment = quote_segment


def _elements(request: Request, result: object, selector: str | None, mode: str | None) -> bytes:
    """Write the fragment that an event gave, if what it gave is one."""
    fragment = render_fragment(result, selector, mode)
    return b"" if fragment is None else request.formatter.elements(fragment)


def _patch(
    request: Request,
    definition: EntityDefinition[Any],
    outcome: CommandResult[Any],
    selector: str | None,
    mode: str | None,
    done: str = "",
) -> bytes:
    """Write what a page is told: the changed fields, the errors that are over, the fragment.

    `done` is what it is told to say if the event returned nothing.
    """
    route = request.route
    values: dict[str, object] = {route.namespace: without_files(definition, outcome.changed)}
    if route.argument_names:
        values["errors"] = route.errors({})
    text = _text_of(outcome.result, selector) if outcome.result is not None else ""
    said = bounded(text) if text.strip() else done if outcome.result is None else ""
    if said:
        values["_message"] = said
    removed = {route.namespace: outcome.removed} if outcome.removed else None
    patch = request.formatter.values(values, removed, version=outcome.version)
    return patch + _elements(request, outcome.result, selector, mode)


def _page_before(request: Request) -> str:
    """Return the page that a form was sent from; `""` where it was shown again in the answer to it."""
    origin = request.origin_path or ""
    is_answer = unquote(origin.partition("?")[0]) == unquote(request.prefix) + request.path
    return "" if is_answer else origin


def _text_of(result: object, selector: str | None) -> str:
    """Return the message that an event gave; a text that belongs into an element is none."""
    return (
        result
        if selector is None and isinstance(result, str) and not hasattr(result, "__html__")
        else ""
    )


def _message(request: Request, text: str) -> bytes:
    """Write what a page is told to say, if that is anything."""
    if not text.strip():
        return b""
    return request.formatter.values({"_message": bounded(text)})


async def _stream(
    request: Request,
    definition: EntityDefinition[Any],
    first: CommandResult[Any] | None,
    rest: AsyncIterator[CommandResult[Any]],
    selector: str | None,
    mode: str | None,
) -> AsyncGenerator[bytes, None]:
    """Write a patch for each outcome; an error on the way is the last of them."""
    try:
        last = first
        if first is not None:
            yield _patch(request, definition, first, selector, mode)
            async for outcome in rest:
                last = outcome
                yield _patch(request, definition, outcome, selector, mode)
        if last is not None and not _text_of(last.result, selector) and request.route.done:
            yield _message(request, request.route.done)
    except Exception as error:
        yield error_patch(request, problem_of(request, error))
    finally:
        if isinstance(rest, AsyncGenerator):
            await rest.aclose()


def _document(request: Request, shown: ShownEntities, snapshot: Snapshot[Any], page: object) -> str:
    if isinstance(page, str):
        return page
    if not isinstance(page, Page):
        fragment = render_fragment(page)
        if fragment is None:
            raise TypeError(f"A page is a Page, a text or markup, not a {type(page).__name__}.")
        if fragment.html.lstrip()[:9].lower().startswith(("<!doctype", "<html")):
            return fragment.html
        page = Page(snapshot.definition.cls.__name__, "", Markup(fragment.html))
    return _own_page(request, shown, page)


def _own_page(request: Request, shown: ShownEntities, page: Page) -> str:
    return shown.document(page.title, page.lead, page.content, request.message, request)


def _json(
    status: int,
    definition: EntityDefinition[Any],
    outcome: CommandResult[Any],
    result: object,
    headers: Headers | None = None,
) -> Response:
    body = _body(definition.sent_state(outcome.state), outcome.version, result)
    return Response(status, [*JSON_HEADERS, *headers] if headers else JSON_HEADERS, body)


def _body(state: Mapping[str, object], version: int, result: object) -> bytes:
    return encode_json({"state": state, "version": version, "result": result})


def _see_other(request: Request, path: str, message: str = "") -> Response:
    """Redirect a form to a page of this site, and to no other."""
    location = _quoted(path if is_local_path(path) else "/")
    headers = [(b"location", location.encode("ascii")), *NO_STORE]
    return Response(303, _with_flash(request, headers, location, message), b"")


def _with_flash(request: Request, headers: Headers, location: str, message: str) -> Headers:
    """Return headers that keep a message for the page at `location`."""
    if not message.strip():
        return headers
    cookie = flash_cookie(message, location, request.prefix, secure=request.is_secure)
    return [*headers, (b"set-cookie", cookie)]


def _quoted(path: str) -> str:
    """Encode what may not be in a URL, and leave alone what is encoded already."""
    return quote(path, safe="/%?#&=:@!$'()*+,;~", errors="replace")
