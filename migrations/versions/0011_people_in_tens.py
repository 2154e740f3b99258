"""People who wanted something are told to a brand in whole tens: two looks cannot tell one person apart."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0008"
branch_labels = None
depends_on = None

PEOPLE = """
CREATE OR REPLACE FUNCTION people_who_wanted(sale bigint, at timestamptz)
RETURNS TABLE (sale_item_id bigint, people bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    -- How many different members wanted each item in vain by `at`{told}; NULL where they are fewer than ten, so that
    -- nobody can be picked out. A brand learns this of its own sales only.
    SELECT d.sale_item_id, CASE WHEN count(DISTINCT d.member_id) >= 10 THEN {people} END
    FROM demand_signals d JOIN sales s ON s.id = d.sale_id
    WHERE d.sale_id = sale AND s.opens_at + d.minute * interval '1 minute' < at
      AND (current_setting('role') <> 'aubaine_brand'
           OR d.brand_id::text = current_setting('aubaine.brand_id', true))
    GROUP BY d.sale_item_id
$$
"""
COUNT = "count(DISTINCT d.member_id)"


def upgrade() -> None:
    """Count in tens, rounded down: the figure is always true as "so many or more"."""
    op.execute(PEOPLE.format(told=", in whole tens", people=f"{COUNT} / 10 * 10"))


def downgrade() -> None:
    """Count each."""
    op.execute(PEOPLE.format(told="", people=COUNT))
