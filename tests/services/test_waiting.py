"""Waiting in our own gate: nobody loses a piece there or passes anybody, and nothing depends on who stays alive."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from marketplace.bootstrap import wall_clock
from marketplace.domain import pacing
from marketplace.domain.orders import PaymentTrouble
from marketplace.domain.pacing import Urgency
from marketplace.gateways.pace import Pace
from marketplace.gateways.payments import StripePayments
from marketplace.local.stripe.driver import API_KEY, WEBHOOK_SECRET, Simulator
from marketplace.queries import turns
from marketplace.services import orders, payments
from marketplace.toolbox import GatewayTrouble
from tests import factories
from tests.scenes import Bag, bag_of, settled

BUYERS = 150
EARLY = 10
FILL = """
INSERT INTO call_tokens (endpoint, number, back_at)
SELECT e, n, clock_timestamp() + interval '1 hour' FROM unnest(ARRAY['sessions.create']) e, generate_series(1, 25) n
ON CONFLICT (endpoint, number) DO UPDATE SET back_at = excluded.back_at
"""
EMPTY = "UPDATE call_tokens SET back_at = '-infinity'"


@pytest.fixture
def strict(tmp_path):
    """A Stripe that refuses what comes too fast."""
    with Simulator.started(tmp_path / "strict", limits=True) as running:
        yield running


def at(tools, simulator, *, patience_ms: int, urgency: Urgency):
    gateway = StripePayments(
        API_KEY,
        base=simulator.url,
        secrets=(WEBHOOK_SECRET,),
        now=wall_clock,
        turn=Pace(tools.vault, patience_ms=patience_ms).turn,
        urgency=urgency,
    )
    return replace(tools, payments=gateway)


@pytest.fixture
def door(tools, simulator):
    """What a web thread has: it waits for nothing."""
    return at(tools, simulator, patience_ms=0, urgency=Urgency.PERSON)


@pytest.fixture
def bag(database) -> Bag:
    with database.session() as session:
        return bag_of(session)


@pytest.fixture
def full(database):
    """A gate through which nobody comes for the moment."""
    database.run(FILL)


def pressed(tools, bag):
    placed = orders.place(tools, member_id=bag.member_id, address_id=bag.address_id)
    return placed, payments.open_checkout(tools, payment_id=placed.payment_id)


def test_a_free_gate_opens_the_pay_page_in_the_request(door, bag):
    _, opened = pressed(door, bag)

    assert (opened.waits, opened.url != "") == (False, True)


def test_a_full_gate_takes_the_order_and_calls_nobody(door, database, simulator, bag, full):
    before = len(simulator.requests())

    placed, opened = pressed(door, bag)

    assert opened.waits
    assert len(simulator.requests()) == before
    assert database.rows("SELECT state, called_at, taken_until FROM payments") == [
        ("prepared", None, None)
    ]
    found = turns.of(door, member_id=bag.member_id, ref=placed.ref)
    assert (found.place, found.wait, found.url) == (1, timedelta(seconds=1), None)


def test_those_in_line_are_let_through_in_their_order_and_nobody_passes_them(
    door, database, paying, full
):
    with database.session() as session:
        bags = [bag_of(session) for _ in range(30)]
    placed = [pressed(door, bag)[0] for bag in bags]
    assert turns.of(door, member_id=bags[29].member_id, ref=placed[29].ref).place == 30
    assert turns.of(door, member_id=bags[29].member_id, ref=placed[29].ref).wait.seconds == 2
    database.run(EMPTY)
    with database.session() as session:
        late = bag_of(session)

    assert pressed(door, late)[1].waits, "somebody passed those in line"
    assert payments.open_waiting(paying) == 31

    first = database.value(
        "SELECT max(order_id) FROM (SELECT order_id FROM payments WHERE state = 'opened'"
        " ORDER BY called_at LIMIT 24) f"
    )
    assert first == placed[23].order_id
    assert turns.of(
        door,
        member_id=late.member_id,
        ref=database.value("SELECT ref FROM orders ORDER BY id DESC LIMIT 1"),
    ).url


def test_holds_live_while_their_owner_waits_and_have_time_to_pay_afterwards(
    door, database, paying, bag, full, clock
):
    placed, _ = pressed(door, bag)

    for _ in range(13):
        clock.turn(minutes=1)
        payments.keep_holds(paying)
    orders.lapse_unpaid(paying)
    database.run(EMPTY)
    assert payments.open_waiting(paying) == 1

    assert database.rows(
        "SELECT state, expires_at - house_now() BETWEEN interval '4 minutes 50 seconds' AND interval '5 minutes'"
        " FROM holds"
    ) == [("held", True)]
    assert database.value("SELECT o.pay_by = h.expires_at FROM orders o, holds h")
    assert database.value("SELECT attempt FROM payments") == 1, (
        "the session is as long as Stripe asks"
    )
    assert turns.of(door, member_id=bag.member_id, ref=placed.ref).url


def test_a_wait_without_end_keeps_a_hold_for_three_quarters_of_an_hour_and_no_longer(
    door, database, paying, bag, full, clock
):
    pressed(door, bag)

    for _ in range(50):
        clock.turn(minutes=1)
        payments.keep_holds(paying)
    orders.lapse_unpaid(paying)

    assert database.value("SELECT expires_at - created_at FROM holds") == pacing.HOLD_MAX
    assert database.value("SELECT state FROM orders") == "lapsed"


def test_a_hold_that_lapsed_is_not_brought_back_by_waiting(door, database, paying, full, clock):
    with database.session() as session:
        bag = bag_of(session, stock=1)
    pressed(door, bag)
    clock.turn(minutes=11)
    with database.session() as session:
        factories.hold(session, by=factories.member(session), on=bag.item)

    assert payments.keep_holds(paying) == 0
    database.run(EMPTY)
    payments.open_waiting(paying)

    assert database.rows("SELECT state FROM holds ORDER BY id") == [("expired",), ("held",)]
    assert database.rows("SELECT available, held FROM sale_items") == [(0, 1)]


def test_without_the_look_at_the_shelf_a_lapsed_hold_would_come_back(database, door, full, clock):
    """The counter-test: an extension that only writes oversells, and the invariants see it."""
    with database.session() as session:
        bag = bag_of(session, stock=1)
    placed, _ = pressed(door, bag)
    clock.turn(minutes=11)
    with database.session() as session:
        factories.hold(session, by=factories.member(session), on=bag.item)
    careless = text(
        "UPDATE holds SET state = 'held', expires_at = house_now() + interval '5 minutes', cap_at = house_now() +"
        " interval '5 minutes', ended_at = NULL WHERE id IN (SELECT hold_id FROM order_lines WHERE order_id = :order)"
    )
    with database.owner.connect() as connection:
        connection.execute(careless, {"order": placed.order_id})
        held = "SELECT i.units, (SELECT sum(h.units) FROM holds h WHERE h.state = 'held') FROM sale_items i"
        assert connection.execute(text(held)).one() == (1, 2)
        connection.rollback()


def test_whoever_dies_between_placing_and_opening_loses_nothing(database, paying, bag, clock):
    placed = orders.place(paying, member_id=bag.member_id, address_id=bag.address_id)
    assert payments.open_waiting(paying) == 0, "whoever placed it is still at it"
    clock.turn(seconds=11)

    assert payments.open_waiting(paying) == 1

    assert database.rows("SELECT order_id, state FROM payments") == [(placed.order_id, "opened")]


def test_whoever_dies_during_the_call_is_followed_under_the_same_key(
    database, door, paying, bag, simulator, clock, monkeypatch
):
    class Killed(BaseException):
        """The process ends here."""

    asked = door.payments.open_checkout

    def made_and_killed(what):
        asked(what)
        raise Killed

    monkeypatch.setattr(door.payments, "open_checkout", made_and_killed)
    placed = orders.place(door, member_id=bag.member_id, address_id=bag.address_id)
    with pytest.raises(Killed):
        payments.open_checkout(door, payment_id=placed.payment_id)
    assert payments.open_waiting(paying) == 0
    clock.turn(seconds=31)

    assert payments.open_waiting(paying) == 1

    ours = [
        each["id"]
        for each in simulator.objects("checkout.session")
        if each["client_reference_id"] == placed.ref
    ]
    assert database.rows("SELECT session_ref, attempt FROM payments") == [(ours[0], 1)]
    assert len(ours) == 1


def test_two_workers_open_each_checkout_once(database, door, paying, simulator, full):
    with database.session() as session:
        bags = [bag_of(session) for _ in range(20)]
    placed = {pressed(door, bag)[0].ref for bag in bags}
    database.run(EMPTY)

    with ThreadPoolExecutor(2) as pool:
        opened = sum(pool.map(lambda _: payments.open_waiting(paying), range(2)))

    ours = [
        each
        for each in simulator.objects("checkout.session")
        if each["client_reference_id"] in placed
    ]
    assert (opened, len(ours)) == (20, 20)


def test_what_stripe_does_not_answer_leaves_the_line_and_is_asked_for_by_its_member(
    database, door, bag, monkeypatch
):
    def nobody(_asked):
        raise GatewayTrouble("nobody there")

    monkeypatch.setattr(door.payments, "open_checkout", nobody)
    with pytest.raises(PaymentTrouble):
        pressed(door, bag)

    assert database.rows("SELECT state, queued_at, taken_until FROM payments") == [
        ("prepared", None, None)
    ]


def test_a_crowd_pays_through_a_stripe_that_counts_and_is_refused_nowhere(database, tools, strict):
    with database.session() as session:
        bags = [bag_of(session) for _ in range(BUYERS)]
    door = at(tools, strict, patience_ms=0, urgency=Urgency.PERSON)
    staff = at(tools, strict, patience_ms=8_000, urgency=Urgency.BACKGROUND)
    database.run(FILL)
    early = [pressed(door, bag) for bag in bags[:EARLY]]
    database.run(EMPTY)

    with ThreadPoolExecutor(24) as pool:
        pressing = [pool.submit(pressed, door, bag) for bag in bags[EARLY:]]
        while not all(each.done() for each in pressing):
            payments.open_waiting(staff)
        while payments.open_waiting(staff):
            pass
        waits = [one.waits for _, one in (*early, *(each.result() for each in pressing))]
    for ref in database.rows("SELECT session_ref FROM payments"):
        strict.pay(*ref)
    strict.limits(on=False)
    for ref in database.rows("SELECT session_ref FROM payments"):
        settled(tools_of(tools, strict), *ref)

    refused = [each for each in strict.requests() if each["status"] == 429]
    charged = [each["status"] for each in strict.objects("payment_intent")]
    assert refused == []
    assert len(waits) == BUYERS
    assert all(waits[:EARLY])
    assert charged == ["succeeded"] * BUYERS
    assert database.rows("SELECT state, count(*) FROM holds GROUP BY 1") == [("sold", BUYERS)]
    assert database.rows("SELECT state, count(*) FROM orders GROUP BY 1") == [("paid", BUYERS)]


def tools_of(tools, simulator):
    """Tools that reach ``simulator`` once it counts no more."""
    return at(tools, simulator, patience_ms=8_000, urgency=Urgency.PERSON)
