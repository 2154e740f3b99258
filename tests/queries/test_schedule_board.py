"""The week: sales on their days in their own zone, with what each still lacks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from marketplace.domain.preflight import Check
from marketplace.domain.sales import Phase
from marketplace.queries import schedule_board
from marketplace.services import sales
from tests import factories, sale_scenes

PARIS = ZoneInfo("Europe/Paris")
MONDAY = date(2026, 11, 16)


@pytest.fixture
def at(database, clock):
    """A desk, on a Tuesday morning of November."""
    clock.set(datetime(2026, 11, 17, 8, tzinfo=UTC))
    with database.session() as session:
        return sale_scenes.desk(session)


def test_a_sale_stands_on_the_day_it_opens_and_runs_through_the_next(at, tools):
    ref = sale_scenes.scheduled(tools, at)

    week = schedule_board.week(at.operator(tools), of=None, zone=PARIS)

    assert (week.starts_on, week.today) == (MONDAY, date(2026, 11, 17))
    assert [[card.ref for card in day.opening] for day in week.days] == [
        [],
        [],
        [],
        [ref],
        [],
        [],
        [],
    ]
    assert [[card.ref for card in day.running] for day in week.days] == [
        [],
        [],
        [],
        [],
        [ref],
        [ref],
        [ref],
    ]
    assert week.territories == ("FR",)


def test_on_a_sunday_the_days_ahead_are_seen_as_well(at, tools, clock):
    ref = sale_scenes.scheduled(tools, at)
    clock.set(datetime(2026, 11, 15, 8, tzinfo=UTC))

    week = schedule_board.week(at.operator(tools), of=None, zone=PARIS)

    assert week.starts_on == date(2026, 11, 14)
    assert [card.ref for day in week.days for card in day.opening] == [ref]


def test_a_draft_says_how_much_of_it_is_ready(at, tools):
    sales.draft(at.operator(tools), deal_id=at.deal_id, plan=at.plan())

    (card,) = schedule_board.week(at.operator(tools), of=None, zone=PARIS).cards

    assert (card.ready, card.total, card.phase) == (len(Check) - 3, len(Check), Phase.HIDDEN)


def test_a_scheduled_sale_has_its_pre_flight_behind_it_and_its_phase_from_the_clock(
    at, tools, clock
):
    sale_scenes.scheduled(tools, at)
    clock.turn(days=2)

    (card,) = schedule_board.week(at.operator(tools), of=None, zone=PARIS).cards

    assert (card.ready, card.total, card.phase) == (len(Check), len(Check), Phase.OPEN)


def test_another_week_and_a_cancelled_sale_are_not_shown(at, tools):
    ref = sale_scenes.scheduled(tools, at)
    house = at.operator(tools)

    assert schedule_board.week(house, of=MONDAY + timedelta(days=14), zone=PARIS).cards == ()
    assert schedule_board.week(house, of=MONDAY - timedelta(days=7), zone=PARIS).cards == ()
    sales.cancel(house, ref=ref, reason="no")
    assert schedule_board.week(house, of=MONDAY, zone=PARIS).cards == ()


def test_a_sale_just_after_midnight_in_its_zone_belongs_to_that_day(database, tools, clock):
    clock.set(datetime(2026, 11, 17, 8, tzinfo=UTC))
    with database.session() as session:
        sale, _ = factories.open_sale(session, opens_in=timedelta(hours=15, minutes=30))

    week = schedule_board.week(tools, of=None, zone=PARIS)

    assert [card.opens_on for card in week.cards] == [date(2026, 11, 18)]
    assert week.cards[0].ref == sale.ref
