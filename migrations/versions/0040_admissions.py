"""Waiting rooms: who came before the opening draws a place, who comes later stands behind, and is let in by a rule."""

from __future__ import annotations

from pathlib import Path
from runpy import run_path

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

TEXTS = Path(__file__).resolve().parents[1] / "texts" / "admissions"
DECIDE_BEFORE = run_path(str(Path(__file__).with_name("0037_asks_without_rows.py")))["DECIDE"]

WAITS = (
    (
        "               CASE WHEN m.extra_time THEN 300 ELSE 0 END AS extra,\n",
        """               CASE WHEN m.extra_time THEN 300 ELSE 0 END AS extra,
               -- A sale with a waiting room, and the member is not let in. Without a room this is one empty look.
               w.sale_id IS NOT NULL AND NOT EXISTS (
                   SELECT FROM tickets t
                   WHERE t.sale_id = w.sale_id AND t.member_id = a.member_id AND t.until_at > at
               ) AS waits,
""",
    ),
    (
        "        LEFT JOIN members m ON m.id = a.member_id\n",
        """        LEFT JOIN members m ON m.id = a.member_id
        LEFT JOIN waiting_rooms w ON w.sale_id = i.sale_id AND w.wide_at IS NULL
""",
    ),
    (
        "        IF free >= ask.units THEN\n",
        """        -- Who holds or has bought something in this sale was let in. Where nothing is free, that is said first.
        IF free >= ask.units AND ask.waits AND of_sale = 0 THEN
            outcomes[ask.place] := 'waiting';
            mosts[ask.place] := (
                SELECT greatest(t.place - 1 - w.called, 0) FROM tickets t JOIN waiting_rooms w ON w.sale_id = t.sale_id
                WHERE t.sale_id = ask.sale_id AND t.member_id = ask.member_id
            );
            CONTINUE;
        END IF;
        IF free >= ask.units THEN
""",
    ),
)
"""What the hold function looks at besides: three places in it, each there once."""

FUNCTIONS = (
    "lock_room(bigint)",
    "place_late(bigint)",
    "tend_room(bigint, integer, boolean)",
    "tend_rooms(integer, integer)",
    "visit_room(bigint, bigint, integer)",
    "stand_again(bigint, bigint)",
    "drawn_places(bigint)",
    "misdrawn_tickets()",
    "forget_tickets(integer)",
)
TO_MEMBERS = (
    "visit_room(bigint, bigint, integer)",
    "stand_again(bigint, bigint)",
    "drawn_places(bigint)",
)
TO_WORKERS = ("tend_rooms(integer, integer)", "misdrawn_tickets()", "forget_tickets(integer)")
TOLD = (
    "sale_id, at_once, per_minute, commitment, drawn_at, drawn, places, called, wide_at, free, in_bags, back_at,"
    " waiting, inside, recent, created_at"
)
"""All but the seed: nobody of the house reads it before the draw."""


def decide() -> str:
    """The hold function that asks whether a member was let in."""
    said = _anew(DECIDE_BEFORE)
    for old, new in WAITS:
        assert said.count(old) == 1, old
        said = said.replace(old, new)
    return said


def _anew(function: str) -> str:
    return function.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)


def upgrade() -> None:
    """Make the two tables, what works on them, and one more condition of a hold."""
    _rooms()
    _tickets()
    for name in ("tending", "visiting", "telling"):
        for statement in (TEXTS / f"{name}.sql").read_text().split("\n-- ;\n"):
            op.execute(statement)
    for function in FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
    for function in TO_MEMBERS:
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO aubaine_member")
    for function in TO_WORKERS:
        op.execute(f"GRANT EXECUTE ON FUNCTION {function} TO aubaine_worker")
    op.execute(
        f"GRANT SELECT ({TOLD}) ON waiting_rooms TO aubaine_member, aubaine_operator, aubaine_worker"
    )
    # For whoever checks the books: who was let in when, and how many were drawn.
    op.execute(
        "GRANT SELECT (id, sale_id, member_id, drawn_as, first_in_at) ON tickets TO aubaine_worker"
    )
    op.execute("GRANT INSERT (sale_id, at_once, per_minute) ON waiting_rooms TO aubaine_operator")
    op.execute("GRANT UPDATE (at_once, per_minute, wide_at) ON waiting_rooms TO aubaine_operator")
    op.execute(decide())


def _rooms() -> None:
    op.create_table(
        "waiting_rooms",
        sa.Column("sale_id", sa.BigInteger(), nullable=False),
        sa.Column("at_once", sa.BigInteger(), nullable=False),
        sa.Column("per_minute", sa.BigInteger(), nullable=False),
        sa.Column(
            "seed",
            sa.String(64),
            server_default=sa.text(
                "replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')"
            ),
            nullable=False,
        ),
        sa.Column(
            "commitment",
            sa.String(64),
            sa.Computed("encode(sha256(decode(seed::text, 'escape')), 'hex')", persisted=True),
            nullable=False,
        ),
        _instant("drawn_at"),
        sa.Column("drawn", sa.BigInteger(), nullable=True),
        *(_number(name) for name in ("places", "called")),
        _instant("wide_at"),
        _instant("tended_at"),
        *(_number(name) for name in ("free", "in_bags")),
        _instant("back_at"),
        *(_number(name) for name in ("waiting", "inside", "recent")),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("house_now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["sale_id"], ["sales.id"], name=op.f("fk_waiting_rooms_sale_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("sale_id", name=op.f("pk_waiting_rooms")),
        sa.CheckConstraint(
            "at_once > 0 AND per_minute > 0", name=op.f("ck_waiting_rooms_somebody_gets_in")
        ),
        sa.CheckConstraint(
            "(drawn_at IS NULL) = (drawn IS NULL) AND drawn <= places",
            name=op.f("ck_waiting_rooms_drawn"),
        ),
    )


def _tickets() -> None:
    op.create_table(
        "tickets",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("sale_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=True),
        sa.Column("number", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        _instant("arrived_at"),
        sa.Column("drawn_as", sa.BigInteger(), nullable=True),
        sa.Column("place", sa.BigInteger(), nullable=True),
        *(_instant(name) for name in ("first_in_at", "let_in_at", "until_at", "seen_at")),
        sa.ForeignKeyConstraint(
            ["sale_id"],
            ["waiting_rooms.sale_id"],
            name=op.f("fk_tickets_sale_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_tickets_member_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("number", name=op.f("uq_tickets_number")),
        sa.UniqueConstraint("sale_id", "member_id", name=op.f("uq_tickets_sale_id_member_id")),
        sa.UniqueConstraint("sale_id", "place", name=op.f("uq_tickets_sale_id_place")),
        sa.CheckConstraint(
            "(let_in_at IS NULL) = (until_at IS NULL) AND (let_in_at IS NULL OR place IS NOT NULL)",
            name=op.f("ck_tickets_let_in"),
        ),
    )
    op.create_index("ix_tickets_member", "tickets", ["member_id"])
    op.create_index("ix_tickets_let_in", "tickets", ["sale_id", "let_in_at"])
    for name, columns, where in (
        ("ix_tickets_in_line", ["sale_id", "place"], "let_in_at IS NULL AND place IS NOT NULL"),
        ("ix_tickets_unplaced", ["sale_id", "arrived_at"], "place IS NULL"),
    ):
        op.create_index(name, "tickets", columns, postgresql_where=sa.text(where))


def _instant(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)


def downgrade() -> None:
    """Take them away; a hold asks for nothing but the sale, the stock and the limits again."""
    op.execute(_anew(DECIDE_BEFORE))
    for function in reversed(FUNCTIONS):
        op.execute(f"DROP FUNCTION {function}")
    op.drop_table("tickets")
    op.drop_table("waiting_rooms")
