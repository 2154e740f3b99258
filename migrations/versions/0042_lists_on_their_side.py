"""Whether a list that a brand sent was turned: one article stood in each of its columns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for it; before a list is read nobody knows."""
    op.add_column("imports", sa.Column("turned", sa.Boolean(), nullable=True))


def downgrade() -> None:
    """Forget it."""
    op.drop_column("imports", "turned")
