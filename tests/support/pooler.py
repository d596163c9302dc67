"""Connection poolers in front of PostgreSQL: PgBouncer where it is installed, and one of our own.

Ours does what matters of PgBouncer: it takes no settings that it does not know at the beginning of a
connection, gives numbers of its own for the processes of the server, and lends a connection to the
server for a session or for a transaction.
"""

import asyncio
import os
import shutil
import struct
import subprocess
import tempfile
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Literal, TypeAlias
from urllib.parse import urlsplit, urlunsplit

from tests.support.ports import free_port

Mode: TypeAlias = Literal["session", "transaction"]
Pair: TypeAlias = tuple[StreamReader, StreamWriter]

PGBOUNCER = shutil.which("pgbouncer")

_SSL_REQUEST = 80877103
_KNOWN = {"user", "database", "application_name", "client_encoding", "timezone"}
_PATIENCE = 20.0


@asynccontextmanager
async def own_pooler(url: str, mode: Mode, *, ignores: str = "") -> AsyncGenerator[str]:
    """Yield the URL of a database through a pooler of our own.

    `ignores` are the settings that it drops instead of refusing them, with commas between.
    """
    pooler = _Pooler(url, mode, {*filter(None, ignores.split(","))})
    server = await asyncio.start_server(pooler.serve, "127.0.0.1", 0)
    try:
        yield _through(url, server.sockets[0].getsockname()[1])
    finally:
        server.close()
        await pooler.close()


@asynccontextmanager
async def pgbouncer(url: str, mode: Mode, *, ignores: str = "") -> AsyncGenerator[str]:
    """Yield the URL of a database through PgBouncer, which is stopped at the end."""
    assert PGBOUNCER is not None
    server = urlsplit(url)
    port = free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "users").write_text(f'"{server.username}" "{server.password}"\n')
        settings = {
            "listen_addr": "127.0.0.1",
            "listen_port": port,
            "unix_socket_dir": "",
            "auth_type": "plain",
            "auth_file": folder / "users",
            "pool_mode": mode,
            "ignore_startup_parameters": ignores,
        }
        lines = [f"{name} = {value}\n" for name, value in settings.items() if value != ""]
        databases = f"[databases]\n* = host={server.hostname} port={server.port}\n"
        lines.append("unix_socket_dir =\n")
        (folder / "ini").write_text("".join([databases, "[pgbouncer]\n", *lines]))
        # It refuses to run as root.
        user = "nobody" if os.geteuid() == 0 else None
        process = subprocess.Popen([PGBOUNCER, "-q", str(folder / "ini")], user=user)
        try:
            async with asyncio.timeout(_PATIENCE):
                while not await _accepts(port):
                    await asyncio.sleep(0.02)
            yield _through(url, port)
        finally:
            process.kill()
            process.wait()


def _through(url: str, port: int) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{parts.netloc.rpartition(':')[0]}:{port}"))


async def _accepts(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


class _Pooler:
    """Relays messages. https://www.postgresql.org/docs/current/protocol-message-formats.html"""

    def __init__(self, url: str, mode: Mode, ignored: set[str]) -> None:
        parts = urlsplit(url)
        self._place = parts.hostname or "localhost", parts.port or 5432
        self._mode = mode
        self._ignored = ignored
        self._idle: list[Pair] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[StreamWriter] = set()

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        with suppress(OSError, EOFError):
            if await self._log_in(reader, writer):
                await self._relay(reader, writer)
        writer.close()

    async def close(self) -> None:
        for writer in self._writers:
            writer.close()
        await asyncio.gather(*self._tasks)

    async def _log_in(self, reader: StreamReader, writer: StreamWriter) -> bool:
        """Have the client make itself known to the server, on a connection that is lent later."""
        while True:
            [length, code] = struct.unpack("!II", await reader.readexactly(8))
            body = await reader.readexactly(length - 8)
            if code != _SSL_REQUEST:
                break
            writer.write(b"N")
        texts = body.decode().split("\0")
        settings = dict(zip(texts[::2], texts[1::2], strict=False))
        settings.pop("", None)
        for name in settings:
            if name.lower() not in _KNOWN | self._ignored:
                text = f"SFATAL\0C08P01\0Munsupported startup parameter: {name}\0\0".encode()
                writer.write(b"E" + struct.pack("!I", len(text) + 4) + text)
                return False
        kept = {name: text for name, text in settings.items() if name not in self._ignored}
        body = "".join(f"{name}\0{text}\0" for name, text in kept.items()).encode() + b"\0"
        server = await asyncio.open_connection(*self._place)
        self._writers.add(server[1])
        server[1].write(struct.pack("!II", len(body) + 8, code) + body)
        while True:
            kind, body = await _message(server[0])
            if kind == b"K":
                body = struct.pack("!I", id(writer) & 0x7FFFFFFF) + body[4:]
            _send(writer, kind, body)
            if kind == b"Z":
                self._idle.append(server)
                return True
            # The server asks for a password, or for a part of one.
            if kind == b"R" and struct.unpack("!I", body[:4])[0] not in (0, 12):
                _send(server[1], *await _message(reader))

    async def _relay(self, reader: StreamReader, writer: StreamWriter) -> None:
        loan: _Loan | None = None
        while True:
            kind, body = await _message(reader)
            if kind == b"X":
                return
            if loan is None or loan.is_over:
                while not self._idle:
                    await asyncio.sleep(0.001)
                # The one that was used last, as PgBouncer has it.
                loan = _Loan(self._idle.pop())
                self._tasks.add(asyncio.create_task(self._answer(loan, writer)))
            loan.questions += kind in (b"S", b"Q")
            _send(loan.server[1], kind, body)

    async def _answer(self, loan: "_Loan", writer: StreamWriter) -> None:
        with suppress(OSError, EOFError):
            while not loan.is_over:
                kind, body = await _message(loan.server[0])
                _send(writer, kind, body)
                loan.questions -= kind == b"Z"
                is_idle = kind == b"Z" and body == b"I" and not loan.questions
                loan.is_over = is_idle and self._mode == "transaction"
            self._idle.append(loan.server)


class _Loan:
    """A connection to the server that a client has, and how many of its questions are not answered."""

    def __init__(self, server: Pair) -> None:
        self.server = server
        self.questions = 0
        self.is_over = False


async def _message(reader: StreamReader) -> tuple[bytes, bytes]:
    kind = await reader.readexactly(1)
    [length] = struct.unpack("!I", await reader.readexactly(4))
    return kind, await reader.readexactly(length - 4)


def _send(writer: StreamWriter, kind: bytes, body: bytes) -> None:
    writer.write(kind + struct.pack("!I", len(body) + 4) + body)
