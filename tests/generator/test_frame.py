"""The carets stand under what is meant, whatever the line holds."""

import pytest

from starmodel_generator.diagnostics.code_frame import MAX_COLUMNS, draw_frame, printable


def carets(line: str, column: int, end_column: int | None) -> list[str]:
    """The source line and the line of carets."""
    frame = draw_frame("a.py", [line], 1, column, end_column, "")
    return [each[4:] for each in frame[2:4]]


@pytest.mark.parametrize(
    ("line", "column", "end_column", "drawn"),
    [
        ("x: int", 4, 7, ["x: int", "   ^^^"]),
        ("\tx\ty", 2, 3, ["    x   y", "    ^"]),
        ("\tx\ty", 4, 5, ["    x   y", "        ^"]),
        ("ab\tx", 4, 5, ["ab  x", "    ^"]),
        ("名前 = 1", 1, 3, ["名前 = 1", "^^^^"]),
        ("名前 = 1", 6, 7, ["名前 = 1", "       ^"]),
        ("e\u0301x", 3, 4, ["e\u0301x", " ^"]),
        ("🛒 = 1", 5, 6, ["🛒 = 1", "     ^"]),
        ("a\u200bb", 3, 4, ["a\u200bb", " ^"]),
        ("a\x1bb", 3, 4, ["a\ufffdb", "  ^"]),
        ("a\u202eb", 3, 4, ["a\ufffdb", "  ^"]),
        ("x = (", 5, 5, ["x = (", "    ^"]),
        ("x = (", 6, 6, ["x = (", "     ^"]),
        ("x = f(", 5, None, ["x = f(", "    ^^"]),
        ("", 1, 1, ["", "^"]),
    ],
)
def test_carets(line: str, column: int, end_column: int | None, drawn: list[str]) -> None:
    if line:
        assert carets(line, column, end_column) == drawn
    else:
        frame = draw_frame("a.py", ["x", line], 2, column, end_column, "")
        assert frame[2:5] == ["1 | x", "2 |", "  | ^"]


def test_a_long_line_is_cut_around_the_carets() -> None:
    line = "a" * 1_000_000 + "needle" + "b" * 1_000_000
    source, marks = carets(line, 1_000_001, 1_000_007)
    assert len(source) == MAX_COLUMNS + 2
    assert (source[0], source[-1]) == ("…", "…")
    start = marks.index("^")
    assert source[start : start + marks.count("^")] == "needle"
    source, marks = carets("needle" + "b" * 500, 1, 7)
    assert source.startswith("needle")
    assert marks == "^^^^^^"
    source, marks = carets("a" * 500 + "needle", 501, 507)
    assert source.endswith("needle")
    assert marks.endswith("^^^^^^")


def test_the_line_before_is_shown_where_it_says_something() -> None:
    lines = ["first", "", "third", "fourth"]
    assert draw_frame("a.py", lines, 4, 1, 2, "l")[2:] == [
        "3 | third",
        "4 | fourth",
        "  | ^ l",
        "  |",
    ]
    assert draw_frame("a.py", lines, 3, 1, 2, "l")[2:] == ["3 | third", "  | ^ l", "  |"]


def test_a_line_that_is_not_there_has_only_a_location() -> None:
    assert draw_frame("a.py", ["x"], 7, 1, 2, "") == [" --> a.py:7:1"]
    assert draw_frame("a.py", [""], 1, 1, 2, "") == [" --> a.py:1:1"]


def test_printable_keeps_what_people_can_read() -> None:
    assert printable("naïve – 名前 🛒 'x'") == "naïve – 名前 🛒 'x'"
    assert printable("a\nb\tc") == "a b c"
    assert printable("\x00\x9b\ud800\u2067") == "\ufffd" * 4
