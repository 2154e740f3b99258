"""Idempotency keys exactly as Stripe's v1: what is saved, what is not, and for how long."""

import pytest
import stripe

from tests.local.stripe import shop


def key(name):
    return {"idempotency_key": name}


def test_the_same_key_and_parameters_give_the_same_answer_and_one_session(own_api, own):
    first = own_api.checkout.sessions.create(shop.order(), key("once"))
    second = own_api.checkout.sessions.create(shop.order(), key("once"))

    assert first.id == second.id
    assert first.last_response.headers.get("Idempotent-Replayed") is None
    assert second.last_response.headers["Idempotent-Replayed"] == "true"
    original = second.last_response.headers["Original-Request"]
    assert original == first.last_response.request_id != second.last_response.request_id
    assert len([s for s in own.objects("checkout.session") if s["id"] == first.id]) == 1


def test_what_is_replayed_is_the_answer_of_then_not_the_object_of_now(own_api, own):
    first = own_api.checkout.sessions.create(shop.order(), key("then"))
    own.pay(first.id)

    again = own_api.checkout.sessions.create(shop.order(), key("then"))

    assert again.status == "open"
    assert own_api.checkout.sessions.retrieve(first.id).status == "complete"


@pytest.mark.parametrize(
    "changed",
    [
        shop.order(client_reference_id="order-2"),
        shop.order(metadata={"order": "2"}),
        {name: value for name, value in shop.order().items() if name != "cancel_url"},
    ],
)
def test_the_same_key_with_other_parameters_is_refused(own_api, changed):
    kept = own_api.checkout.sessions.create(shop.order(), key("other parameters"))

    with pytest.raises(stripe.IdempotencyError) as refusal:
        own_api.checkout.sessions.create(changed, key("other parameters"))

    assert refusal.value.http_status == 400
    assert "can only be used with the same parameters" in refusal.value.user_message
    again = own_api.checkout.sessions.create(shop.order(), key("other parameters"))
    assert again.id == kept.id


def test_the_same_key_at_another_endpoint_is_refused(own_api):
    own_api.customers.create({"email": "a@example.com"}, key("elsewhere"))

    with pytest.raises(stripe.IdempotencyError) as refusal:
        own_api.payment_intents.create({"amount": 900, "currency": "eur"}, key("elsewhere"))

    assert "('/v1/payment_intents' vs '/v1/customers')" in refusal.value.user_message


def test_a_decline_is_saved(own_api, own):
    asked = shop.charge(card="pm_card_chargeDeclined")
    before = len(own.objects("charge"))

    refusals = []
    for _ in range(2):
        with pytest.raises(stripe.CardError) as refusal:
            own_api.payment_intents.create(asked, key("declined"))
        refusals.append(refusal.value)

    assert refusals[0].error.charge == refusals[1].error.charge
    assert refusals[1].headers["Idempotent-Replayed"] == "true"
    assert len(own.objects("charge")) == before + 1


def test_an_impossible_refund_is_saved(own_api):
    intent = own_api.payment_intents.create(shop.charge(capture_method="manual"))
    asked = {"payment_intent": intent.id}
    with pytest.raises(stripe.InvalidRequestError):
        own_api.refunds.create(asked, key("too early"))
    own_api.payment_intents.capture(intent.id)

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        own_api.refunds.create(asked, key("too early"))

    assert refusal.value.headers["Idempotent-Replayed"] == "true"
    assert own_api.refunds.create(asked, key("in time")).status == "succeeded"


def test_a_500_is_saved_whether_or_not_it_acted(own_api, own):
    for acts, made in ((False, 0), (True, 1)):
        name = f"five hundred {acts}"
        before = len(own.objects("customer"))
        own.fault("error_500", method="POST", path="/v1/customers", count=1, acts=acts)

        for _ in range(2):
            with pytest.raises(stripe.APIError) as trouble:
                own_api.customers.create({"email": "a@example.com"}, key(name))
            assert trouble.value.http_status == 500

        assert len(own.objects("customer")) == before + made
        assert own_api.customers.create({"email": "a@example.com"}, key(f"{name} new")).id


def test_refused_parameters_are_not_saved(own_api):
    with pytest.raises(stripe.InvalidRequestError):
        own_api.customers.create({"nonsense": "1"}, key("mended"))

    assert own_api.customers.create({"email": "a@example.com"}, key("mended")).id


def test_what_only_the_endpoint_finds_wrong_with_parameters_is_not_saved_either(own_api, own):
    early = shop.order(expires_at=own.now() + 60)
    with pytest.raises(stripe.InvalidRequestError):
        own_api.checkout.sessions.create(early, key("too early a session"))

    made = own_api.checkout.sessions.create(shop.order(), key("too early a session"))

    assert made.status == "open"
    assert "Idempotent-Replayed" not in made.last_response.headers


def test_a_key_is_too_long_beyond_255_characters(own_api):
    with pytest.raises(stripe.InvalidRequestError):
        own_api.customers.create({}, key("k" * 256))

    assert own_api.customers.create({}, key("k" * 255)).id


def test_the_twin_of_a_request_under_way_conflicts_and_may_come_again(own_api, own):
    own.fault("delay", method="POST", path="/v1/refunds", count=1, delay_ms=400)
    intent = own_api.payment_intents.create(shop.charge())
    asked = {"payment_intent": intent.id}

    results = shop.together(
        *[lambda: own_api.refunds.create(asked, key("twins")) for _ in range(5)]
    )

    made = [result for result in results if isinstance(result, stripe.Refund)]
    conflicts = [result for result in results if isinstance(result, stripe.APIError)]
    assert (len(made), len(conflicts)) == (1, 4)
    assert {each.http_status for each in conflicts} == {409}
    assert {each.error.code for each in conflicts} == {"idempotency_key_in_use"}
    assert own_api.refunds.create(asked, key("twins")).id == made[0].id
    assert len(own_api.refunds.list(asked).data) == 1


def test_the_library_retries_the_twin_by_itself(own_api, own):
    own.fault("delay", method="POST", path="/v1/customers", count=1, delay_ms=300)
    patient = shop.client(own.url, retries=3).v1

    results = shop.together(*[lambda: patient.customers.create({}, key("patient"))] * 2)

    assert results[0].id == results[1].id


def test_a_key_is_forgotten_after_a_day_and_not_before(own_api, own):
    first = own_api.customers.create({}, key("yesterday"))

    own.advance(24 * 3_600 - 60)
    same = own_api.customers.create({}, key("yesterday"))
    own.advance(61)
    other = own_api.customers.create({}, key("yesterday"))

    assert same.id == first.id
    assert other.id != first.id


def test_keys_mean_nothing_to_questions(own_api):
    own_api.customers.list({"limit": 1}, key("a question"))

    assert own_api.customers.list({"limit": 2}, key("a question")).object == "list"
