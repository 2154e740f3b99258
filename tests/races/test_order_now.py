"""One press with a saved card, from many tabs, against its own cancelling, and charged by many workers at once."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import replace

import pytest

from marketplace.bootstrap import wall_clock
from marketplace.db.members import Member
from marketplace.domain.cards import PaymentUnderWay
from marketplace.gateways.payments import StripePayments, ungated
from marketplace.local.stripe.driver import API_KEY, WEBHOOK_SECRET
from marketplace.services import orders, payments
from marketplace.services.orders import changing, placing
from tests import card_scenes
from tests.scenes import bag_of

TABS, ROUNDS, WORKERS = 16, 12, 4


@pytest.fixture
def charging(tools, simulator):
    """Impatient connections to a Stripe that counts nothing."""
    gateway = StripePayments(
        API_KEY, base=simulator.url, secrets=(WEBHOOK_SECRET,), now=wall_clock, turn=ungated
    )
    return replace(tools, payments=gateway)


@pytest.fixture
def scene(database, charging, simulator):
    """A new bag whose member has a saved card: the bag, the member's tools, and what they saw."""

    def arranged():
        with database.session() as session:
            bag = bag_of(session)
        card_scenes.saved(charging, simulator, bag)
        hers, seen = card_scenes.hers(charging, bag), card_scenes.seen(charging, bag)

        def press():
            return orders.place_now(
                hers, member_id=bag.member_id, address_id=bag.address_id, seen=seen
            )

        return bag, hers, press

    return arranged


def taken(simulator, *orders_placed) -> int:
    refs = {each.ref for each in orders_placed}
    return sum(
        each["metadata"].get("order_ref") in refs for each in simulator.objects("payment_intent")
    )


def test_sixteen_tabs_make_one_order_and_many_workers_charge_it_once(
    database, course, charging, simulator, scene
):
    _, _, press = scene()

    placed = course.together([press] * TABS)
    course.together([lambda: payments.open_waiting(charging)] * WORKERS)

    assert len({each.ref for each in placed}) == 1
    assert taken(simulator, placed[0]) == 1
    assert database.rows("SELECT state FROM orders") == [("paid",)]


def test_without_the_members_row_locked_two_tabs_meet_at_the_pieces_and_without_both_make_two(
    database, course, scene, monkeypatch
):
    _, _, press = scene()
    both_have_looked = threading.Barrier(2)
    look, lock = placing._ordered_before, placing.locks.one

    def looked(session, member_id, fingerprint):
        found = look(session, member_id, fingerprint)
        both_have_looked.wait(timeout=5)
        return found

    def unlocked(session, table, row_id, *where):
        return (
            session.get(table, row_id) if table is Member else lock(session, table, row_id, *where)
        )

    monkeypatch.setattr(placing, "_ordered_before", looked)
    monkeypatch.setattr(placing.locks, "one", unlocked)
    course.rewrite("order_holds(bigint, interval)", (" AND h.ordered_at IS NULL", ""))

    refs = {each.ref for each in course.together([press] * 2)}

    assert len(refs) == 2
    assert database.value("SELECT count(*) FROM payments WHERE card_id IS NOT NULL") == 2


def outcome(database, placed) -> str:
    return database.value("SELECT state FROM orders WHERE id = :order", order=placed.order_id)


def cancelling(hers, bag, placed):
    def deed():
        with suppress(PaymentUnderWay):
            orders.cancel(hers, order_id=placed.order_id, member_id=bag.member_id)

    return deed


def test_cancelled_against_charged_it_is_one_of_the_two(
    database, course, charging, simulator, scene
):
    for _ in range(ROUNDS):
        bag, hers, press = scene()
        placed = press()

        course.together([cancelling(hers, bag, placed), lambda: payments.open_waiting(charging)])

        charged = taken(simulator, placed)
        back = database.value(
            "SELECT count(*) FROM refunds WHERE order_id = :order", order=placed.order_id
        )
        assert (outcome(database, placed), charged, back) in {
            ("cancelled", 0, 0),
            ("paid", 1, 0),
            ("cancelled", 1, 1),  # cancelled in the instant after it was paid
        }


def test_without_the_look_at_the_bank_a_cancelled_order_is_charged_all_the_same(
    database, course, charging, simulator, scene, monkeypatch
):
    bag, hers, press = scene()
    placed = press()
    at_the_bank, cancelled = threading.Event(), threading.Event()
    collect = StripePayments.collect

    def slowly(self, asked):
        at_the_bank.set()
        cancelled.wait(timeout=10)
        return collect(self, asked)

    def cancel_at_last():
        at_the_bank.wait(timeout=10)
        orders.cancel(hers, order_id=placed.order_id, member_id=bag.member_id)
        cancelled.set()

    monkeypatch.setattr(StripePayments, "collect", slowly)
    monkeypatch.setattr(changing, "_check_not_under_way", lambda *_: None)

    course.together([cancel_at_last, lambda: payments.open_waiting(charging)])

    assert (outcome(database, placed), taken(simulator, placed)) == ("cancelled", 1)
    assert database.value("SELECT cause FROM refunds") == "paid_late", "at least it goes back"
    database.run("UPDATE holds SET ordered_at = NULL")
