"""The counter as one writes it by hand with Starlette and datastar-py."""

from collections.abc import AsyncIterator

from datastar_py.sse import DatastarEvent
from datastar_py.starlette import DatastarResponse, read_signals
from datastar_py.starlette import ServerSentEventGenerator as Events
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

counts: dict[str, int] = {}


async def increment(request: Request) -> Response:
    """Add to the count of the session."""
    signals = await read_signals(request)
    try:
        amount = int(signals["amount"]) if signals else 1
    except (KeyError, TypeError, ValueError):
        return Response(status_code=422)
    session = request.cookies.get("starmodel", "")
    counts[session] = counts.get(session, 0) + amount

    async def events() -> AsyncIterator[DatastarEvent]:
        yield Events.patch_signals({"counter": {"count": counts[session]}})

    return DatastarResponse(events())


app = Starlette(routes=[Route("/counter/increment", increment, methods=["POST"])])
