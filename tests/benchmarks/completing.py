"""Payments that come all at once: from the payment service's signed word to a paid order with books and letter."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import text

from tests import factories, scenes
from tests.benchmarks import driver, whole
from tests.benchmarks.driver import Met
from tests.benchmarks.lines import Line
from tests.benchmarks.whole import Whole
from tests.chaos.browser import Answer

FLOOR = 0.3
ORDERS = 3_000
WARM_ORDERS = 200
PIECES = 20
UNITS = 1_000_000
TIMES = 3
BATCH = 500
SECONDS_MAX = 240.0
SENT_TWICE_EACH = 10
"""One message in so many comes a second time."""
PATH = "/webhooks/stripe"

TAKE = text("SELECT outcome FROM take_holds(:members, :items, :units, CAST(:keys AS uuid[]))")
NEW = "h.sale_id = :sale AND NOT EXISTS (SELECT FROM order_lines l WHERE l.hold_id = h.id)"
ORDER = text(
    f"""
    INSERT INTO orders (ref, member_id, territory, currency, items_minor, shipping_minor, vat_minor, vat_bps,
                        total_minor, address, promised_on, pay_by)
    SELECT 'b' || h.id, h.member_id, 'FR', 'EUR', h.price_minor, 590, 0, 2000, h.price_minor + 590, '{{}}',
           house_now()::date + 12, house_now() + interval '30 minutes'
    FROM holds h WHERE {NEW}
    """
)
PREPARE = text(
    """
    WITH asked AS (
        INSERT INTO payments (order_id, attempt, key, state, amount_minor, currency, session_ref, checkout_url,
                              session_ends_at, called_at, looked_up_at)
        SELECT o.id, 1, 'pay-' || o.ref || '-1', 'opened', o.total_minor, 'EUR', 'cs_' || o.ref, 'http://localhost/',
               house_now() + interval '31 minutes', house_now(), house_now() + interval '1 hour'
        FROM orders o WHERE o.ref LIKE 'b%' AND NOT EXISTS (SELECT FROM payments p WHERE p.order_id = o.id)
    )
    INSERT INTO order_lines (order_id, brand_id, sale_id, sale_item_id, variant_id, hold_id, units, price_minor,
                             vat_bps, commission_bps)
    SELECT o.id, h.brand_id, h.sale_id, h.sale_item_id, i.variant_id, h.id, h.units, h.price_minor, 2000, 2500
    FROM orders o JOIN holds h ON o.ref = 'b' || h.id JOIN sale_items i ON i.id = h.sale_item_id
    WHERE NOT EXISTS (SELECT FROM order_lines l WHERE l.order_id = o.id)
    """
)
PAID = "SELECT count(*) FROM orders WHERE ref LIKE 'b%' AND state = 'paid'"
WHOLE = """
SELECT count(*) FROM orders o WHERE o.ref LIKE 'b%' AND o.state = 'paid'
  AND (SELECT count(*) FROM letters l WHERE l.key = 'order_paid:' || o.id) = 1
  AND (SELECT count(*) FROM postings p WHERE p.cause = 'order' AND p.cause_id = o.id AND p.kind = 'sold') = 1
  AND (SELECT count(*) FROM payments y JOIN postings p ON p.cause = 'payment' AND p.cause_id = y.id
       WHERE y.order_id = o.id AND y.state = 'succeeded' AND p.kind = 'received') = 1
"""
TOOK = """
SELECT extract(epoch FROM o.paid_at - m.created_at)::float FROM orders o
JOIN inbox m ON m.message_id = 'evt_' || o.ref WHERE o.id > :after AND o.paid_at IS NOT NULL
"""


@dataclass(frozen=True)
class Completed:
    """One run: paid orders a second from the first message to the last order, and how long each took."""

    per_second: float
    seconds: tuple[float, ...]
    failures: int


def order_completion(seed: int) -> Iterator[Line]:
    """Signed messages about payments, some of them twice; the orders must be paid, booked and told once each."""
    with whole.opened(seed=seed) as there:
        limit = there.empty()
        visitors = there.invite(whole.share(ORDERS) * TIMES + WARM_ORDERS)
        sale, items = _sale(there)
        _completed(there, sale, items, WARM_ORDERS)
        runs = [_completed(there, sale, items, whole.share(ORDERS)) for _ in range(TIMES)]
        broken = len(there.house.broken())
        assert visitors, "orders are of members"
    chosen = driver.middle(runs, lambda each: each.per_second)
    failures = sum(each.failures for each in runs) + broken
    ratio = chosen.per_second / limit.per_second
    yield Line(
        name="order_completion",
        value=round(chosen.per_second, 1),
        unit="orders/s",
        p50_ms=round(driver.percentile(chosen.seconds, 0.5) * 1_000, 1),
        p99_ms=round(driver.percentile(chosen.seconds, 0.99) * 1_000, 1),
        failures=failures,
        limit_name="empty view",
        limit_value=round(limit.per_second, 1),
        ratio=round(ratio, 3),
        floor=FLOOR,
        ok=ratio >= FLOOR and not failures,
    )


def _sale(there: Whole) -> tuple[int, tuple[int, ...]]:
    with there.house.session() as session:
        sale, items = factories.open_sale(session, units=UNITS, items=PIECES)
        return sale.id, tuple(each.id for each in items)


def _completed(there: Whole, sale: int, items: Sequence[int], number: int) -> Completed:
    after = there.count("SELECT coalesce(max(id), 0) FROM orders")
    messages = _waiting(there, sale, items, number)
    due = there.count("SELECT count(*) FROM orders WHERE ref LIKE 'b%'")
    begun = time.monotonic()
    met, _share = driver.run(lambda: _told(there, messages))
    paid = there.until(PAID, due, seconds_max=SECONDS_MAX)
    took = time.monotonic() - begun
    whole_ones = there.until(WHOLE, due, seconds_max=1.0)
    seconds = tuple(float(row[0]) for row in there.house.rows(TOOK, after=after))
    return Completed((number - (due - paid)) / took, seconds, due - whole_ones + met.failed())


def _waiting(there: Whole, sale: int, items: Sequence[int], number: int) -> list[bytes]:
    """Orders that wait for nothing but their payment, and the messages that say that it came."""
    with there.house.session() as session:
        first = "SELECT m.id FROM members m WHERE NOT EXISTS (SELECT FROM holds h WHERE h.member_id = m.id) LIMIT :most"
        members = session.execute(text(first), {"most": number}).scalars().all()
        for begin in range(0, len(members), BATCH):
            some = members[begin : begin + BATCH]
            asked = {
                "members": list(some),
                "items": [there.random.choice(items) for _ in some],
                "units": [1] * len(some),
                "keys": [str(uuid4()) for _ in some],
            }
            outcomes = set(session.execute(TAKE, asked).scalars())
            assert outcomes == {"held"}, outcomes
        session.execute(ORDER, {"sale": sale})
        session.execute(PREPARE)
        new = (
            "SELECT ref, total_minor FROM orders WHERE state = 'awaiting_payment' AND ref LIKE 'b%'"
        )
        found = session.execute(text(new)).all()
    messages = [_message(row.ref, row.total_minor) for row in found]
    there.random.shuffle(messages)
    return [*messages, *messages[::SENT_TWICE_EACH]]


def _message(ref: str, total: int) -> bytes:
    content = {
        "id": f"cs_{ref}",
        "object": "checkout.session",
        "status": "complete",
        "payment_status": "paid",
        "amount_total": total,
        "currency": "eur",
        "payment_intent": f"pi_{ref}",
        "metadata": {"payment_key": f"pay-{ref}-1"},
    }
    event = json.loads(scenes.stripe_event(0, "checkout.session.completed", content))
    return json.dumps({**event, "id": f"evt_{ref}"}).encode()


async def _told(there: Whole, messages: Sequence[bytes]) -> Met:
    met, secret = Met(), there.house.told["environment"]["STRIPE_WEBHOOK_SECRET"]

    async def tell(line: driver.Line, body: bytes) -> None:
        begun, answer = time.monotonic(), Answer()
        while answer.status != 200:
            answer = met.note(
                await line.ask(_request(there, body, secret)), time.monotonic() - begun
            )

    await driver.each(there.web, messages, tell)
    return met


def _request(there: Whole, body: bytes, secret: str) -> bytes:
    lines = (
        f"POST {PATH} HTTP/1.1",
        f"Host: localhost:{there.house.told['ports']['web']}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        f"Stripe-Signature: {scenes.signed(body, secret=secret)}",
        "Connection: close",
    )
    return "\r\n".join((*lines, "", "")).encode() + body
