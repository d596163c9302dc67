"""Files as they are found on disks: encodings, line ends, links, and what is no file at all."""

import os
from pathlib import Path

import pytest

from starmodel_generator.analysis.module import analyse
from starmodel_generator.project.sources import SourceFile, decode_source, read_source

TEXT = "class Cart(Entity):\n    größe: str = 'é'\n"


def read(root: Path, data: bytes, path: str = "shop/cart.py") -> SourceFile:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(data)
    return read_source(root, path, "shop.cart")


def test_a_file_as_text(tmp_path: Path) -> None:
    file = read(tmp_path, TEXT.encode())
    assert (file.path, file.module, file.text) == ("shop/cart.py", "shop.cart", TEXT)
    assert (file.is_package, file.problem) == (False, None)
    assert len(file.sha256) == 64
    assert read(tmp_path, b"", "shop/__init__.py").is_package


def test_line_ends_and_marks_change_nothing(tmp_path: Path) -> None:
    plain = read(tmp_path, TEXT.encode())
    windows = read(tmp_path, TEXT.replace("\n", "\r\n").encode())
    assert windows == plain
    assert read(tmp_path, TEXT.replace("\n", "\r").encode()).text == TEXT
    assert read(tmp_path, b"\xef\xbb\xbf" + TEXT.encode()).text == TEXT
    assert read(tmp_path, b"x = 1\r\n\ry = 2").text == "x = 1\n\ny = 2"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"x = '\xc3\xa9'", "x = 'é'"),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'", "# -*- coding: latin-1 -*-\nx = 'é'"),
        (b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n'\x80'", None),
        (b"\n#coding:koi8-r\n'\xc1'", "\n#coding:koi8-r\n'а'"),
        (b"\r#coding:latin-1\r'\xe9'", "\n#coding:latin-1\n'é'"),
        (b"# coding: utf-8-sig\n'\xc3\xa9'", "# coding: utf-8-sig\n'é'"),
        (b"\xef\xbb\xbf# coding: utf8\n'\xc3\xa9'", "# coding: utf8\n'é'"),
        (b"x = 1\n# coding: latin-1\n'\xc3\xa9'", "x = 1\n# coding: latin-1\n'é'"),
        (b"\n\n# coding: latin-1\n'\xc3\xa9'", "\n\n# coding: latin-1\n'é'"),
    ],
)
def test_encodings_are_those_of_python(data: bytes, text: str | None) -> None:
    decoded, problem = decode_source(data, "a.py")
    assert problem is None
    if text is None:
        assert decoded.endswith("'€'")
    else:
        assert decoded == text


@pytest.mark.parametrize(
    ("data", "line", "column", "reason"),
    [
        (b"x = 1\ny = '\xe9'", 2, 6, "byte 0xe9 is not valid utf-8"),
        ("ü🛒".encode() + b"\xff", 1, 3, "byte 0xff is not valid utf-8"),
        (b"\r\n\r\n\xff", 3, 1, "byte 0xff is not valid utf-8"),
        (b"x\n# coding: nonsense", 1, 1, None),
        (b"# coding: nonsense", 1, 1, "the encoding `nonsense` is unknown"),
        (b"\n# coding: base64", 2, 1, "the encoding `base64` is unknown"),
        (b"# coding: rot13", 1, 1, "the encoding `rot13` is unknown"),
        (b"\xef\xbb\xbf# coding: latin-1", 1, 1, "declares the encoding `latin-1`"),
        ("x = 1".encode("utf-16"), 1, 1, "byte 0xff is not valid utf-8"),
        (b"# coding: ascii\n'\xe9'", 2, 2, "byte 0xe9 is not valid ascii"),
    ],
)
def test_what_is_no_text_is_told_with_its_place(
    data: bytes, line: int, column: int, reason: str | None
) -> None:
    _, problem = decode_source(data, "a.py")
    if reason is None:
        assert problem is None
        return
    assert problem is not None
    assert problem.code == "SM006"
    assert reason in problem.message
    assert problem.span is not None
    assert (problem.span.line, problem.span.column) == (line, column)


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    root = tmp_path / "project"
    (root / "shop").mkdir(parents=True)
    os.mkfifo(root / "shop" / "pipe.py")
    (root / "shop" / "loop.py").symlink_to(root / "shop" / "loop.py")
    (root / "shop" / "folder.py").mkdir()
    reasons = {
        "shop/gone.py": "no such file or directory",
        "shop/pipe.py": "it is no file",
        "shop/folder.py": "it is no file",
        "shop/loop.py": "too many levels of symbolic links",
        "shop/\0.py": "no file can have this name",
        "x" * 5_000 + ".py": "file name too long",
    }
    for path, reason in reasons.items():
        file = read_source(root, path, "shop.x")
        assert file.problem is not None, path
        assert (file.problem.code, file.text, file.sha256) == ("SM005", "", "")
        assert reason in file.problem.message.lower()
        assert analyse(file).diagnostics == (file.problem,)


def test_nothing_outside_the_project_is_read(tmp_path: Path) -> None:
    root = tmp_path / "project"
    outside = tmp_path / "project-secrets"
    (root / "shop").mkdir(parents=True)
    outside.mkdir()
    (outside / "secret.py").write_text("password = 'x'")
    (root / "shop" / "link.py").symlink_to(outside / "secret.py")
    (root / "shop" / "folder").symlink_to(outside)
    (root / "shop" / "inner.py").write_text("x = 1")
    (root / "shop" / "alias.py").symlink_to(root / "shop" / "inner.py")
    for path in ("shop/link.py", "shop/folder/secret.py", "../project-secrets/secret.py"):
        problem = read_source(root, path, "x").problem
        assert problem is not None
        assert problem.message == f"`{path}` cannot be read: it is outside the project"
    assert read_source(root, "shop/alias.py", "shop.alias").text == "x = 1"
    (tmp_path / "linked").symlink_to(root)
    assert read_source(tmp_path / "linked", "shop/inner.py", "shop.inner").text == "x = 1"


def test_bytes_at_random_are_a_file_or_a_problem() -> None:
    state = 12345
    for _ in range(500):
        data = bytearray()
        for _ in range(60):
            state = (state * 1103515245 + 12345) % 2**31
            data.append(state >> 16 & 0xFF)
        text, problem = decode_source(bytes(data), "a.py")
        result = analyse(SourceFile("a.py", "a", text, "", problem=problem))
        assert result.facts is not None or result.diagnostics
