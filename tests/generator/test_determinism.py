"""Same input, same bytes: any folder, hash seed, file order, line ending, locale."""

import shutil
from pathlib import Path

from shop_project import Shop

CASES = Path(__file__).parents[1] / "cases"
CONFIG = '[tool.starmodel]\nentities = ["shop/cases"]\noutput = "shop/generated"\n'
USED = ("types", "events", "records", "hostile")


def project(folder: Path, *, line_end: bytes = b"\n") -> Shop:
    """One project of several cases."""
    shop = Shop(folder)
    (folder / "shop/entities.py").unlink()
    shop.write("pyproject.toml", CONFIG)
    shop.write("shop/cases/__init__.py", "")
    for case in USED:
        text = (CASES / case / "entities.py").read_bytes()
        (folder / f"shop/cases/{case}.py").write_bytes(text.replace(b"\n", line_end))
    return shop


def generated(shop: Shop) -> dict[str, bytes]:
    return {
        path: text
        for path, text in shop.tree().items()
        if path.startswith("shop/generated/") and not path.endswith("manifest.json")
    }


def test_nothing_but_the_input_decides_about_the_output(tmp_path: Path) -> None:
    first = project(tmp_path / "first")
    assert first.starmodel("generate").code == 0
    expected = generated(first)
    assert len(expected) > 20
    for number, environment in enumerate(
        (
            {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "Asia/Tokyo"},
            {"PYTHONHASHSEED": "77", "LC_ALL": "tr_TR.UTF-8", "PYTHONUTF8": "0"},
        )
    ):
        other = project(tmp_path / f"another folder {number}" / "deeper")
        assert other.spawn("generate", environment=environment).code == 0
        assert generated(other) == expected
    windows = project(tmp_path / "windows", line_end=b"\r\n")
    assert windows.starmodel("generate").code == 0
    assert generated(windows) == expected
    backwards = project(tmp_path / "backwards")
    files = [f"shop/cases/{case}.py" for case in reversed(USED)]
    backwards.change("pyproject.toml", '["shop/cases"]', str(files).replace("'", '"'))
    assert backwards.starmodel("generate").code == 0
    assert generated(backwards) == expected


def test_what_was_there_before_makes_no_difference(tmp_path: Path) -> None:
    shop = project(tmp_path)
    assert shop.starmodel("generate").code == 0
    expected = shop.tree()
    assert shop.starmodel("generate").code == 0
    assert shop.tree() == expected
    for path in expected:
        if path.startswith("shop/generated/"):
            text = expected[path].decode()
            shop.write(path, f"<<<<<<< HEAD\n{text}=======\n{text}>>>>>>> other\n")
    assert shop.starmodel("generate").code == 0
    assert shop.tree() == expected
    shutil.rmtree(tmp_path / "shop/generated")
    assert shop.starmodel("generate").code == 0
    assert shop.tree() == expected


def test_only_what_belongs_to_the_change_changes(tmp_path: Path) -> None:
    shop = project(tmp_path)
    assert shop.starmodel("generate").code == 0
    before = shop.tree()
    shop.change("shop/cases/events.py", "runs: int = 0", "runs: int = 1")
    assert shop.starmodel("generate").code == 0
    changed = {path for path, text in shop.tree().items() if text != before[path]}
    assert changed <= {
        "shop/cases/events.py",
        "shop/generated/schema.json",
        "shop/generated/manifest.json",
    }
