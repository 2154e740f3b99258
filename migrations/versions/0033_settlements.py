"""Statements of deals, what is paid of them, and charges to brands."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

OF_THIS_BRAND = "brand_id::text = current_setting('aubaine.brand_id', true)"
HOUSE = "aubaine_member, aubaine_operator, aubaine_worker, aubaine_hallway, CURRENT_USER"
TABLES = ("statements", "statement_papers", "payouts", "charges")
BOOKS = (
    *("stripe", "brand_payable", "commission", "vat_payable", "shipping_income", "member_payable"),
    *("guarantees", "outlays", "charges", "bank"),
)
CAUSES = ("payment", "order", "refund", "statement", "payout")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({listed})"


CHECKS = (
    ("posting_lines", "ck_posting_lines_book", _one_of("book", BOOKS)),
    ("postings", "ck_postings_cause", _one_of("cause", CAUSES)),
)
"""For new rows at once, and for old ones without stopping the house."""


def upgrade() -> None:
    """Make room for them, each brand's behind its wall."""
    for table, name, rule in CHECKS:
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({rule}) NOT VALID")
    _statements()
    _papers()
    _payouts()
    _charges()
    for table in TABLES:
        _wall(table)
    op.execute("GRANT SELECT ON statements, statement_papers TO aubaine_brand, aubaine_operator")
    op.execute("GRANT SELECT, INSERT ON statements, statement_papers TO aubaine_worker")
    shown = (
        "id, brand_id, statement_id, amount_minor, currency, due_on, state, bank_details_id,"
        " approved_by_id, approved_at, paid_by_id, paid_at, reference, created_at"
    )
    done = (
        "state, bank_details_id, approved_by_id, approved_at, transfer_key,"
        " paid_by_id, paid_at, reference"
    )
    op.execute(f"GRANT SELECT ({shown}) ON payouts TO aubaine_brand")
    op.execute(f"GRANT SELECT, UPDATE ({done}) ON payouts TO aubaine_operator, aubaine_worker")
    op.execute("GRANT INSERT ON payouts TO aubaine_worker")
    said = "state, contested_at, contested_by_id, objection"
    op.execute(f"GRANT SELECT, UPDATE ({said}) ON charges TO aubaine_brand")
    ended = "state, decided_by_id, decision, upheld, ended_at"
    op.execute(f"GRANT SELECT, INSERT, UPDATE ({ended}) ON charges TO aubaine_operator")
    op.execute(f"GRANT SELECT, UPDATE ({ended}) ON charges TO aubaine_worker")
    with op.get_context().autocommit_block():
        for table, name, _ in CHECKS:
            op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")


def _statements() -> None:
    _table(
        "statements",
        sa.Column("deal_id", sa.BigInteger(), nullable=False),
        sa.Column("sale_id", sa.BigInteger(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=False),
        _state("kind", "statementkind", "provisional", "final", "last", "later"),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        *(
            sa.Column(f"{name}_minor", sa.BigInteger(), nullable=False)
            for name in (
                *("payable", "beyond_due", "beyond_vat"),
                *("opening", "change", "to_pay", "closing"),
            )
        ),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("figures", postgresql.JSONB(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.UniqueConstraint("brand_id", "number", name=op.f("uq_statements_brand_id_number")),
        sa.UniqueConstraint(
            *("deal_id", "kind", "sale_id", "as_of"),
            name=op.f("uq_statements_deal_id_kind_sale_id_as_of"),
            postgresql_nulls_not_distinct=True,
        ),
        sa.CheckConstraint(
            "opening_minor + change_minor = to_pay_minor + closing_minor",
            name=op.f("ck_statements_sum"),
        ),
        sa.CheckConstraint(
            "opening_minor <= 0 AND closing_minor <= 0 AND to_pay_minor >= 0"
            " AND (to_pay_minor = 0 OR closing_minor = 0)",
            name=op.f("ck_statements_balance"),
        ),
        refers={"sale_id": "sales"},
        unindexed={"brand_id": "brands", "deal_id": "deals"},
    )
    op.create_index("ix_statements_deal", "statements", ["deal_id", "as_of"])


def _papers() -> None:
    _table(
        "statement_papers",
        sa.Column("statement_id", sa.BigInteger(), nullable=False),
        sa.Column("locale", sa.String(20), nullable=False),
        sa.Column("storage_key", sa.String(80), nullable=False),
        sa.UniqueConstraint(
            "statement_id", "locale", name=op.f("uq_statement_papers_statement_id_locale")
        ),
        sa.UniqueConstraint("storage_key", name=op.f("uq_statement_papers_storage_key")),
        refers={"brand_id": "brands"},
        unindexed={"statement_id": "statements"},
    )


def _payouts() -> None:
    _table(
        "payouts",
        sa.Column("statement_id", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        _state("state", "payoutstate", "waiting", "approved", "paid", begins="waiting"),
        sa.Column("bank_details_id", sa.BigInteger(), nullable=True),
        sa.Column("approved_by_id", sa.BigInteger(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("transfer_key", sa.String(80), nullable=True),
        sa.Column("paid_by_id", sa.BigInteger(), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reference", sa.String(140), server_default="", nullable=False),
        sa.UniqueConstraint("statement_id", name=op.f("uq_payouts_statement_id")),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payouts_amount")),
        sa.CheckConstraint("paid_by_id <> approved_by_id", name=op.f("ck_payouts_two_persons")),
        sa.CheckConstraint(
            "(state = 'waiting') = (approved_at IS NULL)"
            " AND (approved_at IS NULL) = (approved_by_id IS NULL)"
            " AND (approved_at IS NULL) = (bank_details_id IS NULL)",
            name=op.f("ck_payouts_approved"),
        ),
        sa.CheckConstraint(
            "(state = 'paid') = (paid_at IS NOT NULL) AND (paid_at IS NULL) = (paid_by_id IS NULL)",
            name=op.f("ck_payouts_paid"),
        ),
        refers={
            "brand_id": "brands",
            "bank_details_id": "bank_details",
            "approved_by_id": "accounts",
            "paid_by_id": "accounts",
        },
        unindexed={"statement_id": "statements"},
    )
    op.create_index(
        "ix_payouts_open",
        "payouts",
        ["due_on", "id"],
        postgresql_where=sa.text("state <> 'paid'"),
    )


def _charges() -> None:
    _table(
        "charges",
        sa.Column("deal_id", sa.BigInteger(), nullable=False),
        _state("reason", "chargereason", "short", "not_as_named", "damaged", "unlabelled"),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("each_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("found", sa.String(2_000), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=False),
        _state(
            *("state", "chargestate", "proposed", "contested", "final", "withdrawn"),
            begins="proposed",
        ),
        sa.Column("proposed_by_id", sa.BigInteger(), nullable=False),
        sa.Column("contest_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("contested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("contested_by_id", sa.BigInteger(), nullable=True),
        sa.Column("objection", sa.String(2_000), server_default="", nullable=False),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decision", sa.String(2_000), server_default="", nullable=False),
        sa.Column("upheld", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.UniqueConstraint("file_id", name=op.f("uq_charges_file_id")),
        *_charge_rules(),
        refers={
            "brand_id": "brands",
            "proposed_by_id": "accounts",
            "contested_by_id": "accounts",
            "decided_by_id": "accounts",
        },
        unindexed={"deal_id": "deals", "file_id": "stored_files"},
    )
    op.create_index("ix_charges_deal_ended", "charges", ["deal_id", "ended_at"])
    op.create_index(
        "ix_charges_proposed",
        "charges",
        ["contest_by"],
        postgresql_where=sa.text("state = 'proposed'"),
    )


def _charge_rules() -> tuple[sa.CheckConstraint, ...]:
    rules = {
        "amount": "units > 0 AND each_minor > 0",
        "upheld": "upheld >= 0 AND upheld <= units",
        "two_persons": "decided_by_id <> proposed_by_id OR state = 'withdrawn'",
        "ended": "(state IN ('final', 'withdrawn')) = (ended_at IS NOT NULL)"
        " AND (state IN ('final', 'withdrawn')) = (upheld IS NOT NULL)",
        "contested": "(contested_at IS NULL) = (contested_by_id IS NULL)"
        " AND (state <> 'contested' OR contested_at IS NOT NULL)"
        " AND (state <> 'final' OR contested_at IS NOT NULL AND decided_by_id IS NOT NULL"
        " OR contested_at IS NULL AND ended_at > contest_by)",
    }
    return tuple(
        sa.CheckConstraint(rule, name=op.f(f"ck_charges_{name}")) for name, rule in rules.items()
    )


def _state(column: str, name: str, *values: str, begins: str | None = None) -> sa.Column[str]:
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
    return sa.Column(column, kind, server_default=begins, nullable=False)


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
    """Nothing is settled. What was booked stays written as it was."""
    for table in reversed(TABLES):
        op.drop_table(table)
