"""(b) A page of forty bound elements: 36 fields and 4 events.

The references send the same bytes, and are derived from them: the answer is taken once with a
mark in the place of each value, and what is around the marks becomes an f-string, or a tree of
FastHTML's elements.
"""

import ast
import re
import textwrap
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from benchmarks.child import CREATE_APP, App, Child, ratio, time_in_turns
from benchmarks.exchange import get, post
from benchmarks.project import CONFIG, IMPORTS, Project
from benchmarks.table import Row, at_least
from benchmarks.wire import measure_load

FIELDS = 36
EVENTS = 4
MARK = 7_100
"""The first field's value, which the second's is one more than; no other word looks like that. It
has no separator yet."""

BEHIND_RAW = '''
"""The same page, as one f-string behind the raw app."""

from benchmarks import raw
from benchmarks.raw import app


class Board:
    def __init__(self):
{fields}


boards = {{}}


def render(board):
    return f"""{text}"""


async def page(scope, receive, send):
    board = boards.setdefault(raw.session_of(scope), Board())
    await raw.answer(send, [raw.HTML_HEADER], render(board).encode())


raw.ROUTES["GET", "/board"] = page
'''
BEHIND_FASTHTML = '''
"""The same page, as a tree of FastHTML's elements."""

from fasthtml.common import *
from fasthtml.components import Sm_notice
from starlette.requests import Request

app = FastHTML(default_hdrs=False, secret_key="of no use to anybody")


class Board:
    def __init__(self):
{fields}


boards = {{}}


@app.get("/board")
def page(request: Request):
    board = boards.setdefault(request.cookies.get("starmodel", ""), Board())
    return HTMLResponse(to_xml({tree}))
'''


def measure_page(folder: Path) -> list[Row]:
    """Processor time in process, and requests a second."""
    project = Project(folder / "board", {"board": source()})
    project.generate()
    ours = App(CREATE_APP, project.folder)
    exchange = get("/board", expected=str(MARK))
    # It is stored first, as it would be in use; an event that changes nothing stores nothing.
    changes = [post("/board/change_0", f'{{"amount":"{amount}"}}') for amount in (1, -1)]
    with Child(ours) as child:
        for change in changes:
            child.send(change, 1)
        document = child.send(exchange, 1)[1]
    apps = {"raw": App("behind_raw:app", folder), "ours": ours}
    (folder / "behind_raw.py").write_text(raw_module(document), encoding="utf-8")
    if find_spec("fasthtml") and find_spec("bs4"):
        text = fasthtml_module(document)
        (folder / "behind_fasthtml.py").write_text(text, encoding="utf-8")
        apps["fasthtml"] = App("behind_fasthtml:app", folder)
    children = {name: Child(app) for name, app in apps.items()}
    try:
        for change in changes:
            children["ours"].send(change, 1)
        for name, child in children.items():
            body = child.send(exchange, 1)[1]
            if name == "raw" and body != document:
                raise RuntimeError("The f-string gives another page.")
        times = time_in_turns({name: (child, exchange) for name, child in children.items()})
    finally:
        for child in children.values():
            child.__exit__(None, None, None)
    how = f"in process, processor time, 15 rounds in turns; {len(document) / 1024:.0f} KiB"
    rows = [
        at_least(
            "(b) page of 40 bound elements, speed of one f-string",
            1 / ratio(times, "ours", "raw"),
            0.80,
            "×",
            how + ", the same bytes",
        )
    ]
    if "fasthtml" in apps:
        value = ratio(times, "fasthtml", "ours")
        rows.append(
            at_least("(b) page, faster than FastHTML", value, 140, "×", how + ", the same elements")
        )
    load = measure_load({name: apps[name] for name in ("raw", "ours")}, exchange)
    rows.append(
        at_least(
            "(b) page, requests/s over uvicorn, of one f-string",
            load.ratio("ours", "raw"),
            0.80,
            "×",
            load.how,
        )
    )
    return rows


def source() -> str:
    """Return the entity."""
    lines = [
        '"""A board."""',
        "",
        IMPORTS,
        "class Board(Entity):",
        '    """A board of numbers."""',
        "",
    ]
    lines.append("    " + CONFIG.format(scope="SESSION"))
    lines += [f"    field_{number}: int = {MARK + number}" for number in range(FIELDS)]
    for number in range(EVENTS):
        lines += ["", "    @event", f"    def change_{number}(self, amount: int = 1) -> None:"]
        lines += [
            '        """Add to one of the numbers."""',
            f"        self.field_{number} += amount",
        ]
    return "\n".join(lines) + "\n"


def fields() -> str:
    """Return the statements that give a board its values."""
    lines = [f"self.field_{number} = {MARK + number}" for number in range(FIELDS)]
    return textwrap.indent("\n".join(lines), " " * 8)


def raw_module(document: str) -> str:
    """Return the raw app with the document as one f-string."""
    text = document.replace("\\", "\\\\").replace("{", "{{").replace("}", "}}")
    text = _MARKS.sub(lambda mark: f"{{board.field_{int(mark[0]) - MARK}}}", text)
    return BEHIND_RAW.format(fields=fields(), text=text)


def fasthtml_module(document: str) -> str:
    """A FastHTML app with the document as a tree."""
    convert = cast("Callable[[str], str]", import_module("fasthtml.common").html2ft)
    tree = _Filled().visit(
        ast.parse(convert(document.removeprefix("<!doctype html>")).strip(), mode="eval")
    )
    return BEHIND_FASTHTML.format(
        fields=fields(), tree=ast.unparse(ast.fix_missing_locations(tree))
    )


_NUMBERS = "|".join(str(MARK + number) for number in range(FIELDS))
_MARKS = re.compile(rf"(?<![0-9A-Za-z])(?:{_NUMBERS})(?![0-9A-Za-z])")


class _Filled(ast.NodeTransformer):
    """Turns texts with marks into f-strings."""

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if not isinstance(node.value, str) or not _MARKS.search(node.value):
            return node
        parts: list[str] = []
        end = 0
        for mark in _MARKS.finditer(node.value):
            parts += [
                repr(node.value[end : mark.start()]),
                f"str(board.field_{int(mark[0]) - MARK})",
            ]
            end = mark.end()
        parts.append(repr(node.value[end:]))
        return ast.parse(f"''.join(({', '.join(parts)},))", mode="eval").body
