CREATE FUNCTION for_the_line(item bigint, freed bigint, kept bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off AS $$
    -- How many of `freed` units of an item are for those who wait for it, when `kept` are set aside already. Each entry
    -- wants one unit at least, so that no more entries are looked at than there are units.
    SELECT least(freed, greatest(coalesce(sum(first.units), 0) - kept, 0))::bigint FROM (
        SELECT w.units FROM wait_items x JOIN waits w ON w.id = x.wait_id
        WHERE x.sale_item_id = item AND x.open ORDER BY x.wait_id LIMIT freed + kept
    ) first
$$
-- ;
CREATE FUNCTION offer_until(at timestamptz, wall text, closes timestamptz, extra integer) RETURNS timestamptz
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    -- A quarter of an hour; from ten at night until seven in the morning, by the member's own clock, until a quarter past
    -- seven, if the sale lasts as long. Nobody gets up for an offer.
    SELECT greatest(
        at + interval '15 minutes',
        CASE WHEN extract(hour FROM at AT TIME ZONE wall) >= 22 OR extract(hour FROM at AT TIME ZONE wall) < 7 THEN
            least(closes, (date_trunc('day', (at AT TIME ZONE wall) + interval '2 hours') + interval '7 hours 15 minutes')
                          AT TIME ZONE wall)
        END
    ) + extra * interval '1 second'
$$
-- ;
CREATE FUNCTION room_of(member bigint, item bigint, at timestamptz) RETURNS TABLE (of_item bigint, of_sale bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    -- How many units more the limits leave to a member: of the item, and of its whole sale. Holds plus paid less returned.
    SELECT (i.limit_per_member - coalesce(sum(h.units - h.returned_units) FILTER (WHERE h.sale_item_id = i.id), 0))::bigint,
           (s.limit_per_member - coalesce(sum(h.units - h.returned_units), 0))::bigint
    FROM sale_items i JOIN sales s ON s.id = i.sale_id
    LEFT JOIN holds h ON h.member_id = member AND h.sale_id + 0 = s.id
                         AND (h.state = 'sold' OR (h.state = 'held' AND h.expires_at > at))
    WHERE i.id = item GROUP BY i.id, s.id
$$
-- ;
CREATE FUNCTION join_line(member bigint, wanted bigint[], asked integer, most_lines integer)
RETURNS TABLE (outcome text, wait_id bigint, most bigint, opens_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp{by_index} AS $$
-- Stand in line for whichever of the items `wanted`, all of one style in one sale, comes back first: up to `asked` units.
-- Whoever stands in line for the style already stays where they are ('already').
#variable_conflict use_column
DECLARE
    at timestamptz;
    sale record;
BEGIN
    PERFORM 1 FROM sale_items i WHERE i.id = ANY (wanted) ORDER BY i.id FOR NO KEY UPDATE;
    PERFORM pg_advisory_xact_lock(m.key) FROM (
        SELECT DISTINCT member_lock(member, i.sale_id) AS key FROM sale_items i WHERE i.id = ANY (wanted) ORDER BY 1
    ) m;
    at := house_now();
    SELECT min(s.id) AS id, count(DISTINCT s.id) AS sales, count(DISTINCT v.style_id) AS styles, count(*) AS items,
           min(v.style_id) AS style_id, min(s.state) AS state,
           bool_or(EXISTS (
               SELECT FROM suppressed_marks k JOIN members m ON m.mark = k.mark
               WHERE m.id = member AND k.brand_id = i.brand_id
           )) AS kept_out,
           bool_or(s.territory <> (SELECT m.territory FROM members m WHERE m.id = member)) AS elsewhere,
           min(CASE WHEN b.told_ahead THEN s.teaser_at ELSE s.opens_at END) AS teaser_at,
           min(s.opens_at) AS opens_at, min(s.closes_at) AS closes_at,
           bool_or(i.stopped_at IS NOT NULL) AS stopped
    INTO sale
    FROM sale_items i JOIN sales s ON s.id = i.sale_id JOIN brands b ON b.id = i.brand_id
    JOIN variants v ON v.id = i.variant_id WHERE i.id = ANY (wanted) AND i.units > 0;

    outcome := CASE
        WHEN sale.items = 0 OR sale.items <> cardinality(wanted) OR sale.sales <> 1 OR sale.styles <> 1
             OR sale.state IN ('draft', 'cancelled') OR at < sale.teaser_at OR sale.kept_out OR sale.elsewhere
            THEN 'not_found'
        WHEN sale.state = 'closed' OR at >= sale.closes_at THEN 'closed'
        WHEN sale.state = 'paused' THEN 'paused'
        WHEN at < sale.opens_at THEN 'not_open'
        WHEN sale.stopped THEN 'stopped'
    END;
    IF outcome IS NOT NULL THEN
        IF outcome = 'not_open' THEN opens_at := sale.opens_at; END IF;
        RETURN NEXT; RETURN;
    END IF;

    SELECT w.id INTO wait_id FROM waits w
    WHERE w.member_id = member AND w.sale_id = sale.id AND w.style_id = sale.style_id AND w.state = 'waiting';
    IF FOUND THEN outcome := 'already'; RETURN NEXT; RETURN; END IF;

    PERFORM reclaim_lapsed(wanted, at);
    IF EXISTS (SELECT FROM sale_items i WHERE i.id = ANY (wanted) AND i.available > 0) THEN
        outcome := 'free'; RETURN NEXT; RETURN;
    END IF;
    -- Of the size of which the limits leave most.
    SELECT greatest(max(least(r.of_item, r.of_sale)), 0) INTO most
    FROM unnest(wanted) AS w (id) CROSS JOIN LATERAL room_of(member, w.id, at) r;
    IF asked > most THEN outcome := 'limit_reached'; RETURN NEXT; RETURN; END IF;
    IF (
        SELECT count(*) FROM waits w WHERE w.member_id = member AND w.sale_id = sale.id AND w.state = 'waiting'
    ) >= most_lines THEN
        outcome := 'too_many'; most := most_lines; RETURN NEXT; RETURN;
    END IF;

    most := NULL;
    INSERT INTO waits (sale_id, style_id, member_id, units, created_at)
    VALUES (sale.id, sale.style_id, member, asked, at) RETURNING id INTO wait_id;
    INSERT INTO wait_items (sale_id, sale_item_id, wait_id)
    SELECT i.sale_id, i.id, wait_id FROM sale_items i WHERE i.id = ANY (wanted);
    UPDATE sale_items i SET awaited = true WHERE i.id = ANY (wanted) AND NOT i.awaited;
    outcome := 'waiting';
    RETURN NEXT;
END $$
-- ;
CREATE FUNCTION pass_on(most integer) RETURNS TABLE (wait_id bigint, given bigint, units bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp{by_index} AS $$
-- Units that came back to up to `most` items go to those who wait for them: a hold for the next in line, who may be told
-- of it. A row for each hold, whose key says of which entry it came. Items, members and entries that somebody else works
-- on are left for the next time, and nobody is passed by for that. What nobody in the line can have goes back to the shelf.
#variable_conflict use_column
DECLARE
    items bigint[];
    at timestamptz;
    item record;
    one record;
    room record;
    can bigint;
    rest bigint;
    lets boolean;
    ends timestamptz;
BEGIN
    SELECT array_agg(i.id) INTO items FROM (
        SELECT i.id FROM sale_items i JOIN sales s ON s.id = i.sale_id
        -- A sale that is paused gives nothing out, to nobody: what is set aside stays so, and keeps no other from theirs.
        WHERE (i.awaited OR i.set_aside > 0) AND NOT (s.state = 'paused' AND s.closes_at > house_instant())
          -- The first of each, not whether any exists: that may be answered by reading all of them into a table.
          AND (
              i.set_aside > 0
              OR (SELECT x.wait_id FROM wait_items x WHERE x.sale_item_id = i.id AND x.open
                  ORDER BY x.wait_id LIMIT 1) IS NULL
              OR (SELECT h.expires_at FROM holds h WHERE h.sale_item_id = i.id AND h.state = 'held'
                  ORDER BY h.expires_at LIMIT 1) <= house_instant()
          )
        ORDER BY i.id LIMIT most FOR NO KEY UPDATE OF i SKIP LOCKED
    ) i;
    IF items IS NULL THEN RETURN; END IF;
    at := house_now();
    PERFORM reclaim_lapsed(items, at);

    FOR item IN
        SELECT i.id, i.brand_id, i.sale_id, i.lot_id, i.price_minor, i.set_aside, s.closes_at,
               s.state = 'paused' AND at < s.closes_at AS paused,
               s.state NOT IN ('draft', 'cancelled', 'closed') AND at >= s.opens_at AND at < s.closes_at
               AND i.stopped_at IS NULL AS running
        FROM sale_items i JOIN sales s ON s.id = i.sale_id WHERE i.id = ANY (items) ORDER BY i.id
    LOOP
        CONTINUE WHEN item.paused;  -- since it was chosen
        rest := item.set_aside;
        lets := item.running;
        FOR one IN
            SELECT w.id, w.member_id, w.units, a.zone, CASE WHEN m.extra_time THEN 300 ELSE 0 END AS extra,
                   a.state = 'active' AND m.territory = s.territory AND NOT EXISTS (
                       SELECT FROM suppressed_marks k WHERE k.mark = m.mark AND k.brand_id = item.brand_id
                   ) AS let_in
            FROM wait_items x JOIN waits w ON w.id = x.wait_id
            JOIN members m ON m.id = w.member_id JOIN accounts a ON a.id = m.account_id
            JOIN sales s ON s.id = w.sale_id
            WHERE x.sale_item_id = item.id AND x.open
            ORDER BY x.wait_id
        LOOP
            EXIT WHEN rest = 0 OR NOT lets;
            IF NOT pg_try_advisory_xact_lock(member_lock(one.member_id, item.sale_id)) THEN lets := NULL; EXIT; END IF;
            PERFORM 1 FROM waits w WHERE w.id = one.id AND w.state = 'waiting' FOR NO KEY UPDATE SKIP LOCKED;
            IF NOT FOUND THEN
                -- Locked, or gone from the line meanwhile: who went is not waited for.
                IF EXISTS (SELECT FROM waits w WHERE w.id = one.id AND w.state = 'waiting') THEN lets := NULL; EXIT; END IF;
                CONTINUE;
            END IF;
            SELECT r.of_item, r.of_sale INTO STRICT room FROM room_of(one.member_id, item.id, at) r;
            can := least(one.units, rest, room.of_item, room.of_sale);
            IF can <= 0 OR NOT one.let_in THEN
                -- Who has all they may of this size waits for the others they named, if there are any.
                UPDATE wait_items x SET open = false
                WHERE x.wait_id = one.id AND (x.sale_item_id = item.id OR room.of_sale <= 0 OR NOT one.let_in);
                UPDATE waits w SET state = 'passed_over', ended_at = at
                WHERE w.id = one.id AND NOT EXISTS (SELECT FROM wait_items x WHERE x.wait_id = one.id AND x.open);
                CONTINUE;
            END IF;
            ends := offer_until(at, one.zone, item.closes_at, one.extra);
            INSERT INTO holds (brand_id, sale_id, sale_item_id, member_id, key, units, price_minor, created_at,
                               expires_at, cap_at, extra_seconds)
            VALUES (item.brand_id, item.sale_id, item.id, one.member_id, md5('wait ' || one.id)::uuid, can,
                    item.price_minor, at, ends, ends + interval '5 minutes', one.extra)
            RETURNING holds.id INTO given;
            INSERT INTO stock_movements (brand_id, lot_id, sale_item_id, hold_id, movement, units, reason, created_at)
            VALUES (item.brand_id, item.lot_id, item.id, given, 'held', can, 'next_in_line', at);
            UPDATE waits w SET state = 'offered', hold_id = given, ended_at = at WHERE w.id = one.id;
            UPDATE wait_items x SET open = false WHERE x.wait_id = one.id;
            rest := rest - can;
            wait_id := one.id; units := can;
            RETURN NEXT;
        END LOOP;
        -- Units for which nobody is left go back to the shelf; so does all of it where the line may not be served.
        UPDATE sale_items i SET
            set_aside = CASE WHEN lets IS NULL THEN rest ELSE 0 END,
            available = i.available + CASE WHEN lets IS NULL THEN 0 ELSE rest END,
            held = i.held - CASE WHEN lets IS NULL THEN 0 ELSE rest END,
            sold_out_at = CASE WHEN lets IS NOT NULL AND rest > 0 THEN NULL ELSE i.sold_out_at END,
            awaited = (SELECT x.wait_id FROM wait_items x WHERE x.sale_item_id = item.id AND x.open
                       ORDER BY x.wait_id LIMIT 1) IS NOT NULL
        WHERE i.id = item.id;
    END LOOP;
END $$
-- ;
CREATE FUNCTION end_line(asked_sale bigint) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- The sale is over: its line ends, and what was set aside for it is unsold like the rest. How many stood in it.
DECLARE
    gone bigint;
BEGIN
    PERFORM 1 FROM sale_items i WHERE i.sale_id = asked_sale AND (i.awaited OR i.set_aside > 0)
    ORDER BY i.id FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN 0; END IF;
    UPDATE waits w SET state = 'ended', ended_at = house_now() WHERE w.id IN (
        SELECT e.id FROM waits e WHERE e.sale_id = asked_sale AND e.state = 'waiting' ORDER BY e.id FOR NO KEY UPDATE
    );
    GET DIAGNOSTICS gone = ROW_COUNT;
    UPDATE wait_items x SET open = false WHERE x.sale_id = asked_sale AND x.open;
    UPDATE sale_items i SET awaited = false, set_aside = 0, available = i.available + i.set_aside,
        held = i.held - i.set_aside, sold_out_at = CASE WHEN i.set_aside > 0 THEN NULL ELSE i.sold_out_at END
    WHERE i.sale_id = asked_sale AND (i.awaited OR i.set_aside > 0);
    RETURN gone;
END $$
-- ;
CREATE FUNCTION leave_line(member bigint, wanted bigint) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- The member stands in this line no longer. False where they no longer did; NULL where it was never theirs.
DECLARE
    was text;
BEGIN
    SELECT w.state INTO was FROM waits w WHERE w.id = wanted AND w.member_id = member FOR NO KEY UPDATE;
    IF NOT FOUND THEN RETURN NULL; END IF;
    IF was <> 'waiting' THEN RETURN false; END IF;
    UPDATE waits w SET state = 'left', ended_at = house_now() WHERE w.id = wanted;
    UPDATE wait_items x SET open = false WHERE x.wait_id = wanted;
    RETURN true;
END $$
-- ;
CREATE FUNCTION forget_waits(most integer) RETURNS TABLE (kind text, gone bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- Delete entries of lines that ended more than two years ago, at most so many: before the holds that came of them go.
-- Rows that somebody else has locked are left.
DECLARE
    old bigint[];
BEGIN
    kind := 'waits';
    SELECT array_agg(w.id) INTO old FROM (
        SELECT w.id FROM waits w
        WHERE w.state <> 'waiting' AND w.ended_at < house_now() - interval '2 years'
        ORDER BY w.id LIMIT most FOR UPDATE SKIP LOCKED
    ) w;
    DELETE FROM wait_items x WHERE x.wait_id = ANY (old);
    DELETE FROM waits w WHERE w.id = ANY (old);
    GET DIAGNOSTICS gone = ROW_COUNT; RETURN NEXT;
END $$
