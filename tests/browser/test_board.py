"""The board on three nodes, as its readers try it: a node is killed under an open page."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, Response, expect
from ports import free_port
from served_app import PACKAGES, ROOT

from .visitor import visiting

PATIENCE = 60.0


class Nodes:
    """`nodes.py`, with what it says."""

    def __init__(self, database: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.said: list[str] = []
        environment = {
            "PYTHONPATH": os.pathsep.join([*PACKAGES, os.environ.get("PYTHONPATH", "")]),
            "STARMODEL_DATABASE_URL": database,
            "STARMODEL_REDIS_PREFIX": f"board-{uuid4().hex}",
        }
        self._process = subprocess.Popen(
            [sys.executable, "nodes.py", "--port", str(self.port)],
            cwd=ROOT / "examples/board",
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._input: IO[str] = self._process.stdin
        self._reader = threading.Thread(target=self._read, args=(self._process.stdout,))
        self._reader.start()

    def say(self, command: str, answer: str) -> None:
        """Type a command, and wait for what is said to it."""
        before = len(self.said)
        self._input.write(f"{command}\n")
        self._input.flush()
        self.wait(answer, before)

    def wait(self, answer: str, before: int = 0) -> None:
        """Wait until something is said."""
        deadline = time.monotonic() + PATIENCE
        while not any(line.startswith(answer) for line in self.said[before:]):
            assert self._process.poll() is None and time.monotonic() < deadline, self.said
            time.sleep(0.02)

    def close(self) -> int:
        """End all."""
        if self._process.poll() is None:
            self._input.write("quit\n")
        self._input.close()
        try:
            return self._process.wait(PATIENCE)
        finally:
            self._process.kill()
            self._reader.join()

    def _read(self, output: IO[str]) -> None:
        with output:
            self.said.extend(output)


@pytest.fixture
def nodes(postgres_url: str) -> Iterator[Nodes]:
    nodes = Nodes(postgres_url)
    try:
        nodes.wait("Open http")
        yield nodes
    finally:
        code = nodes.close()
    assert code == 0


def put_up(page: Page, text: str, column: str = "Went well") -> None:
    page.get_by_label("Text").fill(text)
    page.get_by_label("Column").select_option(column)
    page.get_by_role("button", name="Put it up").click()


def is_lost_stream(error: str) -> bool:
    """Return whether it is what is said of a stream that broke."""
    return any(text in error for text in ("net::ERR_", "network error", "Datastar failed to reach"))


def test_a_page_outlives_its_node(browser: Browser, nodes: Nodes, screenshots: Path) -> None:
    streams: list[str] = []

    def note(response: Response) -> None:
        if "/live" in response.url:
            streams.append(response.headers["x-node"])

    with visiting(browser, nodes.url, expected=is_lost_stream) as arrive:
        visitors = arrive(), arrive()
        visitors[0].context.on("response", note)
        ada, bob = [visitor.open("/board") for visitor in visitors]
        notes = ada.locator("#columns li")
        put_up(bob, "Cake <b>!</b>", "Ideas")
        expect(notes.locator("p")).to_have_text(["Cake <b>!</b>"])

        killed = streams[-1]
        nodes.say(f"kill {killed}", f"node {killed} is gone")
        # Whatever it had told before, the page learns of this from another node.
        put_up(bob, "Coffee")
        expect(notes).to_have_count(2, timeout=30_000)
        assert streams[-1] != killed
        ada.get_by_role("button", name="Vote for Coffee").click()
        expect(bob.get_by_role("button", name="Vote for Coffee")).to_have_text("▲ 1")

        nodes.say(f"start {killed}", f"node {killed} is there")
        ada.get_by_role("button", name="Move Coffee to Ideas").click()
        expect(bob.get_by_role("button", name="Move Coffee to Went well")).to_be_visible()
        bob.screenshot(path=screenshots / "board.png")

        # What is decided stands in SQL, and in every list.
        bob.goto(f"{nodes.url}/decision")
        ada.goto(f"{nodes.url}/decision/new")
        ada.get_by_label("What").fill("More cake")
        ada.get_by_role("button", name="Create decision").click()
        expect(bob.locator("tbody th")).to_have_text(["More cake"])
