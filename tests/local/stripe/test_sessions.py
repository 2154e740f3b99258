"""Checkout sessions through the official library."""

import pytest
import stripe

from marketplace.local.stripe.driver import Simulator
from tests.local.stripe import shop


def test_a_session_is_made_open_with_its_sum_and_an_address_to_pay_at(api, simulator):
    session = api.checkout.sessions.create(shop.order())

    assert session.status == "open"
    assert session.payment_status == "unpaid"
    assert (session.amount_subtotal, session.amount_total) == (9_800, 9_800)
    assert session.currency == "eur"
    assert session.url == f"{simulator.url}/c/pay/{session.id}"
    assert session.payment_intent is None
    assert session.client_reference_id == "order-1"
    assert session.metadata.to_dict() == {"order": "1"}
    assert session.expires_at - session.created == 24 * 3_600


def test_the_address_to_pay_at_has_the_name_the_shop_called(simulator):
    by_name = simulator.url.replace("127.0.0.1", "localhost")

    session = shop.client(by_name).v1.checkout.sessions.create(shop.order())

    assert session.url == f"{by_name}/c/pay/{session.id}"


def test_a_paid_session_is_complete_and_carries_its_payment(api, simulator):
    session = api.checkout.sessions.create(shop.order())

    paid = simulator.pay(session.id)

    shown = api.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent.latest_charge.balance_transaction", "line_items"]}
    )
    intent = shown.payment_intent
    charge = intent.latest_charge
    assert paid["result"] == "paid"
    assert (shown.status, shown.payment_status, shown.url) == ("complete", "paid", None)
    assert (intent.status, intent.amount_received) == ("succeeded", 9_800)
    assert intent.metadata.to_dict() == {"order": "1"}
    assert (charge.captured, charge.amount_captured) == (True, 9_800)
    assert charge.balance_transaction.fee == 172
    assert charge.balance_transaction.net == 9_628
    assert shown.customer_details.email == "camille@example.com"
    assert [(line.description, line.quantity) for line in shown.line_items] == [("Wool coat", 2)]


def test_a_declined_session_stays_open_and_can_be_paid_with_another_card(api, simulator):
    session = api.checkout.sessions.create(shop.order())

    declined = simulator.pay(session.id, card=shop.NO_FUNDS)
    after = api.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    paid = simulator.pay(session.id)

    assert declined["result"] == "declined"
    assert declined["decline_code"] == "insufficient_funds"
    assert after.status == "open"
    assert after.payment_intent.status == "requires_payment_method"
    assert after.payment_intent.last_payment_error.decline_code == "insufficient_funds"
    assert paid["result"] == "paid"
    assert paid["intent"] == after.payment_intent.id
    charges = api.charges.list({"payment_intent": paid["intent"]}).data
    assert [charge.status for charge in charges] == ["succeeded", "failed"]


@pytest.mark.parametrize(
    ("answer", "result", "status"),
    [("approve", "paid", "complete"), ("deny", "declined", "open"), ("leave", None, "open")],
)
def test_a_card_that_asks_for_authentication_is_paid_only_if_approved(
    api, simulator, answer, result, status
):
    session = api.checkout.sessions.create(shop.order())

    told = simulator.pay(session.id, card=shop.ASKS_ALWAYS, authentication=answer)

    assert told["result"] == (result or "needs_authentication")
    assert api.checkout.sessions.retrieve(session.id).status == status


def test_an_expired_session_takes_no_money(api, simulator):
    session = api.checkout.sessions.create(shop.order())

    expired = api.checkout.sessions.expire(session.id)
    told = simulator.pay(session.id)

    assert (expired.status, expired.url) == ("expired", None)
    assert told["result"] == "expired"
    assert api.checkout.sessions.retrieve(session.id).payment_intent is None


def test_expiring_cancels_the_payment_that_was_begun(api, simulator):
    session = api.checkout.sessions.create(shop.order())
    intent = simulator.pay(session.id, card=shop.ASKS_ALWAYS, authentication="leave")["intent"]

    api.checkout.sessions.expire(session.id)

    shown = api.payment_intents.retrieve(intent)
    assert (shown.status, shown.cancellation_reason) == ("canceled", "expired")


@pytest.mark.parametrize("end", ["complete", "expired"])
def test_only_an_open_session_can_be_expired(api, simulator, end):
    session = api.checkout.sessions.create(shop.order())
    if end == "complete":
        simulator.pay(session.id)
    else:
        api.checkout.sessions.expire(session.id)

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.checkout.sessions.expire(session.id)

    assert refusal.value.user_message == (
        'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session '
        f"has a status of `{end}`."
    )


def test_paying_twice_changes_nothing_more(api, simulator):
    session = api.checkout.sessions.create(shop.order())
    first = simulator.pay(session.id)

    second = simulator.pay(session.id)

    assert second["result"] == "already_complete"
    assert second["intent"] is None or second["intent"] == first["intent"]
    assert len(api.charges.list({"payment_intent": first["intent"]}).data) == 1


@pytest.mark.parametrize(
    ("seconds", "message"),
    [
        (29 * 60, "must be at least 30 minutes from Checkout Session creation."),
        (24 * 3_600 + 60, "must be less than 24 hours from Checkout Session creation."),
    ],
)
def test_a_session_may_last_from_thirty_minutes_to_a_day(api, simulator, seconds, message):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.checkout.sessions.create(shop.order(expires_at=simulator.now() + seconds))

    assert message in refusal.value.user_message
    assert refusal.value.param == "expires_at"


@pytest.mark.parametrize(
    ("changes", "param", "code"),
    [
        ({"mode": "subscription"}, "mode", None),
        ({"success_url": "shop.example/paid"}, "success_url", "url_invalid"),
        ({"success_url": "https://shop.example/\npaid"}, "success_url", "url_invalid"),
        ({"line_items": []}, "line_items", "parameter_missing"),
        ({"nonsense": "1"}, "nonsense", "parameter_unknown"),
        ({"metadata": {"k" * 41: "v"}}, f"metadata[{'k' * 41}]", None),
        ({"customer": "cus_none", "customer_email": None}, "customer", "resource_missing"),
        ({"setup_intent_data": {"description": "x"}}, "setup_intent_data", None),
        (
            {"line_items": [{"price_data": {"currency": "eur", "unit_amount": 1}}]},
            "line_items[0][price_data][product_data]",
            "parameter_missing",
        ),
        (
            {"line_items": [shop.item("a", 900), shop.item("b", 900, currency="gbp")]},
            "currency",
            None,
        ),
        ({"line_items": [shop.item("Button", 49)]}, None, "amount_too_small"),
        (
            {"line_items": [{**shop.item("Coat", 900), "quantity": "two"}]},
            "line_items[0][quantity]",
            "parameter_invalid_integer",
        ),
    ],
)
def test_what_stripe_would_refuse_is_refused(api, simulator, changes, param, code):
    asked = {name: value for name, value in shop.order(**changes).items() if value is not None}
    before = len(simulator.objects("checkout.session"))

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.checkout.sessions.create(asked)

    assert refusal.value.param == param
    assert refusal.value.code == code
    assert len(simulator.objects("checkout.session")) == before


def test_shipping_is_added_and_the_chosen_option_counts(api, simulator):
    rates = [
        {
            "shipping_rate_data": {
                "display_name": name,
                "type": "fixed_amount",
                "fixed_amount": {"amount": amount, "currency": "eur"},
            }
        }
        for name, amount in (("Standard", 500), ("Express", 1_500))
    ]
    session = api.checkout.sessions.create(shop.order(shipping_options=rates))
    express = session.shipping_options[1].shipping_rate

    simulator.pay(session.id, shipping=express)

    paid = api.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert session.amount_total == 10_300
    assert paid.amount_total == 11_300
    assert paid.shipping_cost.amount_total == 1_500
    assert paid.payment_intent.amount == 11_300


def test_a_manual_capture_is_authorised_first_and_paid_when_captured(api, simulator):
    data = {"capture_method": "manual", "metadata": {"order": "1"}}
    session = api.checkout.sessions.create(shop.order(payment_intent_data=data))
    intent = simulator.pay(session.id)["intent"]
    before = api.checkout.sessions.retrieve(session.id)

    captured = api.payment_intents.capture(intent, {"amount_to_capture": 9_000})

    after = api.checkout.sessions.retrieve(session.id)
    assert (before.status, before.payment_status) == ("complete", "unpaid")
    assert (captured.status, captured.amount_received) == ("succeeded", 9_000)
    assert after.payment_status == "paid"


def test_a_card_saved_by_a_session_pays_later_without_its_holder(api, simulator):
    customer = api.customers.create({"email": "camille@example.com"})
    session = api.checkout.sessions.create(
        {
            "mode": "setup",
            "currency": "eur",
            "customer": customer.id,
            "success_url": shop.SUCCESS_URL,
        }
    )
    simulator.pay(session.id, card=shop.ASKS_UNLESS_SET_UP)

    shown = api.checkout.sessions.retrieve(session.id, {"expand": ["setup_intent"]})
    kept = shown.setup_intent.payment_method
    later = api.payment_intents.create(
        shop.charge(card=kept, customer=customer.id, off_session=True)
    )

    assert (shown.status, shown.payment_status) == ("complete", "no_payment_required")
    assert shown.setup_intent.status == "succeeded"
    assert api.payment_methods.retrieve(kept).customer == customer.id
    assert later.status == "succeeded"


def test_sessions_are_found_by_payment_status_and_time(api, simulator):
    paid = api.checkout.sessions.create(shop.order())
    intent = simulator.pay(paid.id)["intent"]
    waiting = api.checkout.sessions.create(shop.order())

    by_payment = api.checkout.sessions.list({"payment_intent": intent}).data
    complete = api.checkout.sessions.list({"status": "complete", "limit": 100}).data
    later = {"created": {"gte": waiting.created + 100}}

    assert [session.id for session in by_payment] == [paid.id]
    assert paid.id in {session.id for session in complete}
    assert waiting.id not in {session.id for session in complete}
    assert api.checkout.sessions.list(later).data == []


def test_metadata_is_merged_and_cleared_as_stripe_does(api):
    session = api.checkout.sessions.create(shop.order(metadata={"a": "1", "b": "2"}))

    merged = api.checkout.sessions.update(session.id, {"metadata": {"a": "", "c": "3"}})
    cleared = api.checkout.sessions.update(session.id, {"metadata": ""})

    assert merged.metadata.to_dict() == {"b": "2", "c": "3"}
    assert cleared.metadata.to_dict() == {}


def test_time_alone_expires_a_session_and_says_so(tmp_path):
    with Simulator.started(tmp_path, limits=False) as simulator:
        api = shop.client(simulator.url).v1
        session = api.checkout.sessions.create(shop.order(expires_at=simulator.now() + 1_801))

        simulator.advance(1_802)

        events = api.events.list({"type": "checkout.session.expired"}).data
        assert api.checkout.sessions.retrieve(session.id).status == "expired"
        assert [event.data.object.id for event in events] == [session.id]
        assert events[0].request.id is None


def test_line_items_come_in_pages(api):
    items = [shop.item(f"Style {number}", 1_000 + number) for number in range(12)]
    session = api.checkout.sessions.create(shop.order(line_items=items))

    everything = list(
        api.checkout.sessions.line_items.list(session.id, {"limit": 5}).auto_paging_iter()
    )

    assert [line.amount_total for line in everything] == [1_000 + n for n in range(12)]
