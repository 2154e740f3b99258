"""Reminders: members who asked to be written to before a sale opens."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

FORGET = """
CREATE FUNCTION forget_reminders(most integer) RETURNS TABLE (kind text, gone bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- Delete reminders of sales that closed more than a month ago, at most so many. Rows that somebody else has locked are
-- left.
BEGIN
    kind := 'reminders';
    DELETE FROM reminders WHERE id IN (
        SELECT r.id FROM reminders r JOIN sales s ON s.id = r.sale_id
        WHERE s.closes_at < house_now() - interval '30 days'
        ORDER BY r.id LIMIT most FOR UPDATE OF r SKIP LOCKED
    );
    GET DIAGNOSTICS gone = ROW_COUNT; RETURN NEXT;
END $$
"""


def upgrade() -> None:
    """Make the table, which no brand reads, and the function that forgets."""
    op.create_table(
        "reminders",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("sale_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("wanted", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("letters", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("house_now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["sale_id"], ["sales.id"], name=op.f("fk_reminders_sale_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_reminders_member_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
        sa.UniqueConstraint("sale_id", "member_id", name=op.f("uq_reminders_sale_id_member_id")),
    )
    op.create_index("ix_reminders_member", "reminders", ["member_id"])
    op.create_index(
        "ix_reminders_waiting",
        "reminders",
        ["sale_id", "id"],
        postgresql_where=sa.text("wanted AND written_at IS NULL"),
    )
    op.execute("GRANT SELECT, INSERT, UPDATE ON reminders TO aubaine_member")
    op.execute("GRANT SELECT, UPDATE ON reminders TO aubaine_worker")
    op.execute("GRANT EXECUTE ON FUNCTION kept_from(bigint) TO aubaine_worker")
    op.execute(FORGET)
    op.execute("REVOKE ALL ON FUNCTION forget_reminders(integer) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION forget_reminders(integer) TO aubaine_worker")


def downgrade() -> None:
    """Take them away."""
    op.execute("DROP FUNCTION forget_reminders(integer)")
    op.execute("REVOKE EXECUTE ON FUNCTION kept_from(bigint) FROM aubaine_worker")
    op.drop_table("reminders")
