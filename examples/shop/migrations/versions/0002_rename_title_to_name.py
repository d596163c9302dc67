"""Rename title to name

Revision ID: 0002_rename_title_to_name
Revises: 0001_first_tables

Steps:
- rename column product.title to name
- rename check ck_product_title_length to ck_product_name_length
- rename index ix_product_title to ix_product_name
"""

import sqlalchemy as sa
from alembic import op

revision = "0002_rename_title_to_name"
down_revision = "0001_first_tables"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the migration."""
    sqlite = op.get_context().dialect.name == "sqlite"
    if sqlite:
        op.drop_index("ix_product_title", table_name="product")
    op.alter_column("product", "title", new_column_name="name")
    if not sqlite:
        op.execute(
            "ALTER TABLE product RENAME CONSTRAINT ck_product_title_length TO"
            " ck_product_name_length"
        )
        op.execute("ALTER INDEX ix_product_title RENAME TO ix_product_name")
    before = sa.Table(
        "product",
        sa.MetaData(),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("sku", sa.String(32), nullable=False),
        sa.Column(
            "price",
            sa.Numeric(12, 2).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("stock", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("row_version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint(
            "length(name) BETWEEN 1 AND 120",
            name="ck_product_title_length",
        ),
        sa.CheckConstraint(
            "length(sku) BETWEEN 1 AND 32",
            name="ck_product_sku_length",
        ),
        sa.CheckConstraint("price >= 0", name="ck_product_price_ge"),
        sa.CheckConstraint("stock >= 0", name="ck_product_stock_ge"),
        sa.CheckConstraint(
            "status IN ('draft', 'active', 'retired')",
            name="ck_product_status_choices",
        ),
        sa.Index("uq_product_sku", "sku", unique=True),
    )
    with op.batch_alter_table("product", copy_from=before) as batch:
        if sqlite:
            batch.drop_constraint("ck_product_title_length", type_="check")
            batch.create_check_constraint(
                "ck_product_name_length",
                "length(name) BETWEEN 1 AND 120",
            )
    if sqlite:
        op.create_index("ix_product_name", "product", ["name"])


def downgrade() -> None:
    """Take it back."""
    sqlite = op.get_context().dialect.name == "sqlite"
    if sqlite:
        op.drop_index("ix_product_name", table_name="product")
    op.alter_column("product", "name", new_column_name="title")
    if not sqlite:
        op.execute(
            "ALTER TABLE product RENAME CONSTRAINT ck_product_name_length TO"
            " ck_product_title_length"
        )
        op.execute("ALTER INDEX ix_product_name RENAME TO ix_product_title")
    before = sa.Table(
        "product",
        sa.MetaData(),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("sku", sa.String(32), nullable=False),
        sa.Column(
            "price",
            sa.Numeric(12, 2).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("stock", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("row_version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint(
            "length(title) BETWEEN 1 AND 120",
            name="ck_product_name_length",
        ),
        sa.CheckConstraint(
            "length(sku) BETWEEN 1 AND 32",
            name="ck_product_sku_length",
        ),
        sa.CheckConstraint("price >= 0", name="ck_product_price_ge"),
        sa.CheckConstraint("stock >= 0", name="ck_product_stock_ge"),
        sa.CheckConstraint(
            "status IN ('draft', 'active', 'retired')",
            name="ck_product_status_choices",
        ),
        sa.Index("uq_product_sku", "sku", unique=True),
    )
    with op.batch_alter_table("product", copy_from=before) as batch:
        if sqlite:
            batch.drop_constraint("ck_product_name_length", type_="check")
            batch.create_check_constraint(
                "ck_product_title_length",
                "length(title) BETWEEN 1 AND 120",
            )
    if sqlite:
        op.create_index("ix_product_title", "product", ["title"])
