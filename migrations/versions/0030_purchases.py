"""Conditional deals: units that the brand keeps for the house, and the orders that follow a sale."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

OF_THIS_BRAND = "brand_id::text = current_setting('aubaine.brand_id', true)"
HOUSE = "aubaine_member, aubaine_operator, aubaine_worker, aubaine_hallway, CURRENT_USER"
TABLES = ("purchases", "purchase_lines")
MOVEMENTS = (
    "committed",
    "received",
    "accepted",
    "rejected",
    "pledged",
    "allocated",
    "deallocated",
    "held",
    "released",
    "expired",
    "sold",
    "returned",
)
CAUSES = ("cancelled", "withdrawn", "paid_late", "paid_twice", "operator", "short")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({listed})"


CHECKS = (
    ("lots", "ck_lots_accepted_allocated", "conditional OR accepted >= allocated"),
    ("lots", "ck_lots_pledged", "pledged >= 0 AND pledged + allocated <= committed"),
    ("lots", "ck_lots_conditional", "conditional OR pledged = 0"),
    ("stock_movements", "ck_stock_movements_movement", _one_of("movement", MOVEMENTS)),
    ("refunds", "ck_refunds_refundcause", _one_of("cause", CAUSES)),
)
"""For new rows at once, and for old ones without stopping the house."""


def upgrade() -> None:
    """Make room for them, each brand's behind its wall."""
    op.add_column("lots", sa.Column("pledged", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column(
        "lots", sa.Column("conditional", sa.Boolean(), server_default="false", nullable=False)
    )
    op.execute("ALTER TABLE lots DROP CONSTRAINT ck_lots_accepted_allocated")
    op.execute("ALTER TABLE stock_movements DROP CONSTRAINT ck_stock_movements_movement")
    op.execute("ALTER TABLE refunds DROP CONSTRAINT ck_refunds_refundcause")
    for table, name, rule in CHECKS:
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({rule}) NOT VALID")
    op.execute("GRANT UPDATE (mode) ON deals TO aubaine_brand")
    _purchases()
    _lines()
    for table in TABLES:
        _wall(table)
    said = "state, ships_on, note, confirmed_at, confirmed_by_id"
    op.execute(f"GRANT SELECT, UPDATE ({said}) ON purchases TO aubaine_brand")
    op.execute("GRANT SELECT, UPDATE (confirmed) ON purchase_lines TO aubaine_brand")
    with op.get_context().autocommit_block():
        for table, name, _ in CHECKS:
            op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")


def _purchases() -> None:
    _table(
        "purchases",
        sa.Column("deal_id", sa.BigInteger(), nullable=False),
        sa.Column("sale_id", sa.BigInteger(), nullable=False),
        sa.Column("ref", sa.String(80), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "ordered",
                "confirmed",
                "closed",
                name="purchasestate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default="ordered",
            nullable=False,
        ),
        sa.Column("deliver_by", sa.Date(), nullable=False),
        sa.Column("ships_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(1_000), server_default="", nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(1_000), server_default="", nullable=False),
        sa.UniqueConstraint("ref", name=op.f("uq_purchases_ref")),
        sa.UniqueConstraint("sale_id", name=op.f("uq_purchases_sale_id")),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_purchases_closed")
        ),
        refers={"brand_id": "brands", "deal_id": "deals", "confirmed_by_id": "accounts"},
        unindexed={"sale_id": "sales"},
    )


def _lines() -> None:
    _table(
        "purchase_lines",
        sa.Column("purchase_id", sa.BigInteger(), nullable=False),
        sa.Column("sale_item_id", sa.BigInteger(), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("variant_id", sa.BigInteger(), nullable=False),
        sa.Column("ordered", sa.BigInteger(), nullable=False),
        sa.Column("confirmed", sa.BigInteger(), nullable=True),
        *(
            sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)
            for name in ("received", "accepted", "rejected")
        ),
        sa.UniqueConstraint(
            "purchase_id", "sale_item_id", name=op.f("uq_purchase_lines_purchase_id_sale_item_id")
        ),
        sa.CheckConstraint(
            "ordered > 0 AND confirmed >= 0 AND confirmed <= ordered",
            name=op.f("ck_purchase_lines_confirmed"),
        ),
        sa.CheckConstraint(
            "ordered >= received AND received >= accepted + rejected"
            " AND accepted >= 0 AND rejected >= 0",
            name=op.f("ck_purchase_lines_counted"),
        ),
        refers={
            "brand_id": "brands",
            "sale_item_id": "sale_items",
            "lot_id": "lots",
            "variant_id": "variants",
        },
        unindexed={"purchase_id": "purchases"},
    )


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
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO aubaine_operator, aubaine_worker")
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY house ON {table} TO {HOUSE} USING (true) WITH CHECK (true)")
    own = f"USING ({OF_THIS_BRAND}) WITH CHECK ({OF_THIS_BRAND})"
    op.execute(f"CREATE POLICY own_brand ON {table} TO aubaine_brand {own}")
    op.execute(f"CREATE POLICY brand_wall ON {table} AS RESTRICTIVE TO aubaine_brand {own}")


def downgrade() -> None:
    """Goods come in before a sale, and no other way. What was moved and refunded stays written as it was."""
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("ALTER TABLE lots DROP CONSTRAINT ck_lots_accepted_allocated")
    op.execute("ALTER TABLE lots DROP CONSTRAINT ck_lots_pledged")
    op.execute("ALTER TABLE lots DROP CONSTRAINT ck_lots_conditional")
    op.drop_column("lots", "conditional")
    op.drop_column("lots", "pledged")
    op.execute(
        "ALTER TABLE lots ADD CONSTRAINT ck_lots_accepted_allocated"
        " CHECK (accepted >= allocated) NOT VALID"
    )
