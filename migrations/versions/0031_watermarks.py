"""Watermarks, and photographs whose rights begin on a day: what members may be shown of a brand's pictures."""

from __future__ import annotations

from pathlib import Path
from runpy import run_path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

SHOWN = """
CREATE VIEW shown_photographs WITH (security_invoker = true) AS
    -- What members may be shown: copies with the brand's mark where it wants one, and nothing of a photograph that is
    -- still without. The edition changes with what is drawn, and addresses with it.
    SELECT f.id, f.brand_id, f.style_id, f.colour, f.position, f.width, f.height, f.paper,
           CASE WHEN b.watermark IS NULL THEN f.widths ELSE f.marked END AS widths,
           CASE WHEN b.watermark IS NULL THEN '' ELSE left(md5(f.marked::text), 12) END AS edition
    FROM photographs f JOIN brands b ON b.id = f.brand_id
    WHERE f.state = 'ready' AND (b.watermark IS NULL OR f.marked IS NOT NULL)
"""
WALL = """
CREATE POLICY marked_wall ON photographs AS RESTRICTIVE FOR SELECT TO aubaine_member
    USING (marked IS NOT NULL OR EXISTS (SELECT FROM brands b WHERE b.id = brand_id AND b.watermark IS NULL))
"""
RIGHTFUL = """
CREATE OR REPLACE FUNCTION photographs_rightful(collection bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    -- Whether the photographs of a collection may be shown to members now. The first day allowed begins where the
    -- house sells earliest; the last ends where it ends last on earth (UTC-12): pre-flight has seen to the days of
    -- each sale where it is sold.
    SELECT NOT EXISTS (
        SELECT FROM deals d JOIN deal_versions a ON a.id = d.accepted_version_id
        WHERE d.collection_id = collection AND (
            (a.terms ->> 'photographs_until')::date < (house_instant() AT TIME ZONE 'Etc/GMT+12')::date
            OR (a.terms ->> 'photographs_from')::date > (house_instant() AT TIME ZONE 'Europe/Paris')::date
        )
    )
$$
"""
BEFORE = run_path(str(Path(__file__).with_name("0028_photograph_rights.py")))["RIGHTFUL"].replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1
)


def upgrade() -> None:
    """Give brands a mark, photographs their marked copies, and members one place to look."""
    op.add_column("brands", sa.Column("watermark", sa.String(40), nullable=True))
    op.execute("GRANT UPDATE (watermark) ON brands TO aubaine_brand")
    op.add_column(
        "photographs", sa.Column("mark", sa.String(40), server_default="", nullable=False)
    )
    op.add_column("photographs", sa.Column("marked", JSONB(), nullable=True))
    op.add_column(
        "photographs",
        sa.Column("mark_attempts", sa.BigInteger(), server_default="0", nullable=False),
    )
    op.add_column(
        "photographs", sa.Column("mark_claimed_until", sa.DateTime(timezone=True), nullable=True)
    )
    op.execute(SHOWN)
    op.execute("GRANT SELECT ON shown_photographs TO aubaine_member, aubaine_worker, aubaine_brand")
    op.execute("GRANT SELECT ON shown_photographs TO aubaine_operator")
    op.execute(WALL)
    op.execute(RIGHTFUL)


def downgrade() -> None:
    """Show what there is."""
    op.execute(BEFORE)
    op.execute("DROP POLICY marked_wall ON photographs")
    op.execute("DROP VIEW shown_photographs")
    for name in ("mark_claimed_until", "mark_attempts", "marked", "mark"):
        op.drop_column("photographs", name)
    op.execute("REVOKE UPDATE (watermark) ON brands FROM aubaine_brand")
    op.drop_column("brands", "watermark")
