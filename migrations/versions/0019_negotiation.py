"""What a deal is negotiated with: targets and hard stops, comments, its paper, and the right to sell the goods."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

OF_THIS_BRAND = "brand_id::text = current_setting('aubaine.brand_id', true)"
HOUSE = "aubaine_member, aubaine_operator, aubaine_worker, aubaine_hallway, CURRENT_USER"
TABLES = ("rights_to_sell", "deal_comments", "deal_papers")


def upgrade() -> None:
    """Make room for them, each brand's behind its wall."""
    op.add_column("deal_lines", sa.Column("target_minor", sa.BigInteger(), nullable=True))
    op.add_column("deal_lines", sa.Column("hard_stop", sa.BigInteger(), nullable=True))
    # Every row of before has neither, so there is nothing to validate.
    op.execute(
        "ALTER TABLE deal_lines ADD CONSTRAINT ck_deal_lines_order"
        " CHECK (target_minor >= floor_minor AND hard_stop >= units) NOT VALID"
    )
    _rights()
    _comments()
    _papers()
    for table in TABLES:
        _wall(table)
    op.execute(
        "GRANT UPDATE (state, reason, reviewed_by_id, reviewed_at) ON rights_to_sell TO aubaine_operator"
    )


def _rights() -> None:
    _table(
        "rights_to_sell",
        sa.Column("collection_id", sa.BigInteger(), nullable=False),
        sa.Column("basis", _states("basis", "owner", "authorised"), nullable=False),
        sa.Column("trademark", sa.String(200), nullable=False),
        sa.Column("first_sale", sa.String(500), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column(
            "state",
            _states("rightstate", "stated", "accepted", "refused"),
            server_default="stated",
            nullable=False,
        ),
        sa.Column("reason", sa.String(1_000), server_default="", nullable=False),
        sa.Column("stated_by_id", sa.BigInteger(), nullable=False),
        sa.Column("reviewed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'stated') = (reviewed_at IS NULL)"
            " AND (reviewed_at IS NULL) = (reviewed_by_id IS NULL)",
            name=op.f("ck_rights_to_sell_review"),
        ),
        refers={
            "brand_id": "brands",
            "collection_id": "collections",
            "file_id": "stored_files",
            "stated_by_id": "accounts",
            "reviewed_by_id": "accounts",
        },
    )


def _comments() -> None:
    _table(
        "deal_comments",
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("clause", sa.String(80), nullable=False),
        sa.Column("side", _states("side", "house", "brand"), nullable=False),
        sa.Column("said", sa.String(1_000), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        refers={"brand_id": "brands", "version_id": "deal_versions", "account_id": "accounts"},
    )


def _papers() -> None:
    _table(
        "deal_papers",
        sa.Column("version_id", sa.BigInteger(), nullable=False),
        sa.Column("locale", sa.String(20), nullable=False),
        sa.Column("storage_key", sa.String(80), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("storage_key", name=op.f("uq_deal_papers_storage_key")),
        sa.UniqueConstraint(
            "brand_id",
            "version_id",
            "locale",
            name=op.f("uq_deal_papers_brand_id_version_id_locale"),
        ),
        refers={"version_id": "deal_versions"},
        unindexed={"brand_id": "brands"},
    )


def _states(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _table(
    name: str,
    *parts: sa.schema.SchemaItem,
    refers: dict[str, str],
    unindexed: dict[str, str] | None = None,
) -> None:
    keys = [
        sa.ForeignKeyConstraint(
            [column], [f"{table}.id"], name=op.f(f"fk_{name}_{column}"), ondelete="RESTRICT"
        )
        for column, table in {**refers, **(unindexed or {})}.items()
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
    op.execute(
        f"GRANT SELECT, INSERT ON {table} TO aubaine_operator, aubaine_worker, aubaine_brand"
    )
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY house ON {table} TO {HOUSE} USING (true) WITH CHECK (true)")
    own = f"USING ({OF_THIS_BRAND}) WITH CHECK ({OF_THIS_BRAND})"
    op.execute(f"CREATE POLICY own_brand ON {table} TO aubaine_brand {own}")
    op.execute(f"CREATE POLICY brand_wall ON {table} AS RESTRICTIVE TO aubaine_brand {own}")


def downgrade() -> None:
    """Deals as they were."""
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_constraint(op.f("ck_deal_lines_order"), "deal_lines", type_="check")
    op.drop_column("deal_lines", "hard_stop")
    op.drop_column("deal_lines", "target_minor")
