"""PostgreSQL renames what only gets another name: nothing is checked or built a second time."""

from pathlib import Path

import pytest
from migrated_database import Database, PostgreSQLDatabase
from migration_project import Project
from table_schemas import INTEGER, at_least, column, index, key, length, table, text
from table_schemas import database as schema

OLD = schema(
    table("author"),
    table(
        "item",
        column("title", text(9)),
        column("stock", INTEGER),
        column("author_id"),
        at_least("item", "stock", "0"),
        length("item", "title", 1, 9),
        index("item", "title", unique=True),
        index("item", "stock", "title"),
        key("item", "author_id", "author"),
    ),
)
NEW = schema(
    table("author"),
    table(
        "product",
        column("name", text(9), was="title"),
        column("stock", INTEGER),
        column("author_id"),
        at_least("product", "stock", "0"),
        length("product", "name", 1, 9),
        index("product", "name", unique=True),
        index("product", "stock", "name"),
        key("product", "author_id", "author"),
        was="item",
    ),
)
ROWS = {
    "author": [{"id": "a"}],
    "item": [{"id": "1", "title": "Pot", "stock": 3, "author_id": "a"}],
}


@pytest.fixture
def renamed(database: Database, tmp_path: Path) -> Project:
    project = Project(tmp_path, database.url)
    project.write(OLD)
    project.migrator.upgrade()
    database.insert(OLD, ROWS)
    project.write(NEW)
    return project


def kept(database: Database) -> set[object]:
    """What the server knows indexes and constraints by, whatever they are called."""
    return {
        row[0]
        for row in database.run(
            "SELECT indexrelid FROM pg_index JOIN pg_class ON pg_class.oid = indrelid"
            " WHERE relname IN ('item', 'product')"
            " UNION ALL SELECT c.oid FROM pg_constraint c JOIN pg_class ON pg_class.oid = conrelid"
            " WHERE relname IN ('item', 'product') AND contype IN ('c', 'f')"
        )
    }


def test_the_same_constraints_and_indexes_are_there(renamed: Project, database: Database) -> None:
    at_first = database.reflect()
    before = kept(database) if isinstance(database, PostgreSQLDatabase) else set[object]()
    renamed.migrator.upgrade()
    found = database.reflect()["product"]
    assert "uq_product_name" in str(found) and "ix_product_stock_name" in str(found)
    assert "item" not in str(found["checks"] + found["indexes"] + found["references"])
    if isinstance(database, PostgreSQLDatabase):
        assert kept(database) == before and len(before) == 6
    assert database.select(NEW)["product"][0]["name"] == "Pot"
    renamed.migrator.downgrade("0001_create_author_and_item")
    assert database.reflect() == at_first
    if isinstance(database, PostgreSQLDatabase):
        assert kept(database) == before


def test_what_the_revision_says(renamed: Project) -> None:
    said = renamed.text("0002_rename_item_to_product")
    assert "- rename check ck_item_stock_ge to ck_product_stock_ge\n" in said
    assert "- rename reference fk_item_author_id to fk_product_author_id\n" in said
    assert "- rename index uq_item_title to uq_product_name\n" in said
    assert "drop check" not in said and "add index" not in said
