"""The members' door: what a comparison rests on may be read, and the figure beside the word bag is one round trip."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0010"
branch_labels = None
depends_on = None

HELD_UNITS = """
CREATE FUNCTION held_units(wanted bigint) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- How many units a member holds at this instant. Shown on every page, so it is asked like a session: by itself.
BEGIN
    RETURN (
        SELECT coalesce(sum(h.units), 0) FROM holds h
        WHERE h.member_id = wanted AND h.state = 'held' AND h.expires_at > house_instant()
    );
END $$
"""


def upgrade() -> None:
    """Let it be read and asked."""
    op.execute("GRANT SELECT (id, kind, seen_on) ON rrp_evidence TO aubaine_member")
    op.execute("CREATE INDEX ix_holds_member_held ON holds (member_id) WHERE state = 'held'")
    op.execute(HELD_UNITS)
    op.execute("REVOKE ALL ON FUNCTION held_units(bigint) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION held_units(bigint) TO aubaine_app")


def downgrade() -> None:
    """Hide it again."""
    op.execute("DROP FUNCTION held_units(bigint)")
    op.execute("DROP INDEX ix_holds_member_held")
    op.execute("REVOKE SELECT (id, kind, seen_on) ON rrp_evidence FROM aubaine_member")
