"""JSON-RPC 2.0 over HTTP: `POST` a call, or a batch of them; methods are operations.

A problem of HTTP is an error whose `data` is the problem (RFC 9457): -32602 where values do not fit,
-32603 where something unforeseen happened, else -32000 with the status in `data`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from starmodel.application.readable import Reading
from starmodel.domain.type_guards import is_mapping, is_sequence
from starmodel.errors import BadRequest, UnsupportedMediaType
from starmodel.web.app.problems import problem_members, problem_of
from starmodel.web.app.responses import ACKNOWLEDGED, JSON_HEADERS
from starmodel.web.http.encoding import encode_json
from starmodel.web.http.http_request import READING, media_type
from starmodel.web.http.response import Response
from starmodel.web.operations.operation_table import OperationTable, Outcome
from starmodel.web.routing.request import IDEMPOTENCY_KEY, Request, Route
from starmodel.web.validation import json_body
from starmodel.web.validation.json_body import Members

PARSE_ERROR: Final = -32700
INVALID_REQUEST: Final = -32600
METHOD_NOT_FOUND: Final = -32601
INVALID_PARAMS: Final = -32602
INTERNAL_ERROR: Final = -32603
REFUSED: Final = -32000
"""The operation was not carried out; `data` says why."""

MAX_BATCH: Final = 100
"""Calls in one batch."""

MAX_ANSWER: Final = 4 * 1024 * 1024
"""Bytes of answers to one batch, from which on no call that waits for one is carried out."""

_CODES: Final[Mapping[int, int]] = {422: INVALID_PARAMS, 500: INTERNAL_ERROR}


class RpcError(Exception):
    """What a caller is told; its message is made for that."""

    def __init__(self, code: int, message: str, data: object = None) -> None:
        super().__init__(message)
        self.code = code
        self.data = data


class RpcServer:
    """Answers JSON-RPC messages; a subclass may have methods of its own."""

    def __init__(self, table: OperationTable) -> None:
        self.table = table

    async def call(
        self, request: Request, method: str, params: Members | Sequence[Any], key: bytes | None
    ) -> object:
        """Run a method, and return its result.

        Args:
            request: The request that brought the call.
            method: The name of an operation.
            params: Its arguments by name, or in their order.
            key: The call's own `Idempotency-Key`.

        Raises:
            RpcError: There is no such method, or it has failed.
        """
        operation = self.table.find(method)
        if operation is None:
            raise RpcError(METHOD_NOT_FOUND, "There is no such method.")
        if not isinstance(params, Members):
            names = operation.argument_names
            if len(params) > len(names):
                raise RpcError(INVALID_PARAMS, f"There are at most {len(names)} arguments.")
            params = Members([*zip(names, params, strict=False)])
        outcome = await operation.run(request, params, key=key)
        if outcome.is_problem:
            raise problem_error(outcome)
        return outcome.value

    async def answer(
        self, request: Request, message: object, key: bytes | None = None
    ) -> dict[str, object] | None:
        """Answer one message; `None` where its sender waits for no answer."""
        id: object = None
        try:
            if not isinstance(message, Members):
                raise _invalid()
            id = _id_of(message)
            if id is None and message.get("id") is not None:
                raise _invalid()
            method, params = message.get("method"), message.get("params", Members([]))
            if (
                message.get("jsonrpc") != "2.0"
                or not isinstance(method, str)
                or not (isinstance(params, Members) or is_sequence(params))
                or message.twice
            ):
                raise _invalid()
            result = await self.call(request, method, params, key)
        except RpcError as error:
            if not _is_notification(message) or error.code == INVALID_REQUEST:
                return error_answer(error, id)
            return None
        if _is_notification(message):
            return None
        return {"jsonrpc": "2.0", "id": id, "result": result}


def json_rpc_route(path: str, table: OperationTable) -> Route:
    """Return the route at which operations are asked for by JSON-RPC."""
    server = RpcServer(table)

    async def respond(request: Request) -> Response:
        """POST: answer a call, or a batch of calls, one after the other, up to `MAX_ANSWER`."""
        try:
            given = await read_message(request)
        except RpcError as error:
            return _respond(error_answer(error, None))
        if not is_sequence(given):
            answer = await server.answer(request, given)
            return ACKNOWLEDGED if answer is None else _respond(answer)
        if not 0 < len(given) <= MAX_BATCH:
            error = RpcError(INVALID_REQUEST, f"A batch has 1 to {MAX_BATCH} calls.")
            return _respond(error_answer(error, None))
        # What was answered is kept as it is sent, and no longer as values.
        answers: list[bytes] = []
        size = 0
        # What they read for policies to decide about counts together, as they are one request.
        request.scope[READING] = Reading(request.actor)
        key = request.headers.get(b"idempotency-key")
        last = b"%b/%d" % (key or b"", len(given) - 1)
        if key == b"" or not IDEMPOTENCY_KEY.fullmatch(last):
            text = (
                "An Idempotency-Key has 1 to 200 visible ASCII characters,"
                " with the number of the call behind it."
            )
            return _respond(error_answer(RpcError(INVALID_REQUEST, text), None))
        for number, message in enumerate(given):
            # Two calls of a batch are two requests, whether or not they say the same.
            own = None if key is None else b"%b/%d" % (key, number)
            if size < MAX_ANSWER or _is_notification(message):
                answer = await server.answer(request, message, own)
            else:
                answer = error_answer(_full(), _id_of(message))
            if answer is not None:
                answers.append(encode_json(answer))
                size += len(answers[-1])
        if not answers:
            return ACKNOWLEDGED
        return Response(200, JSON_HEADERS, b"[%b]" % b",".join(answers))

    return Route("POST", path, respond)


async def read_message(request: Request) -> object:
    """Read what was sent; its objects are `Members`.

    Raises:
        RpcError: It is not JSON, or beyond a limit.
        UnsupportedMediaType, PayloadTooLarge: It says that it is no JSON, or is too large.
    """
    kind = media_type(request.headers)
    if kind != b"application/json":
        raise UnsupportedMediaType(kind.decode("latin-1"))
    return parse_message(request, await request.body())


def parse_message(request: Request, body: bytes) -> object:
    """Parse what was sent.

    Raises:
        RpcError: It is not JSON, or beyond a limit.
    """
    try:
        json_body.check(body)
        return json_body.parse(body)
    except BadRequest as error:
        data = problem_members(request, problem_of(request, error))
        raise RpcError(INVALID_REQUEST, str(error), data) from None
    except (ValueError, RecursionError):
        raise RpcError(PARSE_ERROR, "This is not valid JSON.") from None


def problem_error(outcome: Outcome) -> RpcError:
    """Return the error that says what a problem of HTTP does."""
    problem: object = outcome.value
    detail = str(problem["detail"]) if is_mapping(problem) else ""
    return RpcError(_CODES.get(outcome.status, REFUSED), detail, problem)


def error_answer(error: RpcError, id: object) -> dict[str, object]:
    """Return the answer to a message that failed."""
    told: dict[str, object] = {"code": error.code, "message": str(error)}
    if error.data is not None:
        told["data"] = error.data
    return {"jsonrpc": "2.0", "id": id, "error": told}


def _full() -> RpcError:
    return RpcError(
        INVALID_REQUEST,
        f"The answers to this batch have come to {MAX_ANSWER >> 20} MiB."
        " Nothing was done; ask in another request.",
    )


def _id_of(message: object) -> str | int | float | None:
    """Return what its sender tells the answer by; `None` where that is nothing, or no id."""
    id = message.get("id") if isinstance(message, Members) else None
    return id if isinstance(id, str | int | float) and not isinstance(id, bool) else None


def _is_notification(message: object) -> bool:
    return isinstance(message, Members) and "id" not in message


def _invalid() -> RpcError:
    return RpcError(INVALID_REQUEST, "This is no JSON-RPC 2.0 request.")


def _respond(answer: object) -> Response:
    return Response(200, JSON_HEADERS, encode_json(answer))
