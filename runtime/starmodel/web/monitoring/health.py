"""The probes that orchestrators and load balancers ask: does it live, is it ready?"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final

from starmodel.application import EntityDefinition, Services
from starmodel.errors import StarModelError
from starmodel.web.http.encoding import encode_json
from starmodel.web.http.response import Headers, Response
from starmodel.web.routing.request import Request, Route

LIVE: Final = "/_starmodel/live"
"""Answers 200 as long as the process serves."""

READY: Final = "/_starmodel/ready"
"""Answers 200 if events can be carried out, else 503."""

PROBES: Final = frozenset({LIVE, READY})

_OK: Final = "ok"
_TIMEOUT: Final = 1.0
"""Seconds that a store has to answer."""
_KEPT: Final = 1.0
"""Seconds for which the answers of stores count: whoever asks more often puts no load on them."""
ASKED_FOR: Final = ("0", "00000000-0000-0000-0000-000000000000")
"""Ids that nobody has; whatever kind of id an entity has, one of them may be it."""
_HEADERS: Final[Headers] = [
    (b"content-type", b"application/json"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
]

logger = logging.getLogger("starmodel.health")


class HealthProbes:
    """The routes of both probes. Neither begins a session nor asks who wants to know.

    Args:
        services: The stores and the bus.
        definitions: The app's entities: one of each store is looked up.
        begin: Opens the app if no server has told it to begin.
        is_draining: Says whether the process is about to end.
    """

    def __init__(
        self,
        services: Services,
        definitions: Iterable[EntityDefinition[Any]],
        begin: Callable[[], Awaitable[None]],
        is_draining: Callable[[], bool],
    ) -> None:
        self._services = services
        self._definitions = tuple(definitions)
        self._begin = begin
        self._is_draining = is_draining
        self._asking = asyncio.Lock()
        self._asked_at = float("-inf")
        self._stores: dict[str, str] = {}
        self._failing: tuple[str, ...] = ()
        self.routes = (
            Route("GET", LIVE, self._respond_live, is_asset=True),
            Route("GET", READY, self._respond_ready, is_asset=True),
        )

    async def _respond_live(self, request: Request) -> Response:
        """GET: the process answers."""
        return Response(200, _HEADERS, encode_json({"status": "live"}))

    async def _respond_ready(self, request: Request) -> Response:
        """GET: say of each part whether it is fit for use."""
        checks = await self._checks()
        failing = tuple([f"{name}: {state}" for name, state in checks.items() if state != _OK])
        if failing != self._failing:
            self._failing = failing
            if failing:
                logger.warning("Not ready: %s", "; ".join(failing))
            else:
                logger.info("Ready again")
        status = "not ready" if failing else "ready"
        body = encode_json({"status": status, "checks": checks})
        return Response(503 if failing else 200, _HEADERS, body)

    async def _checks(self) -> dict[str, str]:
        if self._is_draining():
            return {"app": "draining"}
        try:
            await self._begin()
        except Exception as error:
            logger.warning("The app could not start: %s", _reason(error))
            return {"app": "not started"}
        connection = _OK if self._services.bus.is_connected else "not connected"
        return {"app": _OK, **await self._ask_stores(), "bus": connection}

    async def _ask_stores(self) -> dict[str, str]:
        async with self._asking:
            if time.monotonic() - self._asked_at >= _KEPT:
                each = self._one_of_each_store()
                states = await asyncio.gather(*[_ask(self._services, one) for one in each.values()])
                self._stores = dict(zip(each, states, strict=True))
                self._asked_at = time.monotonic()
            return self._stores

    def _one_of_each_store(self) -> dict[str, EntityDefinition[Any]]:
        """Return an entity for each store, by what the store is called in the answer."""
        found: dict[str, EntityDefinition[Any]] = {}
        seen: set[object] = set()
        for definition in self._definitions:
            if definition.is_in_browser:
                # There is nobody to ask: it comes with the requests of its own.
                continue
            backend = self._services.persistence.backend_for(definition)
            if backend not in seen:
                seen.add(backend)
                name = str(definition.store.value)
                found[f"{name} of {definition.name}" if name in found else name] = definition
        return found


async def _ask(services: Services, definition: EntityDefinition[Any]) -> str:
    """Return what is to be said of the store of an entity; why it fails is for the log alone."""
    backend = services.persistence.backend_for(definition)
    try:
        async with asyncio.timeout(_TIMEOUT):
            await backend.versions([definition.key(id) for id in ASKED_FOR])
    except TimeoutError:
        return "no answer"
    except Exception as error:
        logger.warning("The store of %s cannot be asked: %s", definition.name, _reason(error))
        return "failing"
    return _OK


def _reason(error: Exception) -> str:
    cause = error.__cause__ if isinstance(error, StarModelError) else None
    return f"{type(error).__name__}: {error}" + (f" ({cause})" if cause else "")
