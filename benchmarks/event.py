"""(a) One event over HTTP with everything on, against raw ASGI that does none of it."""

from importlib.util import find_spec
from pathlib import Path

from benchmarks.child import CREATE_APP, RAW, App, Child, ratio, time_in_turns
from benchmarks.exchange import INCREMENT, without_cookie
from benchmarks.instructions import REQUESTS, count_instructions, is_available
from benchmarks.project import counter_project
from benchmarks.table import Row, at_least, at_most, skipped
from benchmarks.wire import measure_load

GOAL = 2.75


def measure_event(folder: Path) -> list[Row]:
    """Processor time in process, next to other ways to write the same."""
    ours = App(CREATE_APP, counter_project(folder / "counter").folder)
    apps = {"raw": RAW, "ours": ours}
    if find_spec("starlette") and find_spec("datastar_py"):
        apps["starlette"] = App("benchmarks.with_starlette:app")
    if find_spec("fasthtml") and find_spec("datastar_py"):
        apps["fasthtml"] = App("benchmarks.with_fasthtml:app")
    children = {name: (Child(app), INCREMENT) for name, app in apps.items()}
    try:
        times = time_in_turns(children)
    finally:
        for child, _ in children.values():
            child.__exit__(None, None, None)
    how = "in process, processor time, 15 rounds in turns"
    rows = [
        at_most(
            "(a) event, processor time, of raw ASGI", ratio(times, "ours", "raw"), GOAL, "×", how
        )
    ]
    if "starlette" in apps:
        value = ratio(times, "starlette", "ours")
        rows.append(at_least("(a) event, faster than Starlette + datastar-py", value, 9, "×", how))
    if "fasthtml" in apps:
        value = ratio(times, "fasthtml", "ours")
        rows.append(Row("(a) event, faster than FastHTML + datastar-py", "", f"{value:.0f}×", how))
    return rows


def measure_instructions(folder: Path) -> list[Row]:
    """Instructions of one request."""
    measure = "(a) event, instructions, of raw ASGI"
    if not is_available():
        return [skipped(measure, f"≤ {GOAL}×", "valgrind is not installed")]
    ours = App(CREATE_APP, counter_project(folder / "counter").folder)
    counts = count_instructions({"raw": RAW, "ours": ours}, INCREMENT)
    first = count_instructions({"ours": ours}, without_cookie(INCREMENT))["ours"]
    how = f"valgrind, difference of two runs that differ by {REQUESTS} requests"
    also = f" ({counts['ours'] / 1e3:.0f}k, {counts['raw'] / 1e3:.0f}k)"
    return [
        at_most(measure, counts["ours"] / counts["raw"], GOAL, "×", how, also),
        Row(
            "(a) the event of a first visit, instructions, of a later one",
            "",
            f"{first / counts['ours']:.2f}× ({first / 1e3:.0f}k)",
            how,
        ),
    ]


def measure_wire(folder: Path) -> list[Row]:
    """Requests a second over uvicorn."""
    ours = App(CREATE_APP, counter_project(folder / "counter").folder)
    load = measure_load({"raw": RAW, "ours": ours}, INCREMENT)
    value = load.ratio("ours", "raw")
    also = "" if load.processor is None else f" (server's processor time {load.processor:.2f}×)"
    return [
        at_least(
            "(a) event, requests/s over uvicorn, of raw ASGI", value, 0.75, "×", load.how, also
        )
    ]
