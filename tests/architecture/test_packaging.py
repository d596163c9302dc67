"""The two distributions: one version, wheels that hold everything, and that work by themselves."""

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from starmodel._version import __version__ as runtime_version
from starmodel_generator._version import __version__ as generator_version

ROOT = Path(__file__).parents[2]
PACKAGES = {
    "starmodel": ["generator/starmodel_generator", "schemas/starmodel_schemas"],
    "starmodel_runtime": ["runtime/starmodel"],
}


def test_versions_are_equal_and_the_pin_is_exact() -> None:
    assert generator_version == runtime_version
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f"starmodel-runtime=={runtime_version}" in project["dependencies"]


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Both wheels, each built from its source distribution."""
    folder = tmp_path_factory.mktemp("dist")
    for source in (ROOT, ROOT / "runtime"):
        # No isolation: the backend is installed already, and nothing need be downloaded.
        command = ["-m", "build", "--no-isolation", "--outdir", str(folder), str(source)]
        done = subprocess.run(
            [sys.executable, *command], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert len(list(folder.glob("*.tar.gz"))) == 2
    return {wheel.name.partition("-")[0]: wheel for wheel in folder.glob("*.whl")}


def _is_ours(path: Path) -> bool:
    """Whether it is no cache of some tool."""
    return not any(part.startswith((".", "__pycache__")) for part in path.parts)


@pytest.mark.parametrize("name", PACKAGES)
def test_a_wheel_holds_every_file_of_its_packages(name: str, wheels: dict[str, Path]) -> None:
    expected = {
        path.relative_to((ROOT / package).parent).as_posix()
        for package in PACKAGES[name]
        for path in (ROOT / package).rglob("*")
        if path.is_file() and _is_ours(path.relative_to(ROOT))
    }
    found = set(zipfile.ZipFile(wheels[name]).namelist())
    assert expected - found == set()
    rest = {path for path in found - expected if ".dist-info/" not in path}
    assert {path for path in rest if "/compiled_templates/" not in path} == set()
    packages = {Path(package).name for package in PACKAGES[name]}
    assert {f"{package}/py.typed" for package in packages} <= found
    assert any(path.endswith("licenses/LICENSE") for path in found)


def test_what_is_no_python_is_among_them(wheels: dict[str, Path]) -> None:
    generator = zipfile.ZipFile(wheels["starmodel"]).namelist()
    templates = [path for path in generator if path.endswith(".j2")]
    assert templates
    compiled = [path for path in generator if "/compiled_templates/" in path]
    assert len([path for path in compiled if path.endswith(".py")]) == len(templates)
    assert "starmodel_generator/starter/entities.template" in generator
    runtime = zipfile.ZipFile(wheels["starmodel_runtime"]).namelist()
    assert {"starmodel/ui/kits/default.css", "starmodel/ui/starmodel.js"} <= {*runtime}


def test_the_wheels_make_a_project(wheels: dict[str, Path], tmp_path: Path) -> None:
    """From the wheels alone: a new project is generated, and its app answers without the generator."""
    site = tmp_path / "site"
    for wheel in wheels.values():
        zipfile.ZipFile(wheel).extractall(site)
    environment = {"PYTHONPATH": str(site), "PATH": ""}
    made = subprocess.run(
        [sys.executable, "-m", "starmodel_generator", "init", "bazaar"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    serve = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name in ("starmodel_generator", "starmodel_schemas", "libcst", "jinja2", "black", "typer"):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
import starmodel
from bazaar.generated.app import create_app
from starmodel.testing import Client

with Client(create_app()) as client:
    assert client.post("/counter/increment").state == {"count": 1, "step": 1}
print(starmodel.__file__)
"""
    served = subprocess.run(
        [sys.executable, "-c", serve],
        cwd=tmp_path / "bazaar",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert served.returncode == 0, served.stderr
    assert served.stdout.strip().startswith(str(site))
