"""Holds, decided inside the database: lock, then look, then take; one round trip for any number of asks.

Every function is volatile PL/pgSQL, so each of its statements sees what was committed before it began: what is
looked at after a lock is the truth. They run with their owner's rights and lock in the order of ``db/locks.py``.

A hold whose ``expires_at`` has come no longer counts for anything, whether its row says so already or not: the rows
of the items asked for are set right first (``reclaim_lapsed``), all other rows are read with the clock beside them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

FUNCTIONS = (
    "reclaim_lapsed(bigint[], timestamptz)",
    "take_holds(bigint[], bigint[], integer[], uuid[])",
    "renew_hold(bigint, bigint)",
    "release_holds(bigint, bigint[], text, bigint)",
    "sweep_holds(integer)",
    "sell_order(bigint)",
    "restock_line(bigint, integer, text, bigint)",
)

RECLAIM = """
CREATE FUNCTION reclaim_lapsed(items bigint[], at timestamptz) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- Give back the units of holds that lapsed by `at`. The caller has locked the rows of `items`.
DECLARE
    freed bigint;
BEGIN
    IF NOT EXISTS (
        SELECT FROM holds h WHERE h.sale_item_id = ANY (items) AND h.state = 'held' AND h.expires_at <= at
    ) THEN
        RETURN 0;
    END IF;
    WITH lapsed AS (
        UPDATE holds SET state = 'expired', ended_at = expires_at
        WHERE state = 'held' AND sale_item_id = ANY (items) AND expires_at <= at
        RETURNING id, brand_id, sale_item_id, units
    ), moved AS (
        INSERT INTO stock_movements (brand_id, lot_id, sale_item_id, hold_id, movement, units, reason, created_at)
        SELECT l.brand_id, i.lot_id, l.sale_item_id, l.id, 'expired', -l.units, 'hold_lapsed', at
        FROM lapsed l JOIN sale_items i ON i.id = l.sale_item_id
    ), freed_by_item AS (
        SELECT sale_item_id, sum(units)::bigint AS units FROM lapsed GROUP BY sale_item_id
    ), given_back AS (
        UPDATE sale_items i SET available = i.available + f.units, held = i.held - f.units, sold_out_at = NULL
        FROM freed_by_item f WHERE i.id = f.sale_item_id
        RETURNING f.units
    )
    SELECT coalesce(sum(units), 0) INTO freed FROM given_back;
    RETURN freed;
END $$
"""

TAKE = """
CREATE FUNCTION take_holds(members bigint[], items bigint[], asked integer[], keys uuid[])
RETURNS TABLE (
    place integer, outcome text, hold_id bigint, expires_at timestamptz, price_minor bigint,
    next_release_at timestamptz, next_release_units bigint, most bigint, sold_out_at timestamptz, opens_at timestamptz
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- Ask for holds: request n is members[n] wanting asked[n] units of items[n] under the idempotency key keys[n].
-- Answers come in the order asked; each request stands for itself. The clock is read after the locks.
#variable_conflict use_column
DECLARE
    at timestamptz;
    n integer;
    item record;
    earlier record;
    holding bigint;
    holding_sale bigint;
    extra integer;
    taken bigint;
BEGIN
    IF cardinality(members) <> cardinality(items) OR cardinality(items) <> cardinality(asked)
       OR cardinality(asked) <> cardinality(keys) THEN
        RAISE EXCEPTION 'asks are told in arrays of one length' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM 1 FROM sale_items i WHERE i.id = ANY (items) ORDER BY i.id FOR NO KEY UPDATE;

    INSERT INTO member_sales (sale_id, member_id)
    SELECT DISTINCT i.sale_id, a.member_id
    FROM unnest(members, items) AS a (member_id, item_id) JOIN sale_items i ON i.id = a.item_id
    ORDER BY 1, 2
    ON CONFLICT DO NOTHING;
    PERFORM 1 FROM member_sales m
    WHERE (m.sale_id, m.member_id) IN (
        SELECT i.sale_id, a.member_id
        FROM unnest(members, items) AS a (member_id, item_id) JOIN sale_items i ON i.id = a.item_id
    )
    ORDER BY m.sale_id, m.member_id FOR NO KEY UPDATE;

    at := house_now();
    PERFORM reclaim_lapsed(items, at);

    FOR n IN 1 .. cardinality(items) LOOP
        place := n;
        outcome := NULL; hold_id := NULL; expires_at := NULL; price_minor := NULL;
        next_release_at := NULL; next_release_units := NULL; most := NULL; sold_out_at := NULL; opens_at := NULL;

        -- Asked before under this key: the same answer, and nothing new is taken.
        SELECT h.id, h.expires_at, h.price_minor, h.state, h.sale_item_id, h.units INTO earlier
        FROM holds h WHERE h.member_id = members[n] AND h.key = keys[n];
        IF FOUND THEN
            outcome := CASE
                WHEN earlier.sale_item_id <> items[n] OR earlier.units <> asked[n] THEN 'key_reused'
                WHEN earlier.state = 'held' THEN 'held'
                WHEN earlier.state = 'sold' THEN 'bought'
                ELSE 'lapsed'
            END;
            IF outcome <> 'key_reused' THEN
                hold_id := earlier.id; expires_at := earlier.expires_at; price_minor := earlier.price_minor;
            END IF;
            RETURN NEXT; CONTINUE;
        END IF;

        SELECT i.id, i.brand_id, i.sale_id, i.lot_id, i.price_minor, i.available, i.held, i.stopped_at, i.sold_out_at,
               i.limit_per_member, s.limit_per_member AS sale_limit, s.state, s.teaser_at, s.opens_at, s.closes_at
        INTO item FROM sale_items i JOIN sales s ON s.id = i.sale_id WHERE i.id = items[n];

        -- The same rule as domain.sales.phase: before the teaser a sale is not spoken of at all.
        IF NOT FOUND OR item.state IN ('draft', 'cancelled') OR at < item.teaser_at THEN outcome := 'not_found';
        ELSIF item.state = 'closed' OR at >= item.closes_at THEN outcome := 'closed';
        ELSIF item.state = 'paused' THEN outcome := 'paused';
        ELSIF at < item.opens_at THEN outcome := 'not_open'; opens_at := item.opens_at;
        ELSIF item.stopped_at IS NOT NULL THEN outcome := 'stopped';
        END IF;
        IF outcome IS NOT NULL THEN RETURN NEXT; CONTINUE; END IF;

        -- Holds plus paid less returned, over all tabs. A hold of another item may have lapsed without anybody
        -- having said so in its row: the clock decides.
        SELECT coalesce(sum(h.units - h.returned_units) FILTER (WHERE h.sale_item_id = item.id), 0),
               coalesce(sum(h.units - h.returned_units), 0)
        INTO holding, holding_sale
        FROM holds h
        WHERE h.member_id = members[n] AND h.sale_id = item.sale_id
          AND (h.state = 'sold' OR (h.state = 'held' AND h.expires_at > at));
        IF holding + asked[n] > item.limit_per_member OR holding_sale + asked[n] > item.sale_limit THEN
            outcome := 'limit_reached';
            most := greatest(least(item.limit_per_member - holding, item.sale_limit - holding_sale), 0);
            RETURN NEXT; CONTINUE;
        END IF;

        UPDATE sale_items i SET
            available = i.available - asked[n], held = i.held + asked[n],
            sold_out_at = CASE WHEN i.available = asked[n] THEN at ELSE i.sold_out_at END
        WHERE i.id = item.id AND i.available >= asked[n]
        RETURNING i.id INTO taken;

        IF taken IS NOT NULL THEN
            outcome := 'held';
            price_minor := item.price_minor;
            SELECT CASE WHEN m.extra_time THEN 300 ELSE 0 END INTO STRICT extra FROM members m WHERE m.id = members[n];
            INSERT INTO holds (brand_id, sale_id, sale_item_id, member_id, key, units, price_minor, created_at,
                               expires_at, cap_at, extra_seconds)
            VALUES (item.brand_id, item.sale_id, item.id, members[n], keys[n], asked[n], item.price_minor, at,
                    at + interval '10 minutes' + extra * interval '1 second',
                    at + interval '15 minutes' + extra * interval '1 second', extra)
            RETURNING holds.id, holds.expires_at INTO hold_id, expires_at;
            INSERT INTO stock_movements (brand_id, lot_id, sale_item_id, hold_id, movement, units, created_at)
            VALUES (item.brand_id, item.lot_id, item.id, hold_id, 'held', asked[n], at);
            RETURN NEXT; CONTINUE;
        END IF;

        -- What empties the shelf may be the member's own hold, from another tab: then it is simply theirs.
        SELECT h.id, h.expires_at, h.price_minor INTO earlier
        FROM holds h WHERE h.member_id = members[n] AND h.sale_item_id = item.id AND h.state = 'held'
        ORDER BY h.expires_at LIMIT 1;
        IF FOUND THEN
            outcome := 'already_held';
            hold_id := earlier.id; expires_at := earlier.expires_at; price_minor := earlier.price_minor;
            RETURN NEXT; CONTINUE;
        END IF;

        most := item.available;
        outcome := CASE WHEN item.available > 0 THEN 'too_many' WHEN item.held > 0 THEN 'all_in_bags' ELSE 'sold_out' END;
        sold_out_at := item.sold_out_at;
        -- What comes back within the minute in which the first unit does: "two come back at 07:14 unless paid".
        SELECT min(h.expires_at), sum(h.units) INTO next_release_at, next_release_units
        FROM holds h
        WHERE h.sale_item_id = item.id AND h.state = 'held'
          AND date_trunc('minute', h.expires_at) = (
              SELECT date_trunc('minute', min(f.expires_at)) FROM holds f
              WHERE f.sale_item_id = item.id AND f.state = 'held'
          );
        INSERT INTO demand_signals
            (brand_id, sale_id, sale_item_id, member_id, signal, minute, units, last_at, created_at)
        VALUES (item.brand_id, item.sale_id, item.id, members[n],
                CASE WHEN item.held > 0 THEN 'refused_in_bags' ELSE 'refused_sold_out' END,
                div(extract(epoch FROM at - item.opens_at), 60), asked[n], at, at)
        ON CONFLICT (sale_item_id, member_id, signal, minute) DO UPDATE SET
            times = demand_signals.times + 1, last_at = excluded.last_at,
            units = greatest(demand_signals.units, excluded.units);
        RETURN NEXT;
    END LOOP;
END $$
"""

RENEW = """
CREATE FUNCTION renew_hold(member bigint, hold bigint)
RETURNS TABLE (outcome text, expires_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- Five more minutes, once, never past the cap, and only while the hold lives.
#variable_conflict use_column
DECLARE
    at timestamptz;
    item bigint;
    mine record;
BEGIN
    SELECT h.sale_item_id INTO item FROM holds h WHERE h.id = hold AND h.member_id = member;
    IF NOT FOUND THEN outcome := 'not_found'; RETURN NEXT; RETURN; END IF;
    PERFORM 1 FROM sale_items i WHERE i.id = item FOR NO KEY UPDATE;
    at := house_now();
    PERFORM reclaim_lapsed(ARRAY[item], at);
    SELECT h.state, h.renewals, h.expires_at, h.cap_at INTO mine FROM holds h WHERE h.id = hold FOR NO KEY UPDATE;
    expires_at := mine.expires_at;
    IF mine.state = 'sold' THEN outcome := 'bought';
    ELSIF mine.state <> 'held' THEN outcome := 'lapsed';
    ELSIF mine.renewals >= 1 THEN outcome := 'renewal_used';
    ELSE
        UPDATE holds h SET expires_at = least(h.expires_at + interval '5 minutes', h.cap_at), renewals = h.renewals + 1
        WHERE h.id = hold RETURNING h.expires_at INTO expires_at;
        outcome := 'held';
    END IF;
    RETURN NEXT;
END $$
"""

RELEASE = """
CREATE FUNCTION release_holds(member bigint, wanted bigint[], why text, by_account bigint DEFAULT NULL)
RETURNS SETOF bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- Give back live holds of `member` (of anybody where it is NULL: the operator's act). Returns those released.
DECLARE
    items bigint[];
    at timestamptz;
BEGIN
    SELECT array_agg(DISTINCT h.sale_item_id) INTO items
    FROM holds h WHERE h.id = ANY (wanted) AND (member IS NULL OR h.member_id = member);
    IF items IS NULL THEN RETURN; END IF;
    PERFORM 1 FROM sale_items i WHERE i.id = ANY (items) ORDER BY i.id FOR NO KEY UPDATE;
    at := house_now();
    PERFORM reclaim_lapsed(items, at);
    RETURN QUERY
    WITH released AS (
        UPDATE holds h SET state = 'released', ended_at = at
        WHERE h.id = ANY (wanted) AND (member IS NULL OR h.member_id = member) AND h.state = 'held'
        RETURNING h.id, h.brand_id, h.sale_item_id, h.units
    ), moved AS (
        INSERT INTO stock_movements
            (brand_id, lot_id, sale_item_id, hold_id, movement, units, reason, account_id, created_at)
        SELECT r.brand_id, i.lot_id, r.sale_item_id, r.id, 'released', -r.units, why, by_account, at
        FROM released r JOIN sale_items i ON i.id = r.sale_item_id
    ), by_item AS (
        SELECT sale_item_id, sum(units)::bigint AS units FROM released GROUP BY sale_item_id
    ), given_back AS (
        UPDATE sale_items i SET available = i.available + b.units, held = i.held - b.units, sold_out_at = NULL
        FROM by_item b WHERE i.id = b.sale_item_id
    )
    SELECT id FROM released;
END $$
"""

SWEEP = """
CREATE FUNCTION sweep_holds(most integer) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- Tidy: take back lapsed holds of up to `most` items that nobody else is working on. Truth does not wait for it.
DECLARE
    items bigint[];
BEGIN
    SELECT array_agg(id) INTO items FROM (
        SELECT i.id FROM sale_items i
        WHERE i.id IN (
            SELECT h.sale_item_id FROM holds h
            WHERE h.state = 'held' AND h.expires_at <= house_instant()
            ORDER BY h.expires_at LIMIT most
        )
        ORDER BY i.id FOR NO KEY UPDATE SKIP LOCKED
    ) due;
    IF items IS NULL THEN RETURN 0; END IF;
    RETURN reclaim_lapsed(items, house_now());
END $$
"""

SELL = """
CREATE FUNCTION sell_order(wanted bigint) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- The order's payment came. Live holds become sold; lapsed ones are taken again if every unit is still free, its
-- item is not stopped, its sale not cancelled, and the member's limits still allow it. A hold is sold once: where
-- another order of it was paid first, this one is too late.
-- 'sold', 'retaken' (some were taken again), 'already' (sold to this very order before; nothing changed), or 'gone'
-- (nothing changed: the payment must go back in full).
DECLARE
    items bigint[];
    at timestamptz;
    line record;
    answer text := 'sold';
BEGIN
    SELECT array_agg(l.sale_item_id) INTO items FROM order_lines l WHERE l.order_id = wanted;
    PERFORM 1 FROM sale_items i WHERE i.id = ANY (items) ORDER BY i.id FOR NO KEY UPDATE;
    PERFORM 1 FROM member_sales m
    WHERE (m.sale_id, m.member_id) IN (
        SELECT h.sale_id, h.member_id FROM holds h JOIN order_lines l ON l.hold_id = h.id WHERE l.order_id = wanted
    )
    ORDER BY m.sale_id, m.member_id FOR NO KEY UPDATE;
    at := house_now();
    PERFORM reclaim_lapsed(items, at);
    PERFORM 1 FROM holds h JOIN order_lines l ON l.hold_id = h.id
    WHERE l.order_id = wanted ORDER BY h.id FOR NO KEY UPDATE OF h;
    IF EXISTS (SELECT FROM order_lines l WHERE l.order_id = wanted AND l.paid_at IS NOT NULL) THEN
        RETURN 'already';
    END IF;
    IF EXISTS (
        SELECT FROM order_lines l JOIN holds h ON h.id = l.hold_id WHERE l.order_id = wanted AND h.state = 'sold'
    ) OR EXISTS (
        SELECT FROM (
            SELECT l.sale_item_id, h.member_id, sum(l.units) AS units
            FROM order_lines l JOIN holds h ON h.id = l.hold_id
            WHERE l.order_id = wanted AND h.state <> 'held' GROUP BY l.sale_item_id, h.member_id
        ) lost JOIN sale_items i ON i.id = lost.sale_item_id JOIN sales s ON s.id = i.sale_id
        WHERE i.available < lost.units OR i.stopped_at IS NOT NULL OR s.state = 'cancelled'
           OR i.limit_per_member < lost.units + (
              SELECT coalesce(sum(h.units - h.returned_units), 0) FROM holds h
              WHERE h.member_id = lost.member_id AND h.sale_item_id = i.id AND h.state IN ('held', 'sold')
           )
    ) OR EXISTS (
        SELECT FROM (
            SELECT l.sale_id, h.member_id, sum(l.units) AS units
            FROM order_lines l JOIN holds h ON h.id = l.hold_id
            WHERE l.order_id = wanted AND h.state <> 'held' GROUP BY l.sale_id, h.member_id
        ) lost JOIN sales s ON s.id = lost.sale_id
        WHERE s.limit_per_member < lost.units + (
            SELECT coalesce(sum(h.units - h.returned_units), 0) FROM holds h
            WHERE h.member_id = lost.member_id AND h.sale_id = s.id
              AND (h.state = 'sold' OR (h.state = 'held' AND h.expires_at > at))
        )
    ) THEN
        RETURN 'gone';
    END IF;
    FOR line IN
        SELECT l.units, l.sale_item_id, h.id AS hold_id, h.state, i.brand_id, i.lot_id
        FROM order_lines l JOIN holds h ON h.id = l.hold_id JOIN sale_items i ON i.id = l.sale_item_id
        WHERE l.order_id = wanted ORDER BY l.sale_item_id, h.id
    LOOP
        IF line.state <> 'held' THEN
            answer := 'retaken';
            UPDATE sale_items i SET available = i.available - line.units, held = i.held + line.units,
                sold_out_at = CASE WHEN i.available = line.units THEN at ELSE i.sold_out_at END
            WHERE i.id = line.sale_item_id;
            INSERT INTO stock_movements (brand_id, lot_id, sale_item_id, hold_id, movement, units, reason, created_at)
            VALUES (line.brand_id, line.lot_id, line.sale_item_id, line.hold_id, 'held', line.units, 'paid_late', at);
        END IF;
        UPDATE sale_items i SET held = i.held - line.units, sold = i.sold + line.units WHERE i.id = line.sale_item_id;
        UPDATE holds h SET state = 'sold', ended_at = at WHERE h.id = line.hold_id;
        INSERT INTO stock_movements (brand_id, lot_id, sale_item_id, hold_id, movement, units, created_at)
        VALUES (line.brand_id, line.lot_id, line.sale_item_id, line.hold_id, 'sold', line.units, at);
    END LOOP;
    UPDATE order_lines l SET paid_at = at WHERE l.order_id = wanted;
    RETURN answer;
END $$
"""

RESTOCK = """
CREATE FUNCTION restock_line(line bigint, back integer, why text, by_account bigint DEFAULT NULL) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- Units of a cancelled line return to the sale, once their buyer has been refunded (never before).
DECLARE
    sold record;
    at timestamptz;
BEGIN
    SELECT l.sale_item_id, l.hold_id, i.brand_id, i.lot_id INTO STRICT sold
    FROM order_lines l JOIN sale_items i ON i.id = l.sale_item_id WHERE l.id = line;
    PERFORM 1 FROM sale_items i WHERE i.id = sold.sale_item_id FOR NO KEY UPDATE;
    at := house_now();
    UPDATE sale_items i SET sold = i.sold - back, available = i.available + back, sold_out_at = NULL
    WHERE i.id = sold.sale_item_id;
    UPDATE holds h SET returned_units = h.returned_units + back WHERE h.id = sold.hold_id;
    INSERT INTO stock_movements
        (brand_id, lot_id, sale_item_id, hold_id, movement, units, reason, account_id, created_at)
    VALUES (sold.brand_id, sold.lot_id, sold.sale_item_id, sold.hold_id, 'returned', -back, why, by_account, at);
END $$
"""

WHO = {
    "take_holds(bigint[], bigint[], integer[], uuid[])": "aubaine_member, aubaine_app",
    "renew_hold(bigint, bigint)": "aubaine_member, aubaine_app",
    "release_holds(bigint, bigint[], text, bigint)": "aubaine_member, aubaine_operator, aubaine_app",
    "sweep_holds(integer)": "aubaine_worker",
    "sell_order(bigint)": "aubaine_worker, aubaine_member, aubaine_operator",
    "restock_line(bigint, integer, text, bigint)": "aubaine_worker, aubaine_operator",
}


def upgrade() -> None:
    """Make the functions, for the doors that need them and nobody else.

    A member who needs more time says so once (``members.extra_time``); each hold keeps what it was given.
    """
    op.add_column(
        "members", sa.Column("extra_time", sa.Boolean(), server_default="false", nullable=False)
    )
    op.add_column(
        "holds", sa.Column("extra_seconds", sa.SmallInteger(), server_default="0", nullable=False)
    )
    op.create_index("ix_holds_lapsing", "holds", ["expires_at"], postgresql_where="state = 'held'")
    for body in (RECLAIM, TAKE, RENEW, RELEASE, SWEEP, SELL, RESTOCK):
        op.execute(body)
    for name in FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
    for name, roles in WHO.items():
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO {roles}")


def downgrade() -> None:
    """Remove the functions."""
    for name in reversed(FUNCTIONS):
        op.execute(f"DROP FUNCTION {name}")
    op.drop_index("ix_holds_lapsing", table_name="holds", postgresql_where="state = 'held'")
    op.drop_column("holds", "extra_seconds")
    op.drop_column("members", "extra_time")
