"""Every version of Python writes the same bytes, whatever characters an author's texts have."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pyodide_setup import RELEASES, Pyodide, run_script
from text_digests import BLOCK

ROOT = Path(__file__).parents[2]
SCRIPT = "tests/support/text_digests.py"


@pytest.fixture(scope="module")
def own() -> dict[str, Any]:
    """What this Python makes of every code point."""
    command = [sys.executable, SCRIPT, str(ROOT)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("release", RELEASES, ids=lambda release: f"{release.python[1]}")
def test_texts_are_written_alike(release: Pyodide, own: dict[str, Any]) -> None:
    other = json.loads(run_script(release, ROOT, SCRIPT))
    assert tuple(other["python"]) == release.python
    assert other["lists"] == own["lists"]
    differing = {
        name: [
            f"U+{number * BLOCK:04X}"
            for number, (one, two) in enumerate(zip(digests, other["digests"][name], strict=True))
            if one != two
        ]
        for name, digests in own["digests"].items()
    }
    assert {name: blocks for name, blocks in differing.items() if blocks} == {}
    assert other["unknown builtins"] == other["unknown modules"] == []


def test_our_lists_have_the_names_of_this_python(own: dict[str, Any]) -> None:
    assert own["unknown builtins"] == own["unknown modules"] == []
