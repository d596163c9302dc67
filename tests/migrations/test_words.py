"""Words that a database reserves, as names of columns and of tables."""

from pathlib import Path

from migrated_database import Database
from migration_project import Project
from table_schemas import INTEGER, TEXT, column, index, table
from table_schemas import database as schema

from starmodel.stores.sql.tables.reserved_words import POSTGRESQL, SQLITE
from starmodel_generator.database.sql_keywords import RESERVED

WORDS = sorted(RESERVED)


def test_reserved_words_are_columns_and_tables(database: Database, tmp_path: Path) -> None:
    project = Project(tmp_path, database.url)
    plain = schema(table("thing", column("name", TEXT)), table("other", column("name", TEXT)))
    words = schema(
        table(
            "thing",
            column("name", TEXT),
            *[column(word, INTEGER, nullable=True) for word in WORDS],
            *[index("thing", word) for word in WORDS],
        ),
        table("other", column("name", TEXT)),
        *[table(word, column(word, TEXT)) for word in sorted(SQLITE | POSTGRESQL)],
    )
    for each in (plain, words):
        project.write(each)
    project.migrator.upgrade()
    database.insert(words, {"thing": [{"id": "1", "name": "a", **dict.fromkeys(WORDS, 7)}]})
    assert database.select(words)["thing"] == [{"id": "1", "name": "a", **dict.fromkeys(WORDS, 7)}]
    project.migrator.downgrade("base")
