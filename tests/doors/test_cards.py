"""The saved card at the members' door: agreed to, entered elsewhere, pressed with, removed; nothing is believed."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from marketplace.bootstrap import wall_clock
from marketplace.gateways.payments import StripePayments, ungated
from marketplace.local.stripe.driver import API_KEY, WEBHOOK_SECRET
from marketplace.services import payments
from tests import card_scenes, factories
from tests.scenes import Bag, bag_of

REFUSES_LATER = "4000000000000341"
SEEN = re.compile(r'name="seen" value="([^"]+)"')


@pytest.fixture
def settings(settings, simulator):
    """The pay page stands where the simulator does."""
    return replace(settings, checkout_origins=(simulator.url,), stripe_api_base=simulator.url)


@pytest.fixture
def tools(tools, simulator):
    """The door's tools reach the simulator through the official SDK."""
    gateway = StripePayments(
        API_KEY,
        base=simulator.url,
        secrets=(WEBHOOK_SECRET,),
        now=wall_clock,
        turn=ungated,
        retries=0,
    )
    return replace(tools, payments=gateway)


@pytest.fixture
def bag(database) -> Bag:
    with database.session() as session:
        return bag_of(session, units=1, stock=2)


@pytest.fixture
def shopper(member_client, bag):
    return member_client(bag.member)


def text(answer) -> str:
    return answer.get_data(as_text=True)


def press(shopper, bag):
    """One press on the checkout page as it stands."""
    shown = SEEN.search(text(shopper.get("/checkout")))
    assert shown, "one press is offered"
    return shopper.post("/checkout/now", {"address": bag.address_id, "seen": shown.group(1)})


def test_no_card_is_saved_without_agreeing(shopper, database):
    answer = shopper.post("/card", {})

    assert answer.status_code == 422
    assert "Say that you agree" in text(answer)
    assert database.value("SELECT count(*) FROM cards") == 0


def test_a_card_is_entered_elsewhere_and_found_again_here(shopper, simulator, database):
    answer = shopper.post("/card", {"agreed": "1"})
    assert answer.headers["Location"].startswith(f"{simulator.url}/c/pay/")
    key, ref, consent = database.rows("SELECT key, session_ref, consent FROM cards")[0]
    assert consent.startswith("Stripe keeps my card for Aubaine.")
    early = shopper.get(f"/card/entered/{key}", follow_redirects=True)
    assert "We have not heard of your card yet." in text(early)

    simulator.pay(ref)
    page = text(shopper.get(f"/card/entered/{key}", follow_redirects=True))

    assert "Your card is saved." in page
    assert "Visa ending in 4242" in page
    assert consent in page


def test_the_address_of_another_members_card_says_nothing(
    shopper, member_client, database, simulator, bag, tools
):
    with database.session() as session:
        other = bag_of(session)
    key = card_scenes.entered(tools, simulator, other)

    shopper.get(f"/card/entered/{key}")

    assert database.value("SELECT state FROM cards") == "asked"
    assert "4242" not in text(shopper.get("/card"))


def test_without_a_card_the_checkout_offers_to_save_one_and_no_press(shopper):
    page = text(shopper.get("/checkout"))

    assert SEEN.search(page) is None
    assert 'href="/card"' in page


def test_one_press_takes_the_order_and_its_page_tells_what_is_true(
    shopper, bag, tools, simulator, database
):
    card_scenes.saved(tools, simulator, bag)

    answer = press(shopper, bag)

    ref = database.value("SELECT ref FROM orders")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/orders/{ref}")
    page = text(shopper.get(f"/orders/{ref}"))
    assert "Your order is taken" in page
    assert "Visa ending in 4242 is charged in about 1 second." in page
    assert 'http-equiv="refresh"' in page.partition("<noscript>")[2]
    assert "is taken" in text(shopper.get("/bag"))
    assert text(shopper.get(f"/orders/{ref}/standing")).count('id="standing"') == 1
    assert shopper.get("/orders/" + ref + "/turn").status_code == 303


def test_once_it_is_paid_a_page_that_waits_is_sent_on(
    shopper, bag, paying, tools, simulator, database
):
    card_scenes.saved(tools, simulator, bag)
    press(shopper, bag)
    ref = database.value("SELECT ref FROM orders")
    payments.open_waiting(paying)

    told = shopper.get(f"/orders/{ref}/standing", headers={"HX-Request": "true"})

    assert told.headers["HX-Redirect"] == f"/orders/{ref}"
    assert "Paid" in text(shopper.get(f"/orders/{ref}"))


def test_a_card_that_is_refused_leads_to_the_pay_page_with_the_pieces_kept(
    shopper, bag, paying, tools, simulator, database
):
    card_scenes.saved(tools, simulator, bag, REFUSES_LATER)
    press(shopper, bag)
    ref = database.value("SELECT ref FROM orders")
    payments.open_waiting(paying)

    page = text(shopper.get(f"/orders/{ref}"))
    answer = shopper.post(f"/orders/{ref}/pay")

    assert "Your card was not charged" in page
    assert "Your bank refused the payment." in page
    assert answer.headers["Location"].startswith(f"{simulator.url}/c/pay/")


def test_a_bag_that_changed_since_it_was_seen_is_not_ordered(
    shopper, bag, tools, simulator, database
):
    card_scenes.saved(tools, simulator, bag)

    answer = shopper.post("/checkout/now", {"address": bag.address_id, "seen": "1x4"})

    assert answer.status_code == 409
    assert "Your bag is another than the one you saw." in text(answer)
    assert database.value("SELECT count(*) FROM orders") == 0


def test_pressed_when_nothing_is_held_any_more_the_bag_says_so(
    shopper, bag, tools, simulator, clock, database
):
    card_scenes.saved(tools, simulator, bag)
    clock.turn(minutes=11)

    answer = shopper.post("/checkout/now", {"address": bag.address_id, "seen": "1x1"})

    assert answer.headers["Location"].startswith("/bag")
    assert database.value("SELECT count(*) FROM orders") == 0


@pytest.mark.parametrize("form", [{}, {"address": "x", "seen": "1x1"}, {"address": "1"}])
def test_a_form_that_was_tampered_with_is_answered_in_words(shopper, bag, tools, simulator, form):
    card_scenes.saved(tools, simulator, bag)

    assert shopper.post("/checkout/now", form).status_code == 422


def test_it_can_be_cancelled_until_the_bank_is_asked(shopper, bag, tools, simulator, database):
    card_scenes.saved(tools, simulator, bag)
    press(shopper, bag)
    ref = database.value("SELECT ref FROM orders")
    assert f"/orders/{ref}/cancel" in text(shopper.get(f"/orders/{ref}"))

    shopper.post(f"/orders/{ref}/cancel")

    assert database.value("SELECT state FROM orders") == "cancelled"
    assert database.value("SELECT ordered_at FROM holds") is None


def test_while_the_bank_is_asked_cancelling_is_refused_in_words(
    shopper, bag, tools, simulator, database
):
    card_scenes.saved(tools, simulator, bag)
    press(shopper, bag)
    ref = database.value("SELECT ref FROM orders")
    database.run("UPDATE payments SET called_at = house_now()")

    answer = shopper.post(f"/orders/{ref}/cancel", follow_redirects=True)

    assert "Your bank is being asked" in text(answer)
    assert database.value("SELECT state FROM orders") == "awaiting_payment"


def test_a_removed_card_is_gone_from_the_page_at_once(shopper, bag, tools, simulator):
    card_scenes.saved(tools, simulator, bag)

    page = text(shopper.post("/card/remove", follow_redirects=True))

    assert "Your card is removed" in page
    assert "4242" not in page


def test_in_french_the_button_names_the_duty_to_pay(shopper, bag, tools, simulator, database):
    database.run("UPDATE accounts SET locale = 'fr'")
    card_scenes.saved(tools, simulator, bag)

    assert "Commander et payer" in text(shopper.get("/checkout"))


def test_operators_read_which_way_was_tried_and_what_the_bank_said(
    operator_client, bag, paying, simulator, database
):
    card_scenes.saved(paying, simulator, bag, REFUSES_LATER)
    placed = card_scenes.pressed(paying, bag)
    payments.open_waiting(paying)
    with database.session() as session:
        person = factories.operator(session)

    page = text(operator_client(person).get(f"/admin/orders/{placed.ref}"))

    assert "By the saved card · generic_decline" in page
