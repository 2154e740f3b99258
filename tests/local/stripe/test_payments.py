"""Payment intents, charges, balance transactions and saved cards through the official library."""

import pytest
import stripe

from tests.local.stripe import shop


def test_an_intent_confirmed_at_once_is_charged(api):
    intent = api.payment_intents.create(shop.charge(metadata={"order": "7"}))

    charge = api.charges.retrieve(intent.latest_charge)
    assert (intent.status, intent.amount_received) == ("succeeded", 9_800)
    assert (charge.paid, charge.captured, charge.amount) == (True, True, 9_800)
    assert charge.metadata.to_dict() == {"order": "7"}
    assert charge.payment_method_details.card.last4 == "4242"


@pytest.mark.parametrize(
    ("more", "printed"),
    [({}, "AUBAINE"), ({"statement_descriptor_suffix": "VERRIER"}, "AUBAINE* VERRIER")],
)
def test_a_statement_says_the_accounts_name_and_what_the_payment_adds(api, more, printed):
    intent = api.payment_intents.create(shop.charge(**more))

    charge = api.charges.retrieve(intent.latest_charge)
    assert charge.calculated_statement_descriptor == printed


def test_an_intent_goes_from_no_card_to_confirmed(api):
    intent = api.payment_intents.create(
        {"amount": 2_000, "currency": "EUR", "payment_method_types": ["card"]}
    )
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.payment_intents.confirm(intent.id)

    confirmed = api.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})

    assert (intent.status, intent.currency) == ("requires_payment_method", "eur")
    assert refusal.value.code == "payment_intent_unexpected_state"
    assert confirmed.status == "succeeded"


@pytest.mark.parametrize(
    ("card", "code", "decline"),
    [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc"),
        ("pm_card_chargeDeclinedProcessingError", "processing_error", "processing_error"),
        ("pm_card_chargeCustomerFail", "card_declined", "generic_decline"),
    ],
)
def test_a_declined_card_leaves_a_failed_charge_and_an_intent_that_waits(api, card, code, decline):
    with pytest.raises(stripe.CardError) as refusal:
        api.payment_intents.create(shop.charge(card=card))

    error = refusal.value.error
    intent = api.payment_intents.retrieve(error.payment_intent.id)
    assert refusal.value.http_status == 402
    assert (error.code, error.decline_code) == (code, decline)
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error.code == code
    charge = api.charges.retrieve(error.charge)
    assert (charge.status, charge.failure_code, charge.paid) == ("failed", code, False)
    assert charge.balance_transaction is None


def test_an_intent_that_asks_for_authentication_waits_for_the_answer(api, simulator):
    intent = api.payment_intents.create(
        shop.charge(card="pm_card_threeDSecure2Required", return_url="https://shop.example/back")
    )
    url = intent.next_action.redirect_to_url.url

    answer = shop.browse(url, {"answer": "approve"})

    assert intent.status == "requires_action"
    assert answer.status == 303
    assert answer.headers["location"].startswith("https://shop.example/back?payment_intent=pi_")
    assert answer.headers["location"].endswith("redirect_status=succeeded")
    assert api.payment_intents.retrieve(intent.id).status == "succeeded"


def test_denied_authentication_is_a_failed_payment(api):
    intent = api.payment_intents.create(
        shop.charge(card="pm_card_threeDSecure2Required", return_url="https://shop.example/back")
    )

    shop.browse(intent.next_action.redirect_to_url.url, {"answer": "deny"})

    shown = api.payment_intents.retrieve(intent.id)
    assert shown.status == "requires_payment_method"
    assert shown.last_payment_error.code == "payment_intent_authentication_failure"
    assert shown.latest_charge is None


def test_off_session_an_authentication_that_cannot_be_given_is_a_decline(api):
    customer = api.customers.create({"payment_method": "pm_card_authenticationRequired"})
    card = api.customers.payment_methods.list(customer.id).data[0].id

    with pytest.raises(stripe.CardError) as refusal:
        api.payment_intents.create(
            shop.charge(card=card, customer=customer.id, off_session=True, confirm=True)
        )

    assert refusal.value.code == "authentication_required"
    assert refusal.value.error.payment_intent.status == "requires_payment_method"


def test_a_manual_capture_takes_part_and_lets_the_rest_go(api):
    held = api.payment_intents.create(shop.charge(capture_method="manual"))

    taken = api.payment_intents.capture(held.id, {"amount_to_capture": 6_000})

    charge = api.charges.retrieve(held.latest_charge)
    assert (held.status, held.amount_capturable) == ("requires_capture", 9_800)
    assert (taken.status, taken.amount_received, taken.amount_capturable) == ("succeeded", 6_000, 0)
    assert (charge.captured, charge.amount_captured) == (True, 6_000)
    transactions = api.balance_transactions.list({"source": charge.id}).data
    assert [each.amount for each in transactions] == [6_000]


def test_no_more_is_captured_than_was_authorised_and_only_once(api):
    held = api.payment_intents.create(shop.charge(capture_method="manual"))

    with pytest.raises(stripe.InvalidRequestError) as too_much:
        api.payment_intents.capture(held.id, {"amount_to_capture": 9_801})
    api.payment_intents.capture(held.id)
    with pytest.raises(stripe.InvalidRequestError) as again:
        api.payment_intents.capture(held.id)

    assert too_much.value.code == "amount_too_large"
    assert again.value.code == "payment_intent_unexpected_state"
    assert "has a status of succeeded" in again.value.user_message


def test_a_cancelled_intent_takes_no_money(api):
    held = api.payment_intents.create(shop.charge(capture_method="manual"))

    cancelled = api.payment_intents.cancel(held.id, {"cancellation_reason": "abandoned"})

    assert (cancelled.status, cancelled.cancellation_reason) == ("canceled", "abandoned")
    for deed in (api.payment_intents.cancel, api.payment_intents.capture):
        with pytest.raises(stripe.InvalidRequestError):
            deed(held.id)
    assert api.balance_transactions.list({"source": held.latest_charge}).data == []


def test_a_checkout_payment_is_cancelled_by_expiring_its_session(api, simulator):
    session = api.checkout.sessions.create(shop.order())
    intent = simulator.pay(session.id, card=shop.DECLINES)["intent"]

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.payment_intents.cancel(intent)

    assert "expire the Checkout Session instead" in refusal.value.user_message
    assert api.payment_intents.retrieve(intent).status == "requires_payment_method"


def test_a_return_address_is_asked_for_where_redirects_are_possible(api, simulator):
    asked = shop.charge()
    del asked["automatic_payment_methods"]
    before = len(simulator.objects())

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.payment_intents.create(asked)

    assert refusal.value.param == "return_url"
    assert len(simulator.objects()) == before


def test_intents_are_searched_by_metadata(api):
    intent = api.payment_intents.create(shop.charge(metadata={"order": 'O\'Neill "9"'}))
    api.payment_intents.create(shop.charge(metadata={"order": "10"}))

    query = "metadata['order']:'O\\'Neill \"9\"' AND status:'succeeded' AND amount>5000"
    found = api.payment_intents.search({"query": query})
    none = api.payment_intents.search({"query": "metadata['order']:'9' AND status:'canceled'"})

    assert [each.id for each in found.data] == [intent.id]
    assert none.data == []
    with pytest.raises(stripe.InvalidRequestError):
        api.payment_intents.search({"query": "amount>100 OR status:'succeeded'"})


def test_a_setup_intent_saves_a_card_once_its_holder_approves(api):
    customer = api.customers.create({})
    intent = api.setup_intents.create(
        {
            "customer": customer.id,
            "payment_method": "pm_card_authenticationRequiredOnSetup",
            "confirm": True,
            "return_url": "https://shop.example/back",
        }
    )

    shop.browse(intent.next_action.redirect_to_url.url, {"answer": "approve"})

    saved = api.setup_intents.retrieve(intent.id)
    paid = api.payment_intents.create(
        shop.charge(card=saved.payment_method, customer=customer.id, off_session=True)
    )
    assert (intent.status, saved.status) == ("requires_action", "succeeded")
    assert paid.status == "succeeded"


def test_a_card_that_cannot_be_saved_is_declined_at_setup(api):
    customer = api.customers.create({})

    with pytest.raises(stripe.CardError) as refusal:
        api.setup_intents.create(
            {
                "customer": customer.id,
                "payment_method": "pm_card_chargeDeclined",
                "confirm": True,
                "return_url": "https://shop.example/back",
            }
        )

    assert refusal.value.error.setup_intent.status == "requires_payment_method"
    assert api.customers.payment_methods.list(customer.id).data == []


def test_another_customers_card_cannot_be_charged(api):
    owner = api.customers.create({"payment_method": "pm_card_visa"})
    card = api.customers.payment_methods.list(owner.id).data[0].id
    stranger = api.customers.create({})

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.payment_intents.create(shop.charge(card=card, customer=stranger.id))

    assert refusal.value.param == "payment_method"


def test_a_card_is_made_from_its_number_and_nobody_keeps_the_number(api, simulator):
    card = {"number": "4000 0566 5566 5556", "exp_month": 8, "exp_year": 2031, "cvc": "314"}

    method = api.payment_methods.create({"type": "card", "card": card})

    assert (method.card.last4, method.card.exp_year) == ("5556", 2031)
    assert "4000056655665556" not in str(simulator.objects()).replace(" ", "")
    assert "5665 5556" not in str(simulator.requests())


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ({"number": "4242424242424241", "exp_month": 1, "exp_year": 34}, "incorrect_number"),
        ({"number": "4242424242424242", "exp_month": 13, "exp_year": 34}, "invalid_expiry_month"),
        ({"number": "4242424242424242", "exp_month": 1, "exp_year": 20}, "invalid_expiry_year"),
        (
            {"number": "4242424242424242", "exp_month": 1, "exp_year": 34, "cvc": "1"},
            "invalid_cvc",
        ),
    ],
)
def test_what_cannot_be_a_card_is_refused(api, card, code):
    with pytest.raises(stripe.CardError) as refusal:
        api.payment_methods.create({"type": "card", "card": card})

    assert refusal.value.code == code


def test_a_strangers_real_card_is_declined(api):
    card = {"number": "4539148803436467", "exp_month": 1, "exp_year": 34}
    method = api.payment_methods.create({"type": "card", "card": card})

    with pytest.raises(stripe.CardError) as refusal:
        api.payment_intents.create(shop.charge(card=method.id))

    assert refusal.value.error.decline_code == "test_mode_live_card"
