"""Losses: whose loss a unit is that was refunded after packing, and a book for what the house bears."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

BOOKS = (
    *("stripe", "brand_payable", "commission", "vat_payable", "shipping_income", "member_payable"),
    *("guarantees", "outlays", "charges", "bank"),
)
BEARERS = ("brand", "house", "carrier")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({listed})"


CHECKS = (
    ("line_returns", "ck_line_returns_bearer", _one_of("borne_by", BEARERS)),
    ("line_returns", "ck_line_returns_borne", "way = 'returned' OR borne_by = 'brand'"),
    ("posting_lines", "ck_posting_lines_book", _one_of("book", (*BOOKS, "losses"))),
)
"""For new rows at once, and for old ones without stopping the house."""


def upgrade() -> None:
    """All that was refunded before was taken from the brand."""
    op.add_column(
        "line_returns",
        sa.Column("borne_by", sa.String(40), server_default="brand", nullable=False),
    )
    op.execute("ALTER TABLE posting_lines DROP CONSTRAINT ck_posting_lines_book")
    for table, name, rule in CHECKS:
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({rule}) NOT VALID")
    with op.get_context().autocommit_block():
        for table, name, _ in CHECKS:
            op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")


def downgrade() -> None:
    """Everything is taken from the brand again; what was booked as a loss stays booked."""
    op.execute("ALTER TABLE posting_lines DROP CONSTRAINT ck_posting_lines_book")
    op.execute(
        "ALTER TABLE posting_lines ADD CONSTRAINT ck_posting_lines_book"
        f" CHECK ({_one_of('book', BOOKS)}) NOT VALID"
    )
    op.drop_column("line_returns", "borne_by")
