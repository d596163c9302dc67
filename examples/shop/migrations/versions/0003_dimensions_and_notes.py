"""Dimensions and notes

Revision ID: 0003_dimensions_and_notes
Revises: 0002_rename_title_to_name

Steps:
- add column product.dimensions_width, integer
- add column product.dimensions_height, integer
- add column product.dimensions_depth, integer
- add check ck_product_dimensions_width_ge
- add check ck_product_dimensions_height_ge
- add check ck_product_dimensions_depth_ge
- add index ix_product_status_name
- add column order.note, text of at most 500 characters
- add check ck_order_note_length
"""

import sqlalchemy as sa
from alembic import op

revision = "0003_dimensions_and_notes"
down_revision = "0002_rename_title_to_name"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the migration."""
    op.add_column(
        "product",
        sa.Column("dimensions_width", sa.BigInteger(), nullable=True),
    )
    op.add_column(
        "product",
        sa.Column("dimensions_height", sa.BigInteger(), nullable=True),
    )
    op.add_column(
        "product",
        sa.Column("dimensions_depth", sa.BigInteger(), nullable=True),
    )
    op.execute("UPDATE product SET dimensions_width = 0")
    op.execute("UPDATE product SET dimensions_height = 0")
    op.execute("UPDATE product SET dimensions_depth = 0")
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
        sa.Column("dimensions_width", sa.BigInteger(), nullable=True),
        sa.Column("dimensions_height", sa.BigInteger(), nullable=True),
        sa.Column("dimensions_depth", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint(
            "length(name) BETWEEN 1 AND 120",
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
        sa.Index("ix_product_name", "name"),
        sa.Index("uq_product_sku", "sku", unique=True),
    )
    with op.batch_alter_table("product", copy_from=before) as batch:
        batch.alter_column("dimensions_width", nullable=False)
        batch.alter_column("dimensions_height", nullable=False)
        batch.alter_column("dimensions_depth", nullable=False)
        batch.create_check_constraint(
            "ck_product_dimensions_width_ge",
            "dimensions_width >= 0",
        )
        batch.create_check_constraint(
            "ck_product_dimensions_height_ge",
            "dimensions_height >= 0",
        )
        batch.create_check_constraint(
            "ck_product_dimensions_depth_ge",
            "dimensions_depth >= 0",
        )
    op.create_index("ix_product_status_name", "product", ["status", "name"])
    op.add_column("order", sa.Column("note", sa.String(500), nullable=True))
    op.execute("UPDATE \"order\" SET note = ''")
    before = sa.Table(
        "order",
        sa.MetaData(),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("row_version", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(500), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint(
            "status IN ('open', 'placed', 'cancelled')",
            name="ck_order_status_choices",
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name="fk_order_customer_id",
            ondelete="RESTRICT",
        ),
        sa.Index("ix_order_customer_id", "customer_id"),
    )
    with op.batch_alter_table("order", copy_from=before) as batch:
        batch.alter_column("note", nullable=False)
        batch.create_check_constraint("ck_order_note_length", "length(note) <= 500")


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_product_status_name", table_name="product")
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
        sa.Column("dimensions_width", sa.BigInteger(), nullable=False),
        sa.Column("dimensions_height", sa.BigInteger(), nullable=False),
        sa.Column("dimensions_depth", sa.BigInteger(), nullable=False),
        sa.Column("row_version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint(
            "length(name) BETWEEN 1 AND 120",
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
        sa.CheckConstraint(
            "dimensions_width >= 0",
            name="ck_product_dimensions_width_ge",
        ),
        sa.CheckConstraint(
            "dimensions_height >= 0",
            name="ck_product_dimensions_height_ge",
        ),
        sa.CheckConstraint(
            "dimensions_depth >= 0",
            name="ck_product_dimensions_depth_ge",
        ),
        sa.Index("ix_product_name", "name"),
        sa.Index("uq_product_sku", "sku", unique=True),
    )
    with op.batch_alter_table("product", copy_from=before) as batch:
        batch.drop_constraint("ck_product_dimensions_width_ge", type_="check")
        batch.drop_constraint("ck_product_dimensions_height_ge", type_="check")
        batch.drop_constraint("ck_product_dimensions_depth_ge", type_="check")
        batch.drop_column("dimensions_width")
        batch.drop_column("dimensions_height")
        batch.drop_column("dimensions_depth")
    before = sa.Table(
        "order",
        sa.MetaData(),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("row_version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint(
            "status IN ('open', 'placed', 'cancelled')",
            name="ck_order_status_choices",
        ),
        sa.CheckConstraint("length(note) <= 500", name="ck_order_note_length"),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name="fk_order_customer_id",
            ondelete="RESTRICT",
        ),
        sa.Index("ix_order_customer_id", "customer_id"),
    )
    with op.batch_alter_table("order", copy_from=before) as batch:
        batch.drop_constraint("ck_order_note_length", type_="check")
        batch.drop_column("note")
