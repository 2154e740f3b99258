"""A payment against the end of its hold: the unit goes to one, and the other is told what is true."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from marketplace.domain.holds import Ask
from marketplace.services import holds, payments
from tests import factories
from tests.races.conftest import GATE
from tests.races.test_last_unit import SAW_ONE_FREE, TAKE
from tests.scenes import bag_of, opened

SHELF = "SELECT FROM sale_items FOR UPDATE"
SELL = "sell_order(bigint)"
SELL_TOGETHER = "sell_orders(bigint[])"
LOCK_NOTHING_AHEAD = (
    "    PERFORM 1 FROM sale_items i WHERE i.id = ANY (items) ORDER BY i.id FOR NO KEY UPDATE;\n",
    "",
)
LOOK_BEFORE_LOCK = (
    (
        "    PERFORM 1 FROM sale_items i WHERE i.id = ANY (items) ORDER BY i.id FOR NO KEY UPDATE;\n",
        "",
    ),
    ("    PERFORM reclaim_lapsed(items, at);\n", ""),
    ("WHERE l.order_id = wanted ORDER BY h.id FOR NO KEY UPDATE OF h;", "WHERE false;"),
    ("    FOR line IN\n", f"    PERFORM pg_advisory_xact_lock({GATE});\n    FOR line IN\n"),
)


@pytest.fixture
def scene(database, paying, simulator):
    """The last unit, held and paid for at the payment service; nobody has told us yet. And somebody who wants it."""
    with database.session() as session:
        bag = bag_of(session, units=1, stock=1)
        other = factories.member(session)
    _, ref = opened(paying, bag)
    simulator.pay(ref)
    return bag, other, paying.payments.look_up(ref)


def settle(tools, answer):
    return lambda: payments.settle(tools, answer=answer)


def take(tools, member, item):
    return lambda: holds.take(tools, member_id=member.id, asks=[Ask(item.id, 1, uuid4())])[0].held


def test_a_payment_that_comes_to_the_shelf_first_keeps_the_unit(
    database, paying, clock, course, scene
):
    bag, other, answer = scene
    course.rewrite(TAKE, SAW_ONE_FREE)

    with course.closed(SHELF):
        paid = course.begin(settle(paying, answer), waiting=1)
        wanted = course.begin(take(paying, other, bag.item), waiting=2)
        clock.turn(minutes=10)

    assert (paid.result(), wanted.result()) == ("paid_late", False)
    assert database.rows("SELECT state FROM orders") == [("paid",)]
    assert database.rows("SELECT available, held, sold FROM sale_items") == [(0, 0, 1)]
    assert database.value("SELECT count(*) FROM refunds") == 0


def test_a_payment_that_comes_to_the_shelf_second_goes_back_in_full(
    database, paying, clock, course, scene
):
    bag, other, answer = scene
    course.rewrite(TAKE, SAW_ONE_FREE)

    with course.closed(SHELF):
        wanted = course.begin(take(paying, other, bag.item), waiting=1)
        paid = course.begin(settle(paying, answer), waiting=2)
        clock.turn(minutes=10)

    assert (wanted.result(), paid.result()) == (True, "paid_late")
    assert database.rows("SELECT available, held, sold FROM sale_items") == [(0, 1, 0)]
    assert database.rows("SELECT cause, amount_minor FROM refunds") == [("paid_late", 6_590)]


def test_a_sale_that_looks_before_it_locks_leaves_the_payment_undecided(
    database, paying, clock, course, scene
):
    bag, other, answer = scene
    course.rewrite(SELL, *LOOK_BEFORE_LOCK)
    course.rewrite(SELL_TOGETHER, LOCK_NOTHING_AHEAD)

    with course.gate():
        paid = course.begin(settle(paying, answer), waiting=1)
        clock.turn(minutes=10)
        assert take(paying, other, bag.item)()

    with pytest.raises(IntegrityError, match="not_negative"):
        paid.result()
    assert database.rows("SELECT state FROM orders") == [("awaiting_payment",)]
