"""Joining: applications, the house's list and a brand's answers, its file as a trader, its bank details, its states."""

from __future__ import annotations

import json
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

NOW = sa.text("house_now()")
OWN = "brand_id::text = current_setting('aubaine.brand_id', true)"
HOUSE = "aubaine_operator, aubaine_worker, aubaine_hallway, CURRENT_USER"
WALLED = ("kyb_files", "bank_details", "checklist_answers", "applications")
GRANTS = {
    "kyb_files": {
        "brand": "SELECT, INSERT, UPDATE",
        "operator": "SELECT, INSERT, UPDATE",
        "worker": "SELECT",
        "hallway": "SELECT",
    },
    "checklist_items": {
        "brand": "SELECT",
        "operator": "SELECT, INSERT, UPDATE",
        "worker": "SELECT",
    },
    "checklist_answers": {
        "brand": "SELECT, INSERT, UPDATE",
        "operator": "SELECT, INSERT, UPDATE",
        "worker": "SELECT",
    },
    "applications": {
        "hallway": "SELECT, INSERT",
        "operator": "SELECT, UPDATE",
        "worker": "SELECT",
    },
}
BANK_SHOWN = (
    "id, brand_id, holder, last_four, country, told_address, asked_by_id, asked_at, in_force_at, "
    "cancelled_at, cancelled_by_id"
)
STATES_BEFORE, STATES_AFTER = (
    ("active", "suspended"),
    ("active", "onboarding", "ready", "suspended", "terminated"),
)
ITEMS = Path(__file__).resolve().parents[1] / "texts" / revision / "checklist.json"
"""The list a new house begins with; people of the house rewrite it."""


def upgrade() -> None:
    """Make the tables, write the first list, and call every brand that works here ready."""
    _tables()
    _applications()
    _let_in()
    op.add_column(
        "brands", sa.Column("state_reason", sa.String(1000), server_default="", nullable=False)
    )
    _allow(STATES_AFTER)
    op.execute("UPDATE brands SET state = 'ready' WHERE state = 'active'")
    op.execute("ALTER TABLE brands ALTER COLUMN state SET DEFAULT 'onboarding'")
    op.execute("GRANT UPDATE (legal_name, country, vat_number) ON brands TO aubaine_brand")
    _first_list()


def downgrade() -> None:
    """Take them away."""
    op.execute("REVOKE UPDATE (legal_name, country, vat_number) ON brands FROM aubaine_brand")
    op.execute("UPDATE brands SET state = 'active' WHERE state IN ('onboarding', 'ready')")
    op.execute("UPDATE brands SET state = 'suspended' WHERE state = 'terminated'")
    op.execute("ALTER TABLE brands ALTER COLUMN state SET DEFAULT 'active'")
    _allow(STATES_BEFORE)
    op.drop_column("brands", "state_reason")
    for table in (
        "applications",
        "checklist_answers",
        "checklist_items",
        "bank_details",
        "kyb_files",
    ):
        op.drop_table(table)


def _allow(names: tuple[str, ...]) -> None:
    allowed = ", ".join(f"'{name}'" for name in names)
    op.execute("ALTER TABLE brands DROP CONSTRAINT ck_brands_brandstate")
    op.execute(
        f"ALTER TABLE brands ADD CONSTRAINT ck_brands_brandstate CHECK (state IN ({allowed})) NOT VALID"
    )
    with op.get_context().autocommit_block():  # looking at every row must not keep readers out
        op.execute("ALTER TABLE brands VALIDATE CONSTRAINT ck_brands_brandstate")


def _states(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _text(name: str, length: int, *, blank: bool = True) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False, server_default="" if blank else None)


def _moment(name: str, *, given: bool = False) -> sa.Column[object]:
    return sa.Column(
        name,
        sa.DateTime(timezone=True),
        nullable=not given,
        server_default=NOW if given else None,
    )


def _number(name: str, *, owed: bool = True) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=not owed)


def _id(table: str) -> tuple[sa.Column[int], sa.PrimaryKeyConstraint]:
    key = sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)
    return key, sa.PrimaryKeyConstraint("id", name=f"pk_{table}")


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=f"fk_{table}_{column}", ondelete="RESTRICT"
    )


def _tables() -> None:
    op.create_table(
        "kyb_files",
        *_id("kyb_files"),
        _number("brand_id"),
        _text("address_line", 200),
        _text("postcode", 40),
        _text("city", 200),
        _text("register_name", 200),
        _text("register_number", 40),
        _text("tin", 40),
        _text("contact_name", 200),
        _text("contact_email", 254),
        _text("contact_phone", 40),
        _moment("certified_at"),
        _number("certified_by_id", owed=False),
        _moment("changed_at", given=True),
        _to("kyb_files", "brand_id", "brands"),
        _to("kyb_files", "certified_by_id", "accounts"),
        sa.UniqueConstraint("brand_id", name="uq_kyb_files_brand_id"),
    )
    op.create_table(
        "bank_details",
        *_id("bank_details"),
        _number("brand_id"),
        _text("holder", 200, blank=False),
        _text("iban", 40, blank=False),
        _text("last_four", 4, blank=False),
        _text("country", 2, blank=False),
        _text("told_address", 254),
        _number("asked_by_id"),
        _moment("asked_at", given=True),
        sa.Column("in_force_at", sa.DateTime(timezone=True), nullable=False),
        _moment("cancelled_at"),
        _number("cancelled_by_id", owed=False),
        sa.CheckConstraint("in_force_at > asked_at", name="ck_bank_details_cooling"),
        _to("bank_details", "brand_id", "brands"),
        _to("bank_details", "asked_by_id", "accounts"),
        _to("bank_details", "cancelled_by_id", "accounts"),
    )
    op.create_index("ix_bank_details_brand", "bank_details", ["brand_id", "in_force_at"])
    _list_tables()


def _list_tables() -> None:
    op.create_table(
        "checklist_items",
        *_id("checklist_items"),
        _number("position"),
        sa.Column("kind", _states("itemkind", "upload", "attest", "data"), nullable=False),
        sa.Column("gate", _states("gate", "submission", "payout"), nullable=False),
        sa.Column("part", _states("part", "company", "tax", "contact", "certification")),
        sa.Column("titles", JSONB(), nullable=False),
        sa.Column("asks", JSONB(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        _moment("created_at", given=True),
        sa.CheckConstraint("(kind = 'data') = (part IS NOT NULL)", name="ck_checklist_items_part"),
    )
    op.create_table(
        "checklist_answers",
        *_id("checklist_answers"),
        _number("brand_id"),
        _number("item_id"),
        sa.Column(
            "state",
            _states("answerstate", "open", "submitted", "accepted", "sent_back", "waived"),
            nullable=False,
        ),
        _text("said", 1000),
        _number("file_id", owed=False),
        _number("given_by_id", owed=False),
        _moment("given_at"),
        _number("decided_by_id", owed=False),
        _moment("decided_at"),
        _text("reason", 1000),
        _to("checklist_answers", "brand_id", "brands"),
        _to("checklist_answers", "item_id", "checklist_items"),
        _to("checklist_answers", "file_id", "stored_files"),
        _to("checklist_answers", "given_by_id", "accounts"),
        _to("checklist_answers", "decided_by_id", "accounts"),
        sa.UniqueConstraint("brand_id", "item_id", name="uq_checklist_answers_brand_id_item_id"),
    )
    op.create_index("ix_checklist_answers_item_id", "checklist_answers", ["item_id"])
    op.create_index("ix_checklist_answers_file_id", "checklist_answers", ["file_id"])


def _applications() -> None:
    op.create_table(
        "applications",
        *_id("applications"),
        _number("brand_id", owed=False),
        _text("name", 200, blank=False),
        _text("country", 2, blank=False),
        _text("website", 200),
        _text("person", 200, blank=False),
        _text("email", 254, blank=False),
        _text("email_key", 254, blank=False),
        _text("locale", 8, blank=False),
        _text("said", 1000),
        sa.Column(
            "state",
            _states("applicationstate", "open", "accepted", "declined"),
            server_default="open",
            nullable=False,
        ),
        _text("reason", 1000),
        _number("decided_by_id", owed=False),
        _moment("decided_at"),
        _moment("created_at", given=True),
        _to("applications", "brand_id", "brands"),
        _to("applications", "decided_by_id", "accounts"),
    )
    op.create_index("ix_applications_brand_id", "applications", ["brand_id"])
    op.create_index("ix_applications_state", "applications", ["state", "created_at"])
    op.create_index(
        "uq_applications_open",
        "applications",
        ["email_key"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )


def _let_in() -> None:
    for table, doors in GRANTS.items():
        for door, rights in doors.items():
            op.execute(f"GRANT {rights} ON {table} TO aubaine_{door}")
    for door in ("brand", "operator", "hallway"):
        op.execute(f"GRANT SELECT ({BANK_SHOWN}) ON bank_details TO aubaine_{door}")
    op.execute("GRANT SELECT ON bank_details TO aubaine_worker")
    for door in ("hallway", "operator"):
        op.execute(f"GRANT INSERT ON bank_details TO aubaine_{door}")
        op.execute(
            f"GRANT UPDATE (cancelled_at, cancelled_by_id) ON bank_details TO aubaine_{door}"
        )
    for table in WALLED:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY house ON {table} TO {HOUSE} USING (true) WITH CHECK (true)")
        op.execute(
            f"CREATE POLICY own_brand ON {table} TO aubaine_brand USING ({OWN}) WITH CHECK ({OWN})"
        )
        op.execute(
            f"CREATE POLICY brand_wall ON {table} AS RESTRICTIVE TO aubaine_brand USING ({OWN}) WITH CHECK ({OWN})"
        )
    # A brand gives; it does not decide on what it gave.
    op.execute(
        "CREATE POLICY brand_gives ON checklist_answers AS RESTRICTIVE TO aubaine_brand "
        "USING (true) WITH CHECK (state IN ('open', 'submitted'))"
    )


def _first_list() -> None:
    written = sa.text(
        "INSERT INTO checklist_items (position, kind, gate, part, titles, asks) "
        "VALUES (:position, :kind, :gate, :part, CAST(:titles AS jsonb), CAST(:asks AS jsonb))"
    )
    items = json.loads(ITEMS.read_text(encoding="utf-8"))
    for position, item in enumerate(items, 1):
        words = {name: json.dumps(item.pop(name)) for name in ("titles", "asks")}
        op.execute(written.bindparams(position=position, **item, **words))
