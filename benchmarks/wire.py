"""Requests a second over loopback: by wrk where it is installed, else by a client of our own."""

import asyncio
import json
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import NamedTuple

from benchmarks.child import App
from benchmarks.exchange import Exchange
from benchmarks.server import Server, is_whole, wire

CONNECTIONS = 32
ROUNDS = 9
SECONDS = 1


class Load(NamedTuple):
    """What came of it: requests a second of each app in each round.

    `processor` is the server's processor time for a request of the second app, as a multiple
    of the first one's.
    """

    rates: dict[str, list[float]]
    processor: float | None
    how: str

    def ratio(self, one: str, other: str) -> float:
        """Return the median of how many times as many requests `one` answers as `other`."""
        return median(a / b for a, b in zip(self.rates[one], self.rates[other], strict=True))


def measure_load(apps: Mapping[str, App], exchange: Exchange) -> Load:
    """Send the request over 32 connections, to one app after the other, in turns."""
    has_wrk = shutil.which("wrk") is not None
    rates: dict[str, list[float]] = {name: [] for name in apps}
    costs: dict[str, list[float]] = {name: [] for name in apps}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = {name: stack.enter_context(Server(app)) for name, app in apps.items()}
        for server in servers.values():
            server.ask(exchange)
        for number in range(ROUNDS + 1):
            for name, server in servers.items():
                before = server.processor_seconds()
                rate, requests = (_wrk if has_wrk else _client)(server, exchange, folder)
                after = server.processor_seconds()
                if number == 0:
                    continue
                rates[name].append(rate)
                if before is not None and after is not None:
                    costs[name].append((after - before) / requests)
    first, second = tuple(apps)[:2]
    processor = None
    if costs[first]:
        processor = median(b / a for a, b in zip(costs[first], costs[second], strict=True))
    tool = "wrk" if has_wrk else "asyncio client"
    return Load(
        rates, processor, f"{tool}, {CONNECTIONS} connections, {ROUNDS} rounds of 1 s in turns"
    )


def _wrk(server: Server, exchange: Exchange, folder: Path) -> tuple[float, int]:
    script = folder / "request.lua"
    lines = [f"wrk.method = {json.dumps(exchange.method)}"]
    lines += [
        f"wrk.headers[{json.dumps(name)}] = {json.dumps(value)}"
        for name, value in exchange.headers
        if name not in ("host", "content-length")
    ]
    if exchange.body:
        lines.append(f"wrk.body = {json.dumps(exchange.body)}")
    script.write_text("\n".join(lines))
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "-s", str(script)]
    # The origin among the headers must be the host's, so the host is sent as it was.
    address = f"http://127.0.0.1:{server.port}{exchange.path}"
    host = dict(exchange.headers)["host"]
    done = subprocess.run(
        [*command, "-H", f"Host: {host}", address], capture_output=True, text=True, check=True
    )
    rate = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    requests = re.search(r"(\d+) requests in", done.stdout)
    if rate is None or requests is None or "Non-2xx" in done.stdout:
        raise RuntimeError(f"{server.name} under wrk: {done.stdout}")
    return float(rate[1]), int(requests[1])


def _client(server: Server, exchange: Exchange, folder: Path) -> tuple[float, int]:
    return asyncio.run(_ask_for_a_while(server.port, wire(exchange)))


async def _ask_for_a_while(port: int, request: bytes) -> tuple[float, int]:
    begin = time.perf_counter()
    asked = await asyncio.gather(
        *(_ask_until(port, request, begin + SECONDS) for _ in range(CONNECTIONS))
    )
    return sum(asked) / (time.perf_counter() - begin), sum(asked)


async def _ask_until(port: int, request: bytes, end: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    count = 0
    while time.perf_counter() < end:
        writer.write(request)
        answer = await reader.read(65536)
        while not is_whole(answer):
            answer += await reader.read(65536)
        count += 1
    writer.close()
    return count
