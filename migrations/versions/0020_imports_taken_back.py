"""A file may be let in by a policy of the brand's, withdraw what it no longer names, and be taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

STATES = (
    "uploaded", "reading", "mapping", "judging", "previewed", "applying", "finished", "failed", "cancelled",
)  # fmt: skip
POLICIES = ("refuse_all", "refuse_failed", "ignore_failed")


def upgrade() -> None:
    """Remember what letting a row in changed, until it is taken back."""
    op.add_column("imports", sa.Column("policy", sa.String(length=40)))
    op.add_column(
        "imports", sa.Column("withdraws", sa.Boolean(), server_default="false", nullable=False)
    )
    op.add_column(
        "imports",
        sa.Column("withdrawn", postgresql.JSONB(), server_default="[]", nullable=False),
    )
    op.add_column("import_rows", sa.Column("undo", postgresql.JSONB()))
    _one_of("policy", "policy", POLICIES)
    op.execute("ALTER TABLE imports DROP CONSTRAINT ck_imports_importstate")
    _one_of("importstate", "state", (*STATES, "undoing", "undone"))


def downgrade() -> None:
    """What was taken back was cancelled."""
    op.execute("UPDATE imports SET state = 'cancelled' WHERE state IN ('undoing', 'undone')")
    op.execute("ALTER TABLE imports DROP CONSTRAINT ck_imports_importstate")
    _one_of("importstate", "state", STATES)
    op.drop_column("import_rows", "undo")
    for column in ("withdrawn", "withdraws", "policy"):
        op.drop_column("imports", column)


def _one_of(name: str, column: str, values: tuple[str, ...]) -> None:
    """A CHECK that is looked at without keeping readers out."""
    known = ", ".join(f"'{each}'" for each in values)
    constraint = f"ck_imports_{name}"
    op.execute(
        f"ALTER TABLE imports ADD CONSTRAINT {constraint} CHECK ({column} IN ({known})) NOT VALID"
    )
    with op.get_context().autocommit_block():
        op.execute(f"ALTER TABLE imports VALIDATE CONSTRAINT {constraint}")
