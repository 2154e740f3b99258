"""The members' door: a comparison is shown with the evidence that allows it, of which a member may read kind and day."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let it be read."""
    op.execute("GRANT SELECT (id, kind, seen_on) ON rrp_evidence TO aubaine_member")


def downgrade() -> None:
    """Hide it again."""
    op.execute("REVOKE SELECT (id, kind, seen_on) ON rrp_evidence FROM aubaine_member")
