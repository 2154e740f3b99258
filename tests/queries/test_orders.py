"""A member's order: what can still be sent back, and by when the money was promised."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.domain.doors import Door
from marketplace.domain.refunds import Bearer
from marketplace.queries import orders as asked
from marketplace.services import orders, payments
from tests.scenes import Bag, bag_of, delivered_order, paid_order


@pytest.fixture
def bag(database) -> Bag:
    with database.session() as session:
        return bag_of(session, units=2, price_minor=4_000)


def _shown(tools, bag, order):
    return asked.one(tools.at_door(Door.MEMBER), member_id=bag.member_id, ref=order.ref)


def _withdraw(tools, bag, order, database, units):
    return orders.withdraw(
        tools,
        order_id=order.order_id,
        member_id=bag.member_id,
        units={database.value("SELECT id FROM order_lines"): units},
        key="once",
        words="I withdraw from this.",
    )


def _refund(tools, order, database, units):
    parts = (orders.RefundLine(database.value("SELECT id FROM order_lines"), units),)
    return orders.refund(
        tools,
        order_id=order.order_id,
        parts=parts,
        shipping=False,
        reason="a stain",
        bearer=Bearer.BRAND,
    )


def test_what_an_operator_refunded_beside_a_withdrawal_is_not_offered_to_be_sent_back(
    database, paying, bag, simulator
):
    order = delivered_order(paying, simulator, bag)
    _withdraw(paying, bag, order, database, 1)
    _refund(paying, order, database, 1)

    shown = _shown(paying, bag, order)

    assert [(line.gone, line.returnable) for line in shown.lines] == [(1, 0)]
    assert not shown.may_withdraw


def test_what_was_neither_refunded_nor_declared_can_still_be_sent_back(
    database, paying, bag, simulator
):
    order = delivered_order(paying, simulator, bag)
    _refund(paying, order, database, 1)

    shown = _shown(paying, bag, order)

    assert [(line.gone, line.returnable) for line in shown.lines] == [(1, 1)]
    assert shown.may_withdraw


def test_a_cancelled_order_says_by_when_the_money_is_back(database, paying, bag, simulator, clock):
    order = paid_order(paying, simulator, bag)
    before = clock.now()

    orders.cancel(paying, order_id=order.order_id, member_id=bag.member_id)

    (refund,) = _shown(paying, bag, order).refunds
    assert timedelta(0) <= refund.due_at - (before + timedelta(days=5)) < timedelta(minutes=1)
    assert refund.due_at == database.value("SELECT due_at FROM promises WHERE kind = 'refund'")


def test_a_withdrawal_and_its_refund_name_the_day_promised_at_the_declaration(
    database, paying, bag, simulator
):
    order = delivered_order(paying, simulator, bag)
    withdrawal_id = _withdraw(paying, bag, order, database, 2)
    due_at = database.value("SELECT due_at FROM promises WHERE subject_type = 'withdrawal'")
    assert [each.due_at for each in _shown(paying, bag, order).withdrawals] == [due_at]

    refund_id = orders.receive_return(paying, withdrawal_id=withdrawal_id)
    payments.send_refund(paying, refund_id=refund_id)

    assert [each.due_at for each in _shown(paying, bag, order).refunds] == [due_at]
