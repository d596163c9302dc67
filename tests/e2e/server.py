"""A server process, and sockets that speak to it as browsers do."""

import http.client
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from ports import free_port

import starmodel

HERE = Path(__file__).parent


class Server:
    """An app under uvicorn in a process of its own."""

    def __init__(
        self,
        app: str = "live_app:app",
        *,
        port: int | None = None,
        options: Iterable[str] = (),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.port = free_port() if port is None else port
        self._streams: list[socket.socket] = []
        paths = [str(Path(starmodel.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "uvicorn", app, "--app-dir", str(HERE)),
                *("--port", str(self.port), "--no-access-log", "--log-level", "warning"),
                *options,
            ],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths), **(environment or {})},
            stderr=subprocess.PIPE,
        )
        try:
            self._wait_until_open()
        except BaseException:
            self.__exit__(None, None, None)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for stream in self._streams:
            stream.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self.process.stderr is not None:
            self.process.stderr.close()

    def request(self, method: str, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, headers={"Datastar-Request": "true"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def open_stream(self, path: str, *, buffer: int | None = None) -> socket.socket:
        """Ask for a live stream, and leave its answer in the socket."""
        client = socket.socket()
        self._streams.append(client)
        if buffer is not None:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        client.connect(("127.0.0.1", self.port))
        client.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            "Datastar-Request: true\r\nAccept: text/event-stream\r\n\r\n".encode()
        )
        return client

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, float, str]:
        """Send a signal; returns the exit code, the seconds it took, and what was written."""
        begin = time.monotonic()
        self.process.send_signal(number)
        try:
            _, errors = self.process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            _, errors = self.process.communicate()
        return self.process.returncode, time.monotonic() - begin, errors.decode()

    def _wait_until_open(self) -> None:
        end = time.monotonic() + 20
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise RuntimeError(self.process.communicate()[1].decode())
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError("The server does not open its port.")


def read_until(streams: Iterable[socket.socket], mark: bytes) -> dict[socket.socket, bytes]:
    """Read all streams until each has sent the mark or ended; ten seconds at most."""
    texts = dict.fromkeys(streams, b"")
    poller = select.poll()
    waiting = {stream.fileno(): stream for stream in texts}
    for number in waiting:
        poller.register(number, select.POLLIN)
    end = time.monotonic() + 10
    while waiting and time.monotonic() < end:
        for number, _ in poller.poll(1000):
            stream = waiting[number]
            data = stream.recv(1 << 20)
            texts[stream] += data
            if not data or mark in texts[stream]:
                poller.unregister(number)
                del waiting[number]
    return texts
