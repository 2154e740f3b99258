"""Asks decided together: ``take_holds`` looks once for all, decides in arrival order, and writes once for all.

The rule is what it was. What changes is the number of statements: the same few for one ask as for hundreds, so that
one writer can carry everybody who waits for a sale's stock (docs/decisions/one-writer-carries-all-who-wait.md).
"""

from __future__ import annotations

from pathlib import Path
from runpy import run_path

from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

TAKE_BEFORE = run_path(str(Path(__file__).with_name("0027_suppression.py")))["TAKE"]
RECLAIM_BEFORE = run_path(str(Path(__file__).with_name("0004_holds.py")))["RECLAIM"]

BY_INDEX = """
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_bitmapscan = off
    SET enable_material = off SET plan_cache_mode = force_generic_plan
"""
"""A plan is made once per connection, often on a morning when a sale's tables are small still, and must serve when they
are not: row by row through the indexes, whatever the statistics say so far. Nor may the index be one of the sale's, in
which all its holds stand together: ``sale_id + 0`` keeps to the member's few."""

RECLAIM = (
    """
CREATE OR REPLACE FUNCTION reclaim_lapsed(items bigint[], at timestamptz) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp"""
    + BY_INDEX
    + """AS $$
-- Give back the units of holds that lapsed by `at`. The caller has locked the rows of `items`.
DECLARE
    freed bigint;
BEGIN
    -- One look at the end of each item's first hold: with nothing lapsed, the number of live holds does not matter.
    IF NOT EXISTS (
        SELECT FROM unnest(items) AS i (id) CROSS JOIN LATERAL (
            SELECT h.expires_at FROM holds h WHERE h.sale_item_id = i.id AND h.state = 'held'
            ORDER BY h.expires_at LIMIT 1
        ) f WHERE f.expires_at <= at
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
)

TAKE = (
    """
CREATE OR REPLACE FUNCTION take_holds(members bigint[], items bigint[], asked integer[], keys uuid[])
RETURNS TABLE (
    place integer, outcome text, hold_id bigint, expires_at timestamptz, price_minor bigint,
    next_release_at timestamptz, next_release_units bigint, most bigint, sold_out_at timestamptz, opens_at timestamptz
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp"""
    + BY_INDEX
    + """AS $$
-- Ask for holds: request n is members[n] wanting asked[n] units of items[n] under the idempotency key keys[n].
-- Answers come in the order asked, and what is free goes to whoever asked first; each request stands for itself.
-- Lock, then look (once, by the clock read after the locks), then decide one by one, then write (once).
#variable_conflict use_column
DECLARE
    at timestamptz;
    ask record;
    of_item bigint;
    of_sale bigint;
    twin integer;
    shelf integer;
    free bigint;
    bagged bigint;
    said text;
    -- What was answered, by place.
    outcomes text[];
    hold_ids bigint[];
    untils timestamptz[];
    prices bigint[];
    mosts bigint[];
    gone_ats timestamptz[];
    open_ats timestamptz[];
    shorts integer[];
    -- The items that asks went to (shelves), how many units of each were granted meanwhile, and what comes back first.
    shelves bigint[] := '{}';
    granted bigint[] := '{}';
    back_ats timestamptz[] := '{}';
    back_units bigint[] := '{}';
    back_at timestamptz;
    back_sum bigint;
    -- The grants, in order.
    grant_places integer[] := '{}';
    grant_members bigint[] := '{}';
    grant_sales bigint[] := '{}';
    grant_extras integer[] := '{}';
    short boolean := false;
    taken bigint;
BEGIN
    IF cardinality(members) <> cardinality(items) OR cardinality(items) <> cardinality(asked)
       OR cardinality(asked) <> cardinality(keys) THEN
        RAISE EXCEPTION 'asks are told in arrays of one length' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    outcomes := array_fill(NULL::text, ARRAY[cardinality(items)]);
    hold_ids := array_fill(NULL::bigint, ARRAY[cardinality(items)]);
    untils := array_fill(NULL::timestamptz, ARRAY[cardinality(items)]);
    prices := hold_ids; mosts := hold_ids; gone_ats := untils; open_ats := untils;
    shorts := array_fill(NULL::integer, ARRAY[cardinality(items)]);

    PERFORM 1 FROM sale_items i WHERE i.id = ANY (items) ORDER BY i.id FOR NO KEY UPDATE;

    INSERT INTO member_sales (sale_id, member_id)
    SELECT DISTINCT i.sale_id, a.member_id
    FROM unnest(members, items) AS a (member_id, item_id) JOIN sale_items i ON i.id = a.item_id
    WHERE NOT EXISTS (SELECT FROM member_sales m WHERE m.sale_id = i.sale_id AND m.member_id = a.member_id)
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

    FOR ask IN
        SELECT a.place, a.member_id, a.item_id, a.units, a.key,
               i.id, i.brand_id, i.sale_id, i.price_minor, i.available, i.held, i.stopped_at, i.sold_out_at,
               i.limit_per_member, s.limit_per_member AS sale_limit, s.state, s.opens_at, s.closes_at,
               CASE WHEN b.told_ahead THEN s.teaser_at ELSE s.opens_at END AS teaser_at,
               EXISTS (
                   SELECT FROM suppressed_marks x WHERE x.mark = m.mark AND x.brand_id = i.brand_id
               ) AS kept_out,
               CASE WHEN m.extra_time THEN 300 ELSE 0 END AS extra,
               e.id AS earlier_id, e.state AS earlier_state, e.sale_item_id AS earlier_item,
               e.units AS earlier_units, e.expires_at AS earlier_until, e.price_minor AS earlier_price,
               mine.of_item, mine.of_sale, mine.own
        FROM unnest(members, items, asked, keys) WITH ORDINALITY AS a (member_id, item_id, units, key, place)
        LEFT JOIN sale_items i ON i.id = a.item_id
        LEFT JOIN sales s ON s.id = i.sale_id
        LEFT JOIN brands b ON b.id = i.brand_id
        LEFT JOIN members m ON m.id = a.member_id
        LEFT JOIN holds e ON e.member_id = a.member_id AND e.key = a.key
        -- Holds plus paid less returned, over all tabs. A hold of another item may have lapsed without anybody
        -- having said so in its row: the clock decides.
        LEFT JOIN LATERAL (
            SELECT coalesce(sum(h.units - h.returned_units) FILTER (WHERE h.sale_item_id = i.id), 0) AS of_item,
                   coalesce(sum(h.units - h.returned_units), 0) AS of_sale,
                   (array_agg(h.id ORDER BY h.expires_at)
                    FILTER (WHERE h.sale_item_id = i.id AND h.state = 'held'))[1] AS own
            FROM holds h
            WHERE h.member_id = a.member_id AND h.sale_id + 0 = i.sale_id
              AND (h.state = 'sold' OR (h.state = 'held' AND h.expires_at > at))
        ) mine ON true
        ORDER BY a.place
    LOOP
        -- Asked before under this key: the same answer, and nothing new is taken.
        IF ask.earlier_id IS NOT NULL THEN
            said := CASE
                WHEN ask.earlier_item <> ask.item_id OR ask.earlier_units <> ask.units THEN 'key_reused'
                WHEN ask.earlier_state = 'held' THEN 'held'
                WHEN ask.earlier_state = 'sold' THEN 'bought'
                ELSE 'lapsed'
            END;
            outcomes[ask.place] := said;
            IF said <> 'key_reused' THEN
                hold_ids[ask.place] := ask.earlier_id;
                untils[ask.place] := ask.earlier_until;
                prices[ask.place] := ask.earlier_price;
            END IF;
            CONTINUE;
        END IF;

        -- What this very member was granted a moment ago, by an earlier place.
        of_item := ask.of_item; of_sale := ask.of_sale; twin := NULL;
        IF ask.member_id = ANY (grant_members) THEN
            FOR n IN 1 .. cardinality(grant_members) LOOP
                CONTINUE WHEN grant_members[n] <> ask.member_id;
                IF keys[grant_places[n]] = ask.key THEN twin := grant_places[n]; END IF;
                IF grant_sales[n] = ask.sale_id THEN of_sale := of_sale + asked[grant_places[n]]; END IF;
                IF items[grant_places[n]] = ask.item_id THEN
                    of_item := of_item + asked[grant_places[n]];
                    ask.own := coalesce(ask.own, hold_ids[grant_places[n]]);
                END IF;
            END LOOP;
        END IF;
        IF twin IS NOT NULL THEN
            IF items[twin] <> ask.item_id OR asked[twin] <> ask.units THEN
                outcomes[ask.place] := 'key_reused';
            ELSE
                outcomes[ask.place] := 'held';
                hold_ids[ask.place] := hold_ids[twin];
            END IF;
            CONTINUE;
        END IF;

        -- The same rule as domain.sales.phase: before the teaser a sale is not spoken of at all, and to whom its brand
        -- keeps out it never is.
        said := CASE
            WHEN ask.id IS NULL OR ask.state IN ('draft', 'cancelled') OR at < ask.teaser_at OR ask.kept_out
                THEN 'not_found'
            WHEN ask.state = 'closed' OR at >= ask.closes_at THEN 'closed'
            WHEN ask.state = 'paused' THEN 'paused'
            WHEN at < ask.opens_at THEN 'not_open'
            WHEN ask.stopped_at IS NOT NULL THEN 'stopped'
        END;
        IF said IS NOT NULL THEN
            outcomes[ask.place] := said;
            IF said = 'not_open' THEN open_ats[ask.place] := ask.opens_at; END IF;
            CONTINUE;
        END IF;

        IF of_item + ask.units > ask.limit_per_member OR of_sale + ask.units > ask.sale_limit THEN
            outcomes[ask.place] := 'limit_reached';
            mosts[ask.place] := greatest(least(ask.limit_per_member - of_item, ask.sale_limit - of_sale), 0);
            CONTINUE;
        END IF;

        shelf := array_position(shelves, ask.id);
        IF shelf IS NULL THEN
            shelves := shelves || ask.id; granted := granted || 0::bigint;
            shelf := cardinality(shelves);
        END IF;
        free := ask.available - granted[shelf];
        IF free >= ask.units THEN
            outcomes[ask.place] := 'held';
            hold_ids[ask.place] := nextval('holds_id_seq');
            granted[shelf] := granted[shelf] + ask.units;
            grant_places := grant_places || ask.place::integer;
            grant_members := grant_members || ask.member_id;
            grant_sales := grant_sales || ask.sale_id;
            grant_extras := grant_extras || ask.extra;
            CONTINUE;
        END IF;

        -- What empties the shelf may be the member's own hold, from another tab: then it is simply theirs.
        IF ask.own IS NOT NULL THEN
            outcomes[ask.place] := 'already_held';
            hold_ids[ask.place] := ask.own;
            CONTINUE;
        END IF;
        bagged := ask.held + granted[shelf];
        outcomes[ask.place] := CASE WHEN free > 0 THEN 'too_many' WHEN bagged > 0 THEN 'all_in_bags' ELSE 'sold_out' END;
        mosts[ask.place] := free;
        gone_ats[ask.place] := CASE WHEN free = 0 AND granted[shelf] > 0 THEN at ELSE ask.sold_out_at END;
        shorts[ask.place] := shelf;
    END LOOP;

    IF cardinality(grant_places) > 0 THEN
        UPDATE sale_items i SET
            available = i.available - t.units, held = i.held + t.units,
            sold_out_at = CASE WHEN i.available = t.units THEN at ELSE i.sold_out_at END
        FROM unnest(shelves, granted) AS t (id, units)
        WHERE i.id = t.id AND t.units > 0 AND i.available >= t.units;
        GET DIAGNOSTICS taken = ROW_COUNT;
        IF taken <> (SELECT count(*) FROM unnest(granted) AS t (units) WHERE t.units > 0) THEN
            RAISE EXCEPTION 'units were granted that are not there' USING ERRCODE = 'check_violation';
        END IF;
        INSERT INTO holds (id, brand_id, sale_id, sale_item_id, member_id, key, units, price_minor, created_at,
                           expires_at, cap_at, extra_seconds)
        SELECT hold_ids[g.place], i.brand_id, i.sale_id, i.id, g.member_id, keys[g.place], asked[g.place],
               i.price_minor, at, at + interval '10 minutes' + g.extra * interval '1 second',
               at + interval '15 minutes' + g.extra * interval '1 second', g.extra
        FROM unnest(grant_places, grant_members, grant_extras) AS g (place, member_id, extra)
        JOIN sale_items i ON i.id = items[g.place];
        INSERT INTO stock_movements (brand_id, lot_id, sale_item_id, hold_id, movement, units, created_at)
        SELECT i.brand_id, i.lot_id, i.id, hold_ids[g.place], 'held', asked[g.place], at
        FROM unnest(grant_places) AS g (place) JOIN sale_items i ON i.id = items[g.place];
    END IF;

    FOR n IN 1 .. cardinality(shelves) LOOP
        CONTINUE WHEN (n = ANY (shorts)) IS NOT TRUE;
        -- What comes back within the minute in which the first unit does: "two come back at 07:14 unless paid".
        SELECT min(h.expires_at), sum(h.units)::bigint INTO back_at, back_sum FROM holds h
        WHERE h.sale_item_id = shelves[n] AND h.state = 'held' AND h.expires_at < (
            SELECT date_trunc('minute', f.expires_at) + interval '1 minute' FROM holds f
            WHERE f.sale_item_id = shelves[n] AND f.state = 'held' ORDER BY f.expires_at LIMIT 1
        );
        back_ats[n] := back_at; back_units[n] := back_sum; short := true;
    END LOOP;
    IF short THEN
        INSERT INTO demand_signals
            (brand_id, sale_id, sale_item_id, member_id, signal, minute, units, times, last_at, created_at)
        SELECT i.brand_id, i.sale_id, i.id, members[a.place],
               CASE WHEN i.held > 0 THEN 'refused_in_bags' ELSE 'refused_sold_out' END,
               div(extract(epoch FROM at - s.opens_at), 60), max(asked[a.place]), count(*), at, at
        FROM unnest(outcomes) WITH ORDINALITY AS a (said, place)
        JOIN sale_items i ON i.id = items[a.place] JOIN sales s ON s.id = i.sale_id
        WHERE a.said IN ('too_many', 'all_in_bags', 'sold_out')
        GROUP BY i.id, s.id, members[a.place]
        ORDER BY i.id, members[a.place]
        ON CONFLICT (sale_item_id, member_id, signal, minute) DO UPDATE SET
            times = demand_signals.times + excluded.times, last_at = excluded.last_at,
            units = greatest(demand_signals.units, excluded.units);
    END IF;

    RETURN QUERY
    SELECT a.place::integer, a.said, a.hold_id, coalesce(h.expires_at, a.until), coalesce(h.price_minor, a.price),
           back_ats[a.short_of], back_units[a.short_of], a.most, a.gone_at, a.open_at
    FROM unnest(outcomes, hold_ids, untils, prices, mosts, gone_ats, open_ats, shorts)
         WITH ORDINALITY AS a (said, hold_id, until, price, most, gone_at, open_at, short_of, place)
    LEFT JOIN holds h ON h.id = a.hold_id
    ORDER BY a.place;
END $$
"""
)


def upgrade() -> None:
    """Let the asks of many be decided together."""
    op.execute(RECLAIM)
    op.execute(TAKE)


def downgrade() -> None:
    """Let each ask be decided for itself again."""
    for before in (TAKE_BEFORE, RECLAIM_BEFORE):
        op.execute(before.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
