"""An app under uvicorn, one process, uvloop and httptools where they are installed."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.child import App
from benchmarks.exchange import Exchange
from benchmarks.project import environment

PATIENCE = 30.0


class Server:
    """Starts at once; `wait` until it answers. Ends with the block."""

    def __init__(self, app: App, variables: Mapping[str, str] | None = None) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        module, _, attribute = app.name.partition(":")
        factory = ["--factory"] if attribute.startswith("create_") else []
        command = [sys.executable, "-m", "uvicorn", *factory, f"{module}:{attribute}"]
        command += ["--port", str(self.port), "--no-access-log", "--log-level", "warning"]
        self.name = app.name
        self.process = subprocess.Popen(
            command,
            env={**environment(app.folder), **(variables or {})},
            cwd=app.folder,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.process.terminate()
        try:
            self.process.wait(2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def connect(self) -> socket.socket:
        """Open a connection, once there is somebody to accept it.

        Raises:
            RuntimeError: The server does not start.
        """
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return socket.create_connection(("127.0.0.1", self.port), 10)
            except OSError:
                if self.process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"{self.name} does not start.") from None
                time.sleep(0.001)

    def ask(self, exchange: Exchange) -> bytes:
        """Send a request over a connection of its own, and return the whole answer."""
        with self.connect() as connection:
            connection.sendall(wire(exchange))
            answer = connection.recv(65536)
            while not is_whole(answer):
                more = connection.recv(65536)
                if not more:
                    break
                answer += more
        if b" 200 " not in answer[:16] or exchange.expected.encode() not in answer:
            raise RuntimeError(f"{self.name} answered {exchange.path}: {answer[:300]!r}")
        return answer

    def processor_seconds(self) -> float | None:
        """Processor time spent so far; `None` where the system does not say."""
        try:
            fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_kib(self) -> float | None:
        """Resident memory; `None` where the system does not say."""
        try:
            pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        except OSError:
            return None
        return pages * os.sysconf("SC_PAGE_SIZE") / 1024


def wire(exchange: Exchange) -> bytes:
    """A request as HTTP/1.1."""
    lines = [f"{exchange.method} {exchange.path} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in exchange.headers]
    return "\r\n".join([*lines, "", exchange.body]).encode()


def is_whole(answer: bytes) -> bool:
    """Return whether an answer with a content length is all there."""
    head, found, body = answer.partition(b"\r\n\r\n")
    if not found:
        return False
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return len(body) >= int(line.partition(b":")[2])
    return False
