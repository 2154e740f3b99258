"""Crowds whose asks share their round trips: the rule is that of one who asks alone, to the unit."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import partial
from uuid import uuid4

import pytest

from marketplace.db.session import Vault
from marketplace.domain.holds import Ask
from marketplace.services import holds
from tests import factories
from tests.races.test_last_unit import COUNTERS, TAKE, UNCONDITIONAL, scene, tried, wish

CARELESS = ("ELSE ask.available - granted[shelf] END;", "ELSE ask.available END;")
"""Grants by what was there at first, forgetting what the same journey has granted already."""
BELIEVED = (
    "IF taken <> (SELECT count(*) FROM unnest(granted) AS t (units) WHERE t.units > 0) THEN",
    "IF false THEN",
)


@pytest.fixture
def carrying(tools, vault):
    """The tools of a process that carries a crowd's asks together."""
    together = Vault(vault.engine, together=True)
    yield replace(tools, vault=together)
    together.close()


@pytest.fixture
def another(tools, vault):
    """The tools of a second such process."""
    together = Vault(vault.engine, together=True)
    yield replace(tools, vault=together)
    together.close()


def test_fifty_members_and_five_units_make_five_holds(database, carrying, course):
    item, members = scene(database, members=50, units=5)

    outcomes = course.together([wish(carrying, member, item) for member in members])

    assert Counter(outcomes) == {"held": 5, "all_in_bags": 45}
    assert database.rows(COUNTERS) == [(0, 5, 0)]
    assert database.value("SELECT count(DISTINCT member_id) FROM holds") == 5
    carrying.vault.close()
    assert database.value("SELECT count(*) FROM demand_signals") == 45


def test_two_processes_that_carry_do_not_oversell_either(database, carrying, another, course):
    item, members = scene(database, members=50, units=5)

    outcomes = course.together(
        [wish(carrying, each, item) for each in members[::2]]
        + [wish(another, each, item) for each in members[1::2]]
    )

    assert Counter(outcomes) == {"held": 5, "all_in_bags": 45}
    assert database.rows(COUNTERS) == [(0, 5, 0)]


def test_a_journey_that_forgets_what_it_granted_oversells(database, tools, course):
    course.rewrite(TAKE, CARELESS, UNCONDITIONAL, BELIEVED)
    database.run("ALTER TABLE sale_items DROP CONSTRAINT ck_sale_items_not_negative")
    item, members = scene(database, members=12, units=5)

    assert Counter(journey(tools, members, item)) == {"held": 12}
    assert database.rows(COUNTERS) == [(-7, 12, 0)]


@pytest.mark.parametrize("changes", [(CARELESS,), (CARELESS, UNCONDITIONAL, BELIEVED)])
def test_what_it_grants_too_much_is_refused_by_the_row_and_by_the_check(
    database, tools, course, changes
):
    course.rewrite(TAKE, *changes)
    item, members = scene(database, members=12, units=5)

    assert tried(partial(journey, tools, members, item)) == "IntegrityError"
    assert database.rows(COUNTERS) == [(5, 0, 0)]


def test_one_click_told_many_times_at_once_is_one_hold(database, carrying, course):
    item, (member,) = scene(database, members=1, units=5)
    ask = Ask(item.id, 1, uuid4())

    answers = course.together(
        [lambda: holds.take(carrying, member_id=member.id, asks=[ask])[0]] * 8
    )

    assert len(set(answers)) == 1
    assert database.rows(COUNTERS) == [(4, 1, 0)]


def test_two_bags_of_the_same_items_in_opposite_order_do_not_wait_for_each_other(
    database, carrying, course
):
    with database.session() as session:
        _, (first, second) = factories.open_sale(session, units=40, items=2)
        members = [factories.member(session) for _ in range(16)]

    def bag(member, *items):
        asks = [Ask(item.id, 1, uuid4()) for item in items]
        return lambda: [each.held for each in holds.take(carrying, member_id=member.id, asks=asks)]

    answers = course.together(
        [bag(each, first, second) for each in members[::2]]
        + [bag(each, second, first) for each in members[1::2]]
    )

    assert answers == [[True, True]] * 16
    assert database.rows(COUNTERS) == [(24, 16, 0), (24, 16, 0)]


def test_a_connection_that_was_cut_is_opened_again_without_anybody_noticing(
    database, carrying, course
):
    item, (first, second) = scene(database, members=2, units=5)
    assert wish(carrying, first, item)() == "held"
    database.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )

    assert wish(carrying, second, item)() == "held"
    assert database.rows(COUNTERS) == [(3, 2, 0)]


def journey(tools, members, item):
    """One round trip with an ask of each member."""
    asked = [(member.id, item.id, 1, uuid4()) for member in members]
    return [row.outcome for row in tools.vault.call_each(holds.DECIDE, asked)]
