"""Invariants: statements that must return no row. They run after every test and, by clock, in production.

A row that does come back names what is wrong; it pages a person and is never mended silently.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

BROKEN_SHOWN_MAX = 20


@dataclass(frozen=True, slots=True)
class Broken:
    """An invariant that does not hold, and the first row that shows it."""

    name: str
    row: str


INVARIANTS: dict[str, str] = {
    "held units of an item are the units of its holds, and what is set aside for its line": """
        SELECT i.id, i.held, i.set_aside, coalesce(sum(h.units), 0) AS of_holds
        FROM sale_items i LEFT JOIN holds h ON h.sale_item_id = i.id AND h.state = 'held'
        GROUP BY i.id HAVING i.held <> coalesce(sum(h.units), 0) + i.set_aside
    """,
    "who waits for an item is known to it, and who does not wait stands in no line": """
        SELECT w.id, w.state, x.sale_item_id, i.awaited
        FROM wait_items x JOIN waits w ON w.id = x.wait_id JOIN sale_items i ON i.id = x.sale_item_id
        WHERE x.open AND (w.state <> 'waiting' OR NOT i.awaited) OR w.sale_id <> i.sale_id
        UNION ALL
        SELECT w.id, w.state, NULL, NULL FROM waits w
        WHERE w.state = 'waiting' AND NOT EXISTS (SELECT FROM wait_items x WHERE x.wait_id = w.id AND x.open)
    """,
    "nobody waits in a sale whose end was recorded, and nothing is set aside in it": """
        SELECT s.id, i.id AS item_id, i.awaited, i.set_aside
        FROM sales s JOIN sale_items i ON i.sale_id = s.id
        WHERE s.state IN ('closed', 'cancelled') AND (i.awaited OR i.set_aside > 0)
    """,
    "what was offered to one in line is their own hold, of something they wait for": """
        SELECT w.id, w.hold_id, w.units, h.units AS given
        FROM waits w JOIN holds h ON h.id = w.hold_id
        WHERE h.member_id <> w.member_id OR h.units > w.units OR h.created_at < w.created_at
           OR NOT EXISTS (SELECT FROM wait_items x WHERE x.wait_id = w.id AND x.sale_item_id = h.sale_item_id)
    """,
    "sold units of an item are the units of its sold holds, less what came back": """
        SELECT i.id, i.sold, coalesce(sum(h.units - h.returned_units), 0) AS of_holds
        FROM sale_items i LEFT JOIN holds h ON h.sale_item_id = i.id AND h.state = 'sold'
        GROUP BY i.id HAVING i.sold <> coalesce(sum(h.units - h.returned_units), 0)
    """,
    "an item's counters are the sums of its movements": """
        SELECT i.id, i.held, i.sold
        FROM sale_items i LEFT JOIN stock_movements m ON m.sale_item_id = i.id
        GROUP BY i.id
        HAVING i.held - i.set_aside
                <> coalesce(sum(m.units) FILTER (WHERE m.movement IN ('held', 'released', 'expired')), 0)
                         - coalesce(sum(m.units) FILTER (WHERE m.movement = 'sold'), 0)
            OR i.sold <> coalesce(sum(m.units) FILTER (WHERE m.movement IN ('sold', 'returned')), 0)
            OR i.units - i.freed <> coalesce(sum(m.units) FILTER (WHERE m.movement IN ('allocated', 'deallocated')), 0)
    """,
    "a lot's counters are the sums of its movements": """
        SELECT l.id, l.committed, l.received, l.accepted, l.pledged, l.allocated, l.exited, l.sent_back
        FROM lots l LEFT JOIN stock_movements m ON m.lot_id = l.id
        GROUP BY l.id
        HAVING l.committed <> coalesce(sum(m.units) FILTER (WHERE m.movement = 'committed'), 0)
            OR l.received <> coalesce(sum(m.units) FILTER (WHERE m.movement = 'received'), 0)
            OR l.accepted <> coalesce(sum(m.units) FILTER (WHERE m.movement = 'accepted'), 0)
            OR l.rejected <> coalesce(sum(m.units) FILTER (WHERE m.movement = 'rejected'), 0)
            OR l.pledged <> coalesce(sum(m.units) FILTER (WHERE m.movement = 'pledged'), 0)
            OR l.sent_back <> coalesce(sum(m.units) FILTER (WHERE m.movement = 'sent_back'), 0)
            OR l.exited <> coalesce(sum(m.units) FILTER (WHERE m.movement = 'exited'), 0)
            OR l.rejected_exited <> coalesce(sum(m.units) FILTER (WHERE m.movement = 'rejected_exited'), 0)
            OR l.sent_back_exited <> coalesce(sum(m.units) FILTER (WHERE m.movement = 'sent_back_exited'), 0)
            OR l.allocated <> coalesce(sum(m.units) FILTER (WHERE m.movement IN ('allocated', 'deallocated')), 0)
    """,
    "a lot's allocated units are the units of its sale items": """
        SELECT l.id, l.allocated, coalesce(sum(i.units - i.freed), 0) AS of_items
        FROM lots l LEFT JOIN sale_items i ON i.lot_id = l.id
        GROUP BY l.id HAVING l.allocated <> coalesce(sum(i.units - i.freed), 0)
    """,
    "what left a lot is what its exits tell": """
        SELECT l.id, l.exited, l.rejected_exited, l.sent_back_exited
        FROM lots l LEFT JOIN exit_lines e ON e.lot_id = l.id
        GROUP BY l.id
        HAVING l.exited <> coalesce(sum(e.units) FILTER (WHERE e.pool = 'unsold'), 0)
            OR l.rejected_exited <> coalesce(sum(e.units) FILTER (WHERE e.pool = 'rejected'), 0)
            OR l.sent_back_exited <> coalesce(sum(e.units) FILTER (WHERE e.pool = 'sent_back'), 0)
    """,
    "no note of goods that left is corrected by more than it tells, nor by one of other goods": """
        SELECT n.id, e.lot_id, e.pool, sum(e.units)
        FROM exits n JOIN exits x ON x.id = n.id OR x.corrects_id = n.id JOIN exit_lines e ON e.exit_id = x.id
        WHERE n.corrects_id IS NULL
        GROUP BY n.id, e.lot_id, e.pool HAVING sum(e.units) < 0
        UNION ALL
        SELECT c.id, NULL, NULL, c.units FROM exits c JOIN exits n ON n.id = c.corrects_id
        WHERE n.corrects_id IS NOT NULL OR (n.deal_id, n.kind, n.left_on) <> (c.deal_id, c.kind, c.left_on)
    """,
    "a brand's exits are numbered without a gap": """
        SELECT e.brand_id, e.number FROM (
            SELECT brand_id, number, row_number() OVER (PARTITION BY brand_id ORDER BY number) AS place FROM exits
        ) e WHERE e.number <> e.place
    """,
    "parcels hold no more of an ordered item than was accepted for it": """
        SELECT p.id, p.accepted, sum(l.units - l.cancelled_units) AS packed
        FROM purchase_lines p
        JOIN order_lines l ON l.sale_item_id = p.sale_item_id
        JOIN orders o ON o.id = l.order_id AND o.packed_at IS NOT NULL
        GROUP BY p.id HAVING sum(l.units - l.cancelled_units) > p.accepted
    """,
    "what a closed purchase order did not bring is promised to nobody": """
        SELECT p.id, p.accepted, sum(l.units - l.cancelled_units - l.returned_units) AS kept
        FROM purchase_lines p
        JOIN purchases u ON u.id = p.purchase_id AND u.state = 'closed'
        JOIN order_lines l ON l.sale_item_id = p.sale_item_id AND l.paid_at IS NOT NULL
        GROUP BY p.id HAVING sum(l.units - l.cancelled_units - l.returned_units) > p.accepted
    """,
    "no member holds and bought more of an item than its limit": """
        SELECT h.member_id, h.sale_item_id, sum(h.units - h.returned_units) AS has, i.limit_per_member
        FROM holds h JOIN sale_items i ON i.id = h.sale_item_id
        WHERE h.state IN ('held', 'sold')
        GROUP BY h.member_id, h.sale_item_id, i.limit_per_member
        HAVING sum(h.units - h.returned_units) FILTER (WHERE h.state = 'sold') > i.limit_per_member
    """,
    "a price never lies below the floor of the accepted deal": """
        SELECT i.id, i.price_minor, l.floor_minor
        FROM sale_items i
        JOIN sales s ON s.id = i.sale_id
        JOIN deals d ON d.id = s.deal_id
        JOIN deal_lines l ON l.version_id = d.accepted_version_id AND l.variant_id = i.variant_id
        WHERE i.price_minor < l.floor_minor
    """,
    "a paid line's hold is sold, and a sold hold is on one paid line": """
        SELECT h.id, h.state, count(l.id) AS paid_lines
        FROM holds h LEFT JOIN order_lines l ON l.hold_id = h.id AND l.paid_at IS NOT NULL
        GROUP BY h.id HAVING count(l.id) <> CASE WHEN h.state = 'sold' THEN 1 ELSE 0 END
    """,
    "every payment that succeeded is one paid order or goes back in full": """
        SELECT p.id, p.order_id, o.state
        FROM payments p JOIN orders o ON o.id = p.order_id
        WHERE p.state = 'succeeded'
          AND o.paid_at IS NULL
          AND p.amount_minor <> (
              SELECT coalesce(sum(r.amount_minor), 0) FROM refunds r WHERE r.payment_id = p.id
          )
    """,
    "an order is paid by one payment only; any other goes back in full": """
        SELECT o.id, count(*) AS kept
        FROM orders o JOIN payments p ON p.order_id = o.id AND p.state = 'succeeded'
        WHERE p.amount_minor > (
            SELECT coalesce(sum(r.amount_minor), 0) FROM refunds r WHERE r.payment_id = p.id AND r.cause = 'paid_twice'
        )
        GROUP BY o.id HAVING count(*) > 1
    """,
    "refunds of a payment never pass what was paid": """
        SELECT p.id, p.amount_minor, sum(r.amount_minor) AS back
        FROM payments p JOIN refunds r ON r.payment_id = p.id
        GROUP BY p.id HAVING sum(r.amount_minor) > p.amount_minor
    """,
    "an order's refunded sum is the sum of its refunds of kept payments": """
        SELECT o.id, o.refunded_minor
        FROM orders o LEFT JOIN refunds r ON r.order_id = o.id AND r.cause <> 'paid_twice'
        GROUP BY o.id HAVING o.refunded_minor <> coalesce(sum(r.amount_minor), 0)
    """,
    "an order's lines add to its items": """
        SELECT o.id, o.items_minor, sum(l.units * l.price_minor) AS of_lines
        FROM orders o JOIN order_lines l ON l.order_id = o.id
        GROUP BY o.id HAVING o.items_minor <> sum(l.units * l.price_minor)
    """,
    "every posting adds to zero in each currency": """
        SELECT posting_id, currency, sum(amount_minor) AS rest
        FROM posting_lines GROUP BY posting_id, currency HAVING sum(amount_minor) <> 0
    """,
    "the books hold at Stripe what was paid less what was given back": """
        SELECT 1 AS wrong FROM (
            SELECT (SELECT coalesce(sum(amount_minor), 0) FROM posting_lines WHERE book = 'stripe') AS booked,
                   (SELECT coalesce(sum(amount_minor), 0) FROM payments WHERE state = 'succeeded')
                   - (SELECT coalesce(sum(amount_minor), 0) FROM refunds WHERE state = 'succeeded')
                   - (SELECT coalesce(sum(amount_minor), 0) FROM disputes WHERE state IN ('open', 'lost')) AS moved
        ) sums WHERE booked <> moved
    """,
    "what the house or a carrier lost is taken from no brand": """
        SELECT g.refund_id, l.book, l.amount_minor
        FROM line_returns g JOIN postings p ON p.cause = 'refund' AND p.cause_id = g.refund_id
        JOIN posting_lines l ON l.posting_id = p.id AND l.book IN ('brand_payable', 'commission')
        WHERE g.borne_by <> 'brand'
    """,
    "what banks have taken and not decided about is what open disputes are about": """
        SELECT 1 AS wrong FROM (
            SELECT (SELECT coalesce(sum(amount_minor), 0) FROM posting_lines WHERE book = 'disputed') AS booked,
                   (SELECT coalesce(sum(amount_minor), 0) FROM disputes WHERE state = 'open') AS taken
        ) sums WHERE booked <> taken
    """,
    "no payment goes back twice, by a refund and by its bank": """
        SELECT p.id FROM payments p JOIN disputes d ON d.payment_id = p.id AND d.state IN ('open', 'lost')
        WHERE d.amount_minor > p.amount_minor - (
            SELECT coalesce(sum(r.amount_minor), 0) FROM refunds r WHERE r.payment_id = p.id AND r.state = 'succeeded'
        )
    """,
    "a paid order carries a promise of delivery": """
        SELECT o.id FROM orders o
        WHERE o.paid_at IS NOT NULL AND NOT EXISTS (
            SELECT FROM promises p WHERE p.kind = 'delivery' AND p.subject_type = 'order' AND p.subject_id = o.id
        )
    """,
    "an accepted deal is its latest version, accepted by the other side": """
        SELECT d.id FROM deals d JOIN deal_versions v ON v.id = d.accepted_version_id
        LEFT JOIN accounts a ON a.id = v.accepted_by_id
        WHERE v.number <> d.latest OR v.accepted_at IS NULL OR (a.realm = 'operator') = (v.side = 'house')
    """,
    "what a brand released into sales is committed, and no more of it is on sale than was released": """
        SELECT o.id, o.committed, sum(r.units) AS released, sum(r.placed) AS placed
        FROM releases r JOIN sale_items i ON i.id = r.sale_item_id JOIN lots o ON o.id = i.lot_id
        GROUP BY o.id HAVING sum(r.units) > o.committed OR sum(r.placed) > o.allocated + (
            SELECT coalesce(sum(f.freed), 0) FROM sale_items f WHERE f.lot_id = o.id
        )
    """,
    "a brand's statements are numbered without a gap": """
        SELECT t.brand_id, t.number FROM (
            SELECT brand_id, number, row_number() OVER (PARTITION BY brand_id ORDER BY number) AS place FROM statements
        ) t WHERE t.number <> t.place
    """,
    "a statement opens with what the one before it carried": """
        SELECT t.brand_id, t.number, t.opening_minor, t.carried FROM (
            SELECT brand_id, number, opening_minor,
                   coalesce(lag(closing_minor) OVER (PARTITION BY brand_id, currency ORDER BY number), 0) AS carried
            FROM statements
        ) t WHERE t.opening_minor <> t.carried
    """,
    "what a deal's statements changed is what the last of them tells as payable": """
        SELECT t.deal_id, sum(t.change_minor) AS changed, max(newest.payable_minor) AS payable
        FROM statements t CROSS JOIN LATERAL (
            SELECT n.payable_minor FROM statements n WHERE n.deal_id = t.deal_id ORDER BY n.number DESC LIMIT 1
        ) newest
        GROUP BY t.deal_id HAVING sum(t.change_minor) <> max(newest.payable_minor)
    """,
    "what a statement pays is one payout of that sum": """
        SELECT t.id, t.to_pay_minor, p.amount_minor
        FROM statements t LEFT JOIN payouts p ON p.statement_id = t.id
        WHERE t.to_pay_minor <> coalesce(p.amount_minor, 0)
    """,
    "statements book what a deal earned beyond what its orders booked": """
        SELECT newest.deal_id, newest.owed, booked.owed AS booked
        FROM (
            SELECT DISTINCT ON (deal_id) deal_id, beyond_due_minor + beyond_vat_minor
                   + (figures->'sums'->>'guarantee_minor')::bigint - (figures->'sums'->>'freight_minor')::bigint
                   - (figures->'sums'->>'returns_minor')::bigint - (figures->'sums'->>'charges_minor')::bigint AS owed
            FROM statements ORDER BY deal_id, number DESC
        ) newest
        JOIN LATERAL (
            SELECT coalesce(-sum(l.amount_minor), 0) AS owed
            FROM statements t JOIN postings p ON p.cause = 'statement' AND p.cause_id = t.id
            JOIN posting_lines l ON l.posting_id = p.id AND l.book = 'brand_payable'
            WHERE t.deal_id = newest.deal_id
        ) booked ON true
        WHERE newest.owed <> booked.owed
    """,
    "what was paid out is booked once": """
        SELECT p.id, p.amount_minor, sum(l.amount_minor) AS booked
        FROM payouts p
        LEFT JOIN postings b ON b.cause = 'payout' AND b.cause_id = p.id
        LEFT JOIN posting_lines l ON l.posting_id = b.id AND l.book = 'brand_payable'
        GROUP BY p.id
        HAVING coalesce(sum(l.amount_minor), 0) <> CASE WHEN p.state = 'paid' THEN p.amount_minor ELSE 0 END
    """,
    "places were drawn by the seed, and each once": """
        SELECT id, drawn_as, rank FROM misdrawn_tickets()
    """,
    "a draw has as many places as it says": """
        SELECT w.sale_id, w.drawn, count(t.drawn_as) AS places
        FROM waiting_rooms w LEFT JOIN tickets t ON t.sale_id = w.sale_id
        GROUP BY w.sale_id HAVING coalesce(w.drawn, 0) <> count(t.drawn_as)
    """,
    "where a waiting room stands, nobody holds who was never let in": """
        SELECT h.id, h.member_id FROM holds h
        JOIN waiting_rooms w ON w.sale_id = h.sale_id AND w.wide_at IS NULL AND w.created_at < h.created_at
        LEFT JOIN tickets t ON t.sale_id = w.sale_id AND t.member_id = h.member_id
        WHERE (t.first_in_at IS NULL OR t.first_in_at > h.created_at)
          AND NOT EXISTS (SELECT FROM tickets f WHERE f.sale_id = w.sale_id AND f.member_id IS NULL)
          AND NOT EXISTS (SELECT FROM holds e WHERE e.member_id = h.member_id AND e.sale_id = h.sale_id AND e.id < h.id)
    """,
    "a piece out of the bag waits for the card that pays for it": """
        SELECT h.id, h.member_id FROM holds h
        WHERE h.state = 'held' AND h.ordered_at IS NOT NULL AND h.expires_at > house_now() AND NOT EXISTS (
            SELECT FROM order_lines l JOIN payments p ON p.order_id = l.order_id
            WHERE l.hold_id = h.id AND p.card_id IS NOT NULL AND p.state = 'prepared'
        )
    """,
    "an order that its card is to pay for has its pieces": """
        SELECT o.id, h.id AS hold_id, h.state FROM orders o
        JOIN payments p ON p.order_id = o.id AND p.card_id IS NOT NULL AND p.state = 'prepared'
        JOIN order_lines l ON l.order_id = o.id
        JOIN holds h ON h.id = l.hold_id
        WHERE o.state = 'awaiting_payment' AND o.pay_by > house_now() AND (h.state <> 'held' OR h.ordered_at IS NULL)
    """,
    "a card pays for its own member alone": """
        SELECT p.id, o.member_id, c.member_id AS of_card
        FROM payments p JOIN orders o ON o.id = p.order_id JOIN cards c ON c.id = p.card_id
        WHERE c.member_id <> o.member_id
    """,
    "nobody is written to twice under one key": """
        SELECT key FROM letters GROUP BY key HAVING count(*) > 1
    """,
}


def broken(session: Session) -> tuple[Broken, ...]:
    """All invariants that do not hold now, each with a row that shows it; empty when the house is sound."""
    found: list[Broken] = []
    for name, statement in INVARIANTS.items():
        row = session.execute(text(f"{statement} LIMIT 1")).mappings().first()
        if row is not None:
            found.append(Broken(name, ", ".join(f"{key}={value}" for key, value in row.items())))
    return tuple(found[:BROKEN_SHOWN_MAX])
