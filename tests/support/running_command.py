"""A command of ours as a process that is left running."""

import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE = 90
"""Seconds to wait on a busy machine, for what is there in one or two on an idle one."""


class Running:
    """The command as it runs in a project's folder, and everything that it has said so far."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "starmodel_generator", *arguments],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.said = ""
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said += line

    def wait(self, ready: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE
        while not ready():
            assert time.monotonic() < end and self.process.poll() is None, self.said
            time.sleep(0.05)

    def address(self) -> str:
        self.wait(lambda: "Open http" in self.said)
        found = re.search(r"Open (\S+)", self.said)
        assert found is not None
        return found[1]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        assert self.process.stderr is not None
        self.process.stderr.close()
        return code
