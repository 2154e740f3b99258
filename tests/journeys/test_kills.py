"""A small sale in which processes are killed while fifty members buy: nothing is lost, nothing is doubled.

What the members were *told* is compared with the books, and the books with the payment service's own record.
"""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from marketplace.db import passwords
from marketplace.local.stripe.driver import Simulator
from tests import factories
from tests.journeys import house as houses
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

BUYERS = 50
AT_ONCE = 10
UNITS = (8, 8, 4)
VICTIMS = ("worker-default", "clock-1", "valkey", "web", "clock-2", "worker-default", "web")
TRIES_MAX = 200
SETTLED_SECONDS_MAX = 90
TWICE_PAID = (
    "SELECT count(*) FROM (SELECT member_id FROM orders WHERE paid_at IS NOT NULL"
    " GROUP BY 1 HAVING count(*) > 1) twice"
)
TWICE_TOLD = (
    "SELECT count(*) FROM (SELECT 1 FROM letters WHERE kind = 'order_paid'"
    " GROUP BY key HAVING count(*) > 1) twice"
)


@dataclass
class Buyer:
    """One member, and what they were told."""

    number: int
    email: str
    style_id: int
    item_id: int
    told: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with houses.opened(tmp_path_factory.mktemp("kills"), SIMULATOR_CONTROL="1") as running:
        yield running


def _scene(house):
    """Fifty members with addresses, and an open sale of twenty pieces in three items."""
    kept = passwords.hashed(factories.PASSWORD)
    with house.session() as session:
        sale, items = factories.open_sale(session, items=0)
        items = [
            factories.sale_item(session, of=sale, units=units, price_minor=5_000) for units in UNITS
        ]
        styles = {
            item.id: session.execute(
                factories.text("SELECT style_id FROM variants WHERE id = :id"),
                {"id": item.variant_id},
            ).scalar_one()
            for item in items
        }
        buyers = []
        for number in range(BUYERS):
            member = factories.member(
                session, email=f"buyer{number}@example.org", password_hash=kept
            )
            factories.address(session, of=member)
            item = items[number % len(items)]
            buyers.append(Buyer(number, f"buyer{number}@example.org", styles[item.id], item.id))
        return sale.ref, buyers


def _insist(deed):
    """Do it again while the house is away, as a person who presses the button once more."""
    for _ in range(TRIES_MAX):
        try:
            page = deed()
        except OSError:
            time.sleep(0.25)
            continue
        if page.status >= 500:
            time.sleep(0.25)
            continue
        return page
    raise AssertionError("the house stayed away")


def _come_in(visitor: Visitor, buyer: Buyer):
    page = visitor.get("/")
    if not any("sign-in" in form.action for form in page.forms):
        return page
    return visitor.send(page, page.form("sign-in"), email=buyer.email, password=factories.PASSWORD)


def _buy(house, ref: str, buyer: Buyer) -> None:
    visitor = Visitor(house.url)
    _insist(lambda: _come_in(visitor, buyer))
    piece = _insist(lambda: visitor.get(f"/sales/{ref}/styles/{buyer.style_id}"))
    take = piece.form("/holds")
    held = _insist(lambda: visitor.send(piece, take, item=str(buyer.item_id)))
    if "/bag" not in held.url:
        buyer.told.append("refused")
        return
    buyer.told.append("held")
    checkout = _insist(lambda: visitor.get("/checkout"))
    asked = checkout.form("/checkout")
    pay = _insist(lambda: visitor.send(checkout, asked))
    if "/c/pay/" not in pay.url:
        buyer.told.append("not opened")
        return
    buyer.told.append("paying")
    paid = _insist(lambda: visitor.send(pay, pay.form("/c/pay/"), number="4242424242424242"))
    if "/paid" in paid.url or "/orders/" in paid.url:
        buyer.told.append("returned")


def _trouble(house, over: threading.Event, dice: random.Random) -> None:
    """End one process after the other until all buyers are through."""
    for victim in VICTIMS:
        if over.wait(0.6 + dice.random()):
            return
        house.kill(victim)


def _settled(house) -> bool:
    waiting = house.value(
        "SELECT (SELECT count(*) FROM refunds WHERE state IN ('asked', 'sent'))"
        " + (SELECT count(*) FROM job_runs WHERE state IN ('waiting', 'failed') AND job NOT LIKE '%reconcile%'"
        "    AND job NOT LIKE '%.lapse' AND job NOT LIKE 'contacts.%' AND event_id IS NOT NULL)"
        " + (SELECT count(*) FROM events WHERE relayed_at IS NULL)"
    )
    return waiting == 0


def test_fifty_buyers_and_seven_kills_lose_and_double_nothing(house):
    ref, buyers = _scene(house)
    over = threading.Event()
    killer = threading.Thread(target=_trouble, args=(house, over, random.Random(7)))  # noqa: S311

    killer.start()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda buyer: _buy(house, ref, buyer), buyers))
    over.set()
    killer.join()

    simulator = Simulator(f"http://127.0.0.1:{house.told['ports']['stripe']}")
    paid_there = {
        each["client_reference_id"]: each["amount_total"]
        for each in simulator.objects("checkout.session")
        if each["payment_status"] == "paid"
    }
    house.until(
        lambda: _settled(house) and _known(house, paid_there),
        seconds_max=SETTLED_SECONDS_MAX,
        what="every payment's end",
    )
    back_there = sum(each["amount"] for each in simulator.objects("refund"))

    assert house.broken() == []
    assert all(buyer.told for buyer in buyers)
    assert sum("returned" in buyer.told for buyer in buyers) == len(paid_there)
    _units_are_all_there(house)
    _money_is_all_there(house, paid_there, back_there)


def _units_are_all_there(house):
    """Each unit is sold once or held, and each sold one was paid by another order."""
    (sold, held, available) = house.rows(
        "SELECT sum(sold), sum(held), sum(available) FROM sale_items"
    )[0]
    paid = house.value("SELECT count(*) FROM orders WHERE paid_at IS NOT NULL")
    assert sold + held + available == sum(UNITS)
    assert sold >= sum(UNITS) - held
    assert sold == paid
    assert house.value(TWICE_PAID) == 0


def _money_is_all_there(house, paid_there, back_there):
    """What the payment service took is a paid order or has gone back, and nobody was told so twice."""
    paid_here = house.value("SELECT sum(total_minor) FROM orders WHERE paid_at IS NOT NULL")
    back_here = house.value(
        "SELECT coalesce(sum(amount_minor), 0) FROM refunds WHERE state = 'succeeded'"
    )
    assert sum(paid_there.values()) == paid_here + back_here
    assert back_here == back_there
    assert house.value(TWICE_TOLD) == 0


def _known(house, paid_there: dict[str, int]) -> bool:
    """Whether each payment that the service knows has its answer in our books."""
    open_orders = {
        ref
        for (ref,) in house.rows(
            "SELECT o.ref FROM orders o WHERE o.paid_at IS NULL AND o.state NOT IN ('refunded')"
            " AND NOT EXISTS (SELECT FROM refunds r WHERE r.order_id = o.id AND r.state = 'succeeded')"
        )
    }
    return not open_orders & set(paid_there)
