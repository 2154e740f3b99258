"""Checkout: a hold is paid for once, an order remembers its bag, and Stripe is called at a measured pace."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them."""
    op.drop_constraint("uq_order_lines_hold_id", "order_lines", type_="unique")
    op.create_index("ix_order_lines_hold", "order_lines", ["hold_id"])
    op.create_index(
        "uq_order_lines_paid_hold",
        "order_lines",
        ["hold_id"],
        unique=True,
        postgresql_where=sa.text("paid_at IS NOT NULL"),
    )
    op.add_column(
        "orders", sa.Column("bag_sha256", sa.String(64), server_default="", nullable=False)
    )
    op.create_index(
        "ix_orders_awaiting",
        "orders",
        ["pay_by"],
        postgresql_where=sa.text("state = 'awaiting_payment'"),
    )
    op.add_column(
        "payments", sa.Column("session_ends_at", sa.DateTime(timezone=True), nullable=False)
    )
    op.create_table(
        "gates",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_gates"),
    )
    for door in ("member", "operator", "worker"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON gates TO aubaine_{door}")


def downgrade() -> None:
    """Take them away."""
    op.drop_table("gates")
    op.drop_column("payments", "session_ends_at")
    op.drop_index("ix_orders_awaiting", "orders")
    op.drop_column("orders", "bag_sha256")
    op.drop_index("uq_order_lines_paid_hold", "order_lines")
    op.drop_index("ix_order_lines_hold", "order_lines")
    op.create_unique_constraint("uq_order_lines_hold_id", "order_lines", ["hold_id"])
