"""Who of the house looked at what a brand told in confidence; collections so marked; days on which a brand is closed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

NOW = sa.text("house_now()")
OWN = "brand_id::text = current_setting('aubaine.brand_id', true)"
HOUSE = "aubaine_operator, aubaine_worker, aubaine_hallway, CURRENT_USER"
THINGS = ("company", "bank", "document", "collection", "terms", "figures")
GRANTS = {
    "looks": {
        "brand": "SELECT",
        "operator": "SELECT, INSERT, UPDATE (times, last_at)",
        "worker": "SELECT",
    },
    "closures": {
        "brand": "SELECT, INSERT, UPDATE (ended_at)",
        "operator": "SELECT",
        "worker": "SELECT",
    },
}
FORGET = """
CREATE FUNCTION forget_looks(most integer) RETURNS TABLE (kind text, gone bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- Delete looks of more than a year ago, at most so many; how many went. Rows that somebody else has locked are left.
BEGIN
    kind := 'looks';
    DELETE FROM looks WHERE id IN (
        SELECT l.id FROM looks l WHERE l.day < (house_now() - interval '365 days')::date
        ORDER BY l.id LIMIT most FOR UPDATE SKIP LOCKED
    );
    GET DIAGNOSTICS gone = ROW_COUNT; RETURN NEXT;
END $$
"""


def upgrade() -> None:
    """Make the tables with their walls, the mark on collections, and the function that forgets."""
    _make_looks()
    _make_closures()
    for table, doors in GRANTS.items():
        _wall(table)
        for door, rights in doors.items():
            op.execute(f"GRANT {rights} ON {table} TO aubaine_{door}")
    op.add_column(
        "collections",
        sa.Column("confidential", sa.Boolean(), server_default="false", nullable=False),
    )
    op.execute(FORGET)
    op.execute("REVOKE ALL ON FUNCTION forget_looks(integer) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION forget_looks(integer) TO aubaine_worker")


def downgrade() -> None:
    """Take them away."""
    op.execute("DROP FUNCTION forget_looks(integer)")
    op.drop_column("collections", "confidential")
    op.drop_table("closures")
    op.drop_table("looks")


def _make_looks() -> None:
    op.create_table(
        "looks",
        *_row("looks"),
        _number("account_id"),
        sa.Column(
            "thing",
            sa.Enum(*THINGS, name="thing", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        _number("about_id"),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("times", sa.BigInteger(), server_default="1", nullable=False),
        _at("last_at", given=True),
        _at("created_at", given=True),
        _refers("looks", "account_id", "accounts"),
        sa.UniqueConstraint(
            "account_id", "thing", "about_id", "day", name="uq_looks_account_id_thing_about_id_day"
        ),
    )
    op.create_index("ix_looks_brand", "looks", ["brand_id", "last_at"])
    op.create_index("ix_looks_day", "looks", ["day"])


def _make_closures() -> None:
    op.create_table(
        "closures",
        *_row("closures"),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(200), server_default="", nullable=False),
        _number("stated_by_id"),
        _at("ended_at"),
        _at("created_at", given=True),
        _refers("closures", "stated_by_id", "accounts"),
        sa.CheckConstraint("first_on <= last_on", name="ck_closures_order"),
    )
    op.create_index("ix_closures_stated_by_id", "closures", ["stated_by_id"])
    op.create_index(
        "ix_closures_brand",
        "closures",
        ["brand_id", "last_on"],
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _row(table: str) -> tuple[sa.Column[int], sa.Column[int], sa.Constraint, sa.Constraint]:
    return (
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        _number("brand_id"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        _refers(table, "brand_id", "brands"),
    )


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _at(name: str, *, given: bool = False) -> sa.Column[object]:
    return sa.Column(
        name,
        sa.DateTime(timezone=True),
        nullable=not given,
        server_default=NOW if given else None,
    )


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{to}.id"], name=f"fk_{table}_{column}", ondelete="RESTRICT"
    )


def _wall(table: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY house ON {table} TO {HOUSE} USING (true) WITH CHECK (true)")
    op.execute(
        f"CREATE POLICY own_brand ON {table} TO aubaine_brand USING ({OWN}) WITH CHECK ({OWN})"
    )
    op.execute(
        f"CREATE POLICY brand_wall ON {table} AS RESTRICTIVE TO aubaine_brand USING ({OWN}) WITH CHECK ({OWN})"
    )
