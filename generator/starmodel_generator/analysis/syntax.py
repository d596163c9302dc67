"""From text to a syntax tree, or to the reason why there is none.

The parser is CPython's own: what it refuses would not run either, its messages
and positions are the ones that people know, and it survives any input (nesting
of any depth ends in an error, never in the end of the process). Nothing of the
text is executed: `compile` is asked for a code object that nobody runs, since
`return` outside a function and its like are found only then.
"""

import ast
import sys
import warnings
from collections.abc import Generator
from contextlib import contextmanager

from starmodel_generator.diagnostics import Diagnostic, Rule, SourceSpan

SYNTAX_ERROR = Rule("SM001", "syntax-error", "error")

_NESTING_MARKS = ("(", "[", "{", ".", "+", "-", "*", "~", "not ", "lambda", " if ", "elif")


@contextmanager
def parser_warnings_silenced() -> Generator[None, None, None]:
    """Keep the parser's own warnings (an invalid escape in a string) off the user's screen."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def parse_module(text: str, path: str) -> ast.Module | Diagnostic:
    """The syntax tree of a module's text, or what is wrong with it.

    To be called with the parser's warnings silenced.
    """
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        column = text.index("\0") - (text.rfind("\n", 0, text.index("\0")) + 1) + 1
        return _report(path, "source code cannot contain null bytes", (line, column, column + 1))
    try:
        tree = ast.parse(text, path)
        compile(text, path, "exec", dont_inherit=True)
    except SyntaxError as error:
        return _from_syntax_error(text, path, error)
    except (RecursionError, MemoryError):
        return nested_too_deeply(text, path)
    except (ValueError, OverflowError) as error:
        return _report(path, str(error), (1, 1, 1))
    return tree


def nested_too_deeply(text: str, path: str) -> Diagnostic:
    """The diagnostic for code that no parser can hold; it points at its densest line."""
    lines = text.split("\n")
    depths = [sum(map(line.count, _NESTING_MARKS)) for line in lines]
    line = len(lines) - depths[::-1].index(max(depths))
    width = len(lines[line - 1])
    start = width - len(lines[line - 1].lstrip())
    return _report(
        path,
        "the code is nested too deeply",
        (line, start + 1, width + 1),
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
