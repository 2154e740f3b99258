"""Statements and payouts, asked for twice at once: one statement, one payment; and what the guards are for."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from marketplace.db import locks, statements
from marketplace.domain.lifecycle import IllegalMove
from marketplace.services import settlements
from tests.settlement_scenes import bought, closed, issued, payable, selling

BRAND = "SELECT FROM brands FOR UPDATE"
PAID = "SELECT count(*) FROM events WHERE name = 'payout.paid'"


@pytest.fixture
def scene(database, paying, simulator, clock):
    """A sale whose provisional statement is due, of a brand that can be paid."""
    found = selling(database)
    payable(database, found.brand_id)
    bought(database, paying, simulator, found, 2)
    closed(paying, clock)
    clock.turn(days=16)
    return found


def test_two_clocks_draw_up_one_statement(database, paying, course, scene):
    with course.closed(BRAND):
        first = course.begin(lambda: settlements.issue(paying), waiting=1)
        second = course.begin(lambda: settlements.issue(paying), waiting=2)

    assert sorted((first.result() > 0, second.result() > 0)) == [False, True]
    assert database.value("SELECT count(*) FROM statements") == 1
    assert database.value("SELECT count(*) FROM payouts") == 1


def test_without_the_second_look_a_statement_would_be_written_twice(
    database, paying, course, scene, monkeypatch
):
    """The twin: only the table's own constraint is left, and says no."""
    look, seen = statements.due, []

    def once(session, *, deal_id=None):
        if deal_id is None:
            seen.append(look(session))
        return seen[0]

    monkeypatch.setattr(statements, "due", once)
    with course.closed(BRAND):
        first = course.begin(lambda: settlements.issue(paying), waiting=1)
        second = course.begin(lambda: settlements.issue(paying), waiting=2)

    ends = [_end(first), _end(second)]
    assert sorted(type(each).__name__ for each in ends) == ["IntegrityError", "int"]
    assert any("uq_statements" in str(each) for each in ends if isinstance(each, IntegrityError))


def test_two_persons_who_note_one_payment_at_once_note_it_once(database, paying, course, scene):
    issued(paying)
    payout_id = database.value("SELECT id FROM payouts")
    settlements.approve(scene.first(paying), payout_id=payout_id)

    answers = course.together(
        [_paying(paying, scene, payout_id), _paying(paying, scene, payout_id)]
    )

    assert sorted(type(each).__name__ for each in answers) == ["IllegalMove", "NoneType"]
    assert database.value(PAID) == 1


def test_without_the_lock_one_payment_would_be_told_of_twice(
    database, paying, course, scene, monkeypatch
):
    issued(paying)
    payout_id = database.value("SELECT id FROM payouts")
    settlements.approve(scene.first(paying), payout_id=payout_id)
    monkeypatch.setattr(
        locks, "one", lambda session, table, number, *_: session.get_one(table, number)
    )

    with course.closed("SELECT FROM payouts FOR UPDATE"):
        first = course.begin(_paying(paying, scene, payout_id), waiting=1)
        second = course.begin(_paying(paying, scene, payout_id), waiting=2)

    assert (_end(first), _end(second)) == (None, None)
    assert database.value(PAID) == 2


def _paying(tools, scene, payout_id):
    def pay():
        try:
            settlements.pay(scene.second(tools), payout_id=payout_id, reference="SEPA 1")
        except IllegalMove as no:
            return no
        return None

    return pay


def _end(future):
    try:
        return future.result()
    except IntegrityError as no:
        return no
