CREATE FUNCTION visit_room(asked_sale bigint, asked_member bigint, gate integer) RETURNS TABLE (
    at timestamptz, state text, opens_at timestamptz, closes_at timestamptz, commitment text, seed text,
    drawn_at timestamptz, drawn bigint, number uuid, drawn_as bigint, place bigint, ahead bigint,
    let_in_at timestamptz, until_at timestamptz, shops boolean,
    free bigint, in_bags bigint, back_at timestamptz, recent bigint, drew boolean
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- A member looks at the room of a sale: takes a ticket the first time, and tends the room where nobody did this second.
-- Nothing where the sale has no room, or it stands wide open.
#variable_conflict use_column
DECLARE
    room record;
    plan record;
    mine record;
    now_at timestamptz;
    lock bigint := lock_room(asked_sale);
    alone boolean := false;
    drew_now boolean := false;
BEGIN
    SELECT * INTO room FROM waiting_rooms w WHERE w.sale_id = asked_sale AND w.wide_at IS NULL;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT s.state, s.opens_at, s.closes_at INTO plan FROM sales s WHERE s.id = asked_sale;
    SELECT t.id, t.seen_at INTO mine FROM tickets t WHERE t.sale_id = asked_sale AND t.member_id = asked_member;
    now_at := house_now();

    IF plan.state IN ('scheduled', 'open', 'paused') AND now_at < plan.closes_at
       AND now_at >= plan.opens_at - interval '30 minutes' THEN
        IF now_at < plan.opens_at THEN
            IF mine.id IS NULL THEN
                -- Whoever read the clock before the hour is in the draw, for it waits for this lock. Read again if not.
                PERFORM pg_advisory_xact_lock_shared(lock);
                INSERT INTO tickets (sale_id, member_id, arrived_at, seen_at)
                SELECT asked_sale, asked_member, CASE WHEN w.drawn_at IS NULL THEN now_at ELSE house_now() END, now_at
                FROM waiting_rooms w WHERE w.sale_id = asked_sale
                ON CONFLICT DO NOTHING;
            END IF;
        ELSIF mine.id IS NULL OR room.drawn_at IS NULL THEN
            PERFORM pg_advisory_xact_lock(lock);
            alone := true;
            INSERT INTO tickets (sale_id, member_id, arrived_at, seen_at)
            VALUES (asked_sale, asked_member, house_now(), house_now()) ON CONFLICT DO NOTHING;
        ELSIF room.tended_at IS NULL OR room.tended_at < now_at - interval '1 second' THEN
            alone := pg_try_advisory_xact_lock(lock);
        END IF;
        IF mine.seen_at < now_at - interval '20 seconds' THEN
            UPDATE tickets t SET seen_at = now_at WHERE t.id = mine.id;
        END IF;
        IF alone THEN
            -- What stands there now: others may have tended it while this one waited.
            SELECT * INTO room FROM waiting_rooms w WHERE w.sale_id = asked_sale;
            IF room.drawn_at IS NULL OR room.tended_at IS NULL
               OR room.tended_at < house_now() - interval '1 second' THEN
                drew_now := tend_room(asked_sale, gate, true);
            ELSE
                PERFORM place_late(asked_sale);
            END IF;
        END IF;
    END IF;

    RETURN QUERY
    SELECT house_now(), plan.state::text, plan.opens_at, plan.closes_at, w.commitment::text,
           CASE WHEN w.drawn_at IS NOT NULL THEN w.seed::text END, w.drawn_at, w.drawn,
           t.number, t.drawn_as, t.place, greatest(t.place - 1 - w.called, 0), t.let_in_at, t.until_at,
           EXISTS (
               SELECT FROM holds h WHERE h.member_id = asked_member AND h.sale_id + 0 = asked_sale
                  AND (h.state = 'sold' OR (h.state = 'held' AND h.expires_at > house_now()))
           ),
           w.free, w.in_bags, w.back_at, w.recent, drew_now
    FROM waiting_rooms w LEFT JOIN tickets t ON t.sale_id = w.sale_id AND t.member_id = asked_member
    WHERE w.sale_id = asked_sale AND w.wide_at IS NULL;
END $$
-- ;
CREATE FUNCTION stand_again(asked_sale bigint, asked_member bigint) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- Whose admission passed unused stands in the line again, behind everybody. False where there is nothing to stand for.
DECLARE
    at timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(lock_room(asked_sale));
    at := house_now();
    UPDATE tickets t SET place = NULL, let_in_at = NULL, until_at = NULL, arrived_at = at, seen_at = at
    FROM waiting_rooms w
    WHERE t.sale_id = asked_sale AND t.member_id = asked_member AND t.until_at <= at
      AND w.sale_id = asked_sale AND w.wide_at IS NULL
      AND NOT EXISTS (
          SELECT FROM holds h WHERE h.member_id = asked_member AND h.sale_id + 0 = asked_sale
             AND (h.state = 'sold' OR (h.state = 'held' AND h.expires_at > at))
      );
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM place_late(asked_sale);
    RETURN true;
END $$
