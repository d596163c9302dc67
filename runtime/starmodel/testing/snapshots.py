"""Snapshots of a generated tree: one file per file, with its real extension.

    def test_generated_code(snapshot):
        assert_tree(Path("shop/generated"), snapshot)

The snapshots lie in `__snapshots__/<test module>/<test>/`, in the same folders as the tree, so
a review shows them as the code they are. `pytest --snapshot-update` writes them. This module
needs syrupy.
"""

from pathlib import Path

from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode
from syrupy.location import PyTestLocation
from syrupy.types import SnapshotIndex

IGNORED = frozenset({"__pycache__", "manifest.json"})
"""What is no generated code: the manifest has nothing in it but the hashes of the rest."""


class TreeExtension(SingleFileSnapshotExtension):
    """Keeps a text in a file of the name that it is given, folders included."""

    _write_mode = WriteMode.TEXT

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:
        """Return the folder of a test's snapshots."""
        folder = Path(super().dirname(test_location=test_location))
        return str(folder / test_location.snapshot_name)

    @classmethod
    def get_file_basename(cls, *, test_location: PyTestLocation, index: SnapshotIndex) -> str:
        """Return the file's path below that folder."""
        return str(index)

    @classmethod
    def get_location(cls, *, test_location: PyTestLocation, index: SnapshotIndex) -> str:
        """Return the file's whole path, whose extension is the one of the name."""
        return str(Path(cls.dirname(test_location=test_location)) / str(index))

    @classmethod
    def matches_test_location(
        cls, *, test_location: PyTestLocation, snapshot_location: str
    ) -> bool:
        """Return whether a snapshot is one of a test's: it lies in the test's folder.

        syrupy goes by the name of the file, which here is the one of the tree.
        """
        folder = Path(cls.dirname(test_location=test_location))
        return Path(snapshot_location).is_relative_to(folder)


def assert_tree(folder: Path, snapshot: SnapshotAssertion) -> None:
    """Compare every file of a generated tree with its snapshot.

    Args:
        folder: The tree.
        snapshot: syrupy's fixture.

    Raises:
        AssertionError: A file differs from its snapshot, has none, or is there no longer.
    """
    paths = sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not IGNORED.intersection(path.relative_to(folder).parts)
    )
    assert paths, f"there are no files in {folder}"
    names = {path.relative_to(folder).as_posix() for path in paths}
    kept = Path(TreeExtension.dirname(test_location=snapshot.test_location))
    for orphan in sorted(path for path in kept.rglob("*") if path.is_file()):
        if IGNORED.intersection(orphan.relative_to(kept).parts):
            continue
        name = orphan.relative_to(kept).as_posix()
        if name not in names and snapshot.update_snapshots:
            orphan.unlink()
        assert name in names or snapshot.update_snapshots, f"{name} is generated no longer"
    for path in paths:
        name = path.relative_to(folder).as_posix()
        text = path.read_text(encoding="utf-8")
        assert text == snapshot(name=name, extension_class=TreeExtension), name
