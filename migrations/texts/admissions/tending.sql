CREATE FUNCTION lock_room(asked_sale bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    -- The name of a room's lock: arrivals before the opening share it, whoever draws, places or lets in has it alone.
    SELECT hashtextextended('waiting_room:' || asked_sale, 0)
$$
-- ;
CREATE FUNCTION place_late(asked_sale bigint) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- Who has no place gets the next ones, in the order of their coming. The caller has the room's lock alone.
DECLARE
    behind bigint;
BEGIN
    UPDATE tickets t SET place = w.places + r.rank
    FROM waiting_rooms w, (
        SELECT id, row_number() OVER (ORDER BY arrived_at, id) AS rank
        FROM tickets WHERE sale_id = asked_sale AND place IS NULL AND member_id IS NOT NULL
    ) r
    WHERE t.id = r.id AND w.sale_id = asked_sale;
    GET DIAGNOSTICS behind = ROW_COUNT;
    IF behind > 0 THEN
        UPDATE waiting_rooms SET places = places + behind WHERE sale_id = asked_sale;
    END IF;
END $$
-- ;
CREATE FUNCTION tend_room(asked_sale bigint, gate integer, visited boolean) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- Draw once the hour has come, place who came since, let in who may; whether this call drew. The caller has the room's
-- lock alone. `gate`: payments a minute that can be taken. `visited`: note the instant, so that the next one can skip.
DECLARE
    room record;
    plan record;
    at timestamptz;
    drew boolean := false;
    drawn_now bigint;
    free_now bigint;
    held_now bigint;
    lapsed bigint;
    back timestamptz;
    shoppers bigint;
    choosing bigint;
    minute bigint;
    wanted bigint;
    came_in bigint := 0;
    in_line bigint;
    of_late bigint;
BEGIN
    SELECT * INTO room FROM waiting_rooms WHERE sale_id = asked_sale FOR NO KEY UPDATE;
    SELECT state, opens_at, closes_at INTO plan FROM sales WHERE id = asked_sale;
    at := house_now();
    IF room.sale_id IS NULL OR room.wide_at IS NOT NULL OR plan.state IN ('draft', 'cancelled')
       OR at < plan.opens_at THEN
        RETURN false;
    END IF;

    IF room.drawn_at IS NULL THEN
        UPDATE tickets t SET drawn_as = r.rank, place = r.rank
        FROM (
            SELECT id, row_number() OVER (ORDER BY sha256(decode(room.seed || number::text, 'escape'))) AS rank
            FROM tickets WHERE sale_id = asked_sale AND place IS NULL AND arrived_at < plan.opens_at
        ) r
        WHERE t.id = r.id;
        GET DIAGNOSTICS drawn_now = ROW_COUNT;
        UPDATE waiting_rooms SET drawn_at = at, drawn = drawn_now, places = drawn_now WHERE sale_id = asked_sale;
        drew := true;
    END IF;
    PERFORM place_late(asked_sale);

    SELECT coalesce(sum(i.available), 0), coalesce(sum(i.held), 0) INTO free_now, held_now
    FROM sale_items i WHERE i.sale_id = asked_sale AND i.stopped_at IS NULL;
    SELECT coalesce(sum(h.units), 0) INTO lapsed
    FROM holds h JOIN sale_items i ON i.id = h.sale_item_id AND i.stopped_at IS NULL
    WHERE h.sale_id = asked_sale AND h.state = 'held' AND h.expires_at <= at;
    free_now := free_now + lapsed; held_now := held_now - lapsed;
    SELECT min(h.expires_at), count(DISTINCT h.member_id) INTO back, shoppers
    FROM holds h WHERE h.sale_id = asked_sale AND h.state = 'held' AND h.expires_at > at;
    -- Let in and not yet holding. A hold asked for in the last second of an admission may still be on its way.
    SELECT count(*) INTO choosing FROM tickets t
    WHERE t.sale_id = asked_sale AND t.let_in_at > at - interval '16 minutes' AND t.until_at > at - interval '5 seconds'
      AND NOT EXISTS (
          SELECT FROM holds h WHERE h.member_id = t.member_id AND h.sale_id + 0 = asked_sale
             AND (h.state = 'sold' OR (h.state = 'held' AND h.expires_at > at))
      );
    SELECT count(*) INTO minute FROM tickets t
    WHERE t.sale_id = asked_sale AND t.let_in_at > at - interval '1 minute';

    -- No more at once than the house can serve, than there are units for (and three in ten besides, who take nothing),
    -- and than the gate of payments can take.
    wanted := CASE WHEN plan.state NOT IN ('scheduled', 'open') OR at >= plan.closes_at THEN 0 ELSE least(
        room.at_once - shoppers - choosing,
        div(free_now * 13 + 9, 10) - choosing,
        least(room.per_minute, gate) - minute
    ) END;
    IF wanted > 0 THEN
        -- In the order of places, and only who is there: who stepped away keeps the place.
        WITH next AS (
            SELECT t.id, CASE WHEN m.extra_time THEN 300 ELSE 0 END AS extra
            FROM tickets t JOIN members m ON m.id = t.member_id
            WHERE t.sale_id = asked_sale AND t.let_in_at IS NULL AND t.place IS NOT NULL
              AND t.seen_at > at - interval '90 seconds'
            ORDER BY t.place LIMIT wanted
        )
        UPDATE tickets t SET let_in_at = at, first_in_at = coalesce(t.first_in_at, at),
                             until_at = at + interval '10 minutes' + n.extra * interval '1 second'
        FROM next n WHERE t.id = n.id;
        GET DIAGNOSTICS came_in = ROW_COUNT;
    END IF;

    SELECT count(*) INTO in_line FROM tickets t
    WHERE t.sale_id = asked_sale AND t.let_in_at IS NULL AND t.place IS NOT NULL;
    SELECT count(*) INTO of_late FROM tickets t
    WHERE t.sale_id = asked_sale AND t.let_in_at > at - interval '5 minutes';
    UPDATE waiting_rooms SET
        called = called + came_in, free = free_now, in_bags = held_now, back_at = back, waiting = in_line,
        inside = shoppers + choosing + came_in, recent = of_late,
        tended_at = CASE WHEN visited THEN at ELSE tended_at END
    WHERE sale_id = asked_sale AND (visited OR came_in > 0 OR (free, in_bags, back_at, waiting, inside, recent)
        IS DISTINCT FROM (free_now, held_now, back, in_line, shoppers + choosing + came_in, of_late));
    RETURN drew;
END $$
-- ;
CREATE FUNCTION tend_rooms(gate integer, most integer) RETURNS TABLE (sale_id bigint, drawn bigint, commitment text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- Tend the rooms of up to so many sales that run; those whose places were drawn by this call.
#variable_conflict use_column
DECLARE
    one bigint;
BEGIN
    FOR one IN
        SELECT w.sale_id FROM waiting_rooms w JOIN sales s ON s.id = w.sale_id
        WHERE w.wide_at IS NULL AND s.state IN ('scheduled', 'open', 'paused')
          AND s.opens_at <= house_instant() AND s.closes_at > house_instant()
        ORDER BY w.sale_id LIMIT most
    LOOP
        PERFORM pg_advisory_xact_lock(lock_room(one));
        IF tend_room(one, gate, false) THEN
            RETURN QUERY SELECT w.sale_id, w.drawn, w.commitment::text FROM waiting_rooms w WHERE w.sale_id = one;
        END IF;
    END LOOP;
END $$
