"""A crowd before one room: one ticket each, one draw, and never more let in than the rule says."""

from __future__ import annotations

from collections import Counter
from uuid import uuid4

import pytest
from sqlalchemy import text

from marketplace.domain.doors import Door
from marketplace.domain.holds import Ask
from marketplace.services import admissions, holds
from tests import factories

VISIT = "visit_room(bigint,bigint,integer)"
TEND = "tend_room(bigint,integer,boolean)"
ROW_LOCKED = "FROM waiting_rooms WHERE sale_id = asked_sale FOR NO KEY UPDATE;"
ROW_NOT_LOCKED = "FROM waiting_rooms WHERE sale_id = asked_sale;"
COUNTED = "    -- No more at once than the house can serve"
SLOWLY = "    PERFORM pg_sleep(0.2);\n" + COUNTED


@pytest.fixture
def crowd(database, tools, clock):
    """A sale that has just opened with a room for three, and twelve members who have waited for it."""
    with database.session() as session:
        sale, (item,) = factories.open_sale(session, units=40)
        members = [factories.member(session) for _ in range(12)]
        operator = factories.operator(session)
    desk = tools.at_door(Door.OPERATOR, account_id=operator.id)
    admissions.set_up(desk, ref=sale.ref, at_once=3, per_minute=600)
    database.run("UPDATE sales SET opens_at = house_now() + interval '10 minutes'")
    return sale, item, members


def at(tools, member):
    return tools.at_door(Door.MEMBER, account_id=member.account_id)


def visit(tools, sale, member):
    return lambda: admissions.visit(at(tools, member), sale_id=sale.id, member_id=member.id)


def wait_for_the_hour(database, tools, crowd, clock):
    sale, _, members = crowd
    for each in members:
        visit(tools, sale, each)()
    clock.turn(minutes=10)
    database.run("UPDATE tickets SET seen_at = house_now()")


def let_in(database):
    return database.value("SELECT count(*) FROM tickets WHERE let_in_at IS NOT NULL")


def test_twelve_visits_of_two_members_make_two_tickets(database, tools, crowd, course):
    sale, _, members = crowd

    found = course.together([visit(tools, sale, each) for each in members[:2] * 6])

    assert database.value("SELECT count(*) FROM tickets") == 2
    assert len({each.number for each in found}) == 2


def test_at_the_opening_one_visit_draws_and_three_are_let_in(database, tools, crowd, clock, course):
    sale, _, members = crowd
    wait_for_the_hour(database, tools, crowd, clock)

    found = course.together([visit(tools, sale, each) for each in members])

    assert Counter(each.drew for each in found) == {True: 1, False: 11}
    assert let_in(database) == 3
    assert database.value("SELECT max(place) FROM tickets WHERE let_in_at IS NOT NULL") == 3
    assert database.value("SELECT count(*) FROM events WHERE name = 'sale.places_drawn'") == 1


def test_clocks_and_visitors_together_let_in_no_more(database, tools, crowd, clock, course):
    sale, _, members = crowd
    wait_for_the_hour(database, tools, crowd, clock)
    worker = tools.at_door(Door.WORKER)

    course.together(
        [visit(tools, sale, each) for each in members] + [lambda: admissions.tend(worker)] * 6
    )

    assert let_in(database) == 3


def test_without_the_rooms_locks_the_same_race_lets_in_too_many(
    database, tools, crowd, clock, course
):
    sale, _, members = crowd
    wait_for_the_hour(database, tools, crowd, clock)
    visit(tools, sale, members[0])()
    database.run("UPDATE waiting_rooms SET at_once = 6, tended_at = NULL")
    course.rewrite(VISIT, ("alone := pg_try_advisory_xact_lock(lock);", "alone := true;"))
    course.rewrite(
        TEND,
        (ROW_LOCKED, ROW_NOT_LOCKED),
        (COUNTED, SLOWLY),
        (
            "            ORDER BY t.place LIMIT wanted\n",
            "            ORDER BY t.place LIMIT wanted FOR UPDATE OF t SKIP LOCKED\n",
        ),
    )

    course.together([visit(tools, sale, each) for each in members])

    assert let_in(database) > 6


def test_late_comers_at_one_moment_get_each_a_place_of_their_own(
    database, tools, crowd, clock, course
):
    sale, _, members = crowd
    early, late = members[:4], members[4:]
    wait_for_the_hour(database, tools, (sale, None, early), clock)

    found = course.together([visit(tools, sale, each) for each in late])
    places = sorted(visit(tools, sale, each)().place for each in late)

    assert len(found) == 8
    assert places == list(range(5, 13))
    assert database.rows(
        "SELECT place FROM tickets WHERE drawn_as IS NULL ORDER BY arrived_at, id"
    ) == [(place,) for place in range(5, 13)]


def test_a_crowd_that_waits_takes_no_unit_past_those_let_in(database, tools, crowd, clock, course):
    sale, item, members = crowd
    wait_for_the_hour(database, tools, crowd, clock)
    visit(tools, sale, members[0])()

    def take(member):
        asks = (Ask(item.id, 1, uuid4()),)
        return lambda: str(holds.take(at(tools, member), member_id=member.id, asks=asks)[0].outcome)

    outcomes = course.together([take(each) for each in members])

    assert Counter(outcomes) == {"held": 3, "waiting": 9}
    assert database.value("SELECT count(*) FROM holds") == 3


def test_an_arrival_in_flight_is_waited_for_by_the_draw(database, tools, crowd, clock, course):
    """Whoever read the clock before the hour is in the draw, even if the hour comes before their row is there."""
    sale, _, (slow, quick, *_) = crowd
    visit(tools, sale, quick)()
    with database.owner.connect() as connection:
        connection.execute(
            text("SELECT number FROM visit_room(:sale, :member, 1200)"),
            {"sale": sale.id, "member": slow.id},
        )
        clock.turn(minutes=10)
        drawing = course.begin(visit(tools, sale, quick), waiting=1)
        connection.commit()
    drawn = drawing.result()

    assert (drawn.drew, drawn.drawn) == (True, 2)
