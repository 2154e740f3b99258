"""Openings and closings: true by the row and the clock, recorded once each by whoever looks first."""

from __future__ import annotations

from datetime import UTC, timedelta
from functools import partial

import pytest
from sqlalchemy import insert, select

from marketplace.db import sales as rows
from marketplace.domain.sales import Transition
from marketplace.services import sales
from tests import factories, sale_scenes
from tests.races.conftest import Course

TAKE = (
    "SELECT outcome FROM take_holds(ARRAY[:m], ARRAY[(SELECT min(id) FROM sale_items)], ARRAY[1],"
    " ARRAY[gen_random_uuid()])"
)
TICK = timedelta(microseconds=1)


@pytest.fixture
def at(database):
    """A desk with goods."""
    with database.session() as session:
        return sale_scenes.desk(session)


@pytest.fixture
def course(database, vault):
    """Threads that begin together."""
    running = Course(database, vault)
    yield running
    running.close()


def freeze(database, at):
    """Let the house's clock stand still at ``at``: the boundary itself is asked about."""
    database.run(
        "CREATE OR REPLACE FUNCTION house_now() RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL SAFE "
        f"AS 'SELECT timestamptz ''{at.isoformat()}'''"
    )


def edges(database):
    return database.rows("SELECT transition, generation, missed FROM sale_transitions ORDER BY id")


def told(database):
    return [
        name
        for (name,) in database.rows(
            "SELECT name FROM events WHERE name IN ('sale.opened', 'sale.closed', 'sale.missed') ORDER BY id"
        )
    ]


@pytest.mark.parametrize(
    ("edge", "shift", "answer"),
    [
        ("opens_at", -TICK, "not_open"),
        ("opens_at", 0 * TICK, "held"),
        ("closes_at", -TICK, "held"),
        ("closes_at", 0 * TICK, "closed"),
    ],
)
def test_a_sale_opens_and_closes_at_its_instant_with_nobody_to_record_it(
    at, tools, database, edge, shift, answer
):
    sale_scenes.scheduled(tools, at)
    with database.session() as session:
        member = factories.member(session)
    freeze(database, database.value(f"SELECT {edge} FROM sales").astimezone(UTC) + shift)

    assert database.value(TAKE, m=member.id) == answer

    assert edges(database) == []
    assert database.value("SELECT state FROM sales") == "scheduled"


def test_an_opening_is_recorded_once_with_its_lateness(at, tools, database, clock):
    ref = sale_scenes.scheduled(tools, at)
    opens_at = database.value("SELECT opens_at FROM sales")
    clock.set(opens_at + timedelta(seconds=2))

    (noted,) = sales.record_due_transitions(tools, limit=10)
    again = sales.record_due_transitions(tools, limit=10)

    assert (noted.ref, noted.transition, noted.due_at, noted.missed) == (
        ref,
        Transition.OPEN,
        opens_at,
        False,
    )
    assert 2_000 <= noted.late_ms < 4_000
    assert again == ()
    assert edges(database) == [("open", 1, False)]
    assert told(database) == ["sale.opened"]
    assert database.rows("SELECT state, opened_at = opens_at FROM sales") == [("open", True)]
    assert database.rows("SELECT kept_at = due_at FROM promises WHERE kind = 'opening'") == [
        (True,)
    ]
    assert database.rows(
        "SELECT actor, account_id, data->'late' FROM events ORDER BY id DESC LIMIT 1"
    ) == [("worker", None, False)]


def test_nothing_is_recorded_before_its_time(at, tools, database, clock):
    sale_scenes.scheduled(tools, at)
    clock.set(database.value("SELECT opens_at FROM sales") - timedelta(seconds=5))

    assert sales.record_due_transitions(tools, limit=10) == ()

    assert edges(database) == []


def test_after_a_pause_of_the_clocks_each_effect_comes_once_and_says_that_it_is_late(
    at, tools, database, clock
):
    sale_scenes.scheduled(tools, at)
    clock.set(database.value("SELECT opens_at FROM sales") + timedelta(hours=2))

    sales.record_due_transitions(tools, limit=10)
    sales.record_due_transitions(tools, limit=10)

    assert told(database) == ["sale.opened"]
    assert database.value("SELECT data->'late' FROM events ORDER BY id DESC LIMIT 1") is True


def test_a_sale_that_opened_and_closed_unseen_is_closed_once_and_its_opening_missed(
    at, tools, database, clock
):
    sale_scenes.scheduled(tools, at)
    clock.set(database.value("SELECT closes_at FROM sales") + timedelta(hours=2))

    noted = sales.record_due_transitions(tools, limit=10)

    assert [(each.transition, each.missed) for each in noted] == [
        (Transition.OPEN, True),
        (Transition.CLOSE, False),
    ]
    assert sales.record_due_transitions(tools, limit=10) == ()
    assert edges(database) == [("open", 1, True), ("close", 1, False)]
    assert told(database) == ["sale.missed", "sale.closed"]
    assert database.rows(
        "SELECT state, opened_at = opens_at, closed_at = closes_at FROM sales"
    ) == [("closed", True, True)]


def test_a_paused_sale_is_closed_at_its_time(at, tools, database, clock):
    ref = sale_scenes.scheduled(tools, at)
    clock.set(database.value("SELECT opens_at FROM sales") + timedelta(minutes=1))
    sales.pause(at.operator(tools), ref=ref, reason="snow")
    clock.set(database.value("SELECT closes_at FROM sales"))

    sales.record_due_transitions(tools, limit=10)

    assert database.value("SELECT state FROM sales") == "closed"
    assert told(database) == ["sale.opened", "sale.closed"]


def test_times_that_were_moved_are_recorded_for_the_new_times_only(at, tools, database, clock):
    ref = sale_scenes.scheduled(tools, at)
    old = database.value("SELECT opens_at FROM sales")
    house = at.operator(tools)
    sales.unschedule(house, ref=ref, reason="a day later")
    sales.change(house, ref=ref, version=2, plan=at.plan(opens_in=timedelta(days=3)))
    sales.approve(at.brand(tools), ref=ref, version=3)
    sales.schedule(house, ref=ref, version=3)

    clock.set(old + timedelta(seconds=1))
    assert sales.record_due_transitions(tools, limit=10) == ()
    clock.set(old + timedelta(days=1, seconds=1))
    sales.record_due_transitions(tools, limit=10)

    assert edges(database) == [("open", 2, False)]


def test_an_extended_sale_closes_once_at_its_new_time(at, tools, database, clock):
    ref = sale_scenes.scheduled(tools, at)
    closes_at = database.value("SELECT closes_at FROM sales")
    clock.set(database.value("SELECT opens_at FROM sales"))
    sales.record_due_transitions(tools, limit=10)
    later = database.value("SELECT closes_wall FROM sales") + timedelta(hours=5)
    sales.extend(at.operator(tools), ref=ref, closes_wall=later, fold=None, reason="demand")

    clock.set(closes_at + timedelta(minutes=1))
    assert sales.record_due_transitions(tools, limit=10) == ()
    clock.set(closes_at + timedelta(hours=5, seconds=1))
    sales.record_due_transitions(tools, limit=10)

    assert edges(database) == [("open", 1, False), ("close", 2, False)]


def test_the_next_edge_is_the_nearest_opening_or_closing(at, tools, database, clock):
    assert sales.next_edge(tools) is None
    assert sales.milliseconds_to_next_edge(tools, within_ms=200) == 200

    sale_scenes.scheduled(tools, at)
    opens_at = database.value("SELECT opens_at FROM sales")
    assert sales.next_edge(tools) == opens_at

    clock.set(opens_at - timedelta(seconds=2))
    assert 0 < sales.milliseconds_to_next_edge(tools, within_ms=60_000) <= 2_000
    clock.set(opens_at + timedelta(seconds=2))
    assert sales.milliseconds_to_next_edge(tools, within_ms=60_000) == 0
    sales.record_due_transitions(tools, limit=10)
    assert sales.next_edge(tools) == database.value("SELECT closes_at FROM sales")


def test_many_edges_are_taken_in_portions(at, tools, database, clock):
    with database.session() as session:
        for _ in range(3):
            factories.open_sale(session)

    first = sales.record_due_transitions(tools, limit=2)
    second = sales.record_due_transitions(tools, limit=2)

    assert (len(first), len(second)) == (2, 1)
    assert sales.record_due_transitions(tools, limit=2) == ()


def test_two_clocks_at_once_record_each_edge_once(at, tools, database, course):
    with database.session() as session:
        refs = {factories.open_sale(session)[0].ref for _ in range(12)}

    both = course.together([partial(sales.record_due_transitions, tools, limit=100)] * 2)

    noted = [each.ref for recorded in both for each in recorded]
    assert sorted(noted) == sorted(refs)
    assert len(told(database)) == 12
    assert database.value("SELECT count(*) FROM sale_transitions") == 12


def test_without_its_guards_the_same_edge_is_recorded_twice(
    at, tools, database, course, monkeypatch
):
    """The twin: no lock on the row, no unique note, and two clocks both tell the opening."""
    with database.session() as session:
        factories.open_sale(session)
    database.run(
        "ALTER TABLE sale_transitions DROP CONSTRAINT uq_sale_transitions_sale_id_transition_generation"
    )
    _unguarded(monkeypatch)

    with course.closed("LOCK TABLE sale_transitions IN ACCESS EXCLUSIVE MODE"):
        clocks = [
            course.begin(partial(sales.record_due_transitions, tools, limit=100), waiting=number)
            for number in (1, 2)
        ]
    for each in clocks:
        each.result()

    assert told(database) == ["sale.opened", "sale.opened"]
    assert database.value("SELECT count(*) FROM sale_transitions") == 2


def _unguarded(monkeypatch):
    """Look without a lock, write without asking whether it was written."""
    monkeypatch.setattr(
        "marketplace.services.sales.edges.sales.due",
        lambda session, most: list(session.scalars(select(rows.Sale).limit(most))),
    )

    def note(session, sale, transition, *, due_at, missed):
        session.execute(
            insert(rows.SaleTransition).values(
                brand_id=sale.brand_id,
                sale_id=sale.id,
                transition=transition,
                generation=sale.generation,
                due_at=due_at,
                missed=missed,
            )
        )
        return True

    monkeypatch.setattr("marketplace.services.sales.edges.sales.note_transition", note)
