"""Misbehaviour on request, and the record that survives it."""

import http.client
import time
from functools import partial

import pytest
import stripe

from marketplace.local.stripe import faults
from marketplace.local.stripe.driver import SimulatorError
from tests.local.stripe import shop


def test_a_lost_reply_has_acted_and_the_key_finds_what_it_did(own_api, own):
    before = len(own.objects("refund"))
    intent = own_api.payment_intents.create(shop.charge())
    asked = {"payment_intent": intent.id}
    own.fault("lost_reply", method="POST", path="/v1/refunds", count=1)

    with pytest.raises(stripe.APIConnectionError):
        own_api.refunds.create(asked, {"idempotency_key": "lost"})
    found = own_api.refunds.create(asked, {"idempotency_key": "lost"})

    assert found.amount == 9_800
    assert found.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(own.objects("refund")) == before + 1


@pytest.mark.parametrize("on_page", [True, False])
def test_a_buyer_whose_answer_is_lost_has_paid(own_api, own, on_page):
    session = own_api.checkout.sessions.create(shop.order())
    own.fault("lost_reply", method="POST", path="/c/pay/", count=1)
    page = partial(shop.browse, session.url, shop.card_form())
    driver = partial(own.pay, session.id)

    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        (page if on_page else driver)()

    assert own_api.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_the_library_retries_a_lost_reply_by_itself(own):
    patient = shop.client(own.url, retries=2).v1
    before = len(own.objects("customer"))
    own.fault("lost_reply", method="POST", path="/v1/customers", count=1)

    patient.customers.create({"email": "a@example.com"})

    assert len(own.objects("customer")) == before + 1


def test_a_delay_delays_and_ends(own_api, own):
    own.fault("delay", method="GET", path="/v1/customers", count=1, delay_ms=250)

    began = time.monotonic()
    own_api.customers.list()
    delayed = time.monotonic() - began
    own_api.customers.list()

    assert delayed >= 0.25
    assert time.monotonic() - began - delayed < 0.25


def test_a_decline_strikes_the_pay_page_and_the_api(own_api, own):
    own.fault("decline", path="/c/pay/", count=1, decline_code="insufficient_funds")
    own.fault("decline", path="/v1/payment_intents", count=1, decline_code="stolen_card")
    session = own_api.checkout.sessions.create(shop.order())

    told = own.pay(session.id)
    with pytest.raises(stripe.CardError) as refusal:
        own_api.payment_intents.create(shop.charge())

    assert (told["result"], told["decline_code"]) == ("declined", "insufficient_funds")
    assert refusal.value.error.decline_code == "stolen_card"
    assert own.pay(session.id)["result"] == "paid"


def test_faults_that_strike_by_chance_strike_the_same_requests_every_time(own_api, own):
    struck = []
    for _ in range(2):
        own.fault("error_500", method="GET", path="/v1/events", per_mille=300, seed=42)
        outcome = []
        for _ in range(30):
            try:
                own_api.events.list({"limit": 1})
            except stripe.APIError:
                outcome.append(False)
            else:
                outcome.append(True)
        struck.append(outcome)
        own.clear_faults()

    assert struck[0] == struck[1]
    assert 3 <= struck[0].count(False) <= 16


def test_draws_are_even_and_repeatable():
    drawn = [faults.draw(7, turn, 10) for turn in range(10_000)]

    assert drawn == [faults.draw(7, turn, 10) for turn in range(10_000)]
    assert all(900 < drawn.count(number) < 1_100 for number in range(10))


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"kind": "explode"}, "kind must be one of"),
        ({"kind": "delay", "delay_ms": -1}, "delay_ms must be a whole number"),
        ({"kind": "delay", "delay_ms": True}, "delay_ms must be a whole number"),
        ({"kind": "delay", "per_mille": 1_001}, "per_mille must be a whole number"),
        ({"kind": "delay", "wish": 1}, "Unknown: wish"),
        ({"kind": "error_500", "acts": "yes"}, "acts must be a boolean"),
    ],
)
def test_a_fault_that_cannot_be_understood_is_refused(own, asked, message):
    with pytest.raises(SimulatorError, match=message):
        own.fault(**asked)


def test_the_log_holds_every_request_with_its_fate(own_api, own):
    own.fault("error_500", method="POST", path="/v1/customers", count=1)
    with pytest.raises(stripe.APIError):
        own_api.customers.create({"name": "Elsa"}, {"idempotency_key": "logged"})
    with pytest.raises(stripe.APIError):
        own_api.customers.create({"name": "Elsa"}, {"idempotency_key": "logged"})
    made = own_api.customers.create({"name": "Elsa"})

    lines = own.requests()[-3:]

    assert [line["status"] for line in lines] == [500, 500, 200]
    assert [line["replayed"] for line in lines] == [0, 1, 0]
    assert [line["fault"] for line in lines] == ["error_500", None, None]
    assert [line["key"] for line in lines[:2]] == ["logged", "logged"]
    assert lines[2]["target"] == made.id
    assert lines[2]["params"] == {"name": "Elsa"}
    assert lines[2]["operation"] == "POST /v1/customers"


def test_the_control_api_answers_drivers_and_no_web_page(own):
    url = f"{own.url}/_simulator/clock"

    from_a_form = shop.browse(url, {"advance_seconds": "60"})
    by_another_name = shop.browse(url, Host="rebound.example:80")

    assert from_a_form.status == 403
    assert by_another_name.status == 403
    assert shop.browse(url).status == 200
    assert shop.browse(f"{own.url}/_simulator/nothing").status == 404
