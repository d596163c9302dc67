"""Events of an entity that the browser keeps: its state comes with the request, and goes back.

A page sends the seal of what is kept among the fields of a form, `_sealed.basket`, or as a signal
`_sealed`; a program has it in its JSON, `{"_sealed": {"basket": "..."}}`. A page that sends none is
refused: its event would begin anew with what the browser has kept for long. The answer has the new
seal as the value `_sealed.basket` of the page, or as `sealed` of its JSON.
"""

import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping
from typing import Any, Final, TypeVar

from starmodel.application import EntityDefinition, Snapshot
from starmodel.application.definition import without_files
from starmodel.application.documents.sealed_states import (
    SEALED_STATES,
    SealedStates,
    UnreadableSeal,
)
from starmodel.domain import Entity, Fragment, render_fragment
from starmodel.domain.type_guards import is_mapping
from starmodel.errors import BadRequest
from starmodel.ui.names import SEALED
from starmodel.web.http.encoding import encode_json
from starmodel.web.http.form_body import MULTIPART, URLENCODED, read_form
from starmodel.web.http.http_request import media_type
from starmodel.web.http.prefix import PREFIX
from starmodel.web.http.response import Response, StreamResponse
from starmodel.web.routing.request import Handler, Request
from starmodel.web.validation import json_body
from starmodel.web.validation.mapping_fields import varying_fields

E = TypeVar("E", bound=Entity)

NOTHING_KEPT: Final = "-"
"""What a page sends and is told where its browser keeps nothing of an entity."""

NO_SCRIPT = (
    "What this form changes is kept in your browser by the scripts of the page, and they did not"
    " run. Allow scripts for this site, load the page again, and try once more."
)
NOTHING_SENT = (
    "The page did not send what the browser keeps. Allow this site to keep data in the browser, and"
    " load the page again."
)
MISPLACED = 'What the browser keeps is to be sent as {{"{sealed}": {{"{name}": "..."}}}}, as an answer had it.'
UNREADABLE = "What this browser had kept could not be read, so it begins anew."


def with_browser_state(definition: EntityDefinition[Any], handler: Handler) -> Handler:
    """Return a handler of an event that has what the browser keeps at hand, and gives it back."""

    async def handle(request: Request) -> Response | StreamResponse:
        states, _ = await _read(request, definition)
        token = SEALED_STATES.set(states)
        before: Snapshot[Any] | None = None
        try:
            if request.is_scripted:
                before = await _snapshot(request, definition)
            response = await handler(request)
        finally:
            SEALED_STATES.reset(token)
        answer = _Answer(request, definition, states, before)
        if isinstance(response, StreamResponse):
            return StreamResponse(response.headers, answer.stream(response.chunks))
        return answer.whole(response)

    return handle


async def open_kept(request: Request, definition: EntityDefinition[E]) -> tuple[Snapshot[E], bytes]:
    """Return an entity as a browser has kept it, and what tells a page that shows another state.

    A page whose browser has kept what cannot be read is told so, and begins anew.

    Raises:
        UnreadableSeal: It cannot be read, and a program asks.
    """
    states, seal = await _read(request, definition)
    notice = ""
    token = SEALED_STATES.set(states)
    try:
        snapshot = await request.services.read(definition, request.session, request.actor)
    except UnreadableSeal:
        if not request.is_scripted:
            raise
        notice = UNREADABLE
        states.given = dict.fromkeys(states.given, "")
        snapshot = await request.services.read(definition, request.session, request.actor)
    finally:
        SEALED_STATES.reset(token)
    # Where there was nothing, or its time was up, the browser is to forget it.
    told = _tell(request, definition, snapshot, seal if snapshot.version else NOTHING_KEPT)
    return snapshot, told + (request.formatter.values({"_message": notice}) if notice else b"")


def _tell(
    request: Request, definition: EntityDefinition[Any], snapshot: Snapshot[Any], seal: str
) -> bytes:
    """Write all of a state for a page that shows another."""
    formatter, state = request.formatter, snapshot.state
    varying = varying_fields(definition.cls)
    emptied = {name: "" for name in state if name in varying and is_mapping(state[name])}
    # A key that the state does not have would stay; see `EntityTopic.clearing`.
    clearing = formatter.values({definition.namespace: emptied}) if emptied else b""
    values: dict[str, object] = {
        definition.namespace: without_files(definition, state),
        SEALED: {definition.name: seal},
    }
    return clearing + formatter.values(values) + _markup(request, snapshot, state.keys())


class _Answer:
    """Adds what the browser is to keep to the answer of an event.

    An event that begins anew is told with all of the state: the page may still show what its browser
    has kept before, and does not any more, or what its time is up of.

    `before` is the entity as a page had it.
    """

    def __init__(
        self,
        request: Request,
        definition: EntityDefinition[Any],
        states: SealedStates,
        before: Snapshot[Any] | None,
    ) -> None:
        self._request = request
        self._definition = definition
        self._key = definition.key(request.session)
        self._states = states
        self._before: Mapping[str, object] = {} if before is None else before.state
        self._begins_anew = before is not None and not before.version

    def whole(self, response: Response) -> Response:
        """Return an answer with the new seal, if there is one."""
        if self._key not in self._states.written:
            return response
        if self._request.is_scripted:
            return Response(response.status, response.headers, response.body + self._patch())
        if response.status != 200:
            return response
        sealed = {self._definition.name: self._states.written[self._key]}
        body = {**json.loads(response.body), "sealed": sealed}
        return Response(200, response.headers, encode_json(body))

    async def stream(self, chunks: AsyncIterator[bytes]) -> AsyncGenerator[bytes]:
        """Return the pieces of an answer, each with the seal of what it tells."""
        SEALED_STATES.set(self._states)
        try:
            async for chunk in chunks:
                yield chunk + self._patch()
        finally:
            if isinstance(chunks, AsyncGenerator):
                await chunks.aclose()
            # Whoever ends a stream may do it from elsewhere, where there is nothing to reset.
            SEALED_STATES.set(SealedStates({}))

    def _patch(self) -> bytes:
        """Write the seal that is new since the last time, and the markup of what changed with it."""
        seal = self._states.written.pop(self._key, None)
        if seal is None:
            return b""
        definition, loaded = self._definition, self._states.loaded[self._key]
        snapshot = Snapshot(definition, self._key.id, loaded and loaded[0])
        if self._begins_anew:
            self._begins_anew = False
            self._before = snapshot.state
            return _tell(self._request, definition, snapshot, seal or NOTHING_KEPT)
        before, self._before = self._before, snapshot.state
        changed = [name for name, value in snapshot.state.items() if before.get(name) != value]
        sealed = {SEALED: {definition.name: seal or NOTHING_KEPT}}
        return self._request.formatter.values(sealed) + _markup(self._request, snapshot, changed)


async def _read(request: Request, definition: EntityDefinition[Any]) -> tuple[SealedStates, str]:
    """Return what a request brings of an entity, and the seal as it was sent.

    Raises:
        BadRequest: No program has sent it, and no page of ours with scripts; it is not where it has to
            be; or the body is neither JSON nor a form.
    """
    if not (request.is_scripted or request.wants_json):
        raise BadRequest(NO_SCRIPT)
    seal = await _sent(request, definition.name)
    if not seal and request.is_scripted:
        raise BadRequest(NOTHING_SENT)
    given = "" if seal == NOTHING_KEPT else seal
    return SealedStates({definition.key(request.session): given}), seal


async def _sent(request: Request, name: str) -> str:
    body = await request.body()
    if not body:
        return ""
    content_type = request.headers.get(b"content-type", b"")
    if media_type(request.headers) in (URLENCODED, MULTIPART):
        values = [
            value for each, value in read_form(body, content_type) if each == f"{SEALED}.{name}"
        ]
        if len(values) > 1:
            raise BadRequest(f"{SEALED}.{name} is there {len(values)} times.")
        return values[0] if values else ""
    json_body.check(body)
    given = json_body.load(body).get(SEALED, {})
    seal = given.get(name, "") if is_mapping(given) else None
    if not isinstance(seal, str):
        # To take it for nothing would begin anew, over what its sender means to have sent.
        raise BadRequest(MISPLACED.format(sealed=SEALED, name=name))
    return seal


async def _snapshot(request: Request, definition: EntityDefinition[E]) -> Snapshot[E]:
    """Return an entity as the request has brought it, whoever may read it."""
    key = definition.key(request.session)
    backend = request.services.persistence.backend_for(definition)
    return Snapshot(definition, key.id, await backend.load(key))


def _markup(request: Request, snapshot: Snapshot[Any], names: Iterable[str]) -> bytes:
    """Write the markup that goes with fields: theirs, and that of the entity as a whole."""
    definition, parts = snapshot.definition, request.app_state
    page = parts.resources[definition.cls].page
    shown = {*names}
    # The addresses in it get the app's prefix where it is written.
    before = PREFIX.set("")
    try:
        made = [
            Fragment(render(snapshot.state))
            for name, render in (parts.renderer.fragments(page).items() if page else ())
            if name in shown
        ]
        whole = render_fragment(snapshot.entity) if definition.has_html else None
    finally:
        PREFIX.reset(before)
    if whole is not None:
        made.append(whole)
    return b"".join([request.formatter.elements(each) for each in made])
