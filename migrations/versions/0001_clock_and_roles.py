"""The house's clock, and one role for each door."""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

DOORS = ("member", "brand", "operator", "worker", "hallway")


def upgrade() -> None:
    """Make the clock and the roles.

    ``house_now()`` is the instant of asking, for decisions taken after a lock. ``house_instant()`` is one instant
    for a whole statement, so that an index can serve a comparison with it. Both are the database's clock.
    """
    op.execute(
        "CREATE FUNCTION house_now() RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL SAFE "
        "AS 'SELECT clock_timestamp()'"
    )
    op.execute(
        "CREATE FUNCTION house_instant() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE "
        "AS 'SELECT statement_timestamp()'"
    )
    for role in (*(f"aubaine_{door}" for door in DOORS), "aubaine_app"):
        op.execute(
            f"""
            DO $$ BEGIN
                IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
                    CREATE ROLE {role} NOLOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS;
                END IF;
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
            END $$
            """
        )
    for door in DOORS:
        op.execute(f"GRANT USAGE ON SCHEMA public TO aubaine_{door}")
        op.execute(f"GRANT aubaine_{door} TO aubaine_app")
        op.execute(f"GRANT aubaine_{door} TO CURRENT_USER")
    op.execute("GRANT USAGE ON SCHEMA public TO aubaine_app")


def downgrade() -> None:
    """Remove the clock; roles belong to the whole cluster and stay, without rights here."""
    for door in DOORS:
        op.execute(f"REVOKE USAGE ON SCHEMA public FROM aubaine_{door}")
    op.execute("REVOKE USAGE ON SCHEMA public FROM aubaine_app")
    op.execute("DROP FUNCTION house_instant()")
    op.execute("DROP FUNCTION house_now()")
