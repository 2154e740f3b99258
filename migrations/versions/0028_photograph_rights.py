"""Rights in photographs: past the last day that a deal allows, members are shown none of its collection."""

from __future__ import annotations

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

RIGHTFUL = """
CREATE FUNCTION photographs_rightful(collection bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    -- Whether the photographs of a collection may be shown to members now. The last day allowed ends where it ends
    -- last on earth (UTC-12): pre-flight has seen to the days of each sale where it is sold.
    SELECT NOT EXISTS (
        SELECT FROM deals d JOIN deal_versions a ON a.id = d.accepted_version_id
        WHERE d.collection_id = collection
          AND (a.terms ->> 'photographs_until')::date < (house_instant() AT TIME ZONE 'Etc/GMT+12')::date
    )
$$
"""
NAME = "photographs_rightful(bigint)"


def upgrade() -> None:
    """Make the function that members' pages ask."""
    op.execute(RIGHTFUL)
    op.execute(f"REVOKE ALL ON FUNCTION {NAME} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {NAME} TO aubaine_member, aubaine_worker, aubaine_app")


def downgrade() -> None:
    """Ask no more."""
    op.execute(f"DROP FUNCTION {NAME}")
