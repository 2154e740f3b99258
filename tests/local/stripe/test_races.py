"""Rivals at the same moment: exactly one wins, and the books agree with what each was told."""

from functools import partial
from urllib.parse import urlencode

import stripe
from stripe._encode import _api_encode

from marketplace.local.stripe import checkout, forms, sessions
from marketplace.local.stripe.call import Call
from marketplace.local.stripe.dressing import Dresser
from marketplace.local.stripe.events import Announcer
from marketplace.local.stripe.faults import WebhookFaults
from marketplace.local.stripe.store import Store
from tests.local.stripe import shop

ROUNDS = 25


def test_of_a_payment_and_an_expiry_exactly_one_wins(api, simulator):
    for turn in range(ROUNDS):
        session = api.checkout.sessions.create(shop.order()).id
        pay = partial(simulator.pay, session)
        expire = partial(api.checkout.sessions.expire, session)

        if turn % 2:
            paid, expired = shop.together(pay, expire)
        else:
            expired, paid = shop.together(expire, pay)

        shown = api.checkout.sessions.retrieve(session, {"expand": ["payment_intent"]})
        if shown.status == "complete":
            assert paid["result"] == "paid"
            assert isinstance(expired, stripe.InvalidRequestError)
            assert shown.payment_intent.amount_received == 9_800
        else:
            assert paid["result"] == "expired"
            assert expired.status == "expired"
            assert shown.payment_intent is None


def test_the_race_is_real_if_each_rival_looks_in_one_transaction_and_acts_in_another(tmp_path):
    """The counter-test: with look and deed apart, both win."""
    store = Store(tmp_path)
    announcer = Announcer(Dresser("http://x"), WebhookFaults(store), environment=False)
    asked = sessions.CREATE(as_sent(shop.order()), "")
    with store.transaction() as books:
        name = sessions.create(Call(books, announcer, "", asked))["id"]
        seen_by_buyer = books.get("checkout.session", name)
        seen_by_shop = books.get("checkout.session", name)

    with store.transaction() as books:
        entry = checkout.Entry(shop.SUCCEEDS, 12, 34, "123")
        paid = checkout.pay(Call(books, announcer, ""), seen_by_buyer, entry)
    with store.transaction() as books:
        expired = sessions.expired(Call(books, announcer, ""), seen_by_shop)
        charges = books.matching("charge", "status", "succeeded")
    store.close()

    assert paid == checkout.Result.PAID
    assert expired["status"] == "expired"
    assert len(charges) == 1


def as_sent(asked):
    return forms.decode(urlencode(list(_api_encode(asked))).encode())


def test_ten_buyers_of_one_session_pay_once(api, simulator):
    session = api.checkout.sessions.create(shop.order()).id

    results = shop.together(*[lambda: simulator.pay(session)] * 10)

    assert sorted(each["result"] for each in results) == ["already_complete"] * 9 + ["paid"]
    intent = api.checkout.sessions.retrieve(session).payment_intent
    assert len(api.charges.list({"payment_intent": intent}).data) == 1


def test_refunds_at_the_same_moment_do_not_exceed_the_payment(api):
    intent = api.payment_intents.create(shop.charge(10_000)).id

    results = shop.together(
        *[lambda: api.refunds.create({"payment_intent": intent, "amount": 3_000})] * 8
    )

    made = [each for each in results if isinstance(each, stripe.Refund)]
    refused = [each for each in results if isinstance(each, stripe.InvalidRequestError)]
    assert (len(made), len(refused)) == (3, 5)


def test_captures_at_the_same_moment_take_the_money_once(api):
    intent = api.payment_intents.create(shop.charge(capture_method="manual"))

    results = shop.together(*[lambda: api.payment_intents.capture(intent.id)] * 6)

    taken = [each for each in results if isinstance(each, stripe.PaymentIntent)]
    assert len(taken) == 1
    source = {"source": intent.latest_charge}
    assert [each.amount for each in api.balance_transactions.list(source).data] == [9_800]
