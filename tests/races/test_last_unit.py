"""The last units: as many holds as there are units, whoever comes and however closely."""

from __future__ import annotations

from collections import Counter
from functools import partial
from uuid import uuid4

import pytest

from marketplace.domain.holds import Ask
from marketplace.services import holds
from tests import factories
from tests.races.conftest import GATE

TAKE = "decide_holds(bigint[], bigint[], integer[], uuid[])"
LOOKED = "        UPDATE sale_items i SET\n            available = i.available - t.units"
GATED = (LOOKED, f"        PERFORM pg_advisory_xact_lock_shared({GATE});\n{LOOKED}")
"""A gate between the look at the shelf and the taking from it."""

UNLOCKED = (
    "PERFORM 1 FROM sale_items i WHERE i.id = ANY (items) AND i.id <> ALL (gone) ORDER BY i.id FOR NO KEY UPDATE;",
    "",
)
UNCONDITIONAL = (
    "WHERE i.id = t.id AND t.units > 0 AND i.available >= t.units;",
    "WHERE i.id = t.id AND t.units > 0;",
)
SAW_ONE_FREE = ("i.available = 0 AND NOT EXISTS (", "false AND NOT EXISTS (")
"""Whoever asks goes on to the lock, as if a unit had been free when they looked and were taken since."""
COUNTERS = "SELECT available, held, sold FROM sale_items"


def scene(database, *, members, units):
    """An open sale of one item, and members who all want it."""
    with database.session() as session:
        _, (item,) = factories.open_sale(session, units=units)
        return item, [factories.member(session) for _ in range(members)]


def wish(tools, member, item):
    """What one member does."""
    asks = [Ask(item.id, 1, uuid4())]
    return lambda: str(holds.take(tools, member_id=member.id, asks=asks)[0].outcome)


def test_fifty_members_and_five_units_make_five_holds(database, tools, course):
    item, members = scene(database, members=50, units=5)

    outcomes = course.together([wish(tools, member, item) for member in members])

    assert Counter(outcomes) == {"held": 5, "all_in_bags": 45}
    assert database.rows(COUNTERS) == [(0, 5, 0)]
    assert database.value("SELECT count(DISTINCT member_id) FROM holds") == 5
    assert database.value("SELECT count(*) FROM demand_signals") == 45


def test_members_stopped_between_look_and_take_still_cannot_oversell(database, tools, course):
    course.rewrite(TAKE, GATED)
    item, members = scene(database, members=12, units=5)

    outcomes = through_the_gate(course, [wish(tools, member, item) for member in members])

    assert Counter(outcomes) == {"held": 5, "all_in_bags": 7}
    assert database.rows(COUNTERS) == [(0, 5, 0)]


def test_without_lock_condition_and_check_the_same_race_oversells(database, tools, course):
    course.rewrite(TAKE, GATED, UNLOCKED, UNCONDITIONAL)
    database.run("ALTER TABLE sale_items DROP CONSTRAINT ck_sale_items_not_negative")
    item, members = scene(database, members=12, units=5)

    outcomes = through_the_gate(course, [wish(tools, member, item) for member in members])

    assert Counter(outcomes) == {"held": 12}
    assert database.rows(COUNTERS) == [(-7, 12, 0)]


def test_the_check_alone_still_keeps_a_careless_function_from_overselling(database, tools, course):
    course.rewrite(TAKE, GATED, UNLOCKED, UNCONDITIONAL)
    item, members = scene(database, members=12, units=5)
    deeds = [partial(tried, wish(tools, member, item)) for member in members]

    outcomes = through_the_gate(course, deeds)

    assert Counter(outcomes) == {"held": 5, "IntegrityError": 7}
    assert database.rows(COUNTERS) == [(0, 5, 0)]


def test_two_bags_of_the_same_items_in_opposite_order_do_not_wait_for_each_other(
    database, tools, course
):
    with database.session() as session:
        _, (first, second) = factories.open_sale(session, units=40, items=2)
        members = [factories.member(session) for _ in range(16)]

    def bag(member, *items):
        asks = [Ask(item.id, 1, uuid4()) for item in items]
        return lambda: [each.held for each in holds.take(tools, member_id=member.id, asks=asks)]

    answers = course.together(
        [bag(each, first, second) for each in members[::2]]
        + [bag(each, second, first) for each in members[1::2]]
    )

    assert answers == [[True, True]] * 16
    assert database.rows(COUNTERS) == [(24, 16, 0), (24, 16, 0)]


def through_the_gate(course, deeds):
    """Start all deeds, let them come as far as they can, open the gate."""
    with course.gate():
        futures = [course.begin(deed, waiting=n) for n, deed in enumerate(deeds, start=1)]
    return [future.result() for future in futures]


def tried(deed):
    """What the deed said, or the name of what it raised."""
    try:
        return deed()
    except Exception as trouble:  # noqa: BLE001 - its kind is the answer
        return type(trouble).__name__


@pytest.mark.parametrize("times", [2, 8])
def test_one_click_told_many_times_at_once_is_one_hold(database, tools, course, times):
    item, (member,) = scene(database, members=1, units=5)
    ask = Ask(item.id, 1, uuid4())

    answers = course.together(
        [lambda: holds.take(tools, member_id=member.id, asks=[ask])[0]] * times
    )

    assert len(set(answers)) == 1
    assert answers[0].held
    assert database.rows(COUNTERS) == [(4, 1, 0)]
