"""Refunds never exceed what was captured, and the balance tells of each."""

import hypothesis.strategies as st
import pytest
import stripe
from hypothesis import HealthCheck, given, settings

from marketplace.local.stripe import balance
from tests.local.stripe import shop


def test_a_refund_without_an_amount_gives_everything_back(api):
    intent = api.payment_intents.create(shop.charge())

    refund = api.refunds.create({"payment_intent": intent.id, "metadata": {"why": "return"}})

    charge = api.charges.retrieve(intent.latest_charge, {"expand": ["refunds"]})
    assert (refund.status, refund.amount) == ("succeeded", 9_800)
    assert (charge.refunded, charge.amount_refunded) == (True, 9_800)
    assert [each.id for each in charge.refunds.data] == [refund.id]


def test_too_large_a_refund_is_refused_in_stripes_words_and_leaves_nothing(api):
    intent = api.payment_intents.create(shop.charge())
    api.refunds.create({"payment_intent": intent.id, "amount": 8_000})

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.refunds.create({"payment_intent": intent.id, "amount": 1_801})

    assert refusal.value.user_message == (
        "Refund amount (€18.01) is greater than unrefunded amount on charge (€18.00)"
    )
    assert refusal.value.param == "amount"
    assert [each.amount for each in api.refunds.list({"payment_intent": intent.id})] == [8_000]


def test_what_is_refunded_in_full_is_refunded_once(api):
    intent = api.payment_intents.create(shop.charge())
    api.refunds.create({"charge": intent.latest_charge})

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.refunds.create({"charge": intent.latest_charge})

    assert refusal.value.code == "charge_already_refunded"
    assert len(api.refunds.list({"charge": intent.latest_charge}).data) == 1


def test_nothing_is_refunded_of_a_payment_that_was_not_made(api):
    held = api.payment_intents.create(shop.charge(capture_method="manual"))
    waiting = api.payment_intents.create({"amount": 900, "currency": "eur"})

    for asked in ({"payment_intent": held.id}, {"payment_intent": waiting.id}, {}):
        with pytest.raises(stripe.InvalidRequestError):
            api.refunds.create(asked)

    assert api.refunds.list({"payment_intent": held.id}).data == []


def test_metadata_on_a_refund_is_changed_and_told(api):
    intent = api.payment_intents.create(shop.charge())
    refund = api.refunds.create({"payment_intent": intent.id})

    changed = api.refunds.update(refund.id, {"metadata": {"case": "12"}})

    newest = api.events.list({"type": "refund.updated", "limit": 1}).data[0]
    assert changed.metadata.to_dict() == {"case": "12"}
    assert newest.data.object.metadata.to_dict() == {"case": "12"}


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(asked=st.lists(st.integers(1, 6_000), max_size=6))
def test_any_row_of_refunds_ends_within_what_was_paid(api, asked):
    intent = api.payment_intents.create(shop.charge(5_000))
    left = 5_000

    for amount in asked:
        if amount <= left:
            api.refunds.create({"payment_intent": intent.id, "amount": amount})
            left -= amount
        else:
            with pytest.raises(stripe.InvalidRequestError):
                api.refunds.create({"payment_intent": intent.id, "amount": amount})

    charge = api.charges.retrieve(intent.latest_charge)
    refunds = api.refunds.list({"payment_intent": intent.id, "limit": 100}).data
    assert charge.amount_refunded == 5_000 - left == sum(each.amount for each in refunds)
    assert charge.refunded == (left == 0)


def test_the_balance_holds_each_payment_less_its_fee_and_each_refund(api):
    intent = api.payment_intents.create(shop.charge(20_000))
    refund = api.refunds.create({"payment_intent": intent.id, "amount": 5_000})

    (came,) = api.balance_transactions.list({"source": intent.latest_charge}).data
    (went,) = api.balance_transactions.list({"source": refund.id}).data

    assert (came.type, came.amount, came.fee, came.net) == ("charge", 20_000, 325, 19_675)
    assert [(each.type, each.amount) for each in came.fee_details] == [("stripe_fee", 325)]
    assert (came.status, came.available_on - came.created) == ("pending", 7 * 24 * 3_600)
    assert (went.type, went.amount, went.fee, went.net) == ("refund", -5_000, 0, -5_000)
    shown = api.balance_transactions.retrieve(came.id, {"expand": ["source"]})
    assert shown.source.id == intent.latest_charge


def test_the_balance_is_the_sum_of_its_transactions(own_api, own):
    intent = own_api.payment_intents.create(shop.charge(20_000, currency="chf"))
    own_api.refunds.create({"payment_intent": intent.id, "amount": 5_000})
    before = francs(own_api.balance.retrieve())

    own.advance(7 * 24 * 3_600)

    assert before == (-5_000, 19_675)
    assert francs(own_api.balance.retrieve()) == (14_675, 0)


def francs(balance):
    sums = [
        next(each.amount for each in part if each.currency == "chf")
        for part in (balance.available, balance.pending)
    ]
    return tuple(sums)


@pytest.mark.parametrize(
    ("amount", "fee"), [(50, 26), (100, 27), (9_800, 172), (9_833, 172), (9_834, 173), (1, 1)]
)
def test_the_fee_is_a_share_rounded_half_up_and_a_fixed_part(amount, fee):
    assert balance.fee(amount) == fee
