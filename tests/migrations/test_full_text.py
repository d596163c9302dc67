"""Full-text indexes: made, changed, taken away and made again around rows that are there."""

import sqlite3
from contextlib import closing
from pathlib import Path

from migrated_database import Database, SQLiteDatabase
from migration_project import Project
from table_schemas import TEXT, at_least, column, index, key, plain, table, text
from table_schemas import database as schema

from starmodel.stores.sql.drivers.driver import Dialect
from starmodel.stores.sql.statements.full_text import condition, create_statements
from starmodel_generator.migrations.alembic_runner import BASE
from starmodel_generator.migrations.autodetector import diff_schemas
from starmodel_generator.migrations.migration_plan import MigrationOptions
from starmodel_generator.migrations.writer.description import describe
from starmodel_schemas import TableSchema

ID = column("id", TEXT)
TITLE, BODY = column("title", TEXT), column("body", text(500), nullable=True)


def searchable(made: TableSchema, *columns: str) -> TableSchema:
    return made.model_copy(update={"searchable": columns})


BOOK = table("book", ID, TITLE, BODY)
NAMED = column("name", TEXT, was="title")
STEPS: list[TableSchema] = [
    BOOK,
    searchable(BOOK, "title"),
    searchable(BOOK, "title", "body"),
    # SQLite writes none of it anew.
    searchable(table("book", ID, TITLE, BODY, index("book", "title")), "title", "body"),
    searchable(table("book", ID, TITLE, column("body", TEXT, nullable=True)), "title", "body"),
    searchable(table("book", ID, NAMED, column("body", TEXT, nullable=True)), "name", "body"),
    searchable(table("work", ID, NAMED, column("body", TEXT, nullable=True), was="book"), "name"),
    table("work", ID, NAMED, column("body", TEXT, nullable=True)),
]


def found(database: Database, made: TableSchema, asked: str) -> list[str]:
    """Return the ids of what is found, once all that the index is for has been done."""
    dialect: Dialect = "sqlite" if database.dialect == "sqlite" else "postgresql"
    name = made.columns[1].name
    database.run(
        f"INSERT INTO {made.name} (id, {name}, row_version) VALUES ('new', 'Red wine', 1),"
        " ('gone', 'red', 1)"
    )
    database.run(f"UPDATE {made.name} SET {name} = 'White wine' WHERE id = 'new'")
    database.run(f"DELETE FROM {made.name} WHERE id = 'gone'")
    sql, parameters = condition(made.name, "id", made.searchable, asked, dialect)
    sql = sql.replace("?", database.placeholders(1))
    rows = database.run(f"SELECT id FROM {made.name} WHERE {sql} ORDER BY id", parameters)
    database.run(f"DELETE FROM {made.name} WHERE id = 'new'")
    return [row[0] for row in rows]


def check(database: Database, made: TableSchema) -> None:
    if not made.searchable:
        left = database.run(
            "SELECT name FROM sqlite_master WHERE name LIKE '%fts%'"
            if database.dialect == "sqlite"
            else "SELECT indexname FROM pg_indexes WHERE indexname LIKE '%fts%'"
        )
        assert left == []
        return
    assert found(database, made, "red") == ["b1"]
    assert found(database, made, "wine") == ["new"]
    assert found(database, made, "te") == (["b1", "b2"] if len(made.searchable) > 1 else ["b2"])


def test_an_index_follows_its_table(database: Database, tmp_path: Path) -> None:
    project = Project(tmp_path, database.url)
    accepted = MigrationOptions(frozenset({"change-type:book.body"}))
    revisions = [project.write(schema(made), accepted) for made in STEPS]
    project.migrator.upgrade(revisions[0])
    database.run(
        "INSERT INTO book (id, title, body, row_version) VALUES"
        " ('b1', 'A red book', 'of tea', 1), ('b2', 'Tea', NULL, 1)"
    )
    if isinstance(database, SQLiteDatabase):
        # As it is written for a review, where no database tells what hangs on a table.
        script = project.migrator.sql(revisions[0], revisions[-2], "sqlite")
        with closing(sqlite3.connect(database.path)) as connection:
            connection.executescript(script)
        check(database, STEPS[-2])
        project.migrator.downgrade(revisions[0])
    for place in (1, 2, 3, 4, 5, 6, 7):
        project.migrator.upgrade(revisions[place])
        check(database, STEPS[place])
    for place in (6, 4, 0):
        project.migrator.downgrade(revisions[place])
        check(database, STEPS[place])
    project.migrator.upgrade(revisions[5])
    check(database, STEPS[5])
    project.migrator.downgrade(BASE)
    assert database.reflect() == {}


def test_what_goes_with_a_row_is_found_no_more(database: Database, tmp_path: Path) -> None:
    project = Project(tmp_path, database.url)
    page = searchable(
        table(
            "page", ID, TITLE, column("book_id", TEXT), key("page", "book_id", "book", "cascade")
        ),
        "title",
    )
    first = project.write(schema(BOOK, page))
    project.migrator.upgrade(first)
    database.run("INSERT INTO book (id, title, row_version) VALUES ('b1', 'x', 1)")
    database.run("INSERT INTO page (id, title, book_id, row_version) VALUES ('p1', 'red', 'b1', 1)")
    # The table of another entity is written anew, and the triggers of all are set aside.
    changed = table("book", ID, TITLE, BODY, at_least("book", "row_version", "0"))
    second = project.write(schema(changed, page))
    project.migrator.upgrade(second)
    database.run("DELETE FROM book")
    database.run("INSERT INTO book (id, title, row_version) VALUES ('b1', 'x', 1)")
    database.run(
        "INSERT INTO page (id, title, book_id, row_version) VALUES ('p1', 'blue', 'b1', 1)"
    )
    dialect: Dialect = "sqlite" if database.dialect == "sqlite" else "postgresql"
    for asked, expected in (("red", []), ("blue", [("p1",)])):
        sql, parameters = condition("page", "id", ["title"], asked, dialect)
        sql = sql.replace("?", database.placeholders(1))
        assert database.run(f"SELECT id FROM page WHERE {sql}", parameters) == expected
    if database.dialect == "postgresql":
        # Small tables are read as they are, if nothing is said.
        name = database.run("SELECT current_database()")[0][0]
        database.run(f'ALTER DATABASE "{name}" SET enable_seqscan = off')
        sql = sql.replace("$1", "'blue'")
        plan = database.run(f"EXPLAIN SELECT id FROM page WHERE {sql}")
        assert "fts_page" in str(plan)
    project.migrator.downgrade(BASE)
    assert database.reflect() == {}


def test_rows_that_get_other_ids_are_found(database: Database, tmp_path: Path) -> None:
    project = Project(tmp_path, database.url)
    numbered = searchable(table("book", column("id", plain("integer")), TITLE), "title")
    project.write(schema(numbered))
    project.migrator.upgrade()
    database.run("INSERT INTO book (id, title, row_version) VALUES (1, 'red', 1), (2, 'blue', 1)")
    others = searchable(table("book", column("id", plain("uuid")), TITLE), "title")
    project.write(schema(others), MigrationOptions(frozenset({"new-ids:book"})))
    project.migrator.upgrade()
    dialect: Dialect = "sqlite" if database.dialect == "sqlite" else "postgresql"
    sql, parameters = condition("book", "id", ["title"], "red", dialect)
    sql = sql.replace("?", database.placeholders(1))
    assert database.run(f"SELECT title FROM book WHERE {sql}", parameters) == [("red",)]


def test_a_migration_says_what_is_indexed() -> None:
    plan = diff_schemas(schema(STEPS[0]), schema(STEPS[2]))
    assert describe(plan.up) == ("index the words of book: title, body",)
    assert describe(plan.down) == ("index no words of book",)
    assert diff_schemas(schema(STEPS[2]), schema(STEPS[2])).is_empty


def test_columns_may_have_the_names_of_the_index(database: Database) -> None:
    dialect: Dialect = "sqlite" if database.dialect == "sqlite" else "postgresql"
    columns = ["rank", "rowid", "fts_book", "owner", "new"]
    listed = ", ".join([f'"{name}" TEXT' for name in columns])
    database.run(f'CREATE TABLE "book" ("docid" TEXT PRIMARY KEY, {listed})')
    database.run("INSERT INTO book (docid, rank) VALUES ('b1', 'red')")
    for statement in create_statements("book", "docid", columns, dialect):
        database.run(statement)
    database.run("INSERT INTO book (docid, rowid, fts_book) VALUES ('b2', 'red', 'white')")
    database.run("UPDATE book SET owner = 'blue' WHERE docid = 'b1'")
    for asked, expected in (("red", ["b1", "b2"]), ("white", ["b2"]), ("blue", ["b1"])):
        sql, parameters = condition("book", "docid", columns, asked, dialect)
        sql = sql.replace("?", database.placeholders(1))
        rows = database.run(f"SELECT docid FROM book WHERE {sql} ORDER BY docid", parameters)
        assert [row[0] for row in rows] == expected


def test_words_end_at_any_sign(database: Database) -> None:
    dialect: Dialect = "sqlite" if database.dialect == "sqlite" else "postgresql"
    texts = [
        "“green” tea",
        "wine—red",
        "日本、茶",
        "l’été…",
        "¿qué?",
        "５＋６",
        "№7 ①",
        "x²y µm",
    ]
    database.run('CREATE TABLE "book" ("id" INTEGER PRIMARY KEY, "title" TEXT)')
    for statement in create_statements("book", "id", ["title"], dialect):
        database.run(statement)
    for place, title in enumerate(texts):
        database.run(f"INSERT INTO book (id, title) VALUES ({place}, '{title}')")
    for asked, expected in (
        ("green te", [0]),
        ("„green“ tea", [0]),
        ("red wine", [1]),
        ("茶 日本", [2]),
        ("été l", [3]),
        ("qué", [4]),
        ("６ ５", [5]),
        ("7 ①", [6]),
        ("x²y µm", [7]),
        ("—…", []),
    ):
        sql, parameters = condition("book", "id", ["title"], asked, dialect)
        sql = sql.replace("?", database.placeholders(1))
        assert database.run(f"SELECT id FROM book WHERE {sql}", parameters) == [
            (place,) for place in expected
        ], asked
