"""The beginning and the end of an app, around those of its host."""

import asyncio
import gc
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from starmodel.errors import ConfigurationError, Unavailable
from starmodel.web.app.app_state import AppState
from starmodel.web.app.shutdown import Shutdown
from starmodel.web.http.response import ASGIApplication, Message, Receive, Scope, Send
from starmodel.web.live.hub import LiveHub

logger = logging.getLogger("starmodel.web")

SWEEP_INTERVAL = 60.0
"""Seconds between two searches for what has expired."""


class Lifespan:
    """Opens what an app needs, and closes it again.

    One app may be reached in two ways, in front of its host and inside of it, and is told of
    its beginning and end in each; the second time changes nothing.
    """

    def __init__(self, parts: AppState, hub: LiveHub) -> None:
        self._parts = parts
        self._hub = hub
        self._is_open = False
        self._is_ready = False
        self._is_told = False
        self._opening = asyncio.Lock()
        self._sweeper: asyncio.Task[None] | None = None
        self._shutdown = Shutdown(hub.drain, hub.abort, timeout=parts.settings.drain_timeout)

    async def run(
        self, host: ASGIApplication | None, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Follow the server's lifespan messages, and have the host follow them too.

        The host begins after the app and ends before it, so its own code finds everything
        open.
        """
        await receive()
        self._is_told = True
        is_first = not self._is_open
        try:
            if is_first:
                await self.open()
            hosted = _HostLifespan(host, scope)
            failure = await hosted.tell("startup")
        except Exception as error:
            if isinstance(error, Unavailable):
                failure = error.reason
            else:
                if not isinstance(error, ConfigurationError):
                    logger.exception("The app could not start")
                failure = str(error) or type(error).__name__
            hosted = _HostLifespan(None, scope)
        if failure is not None:
            if is_first:
                try:
                    await self.close()
                except Exception:
                    # Whatever is raised here makes servers believe that there is nothing to begin,
                    # and serve an app that has not begun.
                    logger.exception("What the app had begun could not be ended")
            await send({"type": "lifespan.startup.failed", "message": failure})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        failure = await hosted.tell("shutdown")
        if is_first:
            try:
                await self.close()
            except Exception as error:
                logger.exception("The app could not end in good order")
                failure = str(error) or type(error).__name__
        if failure is None:
            await send({"type": "lifespan.shutdown.complete"})
        else:
            await send({"type": "lifespan.shutdown.failed", "message": failure})

    async def open(self) -> None:
        """Check the settings, and open the stores, the bus and the live streams.

        Raises:
            ConfigurationError: There is no secret key, several processes have state in memory, or the
                kit is not there.
        """
        _ = self._parts.session
        self._parts.check_memory()
        self._parts.check_kit()
        self._is_open = True
        await self._parts.services.open()
        await self._hub.open()
        self._sweeper = asyncio.get_running_loop().create_task(self._sweep())
        self._shutdown.install()
        freeze_loaded()
        self._is_ready = True

    async def open_late(self) -> None:
        """Open everything at the first request of an app that no server has told to begin.

        Frameworks tell an app below a `Mount` nothing of their own beginning and end.

        Raises:
            ConfigurationError: There is no secret key.
        """
        if self._is_told or self._is_ready:
            return
        async with self._opening:
            if not self._is_ready:
                try:
                    await self.open()
                except BaseException:
                    await self.close()
                    raise

    async def close(self) -> None:
        """Close everything that was opened. Closing it again does nothing."""
        if not self._is_open:
            return
        self._is_open = self._is_ready = False
        self._shutdown.restore()
        if self._sweeper is not None:
            self._sweeper.cancel()
            self._sweeper = None
        try:
            await self._hub.close()
        finally:
            await self._parts.services.close()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_INTERVAL)
            try:
                await self._parts.services.persistence.delete_expired()
            except Unavailable as error:
                logger.warning("What has expired waits to be deleted: %s", error.reason)
            except Exception:
                logger.exception("What has expired could not be deleted")


def freeze_loaded() -> None:
    """Have the garbage collector leave alone what is loaded by now: modules, classes, the app.

    A full collection would look through all of that each time, for some 30 ms in which nobody is
    served, and find nothing to clear away. It is done once in a process: what an app leaves behind
    that has ended, in tests say, is still collected.
    """
    if gc.get_freeze_count() == 0:
        gc.freeze()


@asynccontextmanager
async def within_lifespan(app: ASGIApplication) -> AsyncGenerator[None]:
    """Begin an app as a server would, and end it when the context is left.

    Raises:
        ConfigurationError: It could not begin.
    """
    hosted = _HostLifespan(app, {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}})
    failure = await hosted.tell("startup")
    if failure is not None:
        raise ConfigurationError(failure)
    try:
        yield
    finally:
        await hosted.tell("shutdown")


class _HostLifespan:
    """The lifespan of the host app, in a task of its own."""

    def __init__(self, host: ASGIApplication | None, scope: Scope) -> None:
        self._host = host
        self._scope = scope
        self._incoming: asyncio.Queue[Message] = asyncio.Queue()
        self._outgoing: asyncio.Queue[Message] = asyncio.Queue()
        self._task: asyncio.Future[None] | None = None

    async def tell(self, what: str) -> str | None:
        """Pass on `startup` or `shutdown`, wait until it is done, and say what went wrong."""
        if self._host is None:
            return None
        if self._task is None:
            call = self._host(self._scope, self._incoming.get, self._outgoing.put)
            self._task = asyncio.ensure_future(call)
        elif self._task.done():
            return None
        self._incoming.put_nowait({"type": f"lifespan.{what}"})
        answer = asyncio.ensure_future(self._outgoing.get())
        await asyncio.wait([answer, self._task], return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            answer.cancel()
            # It went away without a word: it takes no part in lifespans, as many apps do not.
            if not self._task.cancelled() and self._task.exception() is not None:
                logger.debug("The host app takes no part in the lifespan")
            return None
        message = answer.result()
        if what == "shutdown" or message["type"].endswith(".failed"):
            await asyncio.wait([self._task])
            if not self._task.cancelled():
                self._task.exception()
        if message["type"].endswith(".failed"):
            return str(message.get("message", "")) or "The host app failed."
        return None
