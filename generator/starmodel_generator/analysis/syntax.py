"""From text to a syntax tree, or to the reason why there is none.

CPython's own compiler is asked first: what it refuses would not run either, and its messages and
positions are the ones that people know. Nothing of the text is executed: `compile` is asked for a
code object that nobody runs, since `return` outside a function and its like are found only then.
libcst makes the tree. What is nested more deeply than its parser can bear is refused before.
"""

import sys
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from typing import TypeVar
from unicodedata import is_normalized, normalize

import libcst as cst

from starmodel_generator.analysis.nesting import LIMIT, Nesting, find_deep_nesting
from starmodel_generator.diagnostics.diagnostic import Diagnostic, SourceSpan
from starmodel_generator.diagnostics.rules.project_rules import SYNTAX_ERROR


@contextmanager
def parser_warnings_silenced() -> Generator[None, None, None]:
    """Keep the compiler's own warnings (an invalid escape in a string) off the user's screen."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def parse_module(text: str, path: str) -> cst.Module | Diagnostic:
    """Return the syntax tree of a module's text, or what is wrong with it.

    To be called with the compiler's warnings silenced.
    """
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        column = text.index("\0") - (text.rfind("\n", 0, text.index("\0")) + 1) + 1
        return _report(path, "source code cannot contain null bytes", (line, column, column + 1))
    nesting = find_deep_nesting(text)
    if nesting is not None:
        return nested_too_deeply(path, nesting)
    try:
        compile(text, path, "exec", dont_inherit=True)
    except SyntaxError as error:
        return _from_syntax_error(text, path, error)
    except (RecursionError, MemoryError):
        return nested_too_deeply(path, Nesting(1, 1, 1))
    except (ValueError, OverflowError) as error:
        return _report(path, str(error), (1, 1, 1))
    try:
        tree = cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        return _unreadable(text, path, error)
    return _with_normalized_names(tree, text)


def parse_expression(text: str) -> cst.BaseExpression | None:
    """Return the tree of an expression, or `None` if the text is none that Python takes."""
    if "\0" in text or find_deep_nesting(text) is not None:
        return None
    try:
        with parser_warnings_silenced():
            compile(text, "<annotation>", "eval", dont_inherit=True)
            tree = cst.parse_expression(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError, cst.ParserSyntaxError):
        return None
    return _with_normalized_names(tree, text)


_Tree = TypeVar("_Tree", cst.Module, cst.BaseExpression)


class _NameNormalizer(cst.CSTTransformer):
    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.Name:
        return updated_node.with_changes(value=normalize("NFKC", original_node.value))


def _with_normalized_names(tree: _Tree, text: str) -> _Tree:
    """Identifiers in the form that Python compares them in (NFKC, PEP 3131)."""
    if text.isascii() or is_normalized("NFKC", text):
        return tree
    normalized = tree.visit(_NameNormalizer())
    assert isinstance(normalized, type(tree))
    return normalized


def _unreadable(text: str, path: str, error: cst.ParserSyntaxError) -> Diagnostic:
    """Return what Python takes and libcst's parser does not: `(count): int = 0`."""
    line = min(max(error.raw_line, 1), text.count("\n") + 1)
    column = error.raw_column + 1
    return SYNTAX_ERROR.report(
        f"`{path}` is written in a way that StarModel's parser cannot read",
        span=SourceSpan(path, line, column, line, column + 1),
        label="it stops here",
        help="write the statement in a plainer way, for instance without brackets around a name",
    )


def nested_too_deeply(path: str, at: Nesting) -> Diagnostic:
    """Return the diagnostic for code that the parser cannot hold."""
    return _report(
        path,
        f"the code is nested too deeply (more than {LIMIT} levels)",
        at,
        help="split the expression, or move the data into a file that is read at run time",
    )


def _from_syntax_error(text: str, path: str, error: SyntaxError) -> Diagnostic:
    lines = text.split("\n")
    line = min(max(error.lineno or 1, 1), len(lines))
    width = len(lines[line - 1])
    column = min(max(error.offset or 1, 1), width + 1)
    end_column = column
    if error.end_lineno == error.lineno and error.end_offset is not None:
        end_column = min(max(error.end_offset, column), width + 1)
    elif error.end_lineno is not None and error.end_lineno > line:
        end_column = width + 1
    return _report(path, error.msg, (line, column, end_column))


def _report(
    path: str, reason: str, at: tuple[int, int, int], *, help: str | None = None
) -> Diagnostic:
    line, column, end_column = at
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return SYNTAX_ERROR.report(
        f"`{path}` is not valid Python {version}: {reason}",
        span=SourceSpan(path, line, column, line, end_column),
        label=reason,
        help=help,
    )
