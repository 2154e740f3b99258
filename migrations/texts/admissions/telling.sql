CREATE FUNCTION drawn_places(asked_sale bigint) RETURNS TABLE (drawn_as bigint, number uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    -- The whole draw without its members: what anybody needs to draw it again.
    SELECT t.drawn_as, t.number FROM tickets t
    WHERE t.sale_id = asked_sale AND t.drawn_as IS NOT NULL ORDER BY t.drawn_as
$$
-- ;
CREATE FUNCTION forget_tickets(most integer) RETURNS TABLE (kind text, gone bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
-- A month after a sale closed its tickets belong to nobody, at most so many at a time: the draw can be checked still,
-- and nobody can tell whose place was which. Rows that somebody else has locked are left.
BEGIN
    kind := 'tickets';
    UPDATE tickets SET member_id = NULL, arrived_at = NULL, seen_at = NULL WHERE id IN (
        SELECT t.id FROM tickets t JOIN sales s ON s.id = t.sale_id
        WHERE t.member_id IS NOT NULL AND s.closes_at < house_now() - interval '30 days'
        ORDER BY t.id LIMIT most FOR UPDATE OF t SKIP LOCKED
    );
    GET DIAGNOSTICS gone = ROW_COUNT; RETURN NEXT;
END $$
-- ;
CREATE FUNCTION misdrawn_tickets() RETURNS TABLE (id bigint, drawn_as bigint, rank bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    -- Tickets of drawn rooms whose place is not what the seed says: none, for whoever checks the books. No seed is told.
    SELECT t.id, t.drawn_as, t.rank FROM (
        SELECT t.id, t.drawn_as, row_number() OVER (
            PARTITION BY t.sale_id ORDER BY sha256(decode(w.seed || t.number::text, 'escape'))
        ) AS rank
        FROM tickets t JOIN waiting_rooms w ON w.sale_id = t.sale_id WHERE t.drawn_as IS NOT NULL
    ) t WHERE t.drawn_as <> t.rank
$$
