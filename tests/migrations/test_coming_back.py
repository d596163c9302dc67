"""A required column that was dropped, and that no value fits, comes back without one."""

from pathlib import Path

from migrated_database import Database
from migration_project import Project
from table_schemas import INTEGER, at_least, column, index, key, plain, table
from table_schemas import database as schema

from starmodel_generator.migrations.alembic_runner import BASE
from starmodel_generator.migrations.migration_plan import MigrationOptions

AUTHOR = table("author")
FULL = (
    column("author_id"),
    column("code"),
    column("stock", INTEGER, default=0),
    key("post", "author_id", "author"),
    index("post", "author_id"),
    index("post", "code", unique=True),
)
BEGUN = schema(AUTHOR, table("post", *FULL))
BOUND = schema(AUTHOR, table("post", *FULL, at_least("post", "stock", "0")))
LEFT = schema(
    AUTHOR, table("post", column("stock", INTEGER, default=0), at_least("post", "stock", "0"))
)
DROPS = MigrationOptions(frozenset({"drop-column:post.author_id", "drop-column:post.code"}))
ROWS = {
    "author": [{"id": "a"}],
    "post": [
        {"id": "1", "author_id": "a", "code": "x", "stock": 1},
        {"id": "2", "author_id": "a", "code": "y", "stock": 2},
    ],
}


def test_it_comes_back_optional(database: Database, tmp_path: Path) -> None:
    project = Project(tmp_path, database.url)
    first = project.write(BEGUN)
    bound = project.write(BOUND)
    project.migrator.upgrade()
    database.insert(BOUND, ROWS)
    left = project.write(LEFT, DROPS)
    project.migrator.upgrade()
    dropped = database.reflect()

    project.migrator.downgrade(bound)
    empty = [{**row, "author_id": None, "code": None} for row in ROWS["post"]]
    assert database.select(BOUND)["post"] == empty
    project.migrator.upgrade()
    assert database.reflect() == dropped

    project.migrator.downgrade(first)
    assert database.select(BEGUN)["post"] == empty, "SQLite wrote the table anew once more"
    database.run("UPDATE post SET author_id = 'a', code = id")
    project.migrator.upgrade()
    assert database.reflect() == dropped
    project.migrator.downgrade(BASE)
    assert database.reflect() == {}

    text = project.text(left)
    assert (
        "Taken back, these come back optional and empty, though they were required:\n"
        "- post.author_id\n- post.code\n"
    ) in text
    up, _, down = text.partition("def downgrade")
    assert "# post." not in up and "    # post.code was required. It comes back optional" in down


def test_a_column_of_another_type_does_so_too(database: Database, tmp_path: Path) -> None:
    old = schema(table("post", column("code"), index("post", "code", unique=True)))
    listed = schema(table("post", column("code", plain("json"), default="[]")))
    project = Project(tmp_path, database.url)
    first = project.write(old)
    project.migrator.upgrade()
    database.insert(old, {"post": [{"id": "1", "code": "x"}, {"id": "2", "code": "y"}]})
    project.write(listed, MigrationOptions(frozenset({"replace-column:post.code"})))
    project.migrator.upgrade()
    project.migrator.downgrade(first)
    assert database.select(old)["post"] == [{"id": "1", "code": None}, {"id": "2", "code": None}]
