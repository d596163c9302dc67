"""Two branches that each add an entity: whatever git leaves of the merge, one run settles it."""

import subprocess
from pathlib import Path

from shop_project import starmodel

ENTITY = '''"""A {name}."""

from starmodel import Entity, event


class {name}(Entity):
    """A {name}."""

    count: int = 0

    @event
    def add(self) -> None:
        """Add one."""
        self.count += 1
'''


def git(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    identity = ["-c", "user.name=Shop", "-c", "user.email=shop@shop.test"]
    return subprocess.run(
        ["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


def add_entity(project: Path, name: str) -> None:
    (project / f"shop/entities/{name.lower()}.py").write_text(ENTITY.format(name=name))
    assert starmodel(project, "generate").code == 0
    git(project, "add", ".")
    assert git(project, "commit", "--quiet", "--message", name).returncode == 0


def test_a_merge_of_two_branches(tmp_path: Path) -> None:
    starmodel(tmp_path, "init", "shop")
    project = tmp_path / "shop"
    (project / "shop/entities").mkdir()
    (project / "shop/entities.py").rename(project / "shop/entities/__init__.py")
    text = (project / "pyproject.toml").read_text()
    (project / "pyproject.toml").write_text(text.replace("shop/entities.py", "shop/entities"))
    git(project, "init", "--quiet", "--initial-branch", "main")
    add_entity(project, "Middle")

    git(project, "checkout", "--quiet", "-b", "left")
    add_entity(project, "Apple")
    git(project, "checkout", "--quiet", "-b", "right", "main")
    add_entity(project, "Zebra")
    merge = git(project, "merge", "--quiet", "--no-edit", "left")
    conflicts = git(project, "diff", "--name-only", "--diff-filter=U").stdout.split()
    assert not any("manifest.json" in path for path in conflicts), "merge=union"

    done = starmodel(project, "generate")
    assert done.code == 0, merge.stdout + done.err
    assert starmodel(project, "generate", "--check").code == 0
    merged = {path: path.read_bytes() for path in (project / "shop/generated").rglob("*.*")}

    for path in (project / "shop/generated").rglob("*.*"):
        path.unlink()
    assert starmodel(project, "generate").code == 0
    assert {path: path.read_bytes() for path in merged} == merged
