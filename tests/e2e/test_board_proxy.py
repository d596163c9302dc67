"""The proxy of the board: what becomes of a request whose node is gone, or dies over it."""

import asyncio
import importlib.util
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from ports import free_port
from served_app import ROOT

Answer: TypeAlias = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


def load_proxy() -> Any:
    spec = importlib.util.spec_from_file_location("board_proxy", ROOT / "examples/board/proxy.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Proxy


async def greet(request: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")


async def die(request: bytes, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


class Nodes:
    """Nodes behind a proxy; `asked` has each request with the number of its node."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.asked: list[tuple[int, bytes]] = []

    async def ask(self, request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(request)
        answer = await reader.read()
        writer.close()
        return answer


@asynccontextmanager
async def nodes_that(folder: Path, *answers: Answer | None) -> AsyncGenerator[Nodes]:
    """Start a proxy before a node for each of the answers; `None` is one that is not there."""
    nodes = Nodes(free_port())
    sockets = [folder / str(number) for number in range(1, len(answers) + 1)]

    async with AsyncExitStack() as stack:

        async def start(number: int, answer: Answer) -> None:
            async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                request = await reader.readuntil(b"\r\n\r\n")
                nodes.asked.append((number, request))
                await answer(request, writer)
                writer.close()

            server = await asyncio.start_unix_server(handle, sockets[number - 1])
            stack.callback(server.close)

        for number, answer in enumerate(answers, start=1):
            if answer is not None:
                await start(number, answer)
        server = await load_proxy()(sockets).listen(nodes.port)
        stack.callback(server.close)
        yield nodes


GET = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na=1"
POST_OF_KEY = POST.replace(b"Length: 3", b"Length: 23") + b"\r\nIdempotency-Key: 1"
POST_ONCE = POST.replace(b"Host: a", b"Host: a\r\nIdempotency-Key: 1")


async def test_nodes_take_turns_and_those_that_are_gone_are_passed_by(tmp_path: Path) -> None:
    async with nodes_that(tmp_path, greet, None, greet) as nodes:
        answers = [await nodes.ask(each) for each in (GET, POST, GET)]
        assert [number for number, _ in nodes.asked] == [1, 3, 1]
        assert answers[1] == b"HTTP/1.1 200 OK\r\nX-Node: 3\r\nContent-Length: 2\r\n\r\nhi"
        assert nodes.asked[0][1] == b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    ("request_", "status", "asked"),
    [
        (GET, b"200 OK", [1, 2]),
        (POST_ONCE, b"200 OK", [1, 2]),
        (POST, b"502 Bad Gateway", [1]),
        (POST_OF_KEY, b"502 Bad Gateway", [1]),
    ],
)
async def test_a_node_that_dies_over_a_request(
    tmp_path: Path, request_: bytes, status: bytes, asked: list[int]
) -> None:
    async with nodes_that(tmp_path, die, greet) as nodes:
        assert (await nodes.ask(request_)).startswith(b"HTTP/1.1 " + status)
        assert [number for number, _ in nodes.asked] == asked


async def test_what_comes_is_passed_on_at_once(tmp_path: Path) -> None:
    more = asyncio.Event()

    async def stream(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\none\n")
        await more.wait()
        writer.write(b"two\n")

    async with nodes_that(tmp_path, stream) as nodes:
        reader, writer = await asyncio.open_connection("127.0.0.1", nodes.port)
        writer.write(GET)
        assert (await reader.readuntil(b"one\n")).startswith(b"HTTP/1.1 200")
        more.set()
        assert await reader.read() == b"two\n"
        writer.close()


async def test_requests_that_cannot_be_passed_on(tmp_path: Path) -> None:
    async with nodes_that(tmp_path, None, None) as nodes:
        assert (await nodes.ask(GET)).startswith(b"HTTP/1.1 503 ")
        chunked = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
        assert (await nodes.ask(chunked)).startswith(b"HTTP/1.1 411 ")
        assert nodes.asked == []
