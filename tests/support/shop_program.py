"""A program that uses the shop over HTTP, and a page that watches it."""

import asyncio
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any, NamedTuple, Self
from uuid import uuid4

import httpx

from starmodel.testing.answer import merge, read_events

PATIENCE = 60.0
_PAUSE = 0.05


class Reply(NamedTuple):
    """What a server answered."""

    status: int
    body: dict[str, Any]

    @property
    def state(self) -> dict[str, Any]:
        """The public fields of the entity."""
        assert self.status in (200, 201), self
        return self.body["state"]

    @property
    def version(self) -> int:
        """How often the entity has been saved."""
        assert self.status in (200, 201), self
        return self.body["version"]


class Refusal(NamedTuple):
    """When a request was sent that was answered with 503, and when it was answered."""

    sent: float
    answered: float


class Program:
    """Sends JSON to a server of the shop, as many requests at once as its caller likes.

    Attributes:
        refused: The requests that were answered with 503.
        gives_up: Set it to have nobody insist any longer where there is no server.
    """

    def __init__(self, url: str) -> None:
        self.refused: list[Refusal] = []
        self.gives_up = False
        self._client = httpx.AsyncClient(
            base_url=url,
            headers={"accept": "application/json"},
            timeout=PATIENCE,
            limits=httpx.Limits(max_connections=None),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._client.aclose()

    async def get(self, path: str) -> dict[str, Any]:
        """Return what is there.

        Raises:
            AssertionError: It is not answered with 200.
        """
        reply = await self._send("GET", path, None, {})
        assert reply.status == 200, reply
        return reply.body

    async def post(self, path: str, key: str | None = None, **arguments: object) -> Reply:
        """Run an event."""
        return await self._send("POST", path, arguments, _keyed(key))

    async def patch(self, path: str, key: str | None = None, **changes: object) -> Reply:
        """Change a record."""
        return await self._send("PATCH", path, changes, _keyed(key))

    async def delete(self, path: str) -> Reply:
        """Delete a record."""
        return await self._send("DELETE", path, None, {})

    async def create(self, entity: str, **values: object) -> str:
        """Make a record, and return its id."""
        reply = await self.post(f"/{entity}", None, **values)
        assert reply.status == 201, reply
        return reply.state["id"]

    async def customer(self) -> str:
        """Make a customer, and return the id."""
        return await self.create("customer", name="Ada", email=f"{uuid4().hex}@example.org")

    async def stock(self, name: str, quantity: int) -> str:
        """Make a product of which there are so many, and return its id."""
        id = await self.create("product", name=name, sku=uuid4().hex, status="active")
        await self.post(f"/product/{id}/restock", quantity=quantity)
        return id

    async def order(self, customer: str, lines: Mapping[str, int]) -> str:
        """Make an order of so many of each product, which is not placed yet; returns its id."""
        id = await self.create("order", customer=customer)
        for product, quantity in lines.items():
            reply = await self.post(f"/order/{id}/add_line", product=product, quantity=quantity)
            assert reply.status == 200, reply
        return id

    async def insist(self, method: str, path: str, **arguments: object) -> Reply:
        """Send a request again and again, under one idempotency key, until it is answered.

        A server that is not there, and one that says it cannot, are asked again.

        Raises:
            httpx.TransportError: There is no server, and `gives_up` is set.
        """
        key = uuid4().hex
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    reply = await self._send(method, path, arguments, _keyed(key))
                    if reply.status != 503:
                        return reply
                except httpx.TransportError:
                    if self.gives_up:
                        raise
                await asyncio.sleep(_PAUSE)

    async def _send(
        self, method: str, path: str, body: object, headers: Mapping[str, str]
    ) -> Reply:
        sent = time.monotonic()
        response = await self._client.request(method, path, json=body, headers=headers)
        if response.status_code == 503:
            self.refused.append(Refusal(sent, time.monotonic()))
        return Reply(response.status_code, response.json() if response.content else {})


class Page:
    """A page with a live stream.

    Attributes:
        text: All that came.
    """

    def __init__(self, url: str, *watched: str) -> None:
        self.text = ""
        self._url = f"{url}/live"
        self._watched = watched
        self._arrived = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._read())
        await self.wait_for("event: ")
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    @property
    def signals(self) -> dict[str, Any]:
        """All signals that were patched so far, put together."""
        whole, mark, _ = self.text.rpartition("\n\n")
        signals: dict[str, Any] = {}
        for event in read_events(whole + mark):
            merge(signals, event.signals)
        return signals

    async def wait_for(self, text: str, *, within: float = 10.0) -> None:
        """Wait until a text has come.

        Raises:
            TimeoutError: It did not, in so many seconds.
        """
        async with asyncio.timeout(within):
            while text not in self.text:
                self._arrived.clear()
                await self._arrived.wait()

    async def _read(self) -> None:
        async with (
            httpx.AsyncClient(timeout=None) as client,
            client.stream(
                "GET",
                self._url,
                params=[("watch", watched) for watched in self._watched],
                headers={"datastar-request": "true"},
            ) as response,
        ):
            async for text in response.aiter_text():
                self.text += text
                self._arrived.set()


def _keyed(key: str | None) -> dict[str, str]:
    return {} if key is None else {"idempotency-key": key}
