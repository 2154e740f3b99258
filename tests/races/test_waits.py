"""The line under pressure: one unit goes to one of those who wait, whoever passes it on and whoever asks meanwhile."""

from __future__ import annotations

from collections import Counter
from uuid import uuid4

from marketplace.domain.doors import Door
from marketplace.domain.holds import Ask
from marketplace.services import holds, waits
from tests import factories
from tests.races.conftest import GATE

PASS_ON = "pass_on(integer)"
GIVEN = "            ends := offer_until("
GATED = (GIVEN, f"            PERFORM pg_advisory_xact_lock_shared({GATE});\n{GIVEN}")
"""A gate between the choice of the next in line and their hold."""
UNGUARDED = (
    ("md5('wait ' || one.id)::uuid", "gen_random_uuid()"),
    ("ORDER BY i.id LIMIT most FOR NO KEY UPDATE OF i SKIP LOCKED", "ORDER BY i.id LIMIT most"),
    ("IF NOT pg_try_advisory_xact_lock(", "IF NOT pg_try_advisory_xact_lock_shared("),
    (
        "PERFORM 1 FROM waits w WHERE w.id = one.id AND w.state = 'waiting' FOR NO KEY UPDATE SKIP LOCKED;",
        "PERFORM 1 FROM waits w WHERE w.id = one.id AND w.state = 'waiting';",
    ),
)
COUNTERS = "SELECT available, held, sold, set_aside FROM sale_items"


def scene(database, tools, *, units, line):
    """An item whose units are all held by one member, the holds, and so many in line for it."""
    with database.session() as session:
        sale, _ = factories.open_sale(session, items=0)
        sale.limit_per_member = 40
        (item,) = factories.sizes_on_sale(session, of=sale, sizes=("S",), units=units)
        item.limit_per_member = 20
        first = factories.member(session)
        members = [factories.member(session) for _ in range(line)]
    with database.session() as session:
        held = [factories.hold(session, by=first, on=item) for _ in range(units)]
    entries = [waits.join(tools, member_id=each.id, items=[item.id], units=1) for each in members]
    return item, first, held, members, entries


def passing_on(tools):
    worker = tools.at_door(Door.WORKER)
    return lambda: len(waits.pass_on(worker, most=10))


def offered(database):
    return [
        row[0]
        for row in database.rows("SELECT member_id FROM waits WHERE state = 'offered' ORDER BY id")
    ]


def test_many_who_pass_on_and_many_who_ask_leave_each_unit_to_the_first_in_line(
    database, tools, course
):
    item, first, held, members, _ = scene(database, tools, units=4, line=8)
    with database.session() as session:
        strangers = [factories.member(session) for _ in range(8)]
    released = [
        lambda each=each: holds.release(tools, member_id=first.id, hold_ids=[each]) for each in held
    ]
    asking = [
        lambda each=each: (
            holds.take(tools, member_id=each.id, asks=[Ask(item.id, 1, uuid4())])[0].held
        )
        for each in strangers
    ]

    answers = course.together(released + asking + [passing_on(tools)] * 6)
    while waits.pass_on(tools.at_door(Door.WORKER), most=10):
        pass

    assert not any(answers[len(released) : len(released) + len(asking)])
    assert offered(database) == [each.id for each in members[:4]]
    assert database.rows(COUNTERS) == [(0, 4, 0, 0)]


def test_one_unit_that_two_pass_on_at_once_is_offered_once(database, tools, course):
    _, first, held, members, _ = scene(database, tools, units=1, line=2)
    holds.release(tools, member_id=first.id, hold_ids=held)
    course.rewrite(PASS_ON, GATED)

    with course.gate():
        one = course.begin(passing_on(tools), waiting=1)
        other = passing_on(tools)()
    assert (one.result(), other) == (1, 0)

    assert offered(database) == [members[0].id]
    assert database.rows(COUNTERS) == [(0, 1, 0, 0)]


def test_without_its_locks_the_same_race_offers_one_unit_twice(database, tools, course):
    _, first, held, _, _ = scene(database, tools, units=1, line=2)
    holds.release(tools, member_id=first.id, hold_ids=held)
    course.rewrite(PASS_ON, GATED, *UNGUARDED)

    with course.gate():
        both = [course.begin(passing_on(tools), waiting=n) for n in (1, 2)]
    assert [each.result() for each in both] == [1, 1]

    assert database.value("SELECT sum(units) FROM holds WHERE state = 'held'") == 2
    database.run("ALTER TABLE sale_items DROP CONSTRAINT ck_sale_items_not_negative")
    database.run("UPDATE sale_items SET available = -1, held = 2")


def test_who_leaves_at_the_same_moment_has_either_left_or_the_offer(database, tools, course):
    _, first, held, members, entries = scene(database, tools, units=1, line=2)
    holds.release(tools, member_id=first.id, hold_ids=held)
    leaving = [
        lambda each=each, entry=entry: waits.leave(tools, member_id=each.id, wait_id=entry)
        for each, entry in zip(members, entries, strict=True)
    ]

    course.together([*leaving, *[passing_on(tools)] * 3])
    while waits.pass_on(tools.at_door(Door.WORKER), most=10):
        pass
    passing_on(tools)()

    states = Counter(row[0] for row in database.rows("SELECT state FROM waits"))
    assert states["offered"] <= 1
    assert states["offered"] + states["left"] == 2
    assert database.rows(COUNTERS) == [(1 - states["offered"], states["offered"], 0, 0)]


def test_many_who_join_while_the_last_hold_is_given_back_lose_no_unit(database, tools, course):
    item, first, held, _, _ = scene(database, tools, units=2, line=0)
    with database.session() as session:
        crowd = [factories.member(session) for _ in range(10)]

    def joining(member):
        def deed():
            try:
                return waits.join(tools, member_id=member.id, items=[item.id], units=1)
            except waits.FreeNow:
                return None

        return deed

    course.together(
        [*(joining(each) for each in crowd)]
        + [lambda: holds.release(tools, member_id=first.id, hold_ids=held)]
        + [passing_on(tools)] * 3
    )
    while waits.pass_on(tools.at_door(Door.WORKER), most=10):
        pass

    ((available, kept, _, aside),) = database.rows(COUNTERS)
    assert (available + kept, aside) == (2, 0)
    assert kept == len(offered(database))
    stood = database.value("SELECT count(*) FROM waits")
    assert kept == min(stood, 2) or available
