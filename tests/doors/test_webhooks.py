"""The payment service at its door: what is not its own is refused and never breaks anything; order does not matter."""

from __future__ import annotations

import json
import random
from functools import partial

import pytest

from marketplace.domain.doors import Realm
from marketplace.services import payments
from tests import scenes
from tests.scenes import opened, stripe_event

GOOD = stripe_event(1, "checkout.session.completed", {"id": "cs_1"})
SECRET = "whsec_house"  # of the settings that every test has
signed = partial(scenes.signed, secret=SECRET)
NOT_UTF_8 = b'{"id": "evt_\xff\xfe", "object": "event"}'


@pytest.fixture
def told(client_at):
    """Tell the house something, as the payment service does; the status of its answer."""
    stripe = client_at(Realm.MEMBER)

    def post(body, signature, **headers):
        return stripe.post(
            "/webhooks/stripe",
            data=body,
            token=False,
            headers={"Sec-Fetch-Site": "cross-site", "Stripe-Signature": signature, **headers},
            content_type="application/json",
        ).status_code

    return post


@pytest.mark.parametrize(
    ("body", "sign"),
    [
        pytest.param(GOOD, lambda _: "", id="no signature"),
        pytest.param(GOOD, lambda _: "t=1,v1=00", id="forged"),
        pytest.param(GOOD, lambda _: "t=,v1=", id="empty words"),
        pytest.param(GOOD, lambda _: "t=99999999999999999999,v1=00", id="no such moment"),
        pytest.param(GOOD, lambda body: signed(body) + ",t=1", id="two stamps"),
        pytest.param(
            GOOD, lambda body: scenes.signed(body, secret="whsec_other"), id="another secret"
        ),
        pytest.param(GOOD, lambda body: signed(body, at=-301), id="stale"),
        pytest.param(GOOD, lambda body: signed(body, at=-86_400), id="of yesterday"),
        pytest.param(GOOD, lambda body: signed(body, at=302), id="future"),
        pytest.param(GOOD, lambda body: signed(body, at=86_400), id="of tomorrow"),
        pytest.param(GOOD, lambda _: "t=1,v1=\u00e9\u00ff", id="a signature beyond ASCII"),
        pytest.param(GOOD + b" ", lambda _: signed(GOOD), id="another body"),
        pytest.param(NOT_UTF_8, lambda _: "t=1,v1=00", id="not UTF-8, forged"),
        pytest.param(NOT_UTF_8, signed, id="not UTF-8, signed"),
        pytest.param(b"\xff" * 1_000, signed, id="noise, signed"),
        pytest.param(b"", signed, id="nothing, signed"),
        pytest.param(b"{", signed, id="half of it, signed"),
        pytest.param(b"null", signed, id="null, signed"),
        pytest.param(b"[]", signed, id="a list, signed"),
        pytest.param(b"7", signed, id="a number, signed"),
        pytest.param(b"[" * 60_000, signed, id="a deep one, signed"),
        pytest.param(b'{"object": "event"}', signed, id="no id, signed"),
        pytest.param(b'{"id": "evt_1", "object": "event"}', signed, id="no kind, signed"),
        pytest.param(
            GOOD.replace(b"cs_1", b"cs_\\u0000"), signed, id="what no table keeps, signed"
        ),
        pytest.param(GOOD.replace(b"evt_1", b"e" * 10_000), signed, id="a long id, signed"),
        pytest.param(
            GOOD.replace(b'"object": {', b'"other": {'), signed, id="about nothing, signed"
        ),
        pytest.param(GOOD[:-1] + b', "livemode": 0}', signed, id="no mode, signed"),
        pytest.param(
            json.dumps({**json.loads(GOOD), "livemode": True}).encode(), signed, id="the other mode"
        ),
        pytest.param(
            json.dumps({**json.loads(GOOD), "pad": "x" * 300_000}).encode(), signed, id="too large"
        ),
    ],
)
def test_what_is_not_the_payment_services_is_refused_and_breaks_nothing(body, sign, told, database):
    status = told(body, sign(body))

    assert 400 <= status < 500
    assert database.value("SELECT count(*) FROM inbox") == 0


def test_a_body_that_is_too_large_is_refused_before_its_signature_is_looked_at(told):
    assert told(b"x" * (256 * 1024 + 1), "") == 413


@pytest.mark.parametrize("seed", range(4))
def test_messages_through_the_door_in_any_order_end_in_one_paid_order(
    seed, told, database, paying, simulator
):
    with database.session() as session:
        bag = scenes.bag_of(session)
    _placed, ref = opened(paying, bag)
    simulator.pay(ref)
    known = {ref} | {
        each["id"]
        for each in simulator.objects("payment_intent")[-1:] + simulator.objects("charge")[-1:]
    }
    bodies = [
        json.dumps(each).encode()
        for each in simulator.objects("event")
        if each["data"]["object"]["id"] in known
    ]
    dice = random.Random(seed)  # noqa: S311
    posted = [each for each in bodies for _ in range(dice.randint(1, 10))]
    dice.shuffle(posted)

    for each in posted:
        assert told(each, signed(each, at=dice.randint(-290, 290))) == 200
        if dice.random() < 0.5:
            _carry_out(database, paying, dice)
    _carry_out(database, paying, dice)

    assert len(bodies) > 2
    assert database.rows("SELECT state FROM orders") == [("paid",)]
    assert database.value("SELECT count(*) FROM inbox") == len(bodies)
    assert database.value("SELECT count(*) FROM events WHERE name = 'order.paid'") == 1
    assert database.value("SELECT count(*) FROM letters WHERE kind = 'order_paid'") == 1
    assert database.value("SELECT count(*) FROM refunds") == 0


def _carry_out(database, tools, dice) -> None:
    numbers = [number for (number,) in database.rows("SELECT id FROM inbox")]
    dice.shuffle(numbers)
    for number in numbers:
        payments.handle(tools, message_id=number)
