"""Tokens for calls to the payment service, and the turn of those who wait for one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

TAKE = """
CREATE FUNCTION take_token(wanted text, each_most integer, each_left integer, all_most integer, all_left integer,
                           lease interval)
RETURNS TABLE (own bigint, shared bigint, until timestamptz, wait_ms bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- A token of the endpoint and one of all endpoints, or neither and how long to wait before asking again. Rows that
-- another caller is taking are passed over; one that changed after we looked is looked at again before it is ours.
-- Real time, whatever the house's clock says: the payment service counts by no other.
DECLARE
    at timestamptz := clock_timestamp();
    stock record;
    free bigint;
    first timestamptz;
BEGIN
    FOR stock IN SELECT * FROM (VALUES (wanted, each_most, each_left), ('*', all_most, all_left)) s (name, most, spare)
    LOOP
        SELECT count(*) FILTER (WHERE t.back_at <= at), min(t.back_at) FILTER (WHERE t.back_at > at) INTO free, first
        FROM call_tokens t WHERE t.endpoint = stock.name AND t.number <= stock.most;
        IF free = 0 AND first IS NULL THEN
            INSERT INTO call_tokens (endpoint, number) SELECT stock.name, n FROM generate_series(1, stock.most) n
            ON CONFLICT DO NOTHING;
            free := stock.most;
        END IF;
        IF free <= stock.spare THEN
            wait_ms := ceil(extract(epoch FROM greatest(coalesce(first, at) - at, interval '5 milliseconds')) * 1000);
            RETURN NEXT; RETURN;
        END IF;
    END LOOP;
    SELECT t.id INTO own FROM call_tokens t
    WHERE t.endpoint = wanted AND t.number <= each_most AND t.back_at <= clock_timestamp()
    ORDER BY t.back_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
    IF own IS NOT NULL THEN
        SELECT t.id INTO shared FROM call_tokens t
        WHERE t.endpoint = '*' AND t.number <= all_most AND t.back_at <= clock_timestamp()
        ORDER BY t.back_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED;
    END IF;
    IF shared IS NULL THEN own := NULL; wait_ms := 5; RETURN NEXT; RETURN; END IF;
    until := clock_timestamp() + lease; wait_ms := 0;
    UPDATE call_tokens t SET back_at = until WHERE t.id IN (own, shared);
    RETURN NEXT;
END $$
"""

GIVE_BACK = """
CREATE FUNCTION give_tokens_back(own bigint, shared bigint, until timestamptz, after interval) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    -- A lease that ran out may be somebody else's by now, who took it with an end of their own.
    UPDATE call_tokens SET back_at = clock_timestamp() + after WHERE id IN (own, shared) AND back_at = until
$$
"""

EXTEND = """
CREATE FUNCTION extend_waiting(orders bigint[], least_left interval, most interval)
RETURNS TABLE (order_id bigint, until timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- Orders that wait in our gate: their holds that live get `least_left` from now, but no more than `most` from when they
-- were taken. The same check as a renewal's: what has lapsed goes back to the sale first, and is not brought back.
#variable_conflict use_column
DECLARE
    items bigint[];
    at timestamptz;
BEGIN
    SELECT array_agg(DISTINCT l.sale_item_id) INTO items FROM order_lines l WHERE l.order_id = ANY (orders);
    IF items IS NULL THEN RETURN; END IF;
    PERFORM 1 FROM sale_items i WHERE i.id = ANY (items) ORDER BY i.id FOR NO KEY UPDATE;
    at := house_now();
    PERFORM reclaim_lapsed(items, at);
    PERFORM 1 FROM holds h JOIN order_lines l ON l.hold_id = h.id
    WHERE l.order_id = ANY (orders) ORDER BY h.id FOR NO KEY UPDATE OF h;
    UPDATE holds h SET expires_at = least(at + least_left, h.created_at + most),
                       cap_at = greatest(h.cap_at, least(at + least_left, h.created_at + most))
    FROM order_lines l
    WHERE l.hold_id = h.id AND l.order_id = ANY (orders) AND h.state = 'held'
      AND h.expires_at < least(at + least_left, h.created_at + most);
    RETURN QUERY
    SELECT l.order_id, min(h.expires_at) FROM order_lines l JOIN holds h ON h.id = l.hold_id
    WHERE l.order_id = ANY (orders) GROUP BY l.order_id HAVING bool_and(h.state = 'held');
END $$
"""

WHO = {
    "take_token(text, integer, integer, integer, integer, interval)": "aubaine_app",
    "give_tokens_back(bigint, bigint, timestamptz, interval)": "aubaine_app",
    "extend_waiting(bigint[], interval, interval)": "aubaine_member, aubaine_worker",
}


def upgrade() -> None:
    """Make them. ``gates`` stays for one version: processes of the one before still keep their pace by it."""
    op.create_table(
        "call_tokens",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("endpoint", sa.String(80), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column(
            "back_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("'-infinity'::timestamptz"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_tokens")),
        sa.UniqueConstraint("endpoint", "number", name=op.f("uq_call_tokens_endpoint_number")),
    )
    op.execute("ALTER TABLE call_tokens SET (fillfactor = 50)")
    op.add_column("payments", sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("payments", sa.Column("taken_until", sa.DateTime(timezone=True), nullable=True))
    for body in (TAKE, GIVE_BACK, EXTEND):
        op.execute(body)
    for name, roles in WHO.items():
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO {roles}")
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_payments_queued",
            "payments",
            ["id"],
            postgresql_where="state = 'prepared' AND queued_at IS NOT NULL",
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    """Remove them."""
    op.drop_index("ix_payments_queued", table_name="payments")
    for name in WHO:
        op.execute(f"DROP FUNCTION {name}")
    op.drop_column("payments", "taken_until")
    op.drop_column("payments", "queued_at")
    op.drop_table("call_tokens")
