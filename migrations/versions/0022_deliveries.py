"""Endpoints of brands' machines, their secrets, what is on its way to them and every try."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

OWN = "brand_id::text = current_setting('aubaine.brand_id', true)"
HOUSE_DOORS = ("member", "operator", "worker", "hallway")
TABLES = ("endpoints", "endpoint_secrets", "deliveries", "delivery_tries")
STATES = ("waiting", "delivered", "given_up")


def upgrade() -> None:
    """Make the tables and the walls around them."""
    _make_endpoints()
    _make_deliveries()
    _make_tries()
    for table in TABLES:
        _wall(table)
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO aubaine_worker")
    op.execute("GRANT SELECT, INSERT, UPDATE (told, ended_at) ON endpoints TO aubaine_brand")
    shown = "id, brand_id, endpoint_id, ends_at, created_at"
    op.execute(
        f"GRANT SELECT ({shown}), INSERT, UPDATE (ends_at) ON endpoint_secrets TO aubaine_brand"
    )
    changed = "state, tries, due_at, claimed_until, finished_at"
    op.execute(f"GRANT SELECT, INSERT, UPDATE ({changed}) ON deliveries TO aubaine_brand")
    op.execute("GRANT SELECT ON delivery_tries TO aubaine_brand")


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _number(name: str, *, null: bool = False, default: str | None = None) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null, server_default=default)


def _at(name: str, *, null: bool = True) -> sa.Column[object]:
    now = None if null else sa.text("house_now()")
    return sa.Column(name, sa.DateTime(timezone=True), nullable=null, server_default=now)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}")
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete="RESTRICT")


def _make_endpoints() -> None:
    op.create_table(
        "endpoints",
        _id(),
        _number("brand_id"),
        _number("made_by_id"),
        sa.Column("url", sa.String(2000), nullable=False),
        sa.Column("told", postgresql.JSONB(), nullable=False),
        _at("ended_at"),
        _at("created_at", null=False),
        _refers("endpoints", "brand_id", "brands"),
        _refers("endpoints", "made_by_id", "accounts"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endpoints")),
    )
    op.create_index(op.f("ix_endpoints_brand_id"), "endpoints", ["brand_id"])
    op.create_table(
        "endpoint_secrets",
        _id(),
        _number("brand_id"),
        _number("endpoint_id"),
        sa.Column("secret", sa.String(80), nullable=False),
        _at("ends_at"),
        _at("created_at", null=False),
        _refers("endpoint_secrets", "brand_id", "brands"),
        _refers("endpoint_secrets", "endpoint_id", "endpoints"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endpoint_secrets")),
    )
    op.create_index(op.f("ix_endpoint_secrets_endpoint_id"), "endpoint_secrets", ["endpoint_id"])


def _make_deliveries() -> None:
    op.create_table(
        "deliveries",
        _id(),
        _number("brand_id"),
        _number("endpoint_id"),
        sa.Column("source", sa.String(80), nullable=False),
        sa.Column("told", sa.String(40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                *STATES, name="deliverystate", native_enum=False, create_constraint=True, length=40
            ),
            server_default="waiting",
            nullable=False,
        ),
        _number("tries", default="0"),
        _number("lease", default="0"),
        _at("claimed_until"),
        _at("due_at", null=False),
        _at("finished_at"),
        _at("created_at", null=False),
        _refers("deliveries", "brand_id", "brands"),
        _refers("deliveries", "endpoint_id", "endpoints"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("endpoint_id", "source", name=op.f("uq_deliveries_endpoint_id_source")),
    )
    op.create_index(op.f("ix_deliveries_brand_id"), "deliveries", ["brand_id"])
    op.create_index(
        "ix_deliveries_due", "deliveries", ["due_at"], postgresql_where=sa.text("state = 'waiting'")
    )
    op.create_index(
        "ix_deliveries_finished",
        "deliveries",
        ["finished_at"],
        postgresql_where=sa.text("finished_at IS NOT NULL"),
    )


def _make_tries() -> None:
    op.create_table(
        "delivery_tries",
        _id(),
        _number("brand_id"),
        _number("delivery_id"),
        _number("status", null=True),
        sa.Column("fault", sa.String(80), server_default="", nullable=False),
        _number("took_ms", null=True),
        _at("created_at", null=False),
        _refers("delivery_tries", "brand_id", "brands"),
        _refers("delivery_tries", "delivery_id", "deliveries"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_tries")),
    )
    op.create_index(op.f("ix_delivery_tries_delivery_id"), "delivery_tries", ["delivery_id"])


def _wall(table: str) -> None:
    doors = ", ".join(f"aubaine_{door}" for door in HOUSE_DOORS)
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(
        f"CREATE POLICY house ON {table} TO {doors}, CURRENT_USER USING (true) WITH CHECK (true)"
    )
    op.execute(
        f"CREATE POLICY own_brand ON {table} TO aubaine_brand USING ({OWN}) WITH CHECK ({OWN})"
    )
    op.execute(
        f"CREATE POLICY brand_wall ON {table} AS RESTRICTIVE TO aubaine_brand USING ({OWN}) WITH CHECK ({OWN})"
    )


def downgrade() -> None:
    """Take them away."""
    for table in reversed(TABLES):
        op.drop_table(table)
