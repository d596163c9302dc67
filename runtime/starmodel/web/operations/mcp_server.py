"""A server of the Model Context Protocol (MCP), whose tools are operations.

It speaks the protocol's revisions with a handshake, over streamable HTTP without streams of its own
(each answer is one JSON document) and over lines of text (`starmodel mcp`). The session of HTTP
travels in `Mcp-Session-Id`, signed as in its cookie, since most clients keep no cookies.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from starmodel._version import __version__
from starmodel.domain import Actor
from starmodel.domain.type_guards import is_mapping, is_sequence
from starmodel.web.app.problems import Problem, respond_problem
from starmodel.web.app.responses import JSON_HEADERS
from starmodel.web.http.encoding import encode_json
from starmodel.web.http.response import NO_STORE, Headers, Message, Response
from starmodel.web.operations.json_rpc import (
    INVALID_PARAMS,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    RpcError,
    RpcServer,
    error_answer,
    parse_message,
    read_message,
)
from starmodel.web.operations.operation import Effect
from starmodel.web.operations.operation_table import BoundOperation, OperationTable
from starmodel.web.routing.request import Request, Route
from starmodel.web.validation.json_body import Members

PATH: Final = "/mcp"

VERSIONS: Final = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
"""The revisions of the protocol that are spoken, the newest last."""

_SESSION: Final = b"mcp-session-id"
_VERSION: Final = b"mcp-protocol-version"

_HINTS: Final[dict[Effect, dict[str, bool]]] = {
    "none": {"readOnlyHint": True, "idempotentHint": True, "destructiveHint": False},
    "create": {"readOnlyHint": False, "idempotentHint": False, "destructiveHint": False},
    "update": {"readOnlyHint": False, "idempotentHint": True, "destructiveHint": True},
    "delete": {"readOnlyHint": False, "idempotentHint": True, "destructiveHint": True},
    # What an event of the author's does is not known, so the worst is assumed.
    "any": {"readOnlyHint": False, "idempotentHint": False, "destructiveHint": True},
}


class McpServer(RpcServer):
    """Answers the messages of one client after another; it remembers nothing of them."""

    async def call(
        self, request: Request, method: str, params: Members | Sequence[Any], key: bytes | None
    ) -> object:
        """Run a method of the protocol.

        Raises:
            RpcError: There is no such method, or its parameters do not fit.
        """
        if not isinstance(params, Members):
            raise RpcError(INVALID_PARAMS, "Parameters are given by name.")
        match method:
            case "initialize":
                wanted = params.get("protocolVersion")
                return {
                    "protocolVersion": wanted if wanted in VERSIONS else VERSIONS[-1],
                    "capabilities": {"tools": {"listChanged": False}},
                    "serverInfo": {
                        "name": request.settings.title or "starmodel",
                        "version": __version__,
                    },
                }
            case "ping" | "notifications/initialized" | "notifications/cancelled":
                return {}
            case "tools/list":
                return {"tools": [_tool(operation) for operation in self.table]}
            case "tools/call":
                return await self._call_tool(request, params)
            case _:
                raise RpcError(METHOD_NOT_FOUND, "There is no such method.")

    async def _call_tool(self, request: Request, params: Members) -> object:
        operation = self.table.find(params.get("name"))
        if operation is None:
            raise RpcError(INVALID_PARAMS, "There is no such tool.")
        arguments = params.get("arguments") or Members([])
        if not isinstance(arguments, Members):
            raise RpcError(INVALID_PARAMS, "The arguments of a tool are an object.")
        outcome = await operation.run(request, arguments)
        value: object = outcome.value if is_mapping(outcome.value) else {}
        told: dict[str, object] = {
            "content": [{"type": "text", "text": encode_json(value).decode("utf-8")}],
            "isError": outcome.is_problem,
        }
        # What went wrong is for the model to read: it can do better the next time.
        return told if outcome.is_problem else {**told, "structuredContent": value}


def mcp_route(table: OperationTable) -> Route:
    """Return the route of the server over HTTP."""
    server = McpServer(table)

    async def respond(request: Request) -> Response:
        """POST: answer one message."""
        if not _is_trusted(request):
            return respond_problem(request, Problem(403, "This request came from a page."))
        version = request.headers.get(_VERSION, b"").decode("latin-1")
        if version and version not in VERSIONS:
            error = RpcError(INVALID_REQUEST, f"This server speaks MCP {', '.join(VERSIONS)}.")
            return _respond(400, error_answer(error, None))
        try:
            message = await read_message(request)
        except RpcError as error:
            return _respond(400, error_answer(error, None))
        if isinstance(message, Members) and message.get("method") == "initialize":
            answer = await server.answer(request, message)
            if answer is None:
                # A session that nobody waits for is none.
                return Response(202, NO_STORE, b"")
            return _respond(200, answer, _new_session(request))
        found = await _in_session(request)
        if found is None:
            error = RpcError(INVALID_REQUEST, "This session is over; begin another one.")
            return _respond(404, error_answer(error, None))
        carrier, headers = found
        answer = await _answer(server, carrier, message)
        if answer is None:
            return Response(202, [*NO_STORE, *headers], b"")
        return _respond(200, answer, headers)

    return Route("POST", PATH, respond)


async def serve_lines(
    table: OperationTable,
    request: Request,
    read: Callable[[], "Any"],
    write: Callable[[bytes], None],
) -> None:
    """Answer messages that come as lines of text, until there is an empty one.

    Args:
        table: The operations that are tools.
        request: For whom they are run.
        read: Returns what is awaited for the next line, with its end; empty at the end.
        write: Takes an answer, with the line's end.
    """
    server = McpServer(table)
    while line := await read():
        if not line.strip():
            continue
        try:
            answer = await _answer(server, request, parse_message(request, line))
        except RpcError as error:
            answer = error_answer(error, None)
        if answer is not None:
            write(encode_json(answer) + b"\n")


async def _answer(server: McpServer, request: Request, message: object) -> dict[str, object] | None:
    if is_sequence(message):
        return error_answer(RpcError(INVALID_REQUEST, "MCP has no batches."), None)
    if isinstance(message, Members) and "method" not in message and "id" in message:
        # The answer to a question, and none was asked.
        return None
    return await server.answer(request, message)


def _is_trusted(request: Request) -> bool:
    """Return whether no browser's page sent a request, or one that the settings trust.

    That it is a page of this host says nothing here: with a name of its own for our address, any
    site is (DNS rebinding), and servers of this protocol are run on many a desk.
    """
    origin = request.headers.get(b"origin")
    trusted = [each.rstrip("/").lower() for each in request.settings.trusted_origins]
    return origin is None or origin.decode("latin-1").lower() in trusted


def _new_session(request: Request) -> Headers:
    """Return the header that begins a session, for a client that keeps no cookies.

    That of a browser is never told: no script of its pages is to see it.
    """
    identity = request.app_state.session
    cookies = request.headers.get(b"cookie", b"")
    if identity.find(cookies, secure=request.is_secure) is not None:
        return []
    return [(_SESSION, _session_id(request, identity.create()))]


async def _in_session(request: Request) -> tuple[Request, Headers] | None:
    """Return the request as one of the session that its header names; `None` if that is over.

    The headers name it anew where half of its time is over, for clients that take that from any
    answer: a session that is used then never ends.
    """
    given = request.headers.get(_SESSION)
    if given is None:
        return request, []
    state = request.app_state
    name = _session_id(request, "").partition(b"=")[0]
    if given.partition(b"=")[0] != name:
        return None
    found = state.session.find(given, secure=request.is_secure)
    if found is None:
        return None
    renewed = [(_SESSION, _session_id(request, found.id))] if found.is_due else []
    cookies = [
        one
        for one in request.headers.get(b"cookie", b"").split(b";")
        if one.strip() and one.partition(b"=")[0].strip() != name
    ]
    headers = [each for each in request.headers.items() if each[0] != b"cookie"]
    headers.append((b"cookie", b"; ".join([given, *cookies])))
    carrier = Request({**request.scope, "headers": headers}, _receive_nothing, state, request.route)
    if state.identify is not None:
        actor = state.identify(carrier)
        carrier.actor = actor if isinstance(actor, Actor) else await actor
    return carrier, renewed


def _session_id(request: Request, session: str) -> bytes:
    """Return what names a session: its cookie, with its name and its signature."""
    cookie = request.app_state.session.cookie(session, secure=request.is_secure)
    return cookie.partition(b";")[0]


def _tool(operation: BoundOperation) -> dict[str, object]:
    effect = operation.operation.effect
    return {
        "name": operation.operation.name,
        "description": operation.operation.about,
        "inputSchema": operation.json_schema,
        "annotations": {**_HINTS[effect], "openWorldHint": effect == "any"},
    }


def _respond(status: int, answer: object, headers: Headers | None = None) -> Response:
    return Response(status, [*JSON_HEADERS, *(headers or ())], encode_json(answer))


async def _receive_nothing() -> Message:
    return {"type": "http.disconnect"}
