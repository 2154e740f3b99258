"""Edges and answers: sales whose hour is to come are found at once, and a thread knows who waits for a reply."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them."""
    op.create_index(
        "ix_sales_to_open",
        "sales",
        ["opens_at"],
        postgresql_where=sa.text("state = 'scheduled'"),
    )
    op.create_index(
        "ix_sales_to_close",
        "sales",
        ["closes_at"],
        postgresql_where=sa.text("state IN ('scheduled', 'open', 'paused')"),
    )
    op.create_index("ix_promises_by_due", "promises", ["due_at"])
    for column in ("last_message_at", "waiting_since"):
        op.add_column("threads", sa.Column(column, sa.DateTime(timezone=True)))
    op.create_index("ix_threads_last_message_at", "threads", ["last_message_at"])
    op.create_index(
        "ix_threads_waiting",
        "threads",
        ["waiting_since"],
        postgresql_where=sa.text("waiting_since IS NOT NULL"),
    )
    op.execute("GRANT UPDATE (last_message_at, waiting_since) ON threads TO aubaine_brand")


def downgrade() -> None:
    """Take them away."""
    op.execute("REVOKE UPDATE (last_message_at, waiting_since) ON threads FROM aubaine_brand")
    op.drop_index("ix_threads_waiting", "threads")
    op.drop_index("ix_threads_last_message_at", "threads")
    for column in ("waiting_since", "last_message_at"):
        op.drop_column("threads", column)
    op.drop_index("ix_promises_by_due", "promises")
    op.drop_index("ix_sales_to_close", "sales")
    op.drop_index("ix_sales_to_open", "sales")
