"""How statements are written for PostgreSQL."""

import pytest

from starmodel.stores.sql.builders import delete, insert, insert_from, update
from starmodel.stores.sql.drivers.driver import Statement
from starmodel.stores.sql.drivers.postgres_cte import combine, number, single

BY_VERSION = "id = ? AND row_version = ?"
UPDATE = update("product", {"stock": "?", "row_version": "?"}, BY_VERSION, is_single=True).bind(
    1, 2, 3, 4
)
INSERT = insert("product", {"id": "?", "stock": "?", "row_version": "?"}, expects=1).bind(1, 2, 3)
DELETE = delete("product", BY_VERSION, is_single=True).bind(1, 2)
OUTBOX = insert("outbox", {"id": "?", "body": "?"}).bind(1, 2)
GRAVE = insert("grave", {"id": "?", "version": "?"}, key=["id"]).bind(1, 2)
TAGGED = insert("tagged", {"product_id": "?", "tag_id": "?"}).bind(1, 2)


@pytest.mark.parametrize(
    ("sql", "written"),
    [
        ("SELECT 1", "SELECT 1"),
        ("a = ? AND b = ?", "a = $1 AND b = $2"),
        ("a IN (?,?,?)", "a IN ($1,$2,$3)"),
    ],
)
def test_parameters_have_numbers(sql: str, written: str) -> None:
    assert number(sql) == written


def test_a_statement_that_may_change_too_many_rows_needs_a_transaction() -> None:
    for statement in (UPDATE, INSERT, DELETE):
        sql = number(statement.sql)
        assert single(statement) == (f"{sql} RETURNING 1", False, True)
        assert single(statement._replace(expects=None)) == (sql, False, True)
    assert not single(update("product", {"stock": "?"}, "true")._replace(expects=1)).is_whole
    assert not single(delete("product", "id = ?")._replace(expects=1)).is_whole
    assert not single(UPDATE._replace(expects=2)).is_whole
    assert single(delete("product", "id = ?", returns="id")).returns
    assert single(Statement("SELECT 1")).returns


def test_a_change_and_its_record_are_one_statement_without_an_error() -> None:
    combined = combine([UPDATE, OUTBOX, GRAVE])
    assert combined is not None
    assert combined.sql == (
        'WITH part0(v) AS (UPDATE "product" SET "stock" = $1, "row_version" = $2'
        " WHERE id = $3 AND row_version = $4 RETURNING 1),"
        ' part1 AS (INSERT INTO "outbox" ("id", "body")'
        " SELECT $5, $6 WHERE (SELECT count(*) FROM part0) = 1),"
        ' part2 AS (INSERT INTO "grave" ("id", "version")'
        " SELECT $7, $8 WHERE (SELECT count(*) FROM part0) = 1"
        ' ON CONFLICT ("id") DO UPDATE SET "version" = excluded."version")'
        " SELECT v FROM part0"
    )
    assert combined.targets == ("product", "outbox", "grave")


def test_a_row_and_those_that_belong_to_it_are_one_statement() -> None:
    floor = "(SELECT coalesce(max(version), 0) + 1 FROM grave WHERE id = ?)"
    values = {"id": "?", "row_version": floor}
    added = insert("product", values, returns="row_version", reads=["grave"], expects=1)
    combined = combine([added.bind(1, 2), TAGGED, TAGGED, OUTBOX])
    assert combined is not None
    assert "SELECT $3, $4 WHERE" in combined.sql
    assert "SELECT $7, $8 WHERE" in combined.sql
    assert combined.places == (0,)


def test_several_changes_are_one_statement_that_fails_whole() -> None:
    combined = combine([UPDATE, UPDATE, OUTBOX])
    assert combined is not None
    assert "nullif" in combined.sql
    assert combined.sql.count("RETURNING 1") == 2


@pytest.mark.parametrize(
    "statements",
    [
        [UPDATE],
        # One would not see what the other has done.
        [UPDATE, DELETE],
        [
            INSERT,
            insert_from("outbox", {"id": "id"}, "FROM product WHERE id = ?", reads=["product"]),
        ],
        [delete("tagged", "id = ?"), TAGGED],
        # The same row might be meant.
        [UPDATE._replace(expects=None)] * 2,
        [UPDATE, GRAVE, GRAVE],
        # What they return would be lost.
        [UPDATE, delete("outbox", "id = ?", returns="id")],
        [delete("outbox", "true", returns="id")._replace(expects=2), UPDATE],
        [UPDATE, Statement("SELECT 1")],
        [UPDATE] * 13,
    ],
    ids=range(10),
)
def test_what_might_not_do_the_same_stays_apart(statements: list[Statement]) -> None:
    assert combine(statements) is None
