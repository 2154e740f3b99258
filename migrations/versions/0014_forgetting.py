"""What the privacy page says is kept no longer is deleted: by one function that can reach nothing younger.

Books that only grow (events, movements, postings, reports, agreed terms) stay; they name accounts by number at most.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TEXTS = Path(__file__).resolve().parents[1] / "texts" / "0014"
FUNCTION = "forget_past(integer)"

FORGET = """
CREATE FUNCTION forget_past(most integer) RETURNS TABLE (kind text, gone bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- Delete what is past its time, at most so many rows of each kind; what was deleted, counted. The periods are those of
-- the privacy page and stand here alone. Rows that somebody else has locked are left for the next time.
DECLARE
    at timestamptz := house_now();
    years_3 timestamptz := at - interval '3 years';
    years_10 timestamptz := at - interval '10 years';
    days_90 timestamptz := at - interval '90 days';
BEGIN
    -- A hold that led to an order belongs to the order.
    kind := 'holds';
    DELETE FROM holds WHERE id IN (
        SELECT h.id FROM holds h
        WHERE h.state IN ('released', 'expired') AND h.ended_at < years_3
          AND NOT EXISTS (SELECT FROM order_lines l WHERE l.hold_id = h.id)
        ORDER BY h.id LIMIT most FOR UPDATE SKIP LOCKED
    );
    GET DIAGNOSTICS gone = ROW_COUNT; RETURN NEXT;

    kind := 'demand_signals';
    DELETE FROM demand_signals WHERE id IN (
        SELECT d.id FROM demand_signals d WHERE d.last_at < years_3 ORDER BY d.id LIMIT most FOR UPDATE SKIP LOCKED
    );
    GET DIAGNOSTICS gone = ROW_COUNT; RETURN NEXT;

    -- Talks with members hang on their orders; those with brands are letters of trade and stay with the deal.
    kind := 'messages';
    DELETE FROM messages WHERE id IN (
        SELECT m.id FROM messages m JOIN threads t ON t.id = m.thread_id
        WHERE t.subject = 'order' AND t.last_message_at < years_3 AND m.created_at < years_3
        ORDER BY m.id LIMIT most FOR UPDATE OF m SKIP LOCKED
    );
    GET DIAGNOSTICS gone = ROW_COUNT; RETURN NEXT;

    kind := 'captured_mails';
    DELETE FROM captured_mails WHERE id IN (
        SELECT c.id FROM captured_mails c WHERE c.created_at < years_3 ORDER BY c.id LIMIT most FOR UPDATE SKIP LOCKED
    );
    GET DIAGNOSTICS gone = ROW_COUNT; RETURN NEXT;

    kind := 'letters';
    DELETE FROM letters WHERE id IN (
        SELECT l.id FROM letters l
        WHERE l.state <> 'written' AND l.created_at < years_3
          AND NOT EXISTS (SELECT FROM captured_mails c WHERE c.letter_id = l.id)
        ORDER BY l.id LIMIT most FOR UPDATE SKIP LOCKED
    );
    GET DIAGNOSTICS gone = ROW_COUNT; RETURN NEXT;

    -- That a message came must be known for good, or it could be taken for a new one; what it said need not be.
    kind := 'inbox';
    UPDATE inbox SET body = '{}' WHERE id IN (
        SELECT i.id FROM inbox i WHERE i.handled_at < days_90 AND i.body <> '{}'
        ORDER BY i.id LIMIT most FOR UPDATE SKIP LOCKED
    );
    GET DIAGNOSTICS gone = ROW_COUNT; RETURN NEXT;

    kind := 'orders';
    UPDATE orders o SET address = (SELECT jsonb_object_agg(name, '') FROM jsonb_object_keys(o.address) name)
    WHERE o.id IN (
        SELECT p.id FROM orders p
        WHERE p.created_at < years_10 AND EXISTS (SELECT FROM jsonb_each_text(p.address) part WHERE part.value <> '')
        ORDER BY p.id LIMIT most FOR UPDATE SKIP LOCKED
    );
    GET DIAGNOSTICS gone = ROW_COUNT; RETURN NEXT;
END $$
"""


def upgrade() -> None:
    """Make the function for the night staff alone, and let the privacy page say what is done."""
    op.execute(FORGET)
    op.execute(f"REVOKE ALL ON FUNCTION {FUNCTION} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {FUNCTION} TO aubaine_worker")
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
    """Forget no longer; what the page said stays among its versions."""
    op.execute(f"DROP FUNCTION {FUNCTION}")
