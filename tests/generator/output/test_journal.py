"""All or nothing: the tree after a failure, an interrupt, and a kill at every single step."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from starmodel_generator.output.journal import is_interrupted, recover, replace_files

OLD = {
    "out/app.py": b"old app",
    "out/cart/routes.py": b"old routes",
    "out/cart/state.py": b"same",
    "out/manifest.json": b"old manifest",
}
WRITES = {
    "out/app.py": b"new app",
    "out/wish/routes.py": b"new routes",
    "client/wish.py": b"new client",
    "out/manifest.json": b"new manifest",
}
REMOVALS = ("out/cart/routes.py", "out/cart/state.py")
NEW = WRITES
# What touches the file system; each is a step that a kill can come before.
STEPS = {"open", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "shutil.rmtree"}


def lay_out(root: Path, files: dict[str, bytes]) -> None:
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    cached = root / "out/cart/__pycache__/routes.cpython-313.pyc"
    cached.parent.mkdir()
    cached.write_bytes(b"compiled")


def tree(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".starmodel" not in path.parts and path.suffix != ".pyc"
    }


def run_until(root: Path, step: int) -> bool:
    """Write in a process of its own that is killed before a step; whether it got to the end."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status) == 0
    try:
        count = 0

        def on_event(name: str, _: object) -> None:
            nonlocal count
            if name in STEPS:
                count += 1
                if count == step:
                    os._exit(9)

        sys.addaudithook(on_event)
        replace_files(root, WRITES, REMOVALS)
        os._exit(0)
    except BaseException:
        os._exit(1)


def test_a_kill_at_any_step_leaves_the_old_or_the_new_tree(tmp_path: Path) -> None:
    seen: list[dict[str, bytes]] = []
    for step in range(1, 200):
        root = tmp_path / str(step)
        lay_out(root, OLD)
        finished = run_until(root, step)
        interrupted = is_interrupted(root)
        assert recover(root) == interrupted
        assert not is_interrupted(root)
        assert not (root / ".starmodel/journal").exists()
        seen.append(tree(root))
        assert seen[-1] in (OLD, NEW), f"killed before step {step}"
        # And the next run is none the worse for it.
        replace_files(root, WRITES, REMOVALS)
        assert tree(root) == NEW
        if finished:
            break
    else:
        pytest.fail("the run never ended by itself")
    assert seen[0] == OLD and seen[-1] == NEW
    assert seen.count(NEW) > 5, "kills after the journal must be finished, not undone"


def test_empty_folders_and_what_python_cached_go_too(tmp_path: Path) -> None:
    lay_out(tmp_path, OLD)
    replace_files(tmp_path, WRITES, REMOVALS)
    assert not (tmp_path / "out/cart").exists()
    assert (tmp_path / ".starmodel/.gitignore").read_text() == "*\n"


def imported(root: Path) -> str:
    """Import a module as a new process does, which writes its bytecode; what is in it."""
    program = "import module; print(module.VALUE)"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=root / "out",
        env={"PATH": "", "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=True,
    )
    assert list((root / "out/__pycache__").glob("module.*.pyc")), "no bytecode, nothing to test"
    return done.stdout.strip()


def test_a_module_rewritten_within_the_second_is_imported_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, module = "out/module.py", tmp_path / "out/module.py"
    replace_files(tmp_path, {path: b"VALUE = 1\n"}, ())
    os.utime(module, (1_000_000_000, 1_000_000_000))
    assert imported(tmp_path) == "1"
    replace = os.replace

    def replace_at_once(source: str, target: str) -> None:
        os.utime(source, (1_000_000_000, 1_000_000_000))
        replace(source, target)

    # The same size and the same second: Python would take the bytecode of the first one.
    monkeypatch.setattr(os, "replace", replace_at_once)
    replace_files(tmp_path, {path: b"VALUE = 2\n"}, ())
    assert imported(tmp_path) == "2"


def test_bytecode_of_other_modules_stays(tmp_path: Path) -> None:
    lay_out(tmp_path, OLD)
    other = tmp_path / "out/cart/__pycache__/routes_of_mine.cpython-313.pyc"
    other.write_bytes(b"compiled")
    (tmp_path / "out/cart/routes_of_mine.py").write_bytes(b"mine")
    replace_files(tmp_path, WRITES, REMOVALS)
    assert other.read_bytes() == b"compiled"
    assert not (tmp_path / "out/cart/__pycache__/routes.cpython-313.pyc").exists()


def test_what_is_not_named_is_not_touched(tmp_path: Path) -> None:
    lay_out(tmp_path, OLD)
    (tmp_path / "out/cart/mine.py").write_bytes(b"mine")
    replace_files(tmp_path, WRITES, REMOVALS)
    assert tree(tmp_path) == {**NEW, "out/cart/mine.py": b"mine"}


def test_a_step_that_fails_is_undone(tmp_path: Path) -> None:
    lay_out(tmp_path, OLD)
    # A folder where the last file belongs: the steps before it have been done by then.
    (tmp_path / "out/last.py").mkdir()
    with pytest.raises(OSError):
        replace_files(tmp_path, {**WRITES, "out/last.py": b"new"}, REMOVALS)
    assert tree(tmp_path) == OLD
    assert not is_interrupted(tmp_path)


def test_an_interrupt_while_files_are_moved_leaves_the_new_tree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_out(tmp_path, OLD)
    calls = 0
    replace = os.replace

    def interrupted(source: Path, target: Path) -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        replace(source, target)

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        replace_files(tmp_path, WRITES, REMOVALS)
    assert tree(tmp_path) == NEW
    assert not is_interrupted(tmp_path)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "{}", '{"writes": null, "removals": []}', "[" * 100_000]
)
def test_what_no_run_has_written_is_dropped(tmp_path: Path, text: str) -> None:
    stage = tmp_path / ".starmodel" / "journal"
    stage.mkdir(parents=True)
    (stage / "journal.json").write_text(text, encoding="utf-8")
    assert not recover(tmp_path)
    assert not stage.exists()
