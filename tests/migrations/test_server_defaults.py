"""Defaults of the database's: made, changed, taken away, and taken back, on both databases."""

from pathlib import Path
from typing import Any

from migrated_database import Database
from migration_project import Project
from table_schemas import INTEGER, TEXT, column, numeric, plain, table
from table_schemas import database as schema

from starmodel_schemas import ColumnSchema, ColumnType, DatabaseSchema

KINDS: dict[str, tuple[ColumnType, Any]] = {
    "stars": (INTEGER, 3),
    "kind": (TEXT, "it's :new"),
    "open": (plain("bool"), True),
    "share": (plain("float"), 0.5),
    "price": (numeric(9, 2), "1.50"),
    "seen_at": (plain("datetime"), "current_timestamp"),
    "token": (plain("uuid"), "00000000-0000-0000-0000-000000000001"),
}


def kept(name: str, *, default: bool = True, **changes: Any) -> ColumnSchema:
    type_, value = KINDS[name]
    column_ = column(name, changes.pop("type_", type_), default=value)
    return column_.model_copy(update={"server_default": value if default else None, **changes})


def version(*columns: ColumnSchema) -> DatabaseSchema:
    return schema(table("note", *columns))


def add_row(database: Database, id: str) -> tuple[Any, ...]:
    """Add a row of which nothing is said, as another program would, and return it."""
    database.run(f"INSERT INTO note (id, row_version) VALUES ('{id}', 1)")
    return database.run(f"SELECT * FROM note WHERE id = '{id}'")[0]


def made(database: Database, id: str) -> dict[str, Any]:
    names = [*KINDS]
    add_row(database, id)
    row = database.run(f"SELECT {', '.join(names)} FROM note WHERE id = '{id}'")[0]
    return {
        name: database.decode(value, KINDS[name][0]) for name, value in zip(names, row, strict=True)
    }


def expect(values: dict[str, Any]) -> None:
    assert {name: str(values[name]) for name in ("stars", "kind", "open", "share", "price")} == {
        "stars": "3",
        "kind": "it's :new",
        "open": "True",
        "share": "0.5",
        "price": "1.50",
    }
    assert str(values["token"]).endswith("0001")
    assert values["seen_at"].utcoffset() is not None


def test_a_new_table_has_them(database: Database, tmp_path: Path) -> None:
    project = Project(tmp_path, database.url)
    project.write(version(*map(kept, KINDS)))
    project.migrator.upgrade()
    expect(made(database, "1"))


def test_they_come_with_new_columns_and_go_again(database: Database, tmp_path: Path) -> None:
    project = Project(tmp_path, database.url)
    project.write(version())
    project.migrator.upgrade()
    add_row(database, "old")
    project.write(version(*map(kept, KINDS)))
    project.migrator.upgrade()
    names = ", ".join(KINDS)
    old = database.run(f"SELECT {names} FROM note WHERE id = 'old'")[0]
    assert None not in old
    expect(made(database, "new"))
    before = database.reflect()
    project.migrator.downgrade("-1")
    assert len(database.run("SELECT * FROM note")) == 2
    project.migrator.upgrade()
    assert database.reflect() == before
    expect(made(database, "again"))


def test_a_default_is_given_changed_and_taken(database: Database, tmp_path: Path) -> None:
    project = Project(tmp_path, database.url)
    without = version(*(kept(name, default=False, nullable=True) for name in KINDS))
    project.write(without)
    project.migrator.upgrade()
    assert set(add_row(database, "1")) == {"1", 1, None}
    project.write(version(*(kept(name, nullable=True) for name in KINDS)))
    project.migrator.upgrade()
    expect(made(database, "2"))
    other = [kept(name, nullable=True) for name in KINDS if name != "stars"]
    project.write(version(*other, kept("stars", nullable=True, server_default=4)))
    project.migrator.upgrade()
    add_row(database, "3")
    stars = database.run("SELECT id, stars FROM note ORDER BY id")
    assert [tuple(row) for row in stars] == [("1", None), ("2", 3), ("3", 4)]
    project.write(without)
    project.migrator.upgrade()
    assert set(add_row(database, "4")) == {"4", 1, None}
    project.migrator.downgrade("-1")
    add_row(database, "5")
    assert database.run("SELECT stars FROM note WHERE id = '5'")[0][0] == 4


def test_a_column_of_another_type_keeps_one(database: Database, tmp_path: Path) -> None:
    project = Project(tmp_path, database.url)
    project.write(version(kept("stars"), kept("price")))
    project.migrator.upgrade()
    add_row(database, "1")
    wider = kept("price", type_=numeric(12, 3), server_default="2.500")
    words = kept("stars", type_=TEXT, server_default="9")
    project.write(version(words, wider))
    project.migrator.upgrade()
    add_row(database, "2")
    rows = database.run("SELECT stars, price FROM note ORDER BY id")
    read = [(stars, str(database.decode(price, numeric(12, 3)))) for stars, price in rows]
    assert read == [("3", "1.500"), ("9", "2.500")]
    project.migrator.downgrade("-1")
    add_row(database, "3")
    assert database.run("SELECT count(*) FROM note")[0][0] == 3
