"""Begin

Revision ID: 0001_begin
Revises:

Steps:
- create table decision
"""

import sqlalchemy as sa
from alembic import op

revision = "0001_begin"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the migration."""
    op.create_table(
        "decision",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("what", sa.String(200), nullable=False),
        sa.Column("who", sa.String(40), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("row_version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint(
            "length(what) BETWEEN 1 AND 200", name="ck_decision_what_length"
        ),
        sa.CheckConstraint("length(who) <= 40", name="ck_decision_who_length"),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("decision")
