"""What a brand approved of its sale, kept beside the approval, so that it is told what is no longer so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An approval of before has nothing to compare with: its changes are told by their events alone."""
    op.add_column("sales", sa.Column("approved_plan", postgresql.JSONB(), nullable=True))
    op.execute("GRANT UPDATE (approved_plan) ON sales TO aubaine_brand")


def downgrade() -> None:
    """Changes are told by their events alone."""
    op.drop_column("sales", "approved_plan")
