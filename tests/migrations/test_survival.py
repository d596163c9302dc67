"""What a migration must not take along, and what is left when one fails."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from migrated_database import Database, SQLiteDatabase
from migration_project import Project
from table_schemas import INTEGER, at_least, column, index, key, length, table, text

from starmodel_generator.migrations.alembic_runner import MigrationFailure
from starmodel_generator.migrations.migration_plan import MigrationOptions
from starmodel_schemas import DatabaseSchema, TableSchema

PARENT = table("author", column("name"))
CHILD = table("post", column("author_id"), key("post", "author_id", "author", "cascade"))
STRICTER = table("author", column("name", text(9)), length("author", "name", 1, 9))
ROWS = {
    "author": [{"id": "a", "name": "Ann"}],
    "post": [{"id": "1", "author_id": "a"}, {"id": "2", "author_id": "a"}],
}
ACCEPTED = MigrationOptions(frozenset({"change-type:author.name"}))


def test_what_was_added_by_hand_survives_a_table_written_anew(tmp_path: Path) -> None:
    file = SQLiteDatabase(tmp_path / "test.db")
    project = Project(tmp_path, file.url)
    file.run(
        "CREATE TABLE author (id TEXT NOT NULL, name TEXT NOT NULL COLLATE NOCASE,"
        " row_version BIGINT NOT NULL, mood TEXT DEFAULT 'f,i)n:e' CHECK (mood <> ':x'),"
        " PRIMARY KEY (id), CONSTRAINT loud CHECK (name <> 'quiet'), UNIQUE (name, mood))"
    )
    file.run(
        "CREATE TABLE post (id TEXT PRIMARY KEY NOT NULL, author_id TEXT NOT NULL,"
        " row_version BIGINT NOT NULL, CONSTRAINT fk_post_author_id FOREIGN KEY (author_id)"
        " REFERENCES author (id) ON DELETE CASCADE)"
    )
    file.run("CREATE TABLE log (text TEXT)")
    file.run("CREATE INDEX upper_name ON author (upper(name))")
    file.run("CREATE INDEX moody ON author (name) WHERE mood IS NOT NULL")
    file.run("CREATE VIEW names AS SELECT name FROM author")
    file.run(
        "CREATE TRIGGER told AFTER INSERT ON author BEGIN INSERT INTO log VALUES (new.name); END"
    )
    file.run(
        "CREATE TRIGGER counted AFTER INSERT ON post BEGIN"
        " UPDATE author SET row_version = row_version + 1 WHERE id = new.author_id; END"
    )
    begin = project.write(_schema(PARENT, CHILD))
    # As if the first migration had made the tables, and people had added to them.
    file.run("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)")
    file.run("INSERT INTO alembic_version VALUES (?)", [begin])
    file.insert(_schema(PARENT, CHILD), ROWS)
    hand_made = (
        "SELECT type, name, sql FROM sqlite_master WHERE type <> 'table' AND sql > '' ORDER BY name"
    )
    before = file.run(hand_made)
    assert len(before) == 5

    project.write(_schema(STRICTER, CHILD), ACCEPTED)
    project.migrator.upgrade()
    assert file.run(hand_made) == before
    assert file.run("SELECT id, name, mood FROM author") == [("a", "Ann", "f,i)n:e")]
    assert file.run("SELECT count(*) FROM post") == [(2,)]
    assert file.run("SELECT name FROM author WHERE name = 'ANN'") == [("Ann",)]
    for name, mood in (("quiet", "x"), ("b", ":x"), ("ann", "f,i)n:e"), ("", "x")):
        with pytest.raises(sqlite3.IntegrityError):
            file.run("INSERT INTO author VALUES ('x', ?, 1, ?)", [name, mood])
    file.run("INSERT INTO author (id, name, row_version) VALUES ('b', 'Bob', 1)")
    file.run("INSERT INTO post VALUES ('3', 'b', 1)")
    assert file.run("SELECT text FROM log") == [("Ann",), ("Bob",)]
    assert file.run("SELECT row_version, mood FROM author WHERE id = 'b'") == [(2, "f,i)n:e")]
    assert file.run("SELECT name FROM names ORDER BY name") == [("Ann",), ("Bob",)]
    file.run("DELETE FROM author WHERE id = 'a'")
    assert file.run("SELECT id FROM post") == [("3",)]


def test_a_failing_migration_leaves_nothing_half_made(database: Database, tmp_path: Path) -> None:
    project = Project(tmp_path, database.url)
    schema = _schema(PARENT, CHILD)
    first = project.write(schema)
    project.migrator.upgrade()
    database.insert(schema, {"author": [{"id": "a", "name": "x"}, {"id": "b", "name": "x"}]})
    at_first, rows = database.reflect(), database.select(schema)
    unique = table(
        "author",
        column("name"),
        column("stock", INTEGER, default=1),
        at_least("author", "stock", "0"),
        index("author", "name", unique=True),
    )
    project.write(_schema(PARENT, CHILD, table("tag", column("word"))))
    project.write(_schema(unique, CHILD, table("tag", column("word"), index("tag", "word"))))
    with pytest.raises(MigrationFailure, match=r"(?i)unique"):
        project.migrator.upgrade()
    assert database.reflect() == at_first
    assert database.select(schema) == rows
    assert project.migrator.current() == first

    database.run("DELETE FROM author WHERE id = 'b'")
    project.migrator.upgrade()
    assert database.run("SELECT stock FROM author") == [(1,)]


def test_broken_references_stop_a_sqlite_migration(tmp_path: Path) -> None:
    file = SQLiteDatabase(tmp_path / "test.db")
    project = Project(tmp_path, file.url)
    project.write(_schema(PARENT, table("post", column("author_id"))))
    project.migrator.upgrade()
    file.insert(
        _schema(PARENT, table("post", column("author_id"))),
        {"post": [{"id": "1", "author_id": "nobody"}]},
    )
    project.write(_schema(PARENT, CHILD))
    with pytest.raises(MigrationFailure, match="1 rows of post would refer to rows of author"):
        project.migrator.upgrade()
    assert file.reflect()["post"]["references"] == []


def test_two_processes_migrate_one_after_the_other(database: Database, tmp_path: Path) -> None:
    project = Project(tmp_path, database.url)
    project.write(_schema(PARENT))
    project.write(_schema(STRICTER, CHILD), ACCEPTED)
    program = (
        "import sys; from pathlib import Path; from starmodel_generator.migrations.alembic_runner import"
        " AlembicRunner; AlembicRunner(Path(sys.argv[1]), sys.argv[2]).upgrade()"
    )
    command = [sys.executable, "-c", program, str(project.folder), database.url]
    processes = [subprocess.Popen(command) for _ in range(2)]
    assert [process.wait(60) for process in processes] == [0, 0]
    assert sorted(database.reflect()) == ["author", "post"]


def _schema(*tables: TableSchema) -> DatabaseSchema:
    return DatabaseSchema(tables=tables)
