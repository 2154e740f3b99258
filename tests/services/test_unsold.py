"""Unsold units of an ended sale: free for the next one, never while somebody may still pay for them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.db.reports import snapshot
from marketplace.db.sales import Sale
from marketplace.services import holds, orders, payments, sales
from tests import factories
from tests.scenes import Bag, bag_of, opened, paid_order, settled

SHELF = "SELECT units, available, held, sold, freed FROM sale_items"
LOT = "SELECT accepted, allocated FROM lots"


@pytest.fixture
def bag(database) -> Bag:
    """One unit of five in a bag; the sale closes in half an hour."""
    with database.session() as session:
        made = bag_of(session, units=1)
    database.run("UPDATE sales SET closes_at = house_now() + interval '30 minutes'")
    return made


def _close(tools, clock, **later):
    clock.turn(**later)
    sales.record_due_transitions(tools, limit=10)


def test_what_was_not_sold_is_free_once_the_sale_has_closed(
    database, paying, bag, simulator, clock
):
    paid_order(paying, simulator, bag)
    _close(paying, clock, minutes=31)

    assert sales.free_unsold(paying) == 4
    assert sales.free_unsold(paying) is None

    assert database.rows(SHELF) == [(5, 0, 0, 1, 4)]
    assert database.rows(LOT) == [(5, 1)]
    assert database.rows(
        "SELECT movement, units, reason FROM stock_movements ORDER BY id DESC LIMIT 1"
    ) == [("deallocated", -4, "sale_ended")]
    assert database.rows("SELECT data FROM events WHERE name = 'sale.unsold_freed'") == [
        ({"items": 1, "units": 4},)
    ]


def test_nothing_is_freed_of_a_sale_that_runs_or_whose_closing_nobody_wrote_down(
    database, paying, bag, clock
):
    assert sales.free_unsold(paying) is None
    clock.turn(minutes=45)
    holds.sweep(paying, most=10)

    assert sales.free_unsold(paying) is None
    assert database.rows(SHELF) == [(5, 5, 0, 0, 0)]


def test_nothing_is_freed_while_a_bag_of_the_sale_is_held(database, paying, bag, clock):
    database.run("UPDATE sales SET closes_at = house_now() + interval '5 minutes'")
    _close(paying, clock, minutes=6)
    assert sales.free_unsold(paying) is None

    clock.turn(minutes=5)
    holds.sweep(paying, most=10)

    assert sales.free_unsold(paying) == 5


def test_a_payment_that_may_still_come_keeps_the_units_until_its_page_is_long_closed(
    database, paying, bag, simulator, clock
):
    _placed, ref = opened(paying, bag)
    _close(paying, clock, minutes=31)
    holds.sweep(paying, most=10)
    orders.lapse_unpaid(paying)
    assert database.value("SELECT state FROM orders") == "lapsed"

    assert sales.free_unsold(paying) is None

    simulator.pay(ref)
    assert settled(paying, ref) == "paid_late"
    assert database.rows("SELECT state FROM orders") == [("paid",)]
    assert sales.free_unsold(paying) == 4


def test_a_payment_whose_news_comes_after_the_units_were_freed_goes_back_in_full(
    database, paying, bag, simulator, clock
):
    _placed, ref = opened(paying, bag)
    simulator.pay(ref)
    answer = paying.payments.look_up(ref)
    _close(paying, clock, minutes=31)
    holds.sweep(paying, most=10)
    orders.lapse_unpaid(paying)
    clock.turn(minutes=61)

    assert sales.free_unsold(paying) == 5

    assert payments.settle(paying, answer=answer) == "paid_late"
    assert database.rows("SELECT cause, amount_minor FROM refunds") == [("paid_late", 6_590)]
    assert database.rows(SHELF) == [(5, 0, 0, 0, 5)]


def test_a_unit_refunded_before_packing_follows_the_others(database, paying, bag, simulator, clock):
    order = paid_order(paying, simulator, bag)
    _close(paying, clock, minutes=31)
    sales.free_unsold(paying)

    refund_id = orders.cancel(paying, order_id=order.order_id, member_id=bag.member_id)
    assert sales.free_unsold(paying) is None
    payments.send_refund(paying, refund_id=refund_id)

    assert sales.free_unsold(paying) == 1
    assert database.rows(LOT) == [(5, 0)]


def test_freed_units_can_be_sold_in_another_sale(database, paying, bag, clock):
    database.run("UPDATE holds SET expires_at = house_now()")
    holds.sweep(paying, most=10)
    _close(paying, clock, minutes=31)
    sales.free_unsold(paying)

    with database.session() as session:
        deal = session.get_one(Sale, bag.item.sale_id).deal_id
        under = session.get_one(factories.Deal, deal)
        again = factories.sale(session, under=under, length=timedelta(days=1))
        lot = session.get_one(factories.Lot, bag.item.lot_id)
        variant = session.get_one(factories.Variant, bag.item.variant_id)
        factories.sale_item(session, of=again, units=5, variant=variant, lot=lot)

    assert database.rows(LOT) == [(5, 5)]


def test_the_report_still_says_what_was_offered(database, paying, bag, simulator, clock):
    paid_order(paying, simulator, bag)
    _close(paying, clock, minutes=31)
    as_of = clock.now()

    def told():
        with database.session() as session:
            sale = session.get_one(Sale, bag.item.sale_id)
            return snapshot(session, sale, as_of=as_of).whole

    before = told()
    sales.free_unsold(paying)

    assert told() == before
    assert (before.accepted, before.paid) == (5, 1)
