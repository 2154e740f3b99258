"""Saved cards: an order is taken at once and its card charged behind, its holds alive until that is decided."""

from __future__ import annotations

from pathlib import Path
from runpy import run_path

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

HERE = Path(__file__)
TEXTS = HERE.resolve().parents[1] / "texts" / "cards"
RELEASE_BEFORE = run_path(str(HERE.with_name("0004_holds.py")))["RELEASE"]
BY_INDEX = run_path(str(HERE.with_name("0035_asks_together.py")))["BY_INDEX"]
GLANCE_BEFORE = run_path(str(HERE.with_name("0015_bag_clock.py")))["GLANCE"]
WRITE = run_path(str(HERE.with_name("0039_return_reasons.py")))["_write"]

ORDER = (
    """
CREATE FUNCTION order_holds(wanted bigint, lasts interval) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp"""
    + BY_INDEX
    + """AS $$
-- The holds of an order that its member's saved card pays for become the order's: they leave the bag, cannot be given
-- back from there, and live for `lasts` from now. All of them or none: NULL where one is not live any more, or belongs
-- to another order. No unit changes hands, so that the rows of the holds are enough to lock: whoever takes back what
-- has lapsed looks at a hold again once its row is free.
DECLARE
    at timestamptz;
    wide bigint;
BEGIN
    PERFORM 1 FROM holds h WHERE h.id IN (SELECT l.hold_id FROM order_lines l WHERE l.order_id = wanted)
    ORDER BY h.id FOR NO KEY UPDATE;
    at := house_now();
    UPDATE holds h SET ordered_at = at, expires_at = greatest(h.expires_at, at + lasts),
                       cap_at = greatest(h.cap_at, at + lasts)
    FROM order_lines l
    WHERE l.order_id = wanted AND h.id = l.hold_id AND h.state = 'held' AND h.expires_at > at AND h.ordered_at IS NULL;
    GET DIAGNOSTICS wide = ROW_COUNT;
    RETURN (
        SELECT min(h.expires_at) FROM order_lines l JOIN holds h ON h.id = l.hold_id
        WHERE l.order_id = wanted HAVING count(*) = wide
    );
END $$
"""
)

HAND_BACK = (
    """
CREATE FUNCTION hand_back_holds(wanted bigint, lasts interval) RETURNS timestamptz
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp"""
    + BY_INDEX
    + """AS $$
-- An order's live holds go back to the bag and end `lasts` from now. NULL where one of them is not live any more.
DECLARE
    at timestamptz;
    until timestamptz;
BEGIN
    PERFORM 1 FROM holds h WHERE h.id IN (SELECT l.hold_id FROM order_lines l WHERE l.order_id = wanted)
    ORDER BY h.id FOR NO KEY UPDATE;
    at := house_now();
    UPDATE holds h SET ordered_at = NULL, expires_at = at + lasts, cap_at = greatest(h.cap_at, at + lasts)
    FROM order_lines l
    WHERE l.order_id = wanted AND h.id = l.hold_id AND h.state = 'held' AND h.expires_at > at
      AND h.ordered_at IS NOT NULL;
    SELECT min(h.expires_at) INTO until FROM order_lines l JOIN holds h ON h.id = l.hold_id
    WHERE l.order_id = wanted HAVING bool_and(h.state = 'held' AND h.expires_at > at);
    RETURN until;
END $$
"""
)

FORGET = """
CREATE FUNCTION forget_cards(most integer) RETURNS TABLE (kind text, gone bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- Eighteen months after a card was removed nobody can object to a payment by it any more: what was agreed to and what
-- the card looked like are struck, at most so many. Rows that somebody else has locked are left.
BEGIN
    kind := 'cards';
    UPDATE cards SET consent = '', brand = '', last_four = '', good_through_year = NULL, good_through_month = NULL
    WHERE id IN (
        SELECT c.id FROM cards c
        WHERE c.state IN ('removed', 'ended') AND c.customer_ref IS NULL AND c.consent <> ''
          AND coalesce(c.removed_at, c.created_at) < house_now() - interval '18 months'
        ORDER BY c.id LIMIT most FOR UPDATE SKIP LOCKED
    );
    GET DIAGNOSTICS gone = ROW_COUNT; RETURN NEXT;
END $$
"""

NOT_ORDERED = " AND (member IS NULL OR h.ordered_at IS NULL)"
WHO = {
    "order_holds(bigint, interval)": "aubaine_member",
    "hand_back_holds(bigint, interval)": "aubaine_member, aubaine_worker",
    "forget_cards(integer)": "aubaine_worker",
}


def _replaced(function: str, old: str, new: str) -> str:
    assert function.count(old) == 1, old
    return _anew(function.replace(old, new))


def _anew(function: str) -> str:
    return function.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)


def upgrade() -> None:
    """Make the table, tell payments and holds of it, and keep what is ordered out of the bag."""
    _cards()
    op.add_column("payments", sa.Column("card_id", sa.BigInteger(), nullable=True))
    op.add_column(
        "payments", sa.Column("refused_as", sa.String(80), server_default="", nullable=False)
    )
    op.add_column("holds", sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "ALTER TABLE payments ADD CONSTRAINT fk_payments_card_id FOREIGN KEY (card_id)"
        " REFERENCES cards (id) ON DELETE RESTRICT NOT VALID"
    )
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE payments VALIDATE CONSTRAINT fk_payments_card_id")
        op.create_index(
            "ix_payments_card",
            "payments",
            ["card_id"],
            postgresql_where="card_id IS NOT NULL",
            postgresql_concurrently=True,
        )
    for body in (ORDER, HAND_BACK, FORGET):
        op.execute(body)
    for name, roles in WHO.items():
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO {roles}")
    op.execute(
        _replaced(
            RELEASE_BEFORE,
            "AND (member IS NULL OR h.member_id = member) AND h.state = 'held'\n",
            f"AND (member IS NULL OR h.member_id = member) AND h.state = 'held'\n         {NOT_ORDERED}\n",
        )
    )
    op.execute(
        _replaced(
            GLANCE_BEFORE,
            "h.state = 'held' AND h.expires_at > house_instant();",
            "h.state = 'held' AND h.expires_at > house_instant() AND h.ordered_at IS NULL;",
        )
    )
    for file in sorted(TEXTS.glob("*/*.md")):
        WRITE(file)


def _cards() -> None:
    op.create_table(
        "cards",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("state", sa.String(40), server_default="asked", nullable=False),
        sa.Column("consent", sa.String(2_000), nullable=False),
        *(
            sa.Column(name, sa.String(200), nullable=True)
            for name in ("customer_ref", "method_ref")
        ),
        sa.Column("session_ref", sa.String(200), nullable=True),
        sa.Column("brand", sa.String(40), server_default="", nullable=False),
        sa.Column("last_four", sa.String(4), server_default="", nullable=False),
        sa.Column("good_through_year", sa.SmallInteger(), nullable=True),
        sa.Column("good_through_month", sa.SmallInteger(), nullable=True),
        *(
            sa.Column(name, sa.DateTime(timezone=True), nullable=True)
            for name in (
                "called_at",
                "session_ends_at",
                "looked_up_at",
                "kept_at",
                "removed_at",
                "forgotten_at",
            )
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("house_now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_cards_member_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cards")),
        sa.UniqueConstraint("key", name=op.f("uq_cards_key")),
        sa.UniqueConstraint("session_ref", name=op.f("uq_cards_session_ref")),
        sa.CheckConstraint(
            "state IN ('asked', 'kept', 'removed', 'ended')", name=op.f("ck_cards_cardstate")
        ),
        sa.CheckConstraint(
            "state <> 'kept' OR (customer_ref IS NOT NULL AND method_ref IS NOT NULL AND kept_at IS NOT NULL)",
            name=op.f("ck_cards_kept"),
        ),
        sa.CheckConstraint(
            "(state = 'removed') = (removed_at IS NOT NULL)", name=op.f("ck_cards_removed")
        ),
    )
    op.create_index("ix_cards_member", "cards", ["member_id", "id"])
    for name, columns, where, unique in (
        ("uq_cards_kept", ["member_id"], "state = 'kept'", True),
        ("ix_cards_asked", ["called_at"], "state = 'asked' AND called_at IS NOT NULL", False),
        (
            "ix_cards_to_forget",
            ["id"],
            "customer_ref IS NOT NULL AND state IN ('removed', 'ended')",
            False,
        ),
    ):
        op.create_index(name, "cards", columns, unique=unique, postgresql_where=sa.text(where))
    op.execute("GRANT SELECT, INSERT, UPDATE ON cards TO aubaine_member")
    op.execute("GRANT SELECT, UPDATE ON cards TO aubaine_worker")


def downgrade() -> None:
    """Take them away; what was ordered is in the bag again."""
    op.execute(_anew(GLANCE_BEFORE))
    op.execute(_anew(RELEASE_BEFORE))
    for name in reversed(WHO):
        op.execute(f"DROP FUNCTION {name}")
    op.drop_column("holds", "ordered_at")
    op.drop_column("payments", "refused_as")
    op.drop_index("ix_payments_card", table_name="payments")
    op.drop_column("payments", "card_id")
    op.drop_table("cards")
