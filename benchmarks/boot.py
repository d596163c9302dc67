"""Importing generated code, and the first answer of a cold process."""

import json
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from benchmarks.child import CREATE_APP, RAW, App, Child, ratio, time_in_turns
from benchmarks.exchange import Exchange, get, post
from benchmarks.instructions import count_import, count_program, is_available
from benchmarks.project import Project, counter_project, environment, many_entities
from benchmarks.server import Server
from benchmarks.table import Row, at_most, skipped

ENTITIES = 100
ROUNDS = 7
RUNTIME = """
import json, time
import starmodel.ui, starmodel.web, starmodel.web.adapters.starlette
import starmodel.web.app.entity_routes, starmodel.web.datastar.actions
begin = time.process_time()
"""
ENTITY_CLASSES = """
for part in range({parts}):
    __import__(f"shop.entities.part{{part}}")
middle = time.process_time()
"""
GENERATED = """
import shop.generated.app
end = time.process_time()
print(json.dumps([middle - begin, end - middle]))
"""


def measure_imports(folder: Path) -> list[Row]:
    """Return the time that each entity's generated code takes beside the entity itself."""
    modules = many_entities(ENTITIES)
    project = Project(folder / "shop", modules)
    project.generate()
    classes = ENTITY_CLASSES.format(parts=len(modules))
    command = [sys.executable, "-c", RUNTIME + classes + GENERATED]
    entities: list[float] = []
    generated: list[float] = []
    for number in range(ROUNDS + 1):
        done = subprocess.run(
            command,
            cwd=project.folder,
            env=environment(project.folder),
            stdout=subprocess.PIPE,
            check=True,
        )
        if number:  # The first one compiles.
            first, second = json.loads(done.stdout)
            entities.append(first / ENTITIES * 1e3)
            generated.append(second / ENTITIES * 1e3)
    value = median(generated)
    share = median(a / b for a, b in zip(generated, entities, strict=True))
    how = f"{ENTITIES} entities of 10 fields and 5 events, processor time, median of {ROUNDS} processes"
    also = f" ({share:.2f}× the entities themselves)"
    rows = [at_most("import of generated code, an entity", value, 1, " ms", how, also)]
    measure = "import of generated code, instructions, of the entities themselves"
    if not is_available():
        return [*rows, skipped(measure, "≤ 0.8×", "valgrind is not installed")]
    app = App(CREATE_APP, project.folder)
    programs = (RUNTIME, RUNTIME + classes, RUNTIME + classes + GENERATED)
    runtime, both, all_ = [count_program(app, program) for program in programs]
    also = f" ({(all_ - both) / 1e6:.0f}M, {(both - runtime) / 1e6:.0f}M)"
    value = (all_ - both) / (both - runtime)
    how = f"valgrind, the same {ENTITIES} entities"
    return [*rows, at_most(measure, value, 0.8, "×", how, also)]


def measure_routes(folder: Path) -> list[Row]:
    """One event of an app with 10 routes and of one with 1,000."""
    few = Project(folder / "few", many_entities(1, events=10))
    many = Project(folder / "many", many_entities(100, events=10))
    children: dict[str, tuple[Child, Exchange]] = {}
    for name, project, last in (("few", few, 0), ("many", many, 99)):
        project.generate()
        exchange = post(f"/thing{last}/change_9", '{"amount":"1"}')
        children[name] = (Child(App(CREATE_APP, project.folder)), exchange)
    try:
        times = time_in_turns(children)
    finally:
        for child, _ in children.values():
            child.__exit__(None, None, None)
    how = "one event, in process, processor time, 15 rounds in turns"
    value = ratio(times, "many", "few")
    return [at_most("an event of 1,000 routes, of one of 10", value, 1.05, "×", how)]


def measure_import_instructions(folder: Path) -> list[Row]:
    """Instructions until an app could be served, of those of uvicorn with raw ASGI."""
    measure = "import until ready, instructions, of uvicorn with raw ASGI"
    if not is_available():
        return [skipped(measure, "≤ 1.6×", "valgrind is not installed")]
    ours = count_import(App(CREATE_APP, counter_project(folder / "ready").folder))
    raw = count_import(RAW)
    also = f" ({ours / 1e6:.0f}M, {raw / 1e6:.0f}M)"
    return [at_most(measure, ours / raw, 1.6, "×", "valgrind, Starlette host", also)]


def measure_boot(folder: Path) -> list[Row]:
    """From the start of a process to its first answer, and its memory after that."""
    apps = {"raw": (RAW, get("/counter", expected="Counter"))}
    for web in ("starlette", "fasthtml"):
        project = counter_project(folder / web, web=web)
        apps[web] = (App(CREATE_APP, project.folder), get("/counter", expected="Counter"))
    times: dict[str, list[float]] = {name: [] for name in apps}
    sizes: dict[str, list[float]] = {name: [] for name in apps}
    for number in range(ROUNDS + 1):
        for name, (app, exchange) in apps.items():
            begin = time.perf_counter()
            with Server(app) as server:
                server.ask(exchange)
                spent = time.perf_counter() - begin
                size = server.memory_kib()
            if number:  # The first one compiles.
                times[name].append(spent)
                if size is not None:
                    sizes[name].append(size / 1024)
    how = f"uvicorn, median of {ROUNDS} starts in turns"
    rows: list[Row] = []
    for name in ("starlette", "fasthtml"):
        value = ratio(times, name, "raw")
        also = f" ({median(times[name]) * 1e3:.0f} ms, {median(times['raw']) * 1e3:.0f} ms)"
        rows.append(
            at_most(
                f"first answer of a cold process, {name} host, of raw ASGI",
                value,
                1.35,
                "×",
                how,
                also,
            )
        )
        measure = f"resident memory after it, {name} host"
        if sizes[name]:
            also = f" (raw {median(sizes['raw']):.0f} MiB)"
            rows.append(at_most(measure, median(sizes[name]), 42, " MiB", how, also))
        else:
            rows.append(skipped(measure, "≤ 42 MiB", "the system does not say"))
    return rows
