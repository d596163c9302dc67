"""A small project on disk, and the command run in it."""

import io
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from starmodel_generator.entry import main

ENTITIES = '''
from starmodel import Entity, EntityConfig, Scope, StateStore, event


class Counter(Entity):
    """A counter of one's own."""

    model_config = EntityConfig(store=StateStore.SERVER_MEMORY, scope=Scope.SESSION)

    count: int = 0

    @event
    def increment(self, amount: int = 1) -> None:
        """Add to the count."""
        self.count += amount
'''
CONFIG = '[tool.starmodel]\nentities = ["shop/entities.py"]\noutput = "shop/generated"\n'


class Done(NamedTuple):
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


class Shop:
    """A project with one entity."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("pyproject.toml", CONFIG)
        self.write("shop/__init__.py", "")
        self.write("shop/entities.py", ENTITIES)

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")

    def read(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")

    def change(self, path: str, old: str, new: str) -> None:
        text = self.read(path)
        assert old in text
        self.write(path, text.replace(old, new))

    def tree(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.root).as_posix(): path.read_bytes()
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and ".starmodel" not in path.parts
        }

    def starmodel(
        self, *arguments: str, folder: str = ".", environment: Mapping[str, str] | None = None
    ) -> Done:
        return starmodel(self.root / folder, *arguments, environment=environment)

    def spawn(self, *arguments: str, environment: Mapping[str, str]) -> Done:
        return spawn_starmodel(self.root, *arguments, environment=environment)


def starmodel(folder: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> Done:
    """Run the command in a folder: in this process, where everything is imported already.

    `environment` is added to the variables of this process for as long as the command runs.
    """
    out, err = io.StringIO(), io.StringIO()
    saved = sys.argv, signal.getsignal(signal.SIGTERM)
    sys.argv = ["starmodel", *arguments]
    try:
        with (
            patch.dict(os.environ, environment or {}),
            chdir(folder),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            code = main()
    finally:
        sys.argv = saved[0]
        signal.signal(signal.SIGTERM, saved[1])
    return Done(code, out.getvalue(), err.getvalue())


def spawn_starmodel(folder: Path, *arguments: str, environment: Mapping[str, str]) -> Done:
    """Run the command in a process of its own, for tests that are about that process."""
    done = subprocess.run(
        [sys.executable, "-m", "starmodel_generator", *arguments],
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return Done(done.returncode, done.stdout, done.stderr)
