"""A run on a project on disk: what is written, kept, removed, refused, and found out of date."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from starmodel_generator._version import __version__
from starmodel_generator.config import GeneratorConfig
from starmodel_generator.content import digest
from starmodel_generator.generation import Report, check_folder, generate_folder
from starmodel_generator.pipeline import Generation
from starmodel_schemas import AppSchema

CONFIG = '[tool.starmodel]\nentities = ["shop/entities"]\noutput = "shop/generated"\n'


class Project:
    """A project whose stages are a stand-in: a file per entity file, named and filled by it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("pyproject.toml", CONFIG)
        self.write("shop/entities/cart.py", "cart 1")
        self.write("shop/entities/wish.py", "wish 1")

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, newline="")

    def read(self, path: str) -> str:
        return (self.root / path).read_text()

    def stages(self, config: GeneratorConfig) -> Generation:
        paths = sorted((self.root / "shop/entities").glob("*.py"))
        return Generation(
            schema=AppSchema(entities=()),
            files={
                f"shop/generated/{path.stem}/state.py": path.read_bytes().upper() + b"\n"
                for path in paths
            },
            sources={
                path.relative_to(self.root).as_posix(): digest(path.read_bytes()) for path in paths
            },
        )

    def generate(self, *, force: bool = False) -> Report:
        return generate_folder(str(self.root / "shop"), force=force, stages=self.stages)

    def check(self) -> Mapping[str, str]:
        report = check_folder(str(self.root), stages=self.stages)
        assert not report.has_errors
        return {change.path: change.verdict for change in report.differences}

    def tree(self) -> dict[str, str]:
        folder = self.root / "shop/generated"
        return {
            path.relative_to(folder).as_posix(): path.read_text()
            for path in sorted(folder.rglob("*.py"))
        }


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def codes(report: Report) -> list[str]:
    return [diagnostic.code for diagnostic in report.diagnostics]


def test_a_first_run_writes_everything_and_a_second_nothing(project: Project) -> None:
    assert set(project.check().values()) == {"missing"}
    assert project.generate().written
    assert project.tree() == {"cart/state.py": "CART 1\n", "wish/state.py": "WISH 1\n"}
    assert project.check() == {}

    times = {path: path.stat().st_mtime_ns for path in project.root.rglob("*") if path.is_file()}
    os.utime(project.root / "shop/generated/cart/state.py", ns=(1, 1))
    assert not project.generate().written
    assert (project.root / "shop/generated/cart/state.py").stat().st_mtime_ns == 1
    assert set(times) == {path for path in project.root.rglob("*") if path.is_file()}


def test_a_change_writes_only_what_it_changes(project: Project) -> None:
    project.generate()
    os.utime(project.root / "shop/generated/wish/state.py", ns=(1, 1))
    project.write("shop/entities/cart.py", "cart 2")
    assert project.check() == {
        "shop/generated/cart/state.py": "stale",
        "shop/generated/manifest.json": "stale",
    }
    project.generate()
    assert project.tree() == {"cart/state.py": "CART 2\n", "wish/state.py": "WISH 1\n"}
    assert (project.root / "shop/generated/wish/state.py").stat().st_mtime_ns == 1


def test_an_edit_that_changes_no_code_is_not_out_of_date(project: Project) -> None:
    project.generate()
    project.write("shop/entities/cart.py", "CART 1")
    assert project.check() == {}
    assert project.generate().written, "the manifest notes the new hash"
    assert project.check() == {}


def test_an_entity_that_goes_takes_its_files_and_folders_along(project: Project) -> None:
    project.generate()
    (project.root / "shop/entities/wish.py").unlink()
    assert project.check()["shop/generated/wish/state.py"] == "orphaned"
    project.generate()
    assert project.tree() == {"cart/state.py": "CART 1\n"}
    assert not (project.root / "shop/generated/wish").exists()


def test_a_hand_edit_stops_the_run_unless_forced(project: Project) -> None:
    project.generate()
    project.write("shop/generated/cart/state.py", "mine\n")
    project.write("shop/entities/wish.py", "wish 2")
    before = project.tree()

    report = project.generate()
    assert codes(report) == ["SM701"]
    assert "cart/state.py" in report.diagnostics[0].message
    assert project.tree() == before, "nothing else was written either"
    assert project.check()["shop/generated/cart/state.py"] == "edited"

    assert codes(project.generate(force=True)) == []
    assert project.tree() == {"cart/state.py": "CART 1\n", "wish/state.py": "WISH 2\n"}


def test_a_hand_edit_of_what_would_be_removed_stops_the_run_too(project: Project) -> None:
    project.generate()
    project.write("shop/generated/wish/state.py", "mine\n")
    (project.root / "shop/entities/wish.py").unlink()
    assert codes(project.generate()) == ["SM701"]
    project.generate(force=True)
    assert "wish/state.py" not in project.tree()


def test_a_file_that_is_not_ours_is_never_touched(project: Project) -> None:
    project.write("shop/generated/cart/state.py", "mine\n")
    project.write("shop/generated/notes.txt", "mine too\n")
    for force in (False, True):
        report = project.generate(force=force)
        assert codes(report) == ["SM704"]
        assert project.tree() == {"cart/state.py": "mine\n"}
    (project.root / "shop/generated/cart/state.py").unlink()
    project.generate()
    assert project.read("shop/generated/notes.txt") == "mine too\n"


def test_a_manifest_of_somebody_else_is_never_touched(project: Project) -> None:
    project.write("shop/generated/manifest.json", '{"name": "a web app"}')
    assert codes(project.generate(force=True)) == ["SM704"]
    assert project.read("shop/generated/manifest.json") == '{"name": "a web app"}'


CONFLICT = "<<<<<<< HEAD\n{0}=======\n{1}>>>>>>> theirs\n"


def test_a_merge_is_settled_by_a_run(project: Project) -> None:
    project.generate()
    manifest = project.read("shop/generated/manifest.json")
    clean = project.tree()
    project.write("shop/entities/wish.py", "wish 2")
    project.generate()
    other = project.read("shop/generated/manifest.json")

    project.write("shop/entities/wish.py", "wish 1")
    project.write("shop/generated/manifest.json", CONFLICT.format(manifest, other))
    for path in ("cart", "wish"):
        project.write(f"shop/generated/{path}/state.py", CONFLICT.format("A\n", "B\n"))

    assert set(project.check().values()) == {"stale"}
    assert codes(project.generate()) == []
    assert project.tree() == clean
    assert project.read("shop/generated/manifest.json") == manifest
    assert project.check() == {}


def test_a_branch_that_was_merged_line_by_line_is_no_hand_edit(project: Project) -> None:
    """What `merge=union` leaves: both sides' lines, in the files and in the manifest."""
    project.generate()
    manifest = project.read("shop/generated/manifest.json")
    project.write("shop/entities/wish.py", "wish 2")
    project.generate()
    other = project.read("shop/generated/manifest.json")
    changed = [line for line in other.splitlines() if "wish" in line and line not in manifest]
    lines = manifest.splitlines()
    at = next(i for i, line in enumerate(lines) if "generated/wish" in line)
    joined = [*lines[: at + 1], *[line for line in changed if "gen" in line], *lines[at + 1 :]]
    project.write("shop/generated/manifest.json", "\n".join(joined))
    project.write("shop/generated/wish/state.py", "WISH 1\nWISH 2\n")

    assert codes(project.generate()) == []
    assert project.tree()["wish/state.py"] == "WISH 2\n"


def test_a_checkout_with_other_line_ends_is_up_to_date(project: Project) -> None:
    project.generate()
    for path in (project.root / "shop").rglob("*.*"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert project.check() == {}


def test_a_crafted_manifest_removes_nothing_outside(project: Project) -> None:
    project.generate()
    outside = project.root.parent / "outside.py"
    outside.write_text("mine")
    manifest = project.read("shop/generated/manifest.json")
    entry = f'"../{outside.name}": "{digest(b"mine")}"'
    project.write(
        "shop/generated/manifest.json",
        manifest.replace('"outputs": {\n', f'"outputs": {{\n    {entry},\n'),
    )
    assert codes(project.generate(force=True)) == ["SM705"]
    assert outside.read_text() == "mine"


def test_errors_write_nothing_and_warnings_do_not_stop(project: Project) -> None:
    from starmodel_generator.diagnostics import Rule

    def with_severity(severity: str) -> Callable[[GeneratorConfig], Generation]:
        rule = Rule("SM207", "float-money", "error" if severity == "error" else "warning")

        def stages(config: GeneratorConfig) -> Generation:
            made = project.stages(config)
            return Generation(
                (rule.report("looks like money"),), made.schema, made.files, made.sources
            )

        return stages

    report = generate_folder(str(project.root), stages=with_severity("error"))
    assert report.has_errors and not report.written and project.tree() == {}
    report = generate_folder(str(project.root), stages=with_severity("warning"))
    assert report.written and codes(report) == ["SM207"]


def test_another_version_is_named_where_the_code_differs(project: Project) -> None:
    project.generate()
    manifest = project.read("shop/generated/manifest.json")
    project.write("shop/generated/manifest.json", manifest.replace(__version__, "0.0.1"))
    assert project.check() == {}, "another version that writes the same is no difference"
    project.write("shop/entities/cart.py", "cart 2")
    report = check_folder(str(project.root), stages=project.stages)
    assert codes(report) == ["SM703"] and "0.0.1" in report.diagnostics[0].message
    project.generate()
    assert f'"generator": "{__version__}"' in project.read("shop/generated/manifest.json")


def test_a_project_without_configuration_says_what_to_write(tmp_path: Path) -> None:
    report = generate_folder(str(tmp_path))
    assert codes(report) == ["SM004"]
    assert report.diagnostics[0].help and "[tool.starmodel]" in report.diagnostics[0].help
