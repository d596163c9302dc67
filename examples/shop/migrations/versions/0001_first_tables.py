"""First tables

Revision ID: 0001_first_tables
Revises:

Steps:
- create table tag
- create table product
- create table product_tags
- create table customer
- create table order
- create table order_line
"""

import sqlalchemy as sa
from alembic import op

revision = "0001_first_tables"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the migration."""
    op.create_table(
        "tag",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("row_version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 40", name="ck_tag_name_length"),
    )
    op.create_index("uq_tag_name", "tag", ["name"], unique=True)
    op.create_table(
        "product",
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
    )
    op.create_index("ix_product_title", "product", ["title"])
    op.create_index("uq_product_sku", "product", ["sku"], unique=True)
    op.create_table(
        "product_tags",
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("tag_id", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("product_id", "tag_id"),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["product.id"],
            name="fk_product_tags_product_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tag_id"],
            ["tag.id"],
            name="fk_product_tags_tag_id",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_product_tags_tag_id", "product_tags", ["tag_id"])
    op.create_table(
        "customer",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("row_version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint(
            "length(name) BETWEEN 1 AND 120",
            name="ck_customer_name_length",
        ),
        sa.CheckConstraint("length(email) <= 254", name="ck_customer_email_length"),
    )
    op.create_index("uq_customer_email", "customer", ["email"], unique=True)
    op.create_table(
        "order",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("row_version", sa.BigInteger(), nullable=False),
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
    )
    op.create_index("ix_order_customer_id", "order", ["customer_id"])
    op.create_table(
        "order_line",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column(
            "price",
            sa.Numeric(12, 2).with_variant(sa.BigInteger(), "sqlite"),
            nullable=False,
        ),
        sa.Column("row_version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint("quantity >= 1", name="ck_order_line_quantity_ge"),
        sa.CheckConstraint("quantity <= 1000", name="ck_order_line_quantity_le"),
        sa.CheckConstraint("price >= 0", name="ck_order_line_price_ge"),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["order.id"],
            name="fk_order_line_order_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["product.id"],
            name="fk_order_line_product_id",
            ondelete="RESTRICT",
        ),
    )
    op.create_index("ix_order_line_order_id", "order_line", ["order_id"])
    op.create_index("ix_order_line_product_id", "order_line", ["product_id"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("order_line")
    op.drop_table("order")
    op.drop_table("customer")
    op.drop_table("product_tags")
    op.drop_table("product")
    op.drop_table("tag")
