"""Goods that come back in parts: what is still missing goes on as a withdrawal of its own, and pieces can be refused."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

NAMED = "fk_withdrawals_follows_id_withdrawals"


def upgrade() -> None:
    """Say which part follows which, and why pieces of it were refused."""
    op.add_column("withdrawals", sa.Column("follows_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "withdrawals",
        sa.Column("refused", postgresql.JSONB(), server_default="{}", nullable=False),
    )
    op.execute(
        f"ALTER TABLE withdrawals ADD CONSTRAINT {NAMED} FOREIGN KEY (follows_id)"
        " REFERENCES withdrawals (id) ON DELETE RESTRICT NOT VALID"
    )
    with op.get_context().autocommit_block():
        op.execute(f"ALTER TABLE withdrawals VALIDATE CONSTRAINT {NAMED}")
        op.create_index(
            op.f("ix_withdrawals_follows_id"),
            "withdrawals",
            ["follows_id"],
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    """All goods of a withdrawal come back at once again."""
    op.drop_index(op.f("ix_withdrawals_follows_id"), "withdrawals")
    op.drop_constraint(NAMED, "withdrawals", type_="foreignkey")
    op.drop_column("withdrawals", "refused")
    op.drop_column("withdrawals", "follows_id")
