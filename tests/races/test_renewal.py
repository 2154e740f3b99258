"""Renewing and giving back against the end of a hold: the unit has one owner, whoever comes first."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from marketplace.db import invariants
from marketplace.domain.holds import Ask, HoldLapsed
from marketplace.services import holds
from tests import factories
from tests.races.test_last_unit import SAW_ONE_FREE, TAKE

ROUNDS = 25
ON_THE_EDGE = timedelta(milliseconds=15)
COUNTERS = "SELECT available, held, sold FROM sale_items"
SHELF = "SELECT FROM sale_items FOR UPDATE"

RENEW = "renew_hold(bigint, bigint)"
LOOK = (
    "SELECT h.state, h.renewals, h.expires_at, h.cap_at INTO mine FROM holds h "
    "WHERE h.id = hold FOR NO KEY UPDATE;"
)
LOOK_BEFORE_LOCK = (
    (LOOK, ""),
    ("    PERFORM reclaim_lapsed(ARRAY[item], at);\n", ""),
    (
        "    PERFORM 1 FROM sale_items i WHERE i.id = item FOR NO KEY UPDATE;",
        (
            f"    {LOOK.replace(' FOR NO KEY UPDATE', '')}\n"
            "    PERFORM 1 FROM sale_items i WHERE i.id = item FOR NO KEY UPDATE;"
        ),
    ),
)

RELEASE = "release_holds(bigint, bigint[], text, bigint)"
RELEASE_UNLOOKED = (
    ("    PERFORM reclaim_lapsed(items, at);\n", ""),
    ("AND (member IS NULL OR h.member_id = member) AND h.state = 'held'\n", "\n"),
)


@pytest.fixture
def scene(database):
    """One unit, held by the first of two members."""
    with database.session() as session:
        _, (item,) = factories.open_sale(session, units=1)
        mine, other = factories.member(session), factories.member(session)
        return item, mine, other, factories.hold(session, by=mine, on=item)


def take(tools, member, item):
    """Ask for the unit."""
    return lambda: holds.take(tools, member_id=member.id, asks=[Ask(item.id, 1, uuid4())])[0].held


def renew(tools, member, hold_id):
    """Ask for five minutes more; whether they were given."""

    def deed() -> bool:
        try:
            holds.renew(tools, member_id=member.id, hold_id=hold_id)
        except HoldLapsed:
            return False
        return True

    return deed


def release(tools, member, hold_id):
    """Give it back; what was given back."""
    return lambda: holds.release(tools, member_id=member.id, hold_ids=[hold_id])


@pytest.mark.parametrize("first", ["renewal", "other"])
def test_a_renewal_that_waited_past_the_end_is_too_late(
    database, tools, clock, course, scene, first
):
    item, mine, other, hold_id = scene
    course.rewrite(TAKE, SAW_ONE_FREE)
    deeds = [renew(tools, mine, hold_id), take(tools, other, item)]
    if first == "other":
        deeds.reverse()

    with course.closed(SHELF):
        waiting = [course.begin(deed, waiting=n) for n, deed in enumerate(deeds, start=1)]
        clock.turn(minutes=10)
    answers = [future.result() for future in waiting]

    assert answers == ([False, True] if first == "renewal" else [True, False])
    assert database.rows("SELECT member_id, state FROM holds ORDER BY id") == [
        (mine.id, "expired"),
        (other.id, "held"),
    ]


def test_a_renewal_that_looks_before_it_locks_promises_the_unit_to_two(
    database, tools, clock, course, scene
):
    item, mine, other, hold_id = scene
    course.rewrite(RENEW, *LOOK_BEFORE_LOCK)
    course.rewrite(TAKE, SAW_ONE_FREE)

    with course.closed(SHELF):
        taking = course.begin(take(tools, other, item), waiting=1)
        renewing = course.begin(renew(tools, mine, hold_id), waiting=2)
        clock.turn(minutes=10)

    assert (taking.result(), renewing.result()) == (True, True)


def test_on_the_edge_of_its_end_a_unit_never_has_two_owners(database, tools, clock, course, scene):
    item, mine, other, hold_id = scene
    for _ in range(ROUNDS):
        ends_at = database.value("SELECT expires_at FROM holds WHERE id = :id", id=hold_id)
        clock.set(ends_at - ON_THE_EDGE)

        renewed, taken = course.together([renew(tools, mine, hold_id), take(tools, other, item)])

        assert not (renewed and taken)
        held = int(renewed or taken)
        assert database.rows(COUNTERS) == [(1 - held, held, 0)]
        clock.turn(minutes=20)
        hold_id = holds.take(tools, member_id=mine.id, asks=[Ask(item.id, 1, uuid4())])[0].hold_id


def test_a_release_that_waited_past_the_end_gives_nothing_back_twice(
    database, tools, clock, course, scene
):
    item, mine, other, hold_id = scene
    course.rewrite(TAKE, SAW_ONE_FREE)

    with course.closed(SHELF):
        taking = course.begin(take(tools, other, item), waiting=1)
        releasing = course.begin(release(tools, mine, hold_id), waiting=2)
        clock.turn(minutes=10)

    assert (taking.result(), releasing.result()) == (True, ())
    assert database.rows(COUNTERS) == [(0, 1, 0)]


def test_a_release_that_does_not_look_after_its_lock_frees_the_unit_twice(
    database, tools, clock, course, scene
):
    item, mine, other, hold_id = scene
    course.rewrite(RELEASE, *RELEASE_UNLOOKED)
    course.rewrite(TAKE, SAW_ONE_FREE)

    with course.closed(SHELF):
        taking = course.begin(take(tools, other, item), waiting=1)
        releasing = course.begin(release(tools, mine, hold_id), waiting=2)
        clock.turn(minutes=10)

    assert (taking.result(), releasing.result()) == (True, (hold_id,))
    assert database.rows(COUNTERS) == [(1, 0, 0)]
    assert (
        "held units of an item are the units of its holds, and what is set aside for its line"
        in broken(database)
    )
    put_right(database)


def broken(database):
    """The names of the invariants that do not hold."""
    with Session(database.owner) as session:
        return {each.name for each in invariants.broken(session)}


def put_right(database):
    """Take back what the careless release gave away, so that the books end sound."""
    database.run("UPDATE sale_items SET available = 0, held = 1")
    database.run(
        "INSERT INTO stock_movements (brand_id, lot_id, sale_item_id, movement, units, reason) "
        "SELECT brand_id, lot_id, id, 'held', 1, 'put right' FROM sale_items"
    )


def test_sweep_and_takers_free_a_lapsed_unit_once(database, tools, clock, course, scene):
    item, _, other, _ = scene
    clock.turn(minutes=10)

    swept, taken, *_ = course.together(
        [
            lambda: holds.sweep(tools, most=100),
            take(tools, other, item),
            lambda: holds.sweep(tools, most=100),
        ]
    )

    assert taken
    assert swept in {0, 1}
    assert database.rows(COUNTERS) == [(0, 1, 0)]
