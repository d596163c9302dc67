"""The counter as one writes it by hand with FastHTML and datastar-py."""

from collections.abc import AsyncIterator, Callable
from typing import Any, cast

from datastar_py.fasthtml import DatastarResponse
from datastar_py.fasthtml import ServerSentEventGenerator as Events
from datastar_py.sse import DatastarEvent
from fasthtml.common import FastHTML
from starlette.requests import Request

counts: dict[str, int] = {}
app = FastHTML(default_hdrs=False, secret_key="of no use to anybody")
post = cast("Callable[..., Callable[[Any], Any]]", cast("Any", app).post)


@post("/counter/increment")
async def increment(request: Request, amount: int) -> Any:
    """Add to the count of the session."""
    session = request.cookies.get("starmodel", "")
    counts[session] = counts.get(session, 0) + amount

    async def events() -> AsyncIterator[DatastarEvent]:
        yield Events.patch_signals({"counter": {"count": counts[session]}})

    return DatastarResponse(events())
