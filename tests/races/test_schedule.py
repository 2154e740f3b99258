"""Stock against the schedule: a unit is in one sale, and a count cannot take away what a sale already has."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select, text

from marketplace.db import locks
from marketplace.domain.refusals import Refusal, Stale
from marketplace.domain.sales import SaleFrozen
from marketplace.domain.stock import Count, CountsRefused
from marketplace.services import sales, stock
from marketplace.services.sales import Asked, ItemsRefused
from marketplace.services.stock import Line
from tests import factories, sale_scenes

DRAFTS = 6


def attempt(deed, *arguments, **named):
    """The answer, or the refusal, as a value."""
    try:
        return deed(*arguments, **named)
    except Refusal as no:
        return no


@pytest.fixture
def at(database):
    """A desk with ten accepted units of one variant."""
    with database.session() as session:
        return sale_scenes.desk(session, sizes=("M",), units=10)


def drafts(tools, at):
    """Several empty drafts of one deal."""
    return [
        sales.draft(
            at.operator(tools),
            deal_id=at.deal_id,
            plan=at.plan(opens_in=timedelta(days=2 + 70 * n)),
        )
        for n in range(DRAFTS)
    ]


def fillings(tools, at, refs):
    """Each draft asks for four of the ten units."""
    lines = (Asked(at.variant_ids[0], 4, 6_000),)
    return [
        partial(attempt, sales.put_items, at.operator(tools), ref=ref, version=1, lines=lines)
        for ref in refs
    ]


def in_sales(database):
    return database.value("SELECT coalesce(sum(units), 0) FROM sale_items")


def test_no_unit_is_ever_in_two_sales(at, tools, database, course):
    refs = drafts(tools, at)

    answers = course.together(fillings(tools, at, refs))

    assert sum(isinstance(answer, ItemsRefused) for answer in answers) == DRAFTS - 2
    assert in_sales(database) == 8
    assert database.rows("SELECT accepted, allocated FROM lots") == [(10, 8)]


def test_without_the_lock_and_the_check_units_are_in_two_sales(
    at, tools, database, course, monkeypatch
):
    """The twin: each draft looks at the same free units, and each takes them."""
    refs = drafts(tools, at)
    for check in ("ck_lots_accepted_allocated", "ck_lots_pledged"):
        database.run(f"ALTER TABLE lots DROP CONSTRAINT {check}")
    monkeypatch.setattr("marketplace.db.stock.locks.several", _unlocked)

    with course.closed("LOCK TABLE sale_items IN ACCESS EXCLUSIVE MODE"):
        racing = [
            course.begin(filling, waiting=number)
            for number, filling in enumerate(fillings(tools, at, refs), start=1)
        ]
    answers = [each.result() for each in racing]

    assert not any(isinstance(answer, ItemsRefused) for answer in answers)
    assert in_sales(database) == 24
    _set_right(database)


def _unlocked(session, table, row_ids):
    """Look without locking."""
    found = session.scalars(select(table).where(table.id.in_(tuple(row_ids))))
    return {row.id: row for row in found}


def _set_right(database):
    """The lost counts are put right, so that the books may be checked after the twin too."""
    database.run(
        "UPDATE lots SET allocated = (SELECT sum(units) FROM sale_items WHERE lot_id = lots.id)"
    )


def test_the_check_alone_also_keeps_a_unit_out_of_a_second_sale(at, tools, database, monkeypatch):
    """Past every rule in Python, the table itself says no."""
    (first, second, *_) = drafts(tools, at)
    lines = (Asked(at.variant_ids[0], 6, 6_000),)
    sales.put_items(at.operator(tools), ref=first, version=1, lines=lines)
    monkeypatch.setattr("marketplace.services.sales.filling._check", lambda *_: None)

    with pytest.raises(Exception, match="ck_lots_accepted_allocated"):
        sales.put_items(at.operator(tools), ref=second, version=1, lines=lines)

    assert in_sales(database) == 6


def test_a_count_and_a_filling_at_once_never_leave_more_in_sales_than_is_accepted(
    at, tools, database, course
):
    ref, *_ = drafts(tools, at)
    house = at.operator(tools)
    line = Line(at.lot_ids[0], Count(10, 3, 7), Count(10, 10, 0), "moths")

    filled, recounted = course.together(
        [
            partial(
                attempt,
                sales.put_items,
                house,
                ref=ref,
                version=1,
                lines=(Asked(at.variant_ids[0], 8, 6_000),),
            ),
            partial(attempt, stock.count, house, deal_id=at.deal_id, lines=(line,)),
        ]
    )

    assert isinstance(filled, ItemsRefused) != isinstance(recounted, CountsRefused)
    ((accepted, allocated),) = database.rows("SELECT accepted, allocated FROM lots")
    assert (accepted, allocated) in {(10, 8), (3, 0)}


def test_a_change_and_a_schedule_at_once_never_schedule_what_nobody_approved(
    at, tools, database, course
):
    ref = sale_scenes.ready(tools, at)
    house = at.operator(tools)

    changed, scheduled = course.together(
        [
            partial(attempt, sales.change, house, ref=ref, version=2, plan=at.plan(title="Other")),
            partial(attempt, sales.schedule, house, ref=ref, version=2),
        ]
    )

    ((state, version, approved),) = database.rows(
        "SELECT state, version, approved_version FROM sales"
    )
    if state == "scheduled":
        assert (version, approved, scheduled) == (2, 2, None)
        assert isinstance(changed, SaleFrozen)
    else:
        assert (state, version, approved) == ("draft", 3, 2)
        assert isinstance(scheduled, Stale)


def test_two_schedule_buttons_pressed_at_once_schedule_once(at, tools, database, course):
    ref = sale_scenes.ready(tools, at)
    pressed = partial(attempt, sales.schedule, at.operator(tools), ref=ref, version=2)

    answers = course.together([pressed, pressed])

    assert sorted(type(answer).__name__ for answer in answers) == ["NoneType", "SaleFrozen"]
    assert database.value("SELECT count(*) FROM events WHERE name = 'sale.scheduled'") == 1


def test_a_hold_that_waited_for_a_pause_sees_the_pause(at, tools, database, course, clock):
    ref = sale_scenes.scheduled(tools, at)
    clock.turn(days=2, minutes=1)
    with database.session() as session:
        member = factories.member(session)
    ask = partial(_ask, tools.vault, member.id, database.value("SELECT id FROM sale_items"))

    with course.closed("SELECT FROM sale_items FOR NO KEY UPDATE"):
        pausing = course.begin(
            partial(sales.pause, at.operator(tools), ref=ref, reason="snow"), waiting=1
        )
        asking = course.begin(ask, waiting=2)
    pausing.result()

    assert asking.result() == "paused"
    assert database.rows("SELECT available, held FROM sale_items") == [(5, 0)]


def test_a_pause_that_does_not_lock_the_items_lets_a_hold_through_afterwards(
    at, tools, database, course, clock, monkeypatch
):
    """The twin: the pause is committed while a hold, already past its look at the sale, is still to be written."""
    ref = sale_scenes.scheduled(tools, at)
    clock.turn(days=2, minutes=1)
    with database.session() as session:
        member = factories.member(session)
    monkeypatch.setattr("marketplace.services.sales.moves.sales.items_locked", lambda *_: {})

    with course.closed("LOCK TABLE holds IN EXCLUSIVE MODE"):
        asking = course.begin(
            partial(_ask, tools.vault, member.id, database.value("SELECT id FROM sale_items")),
            waiting=1,
        )
        sales.pause(at.operator(tools), ref=ref, reason="snow")
        paused = database.value("SELECT state FROM sales")

    assert (paused, asking.result()) == ("paused", "held")


def _ask(vault, member_id, item_id):
    (row,) = vault.call(
        text(
            "SELECT outcome FROM take_holds(ARRAY[:m], ARRAY[:i], ARRAY[1], ARRAY[gen_random_uuid()])"
        ),
        {"m": member_id, "i": item_id},
    )
    return row.outcome


def test_locks_are_taken_in_rising_order_whatever_order_is_asked(database, tools):
    with database.session() as session:
        _, items = factories.open_sale(session, items=3)
    ids = [item.id for item in items]

    with tools.transaction() as session:
        found = locks.several(session, factories.SaleItem, reversed(ids))

    assert list(found) == ids
