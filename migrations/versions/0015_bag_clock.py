"""The clock beside the word bag: every page of a member tells when the first of their holds ends.

``held_units`` stays for processes of the release before, which ask it until they are replaced.
"""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

GLANCE = """
CREATE FUNCTION bag_at_a_glance(wanted bigint)
RETURNS TABLE (units bigint, first_end timestamptz, told_at timestamptz, extra_time boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- What a member holds at this instant and until when. Shown on every page, so it is asked like a session: by itself.
BEGIN
    RETURN QUERY
        SELECT coalesce(sum(h.units), 0)::bigint, min(h.expires_at), house_instant(),
               (SELECT m.extra_time FROM members m WHERE m.id = wanted)
        FROM holds h
        WHERE h.member_id = wanted AND h.state = 'held' AND h.expires_at > house_instant();
END $$
"""


def upgrade() -> None:
    """Let the glance be asked."""
    op.execute(GLANCE)
    op.execute("REVOKE ALL ON FUNCTION bag_at_a_glance(bigint) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION bag_at_a_glance(bigint) TO aubaine_app")


def downgrade() -> None:
    """The figure alone again."""
    op.execute("DROP FUNCTION bag_at_a_glance(bigint)")
