"""Keys for brands' machines, their allowance, and the answers that are given again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

OWN = "brand_id::text = current_setting('aubaine.brand_id', true)"
HOUSE_DOORS = ("member", "operator", "worker", "hallway")
NOW = sa.text("house_now()")


def upgrade() -> None:
    """Make the tables and the walls around them."""
    _make_keys()
    _make_replies()
    for table in ("api_keys", "api_allowances", "kept_replies"):
        _wall(table)
    shown = "id, brand_id, made_by_id, name, prefix, scopes, expires_at, ends_at, replaced_by_id, last_used_on, created_at"
    op.execute(f"GRANT SELECT ({shown}), INSERT ON api_keys TO aubaine_brand")
    op.execute("GRANT UPDATE (ends_at, replaced_by_id) ON api_keys TO aubaine_brand")
    op.execute("GRANT SELECT, UPDATE (last_used_on) ON api_keys TO aubaine_hallway")
    op.execute("GRANT SELECT, INSERT, UPDATE ON api_allowances TO aubaine_hallway")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON kept_replies TO aubaine_brand")
    op.execute("GRANT SELECT, UPDATE, DELETE ON kept_replies TO aubaine_worker")


def _make_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("brand_id", sa.BigInteger(), nullable=False),
        sa.Column("made_by_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("prefix", sa.String(20), nullable=False),
        sa.Column("secret_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", postgresql.JSONB(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True)),
        sa.Column("replaced_by_id", sa.BigInteger()),
        sa.Column("last_used_on", sa.Date()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brands.id"], name=op.f("fk_api_keys_brand_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"],
            ["accounts.id"],
            name=op.f("fk_api_keys_made_by_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["replaced_by_id"],
            ["api_keys.id"],
            name=op.f("fk_api_keys_replaced_by_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("prefix", name=op.f("uq_api_keys_prefix")),
        sa.UniqueConstraint("secret_sha256", name=op.f("uq_api_keys_secret_sha256")),
    )
    op.create_index(op.f("ix_api_keys_brand_id"), "api_keys", ["brand_id"])
    op.create_index(op.f("ix_api_keys_made_by_id"), "api_keys", ["made_by_id"])
    op.create_table(
        "api_allowances",
        sa.Column("brand_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("full_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("brand_id", name=op.f("pk_api_allowances")),
        prefixes=["UNLOGGED"],
    )


def _make_replies() -> None:
    op.create_table(
        "kept_replies",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("brand_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.BigInteger()),
        sa.Column("kind", sa.String(100), server_default="", nullable=False),
        sa.Column("location", sa.String(500), server_default="", nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["brand_id"], ["brands.id"], name=op.f("fk_kept_replies_brand_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_replies")),
        sa.UniqueConstraint("brand_id", "key", name=op.f("uq_kept_replies_brand_id_key")),
    )
    op.create_index(op.f("ix_kept_replies_expires_at"), "kept_replies", ["expires_at"])


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
    for table in ("kept_replies", "api_allowances", "api_keys"):
        op.drop_table(table)
