"""Ids that become others: numbers, texts and UUIDs, with all that refers to them."""

from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg  # pyright: ignore[reportMissingTypeStubs]
import pytest
from migrated_database import Database, SQLiteDatabase
from migration_project import Project
from table_schemas import INTEGER, TEXT, column, index, key, link, plain, table
from table_schemas import database as schema

from starmodel_generator.migrations.alembic_runner import MigrationFailure
from starmodel_generator.migrations.autodetector import diff_schemas
from starmodel_generator.migrations.migration_plan import MigrationOptions
from starmodel_generator.migrations.writer.description import describe
from starmodel_schemas import ColumnSchema, ColumnType, DatabaseSchema

_DRIVER: Any = asyncpg
UUIDS = plain("uuid")
FIRST, SECOND = UUID(int=7), UUID("0123e567-89ab-4def-8123-456789abcdef")
KINDS: dict[str, tuple[ColumnType, bool]] = {
    "text": (TEXT, False),
    "given": (INTEGER, False),
    "number": (INTEGER, True),
    "uuid": (UUIDS, False),
}


def shop(kind: str, *, later: bool = False) -> DatabaseSchema:
    """Orders with ids of some kind; lines, tags and other orders refer to them."""
    type_, is_identity = KINDS[kind]
    id = ColumnSchema(name="id", type=type_, path=("id",), identity=is_identity)
    follows = ColumnSchema(name="follows_id", type=type_, path=("follows",), nullable=True)
    order = ColumnSchema(name="order_id", type=type_, path=("order",))
    pairs = link("order_tags", "order", "tag")
    changed = pairs.columns[0].model_copy(update={"type": type_})
    pairs = pairs.model_copy(update={"columns": (changed, *pairs.columns[1:])})
    more = [column("more", INTEGER, default=0)] if later else []
    return schema(
        table("tag"),
        table(
            "order",
            id,
            column("customer"),
            follows,
            *more,
            key("order", "follows_id", "order", "set_null"),
            index("order", "follows_id"),
            index("order", "customer", "follows_id"),
        ),
        pairs,
        table(
            "line",
            order,
            key("line", "order_id", "order", "cascade"),
            index("line", "order_id", unique=True),
        ),
    )


def rows(first: object, second: object) -> dict[str, list[dict[str, Any]]]:
    return {
        "order": [
            {"id": first, "customer": "Ada", "follows_id": None},
            {"id": second, "customer": "Bob", "follows_id": first},
        ],
        "tag": [{"id": "t"}],
        "order_tags": [{"order_id": second, "tag_id": "t", "position": 0}],
        "line": [{"id": "l", "order_id": second}],
    }


@pytest.mark.parametrize(
    ("before", "after", "old", "new"),
    [
        ("number", "text", (1, 12), ("1", "12")),
        ("text", "number", ("1", "12"), (1, 12)),
        ("given", "text", (1, 12), ("1", "12")),
        ("text", "given", ("1", "12"), (1, 12)),
        ("uuid", "text", (FIRST, SECOND), (str(FIRST), str(SECOND))),
        ("text", "uuid", (str(FIRST), str(SECOND)), (FIRST, SECOND)),
    ],
)
@pytest.mark.parametrize("later", [False, True])
def test_ids_become_others_with_what_refers_to_them(
    database: Database,
    tmp_path: Path,
    before: str,
    after: str,
    old: tuple[object, object],
    new: tuple[object, object],
    later: bool,
) -> None:
    project = Project(tmp_path, database.url)
    first = project.write(shop(before))
    project.migrator.upgrade()
    as_it_was = database.reflect()
    database.insert(shop(before), rows(*old))
    kept = database.select(shop(before))
    plan = diff_schemas(shop(before), shop(after, later=later))
    assert {each.kind for each in plan.findings} <= {"data"}

    project.write(shop(after, later=later))
    project.migrator.upgrade()
    found = database.select(shop(after))
    assert found == rows(*new)
    if isinstance(database, SQLiteDatabase):
        fresh = SQLiteDatabase(tmp_path / "fresh.db")
        (tmp_path / "made").mkdir()
        made = Project(tmp_path / "made", fresh.url)
        made.write(shop(after, later=later))
        made.migrator.upgrade()
        assert database.reflect() == fresh.reflect()
    if after == "number":
        add = "INSERT INTO \"order\" (customer, row_version) VALUES ('Eve', 1) RETURNING id"
        add = (
            add.replace("customer,", "customer, more,").replace("'Eve',", "'Eve', 0,")
            if later
            else add
        )
        assert database.run(add) == [(13,)]
        database.run('DELETE FROM "order" WHERE id = 13')
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        database.insert(shop(after), {"line": [{"id": "x", "order_id": _other(after)}]})

    project.migrator.downgrade(first)
    assert database.select(shop(before)) == kept
    assert database.reflect() == as_it_was
    database.run("DELETE FROM \"order\" WHERE customer = 'Ada'")
    assert database.select(shop(before))["order"][0]["follows_id"] is None
    database.run('DELETE FROM "order"')
    assert [database.select(shop(before))[name] for name in ("line", "order_tags")] == [[], []]


def test_texts_that_are_no_numbers_stop_it(database: Database, tmp_path: Path) -> None:
    project = Project(tmp_path, database.url)
    project.write(shop("text"))
    project.migrator.upgrade()
    database.insert(shop("text"), rows("1", "twelve"))
    project.write(shop("number"))
    with pytest.raises(MigrationFailure):
        project.migrator.upgrade()
    assert [row["id"] for row in database.select(shop("text"))["order"]] == ["1", "twelve"]


@pytest.mark.parametrize(
    ("before", "after", "old"),
    [
        ("number", "uuid", (1, 12)),
        ("given", "uuid", (1, 12)),
        ("uuid", "number", (SECOND, FIRST)),
        ("text", "uuid", ("any", "text")),
        # Sorted as texts, so that new numbers are among the old texts.
        ("text", "number", ("2", "1")),
        ("text", "number", ("3", "2")),
    ],
)
def test_every_row_gets_a_new_id(
    database: Database, tmp_path: Path, before: str, after: str, old: tuple[object, object]
) -> None:
    project = Project(tmp_path, database.url)
    first = project.write(shop(before))
    project.migrator.upgrade()
    as_it_was = database.reflect()
    database.insert(shop(before), rows(*old))
    accepted = MigrationOptions(frozenset({"new-ids:order"}))
    plan = diff_schemas(shop(before), shop(after, later=True), accepted)
    [finding] = plan.findings
    assert (finding.kind, finding.key, finding.accepted) == ("lossy", "new-ids:order", True)
    assert "give every row of order a new id, with all that refers to it" in describe(plan.up)

    second = project.write(shop(after, later=True), accepted)
    project.migrator.upgrade()
    ids = {row["customer"]: row["id"] for row in database.select(shop(after))["order"]}
    assert database.select(shop(after)) == _sorted(rows(ids["Ada"], ids["Bob"]))
    if after == "uuid":
        assert {id.version for id in ids.values()} == {4}
    else:
        assert {*ids.values()} == {1, 2}
        add = (
            "INSERT INTO \"order\" (customer, more, row_version) VALUES ('Eve', 0, 1) RETURNING id"
        )
        assert database.run(add) == [(3,)]
        database.run('DELETE FROM "order" WHERE id = 3')
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        database.insert(shop(after), {"line": [{"id": "x", "order_id": _other(after)}]})

    project.migrator.downgrade(first)
    assert database.reflect() == as_it_was
    ids = {row["customer"]: row["id"] for row in database.select(shop(before))["order"]}
    assert database.select(shop(before)) == _sorted(rows(ids["Ada"], ids["Bob"]))
    project.migrator.upgrade(second)


@pytest.mark.parametrize(("before", "after"), [("number", "uuid"), ("uuid", "number")])
def test_new_ids_have_to_be_meant(before: str, after: str) -> None:
    [finding] = diff_schemas(shop(before), shop(after)).obstacles
    assert (finding.kind, finding.key) == ("lossy", "new-ids:order")
    assert finding.help == "say that it is meant: `--accept new-ids:order`"


def test_texts_may_be_given_up_for_numbers() -> None:
    plan = diff_schemas(shop("text"), shop("number"))
    assert plan.obstacles == ()
    helps = [each.help for each in plan.findings if each.subject == "order.id"]
    assert helps == [
        "look for them in the database first; or give all of them new ids:"
        " `--accept new-ids:order`"
    ]


def test_a_new_table_refers_to_ids_once_they_are_others() -> None:
    after = shop("text")
    note = table("note", column("order_id"), key("note", "order_id", "order"))
    findings = diff_schemas(shop("number"), schema(*after.tables, note)).findings
    assert [each.help for each in findings] == ["do it in two migrations, the ids first"]


def _sorted(rows: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    return rows | {"order": sorted(rows["order"], key=lambda row: row["id"])}


def _other(kind: str) -> object:
    return {"text": "none", "uuid": UUID(int=99)}.get(kind, 99)
