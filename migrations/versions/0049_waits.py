"""The line for what is gone: units that come back go to whoever waits for them, one after the other.

What is set aside for the line is counted among the held units of its item, so that every rule that asks what is free
goes on asking the same (docs/decisions/what-comes-back-goes-to-the-line.md).
"""

from __future__ import annotations

from pathlib import Path
from runpy import run_path

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

HERE = Path(__file__)
TEXTS = HERE.resolve().parents[1] / "texts" / "waits"
TOGETHER = run_path(str(HERE.with_name("0035_asks_together.py")))
RECLAIM_BEFORE, BY_INDEX = TOGETHER["RECLAIM"], TOGETHER["BY_INDEX"]
TEND_BEFORE = next(
    each
    for each in (HERE.resolve().parents[1] / "texts" / "admissions" / "tending.sql")
    .read_text()
    .split("\n-- ;\n")
    if "FUNCTION tend_room(" in each
)
HOLDS = run_path(str(HERE.with_name("0004_holds.py")))
WANTING = run_path(str(HERE.with_name("0026_paces.py")))["WANTING"]
PEOPLE = run_path(str(HERE.with_name("0011_people_in_tens.py")))
RELEASE_BEFORE = HOLDS["RELEASE"].replace(
    "AND (member IS NULL OR h.member_id = member) AND h.state = 'held'\n",
    "AND (member IS NULL OR h.member_id = member) AND h.state = 'held'\n"
    "          AND (member IS NULL OR h.ordered_at IS NULL)\n",
)
assert RELEASE_BEFORE.count("h.ordered_at") == 1, "release_holds is not what is known here"
PEOPLE_BEFORE = PEOPLE["PEOPLE"].format(
    told=", in whole tens", people=f"{PEOPLE['COUNT']} / 10 * 10"
)


def _replaced(function: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert function.count(old) == 1, old
        function = function.replace(old, new)
    return _anew(function)


def _anew(function: str) -> str:
    return function.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)


def _passing_by(source: str) -> str:
    """How the units of ``source`` (item and units) go back: to the line as far as it wants them, the rest to the shelf."""
    return f"""
        UPDATE sale_items i SET
            available = i.available + k.units - k.kept, held = i.held - k.units + k.kept,
            set_aside = i.set_aside + k.kept,
            sold_out_at = CASE WHEN k.units > k.kept THEN NULL ELSE i.sold_out_at END
        FROM (
            SELECT s.id, f.units, CASE WHEN s.awaited AND s.stopped_at IS NULL
                                       THEN for_the_line(s.id, f.units, s.set_aside) ELSE 0 END AS kept
            FROM {source} f JOIN sale_items s ON s.id = f.sale_item_id
        ) k WHERE i.id = k.id"""


RECLAIM = _replaced(
    RECLAIM_BEFORE.replace("CREATE OR REPLACE FUNCTION", "CREATE FUNCTION", 1),
    (
        """
        UPDATE sale_items i SET available = i.available + f.units, held = i.held - f.units, sold_out_at = NULL
        FROM freed_by_item f WHERE i.id = f.sale_item_id
        RETURNING f.units""",
        f"{_passing_by('freed_by_item')}\n        RETURNING k.units",
    ),
)
RELEASE = _replaced(
    RELEASE_BEFORE,
    (
        """
        UPDATE sale_items i SET available = i.available + b.units, held = i.held - b.units, sold_out_at = NULL
        FROM by_item b WHERE i.id = b.sale_item_id""",
        _passing_by("by_item"),
    ),
)
RESTOCK = _replaced(
    HOLDS["RESTOCK"],
    (
        "    sold record;\n",
        "    sold record;\n    kept bigint;\n",
    ),
    (
        """
    UPDATE sale_items i SET sold = i.sold - back, available = i.available + back, sold_out_at = NULL
    WHERE i.id = sold.sale_item_id;""",
        """
    SELECT CASE WHEN i.awaited AND i.stopped_at IS NULL THEN for_the_line(i.id, back, i.set_aside) ELSE 0 END
    INTO STRICT kept FROM sale_items i WHERE i.id = sold.sale_item_id;
    UPDATE sale_items i SET sold = i.sold - back, available = i.available + back - kept, held = i.held + kept,
        set_aside = i.set_aside + kept, sold_out_at = CASE WHEN back > kept THEN NULL ELSE i.sold_out_at END
    WHERE i.id = sold.sale_item_id;""",
    ),
)
LEFT_WANTING = _replaced(
    WANTING,
    (
        "          AND (h.state IN ('held', 'expired') OR (h.state = 'sold' AND h.ended_at > at))\n",
        """          AND (h.state IN ('held', 'expired') OR (h.state = 'sold' AND h.ended_at > at))
        UNION
        SELECT x.sale_item_id, l.member_id FROM waits l JOIN wait_items x ON x.wait_id = l.id
        WHERE l.sale_id = s.id AND l.created_at < at
""",
    ),
)
WHO_WANTED = _replaced(
    PEOPLE_BEFORE.replace("CREATE OR REPLACE FUNCTION", "CREATE FUNCTION", 1),
    (
        """    FROM demand_signals d JOIN sales s ON s.id = d.sale_id
    WHERE d.sale_id = sale AND s.opens_at + d.minute * interval '1 minute' < at
      AND (""",
        """    FROM (
        SELECT w.sale_item_id, w.member_id, w.brand_id FROM demand_signals w JOIN sales s ON s.id = w.sale_id
        WHERE w.sale_id = sale AND s.opens_at + w.minute * interval '1 minute' < at
        UNION ALL
        SELECT x.sale_item_id, l.member_id, s.brand_id
        FROM waits l JOIN wait_items x ON x.wait_id = l.id JOIN sales s ON s.id = l.sale_id
        WHERE l.sale_id = sale AND l.created_at < at
    ) d
    WHERE (""",
    ),
)
TEND = _replaced(
    TEND_BEFORE,
    (
        "ON i.id = h.sale_item_id AND i.stopped_at IS NULL\n    WHERE",
        "ON i.id = h.sale_item_id AND i.stopped_at IS NULL AND NOT i.awaited\n    WHERE",
    ),
)
NEW = {
    "for_the_line(bigint, bigint, bigint)": "aubaine_worker, aubaine_operator",
    "offer_until(timestamptz, text, timestamptz, integer)": "",
    "room_of(bigint, bigint, timestamptz)": "",
    "join_line(bigint, bigint[], integer, integer)": "aubaine_member, aubaine_app",
    "leave_line(bigint, bigint)": "aubaine_member, aubaine_app",
    "pass_on(integer)": "aubaine_worker",
    "end_line(bigint)": "aubaine_worker, aubaine_operator",
    "forget_waits(integer)": "aubaine_worker",
}
"""Functions and who may call them."""


def upgrade() -> None:
    """Make the two tables and what works on them; and let what comes back ask whether somebody waits for it."""
    _aside()
    _waits()
    _items()
    for statement in (TEXTS / "passing.sql").read_text().split("\n-- ;\n"):
        op.execute(statement.replace("{by_index}", BY_INDEX))
    for name, roles in NEW.items():
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        if roles:
            op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO {roles}")
    for body in (RECLAIM, RELEASE, RESTOCK, TEND, LEFT_WANTING, WHO_WANTED):
        op.execute(body)


def _aside() -> None:
    op.add_column(
        "sale_items", sa.Column("awaited", sa.Boolean(), server_default="false", nullable=False)
    )
    op.add_column(
        "sale_items", sa.Column("set_aside", sa.BigInteger(), server_default="0", nullable=False)
    )
    op.execute(
        "ALTER TABLE sale_items ADD CONSTRAINT ck_sale_items_set_aside"
        " CHECK (set_aside >= 0 AND set_aside <= held) NOT VALID"
    )
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE sale_items VALIDATE CONSTRAINT ck_sale_items_set_aside")
        op.create_index(
            "ix_sale_items_awaited",
            "sale_items",
            ["id"],
            postgresql_where=sa.text("awaited OR set_aside > 0"),
            postgresql_concurrently=True,
        )


def _number(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="RESTRICT")


def _waits() -> None:
    op.create_table(
        "waits",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        *(_number(name) for name in ("sale_id", "style_id", "member_id", "units")),
        sa.Column("state", sa.String(40), server_default="waiting", nullable=False),
        _number("hold_id", null=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("house_now()"),
            nullable=False,
        ),
        _refers("waits", "sale_id", "sales"),
        _refers("waits", "style_id", "styles"),
        _refers("waits", "member_id", "members"),
        _refers("waits", "hold_id", "holds"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waits")),
        sa.UniqueConstraint("hold_id", name=op.f("uq_waits_hold_id")),
        sa.CheckConstraint(
            "state IN ('waiting', 'offered', 'left', 'ended', 'passed_over')",
            name=op.f("ck_waits_state"),
        ),
        sa.CheckConstraint("units > 0", name=op.f("ck_waits_units")),
        sa.CheckConstraint(
            "(state = 'offered') = (hold_id IS NOT NULL)", name=op.f("ck_waits_offered")
        ),
        sa.CheckConstraint("(state = 'waiting') = (ended_at IS NULL)", name=op.f("ck_waits_ended")),
    )
    op.create_index("ix_waits_member", "waits", ["member_id", "id"])
    op.create_index("ix_waits_sale", "waits", ["sale_id", "state"])
    op.create_index(
        "ix_waits_once",
        "waits",
        ["member_id", "sale_id", "style_id"],
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.execute("GRANT SELECT ON waits TO aubaine_member, aubaine_operator, aubaine_worker")


def _items() -> None:
    op.create_table(
        "wait_items",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        *(_number(name) for name in ("sale_id", "sale_item_id", "wait_id")),
        sa.Column("open", sa.Boolean(), server_default="true", nullable=False),
        _refers("wait_items", "sale_id", "sales"),
        _refers("wait_items", "sale_item_id", "sale_items"),
        _refers("wait_items", "wait_id", "waits"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wait_items")),
        sa.UniqueConstraint(
            "wait_id", "sale_item_id", name=op.f("uq_wait_items_wait_id_sale_item_id")
        ),
    )
    op.create_index(
        "ix_wait_items_line",
        "wait_items",
        ["sale_item_id", "wait_id"],
        postgresql_where=sa.text("open"),
    )
    op.create_index("ix_wait_items_sale", "wait_items", ["sale_id", "sale_item_id"])
    op.execute("GRANT SELECT ON wait_items TO aubaine_member, aubaine_operator, aubaine_worker")


def downgrade() -> None:
    """What is set aside goes back to the shelf, and the line is gone."""
    op.execute(
        "UPDATE sale_items SET available = available + set_aside, held = held - set_aside, set_aside = 0"
        " WHERE set_aside > 0"
    )
    for before in (
        RECLAIM_BEFORE,
        RELEASE_BEFORE,
        HOLDS["RESTOCK"],
        TEND_BEFORE,
        WANTING,
        PEOPLE_BEFORE,
    ):
        op.execute(_anew(before))
    for name in reversed(NEW):
        op.execute(f"DROP FUNCTION {name}")
    op.drop_table("wait_items")
    op.drop_table("waits")
    op.drop_index("ix_sale_items_awaited", table_name="sale_items")
    op.drop_constraint(op.f("ck_sale_items_set_aside"), "sale_items", type_="check")
    op.drop_column("sale_items", "set_aside")
    op.drop_column("sale_items", "awaited")
