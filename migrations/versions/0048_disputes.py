"""Disputes: payments whose payers ask their banks for the money, and a book for what the banks hold meanwhile."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

BOOKS = (
    *("stripe", "brand_payable", "commission", "vat_payable", "shipping_income", "member_payable"),
    *("guarantees", "outlays", "charges", "bank", "losses"),
)
CAUSES = ("payment", "order", "refund", "statement", "payout")
STATES = ("inquiry", "closed", "open", "won", "lost")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({listed})"


CHECKS = (
    ("posting_lines", "ck_posting_lines_book", "book", BOOKS, "disputed"),
    ("postings", "ck_postings_cause", "cause", CAUSES, "dispute"),
)
"""For new rows at once, and for old ones without stopping the house."""


def upgrade() -> None:
    """Make the table; the worker writes it, the house reads it."""
    for table, name, column, values, more in CHECKS:
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        rule = _one_of(column, (*values, more))
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({rule}) NOT VALID")
    _disputes()
    op.execute("GRANT SELECT ON disputes TO aubaine_operator")
    op.execute("GRANT SELECT, INSERT, UPDATE ON disputes TO aubaine_worker")
    with op.get_context().autocommit_block():
        for table, name, *_ in CHECKS:
            op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")


def _disputes() -> None:
    op.create_table(
        "disputes",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ref", sa.String(200), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("payment_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("reason", sa.String(80), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("house_now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["orders.id"],
            name=op.f("fk_disputes_order_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"],
            ["payments.id"],
            name=op.f("fk_disputes_payment_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
        sa.UniqueConstraint("ref", name=op.f("uq_disputes_ref")),
        sa.CheckConstraint(_one_of("state", STATES), name=op.f("ck_disputes_disputestate")),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_disputes_amount")),
        sa.CheckConstraint(
            "(state IN ('won', 'lost', 'closed')) = (ended_at IS NOT NULL)",
            name=op.f("ck_disputes_ended"),
        ),
    )
    op.create_index(op.f("ix_disputes_order_id"), "disputes", ["order_id"])
    op.create_index(op.f("ix_disputes_payment_id"), "disputes", ["payment_id"])
    op.create_index(
        "ix_disputes_waiting",
        "disputes",
        ["answer_by", "id"],
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    """Forget them; what was booked stays booked."""
    op.drop_table("disputes")
    for table, name, column, values, _ in CHECKS:
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        rule = _one_of(column, values)
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({rule}) NOT VALID")
