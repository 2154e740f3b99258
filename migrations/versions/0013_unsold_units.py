"""Units that a sale did not sell go back to their lot: the item still says what was offered, and what was freed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

CONSERVED = "ck_sale_items_conserved"


def upgrade() -> None:
    """Count them, within what is conserved."""
    op.add_column(
        "sale_items", sa.Column("freed", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.drop_constraint(op.f(CONSERVED), "sale_items", type_="check")
    op.create_check_constraint(
        op.f(CONSERVED),
        "sale_items",
        sa.text("freed >= 0 AND available + held + sold + freed = units"),
    )


def downgrade() -> None:
    """An item is again only what is still in its sale."""
    op.drop_constraint(op.f(CONSERVED), "sale_items", type_="check")
    op.execute("UPDATE sale_items SET units = units - freed WHERE freed > 0")
    op.drop_column("sale_items", "freed")
    op.create_check_constraint(
        op.f(CONSERVED), "sale_items", sa.text("available + held + sold = units")
    )
