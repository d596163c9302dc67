"""`.ci/run` runs the tests as a new user does: in an environment without anything special."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAKEFILE = "test:\n\t@/usr/bin/env\n"


def environment_of_the_tests(folder: Path, **environment: str) -> dict[str, str]:
    """Run `.ci/run` on a Makefile whose `test` tells its environment."""
    (folder / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/run", folder / ".ci/run")
    (folder / "Makefile").write_text(MAKEFILE)
    done = subprocess.run(
        [folder / ".ci/run"],
        cwd="/",
        env={"PATH": os.environ["PATH"], "HOME": "/home/ada", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = (line.partition("=") for line in done.stdout.splitlines())
    of_make = {"MAKEFLAGS", "MAKELEVEL", "MAKE_TERMOUT", "MAKE_TERMERR", "MFLAGS"}
    of_shells = {"PWD", "OLDPWD", "SHLVL", "_"}
    return {name: value for name, _, value in lines if name not in of_make | of_shells}


BARE = {"HOME": "/home/ada", "LANG": "C.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin"}


def test_what_changes_python_does_not_reach_the_tests(tmp_path: Path) -> None:
    found = environment_of_the_tests(
        tmp_path,
        PYTHONDONTWRITEBYTECODE="1",
        PYTHONPATH="/elsewhere",
        PYTHONHASHSEED="0",
        PYTHONWARNINGS="ignore",
        PYENV_ROOT="/elsewhere",
        VIRTUAL_ENV="/elsewhere",
        MAKEFLAGS="-n",
        LC_ALL="de_DE.UTF-8",
        STARMODEL_SECRET_KEY="x" * 32,
    )
    assert found == BARE


def test_how_to_reach_a_package_index_does(tmp_path: Path) -> None:
    kept = {
        "CI": "true",
        "PIP_EXTRA_INDEX_URL": "https://index.example/simple a b",
        "UV_INDEX_URL": "https://index.example/simple",
        "npm_config_registry": "https://index.example",
        "https_proxy": "http://proxy.example",
        "NO_PROXY": "localhost",
        "SSL_CERT_FILE": "/etc/ca.pem",
        "CHROMIUM": "/opt/chromium",
    }
    assert environment_of_the_tests(tmp_path, **kept) == {**BARE, **kept}
