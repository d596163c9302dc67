"""The picture under a diagnostic: the line, and carets under what is meant.

Drawn for a terminal: tabs are widened, wide and combining characters measured,
and whatever a terminal would obey (escape sequences, text direction marks) is
shown as a replacement character. Long lines are cut to the part that matters.
"""

import re
from collections.abc import Sequence

from starmodel_generator.unicode_table import display_width, is_printable, is_zero_width

TAB_WIDTH = 4
MAX_COLUMNS = 120
LEAD_COLUMNS = 40  # kept in front of the caret where a line has to be cut

# Control characters, surrogates, line and paragraph separators, and marks of text direction.
_CONTROL = re.compile(
    "[\0-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)


def printable(text: str) -> str:
    """Return the text on one line, with nothing in it that a terminal would obey."""
    if is_printable(text):
        return text
    return "".join(map(_shown, text.replace("\n", " ").replace("\t", " ")))


def _shown(character: str) -> str:
    return "\ufffd" if _CONTROL.match(character) else character


def _cells(line: str, first: int) -> list[tuple[str, int]]:
    """Each character of a line as what is shown for it and the columns that takes.

    `first` is the screen column at which the line starts, for tab stops.
    """
    cells: list[tuple[str, int]] = []
    column = first
    for character in line:
        if character == "\t":
            width = TAB_WIDTH - column % TAB_WIDTH
            cells.append((" " * width, width))
        else:
            shown = _shown(character)
            width = 0 if is_zero_width(shown) else display_width(shown)
            cells.append((shown, width))
        column += width
    return cells


def _cut(line: str, column: int) -> tuple[str, int]:
    """A window of a long line around the 0-based `column`, and the column within it."""
    if len(line) <= MAX_COLUMNS:
        return line, column
    start = max(0, min(column - LEAD_COLUMNS, len(line) - MAX_COLUMNS))
    window = line[start : start + MAX_COLUMNS]
    if start + MAX_COLUMNS < len(line):
        window += "…"
    return ("…" + window, column - start + 1) if start else (window, column)


def draw_frame(
    path: str,
    lines: Sequence[str],
    line: int,
    column: int,
    end_column: int | None,
    label: str,
) -> list[str]:
    """Return the lines of a frame: the location, the line before, the line, the carets.

    `line`, `column` and `end_column` are 1-based; `end_column` is the one after
    the last character, or `None` where the span goes on in a later line. Only
    the location is given where `lines` does not have that line.
    """
    gutter = len(str(line))
    location = f"{' ' * gutter}--> {path}:{line}:{column}"
    if line > len(lines) or lines == [""]:
        return [location]
    empty = f"{' ' * gutter} |"
    frame = [location, empty]
    if line > 1 and lines[line - 2].strip():
        before = "".join(shown for shown, _ in _cells(_cut(lines[line - 2], 0)[0], 0))
        frame.append(f"{line - 1:>{gutter}} | {before.rstrip()}")
    source, start = _cut(lines[line - 1], column - 1)
    length = (len(lines[line - 1]) if end_column is None else end_column - 1) - (column - 1)
    cells = _cells(source, 0)
    shown = "".join(text for text, _ in cells)
    frame.append(f"{line:>{gutter}} | {shown}".rstrip())
    indent = sum(width for _, width in cells[:start])
    carets = sum(width for _, width in cells[start : start + max(length, 0)])
    frame.append(f"{empty} {' ' * indent}{'^' * max(carets, 1)} {label}".rstrip())
    frame.append(empty)
    return frame
