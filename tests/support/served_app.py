"""A generated app in a process of its own, on a port of this machine."""

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from types import TracebackType
from typing import Self

from ports import free_port
from shop_project import starmodel

ROOT = Path(__file__).parents[2]
PACKAGES = [str(ROOT / "runtime"), str(ROOT / "schemas"), str(ROOT / "generator")]
SECRET_KEY = "a secret for tests, known to everybody"


def generate(folder: Path, entities: Path) -> None:
    """Make a project `shop` in the folder out of a file of entities, and generate its code."""
    (folder / "shop").mkdir()
    (folder / "shop" / "__init__.py").touch()
    shutil.copy(entities, folder / "shop" / "entities.py")
    (folder / "pyproject.toml").write_text(
        '[tool.starmodel]\nentities = ["shop/entities.py"]\noutput = "shop/generated"\n'
    )
    run_starmodel(folder, "generate")


def run_starmodel(folder: Path, *arguments: str, **environment: str) -> None:
    """Run the command in a folder, in this process; fails if the command does."""
    done = starmodel(folder, *arguments, environment=environment)
    assert done.code == 0, done.err


def run(folder: Path, module: str, *arguments: str, **environment: str) -> None:
    """Run a module as a program, in a folder; fails if the program does."""
    subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=folder,
        env={**_environment(), **environment},
        check=True,
    )


class ServedApp:
    """The app of a project under uvicorn; it keeps its port when it is stopped and started.

    Args:
        folder: The project's.
        app: What uvicorn serves.
        log: A file for what the app logs; else it goes where the tests log.
        environment: Variables besides those of the tests.
    """

    def __init__(
        self,
        folder: Path,
        app: str = "shop.generated.app:create_app",
        *,
        log: Path | None = None,
        **environment: str,
    ) -> None:
        self.folder = folder
        self.app = app
        self.log = log
        self.environment = {**_environment(), **environment}
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start, and wait until it answers."""
        command = [sys.executable, "-m", "uvicorn", self.app]
        command += ["--factory"] if self.app.endswith(":create_app") else []
        command += ["--port", str(self.port), "--log-level", "warning"]
        with self.log.open("ab") if self.log is not None else nullcontext() as log:
            self._process = subprocess.Popen(
                command, cwd=self.folder, env=self.environment, stderr=log
            )
        end = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                if self._process.poll() is not None or time.monotonic() > end:
                    self.stop()
                    raise RuntimeError(f"{self.app} does not start") from None
                time.sleep(0.05)

    def stop(self) -> int:
        """Stop in good order, and return the exit code."""
        process = self._process
        if process is None:
            return 0
        process.terminate()
        try:
            return process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()
        finally:
            self._process = None

    def kill(self) -> None:
        """End the process as the kernel does where memory runs out."""
        process, self._process = self._process, None
        assert process is not None
        process.kill()
        process.wait()

    @property
    def is_running(self) -> bool:
        """Whether the process that was started is still there."""
        return self._process is not None and self._process.poll() is None


def _environment() -> dict[str, str]:
    path = os.pathsep.join([*PACKAGES, os.environ.get("PYTHONPATH", "")])
    return {**os.environ, "PYTHONPATH": path, "STARMODEL_SECRET_KEY": SECRET_KEY}
