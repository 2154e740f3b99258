"""The walls: what each door may do, brands apart by row-level security, books that only grow."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APPEND_ONLY = ("events", "stock_movements", "postings", "posting_lines", "reports", "deal_lines")
"""Rows that nobody may change or remove, superuser included (``events`` only gains its ``relayed_at``)."""

BRAND_TABLES = (
    "brand_users",
    "stored_files",
    "imports",
    "import_rows",
    "remembered_mappings",
    "collections",
    "styles",
    "variants",
    "photographs",
    "rrp_evidence",
    "deals",
    "deal_versions",
    "deal_lines",
    "lots",
    "stock_movements",
    "sales",
    "sale_items",
    "sale_transitions",
    "holds",
    "order_lines",
    "demand_signals",
    "reports",
    "promises",
    "threads",
    "participants",
    "messages",
    "events",
    "letters",
    "posting_lines",
)
"""Every table whose rows belong to a brand by ``brand_id``."""

HOUSE_DOORS = ("member", "operator", "worker", "hallway")

MEMBER_HIDDEN = (
    "imports",
    "import_rows",
    "remembered_mappings",
    "stored_files",
    "lots",
    "reports",
    "captured_mails",
    "job_runs",
    "pulses",
    "rrp_evidence",
)
"""What a statement of the members' door has no business to read at all."""

HALLWAY_TABLES = (
    "accounts",
    "sessions",
    "tokens",
    "attempts",
    "members",
    "invitations",
    "brands",
    "brand_users",
    "events",
    "letters",
    "legal_pages",
)

BRAND_READS = (
    "brands",
    "brand_users",
    "stored_files",
    "imports",
    "import_rows",
    "remembered_mappings",
    "collections",
    "styles",
    "variants",
    "photographs",
    "rrp_evidence",
    "deals",
    "deal_versions",
    "deal_lines",
    "lots",
    "stock_movements",
    "sales",
    "sale_items",
    "sale_transitions",
    "reports",
    "promises",
    "threads",
    "participants",
    "messages",
    "events",
    "legal_pages",
)
BRAND_INSERTS = (
    "stored_files",
    "imports",
    "import_rows",
    "remembered_mappings",
    "collections",
    "styles",
    "variants",
    "photographs",
    "rrp_evidence",
    "deals",
    "deal_versions",
    "deal_lines",
    "threads",
    "participants",
    "messages",
    "events",
    "promises",
)
BRAND_UPDATES = {
    "imports": "",
    "import_rows": "",
    "remembered_mappings": "",
    "collections": "",
    "styles": "",
    "variants": "",
    "photographs": "",
    "deals": "(state, latest, accepted_version_id)",
    "deal_versions": "(accepted_at, accepted_by_id)",
    "sales": "(approved_version, approved_by_id, approved_at)",
    "lots": "",
}
BRAND_COLUMNS = {
    "accounts": "id, name, realm, locale, zone",
    "holds": "id, brand_id, sale_id, sale_item_id, units, returned_units, price_minor, state, "
    "expires_at, renewals, created_at, ended_at",
    "order_lines": "id, brand_id, sale_id, sale_item_id, variant_id, units, cancelled_units, "
    "withdrawn_units, returned_units, price_minor, vat_bps, commission_bps, unit_cost_minor, paid_at, created_at",
    "demand_signals": "id, brand_id, sale_id, sale_item_id, signal, minute, units, times, last_at, created_at",
}
"""Tables that name members: a brand's statement may read these columns, none of which does."""

MEMBER_COLUMNS = {
    "variants": "cost_minor, floor_minor, target_minor",
    "collections": "cost_total_minor",
}
"""Columns that a statement of the members' door may not read."""

OF_THIS_BRAND = "brand_id::text = current_setting('aubaine.brand_id', true)"
"""A plain comparison: without a brand in the transaction the setting is NULL or empty, and no row matches."""


def upgrade() -> None:
    """Raise the walls."""
    _grant()
    _keep_brands_apart()
    _make_books_grow_only()
    _balance_the_ledger()


def _grant() -> None:
    for door in ("operator", "worker"):
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO aubaine_{door}")
    op.execute("GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO aubaine_member")
    op.execute("GRANT DELETE ON captured_mails, attempts, sessions, tokens TO aubaine_worker")
    for table in MEMBER_HIDDEN:
        op.execute(f"REVOKE ALL ON {table} FROM aubaine_member")
    for table, hidden in MEMBER_COLUMNS.items():
        op.execute(f"REVOKE ALL ON {table} FROM aubaine_member")
        op.execute(
            f"""
            DO $$ DECLARE shown text; BEGIN
                SELECT string_agg(quote_ident(attname), ', ') INTO shown FROM pg_attribute
                WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped
                  AND attname <> ALL (string_to_array('{hidden}', ', '));
                EXECUTE format('GRANT SELECT (%s) ON {table} TO aubaine_member', shown);
            END $$
            """
        )
    _grant_to_hallway_and_brand()


def _grant_to_hallway_and_brand() -> None:
    for table in HALLWAY_TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO aubaine_hallway")
    for table in BRAND_READS:
        op.execute(f"GRANT SELECT ON {table} TO aubaine_brand")
    for table in BRAND_INSERTS:
        op.execute(f"GRANT INSERT ON {table} TO aubaine_brand")
    for table, columns in BRAND_UPDATES.items():
        op.execute(f"GRANT UPDATE {columns} ON {table} TO aubaine_brand")
    for table, columns in BRAND_COLUMNS.items():
        op.execute(f"GRANT SELECT ({columns}) ON {table} TO aubaine_brand")


def _keep_brands_apart() -> None:
    doors = ", ".join(f"aubaine_{door}" for door in HOUSE_DOORS)
    for table in (*BRAND_TABLES, "brands", "accounts"):
        own = {
            "brands": OF_THIS_BRAND.replace("brand_id::", "id::"),
            "accounts": "realm = 'operator' OR EXISTS (SELECT FROM brand_users "
            "WHERE brand_users.account_id = accounts.id)",
        }.get(table, OF_THIS_BRAND)
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY house ON {table} TO {doors}, CURRENT_USER USING (true) WITH CHECK (true)"
        )
        op.execute(
            f"CREATE POLICY own_brand ON {table} TO aubaine_brand USING ({own}) WITH CHECK ({own})"
        )
        op.execute(
            f"CREATE POLICY brand_wall ON {table} AS RESTRICTIVE TO aubaine_brand USING ({own}) WITH CHECK ({own})"
        )


def _make_books_grow_only() -> None:
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% only grows: % is refused', TG_TABLE_NAME, TG_OP
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'only_grows';
        END $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION refuse_change_but_relay() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' AND OLD.relayed_at IS NULL THEN
                OLD.relayed_at := NEW.relayed_at;
                IF OLD IS NOT DISTINCT FROM NEW THEN
                    RETURN NEW;
                END IF;
            END IF;
            RAISE EXCEPTION '% only grows: % is refused', TG_TABLE_NAME, TG_OP
                USING ERRCODE = 'restrict_violation', CONSTRAINT = 'only_grows';
        END $$
        """
    )
    for table in APPEND_ONLY:
        keeper = "refuse_change_but_relay" if table == "events" else "refuse_change"
        op.execute(
            f"CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {keeper}()"
        )
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER only_grows")
        op.execute(
            f"CREATE TRIGGER never_emptied BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER never_emptied")
        if table != "events":
            op.execute(
                f"REVOKE UPDATE ON {table} FROM aubaine_member, aubaine_operator, aubaine_worker"
            )
    op.execute("REVOKE UPDATE ON events FROM aubaine_member, aubaine_operator, aubaine_hallway")


def _balance_the_ledger() -> None:
    op.execute(
        """
        CREATE FUNCTION posting_balances() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            wrong record;
            wanted bigint := CASE TG_TABLE_NAME WHEN 'postings' THEN NEW.id ELSE (to_jsonb(NEW)->>'posting_id')::bigint END;
        BEGIN
            SELECT currency, sum(amount_minor) AS rest INTO wrong FROM posting_lines
            WHERE posting_id = wanted GROUP BY currency HAVING sum(amount_minor) <> 0 LIMIT 1;
            IF FOUND THEN
                RAISE EXCEPTION 'posting % is out of balance by % %', wanted, wrong.rest, wrong.currency
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'posting_balances';
            END IF;
            IF (SELECT count(*) FROM posting_lines WHERE posting_id = wanted) < 2 THEN
                RAISE EXCEPTION 'posting % has fewer than two lines', wanted
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'posting_balances';
            END IF;
            RETURN NULL;
        END $$
        """
    )
    for table in ("postings", "posting_lines"):
        op.execute(
            f"CREATE CONSTRAINT TRIGGER posting_balances AFTER INSERT ON {table} "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION posting_balances()"
        )
        op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER posting_balances")


def downgrade() -> None:
    """Take the walls down."""
    for table in ("postings", "posting_lines"):
        op.execute(f"DROP TRIGGER posting_balances ON {table}")
    op.execute("DROP FUNCTION posting_balances()")
    for table in APPEND_ONLY:
        op.execute(f"DROP TRIGGER only_grows ON {table}")
        op.execute(f"DROP TRIGGER never_emptied ON {table}")
    op.execute("DROP FUNCTION refuse_change_but_relay()")
    op.execute("DROP FUNCTION refuse_change()")
    for table in (*BRAND_TABLES, "brands", "accounts"):
        for policy in ("house", "own_brand", "brand_wall"):
            op.execute(f"DROP POLICY {policy} ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    for door in (*HOUSE_DOORS, "brand"):
        op.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM aubaine_{door}")
