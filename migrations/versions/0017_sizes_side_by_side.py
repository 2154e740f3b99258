"""One row of a brand's file may hold several sizes side by side: each of them is judged as a row of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

UNIQUE = "uq_import_rows_brand_id_import_id_number"
UNIQUE_WITH_PART = "uq_import_rows_brand_id_import_id_number_part"
VERDICT = "ck_import_rows_rowverdict"
PROGRESS = "ck_imports_progress"
BEFORE = ("pending", "new", "changed", "same", "refused", "extra")


def upgrade() -> None:
    """Parts are counted from 1; the raw cells stand with part 0."""
    op.add_column(
        "import_rows", sa.Column("part", sa.SmallInteger(), server_default="0", nullable=False)
    )
    op.alter_column("import_rows", "cells", server_default="[]")
    op.create_unique_constraint(
        op.f(UNIQUE_WITH_PART), "import_rows", ["brand_id", "import_id", "number", "part"]
    )
    op.drop_constraint(op.f(UNIQUE), "import_rows", type_="unique")
    _verdicts((*BEFORE, "spread"))
    op.drop_constraint(op.f(PROGRESS), "imports", type_="check")
    op.create_check_constraint(
        op.f(PROGRESS), "imports", sa.text("rows_done >= 0 AND rows_total >= 0")
    )


def downgrade() -> None:
    """Only what a row says as a whole is kept."""
    op.execute("DELETE FROM import_rows WHERE part > 0")
    op.execute("UPDATE import_rows SET verdict = 'pending' WHERE verdict = 'spread'")
    op.execute("UPDATE imports SET rows_done = least(rows_done, rows_total)")
    op.drop_constraint(op.f(PROGRESS), "imports", type_="check")
    op.create_check_constraint(op.f(PROGRESS), "imports", sa.text("rows_done <= rows_total"))
    _verdicts(BEFORE)
    op.create_unique_constraint(op.f(UNIQUE), "import_rows", ["brand_id", "import_id", "number"])
    op.drop_constraint(op.f(UNIQUE_WITH_PART), "import_rows", type_="unique")
    op.alter_column("import_rows", "cells", server_default=None)
    op.drop_column("import_rows", "part")


def _verdicts(known: tuple[str, ...]) -> None:
    values = ", ".join(f"'{each}'" for each in known)
    op.drop_constraint(op.f(VERDICT), "import_rows", type_="check")
    op.create_check_constraint(op.f(VERDICT), "import_rows", sa.text(f"verdict IN ({values})"))
