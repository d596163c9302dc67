"""Where StarModel came from, and that a new project can install it from there."""

import json
import subprocess
import sys
import tomllib
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hatchling.metadata.core import ProjectMetadata
from hatchling.plugin.manager import PluginManager
from shop_project import starmodel

from starmodel_generator._version import __version__
from starmodel_generator.cli.install_source import Origin, parse_origin

ROOT = Path(__file__).parents[3]
COMMIT = "9a17204c0ffee"
FOLDER: dict[str, Any] = {"dir_info": {}, "url": "file:///home/ada/star%20model"}


@pytest.mark.parametrize(
    ("record", "origin"),
    [
        (None, Origin("==1.2")),
        (FOLDER, Origin(" @ file:///home/ada/star%20model", folder=Path("/home/ada/star model"))),
        (
            {**FOLDER, "dir_info": {"editable": True}, "subdirectory": "runtime"},
            Origin(
                " @ file:///home/ada/star%20model#subdirectory=runtime",
                folder=Path("/home/ada/star model"),
                is_editable=True,
            ),
        ),
        (
            {
                "url": "https://git.example/star",
                "vcs_info": {"vcs": "git", "requested_revision": "main", "commit_id": COMMIT},
                "subdirectory": "runtime",
            },
            Origin(f" @ git+https://git.example/star@{COMMIT}#subdirectory=runtime"),
        ),
        (
            {"url": "https://files.example/{x}.whl", "archive_info": {"hash": "sha256=abc"}},
            Origin(" @ https://files.example/%7Bx%7D.whl#sha256=abc"),
        ),
        (
            {"url": "https://files.example/x.whl", "archive_info": {}},
            Origin(" @ https://files.example/x.whl"),
        ),
        (
            {
                "url": "file:///down%20loads/star-1.2%2Bours-py3-none-any.whl",
                "archive_info": {"hashes": {"sha256": "abc"}},
            },
            Origin(
                " @ {root:uri}/vendor/star-1.2%2Bours-py3-none-any.whl",
                archive=Path("/down loads/star-1.2+ours-py3-none-any.whl"),
                digest="abc",
            ),
        ),
        (
            {"url": "file:///star.tar.gz", "archive_info": {}, "subdirectory": "runtime"},
            Origin(
                " @ {root:uri}/vendor/star.tar.gz#subdirectory=runtime",
                archive=Path("/star.tar.gz"),
            ),
        ),
    ],
)
def test_what_installers_write_down(record: dict[str, Any] | None, origin: Origin) -> None:
    assert parse_origin(None if record is None else json.dumps(record), "1.2") == origin


def came_from(folder: Path, monkeypatch: pytest.MonkeyPatch, **records: Any) -> None:
    """Have StarModel installed from elsewhere: metadata that is found first, as it is on disk."""
    for name, record in records.items():
        metadata = folder / f"{name}-{__version__}.dist-info"
        metadata.mkdir(parents=True)
        text = f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: {__version__}\n"
        (metadata / "METADATA").write_text(text)
        if record is not None:
            (metadata / "direct_url.json").write_text(json.dumps(record))
    monkeypatch.syspath_prepend(folder)  # pyright: ignore[reportUnknownMemberType]


def requirements(project: Path) -> dict[str, str]:
    """Read what a project requires of StarModel, as its build backend understands it, by name."""
    core = ProjectMetadata(str(project), PluginManager()).core
    everything = [*core.dependencies, *core.optional_dependencies["dev"]]
    return {
        text.partition("[")[0]: text for text in sorted(everything) if text.startswith("starmodel")
    }


def test_a_project_from_an_index_names_the_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    came_from(tmp_path / "site", monkeypatch, starmodel=None, starmodel_runtime=None)
    assert starmodel(tmp_path, "init", "shop").code == 0
    assert requirements(tmp_path / "shop") == {
        "starmodel": f"starmodel[sql]=={__version__}",
        "starmodel-runtime": f"starmodel-runtime[fasthtml,sql]=={__version__}",
    }
    assert "tool.hatch.metadata" not in (tmp_path / "shop/pyproject.toml").read_text()
    assert not (tmp_path / "shop/vendor").exists()
    assert "vendor" not in (tmp_path / "shop/README.md").read_text()
    assert "README" not in (tmp_path / "shop/.github/workflows/ci.yml").read_text()


def test_an_archive_that_is_gone_or_another_by_now_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = tmp_path / "starmodel-1-py3-none-any.whl"
    wheel.write_bytes(b"another")
    archive_info = {"hashes": {"sha256": sha256(b"the one").hexdigest()}}
    came_from(
        tmp_path / "site",
        monkeypatch,
        starmodel={"url": wheel.as_uri(), "archive_info": archive_info},
        starmodel_runtime={"url": (tmp_path / "gone.whl").as_uri(), "archive_info": {}},
    )
    done = starmodel(tmp_path, "init", "shop")
    assert done.code == 0
    for name in (wheel.name, "gone.whl"):
        assert f"{name}, which StarModel was installed from, is not there any more" in done.err
    assert not (tmp_path / "shop/vendor").exists()


def pip(*arguments: str | Path) -> None:
    options = ("--quiet", "--no-index", "--no-deps", "--no-build-isolation")
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    done = subprocess.run(
        [*command, *map(str, arguments[:1]), *options, *map(str, arguments[1:])],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_a_project_is_installed_from_where_starmodel_came_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a checkout: wheels, as the README says. From these: what CI runs, on another machine."""
    with monkeypatch.context() as patched:
        checkout = {"dir_info": {"editable": True}, "url": ROOT.as_uri()}
        runtime = {"dir_info": {"editable": True}, "url": (ROOT / "runtime").as_uri()}
        came_from(tmp_path / "checkouts", patched, starmodel=checkout, starmodel_runtime=runtime)
        assert starmodel(tmp_path, "init", "first").code == 0
    found = requirements(tmp_path / "first")
    assert found == {
        "starmodel": f"starmodel[sql] @ {ROOT.as_uri()}",
        "starmodel-runtime": f"starmodel-runtime[fasthtml,sql] @ {(ROOT / 'runtime').as_uri()}",
    }
    readme = (tmp_path / "first/README.md").read_text()
    assert f"pip wheel --no-deps --wheel-dir vendor {ROOT}/runtime {ROOT}\n" in readme
    assert f"pip install --no-deps -e {ROOT}/runtime -e {ROOT}\n" in readme
    assert "README" in (tmp_path / "first/.github/workflows/ci.yml").read_text()
    pip("wheel", "--wheel-dir", tmp_path / "wheels", *found.values())

    with monkeypatch.context() as patched:
        wheels = {path.name.partition("-")[0]: path for path in (tmp_path / "wheels").iterdir()}
        records: dict[str, Any] = {
            name: {
                "url": path.as_uri(),
                "archive_info": {"hashes": {"sha256": sha256(path.read_bytes()).hexdigest()}},
            }
            for name, path in wheels.items()
        }
        assert set(records) == {"starmodel", "starmodel_runtime"}
        came_from(tmp_path / "archives", patched, **records)
        done = starmodel(tmp_path, "init", "second")
    assert done.code == 0 and "warning" not in done.err and "13 files in second" in done.err
    # Elsewhere: the wheels are where the project is, and nowhere else.
    for path in wheels.values():
        path.unlink()
    project = (tmp_path / "second").rename(tmp_path / "moved to")
    tool = tomllib.loads((project / "pyproject.toml").read_text())["tool"]
    assert tool["hatch"]["metadata"]["allow-direct-references"] is True
    site = tmp_path / "site"
    pip("install", "--target", site, *requirements(project).values())
    pip("install", "--target", site, project)
    for arguments in (["generate", "--check"], ["migrate", "check"]):
        check = subprocess.run(
            [sys.executable, "-m", "starmodel_generator", *arguments],
            cwd=project,
            env={"PATH": "", "PYTHONPATH": str(site)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert check.returncode == 0, check.stderr
    assert {path.name for path in site.glob("*.dist-info")} >= {
        f"starmodel-{__version__}.dist-info",
        f"starmodel_runtime-{__version__}.dist-info",
        "second-0.1.0.dist-info",
    }
