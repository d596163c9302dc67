"""The manifest: canonical text, and reading it in every state that a merge leaves it in."""

import json

from starmodel_generator.output.manifest import Manifest, has_conflict, read_manifest


def manifest(**outputs: str) -> Manifest:
    return Manifest(
        generator="0.1.0",
        options="0pt",
        entities=("shop/entities", "shop/más.py"),
        sources={"shop/entities/b.py": "b1", "shop/entities/a.py": "a1", "shop/gone.py": ""},
        outputs={f"shop/generated/{name}.py": value for name, value in outputs.items()},
        plugins=("openapi 1.2",),
        warnings=2,
    )


def test_text_is_sorted_json_with_one_path_a_line_and_reads_back() -> None:
    written = manifest(b="b2", a="a2")
    text = written.text()

    assert json.loads(text)["outputs"] == {"shop/generated/a.py": "a2", "shop/generated/b.py": "b2"}
    assert list(json.loads(text)["sources"]) == [
        "shop/entities/a.py",
        "shop/entities/b.py",
        "shop/gone.py",
    ]
    assert all(line.count('.py"') <= 1 for line in text.splitlines())
    assert text == manifest(a="a2", b="b2").text()

    read = read_manifest(text)
    assert read is not None
    assert read.text() == text
    assert (read.entities, read.plugins, read.warnings) == (
        ("shop/entities", "shop/más.py"),
        ("openapi 1.2",),
        2,
    )


def test_a_name_that_needs_escapes_is_still_json() -> None:
    text = Manifest(
        generator='0"1', options="", entities=('a"b\\c\u2028',), sources={}, outputs={}
    ).text()
    assert json.loads(text)["entities"] == ['a"b\\c\u2028']


def test_another_manifest_is_not_ours() -> None:
    assert read_manifest('{"name": "My web app", "outputs": {}}') is None
    assert read_manifest("") is None


def test_a_conflict_keeps_the_entries_of_both_sides() -> None:
    ours, theirs = manifest(app="mine", cart="c1"), manifest(app="yours", wish="w1")
    lines = ours.text().splitlines()
    start = next(i for i, line in enumerate(lines) if "app.py" in line)
    other = [line for line in theirs.text().splitlines() if "/generated/" in line]
    merged = [
        *lines[:start],
        "<<<<<<< HEAD",
        *lines[start : start + 2],
        "=======",
        *other,
        ">>>>>>> theirs",
        *lines[start + 2 :],
    ]
    text = "\n".join(merged)

    assert has_conflict(text.encode())
    read = read_manifest(text)
    assert read is not None
    assert set(read.outputs) == {f"shop/generated/{name}.py" for name in ("app", "cart", "wish")}
    assert read.rivals == {"shop/generated/app.py"}
    assert read.sources == ours.sources


def test_text_that_only_speaks_of_conflicts_is_none() -> None:
    assert not has_conflict(b'text = "<<<<<<< HEAD ======= >>>>>>> theirs"\n')
    assert not has_conflict(b"Title\n=======\n")


def test_a_number_that_is_too_long_counts_as_none() -> None:
    manifest = Manifest(generator="1", options="", entities=(), sources={}, outputs={})
    text = manifest.text().replace('"warnings": 0', '"warnings": ' + "9" * 5000)
    read = read_manifest(text)
    assert read is not None
    assert read.warnings == 0
