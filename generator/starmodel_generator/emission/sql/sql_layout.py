"""SQL as a Python string that SQLAlchemy reads."""

import re
from itertools import pairwise

from starmodel_generator.emission.python.layout import LINE_LENGTH, Layout, Parts
from starmodel_generator.emission.python.literals import python_string
from starmodel_generator.unicode_table import display_width, is_word_character

_READ_OTHERWISE = re.compile(r"(?<![:A-Za-z0-9_\\]):\w+(?![:\w])|\\:\w*(?![:\w])")
"""A parameter, or a backslash that hides one: what SQLAlchemy would take out of a text.

A letter in front that is not ASCII may be none to an older Python, and a backslash too many is
taken away as well.
"""
_ROOM = 24
"""Columns that are left free for what stands around a text."""


def without_parameters(sql: str) -> str:
    """SQL in which nothing looks like a parameter, as which SQLAlchemy reads `:word`.

    A backslash in front says that it is none, and is taken away; where one is in the text itself,
    it takes another.
    """
    if sql.isascii():
        return _READ_OTHERWISE.sub(r"\\\g<0>", sql)
    # One word and one other character stand for all, since `\w` means more on a newer Python.
    seen = "".join(
        [each if each.isascii() else "é" if is_word_character(each) else "—" for each in sql]
    )
    starts = [0, *(match.start() for match in _READ_OTHERWISE.finditer(seen)), len(sql)]
    return "\\".join([sql[start:end] for start, end in pairwise(starts)])


def sql_layout(sql: str) -> Layout:
    """SQL as a string, over several lines where it is long."""
    text = without_parameters(sql)
    if display_width(text) <= LINE_LENGTH - _ROOM:
        return python_string(text)
    pieces: list[str] = []
    piece = ""
    for word in re.findall(r"\s*\S+\s*$|\s*\S+", text):
        if piece and display_width(piece + word) > LINE_LENGTH - _ROOM:
            pieces.append(piece)
            piece = ""
        piece += word
    pieces.append(piece)
    return Parts("", "()", tuple(python_string(piece) for piece in pieces))
