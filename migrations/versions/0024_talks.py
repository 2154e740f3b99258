"""Talks with brands about collections and everything else; files that go with messages; who has read how far."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

OWN = "brand_id::text = current_setting('aubaine.brand_id', true)"
HOUSE = "aubaine_operator, aubaine_worker, aubaine_hallway, CURRENT_USER"
KINDS = ("pdf", "png", "jpeg", "webp", "xlsx", "ods", "csv")
BEFORE, AFTER = ("deal", "sale", "order"), ("collection", "deal", "sale", "brand", "order")
GRANTS = {
    "thread_reads": {
        "brand": "SELECT, INSERT, UPDATE (message_id, read_at)",
        "operator": "SELECT, INSERT, UPDATE (message_id, read_at)",
        "worker": "SELECT",
    },
    "message_files": {
        "brand": "SELECT, INSERT",
        "operator": "SELECT, INSERT",
        "worker": "SELECT",
    },
}


def upgrade() -> None:
    """Let threads hang on more, and make the tables with the walls around them."""
    op.create_table(
        "message_files",
        *_row("message_files"),
        _number("message_id"),
        _number("file_id"),
        sa.Column(
            "kind",
            sa.Enum(
                *KINDS,
                name="attachmentkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        _at("created_at"),
        _refers("message_files", "message_id", "messages"),
        _refers("message_files", "file_id", "stored_files"),
        sa.UniqueConstraint("file_id", name="uq_message_files_file_id"),
    )
    op.create_index("ix_message_files_message_id", "message_files", ["message_id"])
    op.create_table(
        "thread_reads",
        *_row("thread_reads"),
        _number("thread_id"),
        _number("account_id"),
        _number("message_id"),
        _at("read_at"),
        _refers("thread_reads", "thread_id", "threads"),
        _refers("thread_reads", "account_id", "accounts"),
        _refers("thread_reads", "message_id", "messages"),
        sa.UniqueConstraint("thread_id", "account_id", name="uq_thread_reads_thread_id_account_id"),
    )
    op.create_index("ix_thread_reads_account_id", "thread_reads", ["account_id"])
    for table, doors in GRANTS.items():
        op.create_index(f"ix_{table}_brand_id", table, ["brand_id"])
        _wall(table)
        for door, rights in doors.items():
            op.execute(f"GRANT {rights} ON {table} TO aubaine_{door}")
    _allow(AFTER)


def downgrade() -> None:
    """Take them away; talks about what could not be talked about before go with them."""
    op.drop_table("thread_reads")
    op.drop_table("message_files")
    gone = "SELECT id FROM threads WHERE subject IN ('collection', 'brand')"
    op.execute(f"DELETE FROM messages WHERE thread_id IN ({gone})")
    op.execute(f"DELETE FROM participants WHERE thread_id IN ({gone})")
    op.execute("DELETE FROM threads WHERE subject IN ('collection', 'brand')")
    _allow(BEFORE)


def _allow(names: tuple[str, ...]) -> None:
    allowed = ", ".join(f"'{name}'" for name in names)
    op.execute("ALTER TABLE threads DROP CONSTRAINT ck_threads_subject")
    op.execute(
        f"ALTER TABLE threads ADD CONSTRAINT ck_threads_subject CHECK (subject IN ({allowed})) NOT VALID"
    )
    with op.get_context().autocommit_block():  # looking at every row must not keep readers out
        op.execute("ALTER TABLE threads VALIDATE CONSTRAINT ck_threads_subject")


def _row(table: str) -> tuple[sa.Column[int], sa.Column[int], sa.Constraint, sa.Constraint]:
    return (
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        _number("brand_id"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        _refers(table, "brand_id", "brands"),
    )


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _at(name: str) -> sa.Column[object]:
    return sa.Column(
        name, sa.DateTime(timezone=True), server_default=sa.text("house_now()"), nullable=False
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
