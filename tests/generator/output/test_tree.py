"""What becomes of each file, told from plain values."""

from starmodel_generator.output.comparison import Comparison, compare, unified_diff
from starmodel_generator.output.manifest import Manifest
from starmodel_generator.project.hashing import digest

OLD, NEW, EDITED = b"old\n", b"new\n", b"edited\n"


def owning(*paths: str, rivals: frozenset[str] = frozenset()) -> Manifest:
    return Manifest(
        generator="0.1.0",
        options="",
        entities=(),
        sources={},
        outputs=dict.fromkeys(paths, digest(OLD)),
        rivals=rivals,
    )


def verdicts(comparison: Comparison) -> dict[str, str]:
    return {change.path: change.verdict for change in comparison.changes}


def test_every_verdict() -> None:
    comparison = compare(
        planned=dict.fromkeys(["same", "new", "stale", "edited", "foreign", "adopted"], NEW),
        existing={
            "same": NEW,
            "stale": OLD,
            "edited": EDITED,
            "foreign": EDITED,
            "adopted": NEW,
            "orphan": OLD,
            "edited orphan": EDITED,
        },
        manifest=owning("same", "stale", "edited", "orphan", "edited orphan", "orphan long gone"),
    )
    assert verdicts(comparison) == {
        "same": "unchanged",
        "new": "missing",
        "stale": "stale",
        "edited": "edited",
        "foreign": "foreign",
        "adopted": "unchanged",
        "orphan": "orphaned",
        "edited orphan": "edited",
    }
    assert [change.path for change in comparison.differences] == sorted(
        ["new", "stale", "edited", "foreign", "orphan", "edited orphan"]
    )


def test_without_a_manifest_nothing_is_ours() -> None:
    comparison = compare({"a": NEW, "b": NEW}, {"a": OLD, "b": NEW}, None)
    assert verdicts(comparison) == {"a": "foreign", "b": "unchanged"}


def test_line_ends_of_a_checkout_are_no_edit() -> None:
    comparison = compare(
        {"same": NEW, "stale": NEW},
        {"same": b"new\r\n", "stale": b"old\r\n"},
        owning("same", "stale"),
    )
    assert verdicts(comparison) == {"same": "unchanged", "stale": "stale"}


def test_what_a_merge_left_is_no_edit() -> None:
    conflict = b"<<<<<<< HEAD\nold\n=======\nother\n>>>>>>> theirs\n"
    comparison = compare(
        {"conflict": NEW, "joined": NEW},
        {"conflict": conflict, "joined": b"old\nother\n", "gone": conflict},
        owning("conflict", "joined", "gone", rivals=frozenset({"joined"})),
    )
    assert verdicts(comparison) == {"conflict": "stale", "joined": "stale", "gone": "orphaned"}


def test_the_diff_applies_to_what_is_there() -> None:
    comparison = compare(
        {"new": b"one\n", "stale": "a\u2028b\nlast".encode()},
        {"stale": b"first\nlast", "orphan": OLD},
        Manifest(
            generator="",
            options="",
            entities=(),
            sources={},
            outputs={"stale": digest(b"first\nlast"), "orphan": digest(OLD)},
        ),
    )
    assert unified_diff(comparison.differences) == (
        "--- /dev/null\n+++ b/new\n@@ -0,0 +1 @@\n+one\n"
        "--- a/orphan\n+++ /dev/null\n@@ -1 +0,0 @@\n-old\n"
        "--- a/stale\n+++ b/stale\n@@ -1,2 +1,2 @@\n-first\n+a\u2028b\n last\n"
        "\\ No newline at end of file\n"
    )
