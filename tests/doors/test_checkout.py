"""From the bag to a paid order and back, over the members' door."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
from dataclasses import replace

import pytest

from marketplace.bootstrap import wall_clock
from marketplace.domain.doors import Realm
from marketplace.gateways.pace import Pace
from marketplace.gateways.payments import StripePayments, ungated
from marketplace.local.stripe.driver import API_KEY, WEBHOOK_SECRET
from marketplace.services import orders, payments
from marketplace.words import formats
from tests import factories
from tests.scenes import Bag, bag_of, settled

ADDRESS = {
    "recipient": "Camille Laurent",
    "line_1": "12 rue des Lilas",
    "postcode": "75020",
    "city": "Paris",
    "country": "FR",
}


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
        return bag_of(session, units=1, stock=1)


@pytest.fixture
def shopper(member_client, bag):
    return member_client(bag.member)


def _text(answer) -> str:
    return answer.get_data(as_text=True)


def _pay(shopper, simulator, database):
    answer = shopper.post("/checkout", ADDRESS)
    assert answer.status_code == 303, _text(answer)
    simulator.pay(database.value("SELECT session_ref FROM payments ORDER BY id DESC LIMIT 1"))
    return database.value("SELECT ref FROM orders ORDER BY id DESC LIMIT 1")


def test_the_checkout_shows_the_sum_with_vat_and_the_promised_day(shopper):
    page = _text(shopper.get("/checkout"))

    assert "€65.90" in page
    assert "With you by" in page
    assert "fourteen days" in page


def test_paying_goes_to_the_payment_services_own_page(shopper, simulator, database):
    answer = shopper.post("/checkout", ADDRESS)

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(f"{simulator.url}/c/pay/")
    assert database.rows("SELECT state, total_minor FROM orders") == [("awaiting_payment", 6_590)]
    assert database.rows("SELECT state FROM payments") == [("opened",)]


def test_pressing_twice_is_one_order_and_one_address(shopper, database):
    first = shopper.post("/checkout", ADDRESS)
    second = shopper.post("/checkout", ADDRESS)

    assert first.headers["Location"] == second.headers["Location"]
    assert database.value("SELECT count(*) FROM orders") == 1
    assert database.value("SELECT count(*) FROM addresses WHERE line_2 = '' AND phone = ''") == 1


def _also_at(database, bag, street: str, **more) -> int:
    """Another address that the bag's member has used; returns its id."""
    with database.session() as session:
        row = factories.address(session, of=bag.member, **more)
        row.line_1 = street
        return row.id


def test_the_checkout_says_what_the_cards_statement_will_say(shopper):
    assert "its statement says AUBAINE" in _text(shopper.get("/checkout"))


def test_every_address_used_before_is_offered_and_the_newest_is_chosen(shopper, database, bag):
    newest = _also_at(database, bag, "3 quai de la Fosse")

    page = _text(shopper.get("/checkout"))

    offered = re.findall(r'name="address" value="(\d+)"( checked)?', page)
    assert offered == [(str(newest), " checked"), (str(bag.address_id), "")]
    assert "3 quai de la Fosse, 75020 Paris, France" in page
    assert "Send it to another address" in page
    assert '<details class="other-address">' in page


def test_an_address_in_the_country_of_the_sale_is_chosen_before_a_newer_one_elsewhere(
    shopper, database, bag
):
    _also_at(database, bag, "8 rue Neuve", country="BE")

    page = _text(shopper.get("/checkout"))

    assert f'name="address" value="{bag.address_id}" checked' in page


def test_choosing_an_address_used_before_needs_no_retyping(shopper, database, bag):
    chosen = _also_at(database, bag, "3 quai de la Fosse")
    _also_at(database, bag, "1 place Bellecour")

    answer = shopper.post("/checkout/known", {"address": str(chosen)})

    assert answer.status_code == 303
    assert database.rows("SELECT address ->> 'line_1' FROM orders") == [("3 quai de la Fosse",)]
    assert database.value("SELECT count(*) FROM addresses") == 3


def test_an_address_of_somebody_else_or_none_at_all_makes_no_order(shopper, database):
    with database.session() as session:
        theirs = factories.address(session, of=factories.member(session)).id

    assert shopper.post("/checkout/known", {"address": str(theirs)}).status_code == 409
    none = shopper.post("/checkout/known", {})

    assert none.status_code == 422
    assert "This is needed." in _text(none)
    assert database.value("SELECT count(*) FROM orders") == 0


def test_a_member_without_an_address_is_asked_for_one_at_once(shopper, database):
    database.run("UPDATE addresses SET replaced_at = house_now()")

    page = _text(shopper.get("/checkout"))

    assert 'name="address"' not in page
    assert "<details" not in page
    assert 'name="line_1"' in page


def test_an_address_without_a_street_is_shown_again_with_what_was_written(shopper, database):
    answer = shopper.post("/checkout", {**ADDRESS, "line_1": " "})

    assert answer.status_code == 422
    assert 'value="75020"' in _text(answer)
    assert database.value("SELECT count(*) FROM orders") == 0


def test_a_stripe_that_does_not_answer_charges_nothing_and_keeps_the_hold(
    shopper, simulator, database, clock
):
    simulator.fault("error_500", method="POST", path="/v1/checkout/sessions")
    try:
        answer = shopper.post("/checkout", ADDRESS)
    finally:
        simulator.clear_faults()

    assert answer.status_code == 503
    assert database.rows("SELECT state FROM holds") == [("held",)]
    clock.turn(seconds=3)
    assert shopper.post("/checkout", ADDRESS).status_code == 303
    assert database.rows("SELECT attempt, state FROM payments ORDER BY id") == [
        (1, "failed"),
        (2, "opened"),
    ]


def test_coming_back_from_the_pay_page_finds_the_order_paid_without_any_webhook(
    shopper, simulator, database, clock
):
    ref = _pay(shopper, simulator, database)
    clock.turn(seconds=4)

    page = _text(shopper.get(f"/orders/{ref}/paid"))

    assert "your order is paid" in page
    assert database.value("SELECT state FROM orders") == "paid"


def test_coming_back_without_having_paid_is_not_believed(shopper, database, clock):
    shopper.post("/checkout", ADDRESS)
    ref = database.value("SELECT ref FROM orders")
    clock.turn(seconds=4)

    page = _text(shopper.get(f"/orders/{ref}/paid"))

    assert "Your payment is on its way" in page
    assert database.value("SELECT state FROM orders") == "awaiting_payment"


def test_an_empty_bag_leads_back_to_the_bag(shopper, clock):
    clock.turn(minutes=11)

    assert shopper.get("/checkout").headers["Location"].endswith("/bag")
    assert shopper.post("/checkout", ADDRESS).headers["Location"].endswith("/bag")


def test_the_list_and_the_page_of_another_members_order_are_not_there(
    shopper, simulator, database, member_client
):
    ref = _pay(shopper, simulator, database)
    with database.session() as session:
        somebody = factories.member(session)
    stranger = member_client(somebody)

    assert ref in _text(shopper.get("/orders"))
    assert ref not in _text(stranger.get("/orders"))
    for path in ("", "/paid", "/cancel", "/withdraw"):
        assert stranger.get(f"/orders/{ref}{path}").status_code == 404
    assert stranger.post(f"/orders/{ref}/cancel").status_code == 404


def test_cancelling_asks_once_more_and_then_gives_everything_back(
    shopper, simulator, database, clock
):
    ref = _pay(shopper, simulator, database)
    clock.turn(seconds=4)
    shopper.get(f"/orders/{ref}/paid")

    asked = shopper.get(f"/orders/{ref}/cancel")
    assert database.value("SELECT state FROM orders") == "paid"
    done = shopper.post(f"/orders/{ref}/cancel")

    assert asked.status_code == 200
    assert done.status_code == 303
    assert database.rows("SELECT state FROM orders") == [("cancelled",)]
    assert database.rows("SELECT amount_minor FROM refunds") == [(6_590,)]
    due_at = database.value("SELECT due_at FROM promises WHERE kind = 'refund'")
    said = f"Refunded by {formats.day_short(due_at)} at the latest."
    assert said in _text(shopper.get(f"/orders/{ref}"))


def test_withdrawing_takes_two_steps_and_shows_the_acknowledgement(
    shopper, simulator, database, clock, tools
):
    ref = _pay(shopper, simulator, database)
    clock.turn(seconds=4)
    shopper.get(f"/orders/{ref}/paid")
    order_id = database.value("SELECT id FROM orders")
    orders.pack(tools, order_id=order_id)
    orders.ship(tools, order_id=order_id, carrier="La Poste", tracking="6A1")
    orders.deliver(tools, order_id=order_id)
    assert "Withdraw from contract here" in _text(shopper.get(f"/orders/{ref}"))

    line = database.value("SELECT id FROM order_lines")
    asked = _text(shopper.get(f"/orders/{ref}/withdraw"))
    assert '<option value="">I would rather not say</option>' in asked
    step = _text(shopper.post(f"/orders/{ref}/withdraw", {f"line.{line}.units": "1"}))
    assert "we keep why" not in step
    why = {f"line.{line}.units": "1", f"line.{line}.reason": "too_small"}
    step = _text(shopper.post(f"/orders/{ref}/withdraw", why))
    assert "Too small" in step
    assert f'name="line.{line}.reason" value="too_small"' in step
    assert database.value("SELECT count(*) FROM withdrawals") == 0
    key = re.search(r'name="key" value="([^"]+)"', step).group(1)
    sent = {**why, "key": key, "confirmed": "1"}
    shopper.post(f"/orders/{ref}/withdraw/confirm", sent)
    shopper.post(f"/orders/{ref}/withdraw/confirm", sent)

    assert database.value("SELECT count(*) FROM withdrawals") == 1
    kept = database.value("SELECT acknowledgement FROM withdrawals")
    assert database.rows("SELECT reasons FROM withdrawals") == [({str(line): "too_small"},)]
    assert "small" not in kept
    shown = _text(shopper.get(f"/orders/{ref}"))
    assert kept.splitlines()[0] in shown
    assert kept.splitlines()[-1] in shown


def _signed(body: bytes, *, secret: str = WEBHOOK_SECRET) -> str:
    stamp = int(time.time())
    mac = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={mac}"


def test_a_webhook_is_stored_and_answered_and_a_forged_one_refused(client_at, database):
    stripe = client_at(Realm.MEMBER)
    body = json.dumps(
        {
            "id": "evt_1",
            "object": "event",
            "type": "charge.succeeded",
            "livemode": False,
            "created": 1,
            "data": {"object": {}},
        }
    ).encode()

    def post(signature):
        return stripe.post(
            "/webhooks/stripe",
            data=body,
            token=False,
            headers={"Stripe-Signature": signature, "Sec-Fetch-Site": "cross-site"},
            content_type="application/json",
        ).status_code

    assert [post(_signed(body)), post(_signed(body))] == [200, 200]
    assert [post("t=1,v1=00"), post(_signed(body, secret="whsec_other"))] == [400, 400]
    assert database.value("SELECT count(*) FROM inbox") == 1


def test_a_payment_for_an_earlier_bag_is_explained_and_its_order_stays_in_the_list(
    shopper, simulator, database, bag, tools
):
    shopper.post("/checkout", ADDRESS)
    ref, session_ref = database.rows(
        "SELECT o.ref, p.session_ref FROM orders o JOIN payments p ON p.order_id = o.id"
    )[0]
    with database.session() as session:
        _, (item,) = factories.open_sale(session, units=3)
        factories.hold(session, by=bag.member, on=item)
    shopper.post("/checkout", ADDRESS)
    simulator.pay(session_ref)
    assert settled(tools, session_ref) == "paid_late"

    page = _text(shopper.get(f"/orders/{ref}"))

    assert "Your payment goes back to you" in page
    assert ref in _text(shopper.get("/orders"))


def test_a_paid_order_says_how_it_can_be_sent_back_before_it_has_arrived(
    shopper, simulator, database, clock
):
    ref = _pay(shopper, simulator, database)
    clock.turn(seconds=4)

    page = _text(shopper.get(f"/orders/{ref}/paid"))

    assert "Once the pieces have arrived, you have fourteen days to withdraw on this page" in page


def test_a_gate_without_room_takes_the_order_and_shows_the_place_until_the_pay_page_opens(
    shopper, database, simulator, paying, tools
):
    database.run(
        "INSERT INTO call_tokens (endpoint, number, back_at) SELECT 'sessions.create', n,"
        " clock_timestamp() + interval '1 hour'"
        " FROM generate_series(1, 25) n"
    )
    tools.payments._turn = Pace(tools.vault, patience_ms=0).turn

    answer = shopper.post("/checkout", ADDRESS)
    ref = database.value("SELECT ref FROM orders")
    page = _text(shopper.get(answer.headers["Location"]))
    database.run("UPDATE call_tokens SET back_at = '-infinity'")
    payments.open_waiting(paying)
    on = shopper.get(f"/orders/{ref}/turn")

    assert answer.headers["Location"] == f"/orders/{ref}/turn"
    assert "You are next." in page
    assert "about 1 second" in page
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page
    assert 'hx-trigger="every 2s"' in page
    looked = shopper.get(f"/orders/{ref}/turn", headers={"HX-Request": "true"})
    assert (looked.status_code, looked.headers["HX-Redirect"]) == (200, on.headers["Location"])
    assert on.status_code == 303
    assert on.headers["Location"].startswith(f"{simulator.url}/c/pay/")


def test_whoever_waits_for_a_pay_page_that_nobody_opens_is_sent_back_to_press_again(
    shopper, database, simulator
):
    simulator.fault("error_500", method="POST", path="/v1/checkout/sessions")
    try:
        shopper.post("/checkout", ADDRESS)
    finally:
        simulator.clear_faults()
    ref = database.value("SELECT ref FROM orders")

    assert shopper.get(f"/orders/{ref}/turn").headers["Location"] == "/checkout"


def test_nobody_sees_the_turn_of_somebody_elses_order(shopper, member_client, database):
    shopper.post("/checkout", ADDRESS)
    ref = database.value("SELECT ref FROM orders")
    with database.session() as session:
        other = factories.member(session)

    assert member_client(other).get(f"/orders/{ref}/turn").status_code == 404
