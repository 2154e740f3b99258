"""Disputes: banks take money, give it back or keep it, and the books say so whatever comes first or never comes."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from marketplace.domain.orders import RefundState
from marketplace.domain.refunds import Bearer
from marketplace.services import orders, payments
from tests.scenes import Bag, bag_of, delivered_order, signed, stripe_event

BOOKED = "SELECT book, sum(amount_minor)::bigint FROM posting_lines GROUP BY 1 ORDER BY 1"
STANDS = "SELECT state, ended_at IS NOT NULL FROM disputes"
OF_ORDER = "SELECT intent_ref FROM payments WHERE order_id = :id"
BY_DISPUTE = """
    SELECT l.book, sum(l.amount_minor)::bigint
    FROM disputes d JOIN postings p ON p.cause = 'dispute' AND p.cause_id = d.id
    JOIN posting_lines l ON l.posting_id = p.id
    WHERE d.ref = :ref GROUP BY 1
"""
TOLD = "SELECT name FROM events WHERE subject_type = 'dispute' ORDER BY id"


@pytest.fixture
def bag(database) -> Bag:
    with database.session() as session:
        return bag_of(session, units=2, price_minor=4_000)


@pytest.fixture
def order(paying, simulator, bag):
    return delivered_order(paying, simulator, bag)


@pytest.fixture
def intent(order, database):
    return database.value("SELECT intent_ref FROM payments")


def _books(database):
    return {book: minor for book, minor in database.rows(BOOKED) if minor}


def _messages(simulator, ref):
    """What the payment service says of a dispute, in its order."""
    return [
        each
        for each in simulator.objects("event")
        if each["type"].startswith("charge.dispute.") and each["data"]["object"]["id"] == ref
    ]


def _hear(tools, database, messages):
    for number, message in enumerate(messages):
        body = json.dumps({**message, "id": f"{message['id']}_{number}"}).encode()
        payments.receive(tools, body=body, signature=signed(body))
    for (message,) in database.rows("SELECT id FROM inbox WHERE handled_at IS NULL ORDER BY id"):
        payments.handle(tools, message_id=message)


def test_what_a_bank_takes_is_booked_and_the_brand_is_owed_as_before(
    database, paying, simulator, intent
):
    before = _books(database)
    ref = simulator.dispute(intent, reason="product_not_received")

    _hear(paying, database, _messages(simulator, ref))

    assert database.rows(STANDS) == [("open", False)]
    now = _books(database)
    assert now.pop("disputed") == before.pop("stripe") == 8_590
    assert now == before


def test_a_dispute_that_is_won_brings_the_money_back(database, paying, simulator, intent):
    before = _books(database)
    ref = simulator.dispute(intent)
    simulator.decide(ref, "under_review")
    simulator.decide(ref, "won")

    _hear(paying, database, _messages(simulator, ref))

    assert database.rows(STANDS) == [("won", True)]
    assert _books(database) == before


def test_a_dispute_that_is_lost_is_the_houses_loss(database, paying, simulator, intent):
    before = _books(database)
    ref = simulator.dispute(intent, amount=4_000)
    simulator.decide(ref, "lost")

    _hear(paying, database, _messages(simulator, ref))

    assert database.rows(STANDS) == [("lost", True)]
    assert _books(database) == {**before, "stripe": before["stripe"] - 4_000, "losses": 4_000}


@given(
    fate=some.sampled_from(
        [(), ("won",), ("lost",), ("under_review", "won"), ("under_review", "lost")]
    ),
    inquiry=some.booleans(),
    data=some.data(),
)
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_in_any_order_and_however_often_it_is_told_it_ends_the_same(
    database, paying, simulator, fate, inquiry, data
):
    with database.session() as session:
        bag = bag_of(session, units=1, price_minor=4_000)
    order = delivered_order(paying, simulator, bag)
    ref = simulator.dispute(database.value(OF_ORDER, id=order.order_id), inquiry=inquiry)
    for each in (*(["needs_response"] if inquiry and fate else []), *fate):
        simulator.decide(ref, each)
    messages = _messages(simulator, ref)
    told = data.draw(some.permutations([*messages, *messages[:2]]))

    _hear(paying, database, told)

    ends = {"won": "won", "lost": "lost"}.get(fate[-1] if fate else "")
    now = ends or ("inquiry" if inquiry else "open")
    assert database.rows("SELECT state FROM disputes WHERE ref = :ref", ref=ref) == [(now,)]
    assert dict(database.rows(BY_DISPUTE, ref=ref)) == {
        "open": {"stripe": -4_590, "disputed": 4_590},
        "lost": {"stripe": -4_590, "disputed": 0, "losses": 4_590},
        "won": {"stripe": 0, "disputed": 0},
        "inquiry": {},
    }.get(now)


def test_an_inquiry_moves_no_money_and_may_become_a_dispute_after_it_was_closed(
    database, paying, simulator, intent
):
    before = _books(database)
    ref = simulator.dispute(intent, inquiry=True)
    simulator.decide(ref, "warning_closed")
    _hear(paying, database, _messages(simulator, ref))
    assert database.rows(STANDS) == [("closed", True)]
    assert _books(database) == before

    simulator.decide(ref, "needs_response")
    _hear(paying, database, _messages(simulator, ref))

    assert database.rows(STANDS) == [("open", False)]
    assert database.rows(TOLD) == [("dispute.opened",), ("dispute.ended",), ("dispute.opened",)]


def test_the_house_asks_for_what_no_message_told(database, paying, simulator, intent):
    ref = simulator.dispute(intent)
    payments.reconcile_disputes(paying)
    assert database.rows("SELECT ref, state FROM disputes") == [(ref, "open")]

    simulator.decide(ref, "lost")
    payments.reconcile_disputes(paying)
    payments.reconcile_disputes(paying)

    assert database.rows(STANDS) == [("lost", True)]
    assert database.rows(TOLD) == [("dispute.opened",), ("dispute.ended",)]


def test_a_dispute_about_a_payment_that_is_not_ours_is_left_to_a_person_once(database, paying):
    content = {
        "id": "dp_alien", "payment_intent": "pi_alien", "amount": 100, "currency": "eur",
        "status": "needs_response", "reason": "general", "created": 1,
    }  # fmt: skip
    for number in (1, 2):
        body = stripe_event(number, "charge.dispute.created", content)
        payments.receive(paying, body=body, signature=signed(body))
    for (message,) in database.rows("SELECT id FROM inbox"):
        payments.handle(paying, message_id=message)

    assert database.rows(
        "SELECT data ->> 'session_ref' FROM events WHERE name = 'payment.unexplained'"
    ) == [("dp_alien",)]
    assert database.value("SELECT count(*) FROM disputes") == 0


def test_more_than_was_paid_is_left_to_a_person(database, paying, intent):
    content = {
        "id": "dp_more", "payment_intent": intent, "amount": 8_591, "currency": "eur",
        "status": "needs_response", "reason": "general", "created": 1,
    }  # fmt: skip
    body = stripe_event(1, "charge.dispute.created", content)
    payments.receive(paying, body=body, signature=signed(body))
    payments.handle(paying, message_id=database.value("SELECT id FROM inbox"))

    assert database.value("SELECT count(*) FROM disputes") == 0
    assert database.value("SELECT subject_type FROM events WHERE name = 'payment.unexplained'") == (
        "payment"
    )


def test_what_a_bank_has_taken_is_not_refunded_as_well_until_it_is_back(
    database, paying, simulator, bag, order, intent
):
    ref = simulator.dispute(intent)
    _hear(paying, database, _messages(simulator, ref))
    line = database.value("SELECT id FROM order_lines")
    refund_id = orders.refund(
        paying,
        order_id=order.order_id,
        parts=(orders.RefundLine(line, 2),),
        shipping=True,
        reason="they want it",
        bearer=Bearer.HOUSE,
    )
    payments.send_refund(paying, refund_id=refund_id)
    refused = "SELECT reason FROM events WHERE name = 'refund.failed'"
    assert database.value("SELECT state FROM refunds") == RefundState.FAILED
    assert database.value(refused) == "charge_disputed"

    simulator.decide(ref, "won")
    payments.reconcile_disputes(paying)
    payments.send_again(paying, refund_id=refund_id, reason="the bank gave it back")
    payments.send_refund(paying, refund_id=refund_id)

    assert database.value("SELECT state FROM refunds") == RefundState.SUCCEEDED
    assert _books(database).get("stripe", 0) == 0
