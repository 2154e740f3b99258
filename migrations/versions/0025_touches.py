"""Touches between brands and their account managers, and when the clock noticed that a promise had passed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

OWN = "brand_id::text = current_setting('aubaine.brand_id', true)"
HOUSE = "aubaine_operator, aubaine_worker, aubaine_hallway, CURRENT_USER"
SHOWN = "id, brand_id, kind, planned_on, done_on, agreed, made_by_id, dropped_at, created_at"
"""What a brand reads of a touch: all but the house's own note."""


def upgrade() -> None:
    """Make the table with its walls, and the column with the index that the clock looks through."""
    _table()
    _walls()
    op.add_column("promises", sa.Column("noticed_at", sa.DateTime(timezone=True)))
    with op.get_context().autocommit_block():  # the table is written to while it is built
        op.create_index(
            "ix_promises_unnoticed",
            "promises",
            ["due_at"],
            postgresql_where=sa.text("kept_at IS NULL AND void_at IS NULL AND noticed_at IS NULL"),
            postgresql_concurrently=True,
        )


def _table() -> None:
    op.create_table(
        "touches",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("brand_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "call",
                "visit",
                "letter",
                name="touchkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("done_on", sa.Date()),
        sa.Column("agreed", sa.String(1000), server_default="", nullable=False),
        sa.Column("note", sa.String(1000), server_default="", nullable=False),
        sa.Column("made_by_id", sa.BigInteger(), nullable=False),
        sa.Column("dropped_at", sa.DateTime(timezone=True)),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("house_now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name="pk_touches"),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brands.id"], name="fk_touches_brand_id", ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["accounts.id"], name="fk_touches_made_by_id", ondelete="RESTRICT"
        ),
        sa.CheckConstraint("done_on IS NULL OR dropped_at IS NULL", name="ck_touches_one_end"),
    )
    op.create_index("ix_touches_brand", "touches", ["brand_id", "planned_on"])
    op.create_index("ix_touches_made_by_id", "touches", ["made_by_id"])


def _walls() -> None:
    op.execute("ALTER TABLE touches ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE touches FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY house ON touches TO {HOUSE} USING (true) WITH CHECK (true)")
    op.execute(
        f"CREATE POLICY own_brand ON touches TO aubaine_brand USING ({OWN}) WITH CHECK ({OWN})"
    )
    op.execute(
        f"CREATE POLICY brand_wall ON touches AS RESTRICTIVE TO aubaine_brand USING ({OWN}) WITH CHECK ({OWN})"
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON touches TO aubaine_operator")
    op.execute("GRANT SELECT ON touches TO aubaine_worker")
    op.execute(f"GRANT SELECT ({SHOWN}) ON touches TO aubaine_brand")


def downgrade() -> None:
    """Take them away."""
    with op.get_context().autocommit_block():
        op.drop_index("ix_promises_unnoticed", "promises", postgresql_concurrently=True)
    op.drop_column("promises", "noticed_at")
    op.drop_table("touches")
