"""Orders whose payments came together are sold together: one journey, each by the rule that sells one."""

from __future__ import annotations

from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

SELL = """
CREATE FUNCTION sell_orders(wanted bigint[]) RETURNS TABLE (order_id bigint, answer text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- What sell_order answers for each, in the order they are named. All that any of them locks is locked first and in the
-- order of the house, so that two journeys never wait for each other.
DECLARE
    items bigint[];
    each bigint;
BEGIN
    SELECT array_agg(DISTINCT l.sale_item_id) INTO items FROM order_lines l WHERE l.order_id = ANY (wanted);
    PERFORM 1 FROM sale_items i WHERE i.id = ANY (items) ORDER BY i.id FOR NO KEY UPDATE;
    PERFORM pg_advisory_xact_lock(m.key) FROM (
        SELECT DISTINCT member_lock(h.member_id, h.sale_id) AS key
        FROM holds h JOIN order_lines l ON l.hold_id = h.id WHERE l.order_id = ANY (wanted) ORDER BY 1
    ) m;
    FOREACH each IN ARRAY wanted LOOP
        order_id := each;
        answer := sell_order(each);
        RETURN NEXT;
    END LOOP;
END $$
"""
NAME = "sell_orders(bigint[])"


def upgrade() -> None:
    """Make it, for those who may sell one."""
    op.execute(SELL)
    op.execute(f"REVOKE ALL ON FUNCTION {NAME} FROM PUBLIC")
    op.execute(
        f"GRANT EXECUTE ON FUNCTION {NAME} TO aubaine_worker, aubaine_member, aubaine_operator"
    )


def downgrade() -> None:
    """Remove it."""
    op.execute(f"DROP FUNCTION {NAME}")
