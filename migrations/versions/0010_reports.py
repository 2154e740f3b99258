"""Reports: when units left an order, how many people wanted something, and letters claimed by one sender."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0006"
branch_labels = None
depends_on = None

PEOPLE = """
CREATE FUNCTION people_who_wanted(sale bigint, at timestamptz)
RETURNS TABLE (sale_item_id bigint, people bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    -- How many different members wanted each item in vain by `at`; NULL where they are fewer than ten, so that
    -- nobody can be picked out. A brand learns this of its own sales only.
    SELECT d.sale_item_id, CASE WHEN count(DISTINCT d.member_id) >= 10 THEN count(DISTINCT d.member_id) END
    FROM demand_signals d JOIN sales s ON s.id = d.sale_id
    WHERE d.sale_id = sale AND s.opens_at + d.minute * interval '1 minute' < at
      AND (current_setting('role') <> 'aubaine_brand'
           OR d.brand_id::text = current_setting('aubaine.brand_id', true))
    GROUP BY d.sale_item_id
$$
"""


def upgrade() -> None:
    """Add them."""
    op.create_table(
        "line_returns",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        *(
            sa.Column(f"{name}_id", sa.BigInteger(), nullable=False)
            for name in ("brand", "sale", "sale_item", "order_line", "refund")
        ),
        sa.Column(
            "way",
            sa.Enum(
                "cancelled",
                "returned",
                name="way",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("house_now()"), nullable=False
        ),
        sa.CheckConstraint("units > 0", name="ck_line_returns_units"),
        *(
            sa.ForeignKeyConstraint(
                [f"{name}_id"],
                [f"{name}s.id"],
                name=f"fk_line_returns_{name}_id",
                ondelete="RESTRICT",
            )
            for name in ("brand", "sale", "sale_item", "order_line", "refund")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_line_returns"),
    )
    op.create_index("ix_line_returns_sale", "line_returns", ["sale_id", "sale_item_id"])
    op.create_index("ix_line_returns_order_line_id", "line_returns", ["order_line_id"])
    op.add_column("letters", sa.Column("claimed_until", sa.DateTime(timezone=True)))
    _wall()
    op.execute(PEOPLE)
    op.execute("REVOKE ALL ON FUNCTION people_who_wanted(bigint, timestamptz) FROM PUBLIC")
    op.execute(
        "GRANT EXECUTE ON FUNCTION people_who_wanted(bigint, timestamptz) "
        "TO aubaine_brand, aubaine_operator, aubaine_worker"
    )


def _wall() -> None:
    own = "brand_id::text = current_setting('aubaine.brand_id', true)"
    house = "aubaine_member, aubaine_operator, aubaine_worker, CURRENT_USER"
    op.execute(
        "GRANT SELECT, INSERT ON line_returns TO aubaine_member, aubaine_operator, aubaine_worker"
    )
    op.execute(
        "GRANT SELECT (id, brand_id, sale_id, sale_item_id, way, units, price_minor, at) ON line_returns TO aubaine_brand"
    )
    op.execute("ALTER TABLE line_returns ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE line_returns FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY house ON line_returns TO {house} USING (true) WITH CHECK (true)")
    op.execute(
        f"CREATE POLICY own_brand ON line_returns TO aubaine_brand USING ({own}) WITH CHECK ({own})"
    )
    op.execute(
        f"CREATE POLICY brand_wall ON line_returns AS RESTRICTIVE TO aubaine_brand USING ({own}) WITH CHECK ({own})"
    )
    op.execute(
        "CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON line_returns "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute("ALTER TABLE line_returns ENABLE ALWAYS TRIGGER only_grows")
    op.execute(
        "CREATE TRIGGER never_emptied BEFORE TRUNCATE ON line_returns "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute("ALTER TABLE line_returns ENABLE ALWAYS TRIGGER never_emptied")


def downgrade() -> None:
    """Take them away."""
    op.execute("DROP FUNCTION people_who_wanted(bigint, timestamptz)")
    op.drop_column("letters", "claimed_until")
    op.drop_table("line_returns")
