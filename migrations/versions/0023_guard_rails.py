"""Guard-rails: what a brand wants kept in every one of its sales, and whose mornings it does not share."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

OWN = "brand_id::text = current_setting('aubaine.brand_id', true)"
HOUSE = "aubaine_operator, aubaine_worker, CURRENT_USER"
SET_BY_BRANDS = "show_in_teaser, name_in_subject, told_ahead, days_between_sales, sales_a_year"
BOUNDS = {"days_between_sales": 365, "sales_a_year": 52}


def upgrade() -> None:
    """Give brands their bounds, and a table for the names that they avoid."""
    op.add_column(
        "brands", sa.Column("told_ahead", sa.Boolean(), server_default="true", nullable=False)
    )
    for name in BOUNDS:
        op.add_column("brands", sa.Column(name, sa.BigInteger(), nullable=True))
    _make_avoided()
    op.execute(f"GRANT UPDATE ({SET_BY_BRANDS}) ON brands TO aubaine_brand")
    for name, most in BOUNDS.items():
        op.execute(
            f"ALTER TABLE brands ADD CONSTRAINT ck_brands_{name} CHECK ({name} BETWEEN 1 AND {most}) NOT VALID"
        )
    with op.get_context().autocommit_block():
        for name in BOUNDS:
            op.execute(f"ALTER TABLE brands VALIDATE CONSTRAINT ck_brands_{name}")


def _make_avoided() -> None:
    op.create_table(
        "avoided_brands",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("brand_id", sa.BigInteger(), nullable=False),
        sa.Column("said", sa.String(120), nullable=False),
        sa.Column("name_key", sa.String(480), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("house_now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["brand_id"],
            ["brands.id"],
            name=op.f("fk_avoided_brands_brand_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_avoided_brands")),
        sa.UniqueConstraint(
            "brand_id", "name_key", name=op.f("uq_avoided_brands_brand_id_name_key")
        ),
    )
    op.execute("ALTER TABLE avoided_brands ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE avoided_brands FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY house ON avoided_brands TO {HOUSE} USING (true) WITH CHECK (true)")
    op.execute(
        f"CREATE POLICY own_brand ON avoided_brands TO aubaine_brand USING ({OWN}) WITH CHECK ({OWN})"
    )
    op.execute(
        f"CREATE POLICY brand_wall ON avoided_brands AS RESTRICTIVE TO aubaine_brand "
        f"USING ({OWN}) WITH CHECK ({OWN})"
    )
    op.execute("GRANT SELECT, INSERT, DELETE ON avoided_brands TO aubaine_brand")
    op.execute("GRANT SELECT ON avoided_brands TO aubaine_operator, aubaine_worker")


def downgrade() -> None:
    """Take them away."""
    op.drop_table("avoided_brands")
    for name in BOUNDS:
        op.execute(f"ALTER TABLE brands DROP CONSTRAINT ck_brands_{name}")
    op.execute(f"REVOKE UPDATE ({SET_BY_BRANDS}) ON brands FROM aubaine_brand")
    for name in (*BOUNDS, "told_ahead"):
        op.drop_column("brands", name)
