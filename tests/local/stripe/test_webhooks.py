"""Webhooks: signed, at least once, and as unruly as asked."""

import hashlib
import hmac
import json

import pytest
import stripe

from marketplace.local.stripe import deliveries
from tests.local.stripe import shop

PAID = [
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "checkout.session.completed",
]


def paid_session(api, simulator):
    session = api.checkout.sessions.create(shop.order())
    assert simulator.pay(session.id)["result"] == "paid"
    return session.id


def test_a_payment_is_told_in_signed_events(own_api, own, inbox):
    session = paid_session(own_api, own)

    events = inbox.wait_for(4)  # each is opened by the library's own verifier
    completed = next(e for e in events if e["type"] == "checkout.session.completed")
    assert sorted(event["type"] for event in events) == sorted(PAID)
    assert completed["data"]["object"]["id"] == session
    assert completed["data"]["object"]["payment_status"] == "paid"
    assert completed["api_version"] == "2026-10-28.endive"
    assert completed["request"] == {"id": None, "idempotency_key": None}
    assert own_api.events.retrieve(completed["id"]).data.object.id == session
    shop.until(lambda: own_api.events.retrieve(completed["id"]).pending_webhooks == 0)
    inbox.stays_at(4)


def test_a_forged_or_altered_webhook_does_not_open(own_api, own, inbox):
    own_api.customers.create({"email": "a@example.com"})
    inbox.wait_for(1)
    body, signature = inbox.got[0]

    for altered, secret in ((body + b" ", "whsec_simulator"), (body, "whsec_other")):
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(altered, signature, secret)


def test_the_signature_is_the_documented_one():
    body = '{"name":"Zoë"}'.encode()
    expected = hmac.new(b"whsec_x", b"1760000000." + body, hashlib.sha256).hexdigest()

    assert deliveries.signature(body, "whsec_x", 1_760_000_000) == f"t=1760000000,v1={expected}"


def test_an_event_names_the_request_that_made_it(own_api, inbox):
    made = own_api.customers.create({}, {"idempotency_key": "named"})

    (event,) = inbox.wait_for(1)

    assert event["request"]["idempotency_key"] == "named"
    assert event["request"]["id"] == made.last_response.request_id


def test_an_endpoint_that_refuses_is_asked_again_until_it_takes_the_event(own_api, own, inbox):
    inbox.answers = [500, 302, 404]
    own_api.customers.create({})

    for tries in (1, 2, 3):
        inbox.wait_for(tries)
        shop.until(lambda: own.deliveries()["states"].get("pending") == 1)
        own.advance(60)
    events = inbox.wait_for(4)

    assert len({event["id"] for event in events}) == 1
    shop.until(lambda: "pending" not in own.deliveries()["states"])
    assert own.deliveries()["rows"][-1]["attempts"] == 4
    inbox.stays_at(4)


def test_each_failure_waits_longer_and_after_three_days_it_is_given_up(own_api, own, inbox):
    inbox.answers = [500] * 50
    own_api.customers.create({})
    inbox.wait_for(1)
    shop.until(lambda: own.deliveries()["states"].get("pending") == 1)

    own.advance(72 * 3_600)

    inbox.wait_for(2)
    shop.until(lambda: own.deliveries()["states"].get("failed") == 1)
    own.advance(72 * 3_600)
    inbox.stays_at(2)
    assert list(deliveries.RETRIES_MS) == sorted(deliveries.RETRIES_MS)


def test_a_duplicated_event_comes_as_often_as_asked_with_one_id(own_api, own, inbox):
    own.webhook_fault("duplicate", copies=3, types=["customer.created"], count=1)

    own_api.customers.create({})

    events = inbox.wait_for(4)
    assert len({event["id"] for event in events}) == 1
    inbox.stays_at(4)


def test_withheld_events_wait_until_released_in_the_order_asked(own_api, own, inbox):
    own.webhook_fault("withhold")
    paid_session(own_api, own)
    inbox.stays_at(0)

    released = own.release(order="reversed")

    assert released == 4
    assert sorted(inbox.types(4)) == sorted(PAID)
    queued = [row for row in own.deliveries()["rows"] if row["type"] in PAID][-4:]
    assert [row["due_ms"] for row in queued] == sorted(row["due_ms"] for row in queued)[::-1]


def test_events_are_listed_by_the_api_while_their_webhooks_are_withheld(own_api, own, inbox):
    own.webhook_fault("withhold")

    session = paid_session(own_api, own)

    (event,) = own_api.events.list({"type": "checkout.session.completed", "limit": 1}).data
    assert event.data.object.id == session
    assert event.pending_webhooks == 1
    inbox.stays_at(0)


def test_a_delayed_event_comes_when_its_time_has_come(own_api, own, inbox):
    own.webhook_fault("delay", delay_ms=600_000, types=["charge.refunded"])
    intent = own_api.payment_intents.create(shop.charge())
    own_api.refunds.create({"payment_intent": intent.id})
    before = inbox.types(4)

    own.advance(601)

    assert "charge.refunded" not in before
    assert inbox.types(5)[4] == "charge.refunded"


def test_reordered_events_are_shuffled_within_their_window(own_api, own, inbox):
    own.webhook_fault("reorder", delay_ms=600_000, seed=5)
    for _ in range(3):
        paid_session(own_api, own)

    rows = [row for row in own.deliveries()["rows"] if row["state"] == "pending"]
    waits = [row["due_ms"] - row["queued_ms"] for row in rows]
    own.advance(601)

    assert len(set(waits)) > 8
    assert max(waits) <= 600_000
    assert sorted(inbox.types(12)) == sorted(PAID * 3)


def test_an_event_is_delivered_again_on_request(own_api, own, inbox):
    own_api.customers.create({})
    (event,) = inbox.wait_for(1)

    assert own.redeliver(event["id"], times=2) == 2

    assert {each["id"] for each in inbox.wait_for(3)} == {event["id"]}


def test_an_endpoint_made_through_the_api_gets_what_it_asked_for(own_api, own, inbox):
    made = own_api.webhook_endpoints.create(
        {"url": f"{inbox.url}/second", "enabled_events": ["customer.updated"]}
    )
    customer = own_api.customers.create({})
    own_api.customers.update(customer.id, {"name": "Elsa"})

    shop.until(lambda: len(inbox.got) == 3)
    signed = [
        json.loads(body)["type"]
        for body, signature in inbox.got
        if stripe.WebhookSignature._compute_signature(
            f"{signature[2:12]}.{body.decode()}", made.secret
        )
        in signature
    ]
    assert signed == ["customer.updated"]
    shown = own_api.webhook_endpoints.retrieve(made.id)
    assert "secret" not in shown.to_dict()
    assert [each.id for each in own_api.webhook_endpoints.list().data] == [made.id]

    deleted = own_api.webhook_endpoints.delete(made.id)

    assert deleted.deleted is True
    own_api.customers.update(customer.id, {"name": "Anna"})
    shop.until(lambda: len(inbox.got) == 4)
    inbox.stays_at(4)


def test_an_unknown_event_type_cannot_be_subscribed_to(own_api):
    with pytest.raises(stripe.InvalidRequestError):
        own_api.webhook_endpoints.create(
            {"url": "https://shop.example/hook", "enabled_events": ["charge.sneezed"]}
        )


def test_expiry_refund_and_decline_are_told(own_api, own, inbox):
    session = own_api.checkout.sessions.create(shop.order())
    own.pay(session.id, card=shop.DECLINES)
    own.pay(session.id, card=shop.ASKS_ALWAYS, authentication="leave")
    own_api.checkout.sessions.expire(session.id)
    intent = own_api.payment_intents.create(shop.charge())
    own_api.refunds.create({"payment_intent": intent.id})

    assert sorted(inbox.types(11)) == sorted(
        [
            "payment_intent.created",
            "charge.failed",
            "payment_intent.payment_failed",
            "payment_intent.requires_action",
            "payment_intent.canceled",
            "checkout.session.expired",
            "payment_intent.created",
            "charge.succeeded",
            "payment_intent.succeeded",
            "refund.created",
            "charge.refunded",
        ]
    )
