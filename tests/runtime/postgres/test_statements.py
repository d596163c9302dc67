"""How statements are written for PostgreSQL."""

import pytest

from starmodel.stores.sql.drivers.driver import Statement
from starmodel.stores.sql.drivers.postgres_cte import combine, number, single

UPDATE = "UPDATE product SET stock = ?, row_version = ? WHERE id = ? AND row_version = ?"
INSERT = "INSERT INTO product (id, stock, row_version) VALUES (?, ?, ?)"
DELETE = "DELETE FROM product WHERE id = ? AND row_version = ?"
OUTBOX = "INSERT INTO outbox (id, body) VALUES (?, ?)"
GRAVE = (
    "INSERT INTO grave (id, version) VALUES (?, ?)"
    " ON CONFLICT (id) DO UPDATE SET version = excluded.version"
)


def parts(*texts: tuple[str, int | None]) -> list[Statement]:
    return [Statement(sql, tuple(range(sql.count("?"))), expects) for sql, expects in texts]


@pytest.mark.parametrize(
    ("sql", "written"),
    [
        ("SELECT 1", "SELECT 1"),
        ("a = ? AND b = ?", "a = $1 AND b = $2"),
        ("a = '?' AND b = ?", "a = '?' AND b = $1"),
        ("a = 'it''s ?' AND b = ?", "a = 'it''s ?' AND b = $1"),
        ('"what?" = ? AND "a""?" = ?', '"what?" = $1 AND "a""?" = $2'),
        ("a = ? -- why?\n AND b = ?", "a = $1 -- why?\n AND b = $2"),
        ("é = ? AND 'ü' = ?", "é = $1 AND 'ü' = $2"),
        ("a IN (?,?,?)", "a IN ($1,$2,$3)"),
    ],
)
def test_parameters_have_numbers_and_texts_keep_their_question_marks(
    sql: str, written: str
) -> None:
    assert number(sql) == written


def test_a_statement_that_may_change_too_many_rows_needs_a_transaction() -> None:
    for sql in (UPDATE, INSERT, DELETE):
        assert single(sql, 1) == (f"{number(sql)} RETURNING 1", False, True)
        assert single(sql, None) == (number(sql), False, True)
    assert not single("UPDATE product SET stock = ?", 1).is_whole
    assert not single("DELETE FROM product WHERE id = ?", 1).is_whole
    assert not single(UPDATE, 2).is_whole
    assert single(f"{UPDATE} RETURNING row_version", 1).returns
    assert single("SELECT 1", None).returns


def test_a_change_and_its_record_are_one_statement_without_an_error() -> None:
    combined = combine(parts((UPDATE, 1), (OUTBOX, None), (GRAVE, None)))
    assert combined is not None
    assert combined.sql == (
        "WITH part0(v) AS (UPDATE product SET stock = $1, row_version = $2"
        " WHERE id = $3 AND row_version = $4 RETURNING 1),"
        " part1 AS (INSERT INTO outbox (id, body)"
        " SELECT $5, $6 WHERE (SELECT count(*) FROM part0) = 1),"
        " part2 AS (INSERT INTO grave (id, version)"
        " SELECT $7, $8 WHERE (SELECT count(*) FROM part0) = 1"
        " ON CONFLICT (id) DO UPDATE SET version = excluded.version)"
        " SELECT v FROM part0"
    )
    assert combined.targets == ("product", "outbox", "grave")


def test_a_row_and_those_that_belong_to_it_are_one_statement() -> None:
    tagged = "INSERT INTO tagged (product_id, tag_id) VALUES (?, ?)"
    floor = "(SELECT coalesce(max(version), 0) + 1 FROM grave WHERE id = ?)"
    insert = f"INSERT INTO product (id, row_version) VALUES (?, {floor}) RETURNING row_version"
    combined = combine(parts((insert, 1), (tagged, None), (tagged, None), (OUTBOX, None)))
    assert combined is not None
    assert "SELECT $3, $4 WHERE" in combined.sql
    assert "SELECT $7, $8 WHERE" in combined.sql
    assert combined.places == (0,)


def test_several_changes_are_one_statement_that_fails_whole() -> None:
    combined = combine(parts((UPDATE, 1), (UPDATE, 1), (OUTBOX, None)))
    assert combined is not None
    assert "nullif" in combined.sql
    assert combined.sql.count("RETURNING 1") == 2


@pytest.mark.parametrize(
    "statements",
    [
        parts((UPDATE, 1)),
        # One would not see what the other has done.
        parts((UPDATE, 1), (DELETE, 1)),
        parts((INSERT, 1), ("INSERT INTO outbox (id) SELECT id FROM product WHERE id = ?", None)),
        parts(("DELETE FROM tagged WHERE id = ?", None), ("INSERT INTO tagged VALUES (?)", None)),
        # The same row might be meant.
        parts((UPDATE, None), (UPDATE, None)),
        parts((UPDATE, 1), (GRAVE, None), (GRAVE, None)),
        # What they return would be lost.
        parts((UPDATE, 1), (f"{OUTBOX} RETURNING id", None)),
        parts((f"{UPDATE} RETURNING id, stock", 1), (UPDATE, 1)),
        parts((UPDATE, 1), ("SELECT 1", None)),
        parts(*[(UPDATE, 1)] * 13),
    ],
    ids=range(10),
)
def test_what_might_not_do_the_same_stays_apart(statements: list[Statement]) -> None:
    assert combine(statements) is None
