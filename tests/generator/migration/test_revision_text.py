"""The text of a revision: readable, black's, and the same whatever the hash seed."""

import hashlib
import os
import subprocess
import sys

import black
import pytest
from schema_edits import EDITS, Edit
from table_schemas import INTEGER, at_least, column, database, numeric, plain, table, text

from starmodel_generator.migrations.autodetector import EMPTY, diff_schemas
from starmodel_generator.migrations.migration_plan import MigrationOptions
from starmodel_generator.migrations.writer.revision_text import (
    Revision,
    empty_revision_text,
    revision_text,
)

REVISION = Revision("0002_edit", "0001_begin", "Edit")


def texts(edit: Edit) -> list[str]:
    answers = edit.answers
    return [
        revision_text(REVISION, diff_schemas(EMPTY, edit.old)),
        revision_text(REVISION, diff_schemas(edit.old, edit.new, answers)),
    ]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.label.replace(" ", "-"))
def test_it_is_as_black_would_have_it(edit: Edit) -> None:
    for written in texts(edit):
        assert black.format_str(written, mode=black.Mode()) == written
        compile(written, "revision", "exec")


def test_the_same_bytes_under_every_hash_seed() -> None:
    program = "from test_revision_text import digest; print(digest())"
    found: set[str] = set()
    for seed in ("0", "1", "2", "3", "4"):
        environment = {
            **os.environ,
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": os.pathsep.join([os.path.dirname(__file__), *sys.path]),
        }
        done = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        found.add(done.stdout)
    assert len(found) == 1


def digest() -> str:
    """One hash over the revisions of all edits."""
    whole = "".join(written for edit in EDITS for written in texts(edit))
    return hashlib.sha256(whole.encode()).hexdigest()


def test_what_an_expression_makes_is_looked_at_on_sqlite() -> None:
    old = database(table("product", column("title")))
    new = database(
        table("product", column("title"), column("made", plain("datetime")), column("note"))
    )
    given = {"product.made": "lower(title)", "product.note": "lower(title)"}
    written = revision_text(REVISION, diff_schemas(old, new, MigrationOptions(backfills=given)))
    assert black.format_str(written, mode=black.Mode()) == written
    assert written.count("refuse(") == 2, "the function, and one use of it"
    up = written.partition("def upgrade")[2].partition("def downgrade")[0]
    assert up.rpartition("batch.")[2].count("if sqlite:\n        refuse(") == 1
    assert "product.made would have values that are no datetime" in "".join(
        up.split('"\n            "')
    )
    literal = revision_text(
        REVISION,
        diff_schemas(
            old, new, MigrationOptions(backfills={**given, "product.made": "'2024-12-31'"})
        ),
    )
    assert "refuse(" not in literal and "'2024-12-31 00:00:00.000000'" in literal


def test_how_it_reads() -> None:
    old = database(table("product", column("title", text(40)), column("old", INTEGER)))
    new = database(
        table(
            "product",
            column("name", text(40), was="title"),
            column("price", numeric(9, 2), default="0.50"),
            at_least("product", "price", "0.01"),
        )
    )
    plan = diff_schemas(old, new, MigrationOptions(frozenset({"drop-column:product.old"})))
    assert revision_text(Revision("0002_prices", "0001_begin", "Prices"), plan) == EXPECTED


EXPECTED = '''\
"""Prices

Revision ID: 0002_prices
Revises: 0001_begin

Steps:
- rename column product.title to name
- add column product.price, decimal with 2 of 9 digits after the point
- drop column product.old
- add check ck_product_price_ge

Accepted:
- drop-column:product.old: the column `product.old` is dropped, with its values
"""

import sqlalchemy as sa
from alembic import op

revision = "0002_prices"
down_revision = "0001_begin"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the migration."""
    sqlite = op.get_context().dialect.name == "sqlite"
    op.alter_column("product", "title", new_column_name="name")
    op.add_column(
        "product",
        sa.Column(
            "price",
            sa.Numeric(9, 2).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
    )
    op.execute(
        "UPDATE product SET price = 50" if sqlite else "UPDATE product SET price = 0.50"
    )
    before = sa.Table(
        "product",
        sa.MetaData(),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("old", sa.BigInteger(), nullable=False),
        sa.Column("row_version", sa.BigInteger(), nullable=False),
        sa.Column(
            "price",
            sa.Numeric(9, 2).with_variant(sa.BigInteger(), "sqlite"),
            nullable=True,
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("product", copy_from=before) as batch:
        batch.drop_column("old")
        batch.alter_column("price", nullable=False)
        batch.create_check_constraint(
            "ck_product_price_ge", "price >= 1" if sqlite else "price >= 0.01"
        )


def downgrade() -> None:
    """Take it back; what was dropped comes back empty."""
    sqlite = op.get_context().dialect.name == "sqlite"
    op.alter_column("product", "name", new_column_name="title")
    op.add_column("product", sa.Column("old", sa.BigInteger(), nullable=True))
    op.execute("UPDATE product SET old = 0")
    before = sa.Table(
        "product",
        sa.MetaData(),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("title", sa.String(40), nullable=False),
        sa.Column(
            "price",
            sa.Numeric(9, 2).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("row_version", sa.BigInteger(), nullable=False),
        sa.Column("old", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint(
            "price >= 1" if sqlite else "price >= 0.01", name="ck_product_price_ge"
        ),
    )
    with op.batch_alter_table("product", copy_from=before) as batch:
        batch.drop_constraint("ck_product_price_ge", type_="check")
        batch.drop_column("price")
        batch.alter_column("old", nullable=False)
'''


def test_an_empty_one() -> None:
    written = empty_revision_text(Revision("0001_import", None, 'Import "all" customers'))
    assert black.format_str(written, mode=black.Mode()) == written
    assert 'revision = "0001_import"\ndown_revision = None\n' in written
    assert "import sqlalchemy" not in written


def test_hostile_texts_stay_data() -> None:
    hostile = '"""\nimport os; os.abort()\n'
    written = empty_revision_text(Revision("0001_x", None, hostile))
    compiled = compile(written, "revision", "exec")
    names: dict[str, object] = {}
    exec(compiled, names)
    assert "os" not in names
    old = database(table("thing"))
    new = database(
        table("thing", column("value", text(), default="'; DROP TABLE thing; -- :x %s\\"))
    )
    assert "''; DROP TABLE thing; -- \\\\:x %s\\\\'" in revision_text(
        REVISION, diff_schemas(old, new)
    )
