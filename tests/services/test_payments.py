"""Payments: every one that succeeds is a paid order or goes back in full, whatever arrives, twice or never."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from marketplace.bootstrap import wall_clock
from marketplace.domain.money import Money
from marketplace.domain.orders import PaymentTrouble
from marketplace.gateways.payments import StripePayments, ungated
from marketplace.local.stripe.driver import API_KEY, WEBHOOK_SECRET
from marketplace.services import orders, payments
from marketplace.toolbox import GatewayRefusal
from tests import factories
from tests.scenes import Bag, bag_of, opened, paid_order, settled, signed, stripe_event


@pytest.fixture
def bag(database) -> Bag:
    with database.session() as session:
        return bag_of(session, units=1, stock=1)


def test_a_paid_session_makes_the_order_paid_and_the_books_whole(database, paying, simulator, bag):
    paid_order(paying, simulator, bag)

    assert database.rows("SELECT state FROM orders") == [("paid",)]
    assert database.rows("SELECT available, held, sold FROM sale_items") == [(0, 0, 1)]
    assert database.rows(
        "SELECT book, sum(amount_minor)::bigint FROM posting_lines GROUP BY book "
        "HAVING sum(amount_minor) <> 0 ORDER BY book"
    ) == [
        ("brand_payable", -4_500),
        ("commission", -1_250),
        ("shipping_income", -492),
        ("stripe", 6_590),
        ("vat_payable", -348),
    ]
    assert database.value("SELECT count(*) FROM letters WHERE kind = 'order_paid'") == 1


def test_the_cards_statement_names_the_house_and_nothing_that_was_bought(paying, simulator, bag):
    others = len(simulator.objects("charge"))
    paid_order(paying, simulator, bag)

    told = {
        (each["calculated_statement_descriptor"], each["statement_descriptor"], each["description"])
        for each in simulator.objects("charge")[others:]
    }
    assert told == {("AUBAINE", None, None)}


def test_the_same_news_told_at_once_by_many_is_one_paid_order(database, paying, simulator, bag):
    _, ref = opened(paying, bag)
    simulator.pay(ref)

    with ThreadPoolExecutor(12) as pool:
        words = list(pool.map(lambda _: settled(paying, ref), range(12)))

    assert sorted(words) == ["known"] * 11 + ["paid"]
    assert database.value("SELECT count(*) FROM events WHERE name = 'order.paid'") == 1


def test_a_payment_after_the_hold_lapsed_takes_the_unit_again_while_it_is_there(
    database, paying, simulator, bag, clock
):
    _, ref = opened(paying, bag)
    clock.turn(minutes=11)
    orders.lapse_unpaid(paying)
    simulator.pay(ref)

    assert settled(paying, ref) == "paid_late"

    assert database.rows("SELECT state FROM orders") == [("paid",)]
    assert database.rows("SELECT available, held, sold FROM sale_items") == [(0, 0, 1)]


def test_a_payment_for_what_somebody_else_holds_now_goes_back_in_full(
    database, paying, simulator, bag, clock
):
    _, ref = opened(paying, bag)
    clock.turn(minutes=11)
    with database.session() as session:
        factories.hold(session, by=factories.member(session), on=bag.item)
    simulator.pay(ref)

    assert settled(paying, ref) == "paid_late"
    payments.send_refund(paying, refund_id=database.value("SELECT id FROM refunds"))

    assert database.rows("SELECT state, paid_at FROM orders") == [("refunded", None)]
    assert database.rows("SELECT state, amount_minor, cause FROM refunds") == [
        ("succeeded", 6_590, "paid_late")
    ]
    assert database.rows("SELECT available, held, sold FROM sale_items") == [(0, 1, 0)]
    assert database.value("SELECT kept_at IS NOT NULL FROM promises WHERE kind = 'refund'")
    assert database.value("SELECT count(*) FROM letters WHERE kind = 'order_paid_late'") == 1


def test_a_payment_for_a_bag_that_changed_meanwhile_goes_back(database, paying, simulator):
    with database.session() as session:
        bag = bag_of(session, units=1, stock=5)
    _, first = opened(paying, bag)
    with database.session() as session:
        factories.hold(session, by=bag.member, on=bag.item)
    _, second = opened(paying, bag)
    simulator.pay(first)
    simulator.pay(second)

    words = [settled(paying, first), settled(paying, second)]

    assert words == ["paid_late", "paid"]
    assert database.rows("SELECT cause, amount_minor FROM refunds") == [("paid_late", 6_590)]


@pytest.fixture
def lost(simulator):
    """The reply to opening a session is lost, and nobody answers when it is looked for."""
    simulator.fault("lost_reply", method="POST", path="/v1/checkout/sessions", count=1)
    simulator.fault("error_500", method="GET", path="/v1/checkout/sessions")
    yield
    simulator.clear_faults()


def test_a_session_whose_reply_was_lost_is_found_at_once(
    database, paying, simulator, bag, impatient
):
    placed = orders.place(paying, member_id=bag.member_id, address_id=bag.address_id)
    simulator.fault("lost_reply", method="POST", path="/v1/checkout/sessions", count=1)

    payments.open_checkout(impatient, payment_id=placed.payment_id)

    ours = [
        each
        for each in simulator.objects("checkout.session")
        if each["client_reference_id"] == placed.ref
    ]
    assert len(ours) == 1
    assert database.rows("SELECT session_ref, state, attempt FROM payments") == [
        (ours[0]["id"], "opened", 1)
    ]


def test_a_lost_reply_is_asked_for_again_under_the_same_key(
    database, paying, simulator, bag, impatient, lost
):
    placed = orders.place(paying, member_id=bag.member_id, address_id=bag.address_id)
    with pytest.raises(PaymentTrouble):
        payments.open_checkout(impatient, payment_id=placed.payment_id)
    simulator.clear_faults()

    payments.open_checkout(paying, payment_id=placed.payment_id)

    ours = [
        each
        for each in simulator.objects("checkout.session")
        if each["client_reference_id"] == placed.ref
    ]
    assert len(ours) == 1
    assert database.value("SELECT session_ref FROM payments") == ours[0]["id"]


def test_the_reconciler_finds_a_paid_session_that_no_webhook_told_of(
    database, paying, simulator, bag, clock
):
    _, ref = opened(paying, bag)
    simulator.pay(ref)
    clock.turn(seconds=46)

    assert payments.reconcile(paying) == 1

    assert database.value("SELECT state FROM orders") == "paid"


def test_the_reconciler_finds_a_session_whose_opening_reply_was_lost(
    database, paying, simulator, bag, impatient, lost, clock
):
    placed = orders.place(paying, member_id=bag.member_id, address_id=bag.address_id)
    with pytest.raises(PaymentTrouble):
        payments.open_checkout(impatient, payment_id=placed.payment_id)
    simulator.clear_faults()
    (found,) = (
        s for s in simulator.objects("checkout.session") if s["client_reference_id"] == placed.ref
    )
    simulator.pay(found["id"])
    clock.turn(seconds=31)

    payments.reconcile(paying)

    assert database.value("SELECT state FROM orders") == "paid"


def test_a_session_of_an_order_that_lapsed_is_ended_as_a_courtesy(database, paying, bag, clock):
    placed, ref = opened(paying, bag)
    clock.turn(minutes=11)
    orders.lapse_unpaid(paying)

    payments.end_session(paying, order_id=placed.order_id)
    payments.end_session(paying, order_id=placed.order_id)

    assert paying.payments.look_up(ref).status == "expired"
    assert database.value("SELECT state FROM payments") == "expired"


def test_paying_and_ending_race_and_exactly_one_wins(database, paying, simulator):
    for _ in range(5):
        with database.session() as session:
            bag = bag_of(session, units=1, stock=1)
        placed, ref = opened(paying, bag)
        database.run("UPDATE orders SET state = 'lapsed' WHERE id = :id", id=placed.order_id)
        with ThreadPoolExecutor(2) as pool:
            ended = pool.submit(payments.end_session, paying, order_id=placed.order_id)
            paid = pool.submit(_paid_or_not, simulator, ref)
            ended.result()
            won = paid.result()

        assert settled(paying, ref) in ({"paid", "known"} if won else {"open"})
        state = database.value("SELECT state FROM orders WHERE id = :id", id=placed.order_id)
        assert state == ("paid" if won else "lapsed")


def _paid_or_not(simulator, ref) -> bool:
    return simulator.pay(ref)["result"] == "paid"


def test_a_refund_whose_reply_was_lost_is_made_once(database, paying, simulator, bag, impatient):
    order = paid_order(paying, simulator, bag)
    refund_id = orders.cancel(paying, order_id=order.order_id, member_id=bag.member_id)
    simulator.fault("lost_reply", method="POST", path="/v1/refunds", count=1)
    with pytest.raises(Exception, match="Connection"):
        payments.send_refund(impatient, refund_id=refund_id)
    simulator.clear_faults()

    payments.send_refund(paying, refund_id=refund_id)

    intent = database.value("SELECT intent_ref FROM payments")
    made = [each for each in simulator.objects("refund") if each["payment_intent"] == intent]
    assert [each["amount"] for each in made] == [6_590]
    assert database.value("SELECT state FROM refunds") == "succeeded"


def test_a_sum_that_is_not_ours_is_never_taken_for_paid(database, paying, simulator, bag):
    _, ref = opened(paying, bag)
    simulator.pay(ref)
    answer = paying.payments.look_up(ref)

    word = payments.settle(paying, answer=replace(answer, amount=Money(1, "EUR")))

    assert word == "unknown"
    assert database.value("SELECT state FROM orders") == "awaiting_payment"
    assert database.value("SELECT count(*) FROM events WHERE name = 'payment.unexplained'") == 1


@pytest.mark.parametrize(
    ("body", "sign"),
    [
        pytest.param(b"{}", lambda _: "", id="none"),
        pytest.param(b"{}", lambda _: "t=1,v1=00", id="made up"),
        pytest.param(
            stripe_event(1, "x", {}),
            lambda body: signed(body, secret="whsec_other"),
            id="another secret",
        ),
        pytest.param(stripe_event(1, "x", {}), lambda body: signed(body, at=-900), id="long ago"),
        pytest.param(stripe_event(1, "x", {}), lambda body: signed(body, at=900), id="to come"),
        pytest.param(b"\xff\xfe", signed, id="no message"),
    ],
)
def test_a_message_that_is_not_stripes_is_refused_and_not_stored(database, paying, body, sign):
    """Signed when the test runs: a signature is good for minutes, and its words name no test."""
    with pytest.raises(GatewayRefusal):
        payments.receive(paying, body=body, signature=sign(body))

    assert database.value("SELECT count(*) FROM inbox") == 0


def test_both_secrets_are_good_while_one_is_being_replaced(database, paying, simulator):
    gateway = StripePayments(
        API_KEY,
        base=simulator.url,
        secrets=("whsec_new", WEBHOOK_SECRET),
        now=wall_clock,
        turn=ungated,
    )
    rotating = replace(paying, payments=gateway)

    for number, secret in enumerate(("whsec_new", WEBHOOK_SECRET)):
        body = stripe_event(number, "charge.succeeded", {})
        assert payments.receive(rotating, body=body, signature=signed(body, secret=secret))

    assert database.value("SELECT count(*) FROM inbox") == 2


def test_messages_in_any_order_and_any_number_give_one_result(database, paying, simulator):
    kinds = ("checkout.session.completed", "payment_intent.succeeded", "charge.succeeded")
    numbers = itertools.count(1)
    for order in itertools.permutations(kinds):
        with database.session() as session:
            bag = bag_of(session, units=1, stock=1)
        placed, ref = opened(paying, bag)
        simulator.pay(ref)
        content = {
            "id": ref,
            "status": "complete",
            "payment_status": "paid",
            "amount_total": 6_590,
            "currency": "eur",
            "payment_intent": f"pi_{placed.ref}",
            "metadata": {},
        }
        for kind in (*order, *order):
            body = stripe_event(next(numbers), kind, content)
            payments.receive(paying, body=body, signature=signed(body))
            payments.receive(paying, body=body, signature=signed(body))
        for (message,) in database.rows(
            "SELECT id FROM inbox WHERE handled_at IS NULL ORDER BY random()"
        ):
            payments.handle(paying, message_id=message)
            payments.handle(paying, message_id=message)

        assert (
            database.value("SELECT state FROM orders WHERE id = :id", id=placed.order_id) == "paid"
        )

    assert database.value("SELECT count(*) FROM refunds") == 0
    assert database.value("SELECT count(*) FROM letters WHERE kind = 'order_paid'") == 6
