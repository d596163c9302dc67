"""A browser, or a program, in front of an app, in this process and without a server."""

import asyncio
import json
import os
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from http.cookies import SimpleCookie
from types import TracebackType
from typing import Any, Self, TypeAlias
from urllib.parse import quote, unquote, urlencode

from starmodel.testing.answer import ClientResponse, ServerSentEvent, merge, read_events

Message: TypeAlias = MutableMapping[str, Any]
App: TypeAlias = Callable[
    [Any, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]

KEY = "STARMODEL_SECRET_KEY"
PATIENCE = 5.0
"""Seconds for which a test waits for what should come at once."""

_DATASTAR_ACCEPT = "text/event-stream, text/html, application/json"


class Client:
    """Sends requests to an ASGI app, and keeps its cookies: one client is one session.

    Enter it to start the app as a server would, and leave it to stop it. Where no
    `STARMODEL_SECRET_KEY` is set there is one as long as the client is open. A client belongs
    to ordinary test functions; in an async one there is a loop already.

    Args:
        app: What `create_app` gave, or a framework's app that was configured.
        base_url: What the app takes for its own address; begin it with `https` to get secure
            cookies. If it has a path, such as that of a `Mount`, every request goes below it.
        root_path: The prefix that a proxy takes away before the app is asked; the pages have it
            in their addresses.
    """

    def __init__(
        self, app: App, *, base_url: str = "http://testserver", root_path: str = ""
    ) -> None:
        self.app = app
        self.cookies: dict[str, str] = {}
        self._scheme, _, address = base_url.rstrip("/").partition("://")
        self._host, slash, path = address.partition("/")
        self._base_path = slash + path
        self._root_path = root_path.rstrip("/")
        self._runner = asyncio.Runner()
        self._made_key = False

    def __enter__(self) -> Self:
        self._made_key = not os.environ.get(KEY)
        if self._made_key:
            os.environ[KEY] = secrets.token_urlsafe(32)
        try:
            self._runner.run(self._start())
        except BaseException:
            self._forget_key()
            self._runner.close()
            raise
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            self._runner.run(self._stop())
        finally:
            self._forget_key()
            self._runner.close()

    def get(self, path: str, *, headers: Mapping[str, str] | None = None) -> ClientResponse:
        """Ask for JSON, as a program does."""
        return self.request("GET", path, headers={"accept": "application/json", **(headers or {})})

    def post(
        self,
        path: str,
        arguments: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> ClientResponse:
        """Run an event with JSON arguments, as a program does."""
        return self.request(
            "POST",
            path,
            json_body=dict(arguments or {}),
            headers={"accept": "application/json", **(headers or {})},
        )

    def page(self, path: str) -> str:
        """Get a page, as a browser does.

        Raises:
            AssertionError: The app has no page there; the message says what it answered.
        """
        answer = self.request("GET", path, headers={"accept": "text/html"})
        if answer.status != 200:
            raise AssertionError(f"GET {path}: {answer.status} {answer.text[:500]}")
        return answer.text

    def submit(self, path: str, fields: Mapping[str, str]) -> ClientResponse:
        """Send a form, as a browser without script does."""
        return self.request("POST", path, form=fields, headers={"accept": "text/html"})

    def act(
        self, path: str, signals: Mapping[str, Any] | None = None, *, method: str = "POST"
    ) -> ClientResponse:
        """Run an action, as Datastar does, with the page's signals; see `Answer.signals`."""
        headers = {"accept": _DATASTAR_ACCEPT, "datastar-request": "true"}
        if method in ("GET", "DELETE"):
            mark = "&" if "?" in path else "?"
            query = f"{path}{mark}datastar={quote(json.dumps(signals or {}))}"
            return self.request(method, query, headers=headers)
        return self.request(method, path, json_body=dict(signals or {}), headers=headers)

    def request(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        json_body: Any = None,
        form: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> ClientResponse:
        """Send any request and wait for its whole answer."""
        more = dict(headers or {})
        if json_body is not None:
            body = json.dumps(json_body).encode()
            more.setdefault("content-type", "application/json")
        elif form is not None:
            body = urlencode(form).encode()
            more.setdefault("content-type", "application/x-www-form-urlencoded")
        return self._runner.run(self._ask(method, path, more, body))

    def live(self, *watches: str) -> "LiveStream":
        """Open the live stream of a page: `with client.live("counter") as stream: ...`."""
        return LiveStream(self, watches)

    def scope(self, method: str, path: str, headers: Mapping[str, str]) -> dict[str, Any]:
        """Make the ASGI scope of a request."""
        raw_path, _, query = path.partition("?")
        raw_path = quote(self._root_path) + self._base_path + raw_path
        sent = {"host": self._host, **{name.lower(): value for name, value in headers.items()}}
        if self.cookies and "cookie" not in sent:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": self._scheme,
            "path": unquote(raw_path),
            "raw_path": raw_path.encode(),
            "query_string": query.encode(),
            "root_path": self._root_path,
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
            "client": ("testclient", 50000),
            "server": (self._host, 443 if self._scheme == "https" else 80),
            "state": {},
        }

    def keep_cookies(self, headers: list[tuple[bytes, bytes]]) -> None:
        """Record the cookies that an answer sets, and forget those that it takes back."""
        for name, value in headers:
            if name.lower() == b"set-cookie":
                for key, morsel in SimpleCookie(value.decode()).items():
                    if morsel["max-age"] == "0":
                        self.cookies.pop(key, None)
                    else:
                        self.cookies[key] = morsel.value

    def run(self, waiting: Awaitable[Any]) -> Any:
        """Let the app go on until something has happened."""

        async def wait() -> Any:
            return await waiting

        return self._runner.run(wait())

    async def _ask(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> ClientResponse:
        given = False
        done = asyncio.Event()
        start: Message = {}
        chunks: list[bytes] = []

        async def receive() -> Message:
            nonlocal given
            if given:
                await done.wait()
                return {"type": "http.disconnect"}
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                chunks.append(message.get("body", b""))
                if not message.get("more_body", False):
                    done.set()

        sent = {"content-length": str(len(body)), **headers} if body else headers
        await self.app(self.scope(method, path, sent), receive, send)
        if not start:
            raise AssertionError(f"{method} {path}: the app answered nothing")
        pairs: list[tuple[bytes, bytes]] = list(start["headers"])
        self.keep_cookies(pairs)
        return ClientResponse(
            start["status"],
            {name.decode().lower(): value.decode("latin-1") for name, value in pairs},
            b"".join(chunks),
        )

    async def _start(self) -> None:
        self._inbox: asyncio.Queue[Message] = asyncio.Queue()
        self._outbox: asyncio.Queue[Message] = asyncio.Queue()
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": {}}
        self._lifespan = asyncio.ensure_future(self.app(scope, self._inbox.get, self._outbox.put))
        await self._inbox.put({"type": "lifespan.startup"})
        await self._expect("lifespan.startup.complete")

    async def _stop(self) -> None:
        await self._inbox.put({"type": "lifespan.shutdown"})
        await self._expect("lifespan.shutdown.complete")
        await self._lifespan

    async def _expect(self, type: str) -> None:
        answer = asyncio.ensure_future(self._outbox.get())
        await asyncio.wait([answer, self._lifespan], return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            answer.cancel()
            await self._lifespan
            raise RuntimeError("the app takes no part in the lifespan, so it cannot be started")
        message = answer.result()
        if message["type"] != type:
            await self._lifespan
            raise RuntimeError(str(message.get("message", "")) or message["type"])

    def _forget_key(self) -> None:
        if self._made_key:
            del os.environ[KEY]


class LiveStream:
    """An open live stream. It has what a page would have by now in `signals`.

    Attributes:
        signals: All signals that were patched so far, put together.
    """

    def __init__(self, client: Client, watches: tuple[str, ...]) -> None:
        self.signals: dict[str, Any] = {}
        self._client = client
        self._path = "/live?" + urlencode([("watch", watch) for watch in watches])
        self._text = ""
        self._events: deque[ServerSentEvent] = deque()
        self._status = 0
        self._seen = 0

    def __enter__(self) -> Self:
        self._client.run(self._open())
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._client.run(self._close())

    def next(self, *, within: float = PATIENCE) -> ServerSentEvent:
        """Wait for the next event.

        Raises:
            TimeoutError: None came within so many seconds, or the stream has ended. The message
                says what was waited for, and what came before.
        """
        if not self._events:
            self._client.run(self._wait(within))
        event = self._events.popleft()
        self._seen += 1
        merge(self.signals, event.signals)
        return event

    async def _open(self) -> None:
        self._arrived = asyncio.Event()
        self._gone = asyncio.Event()
        headers = {"accept": _DATASTAR_ACCEPT, "datastar-request": "true"}
        scope = self._client.scope("GET", self._path, headers)
        self._task = asyncio.ensure_future(self._client.app(scope, self._receive, self._send))
        await self._wait(PATIENCE)
        if self._status != 200:
            await self._task
            raise AssertionError(f"GET {self._path}: {self._status} {self._text[:500]}")

    async def _close(self) -> None:
        self._gone.set()
        await asyncio.wait_for(self._task, PATIENCE)

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                while not self._events and not self._task.done():
                    self._arrived.clear()
                    arrived = asyncio.ensure_future(self._arrived.wait())
                    await asyncio.wait([arrived, self._task], return_when=asyncio.FIRST_COMPLETED)
                    arrived.cancel()
        except TimeoutError:
            raise TimeoutError(self._missing(f"within {seconds:g} seconds")) from None
        if not self._events and self._status == 200:
            raise TimeoutError(self._missing("before the stream ended"))

    def _missing(self, when: str) -> str:
        """Describe which event did not come, and what came until then."""
        what = f"GET {self._path}: event {self._seen + 1} did not come {when}"
        if not self._seen:
            return f"{what}; none came before it"
        return f"{what}; the signals are {json.dumps(self.signals)[:500]}"

    async def _receive(self) -> Message:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._client.keep_cookies(list(message["headers"]))
            return
        self._text += message.get("body", b"").decode()
        if self._status == 200:
            whole, mark, self._text = self._text.rpartition("\n\n")
            self._events.extend(read_events(whole + mark))
            self._arrived.set()
