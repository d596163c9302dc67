"""`python -m benchmarks [NAME ...] [--write]`: measure, and print a table of markdown."""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.boot import (
    measure_boot,
    measure_import_instructions,
    measure_imports,
    measure_routes,
)
from benchmarks.crowded import measure_crowded
from benchmarks.event import measure_event, measure_instructions, measure_wire
from benchmarks.generation import measure_generation
from benchmarks.nodes import measure_nodes
from benchmarks.page import measure_page
from benchmarks.project import ROOT
from benchmarks.rows import measure_rows
from benchmarks.saves import (
    measure_postgres_saves,
    measure_redis_saves,
    measure_sqlite_saves,
)
from benchmarks.streams import measure_streams
from benchmarks.table import Row, header, write

MEASUREMENTS: dict[str, Callable[[Path], list[Row]]] = {
    "event": measure_event,
    "instructions": measure_instructions,
    "wire": measure_wire,
    "page": measure_page,
    "rows": measure_rows,
    "crowded": measure_crowded,
    "streams": measure_streams,
    "sqlite": measure_sqlite_saves,
    "postgres": measure_postgres_saves,
    "redis": measure_redis_saves,
    "nodes": measure_nodes,
    "routes": measure_routes,
    "imports": measure_imports,
    "ready": measure_import_instructions,
    "boot": measure_boot,
    "generation": measure_generation,
}


def main() -> int:
    """Run the measurements that are named, all if none is."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEASUREMENTS))
    parser.add_argument(
        "--write", action="store_true", help="put the table into docs/performance.md"
    )
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in MEASUREMENTS]
    if unknown or (options.write and options.names):
        parser.error("--write measures everything" if options.write else f"unknown: {unknown}")
    with tempfile.TemporaryDirectory() as bytecode:
        # Bytecode is kept, as it is where an app is installed, but not beside the sources.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = bytecode
        rows = measure(options.names or list(MEASUREMENTS))
    if options.write:
        write(ROOT / "docs" / "performance.md", rows)
    return 0


def measure(names: list[str]) -> list[Row]:
    """Run measurements and print what they give."""
    print(header())
    rows: list[Row] = []
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            measured = MEASUREMENTS[name](Path(folder))
        for row in measured:
            print(row.line(), flush=True)
        rows += measured
    return rows


if __name__ == "__main__":
    sys.exit(main())
