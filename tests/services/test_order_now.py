"""Order now, charge behind: taken at once, charged in turn; whatever the bank says, the member reads the truth."""

from __future__ import annotations

from dataclasses import replace

import pytest

from marketplace.db.orders import Order
from marketplace.domain.cards import CardMissing, PaymentUnderWay, Refused
from marketplace.domain.money import Money
from marketplace.domain.orders import BagChanged, BagEmpty, OrderEnded, OrderState
from marketplace.queries import bag as bags
from marketplace.queries import cards
from marketplace.queries import orders as known
from marketplace.services import holds, orders, payments
from marketplace.toolbox import Collected
from tests import factories
from tests.card_scenes import VISA, hers, pressed, saved
from tests.scenes import Bag, bag_of, settled, signed, stripe_event

ASKS_ALWAYS = "4000002760003184"
REFUSES_LATER = "4000000000000341"


@pytest.fixture
def bag(database) -> Bag:
    with database.session() as session:
        return bag_of(session)


def intents(simulator, placed) -> list:
    """What the payment service was asked to take for this order."""
    return [
        each
        for each in simulator.objects("payment_intent")
        if each["metadata"].get("order_ref") == placed.ref
    ]


def standing(tools, bag: Bag, placed):
    return known.one(tools, member_id=bag.member_id, ref=placed.ref)


def test_a_card_is_saved_on_the_services_own_page_with_the_words_agreed_to(
    paying, simulator, bag, database
):
    saved(paying, simulator, bag)

    found = cards.mine(paying, member_id=bag.member_id)
    assert (found.brand, found.last_four, found.consent, found.over) == (
        "visa",
        "4242",
        "I agree.",
        False,
    )
    assert database.value("SELECT count(*) FROM events WHERE name = 'member.card_kept'") == 1


def test_one_press_takes_the_order_calls_nobody_and_keeps_the_pieces(
    paying, simulator, bag, database
):
    saved(paying, simulator, bag)
    before = len(simulator.requests())

    placed = pressed(paying, bag)

    assert len(simulator.requests()) == before
    assert database.rows(
        "SELECT state, ordered_at IS NOT NULL, expires_at > house_now() + interval '119 minutes' FROM holds"
    ) == [("held", True, True)]
    assert bags.look(paying, member_id=bag.member_id).lines == ()
    assert bags.glance(paying, member_id=bag.member_id).units == 0
    found = standing(paying, bag, placed).standing
    assert (found.last_four, found.begun, found.wait.seconds) == ("4242", False, 1)


def test_the_card_is_charged_behind_and_the_order_is_paid(paying, simulator, bag, database):
    saved(paying, simulator, bag)
    placed = pressed(paying, bag)

    assert payments.open_waiting(paying) == 1

    found = standing(paying, bag, placed)
    assert (found.state, found.standing) == (OrderState.PAID, None)
    assert database.rows("SELECT state, ordered_at IS NOT NULL FROM holds") == [("sold", True)]
    assert database.value("SELECT count(*) FROM letters WHERE kind = 'order_paid'") == 1
    (intent,) = intents(simulator, placed)
    assert (intent["status"], intent["amount"], intent["metadata"]["payment_key"]) == (
        "succeeded",
        database.value("SELECT total_minor FROM orders"),
        f"pay-{placed.ref}-1",
    )


def test_pressed_twice_it_is_one_order_and_one_charge(paying, simulator, bag, database):
    saved(paying, simulator, bag)
    seen = bags.look(paying, member_id=bag.member_id).seen
    asked = {"member_id": bag.member_id, "address_id": bag.address_id, "seen": seen}

    first = orders.place_now(hers(paying, bag), **asked)
    second = orders.place_now(hers(paying, bag), **asked)
    payments.open_waiting(paying)
    third = orders.place_now(hers(paying, bag), **asked)

    assert first.order_id == second.order_id == third.order_id
    assert len(intents(simulator, first)) == 1


def test_what_was_not_seen_is_not_ordered(paying, simulator, bag, database):
    saved(paying, simulator, bag)
    seen = bags.look(paying, member_id=bag.member_id).seen
    with database.session() as session:
        other = factories.open_sale(session, units=3)[1][0]
        factories.hold(session, by=bag.member, on=other)

    with pytest.raises(BagChanged):
        orders.place_now(
            hers(paying, bag), member_id=bag.member_id, address_id=bag.address_id, seen=seen
        )

    assert database.value("SELECT count(*) FROM orders") == 0


def test_with_nothing_held_nothing_is_ordered(paying, simulator, bag, clock):
    saved(paying, simulator, bag)
    clock.turn(minutes=11)

    with pytest.raises(BagEmpty):
        pressed(paying, bag)


def test_without_a_card_or_past_its_last_month_nothing_is_ordered(paying, simulator, bag, database):
    with pytest.raises(CardMissing):
        pressed(paying, bag)
    saved(paying, simulator, bag)
    database.run("UPDATE cards SET good_through_year = 2020")
    with pytest.raises(CardMissing):
        pressed(paying, bag)
    assert database.value("SELECT count(*) FROM orders") == 0


@pytest.mark.parametrize(
    ("number", "reason"), [(ASKS_ALWAYS, Refused.BANK_ASKS), (REFUSES_LATER, Refused.BANK_REFUSED)]
)
def test_a_bank_that_asks_or_refuses_becomes_an_offer_with_the_pieces_kept(
    paying, simulator, bag, database, number, reason
):
    saved(paying, simulator, bag, number)
    placed = pressed(paying, bag)
    payments.open_waiting(paying)

    found = standing(paying, bag, placed)
    assert (found.state, found.standing.why) == (OrderState.AWAITING_PAYMENT, reason)
    assert database.value(
        "SELECT expires_at - house_now() BETWEEN interval '29 minutes' AND interval '30 minutes'"
        " AND ordered_at IS NULL FROM holds"
    )
    assert database.rows("SELECT kind, state FROM letters") == [("order_to_confirm", "written")]
    assert len(bags.look(paying, member_id=bag.member_id).lines) == 1

    again = orders.pay_by_page(hers(paying, bag), member_id=bag.member_id, ref=placed.ref)
    payments.open_checkout(paying, payment_id=again.payment_id)
    ref = database.value("SELECT session_ref FROM payments WHERE attempt = 2")
    simulator.pay(ref, card=VISA)
    assert settled(paying, ref) == "paid"
    assert standing(paying, bag, placed).state is OrderState.PAID


def test_an_offer_ends_with_its_time_and_nothing_is_charged(
    paying, simulator, bag, database, clock
):
    saved(paying, simulator, bag, REFUSES_LATER)
    placed = pressed(paying, bag)
    payments.open_waiting(paying)

    clock.turn(minutes=31)
    orders.lapse_unpaid(paying)

    assert standing(paying, bag, placed).state is OrderState.LAPSED
    with pytest.raises(OrderEnded):
        orders.pay_by_page(hers(paying, bag), member_id=bag.member_id, ref=placed.ref)
    assert database.value("SELECT count(*) FROM letters WHERE kind = 'order_uncollected'") == 0


def test_ordered_pieces_cannot_be_given_back_from_the_bag(paying, simulator, bag, database):
    saved(paying, simulator, bag)
    pressed(paying, bag)
    hold_id = database.value("SELECT id FROM holds")

    assert holds.release(hers(paying, bag), member_id=bag.member_id, hold_ids=(hold_id,)) == ()

    assert database.value("SELECT state FROM holds") == "held"


def test_another_order_leaves_the_one_that_is_being_charged_alone(paying, simulator, bag, database):
    saved(paying, simulator, bag)
    first = pressed(paying, bag)
    with database.session() as session:
        other = factories.open_sale(session, units=3)[1][0]
        factories.hold(session, by=bag.member, on=other)

    second = pressed(paying, bag)
    assert payments.open_waiting(paying) == 2

    assert first.order_id != second.order_id
    assert database.rows("SELECT state FROM orders") == [("paid",), ("paid",)]


def test_cancelled_before_its_turn_it_is_never_charged_and_the_pieces_are_in_the_bag(
    paying, simulator, bag, database
):
    saved(paying, simulator, bag)
    placed = pressed(paying, bag)

    orders.cancel(hers(paying, bag), order_id=placed.order_id, member_id=bag.member_id)
    payments.open_waiting(paying)

    assert intents(simulator, placed) == []
    assert database.value("SELECT state FROM orders") == "cancelled"
    assert len(bags.look(paying, member_id=bag.member_id).lines) == 1


def test_a_lost_answer_is_asked_for_again_under_the_same_key(impatient, simulator, bag, database):
    saved(impatient, simulator, bag)
    placed = pressed(impatient, bag)
    simulator.fault("lost_reply", method="POST", path="/v1/payment_intents", count=1)

    assert payments.open_waiting(impatient) == 0
    assert standing(impatient, bag, placed).standing.begun
    with pytest.raises(PaymentUnderWay):
        orders.cancel(hers(impatient, bag), order_id=placed.order_id, member_id=bag.member_id)
    database.run("UPDATE payments SET taken_until = house_now()")
    assert payments.open_waiting(impatient) == 1

    assert standing(impatient, bag, placed).state is OrderState.PAID
    assert len(intents(simulator, placed)) == 1


def test_a_failure_that_is_kept_under_the_key_becomes_an_offer_and_no_second_charge(
    impatient, simulator, bag, database
):
    saved(impatient, simulator, bag)
    placed = pressed(impatient, bag)
    simulator.fault("error_500", method="POST", path="/v1/payment_intents", count=1)

    payments.open_waiting(impatient)
    database.run("UPDATE payments SET taken_until = house_now()")
    payments.open_waiting(impatient)

    assert standing(impatient, bag, placed).standing.why is Refused.NO_ANSWER
    assert intents(simulator, placed) == []


def test_a_removed_card_is_charged_no_more_and_forgotten_at_the_service(
    paying, simulator, bag, database
):
    saved(paying, simulator, bag)
    placed = pressed(paying, bag)
    customer, method = database.rows("SELECT customer_ref, method_ref FROM cards")[0]

    payments.remove_card(hers(paying, bag), member_id=bag.member_id)
    payments.open_waiting(paying)
    payments.tend_cards(paying)
    payments.tend_cards(paying)

    assert standing(paying, bag, placed).standing.why is Refused.CARD_GONE
    assert customer not in {each["id"] for each in simulator.objects("customer")}
    whose = {each["id"]: each["customer"] for each in simulator.objects("payment_method")}
    assert whose[method] is None
    assert database.rows(
        "SELECT state, customer_ref, method_ref, forgotten_at IS NOT NULL FROM cards"
    ) == [("removed", None, None, True)]


def test_a_new_card_takes_the_place_of_the_old_one(paying, simulator, bag, database):
    saved(paying, simulator, bag)
    saved(paying, simulator, bag, "5555555555554444")

    assert cards.mine(paying, member_id=bag.member_id).last_four == "4444"
    assert database.rows("SELECT state FROM cards ORDER BY id") == [("removed",), ("kept",)]


def test_where_nobody_answers_for_two_hours_the_order_lapses_and_says_so(
    paying, simulator, bag, database, clock
):
    saved(paying, simulator, bag)
    placed = pressed(paying, bag)

    clock.turn(minutes=121)
    orders.lapse_unpaid(paying)
    payments.open_waiting(paying)

    assert standing(paying, bag, placed).state is OrderState.LAPSED
    assert intents(simulator, placed) == []
    assert database.rows("SELECT kind FROM letters") == [("order_uncollected",)]


def test_a_charge_whose_order_lapsed_meanwhile_is_found_out_about(
    impatient, simulator, bag, database, clock
):
    saved(impatient, simulator, bag)
    placed = pressed(impatient, bag)
    simulator.fault("lost_reply", method="POST", path="/v1/payment_intents", count=1)
    payments.open_waiting(impatient)
    clock.turn(minutes=121)
    orders.lapse_unpaid(impatient)

    assert payments.reconcile_collected(impatient) == 1

    assert standing(impatient, bag, placed).state is OrderState.PAID
    assert database.rows("SELECT kind FROM letters ORDER BY id") == [
        ("order_uncollected",),
        ("order_paid",),
    ]


def test_messages_about_it_in_any_order_come_to_the_same(paying, simulator, bag, database):
    saved(paying, simulator, bag)
    placed = pressed(paying, bag)
    payments.open_waiting(paying)
    (intent,) = intents(simulator, placed)

    for number in range(2):
        body = stripe_event(number, "payment_intent.succeeded", intent)
        payments.receive(paying, body=body, signature=signed(body))
        payments.handle(paying, message_id=database.value("SELECT max(id) FROM inbox"))

    assert database.rows("SELECT outcome FROM inbox") == [("known",), ("known",)]
    assert standing(paying, bag, placed).state is OrderState.PAID


def test_another_sum_is_left_to_a_person(paying, simulator, bag, database):
    saved(paying, simulator, bag)
    placed = pressed(paying, bag)
    payments.open_waiting(paying)
    (intent,) = intents(simulator, placed)
    answer = replace(Collected.told(intent), amount=Money(1, "EUR"))

    assert payments.settle_collected(paying, answer=answer) == "unknown"
    assert payments.settle_collected(paying, answer=answer) == "unknown"

    assert database.value("SELECT count(*) FROM events WHERE name = 'payment.unexplained'") == 1


def test_nobody_orders_with_the_card_or_the_order_of_another(paying, simulator, bag, database):
    saved(paying, simulator, bag)
    placed = pressed(paying, bag)
    with database.session() as session:
        other = bag_of(session)

    with pytest.raises(CardMissing):
        pressed(paying, other)
    with pytest.raises(OrderEnded):
        orders.pay_by_page(hers(paying, other), member_id=other.member_id, ref=placed.ref)
    with database.session() as session:
        assert session.get_one(Order, placed.order_id).state is OrderState.AWAITING_PAYMENT
