"""One row of a brand's file may hold several sizes side by side: each of them is judged as a row of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

UNIQUE = "uq_import_rows_brand_id_import_id_number"
UNIQUE_WITH_PART = f"{UNIQUE}_part"
BEFORE = ("pending", "new", "changed", "same", "refused", "extra")


def upgrade() -> None:
    """Parts are counted from 1; the raw cells stand with part 0."""
    op.add_column(
        "import_rows", sa.Column("part", sa.SmallInteger(), server_default="0", nullable=False)
    )
    op.alter_column("import_rows", "cells", server_default="[]")
    _keep_apart(UNIQUE_WITH_PART, "brand_id, import_id, number, part", instead_of=UNIQUE)
    _check("import_rows", "rowverdict", _verdicts((*BEFORE, "spread")))
    _check("imports", "progress", "rows_done >= 0 AND rows_total >= 0")


def downgrade() -> None:
    """Only what a row says as a whole is kept."""
    op.execute("DELETE FROM import_rows WHERE part > 0")
    op.execute("UPDATE import_rows SET verdict = 'pending' WHERE verdict = 'spread'")
    op.execute("UPDATE imports SET rows_done = least(rows_done, rows_total)")
    _check("imports", "progress", "rows_done <= rows_total")
    _check("import_rows", "rowverdict", _verdicts(BEFORE))
    _keep_apart(UNIQUE, "brand_id, import_id, number", instead_of=UNIQUE_WITH_PART)
    op.alter_column("import_rows", "cells", server_default=None)
    op.drop_column("import_rows", "part")


def _verdicts(known: tuple[str, ...]) -> str:
    return "verdict IN ({})".format(", ".join(f"'{each}'" for each in known))


def _keep_apart(name: str, columns: str, *, instead_of: str) -> None:
    """A unique constraint whose index is built while files go on being read."""
    with op.get_context().autocommit_block():
        op.execute(f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON import_rows ({columns})")
    op.execute(f"ALTER TABLE import_rows ADD CONSTRAINT {name} UNIQUE USING INDEX {name}")
    op.execute(f"ALTER TABLE import_rows DROP CONSTRAINT {instead_of}")


def _check(table: str, name: str, rule: str) -> None:
    """A new CHECK under an old name, looked at without keeping readers out."""
    constraint = f"ck_{table}_{name}"
    op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {constraint} CHECK ({rule}) NOT VALID")
    with op.get_context().autocommit_block():
        op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {constraint}")
