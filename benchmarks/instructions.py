"""Instructions of one request, or of an import, counted by valgrind: the figure that no noise can touch.

Two runs differ in nothing but the number of requests, so their difference is the requests alone.
"""

import json
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from benchmarks.child import CREATE_APP, App, Child
from benchmarks.exchange import Exchange
from benchmarks.project import environment

WARM_UP = 150
REQUESTS = 100


def is_available() -> bool:
    """Return whether valgrind is installed."""
    return shutil.which("valgrind") is not None


def count_instructions(apps: dict[str, App], exchange: Exchange) -> dict[str, float]:
    """Count what one request costs each app, name by name."""
    for app in apps.values():
        # The first process compiles to bytecode, which is not what a request costs.
        with Child(app) as child:
            child.send(exchange, 1)
    runs = [(app, more) for app in apps.values() for more in (10, 10 + REQUESTS)]
    with ThreadPoolExecutor(2) as pool:
        counted = [pool.submit(_count, app, exchange, more) for app, more in runs]
        totals = [one.result() for one in counted]
    return {
        name: (totals[2 * place + 1] - totals[2 * place]) / REQUESTS
        for place, name in enumerate(apps)
    }


def count_import(app: App) -> int:
    """Count what it takes until uvicorn could serve an app: imports, and the app itself."""
    program = (
        "import sys; from uvicorn.config import Config;"
        f" Config({app.name!r}, factory={app.name == CREATE_APP}).load()"
    )
    return count_program(app, program)


def count_program(app: App, program: str) -> int:
    """Count what it takes to run a program beside an app."""
    # The first process compiles to bytecode.
    command = [sys.executable, "-c", program]
    subprocess.run(command, env=environment(app.folder), cwd=app.folder, check=True)
    return _run(app, command)


def _count(app: App, exchange: Exchange, count: int) -> int:
    lines = "".join(
        json.dumps({"exchange": exchange, "count": number}) + "\n" for number in (WARM_UP, count)
    )
    return _run(app, [sys.executable, "-m", "benchmarks.worker", app.name], lines)


def _run(app: App, command: list[str], lines: str = "") -> int:
    tool = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
    done = subprocess.run(
        [*tool, *command],
        env=environment(app.folder),
        cwd=app.folder,
        input=lines,
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.search(r"I\s+refs:\s+([\d,]+)", done.stderr)
    if done.returncode != 0 or found is None:
        raise RuntimeError(f"{app.name} under valgrind: {done.stderr[-2000:]}")
    return int(found[1].replace(",", ""))
