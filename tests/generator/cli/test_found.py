"""What a run has found, and what it has passed over."""

import pytest
from shop_project import Shop

TABLE = """
from sqlmodel import Field, SQLModel


class Note(SQLModel, table=True):
    id: int = Field(primary_key=True)
"""


def test_entities_and_modules_are_counted(shop: Shop) -> None:
    done = shop.starmodel("generate")
    assert done.code == 0
    assert done.err.endswith(" removed.\n1 entity in 1 module.\n")
    shop.write(
        "pyproject.toml", shop.read("pyproject.toml").replace("shop/entities.py", "shop/all")
    )
    shop.write("shop/all/a.py", "from starmodel import *\nclass A1b(Entity): ...\n")
    shop.write(
        "shop/all/b.py", "from starmodel import *\nclass B1(Entity): ...\nclass B2c(Entity): ...\n"
    )
    shop.change("shop/all/b.py", "B1", "B1d")
    done = shop.starmodel("generate")
    assert (done.code, done.err.splitlines()[-1]) == (0, "3 entities in 2 modules.")


def test_a_table_that_is_no_entity_is_told_of(shop: Shop) -> None:
    shop.write("shop/entities.py", shop.read("shop/entities.py") + TABLE)
    done = shop.starmodel("generate", "--format", "concise")
    assert done.code == 0
    assert "warning[SM132] class-passed-over: class `Note` has `table=True`" in done.err


def test_nothing_but_such_tables_is_a_mistake(shop: Shop) -> None:
    shop.write("shop/entities.py", TABLE)
    done = shop.starmodel("generate", "--format", "concise")
    assert done.code == 1
    assert "error[SM133] no-entities" in done.err
    assert "`Note` (inherits from SQLModel)" in done.err
    assert not (shop.root / "shop/generated").exists()


@pytest.mark.parametrize("files", [{}, {"shop/all/__init__.py": ""}, {"shop/all/notes.txt": "x"}])
def test_a_folder_without_entities_is_a_mistake(shop: Shop, files: dict[str, str]) -> None:
    shop.write(
        "pyproject.toml", shop.read("pyproject.toml").replace("shop/entities.py", "shop/all")
    )
    (shop.root / "shop/all").mkdir()
    for path, text in files.items():
        shop.write(path, text)
    for arguments in (["generate"], ["generate", "--check"]):
        done = shop.starmodel(*arguments, "--format", "concise")
        assert done.code == 1
        assert "error[SM133] no-entities" in done.err
        assert "`shop/all`" in done.err


def test_a_file_that_cannot_be_read_has_no_missing_entities(shop: Shop) -> None:
    shop.write("shop/entities.py", "class (:\n")
    done = shop.starmodel("generate", "--format", "concise")
    assert done.code == 1
    assert "SM001" in done.err and "SM133" not in done.err
