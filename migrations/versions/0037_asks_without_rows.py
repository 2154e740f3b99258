"""Asks that leave no more behind than a hold: no row for a lock, no check twice, and nothing at all for a no.

What a hold costs is what it writes. The row of a member in a sale, which was only ever locked, becomes a lock without a
row; a hold's brand, sale and item are one reference instead of three; an ask for what is gone locks and writes nothing,
and vain wishes are noted apart, for many at once (docs/decisions/one-writer-carries-all-who-wait.md).

A plan is made once for each connection, often while a sale's tables are empty still, when every index seems as good as
any other. So the index of all that lapses serves only who asks for it by name: ``id > 0``.
"""

from __future__ import annotations

from pathlib import Path
from runpy import run_path

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

HOLDS = run_path(str(Path(__file__).with_name("0004_holds.py")))
BEFORE = run_path(str(Path(__file__).with_name("0035_asks_together.py")))
BY_INDEX = BEFORE["BY_INDEX"]

MEMBER_LOCK = """
CREATE FUNCTION member_lock(member bigint, sale bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS 'SELECT hashint8extended(member, sale)'
"""

DECIDE = (
    """
CREATE FUNCTION decide_holds(members bigint[], items bigint[], asked integer[], keys uuid[])
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
-- Of what has nothing free at the first look, nothing is locked: nobody can be given any of it, and a no writes nothing.
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
    taken bigint;
    -- Items that had nothing free when this began.
    gone bigint[];
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

    at := house_now();
    gone := ARRAY(
        SELECT i.id FROM sale_items i WHERE i.id = ANY (items) AND i.available = 0 AND NOT EXISTS (
            SELECT FROM holds h WHERE h.sale_item_id = i.id AND h.state = 'held' AND h.expires_at <= at
        )
    );
    PERFORM 1 FROM sale_items i WHERE i.id = ANY (items) AND i.id <> ALL (gone) ORDER BY i.id FOR NO KEY UPDATE;
    -- A member in a sale has no row to lock: the lock alone is enough, and leaves nothing behind.
    PERFORM pg_advisory_xact_lock(m.key) FROM (
        SELECT DISTINCT member_lock(a.member_id, i.sale_id) AS key
        FROM unnest(members, items) AS a (member_id, item_id) JOIN sale_items i ON i.id = a.item_id
        WHERE i.id <> ALL (gone) ORDER BY 1
    ) m;

    at := house_now();
    PERFORM reclaim_lapsed(ARRAY(SELECT unnest(items) EXCEPT SELECT unnest(gone)), at);

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
        free := CASE WHEN ask.id = ANY (gone) THEN 0 ELSE ask.available - granted[shelf] END;
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
        -- What came back to an item since the first look is not given: its row is not locked.
        bagged := ask.available - free + ask.held;
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
        SELECT h.expires_at INTO back_at FROM holds h
        WHERE h.sale_item_id = shelves[n] AND h.state = 'held' ORDER BY h.expires_at LIMIT 1;
        SELECT min(h.expires_at), sum(h.units)::bigint INTO back_at, back_sum FROM holds h
        WHERE h.sale_item_id = shelves[n] AND h.state = 'held'
          AND h.expires_at < date_trunc('minute', back_at) + interval '1 minute';
        back_ats[n] := back_at; back_units[n] := back_sum;
    END LOOP;

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

ANSWER = """
    outcome text, hold_id bigint, expires_at timestamptz, price_minor bigint,
    next_release_at timestamptz, next_release_units bigint, most bigint, sold_out_at timestamptz, opens_at timestamptz
"""

NOTE = (
    """
CREATE FUNCTION note_wishes(members bigint[], items bigint[], asked integer[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp"""
    + BY_INDEX
    + """AS $$
-- Wishes in vain: that members[n] wanted asked[n] units of items[n] and was told that there are none.
DECLARE
    at timestamptz := house_now();
BEGIN
    INSERT INTO demand_signals
        (brand_id, sale_id, sale_item_id, member_id, signal, minute, units, times, last_at, created_at)
    SELECT i.brand_id, i.sale_id, i.id, a.member_id,
           CASE WHEN i.held > 0 THEN 'refused_in_bags' ELSE 'refused_sold_out' END,
           div(extract(epoch FROM at - s.opens_at), 60), max(a.units), count(*), at, at
    FROM unnest(members, items, asked) AS a (member_id, item_id, units)
    JOIN sale_items i ON i.id = a.item_id JOIN sales s ON s.id = i.sale_id
    GROUP BY i.id, s.id, a.member_id
    ORDER BY i.id, a.member_id
    ON CONFLICT (sale_item_id, member_id, signal, minute) DO UPDATE SET
        times = demand_signals.times + excluded.times, last_at = excluded.last_at,
        units = greatest(demand_signals.units, excluded.units);
END $$
"""
)

TAKE = """
CREATE OR REPLACE FUNCTION take_holds(members bigint[], items bigint[], asked integer[], keys uuid[])
RETURNS TABLE (
    place integer, outcome text, hold_id bigint, expires_at timestamptz, price_minor bigint,
    next_release_at timestamptz, next_release_units bigint, most bigint, sold_out_at timestamptz, opens_at timestamptz
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- decide_holds, with vain wishes noted at once.
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH decided AS MATERIALIZED (
        SELECT * FROM decide_holds(members, items, asked, keys)
    ), noted AS MATERIALIZED (
        SELECT note_wishes(array_agg(members[d.place]), array_agg(items[d.place]), array_agg(asked[d.place]))
        FROM decided d WHERE d.outcome IN ('too_many', 'all_in_bags', 'sold_out') HAVING count(*) > 0
    )
    SELECT d.* FROM decided d LEFT JOIN noted ON true ORDER BY d.place;
END $$
"""

KNOCK_EACH = (
    """
CREATE FUNCTION knock_each(hashes bytea[], realms text[], idles interval[], notes interval[])
RETURNS TABLE (
    place integer, session_id bigint, account_id bigint, name text, locale text, zone text,
    second_factor_at timestamptz, has_second_factor boolean, member_id bigint, territory text, brand_id bigint,
    brand_role text, brand_name text, at timestamptz, kept_from bigint[]
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp"""
    + BY_INDEX
    + """ SET join_collapse_limit = 1 AS $$
-- Whose sessions these are, of those that live by the house's clock; a row for each that is somebody's, in order.
-- Their idle time begins anew, noted once a while, and not while another process notes it.
#variable_conflict use_column
DECLARE
    asked_at timestamptz := house_now();
    due bigint[] := '{}';
    who record;
BEGIN
    FOR who IN
        SELECT a.place, a.note_after, k.*
        FROM unnest(hashes, realms, notes) WITH ORDINALITY AS a (hash, realm, note_after, place)
        CROSS JOIN LATERAL (
            SELECT s.id AS session_id, c.id AS account_id, c.name, c.locale, c.zone, s.second_factor_at,
                   c.totp_confirmed_at IS NOT NULL AS has_second_factor, m.id AS member_id, m.territory,
                   u.brand_id, u.role AS brand_role, b.name AS brand_name, s.last_seen_at,
                   ARRAY(SELECT x.brand_id FROM suppressed_marks x WHERE x.mark = m.mark) AS kept_from
            FROM sessions s
            -- By its number alone: an index of all accounts of a realm is no way to find one.
            JOIN accounts c ON c.id = s.account_id AND c.realm || '' = s.realm AND c.state = 'active'
            LEFT JOIN members m ON m.account_id = c.id
            LEFT JOIN brand_users u ON u.account_id = c.id
            LEFT JOIN brands b ON b.id = u.brand_id
            WHERE s.token_hash = a.hash AND s.realm = a.realm AND s.revoked_at IS NULL
              AND asked_at < s.idle_until AND asked_at < s.expires_at
              AND (s.realm <> 'member' OR m.id IS NOT NULL)
              AND (s.realm <> 'brand' OR u.id IS NOT NULL)
            OFFSET 0
        ) k
        ORDER BY a.place
    LOOP
        IF who.last_seen_at < asked_at - who.note_after THEN due := due || who.session_id; END IF;
        place := who.place; session_id := who.session_id; account_id := who.account_id; name := who.name;
        locale := who.locale; zone := who.zone; second_factor_at := who.second_factor_at;
        has_second_factor := who.has_second_factor; member_id := who.member_id; territory := who.territory;
        brand_id := who.brand_id; brand_role := who.brand_role; brand_name := who.brand_name;
        at := asked_at; kept_from := who.kept_from;
        RETURN NEXT;
    END LOOP;
    IF cardinality(due) > 0 THEN
        WITH mine AS (
            SELECT s.id FROM sessions s WHERE s.id = ANY (due) ORDER BY s.id FOR NO KEY UPDATE SKIP LOCKED
        ), idle_of AS (
            SELECT DISTINCT a.realm, a.idle FROM unnest(realms, idles) AS a (realm, idle)
        )
        UPDATE sessions s SET last_seen_at = asked_at, idle_until = least(asked_at + o.idle, s.expires_at)
        FROM mine, idle_of o WHERE s.id = mine.id AND o.realm = s.realm;
    END IF;
END $$
"""
)

KNOCK = """
CREATE OR REPLACE FUNCTION knock(wanted_hash bytea, wanted_realm text, idle interval, note_after interval)
RETURNS TABLE (
    session_id bigint, account_id bigint, name text, locale text, zone text, second_factor_at timestamptz,
    has_second_factor boolean, member_id bigint, territory text, brand_id bigint, brand_role text, brand_name text,
    at timestamptz
)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- For processes that started before this migration: one of knock_each.
    SELECT k.session_id, k.account_id, k.name, k.locale, k.zone, k.second_factor_at, k.has_second_factor, k.member_id,
           k.territory, k.brand_id, k.brand_role, k.brand_name, k.at
    FROM knock_each(ARRAY[wanted_hash], ARRAY[wanted_realm], ARRAY[idle], ARRAY[note_after]) k
$$
"""

ASK = (
    """
CREATE FUNCTION ask_holds(
    hashes bytea[], idles interval[], notes interval[], items bigint[], asked integer[], keys uuid[], owes boolean
)
RETURNS TABLE (place integer, member_id bigint, locale text, zone text, """
    + ANSWER
    + """)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- decide_holds for whoever shows the session that hashes[n] is of: who they are and what they get, in one round trip.
-- 'nobody' where it is no member's, or one of whose factors is owed (`owes`: by all of them).
#variable_conflict use_column
DECLARE
    realms text[] := array_fill('member'::text, ARRAY[cardinality(hashes)]);
    come integer[];
    members bigint[];
    locales text[];
    zones text[];
BEGIN
    SELECT array_agg(k.place ORDER BY k.place), array_agg(k.member_id ORDER BY k.place),
           array_agg(k.locale ORDER BY k.place), array_agg(k.zone ORDER BY k.place)
    INTO come, members, locales, zones
    FROM knock_each(hashes, realms, idles, notes) k
    WHERE k.second_factor_at IS NOT NULL OR NOT (k.has_second_factor OR owes);
    IF come IS NOT NULL THEN
        RETURN QUERY
        SELECT come[d.place], members[d.place], locales[d.place], zones[d.place], d.outcome, d.hold_id, d.expires_at,
               d.price_minor, d.next_release_at, d.next_release_units, d.most, d.sold_out_at, d.opens_at
        FROM decide_holds(
            members, ARRAY(SELECT items[n] FROM unnest(come) WITH ORDINALITY c (n, o) ORDER BY o),
            ARRAY(SELECT asked[n] FROM unnest(come) WITH ORDINALITY c (n, o) ORDER BY o),
            ARRAY(SELECT keys[n] FROM unnest(come) WITH ORDINALITY c (n, o) ORDER BY o)
        ) d;
    END IF;
    IF cardinality(coalesce(come, '{}')) < cardinality(hashes) THEN
        RETURN QUERY
        SELECT n, NULL::bigint, NULL, NULL, 'nobody', NULL::bigint, NULL::timestamptz, NULL::bigint, NULL::timestamptz,
               NULL::bigint, NULL::bigint, NULL::timestamptz, NULL::timestamptz
        FROM generate_subscripts(hashes, 1) n WHERE n <> ALL (coalesce(come, '{}'));
    END IF;
END $$
"""
)

SELL = HOLDS["SELL"].replace(
    """    PERFORM 1 FROM member_sales m
    WHERE (m.sale_id, m.member_id) IN (
        SELECT h.sale_id, h.member_id FROM holds h JOIN order_lines l ON l.hold_id = h.id WHERE l.order_id = wanted
    )
    ORDER BY m.sale_id, m.member_id FOR NO KEY UPDATE;
""",
    """    PERFORM pg_advisory_xact_lock(m.key) FROM (
        SELECT DISTINCT member_lock(h.member_id, h.sale_id) AS key
        FROM holds h JOIN order_lines l ON l.hold_id = h.id WHERE l.order_id = wanted ORDER BY 1
    ) m;
""",
)
SWEEP = HOLDS["SWEEP"].replace(
    "WHERE h.state = 'held' AND h.expires_at <= house_instant()",
    "WHERE h.state = 'held' AND h.id > 0 AND h.expires_at <= house_instant()",
)
assert "member_sales" not in SELL, "sell_order is not what is known here"
assert "h.id > 0" in SWEEP, "sweep_holds is not what is known here"

ONE_REFERENCE = (
    # table, columns here, the columns of sale_items that they are, references that it makes superfluous
    (
        "holds",
        "brand_id, sale_id, sale_item_id",
        "brand_id, sale_id, id",
        ("brand_id", "sale_id", "sale_item_id"),
    ),
    (
        "demand_signals",
        "brand_id, sale_id, sale_item_id",
        "brand_id, sale_id, id",
        ("brand_id", "sale_id", "sale_item_id"),
    ),
    (
        "stock_movements",
        "brand_id, lot_id, sale_item_id",
        "brand_id, lot_id, id",
        ("sale_item_id",),
    ),
)
UNIQUE = {
    "uq_sale_items_brand_id_sale_id_id": ("sale_items", "brand_id, sale_id, id"),
    "uq_sale_items_brand_id_lot_id_id": ("sale_items", "brand_id, lot_id, id"),
    "uq_lots_brand_id_id": ("lots", "brand_id, id"),
}
NEW = {
    "knock_each(bytea[], text[], interval[], interval[])": "aubaine_app",
    "decide_holds(bigint[], bigint[], integer[], uuid[])": "aubaine_app",
    "note_wishes(bigint[], bigint[], integer[])": "aubaine_app",
    "ask_holds(bytea[], interval[], interval[], bigint[], integer[], uuid[], boolean)": "aubaine_app",
}
"""Functions and who may call them."""
LAPSING = "CREATE INDEX CONCURRENTLY ix_holds_lapsing ON holds (expires_at) WHERE state = 'held'"


def upgrade() -> None:
    """Write less for a hold, and nothing for a no."""
    _index_of_all_that_lapses(f"{LAPSING} AND id > 0")
    for body in (
        MEMBER_LOCK,
        DECIDE,
        NOTE,
        TAKE,
        KNOCK_EACH,
        ASK,
        SELL.replace("CREATE", "CREATE OR REPLACE", 1),
    ):
        op.execute(body)
    op.execute(SWEEP.replace("CREATE", "CREATE OR REPLACE", 1))
    for name, roles in NEW.items():
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO {roles}")
    op.execute(KNOCK)
    # Only functions that were replaced above ever named it.
    op.execute("-- squawk-ignore ban-drop-table\nDROP TABLE member_sales")
    _refer_once()


def _index_of_all_that_lapses(statement: str) -> None:
    with op.get_context().autocommit_block():  # holds are taken while it is built
        op.execute("DROP INDEX CONCURRENTLY ix_holds_lapsing")
        op.execute(statement)


def _refer_once() -> None:
    """One reference to the item, which knows its brand, its sale and its lot, instead of one to each of them."""
    for name, (table, columns) in UNIQUE.items():
        with op.get_context().autocommit_block():
            op.execute(f"CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} ({columns})")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE USING INDEX {name}")
    for table, here, there, superfluous in ONE_REFERENCE:
        for column in superfluous:
            op.execute(f"ALTER TABLE {table} DROP CONSTRAINT fk_{table}_{column}")
        _reference(table, here, "sale_items", there)
    for column in ("brand_id", "lot_id"):
        op.execute(f"ALTER TABLE stock_movements DROP CONSTRAINT fk_stock_movements_{column}")
    _reference("stock_movements", "brand_id, lot_id", "lots", "brand_id, id")


def _reference(table: str, here: str, to: str, there: str) -> None:
    name = f"fk_{table}_{here.replace(', ', '_')}"
    op.execute(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({here}) REFERENCES {to} ({there})"
        " ON DELETE RESTRICT NOT VALID"
    )
    with op.get_context().autocommit_block():
        op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")


def downgrade() -> None:
    """Refer, lock and note as before."""
    for table, here, _, superfluous in ONE_REFERENCE:
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT fk_{table}_{here.replace(', ', '_')}")
        for column in superfluous:
            _reference(table, column, f"{column.removesuffix('_id')}s", "id")
    op.execute("ALTER TABLE stock_movements DROP CONSTRAINT fk_stock_movements_brand_id_lot_id")
    _reference("stock_movements", "brand_id", "brands", "id")
    _reference("stock_movements", "lot_id", "lots", "id")
    for name, (table, _) in UNIQUE.items():
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    op.execute(
        "CREATE TABLE member_sales (sale_id bigint NOT NULL, member_id bigint NOT NULL,"
        " created_at timestamptz DEFAULT house_now() NOT NULL,"
        " CONSTRAINT pk_member_sales PRIMARY KEY (sale_id, member_id),"
        " CONSTRAINT fk_member_sales_sale_id FOREIGN KEY (sale_id) REFERENCES sales (id) ON DELETE RESTRICT,"
        " CONSTRAINT fk_member_sales_member_id FOREIGN KEY (member_id) REFERENCES members (id) ON DELETE RESTRICT)"
    )
    knock = run_path(str(Path(__file__).with_name("0005_hallway.py")))["KNOCK"]
    for before in (knock, BEFORE["TAKE"], HOLDS["SELL"], HOLDS["SWEEP"]):
        op.execute(before.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
    for name in NEW:
        op.execute(f"DROP FUNCTION {name}")
    op.execute("DROP FUNCTION member_lock(bigint, bigint)")
    _index_of_all_that_lapses(LAPSING)
