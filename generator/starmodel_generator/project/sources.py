"""Read the project's Python files: the one place where source text comes from the disk.

Nothing is executed, and nothing outside the project's root is read, whatever links lead there.
A file that cannot be read is a value as well: it says what is wrong with it.
"""

import codecs
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from starmodel_generator.diagnostics.diagnostic import Diagnostic, SourceSpan
from starmodel_generator.diagnostics.rules.project_rules import (
    UNDECODABLE_SOURCE,
    UNREADABLE_SOURCE,
)
from starmodel_generator.project.hashing import digest, read

MAX_BYTES = 64 << 20
"""Larger files are no source code, and would take minutes to parse."""

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"^[ \t\f]*(?:#.*)?$")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One Python file as text.

    `path` is relative to the project root with `/`; `module` its dotted name; `text` has `\\n`
    line ends and no byte order mark; `sha256` is `content.digest` of the file, which a checkout
    with other line ends does not change. `problem` is set where the file cannot be read as text:
    `text` is then as much of it as can be shown, and `sha256` empty if nothing could be read.
    """

    path: str
    module: str
    text: str
    sha256: str
    is_package: bool = False
    problem: Diagnostic | None = None


def read_source(root: Path, path: str, module: str) -> SourceFile:
    """Read a file of the project; `path` is relative to `root`, with `/`.

    Never raises: a file that is not there, is no regular file, may not be read, or lies outside
    the project comes with its `problem`.
    """
    is_package = path.rpartition("/")[2] == "__init__.py"
    data = _read_bytes(root, path)
    if isinstance(data, Diagnostic):
        return SourceFile(path, module, "", "", is_package, data)
    text, problem = decode_source(data, path)
    return SourceFile(path, module, text, digest(data), is_package, problem)


def decode_source(data: bytes, path: str) -> tuple[str, Diagnostic | None]:
    """Return the text of a file's bytes, by the rules of Python, and what is wrong with it as text.

    UTF-8, with or without a byte order mark, unless a comment in one of the first two lines names
    another encoding. Line ends become `\\n`, as Python's own parser reads them.
    """
    has_mark = data.startswith(codecs.BOM_UTF8)
    if has_mark:
        data = data[len(codecs.BOM_UTF8) :]
    name, line = _declared_encoding(data)
    encoding = _encoding(name)
    if encoding is None or (has_mark and encoding != "utf-8"):
        reason = f"the encoding `{name}` is unknown"
        if encoding is not None:
            reason = f"it starts with the mark of UTF-8 but declares the encoding `{name}`"
        shown = _with_newlines(data.decode("utf-8", "replace"))
        end_column = len(shown.split("\n")[line - 1]) + 1
        span = SourceSpan(path, line, 1, line, end_column)
        help = "save the file as UTF-8 and remove the comment"
        return shown, UNDECODABLE_SOURCE.report(
            f"`{path}` cannot be read: {reason}", span=span, help=help
        )
    try:
        return _with_newlines(data.decode(encoding)), None
    except UnicodeError as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        return _undecodable(data, path, encoding, start)


def _read_bytes(root: Path, path: str) -> bytes | Diagnostic:
    full = os.path.join(root, path)
    try:
        real_root = os.path.realpath(root)
        if not os.path.realpath(full).startswith(os.path.join(real_root, "")):
            return _unreadable(path, "it is outside the project")
        status = os.stat(full)
        if not stat.S_ISREG(status.st_mode):
            return _unreadable(path, "it is no file")
        if status.st_size > MAX_BYTES:
            return _unreadable(path, f"it is larger than {MAX_BYTES >> 20} MiB")
        return read(full)
    except OSError as error:
        return _unreadable(path, (error.strerror or type(error).__name__).lower())
    except ValueError:
        return _unreadable(path, "no file can have this name")


def _unreadable(path: str, reason: str) -> Diagnostic:
    return UNREADABLE_SOURCE.report(
        f"`{path}` cannot be read: {reason}", span=SourceSpan(path, 1, 1, 1, 1)
    )


def _declared_encoding(data: bytes) -> tuple[str, int]:
    """Return the encoding that a comment declares, and its line; PEP 263."""
    head = _with_newlines(data[:4096].decode("latin-1")).encode("latin-1").split(b"\n", 2)
    for number, line in enumerate(head[:2], start=1):
        match = _COOKIE.match(line)
        if match is not None:
            return match[1].decode("latin-1"), number
        if not _BLANK.match(line):
            break
    return "utf-8", 1


def _encoding(name: str) -> str | None:
    """Return the codec of a declared encoding; `None` for what Python has none for, or none for text."""
    try:
        b" ".decode(name)  # refuses codecs between bytes and bytes, like `base64`
        codec = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    return "utf-8" if codec.name == "utf-8-sig" else codec.name


def _undecodable(data: bytes, path: str, encoding: str, start: int) -> tuple[str, Diagnostic]:
    """Return the text with the bad bytes replaced, and a diagnostic that points at the first."""
    before = _with_newlines(data[:start].decode(encoding, "replace"))
    text = _with_newlines(data.decode(encoding, "replace"))
    line = before.count("\n") + 1
    column = len(before) - (before.rfind("\n") + 1) + 1
    byte = data[start : start + 1].hex()
    return text, UNDECODABLE_SOURCE.report(
        f"`{path}` cannot be read: byte 0x{byte} is not valid {encoding}",
        span=SourceSpan(path, line, column, line, column + 1),
        label=f"not valid {encoding}",
        help="save the file as UTF-8, or declare its encoding in the first line:"
        " `# -*- coding: latin-1 -*-`",
    )


def _with_newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
