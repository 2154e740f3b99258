"""Counter-notes: a note that told of too many units that left is corrected by another, which takes them back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

NAMED = "fk_exits_corrects_id"
SIGNED = (
    "CASE WHEN corrects_id IS NULL THEN units > 0 AND weight_g >= 0"
    " ELSE units < 0 AND weight_g <= 0 END"
)
CHECKS = (
    ("exits", "ck_exits_units", SIGNED),
    ("exit_lines", "ck_exit_lines_units", "units <> 0 AND weight_g >= 0"),
)


def upgrade() -> None:
    """Say which note corrects which; what it takes back is counted below zero."""
    op.add_column("exits", sa.Column("corrects_id", sa.BigInteger(), nullable=True))
    op.execute(
        f"ALTER TABLE exits ADD CONSTRAINT {NAMED} FOREIGN KEY (corrects_id)"
        " REFERENCES exits (id) ON DELETE RESTRICT NOT VALID"
    )
    for table, name, rule in CHECKS:
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({rule}) NOT VALID")
    with op.get_context().autocommit_block():
        op.execute(f"ALTER TABLE exits VALIDATE CONSTRAINT {NAMED}")
        for table, name, _ in CHECKS:
            op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
        op.create_index(
            op.f("ix_exits_corrects_id"), "exits", ["corrects_id"], postgresql_concurrently=True
        )


def downgrade() -> None:
    """Notes stay as they are written again; a house that has corrected one does not go back."""
    op.drop_index(op.f("ix_exits_corrects_id"), "exits")
    for table, name, _ in CHECKS:
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {name}"
            " CHECK (units > 0 AND weight_g >= 0) NOT VALID"
        )
    op.drop_constraint(NAMED, "exits", type_="foreignkey")
    op.drop_column("exits", "corrects_id")
