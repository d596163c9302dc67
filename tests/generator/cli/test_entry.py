"""The quick answers of the command: nothing heavy is imported for them."""

import subprocess
import sys
from pathlib import Path

from starmodel_generator._version import __version__
from starmodel_generator.output.manifest import Manifest
from starmodel_generator.project.discovery import find_project
from starmodel_generator.project.hashing import digest

HEAVY = ("black", "click", "dataclasses", "jinja2", "libcst", "pydantic", "rich", "typer", "typing")
PROBE = f"""
import sys
sys.argv = ["starmodel", *sys.argv[1:]]
from starmodel_generator.entry import main
code = main()
print([name for name in {HEAVY} if name in sys.modules])
sys.exit(code)
"""


def run(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    # -I: neither the environment nor the user's site adds imports of its own.
    command = [sys.executable, "-I", "-c", f"import sys; sys.path[:0] = {sys.path}\n{PROBE}"]
    return subprocess.run(
        [*command, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


def test_the_version(tmp_path: Path) -> None:
    done = run(tmp_path, "--version")
    assert (done.returncode, done.stdout) == (0, f"starmodel {__version__}\n[]\n")


def test_a_tree_that_is_up_to_date(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/cart.py").write_text("cart")
    (tmp_path / "starmodel.toml").write_text('entities = ["shop"]\noutput = "shop/generated"\n')
    project = find_project(str(tmp_path))
    assert project is not None
    manifest = Manifest(
        generator=__version__,
        options=digest(project.options),
        entities=("shop",),
        sources={"shop/cart.py": digest(b"cart")},
        outputs={"shop/generated/app.py": digest(b"app")},
        warnings=2,
    )
    (tmp_path / "shop/generated").mkdir()
    (tmp_path / "shop/generated/app.py").write_text("app")
    (tmp_path / "shop/generated/manifest.json").write_text(manifest.text())

    for arguments in (["generate", "--check"], ["generate"], ["generate", "--diff"]):
        done = run(tmp_path, *arguments)
        assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr
        assert done.stderr == (
            "2 files are up to date. 2 warnings: `starmodel inspect` shows them.\n"
        )
