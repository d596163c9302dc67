"""The packages of `examples/plugins`: built, installed, listed, and tested as they are installed."""

import importlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from served_app import PACKAGES, ROOT
from shop_project import starmodel

PLUGINS = sorted(path.parent for path in (ROOT / "examples/plugins").glob("*/pyproject.toml"))
SETTINGS = """
[pytest]
addopts = --import-mode=importlib
anyio_mode = auto
filterwarnings = error
pythonpath = mongodb_tests
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all the packages as pip installs them, and nothing of their sources."""
    folder = tmp_path_factory.mktemp("plugins")
    build = [
        sys.executable,
        "-m",
        "hatchling",
        "build",
        "-t",
        "wheel",
        "-d",
        str(folder / "wheels"),
    ]
    builds = [subprocess.Popen(build, cwd=path, stdout=subprocess.DEVNULL) for path in PLUGINS]
    assert [each.wait(120) for each in builds] == [0] * len(PLUGINS)
    install = [sys.executable, "-m", "pip", "install", "--no-index", "--no-deps", "--quiet"]
    install += ["--disable-pip-version-check", "--no-compile", "--target", str(folder / "site")]
    wheels = [str(path) for path in (folder / "wheels").glob("*.whl")]
    subprocess.run([*install, *wheels], check=True, timeout=120)
    return folder / "site"


@pytest.fixture
def installed(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the packages are installed, in this process."""
    monkeypatch.syspath_prepend(site)  # pyright: ignore[reportUnknownMemberType]
    importlib.invalidate_caches()


def test_they_are_listed(installed: None, tmp_path: Path) -> None:
    done = starmodel(tmp_path, "plugins", "--json")
    assert done.code == 0, done.err
    ours = [one for one in json.loads(done.out) if one["version"] == "0.1.0"]
    assert [(one["group"], one["name"], one["package"], one["problem"]) for one in ours] == [
        ("starmodel.stores", "mongodb", "starmodel-mongodb", None),
        ("starmodel.buses", "nats", "starmodel-nats", None),
        ("starmodel.commands", "audit", "starmodel-audit", None),
    ]


def test_their_command_is_one_of_starmodel(installed: None, tmp_path: Path) -> None:
    (tmp_path / "audit.jsonl").write_text(
        '{"time": "now", "actor": "ann", "event": "a.b", "id": "1", "arguments": {}}\n'
    )
    done = starmodel(tmp_path, "audit", "--event", "a")
    assert (done.code, done.out) == (0, "now  ann           a.b 1\n")
    assert starmodel(tmp_path, "audit", "--file", "absent").code == 2


def test_their_own_tests_pass(site: Path, tmp_path: Path) -> None:
    for path in PLUGINS:
        shutil.copytree(path / "tests", tmp_path / f"{path.name}_tests")
    (tmp_path / "pytest.ini").write_text(SETTINGS)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(site), *PACKAGES])},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0 and " passed" in done.stdout, done.stdout + done.stderr


def test_a_store_is_sixty_lines() -> None:
    store = ROOT / "examples/plugins/mongodb/starmodel_mongodb/store.py"
    assert len(store.read_text(encoding="utf-8").splitlines()) <= 60
