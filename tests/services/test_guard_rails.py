"""Guard-rails where they bite the calendar: no sale is scheduled against what its brand, or another, has set."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from marketplace.domain.brands.guard_rails import GuardRails
from marketplace.domain.preflight import Check, Level
from marketplace.domain.sales import SaleNotReady
from marketplace.queries import guard_rails as asked
from marketplace.queries import preflight, schedule_board
from marketplace.services import brands, sales
from marketplace.words import readiness
from tests import factories, sale_scenes

ON_THE_SAME_MORNING = timedelta(days=2)


@pytest.fixture
def at(database):
    """A desk with goods."""
    with database.session() as session:
        return sale_scenes.desk(session)


@pytest.fixture
def rival(database):
    """The desk of another brand, whose name is Maison Rivale."""
    with database.session() as session:
        found = sale_scenes.desk(session)
        session.get(factories.Brand, found.brand_id).name = "Maison Rivale"
        return found


def set_by(tools, desk, **rails):
    return brands.set_guard_rails(
        desk.brand(tools), brand_id=desk.brand_id, said=GuardRails(**rails)
    )


def refused(tools, desk, ref):
    """The checks that block the scheduling of a sale, with the facts of the first."""
    with pytest.raises(SaleNotReady) as no:
        sales.schedule(desk.operator(tools), ref=ref, version=2)
    rows = no.value.facts["rows"]
    return [row.check for row in rows], rows[0]


def test_a_second_sale_comes_no_sooner_than_the_brand_wants(at, tools):
    first = sale_scenes.scheduled(tools, at, units=2)
    set_by(tools, at, days_apart=30)
    soon = sale_scenes.ready(tools, at, units=2, opens_in=timedelta(days=34))

    checks, row = refused(tools, at, soon)
    late = sale_scenes.scheduled(tools, at, units=2, opens_in=timedelta(days=35))

    assert (checks, row.reason, row.facts["ref"]) == ([Check.GAP], "too_near", first)
    assert late


def test_the_year_of_the_opening_where_it_is_sold_is_full_at_the_brands_bound(at, tools):
    sale_scenes.scheduled(tools, at, units=2)
    set_by(tools, at, a_year=1)
    year = at.plan().opens_wall.year
    days = (at.now.replace(year=year + 1, month=1, day=20) - at.now).days

    checks, row = refused(
        tools, at, sale_scenes.ready(tools, at, units=2, opens_in=timedelta(days=12))
    )

    assert (checks, row.facts["year"]) == ([Check.YEARLY], str(year))
    assert sale_scenes.scheduled(tools, at, units=2, opens_in=timedelta(days=days))


@pytest.mark.parametrize("first_is_theirs", [True, False])
def test_neither_of_two_brands_opens_on_the_morning_of_the_other(at, rival, tools, first_is_theirs):
    set_by(tools, at, avoided=("maison RIVALE",))
    one, other = (rival, at) if first_is_theirs else (at, rival)
    first = sale_scenes.scheduled(tools, one)

    checks, row = refused(tools, other, sale_scenes.ready(tools, other))

    assert (checks, row.facts["ref"]) == ([Check.MORNING], first)
    assert sale_scenes.scheduled(tools, other, units=2, opens_in=timedelta(days=3))


def test_neither_brand_learns_why_from_its_own_view_of_the_sale(at, rival, tools):
    set_by(tools, at, avoided=("Maison Rivale",))
    sale_scenes.scheduled(tools, rival)
    ref = sale_scenes.ready(tools, at)

    seen = preflight.of_sale(at.brand(tools), ref=ref).readiness
    known = preflight.of_sale(at.operator(tools), ref=ref).readiness

    assert seen.blocking == ()
    assert [row.check for row in known.blocking] == [Check.MORNING]


def test_a_name_says_nothing_about_who_sells_here(at, rival, tools):
    """The answer to a name of the house and to one that nobody bears is the same."""
    known = set_by(tools, at, avoided=("Maison Rivale",))
    unknown = set_by(tools, at, avoided=("Nobody At All",))

    assert known == unknown == ("avoided",)
    assert asked.look(at.brand(tools), brand_id=at.brand_id).rails.avoided == ("Nobody At All",)


def test_a_brand_reads_no_names_of_another(at, rival, tools, database):
    set_by(tools, at, avoided=("Maison Rivale",))

    with rival.brand(tools).reading() as session:
        assert session.execute(text("SELECT said FROM avoided_brands")).all() == []
    assert database.value("SELECT count(*) FROM avoided_brands") == 1


def test_a_running_sale_is_not_extended_into_the_gap_before_the_next(at, tools, clock):
    ref = sale_scenes.opened(tools, clock, at, units=2)
    sale_scenes.scheduled(tools, at, units=2, opens_in=timedelta(days=12))
    set_by(tools, at, days_apart=6)
    later = at.plan(length=timedelta(days=5)).closes_wall

    with pytest.raises(SaleNotReady) as no:
        sales.extend(at.operator(tools), ref=ref, closes_wall=later, fold=None, reason="more")

    assert [row.check for row in no.value.facts["rows"]] == [Check.GAP]


def test_whoever_plans_the_week_reads_why_a_day_will_not_do(at, rival, tools):
    set_by(tools, at, avoided=("Maison Rivale",))
    first = sale_scenes.scheduled(tools, rival)
    sale_scenes.ready(tools, at)
    plan = at.plan()

    week = schedule_board.week(
        at.operator(tools), of=plan.opens_wall.date(), zone=ZoneInfo(sale_scenes.ZONE)
    )

    (row,) = next(card.against for card in week.cards if card.state == "draft")
    assert (row.check, row.level) == (Check.MORNING, Level.BLOCK)
    assert f"Maison Rivale opens its sale {first}" in readiness.said(row).reason


def test_every_change_stands_in_the_trail_without_the_names(at, tools, database):
    set_by(tools, at, days_apart=30, a_year=4, avoided=("Maison Rivale",))

    assert set_by(tools, at, days_apart=30, a_year=4, avoided=("Maison Rivale",)) == ()
    assert database.rows(
        "SELECT data, account_id FROM events WHERE name = 'brand.guard_rails_changed'"
    ) == [
        (
            {"changed": "days_apart, a_year, avoided", "days_apart": 30, "a_year": 4},
            at.brand_account_id,
        )
    ]
