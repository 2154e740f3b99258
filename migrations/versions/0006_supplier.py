"""The brands' door.

A brand may accept a deal, which commits its units, and read a sheet of its file anew.
"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Grant what a brand's acceptance and a brand's change of sheet write."""
    op.execute("GRANT INSERT ON lots, stock_movements TO aubaine_brand")
    op.execute("GRANT DELETE ON import_rows TO aubaine_brand, aubaine_worker")
    op.create_index("ix_variants_collection", "variants", ["collection_id", "style_id"])


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_variants_collection", "variants")
    op.execute("REVOKE DELETE ON import_rows FROM aubaine_brand, aubaine_worker")
    op.execute("REVOKE INSERT ON lots, stock_movements FROM aubaine_brand")
