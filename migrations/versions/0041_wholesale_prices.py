"""What shops pay a brand for a variant, as its lists say it: confidential, as cost is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

NAMED = "ck_variants_wholesale"


def upgrade() -> None:
    """Make room for the price. Members' door reads named columns of variants, and this is none of them."""
    op.add_column("variants", sa.Column("wholesale_minor", sa.BigInteger(), nullable=True))
    op.execute(
        f"ALTER TABLE variants ADD CONSTRAINT {NAMED} CHECK (wholesale_minor >= 0) NOT VALID"
    )
    with op.get_context().autocommit_block():  # looking at every row must not keep readers out
        op.execute(f"ALTER TABLE variants VALIDATE CONSTRAINT {NAMED}")


def downgrade() -> None:
    """Forget what shops pay."""
    op.drop_constraint(NAMED, "variants", type_="check")
    op.drop_column("variants", "wholesale_minor")
