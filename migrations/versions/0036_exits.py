"""Exits: what becomes of goods that were not sold, by whose choice, and what left the house by which way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

OF_THIS_BRAND = "brand_id::text = current_setting('aubaine.brand_id', true)"
HOUSE = "aubaine_member, aubaine_operator, aubaine_worker, aubaine_hallway, CURRENT_USER"
TABLES = ("exit_plans", "exits", "exit_lines", "exit_papers")
KINDS = ("return", "donate", "next_sale", "recycle", "destroy")
POOLS = ("unsold", "sent_back", "rejected")
DEROGATIONS = (
    *("dangerous", "unlawful", "infringing", "licence_ended", "marks_stay"),
    *("damaged", "defective", "donation_refused", "no_recipient", "no_reuse"),
)
COUNTERS = ("exited", "rejected_exited", "sent_back", "sent_back_exited")
MOVEMENTS = (
    *("committed", "received", "accepted", "rejected", "pledged", "allocated", "deallocated"),
    *("held", "released", "expired", "sold", "returned"),
    *("sent_back", "exited", "rejected_exited", "sent_back_exited"),
)
LISTED = ", ".join(f"'{name}'" for name in MOVEMENTS)
DISCARDED = "('recycle', 'destroy')"
COUNTED = (
    "exited BETWEEN 0 AND accepted AND rejected_exited BETWEEN 0 AND rejected"
    " AND sent_back_exited BETWEEN 0 AND sent_back"
)
CHECKS = (
    ("lots", "ck_lots_accepted_allocated", "conditional OR accepted >= allocated + exited"),
    ("lots", "ck_lots_exited", COUNTED),
    ("stock_movements", "ck_stock_movements_movement", f"movement IN ({LISTED})"),
)
"""For new rows at once, and for old ones without stopping the house."""
CAME_BACK = """
    WITH back AS (
        SELECT i.lot_id, sum(units.value::bigint) AS units
        FROM withdrawals w CROSS JOIN LATERAL jsonb_each_text(w.lines) units
        JOIN order_lines l ON l.id = units.key::bigint JOIN sale_items i ON i.id = l.sale_item_id
        WHERE w.received_at IS NOT NULL GROUP BY i.lot_id
    ), written AS (
        INSERT INTO stock_movements (brand_id, lot_id, movement, units)
        SELECT l.brand_id, l.id, 'sent_back', back.units FROM back JOIN lots l ON l.id = back.lot_id
    )
    UPDATE lots l SET sent_back = back.units FROM back WHERE back.lot_id = l.id
"""
"""Goods that members sent back before lots counted them."""


def upgrade() -> None:
    """Make room for them, each brand's behind its wall, and count what came back before."""
    for name in COUNTERS:
        op.add_column("lots", sa.Column(name, sa.BigInteger(), server_default="0", nullable=False))
    op.execute("ALTER TABLE lots DROP CONSTRAINT ck_lots_accepted_allocated")
    op.execute("ALTER TABLE stock_movements DROP CONSTRAINT ck_stock_movements_movement")
    for table, name, rule in CHECKS:
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({rule}) NOT VALID")
    op.execute(CAME_BACK)
    _plans()
    _exits()
    _lines()
    _papers()
    for table in TABLES:
        _wall(table)
        op.execute(f"GRANT SELECT ON {table} TO aubaine_brand, aubaine_operator, aubaine_worker")
    said = "chosen, derogation, said, chosen_at, chosen_by_id"
    op.execute(f"GRANT UPDATE ({said}) ON exit_plans TO aubaine_brand")
    op.execute("GRANT INSERT, UPDATE (keep_until) ON exit_plans TO aubaine_operator")
    op.execute("GRANT INSERT, UPDATE (keep_until) ON exit_plans TO aubaine_worker")
    op.execute("GRANT INSERT ON exits, exit_lines TO aubaine_operator")
    op.execute("GRANT INSERT ON exit_papers TO aubaine_worker")
    op.execute("GRANT UPDATE (void_at) ON promises TO aubaine_brand")
    with op.get_context().autocommit_block():
        for table, name, _ in CHECKS:
            op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")


def _plans() -> None:
    _table(
        "exit_plans",
        sa.Column("deal_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        _state("silent", "exitkind", KINDS),
        sa.Column("choose_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leave_by", sa.Date(), nullable=False),
        sa.Column("keep_until", sa.Date(), nullable=True),
        sa.Column("asked_by_id", sa.BigInteger(), nullable=True),
        _state("chosen", "chosenkind", KINDS, nullable=True),
        _state("derogation", "derogation", DEROGATIONS, nullable=True),
        sa.Column("said", sa.String(1_000), server_default="", nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("chosen_by_id", sa.BigInteger(), nullable=True),
        sa.UniqueConstraint("deal_id", "number", name=op.f("uq_exit_plans_deal_id_number")),
        sa.CheckConstraint(f"silent NOT IN {DISCARDED}", name=op.f("ck_exit_plans_silent")),
        sa.CheckConstraint("keep_until > leave_by", name=op.f("ck_exit_plans_keep_until")),
        sa.CheckConstraint(
            "(chosen IS NULL) = (chosen_at IS NULL) AND (chosen IS NULL) = (chosen_by_id IS NULL)",
            name=op.f("ck_exit_plans_chosen"),
        ),
        sa.CheckConstraint(
            f"(derogation IS NOT NULL) = (coalesce(chosen, 'return') IN {DISCARDED})",
            name=op.f("ck_exit_plans_derogation_needed"),
        ),
        refers={"brand_id": "brands", "asked_by_id": "accounts", "chosen_by_id": "accounts"},
        unindexed={"deal_id": "deals"},
    )
    op.create_index(
        "ix_exit_plans_waiting",
        "exit_plans",
        ["choose_by"],
        postgresql_where=sa.text("chosen IS NULL"),
    )


def _exits() -> None:
    _table(
        "exits",
        sa.Column("deal_id", sa.BigInteger(), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        _state("kind", "exitkind", KINDS),
        _state("derogation", "derogation", DEROGATIONS, nullable=True),
        sa.Column("left_on", sa.Date(), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_by", sa.String(200), nullable=False),
        sa.Column("note", sa.String(1_000), server_default="", nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("weight_g", sa.BigInteger(), nullable=False),
        sa.Column("figures", postgresql.JSONB(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("recorded_by_id", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("brand_id", "number", name=op.f("uq_exits_brand_id_number")),
        sa.UniqueConstraint("deal_id", "key", name=op.f("uq_exits_deal_id_key")),
        sa.CheckConstraint("kind <> 'next_sale'", name=op.f("ck_exits_kind")),
        sa.CheckConstraint(
            f"(derogation IS NOT NULL) = (kind IN {DISCARDED})",
            name=op.f("ck_exits_derogation_needed"),
        ),
        sa.CheckConstraint("units > 0 AND weight_g >= 0", name=op.f("ck_exits_units")),
        refers={"plan_id": "exit_plans", "recorded_by_id": "accounts"},
        unindexed={"brand_id": "brands", "deal_id": "deals"},
    )


def _lines() -> None:
    _table(
        "exit_lines",
        sa.Column("exit_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        _state("pool", "pool", POOLS),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("weight_g", sa.BigInteger(), nullable=True),
        sa.Column("cn_code", sa.String(20), server_default="", nullable=False),
        sa.UniqueConstraint(
            *("exit_id", "lot_id", "pool"), name=op.f("uq_exit_lines_exit_id_lot_id_pool")
        ),
        sa.CheckConstraint("units > 0 AND weight_g >= 0", name=op.f("ck_exit_lines_units")),
        refers={"brand_id": "brands", "lot_id": "lots"},
        unindexed={"exit_id": "exits"},
    )


def _papers() -> None:
    _table(
        "exit_papers",
        sa.Column("exit_id", sa.BigInteger(), nullable=False),
        sa.Column("locale", sa.String(20), nullable=False),
        sa.Column("storage_key", sa.String(80), nullable=False),
        sa.UniqueConstraint("exit_id", "locale", name=op.f("uq_exit_papers_exit_id_locale")),
        sa.UniqueConstraint("storage_key", name=op.f("uq_exit_papers_storage_key")),
        refers={"brand_id": "brands"},
        unindexed={"exit_id": "exits"},
    )


def _state(
    column: str, name: str, values: tuple[str, ...], *, nullable: bool = False
) -> sa.Column[str]:
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
    return sa.Column(column, kind, nullable=nullable)


def _table(
    name: str,
    *parts: sa.schema.SchemaItem,
    refers: dict[str, str],
    unindexed: dict[str, str],
) -> None:
    keys = [
        sa.ForeignKeyConstraint(
            [column], [f"{table}.id"], name=op.f(f"fk_{name}_{column}"), ondelete="RESTRICT"
        )
        for column, table in {**refers, **unindexed}.items()
    ]
    op.create_table(
        name,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("brand_id", sa.BigInteger(), nullable=False),
        *parts,
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("house_now()"),
            nullable=False,
        ),
        *keys,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    for column in refers:
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column], unique=False)


def _wall(table: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY house ON {table} TO {HOUSE} USING (true) WITH CHECK (true)")
    own = f"USING ({OF_THIS_BRAND}) WITH CHECK ({OF_THIS_BRAND})"
    op.execute(f"CREATE POLICY own_brand ON {table} TO aubaine_brand {own}")
    op.execute(f"CREATE POLICY brand_wall ON {table} AS RESTRICTIVE TO aubaine_brand {own}")


def downgrade() -> None:
    """Goods leave without being written down. What was moved stays written as it was."""
    op.execute("REVOKE UPDATE (void_at) ON promises FROM aubaine_brand")
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("ALTER TABLE lots DROP CONSTRAINT ck_lots_exited")
    op.execute("ALTER TABLE lots DROP CONSTRAINT ck_lots_accepted_allocated")
    for name in reversed(COUNTERS):
        op.drop_column("lots", name)
    op.execute(
        "ALTER TABLE lots ADD CONSTRAINT ck_lots_accepted_allocated"
        " CHECK (conditional OR accepted >= allocated) NOT VALID"
    )
