"""A module's text by position, in the characters that people count."""

import ast

from starmodel_generator.diagnostics import SourceSpan, Step


class SourceText:
    """The lines of a text, and the parts of it that syntax nodes stand for.

    `ast` counts columns in UTF-8 bytes; what comes out of here is counted in
    characters, from 0 in arguments and from 1 in spans. Lines end in `\\n` only,
    as `sources` gives them.
    """

    __slots__ = ("_ascii", "lines")

    def __init__(self, text: str) -> None:
        self.lines = text.split("\n")
        self._ascii = text.isascii()

    def column(self, line: int, byte_offset: int) -> int:
        """The 0-based character column of a byte offset in a 1-based line."""
        if self._ascii:
            return byte_offset
        encoded = self.lines[line - 1].encode("utf-8", "surrogatepass")
        return len(encoded[:byte_offset].decode("utf-8", "replace"))

    def segment(self, node: ast.expr) -> str:
        """The source of an expression on one line; one that was broken is put together anew."""
        line, end_line = node.lineno, node.end_lineno
        end_offset = node.end_col_offset
        if line != end_line or end_offset is None:
            return ast.unparse(node)
        start = self.column(line, node.col_offset)
        return self.lines[line - 1][start : self.column(line, end_offset)]

    def steps(self, node: ast.expr | ast.stmt) -> tuple[Step, ...]:
        """The steps of a place that is given by its position."""
        span = self.span("", node)
        return (
            "line",
            span.line,
            "column",
            span.column,
            "end_line",
            span.end_line,
            "end_column",
            span.end_column,
        )

    def span(self, path: str, node: ast.expr | ast.stmt | ast.alias | ast.keyword) -> SourceSpan:
        """The span of a node."""
        end_line = node.end_lineno or node.lineno
        end_offset = node.end_col_offset or node.col_offset
        return SourceSpan(
            path,
            node.lineno,
            self.column(node.lineno, node.col_offset) + 1,
            end_line,
            self.column(end_line, end_offset) + 1,
        )
