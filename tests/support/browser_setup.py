"""What browser tests need: Datastar's own script, files of packages on npm, and a browser.

They are looked for first and fetched once where they are missing. What cannot be had is an error
that says what to do, never a test that is skipped.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.npm_setup import SetupFailed, fetch_package

DATASTAR_VERSION = "1.0.1"
DATASTAR_SHA256 = "31c8c9efb895beadeba5f73407c3ca60201dee321c5dea56c182817b475bde9f"
DATASTAR_PACKAGE = "starhtml==0.7.0"
"""A package on PyPI that carries Datastar's script; nothing else of it is used."""
DATASTAR_MEMBER = "starhtml/static/js/datastar-core.js"
CACHES = Path(__file__).parents[2] / ".pytest_cache"
CACHE = CACHES / f"datastar-{DATASTAR_VERSION}.js"

AXE = ("axe-core@4.14.1", "axe.min.js")
FRANKEN_UI = ("franken-ui@2.1.2", "dist/css/core.min.css")
"""Packages on npm that tests take one file of."""

HTMX = "htmx.org@4.0.1"
HTMX_SHA256 = {
    "htmx.min.js": "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130",
    "ext/hx-sse.min.js": "18ef2761356ec1fe0bb6d92612315b37517a7c1e9856b661c5ae81fef239d103",
}
"""The scripts of htmx by their paths below `dist`, with their digests."""

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

HELP = """There is no Chromium that works on this machine, and none could be installed.
Install one, then run the tests again:
    Debian, Ubuntu:   apt-get install chromium
    anywhere:         python -m playwright install --with-deps chromium
or say where one is:  CHROMIUM=/path/to/chromium"""


def datastar_script() -> bytes:
    """Return Datastar's script; raises as `datastar_path` does."""
    return datastar_path().read_bytes()


def datastar_path() -> Path:
    """Return the file with Datastar's script; `DATASTAR_SCRIPT` names one.

    Raises:
        SetupFailed: It could not be fetched, or is not the one these tests were written for.
    """
    named = os.environ.get("DATASTAR_SCRIPT")
    path = Path(named) if named else CACHE
    with _alone():
        if not path.exists():
            script = _fetch_datastar()
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(script)
    if hashlib.sha256(path.read_bytes()).hexdigest() != DATASTAR_SHA256:
        raise SetupFailed(
            f"{path} is not Datastar {DATASTAR_VERSION}. Delete it, or fetch it anew."
        )
    return path


def htmx_file(path: str) -> bytes:
    """Return a script of htmx, by its path below `dist/`.

    Raises:
        SetupFailed: It could not be fetched, or is not the one these tests were written for.
    """
    script = npm_file(HTMX, f"dist/{path}")
    if hashlib.sha256(script).hexdigest() != HTMX_SHA256[path]:
        raise SetupFailed(f"{CACHES / HTMX} is not what these tests were written for. Delete it.")
    return script


def npm_file(package: str, member: str) -> bytes:
    """Return a file of a package on npm: `npm_file("axe-core@4.14.1", "axe.min.js")`.

    Raises:
        SetupFailed: It could not be fetched.
    """
    path = CACHES / package / member
    with _alone():
        if not path.exists():
            body = _fetch_npm(package, member)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
    return path.read_bytes()


def chromium() -> str:
    """Return the path of a Chromium that starts; `CHROMIUM` names one.

    Raises:
        SetupFailed: There is none, and none could be installed.
    """
    with _alone():
        return _chromium()


def _chromium() -> str:
    tried: list[str] = []
    for path in _found():
        trouble = _trouble(path)
        if trouble is None:
            return path
        tried.append(f"{path}: {trouble}")
    for command in _installers():
        print(f"Installing Chromium, once: {' '.join(command)}", file=sys.__stderr__, flush=True)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            tried.append(f"{' '.join(command)}: {done.stderr.strip()[-500:]}")
            continue
        for path in _found():
            if _trouble(path) is None:
                return path
    raise SetupFailed("\n\n".join([HELP, *tried]))


@contextmanager
def _alone() -> Generator[None]:
    """Let nobody else look for something and install it meanwhile: tests run in several processes."""
    with (Path(tempfile.gettempdir()) / "starmodel-browser-setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch_datastar() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--disable-pip-version-check", "--ignore-requires-python", "--dest", folder]
        done = subprocess.run(
            [*command, DATASTAR_PACKAGE], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise SetupFailed(
                f"Datastar {DATASTAR_VERSION} could not be fetched with pip ({DATASTAR_PACKAGE})."
                " Give the path of its script in DATASTAR_SCRIPT.\n" + done.stderr.strip()
            )
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            return archive.read(DATASTAR_MEMBER)


def _fetch_npm(package: str, member: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        archive = fetch_package(package, Path(folder))
        with tarfile.open(archive) as packed:
            file = packed.extractfile(f"package/{member}")
            assert file is not None, member
            return file.read()


def _found() -> Iterator[str]:
    """Return every browser there is: the one that is named, those on the path, Playwright's."""
    named = os.environ.get("CHROMIUM")
    if named:
        yield named
    for name in BROWSERS:
        path = shutil.which(name)
        if path is not None:
            yield path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    if Path(path).exists():
        yield path


def _trouble(path: str) -> str | None:
    """Describe what is wrong with a browser; some that can be found are but a hint to install one."""
    try:
        done = subprocess.run(
            [path, "--version"], capture_output=True, text=True, check=False, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    if done.returncode != 0 or "Chrom" not in done.stdout:
        return (done.stdout + done.stderr).strip()[-500:] or f"exit code {done.returncode}"
    return None


def _installers() -> Iterator[list[str]]:
    """Return the commands that may install one, the system's own first."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if is_root and shutil.which("apt-get"):
        yield ["apt-get", "update", "--quiet"]
        yield ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", "chromium"]
    with_dependencies = ["--with-deps"] if is_root else []
    yield [sys.executable, "-m", "playwright", "install", *with_dependencies, "chromium"]
