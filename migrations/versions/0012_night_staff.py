"""The night staff tidies after itself, and people find what needs them: failed runs, orders, unexplained payments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NEEDS_A_PERSON = "name IN ('payment.unexplained', 'payment.explained')"


def upgrade() -> None:
    """Add them."""
    op.execute("GRANT DELETE ON job_runs, pulses TO aubaine_worker")
    op.create_index(
        "ix_job_runs_failed",
        "job_runs",
        ["id"],
        postgresql_where=sa.text("state IN ('failed', 'given_up')"),
    )
    op.create_index(
        "ix_orders_ref_prefix", "orders", ["ref"], postgresql_ops={"ref": "varchar_pattern_ops"}
    )
    op.create_index("ix_orders_state_id", "orders", ["state", "id"])
    op.create_index(
        "ix_withdrawals_waiting",
        "withdrawals",
        ["id"],
        postgresql_where=sa.text("received_at IS NULL"),
    )
    op.create_index(
        "ix_events_payments", "events", ["name", "id"], postgresql_where=sa.text(NEEDS_A_PERSON)
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_events_payments", "events")
    op.drop_index("ix_withdrawals_waiting", "withdrawals")
    op.drop_index("ix_orders_state_id", "orders")
    op.drop_index("ix_orders_ref_prefix", "orders")
    op.drop_index("ix_job_runs_failed", "job_runs")
    op.execute("REVOKE DELETE ON job_runs, pulses FROM aubaine_worker")
