"""The hallway: who a session's reference belongs to, in one round trip; invitations that come back; the first legal pages."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TEXTS = Path(__file__).resolve().parents[1] / "texts" / revision
"""The legal pages a new house begins with: their titles on the first line. People of the house rewrite them."""

KNOCK = """
CREATE FUNCTION knock(wanted_hash bytea, wanted_realm text, idle interval, note_after interval) RETURNS TABLE (
    session_id bigint, account_id bigint, name text, locale text, zone text, second_factor_at timestamptz,
    has_second_factor boolean, member_id bigint, territory text, brand_id bigint, brand_role text, brand_name text,
    at timestamptz
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- Whose session it is, if it lives by the house's clock; its idle time begins anew, noted once a while.
DECLARE
    asked_at timestamptz := house_now();
    seen_at timestamptz;
BEGIN
    SELECT s.id, a.id, a.name, a.locale, a.zone, s.second_factor_at, a.totp_confirmed_at IS NOT NULL,
           m.id, m.territory, u.brand_id, u.role, b.name, asked_at, s.last_seen_at
    INTO session_id, account_id, name, locale, zone, second_factor_at, has_second_factor,
         member_id, territory, brand_id, brand_role, brand_name, at, seen_at
    FROM sessions s
    JOIN accounts a ON a.id = s.account_id AND a.realm = s.realm AND a.state = 'active'
    LEFT JOIN members m ON m.account_id = a.id
    LEFT JOIN brand_users u ON u.account_id = a.id
    LEFT JOIN brands b ON b.id = u.brand_id
    WHERE s.token_hash = wanted_hash AND s.realm = wanted_realm AND s.revoked_at IS NULL
      AND asked_at < s.idle_until AND asked_at < s.expires_at
      AND (s.realm <> 'member' OR m.id IS NOT NULL)
      AND (s.realm <> 'brand' OR u.id IS NOT NULL);
    IF NOT FOUND THEN
        RETURN;
    END IF;
    IF seen_at < asked_at - note_after THEN
        UPDATE sessions s SET last_seen_at = asked_at, idle_until = least(asked_at + idle, s.expires_at)
        WHERE s.id = session_id AND s.last_seen_at = seen_at;
    END IF;
    RETURN NEXT;
END $$
"""


def upgrade() -> None:
    """Put the doorkeeper in place."""
    op.execute(KNOCK)
    op.execute("REVOKE ALL ON FUNCTION knock(bytea, text, interval, interval) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION knock(bytea, text, interval, interval) TO aubaine_app")
    op.execute("GRANT SELECT ON captured_mails TO aubaine_hallway")
    op.add_column("invitations", sa.Column("returned_at", sa.DateTime(timezone=True)))
    op.create_index(
        "ix_invitations_open",
        "invitations",
        ["created_at"],
        postgresql_where="accepted_at IS NULL AND returned_at IS NULL",
    )
    _write_legal_pages()


def _write_legal_pages() -> None:
    names = ("slug", "locale", "title", "body")
    pages = sa.table("legal_pages", *(sa.column(name, sa.String()) for name in names))
    for file in sorted(TEXTS.glob("*/*.md")):
        title, _, body = file.read_text(encoding="utf-8").partition("\n")
        said = {"slug": file.stem, "locale": file.parent.name, "title": title, "body": body.strip()}
        op.execute(pages.insert().values(said))


def downgrade() -> None:
    """Send the doorkeeper away; what people wrote in legal pages stays with the older schema."""
    op.drop_index("ix_invitations_open", table_name="invitations")
    op.drop_column("invitations", "returned_at")
    op.execute("REVOKE SELECT ON captured_mails FROM aubaine_hallway")
    op.execute("DROP FUNCTION knock(bytea, text, interval, interval)")
