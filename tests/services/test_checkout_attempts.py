"""Attempts to be paid: nobody is sold out because of themselves, and no lost or refused call blocks an order."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from marketplace.domain.doors import Door
from marketplace.domain.orders import OrderEnded, OrdersTooMany, PaymentTrouble
from marketplace.services import holds, orders, payments
from marketplace.toolbox import CheckoutSession, GatewayRefusal, GatewayTrouble
from tests import factories
from tests.scenes import Bag, bag_of, opened, settled


@pytest.fixture
def bag(database) -> Bag:
    with database.session() as session:
        return bag_of(session, units=1, stock=1)


class Telephone:
    """Stripe with a fault: what is named here answers differently, the rest is Stripe itself."""

    def __init__(self, real, **answers) -> None:
        self._real = real
        self._answers = answers

    def __getattr__(self, name):
        return self._answers.get(name) or getattr(self._real, name)


def _place(tools, bag):
    return orders.place(tools, member_id=bag.member_id, address_id=bag.address_id)


def test_an_order_whose_holds_were_renewed_keeps_its_time_to_be_paid(
    database, tools, bag, clock, paying
):
    placed, ref = opened(paying, bag)
    hold_id = database.value("SELECT id FROM holds")
    at = tools.at_door(Door.MEMBER, account_id=bag.account_id)
    until = holds.renew(at, member_id=bag.member_id, hold_id=hold_id)
    clock.turn(minutes=11)

    assert orders.lapse_unpaid(tools) == 0

    assert database.rows("SELECT state, pay_by FROM orders") == [("awaiting_payment", until)]
    assert paying.payments.look_up(ref).status == "open"
    assert _place(paying, bag).ref == placed.ref


def test_a_renewed_hold_after_the_first_time_to_pay_is_the_same_order(database, tools, bag, clock):
    first = _place(tools, bag)
    at = tools.at_door(Door.MEMBER, account_id=bag.account_id)
    holds.renew(at, member_id=bag.member_id, hold_id=database.value("SELECT id FROM holds"))
    clock.turn(minutes=11)

    again = _place(tools, bag)

    assert again.ref == first.ref
    assert again.pay_by > first.pay_by
    assert database.value("SELECT count(*) FROM orders") == 1


def test_an_attempt_that_stripe_refuses_makes_room_for_the_next(
    database, paying, bag, simulator, impatient, clock
):
    placed = _place(paying, bag)
    dead = replace(paying, payments=Telephone(paying.payments, open_checkout=_no_answer))
    with pytest.raises(PaymentTrouble):
        payments.open_checkout(dead, payment_id=placed.payment_id)
    # Two minutes later the session would end in less than the thirty minutes that Stripe insists on.
    database.run("UPDATE payments SET session_ends_at = session_ends_at - interval '2 minutes'")

    opened_now = payments.open_checkout(paying, payment_id=placed.payment_id)

    assert database.rows("SELECT attempt, state FROM payments ORDER BY attempt") == [
        (1, "failed"),
        (2, "opened"),
    ]
    assert (
        opened_now.url == database.rows("SELECT checkout_url FROM payments WHERE attempt = 2")[0][0]
    )


def _no_answer(_asked) -> CheckoutSession:
    raise GatewayTrouble("nobody there")


def _no(_asked) -> CheckoutSession:
    raise GatewayRefusal("account_closed", "the account was closed")


def test_attempts_end_somewhere(database, paying, bag):
    shut = replace(paying, payments=Telephone(paying.payments, open_checkout=_no))
    placed = _place(paying, bag)
    for _ in range(3):
        with pytest.raises(PaymentTrouble):
            payments.open_checkout(shut, payment_id=database.value("SELECT max(id) FROM payments"))

    with pytest.raises(PaymentTrouble):
        _place(paying, bag)

    assert placed.payment_id == database.value("SELECT min(id) FROM payments")
    assert database.rows("SELECT attempt, state FROM payments ORDER BY attempt") == [
        (number, "failed") for number in range(1, 6)
    ]


def test_nobody_is_sent_to_pay_for_an_order_that_another_tab_gave_up(database, paying, simulator):
    with database.session() as session:
        bag = bag_of(session, units=1, stock=5)
    first = _place(paying, bag)
    with database.session() as session:
        factories.hold(session, by=bag.member, on=bag.item)
    _place(paying, bag)

    with pytest.raises(OrderEnded):
        payments.open_checkout(paying, payment_id=first.payment_id)

    ours = [
        s for s in simulator.objects("checkout.session") if s["client_reference_id"] == first.ref
    ]
    assert ours == []


def test_a_session_that_opens_while_its_order_is_given_up_is_ended_at_once(
    database, paying, simulator, bag
):
    placed = _place(paying, bag)

    def slowly(asked) -> CheckoutSession:
        answer = paying.payments.open_checkout(asked)
        orders.cancel(paying, order_id=placed.order_id, member_id=bag.member_id)
        return answer

    slow = replace(paying, payments=Telephone(paying.payments, open_checkout=slowly))
    with pytest.raises(OrderEnded):
        payments.open_checkout(slow, payment_id=placed.payment_id)

    (made,) = (
        s for s in simulator.objects("checkout.session") if s["client_reference_id"] == placed.ref
    )
    assert made["status"] == "expired"
    assert database.value("SELECT state FROM payments") == "expired"


def test_whoever_comes_back_after_paying_is_not_sent_to_pay_again(
    database, paying, bag, simulator, clock
):
    placed, ref = opened(paying, bag)
    simulator.pay(ref)
    clock.turn(seconds=5)

    again = payments.open_checkout(paying, payment_id=placed.payment_id)

    assert again.paid
    assert again.url.endswith(f"/orders/{placed.ref}/paid")
    assert database.value("SELECT state FROM orders") == "paid"


def test_stripe_is_asked_about_an_order_at_a_measured_pace(database, paying, bag, clock):
    placed, _ref = opened(paying, bag)

    assert payments.ask(paying, order_id=placed.order_id) == 0
    clock.turn(seconds=4)
    assert [payments.ask(paying, order_id=placed.order_id) for _ in range(3)] == [1, 0, 0]


def test_one_member_places_only_so_many_orders_an_hour(database, tools, bag, clock):
    _place(tools, bag)
    database.run("UPDATE orders SET state = 'cancelled', bag_sha256 = ''")
    database.run(
        "INSERT INTO orders (ref, member_id, territory, currency, items_minor, shipping_minor, vat_minor, vat_bps,"
        " total_minor, address, promised_on, pay_by, state) SELECT ref || n, member_id, territory, currency,"
        " items_minor, shipping_minor, vat_minor, vat_bps, total_minor, address, promised_on, pay_by, 'cancelled'"
        " FROM orders, generate_series(1, 29) n"
    )
    database.run("UPDATE order_lines SET order_id = order_id")

    with pytest.raises(OrdersTooMany):
        _place(tools, bag)

    assert database.value("SELECT count(*) FROM orders") == 30


def test_a_session_that_stripe_does_not_know_holds_nobody_else_up(
    database, paying, simulator, bag, clock
):
    _placed, ref = opened(paying, bag)
    with database.session() as session:
        other = bag_of(session, units=1, stock=1)
    opened(paying, other)
    database.run(
        "UPDATE payments SET session_ref = 'cs_of_another_house' WHERE session_ref <> :r", r=ref
    )
    simulator.pay(ref)

    for _ in range(2):
        clock.turn(seconds=46)
        payments.reconcile(paying)

    assert database.value("SELECT count(*) FROM orders WHERE state = 'paid'") == 1
    assert database.rows(
        "SELECT subject_type, data ->> 'session_ref' FROM events WHERE name = 'payment.unexplained'"
    ) == [("payment", "cs_of_another_house")]


def test_an_attempt_that_never_reached_stripe_is_over_when_it_could_no_longer_be_opened(
    database, paying, bag, clock
):
    placed = _place(paying, bag)
    dead = replace(paying, payments=Telephone(paying.payments, open_checkout=_no_answer))
    with pytest.raises(PaymentTrouble):
        payments.open_checkout(dead, payment_id=placed.payment_id)

    clock.turn(minutes=20)
    payments.reconcile(paying)
    while_it_could = database.value("SELECT state FROM payments")
    clock.turn(minutes=13)
    payments.reconcile(paying)

    assert while_it_could == "prepared"
    assert database.value("SELECT state FROM payments") == "failed"
    clock.turn(minutes=5)
    assert payments.reconcile(paying) == 0


def test_many_quiet_payments_are_asked_for_in_pages(database, paying, simulator, clock):
    refs = []
    for _ in range(27):
        with database.session() as session:
            bag = bag_of(session, units=1, stock=1)
        refs.append(opened(paying, bag)[1])
    for ref in refs[:26]:
        simulator.pay(ref)
    clock.turn(seconds=46)
    before = simulator.counters()

    assert payments.reconcile(paying) == 27

    assert database.rows("SELECT state, count(*) FROM orders GROUP BY state ORDER BY state") == [
        ("awaiting_payment", 1),
        ("paid", 26),
    ]
    assert _asked(simulator, before, "GET /v1/checkout/sessions/{id}") == 0


def _asked(simulator, before, endpoint) -> int:
    counts = (each.get(endpoint, {}).get("requests", 0) for each in (simulator.counters(), before))
    now, then = counts
    return now - then


def test_a_second_payment_of_an_order_that_went_back_already_goes_back_too(
    database, paying, simulator, bag, clock
):
    placed, ref = opened(paying, bag)
    orders.cancel(paying, order_id=placed.order_id, member_id=bag.member_id)
    simulator.pay(ref)
    assert settled(paying, ref) == "paid_late"
    database.run(
        "INSERT INTO payments (order_id, attempt, key, state, amount_minor, currency, session_ends_at, session_ref)"
        " SELECT order_id, 2, key || 'b', 'opened', amount_minor, currency, session_ends_at, 'cs_second' FROM payments"
    )
    answer = replace(paying.payments.look_up(ref), ref="cs_second", intent_ref="pi_second")

    assert payments.settle(paying, answer=answer) == "paid_twice"

    assert database.rows("SELECT cause, amount_minor FROM refunds ORDER BY id") == [
        ("paid_late", 6_590),
        ("paid_twice", 6_590),
    ]


def test_what_is_promised_for_a_day_is_promised_until_its_end_where_the_member_lives(
    database, paying, simulator, bag
):
    _placed, ref = opened(paying, bag)
    simulator.pay(ref)
    settled(paying, ref)

    with database.owner.connect() as connection:
        (due,) = connection.execute(
            text(
                "SELECT to_char(p.due_at AT TIME ZONE 'Europe/Paris', 'HH24:MI') FROM promises p"
                " JOIN orders o ON o.id = p.subject_id WHERE p.kind = 'delivery'"
                " AND (p.due_at AT TIME ZONE 'Europe/Paris')::date = o.promised_on"
            )
        ).one()
    assert due == "23:59"
