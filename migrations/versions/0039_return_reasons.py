"""Why members send pieces back, if they care to say: kept with the withdrawal, told to brands in tens of members."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

TEXTS = Path(__file__).resolve().parents[1] / "texts" / "0039"
MINE = """(current_setting('role') <> 'aubaine_brand'
           OR s.brand_id::text = current_setting('aubaine.brand_id', true))"""
REASONS = f"""
CREATE FUNCTION returned_by_reason(sale bigint, at timestamptz)
RETURNS TABLE (size text, reason text, units bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    -- Units of each size that had come back by `at` for each reason that members gave, up to the return with which the
    -- tenth member gave it, the twentieth and so on: two looks differ by ten members or by none. Arguments are told by
    -- their place.
    WITH given AS (
        SELECT v.size, w.reasons ->> g.order_line_id::text AS reason, g.units, g.at, g.id, o.member_id
        FROM sales s
        JOIN line_returns g ON g.sale_id = s.id
        JOIN refunds r ON r.id = g.refund_id AND r.cause = 'withdrawn'
        JOIN withdrawals w ON w.id = substring(r.key FROM '-([0-9]+)(?:~[0-9]+)?$')::bigint
        JOIN orders o ON o.id = r.order_id AND o.id = w.order_id
        JOIN sale_items i ON i.id = g.sale_item_id
        JOIN variants v ON v.id = i.variant_id
        WHERE s.id = $1 AND g.at <= $2 AND w.reasons ? g.order_line_id::text AND {MINE}
    ), met AS (
        SELECT given.*,
               row_number() OVER (PARTITION BY given.size, given.reason, member_id ORDER BY given.at, id) = 1 AS first
        FROM given
    ), counted AS (
        SELECT met.*,
               count(*) FILTER (WHERE first) OVER (PARTITION BY met.size, met.reason ORDER BY met.at, id) AS person,
               count(*) FILTER (WHERE first) OVER (PARTITION BY met.size, met.reason) / 10 * 10 AS told
        FROM met
    )
    SELECT c.size, c.reason, sum(c.units)::bigint FROM counted c
    WHERE c.person < c.told OR (c.person = c.told AND c.first)
    GROUP BY 1, 2
$$
"""
FORGET = """
CREATE FUNCTION forget_return_reasons(most integer) RETURNS TABLE (kind text, gone bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- Forget why members sent pieces back three years ago, at most so many. Rows that somebody else has locked are left.
BEGIN
    kind := 'return_reasons';
    UPDATE withdrawals SET reasons = '{}' WHERE id IN (
        SELECT w.id FROM withdrawals w
        WHERE w.created_at < house_now() - interval '3 years' AND w.reasons <> '{}'
        ORDER BY w.id LIMIT most FOR UPDATE SKIP LOCKED
    );
    GET DIAGNOSTICS gone = ROW_COUNT; RETURN NEXT;
END $$
"""
READ, FORGOTTEN = "returned_by_reason(bigint, timestamptz)", "forget_return_reasons(integer)"


def upgrade() -> None:
    """Make room for reasons, count them, forget them, and let the privacy page say so."""
    op.add_column(
        "withdrawals",
        sa.Column("reasons", postgresql.JSONB(), server_default="{}", nullable=False),
    )
    for written, signature, readers in (
        (REASONS, READ, "aubaine_brand, aubaine_operator, aubaine_worker"),
        (FORGET, FORGOTTEN, "aubaine_worker"),
    ):
        op.execute(written)
        op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO {readers}")
    for file in sorted(TEXTS.glob("*/*.md")):
        _write(file)


def _write(file: Path) -> None:
    """A new version of the page, unless people of the house have written one of their own."""
    title, _, body = file.read_text(encoding="utf-8").partition("\n")
    said = {"slug": file.stem, "locale": file.parent.name, "title": title, "body": body.strip()}
    op.execute(
        sa.text(
            "INSERT INTO legal_pages (slug, locale, title, body) SELECT :slug, :locale, :title, :body"
            " WHERE NOT EXISTS (SELECT FROM legal_pages"
            " WHERE slug = :slug AND locale = :locale AND changed_by_id IS NOT NULL)"
        ).bindparams(**said)
    )


def downgrade() -> None:
    """Ask no longer; what the page said stays among its versions."""
    op.execute(f"DROP FUNCTION {FORGOTTEN}")
    op.execute(f"DROP FUNCTION {READ}")
    op.drop_column("withdrawals", "reasons")
