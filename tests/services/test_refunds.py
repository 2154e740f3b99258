"""Refunds: what left the parcel is sold again, what was sent comes back, and money that returns is sent again once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from marketplace.domain.orders import NothingToWithdraw, RefundNotFailed, RefundTooLarge
from marketplace.domain.refunds import Bearer
from marketplace.services import orders, payments
from marketplace.toolbox import GatewayRefusal, RefundAnswer
from tests.scenes import Bag, bag_of, delivered_order, paid_order, signed, stripe_event


@pytest.fixture
def bag(database) -> Bag:
    with database.session() as session:
        return bag_of(session, units=2, price_minor=4_000)


class Refusing:
    """Stripe, but it refuses every refund."""

    def __init__(self, real) -> None:
        self._real = real

    def __getattr__(self, name):
        return getattr(self._real, name)

    def refund(self, **_asked) -> RefundAnswer:
        raise GatewayRefusal("insufficient_funds", "the balance is too low")


def _line(database) -> int:
    return database.value("SELECT id FROM order_lines")


def _refund(tools, order, database, units=1, *, shipping=False):
    parts = (orders.RefundLine(_line(database), units),)
    return orders.refund(
        tools,
        order_id=order.order_id,
        parts=parts,
        shipping=shipping,
        reason="a stain",
        bearer=Bearer.BRAND,
    )


def _withdraw(tools, order, bag, database, units, key="once"):
    return orders.withdraw(
        tools,
        order_id=order.order_id,
        member_id=bag.member_id,
        units={_line(database): units},
        key=key,
        words="I withdraw from this.",
    )


def test_a_unit_refunded_before_packing_is_sold_again_even_if_the_rest_has_left_by_then(
    database, paying, bag, simulator
):
    order = paid_order(paying, simulator, bag)
    refund_id = _refund(paying, order, database)
    orders.pack(paying, order_id=order.order_id)
    orders.ship(paying, order_id=order.order_id, carrier="La Poste", tracking="6A1")

    payments.send_refund(paying, refund_id=refund_id)

    assert database.rows("SELECT available, sold FROM sale_items") == [(4, 1)]
    assert database.rows("SELECT way, units FROM line_returns") == [("cancelled", 1)]


def test_a_unit_refunded_after_packing_is_not_sold_again(database, paying, bag, simulator):
    order = paid_order(paying, simulator, bag)
    orders.pack(paying, order_id=order.order_id)

    payments.send_refund(paying, refund_id=_refund(paying, order, database))

    assert database.rows("SELECT available, sold FROM sale_items") == [(3, 2)]
    assert database.rows("SELECT cancelled_units, returned_units FROM order_lines") == [(0, 1)]


def test_every_refund_promises_a_day_and_keeps_it(database, paying, bag, simulator):
    order = paid_order(paying, simulator, bag)

    refund_id = orders.cancel(paying, order_id=order.order_id, member_id=bag.member_id)

    promised = "SELECT amount_minor, kept_at IS NOT NULL FROM promises WHERE kind = 'refund'"
    assert database.rows(promised) == [(8_590, False)]
    payments.send_refund(paying, refund_id=refund_id)
    assert database.rows(promised) == [(8_590, True)]


def test_a_refund_comes_from_the_payment_that_the_order_stands_on(database, paying, bag, simulator):
    order = paid_order(paying, simulator, bag)
    database.run(
        "INSERT INTO payments (order_id, attempt, key, state, amount_minor, currency, session_ends_at, session_ref)"
        " SELECT order_id, 0, key || 'a', 'opened', amount_minor, currency, session_ends_at, 'cs_other' FROM payments"
    )
    first = database.value("SELECT session_ref FROM payments WHERE attempt = 1")
    answer = replace(paying.payments.look_up(first), ref="cs_other", intent_ref="pi_other")
    payments.settle(paying, answer=answer)

    orders.cancel(paying, order_id=order.order_id, member_id=bag.member_id)

    assert database.rows(
        "SELECT r.cause, p.attempt FROM refunds r JOIN payments p ON p.id = r.payment_id ORDER BY r.id"
    ) == [("paid_twice", 0), ("cancelled", 1)]


def test_withdrawal_is_possible_while_the_parcel_is_on_its_way(database, paying, bag, simulator):
    order = paid_order(paying, simulator, bag)
    with pytest.raises(NothingToWithdraw):
        _withdraw(paying, order, bag, database, 1)
    orders.pack(paying, order_id=order.order_id)
    orders.ship(paying, order_id=order.order_id, carrier="La Poste", tracking="6A1")

    withdrawal_id = _withdraw(paying, order, bag, database, 2)
    orders.receive_return(paying, withdrawal_id=withdrawal_id)

    assert database.rows("SELECT state, refunded_minor FROM orders") == [("refunded", 8_590)]


def test_what_an_operator_refunded_cannot_be_withdrawn_from_again(database, paying, bag, simulator):
    order = delivered_order(paying, simulator, bag)
    _refund(paying, order, database)

    with pytest.raises(RefundTooLarge):
        _withdraw(paying, order, bag, database, 2)

    assert database.value("SELECT count(*) FROM withdrawals") == 0


def test_what_is_on_its_way_back_cannot_be_withdrawn_from_again(database, paying, bag, simulator):
    order = delivered_order(paying, simulator, bag)
    _withdraw(paying, order, bag, database, 1)

    with pytest.raises(RefundTooLarge) as no:
        _withdraw(paying, order, bag, database, 2, key="twice")

    assert no.value.facts == {"most": 1}


def test_the_acknowledgement_of_a_withdrawal_speaks_the_members_language(
    database, paying, bag, simulator
):
    order = delivered_order(paying, simulator, bag)
    database.run("UPDATE accounts SET locale = 'fr'")

    _withdraw(paying, order, bag, database, 1)

    words = database.value("SELECT acknowledgement FROM withdrawals").splitlines()
    assert words[0] == "I withdraw from this."
    assert words[-1].startswith("Reçu par Aubaine le ")


def test_goods_that_were_refunded_meanwhile_are_received_without_a_second_refund(
    database, paying, bag, simulator
):
    order = delivered_order(paying, simulator, bag)
    withdrawal_id = _withdraw(paying, order, bag, database, 2)
    payments.send_refund(paying, refund_id=_refund(paying, order, database, 2, shipping=True))

    assert orders.receive_return(paying, withdrawal_id=withdrawal_id) is None
    assert orders.receive_return(paying, withdrawal_id=withdrawal_id) is None

    assert database.rows("SELECT amount_minor FROM refunds") == [(8_590,)]
    assert database.value(
        "SELECT kept_at IS NOT NULL FROM promises WHERE subject_type = 'withdrawal'"
    )


def test_shipping_goes_back_with_the_last_of_the_goods(database, paying, bag, simulator):
    order = delivered_order(paying, simulator, bag)
    for key in ("first", "second"):
        withdrawal_id = _withdraw(paying, order, bag, database, 1, key=key)
        payments.send_refund(
            paying, refund_id=orders.receive_return(paying, withdrawal_id=withdrawal_id)
        )

    assert database.rows("SELECT amount_minor FROM refunds ORDER BY id") == [(4_000,), (4_590,)]
    assert database.value("SELECT state FROM orders") == "refunded"


def test_a_refund_that_failed_is_sent_once_more_under_another_key(database, paying, bag, simulator):
    order = delivered_order(paying, simulator, bag)
    withdrawal_id = _withdraw(paying, order, bag, database, 2)
    refund_id = orders.receive_return(paying, withdrawal_id=withdrawal_id)
    payments.send_refund(replace(paying, payments=Refusing(paying.payments)), refund_id=refund_id)
    assert database.rows("SELECT state FROM refunds") == [("failed",)]

    payments.send_again(paying, refund_id=refund_id, reason="the balance was filled")
    payments.send_refund(paying, refund_id=refund_id)

    assert database.rows("SELECT state, key FROM refunds") == [
        ("succeeded", f"withdrawal-{order.ref}-{withdrawal_id}~2")
    ]
    assert orders.receive_return(paying, withdrawal_id=withdrawal_id) == refund_id
    with pytest.raises(RefundNotFailed):
        payments.send_again(paying, refund_id=refund_id, reason="once more")


def test_money_that_the_bank_sent_back_is_in_our_books_again_and_restocks_nothing_twice(
    database, paying, bag, simulator
):
    order = paid_order(paying, simulator, bag)
    refund_id = orders.cancel(paying, order_id=order.order_id, member_id=bag.member_id)
    payments.send_refund(paying, refund_id=refund_id)
    ref, amount = database.rows("SELECT refund_ref, amount_minor FROM refunds")[0]
    failed = {"id": ref, "status": "failed", "amount": amount, "currency": "eur"}
    body = stripe_event(1, "refund.failed", failed)
    payments.receive(paying, body=body, signature=signed(body))

    payments.handle(paying, message_id=database.value("SELECT id FROM inbox"))

    at_stripe = "SELECT sum(amount_minor)::bigint FROM posting_lines WHERE book = 'stripe'"
    assert database.rows("SELECT state FROM refunds") == [("failed",)]
    assert database.value(at_stripe) == 8_590
    payments.send_again(paying, refund_id=refund_id, reason="the member gave another card")
    _note_success(paying, database, refund_id)
    assert database.value(at_stripe) == 0
    assert database.rows("SELECT available, sold FROM sale_items") == [(5, 0)]


def _note_success(tools, database, refund_id):
    key, amount = database.rows(
        "SELECT key, amount_minor FROM refunds WHERE id = :id", id=refund_id
    )[0]
    succeeded = {
        "id": "re_second",
        "status": "succeeded",
        "amount": amount,
        "currency": "eur",
        "metadata": {"refund_key": key},
    }
    body = stripe_event(2, "refund.updated", succeeded)
    payments.receive(tools, body=body, signature=signed(body))
    payments.handle(
        tools, message_id=database.value("SELECT id FROM inbox WHERE message_id = 'evt_2'")
    )


def test_a_refund_that_nobody_here_asked_for_is_left_to_a_person_once(database, paying):
    content = {"id": "re_alien", "status": "succeeded", "amount": 100, "currency": "eur"}
    for number in (1, 2):
        body = stripe_event(number, "refund.updated", content)
        payments.receive(paying, body=body, signature=signed(body))
    for (message,) in database.rows("SELECT id FROM inbox"):
        payments.handle(paying, message_id=message)

    assert database.rows(
        "SELECT data ->> 'refund_ref' FROM events WHERE name = 'payment.unexplained'"
    ) == [("re_alien",)]
