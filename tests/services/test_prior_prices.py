"""A saving is told from the lowest price of the thirty days before: when a sale is filled, and when it is scheduled."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.domain.money import Money
from marketplace.domain.preflight import Check, Level
from marketplace.domain.sales import SaleNotReady
from marketplace.queries import preflight
from marketplace.services import sales
from marketplace.services.sales import Asked
from tests import sale_scenes

DAY = timedelta(days=1)


@pytest.fixture
def at(database):
    """A desk with goods: two sizes with an RRP of 120 and its evidence."""
    with database.session() as session:
        return sale_scenes.desk(session)


@pytest.fixture
def house(at, tools):
    """The operator's tools."""
    return at.operator(tools)


def _ready(tools, at, *, price_minor, opens_in):
    return sale_scenes.ready(
        tools, at, units=3, price_minor=price_minor, opens_in=opens_in, length=2 * DAY
    )


def _comparisons(database, ref):
    return database.rows(
        "SELECT i.compare_minor, i.evidence_id IS NOT NULL FROM sale_items i JOIN sales s ON s.id = i.sale_id"
        " WHERE s.ref = :ref ORDER BY i.id",
        ref=ref,
    )


def _row(house, ref):
    rows = preflight.of_sale(house, ref=ref).readiness.rows
    return next(row for row in rows if row.check is Check.COMPARISON)


def _filled_before_the_other_was_planned(tools, at, house):
    """A sale in five weeks that shows comparisons, and then one of the same goods two weeks before it at 60."""
    later = _ready(tools, at, price_minor=4_500, opens_in=35 * DAY)
    earlier = _ready(tools, at, price_minor=6_000, opens_in=21 * DAY)
    sales.schedule(house, ref=earlier, version=2)
    return later, earlier


def test_a_saving_over_what_the_house_asked_lately_blocks_and_names_its_evidence(
    at, tools, house, database
):
    later, earlier = _filled_before_the_other_was_planned(tools, at, house)
    assert _comparisons(database, later) == [(12_000, True), (12_000, True)]

    row = _row(house, later)

    assert (row.level, row.reason, len(row.named)) == (Level.BLOCK, "undercut", 2)
    assert (row.facts["price"], row.facts["ref"]) == (Money(6_000, "EUR"), earlier)
    with pytest.raises(SaleNotReady) as no:
        sales.schedule(house, ref=later, version=2)
    assert [each.check for each in no.value.facts["rows"]] == [Check.COMPARISON]
    assert database.value("SELECT state FROM sales WHERE ref = :ref", ref=later) == "draft"


def test_saving_the_items_again_takes_the_comparison_away_and_mends_it(at, tools, house, database):
    later, _ = _filled_before_the_other_was_planned(tools, at, house)

    lines = tuple(Asked(each, 3, 4_500) for each in at.variant_ids)
    done = sales.put_items(house, ref=later, version=2, lines=lines)
    sales.approve(at.brand(tools), ref=later, version=done.version)

    assert _comparisons(database, later) == [(None, False), (None, False)]
    sales.schedule(house, ref=later, version=done.version)
    assert database.value("SELECT state FROM sales WHERE ref = :ref", ref=later) == "scheduled"


def test_a_sale_that_ended_more_than_thirty_days_before_says_nothing(at, tools, house, database):
    later = _ready(tools, at, price_minor=4_500, opens_in=40 * DAY)
    earlier = _ready(tools, at, price_minor=6_000, opens_in=8 * DAY)
    sales.schedule(house, ref=earlier, version=2)

    assert _row(house, later).level is Level.OK


def test_a_draft_and_a_sale_cancelled_before_it_opened_asked_no_price(at, tools, house):
    later = _ready(tools, at, price_minor=4_500, opens_in=35 * DAY)
    _ready(tools, at, price_minor=6_000, opens_in=21 * DAY)
    assert _row(house, later).level is Level.OK

    cancelled = _ready(tools, at, price_minor=5_000, opens_in=25 * DAY)
    sales.schedule(house, ref=cancelled, version=2)
    sales.cancel(house, ref=cancelled, reason="the goods are needed elsewhere")

    assert _row(house, later).level is Level.OK


def test_another_territory_has_its_own_prices(at, tools, house, database):
    later, earlier = _filled_before_the_other_was_planned(tools, at, house)
    database.run("UPDATE sales SET territory = 'BE' WHERE ref = :ref", ref=earlier)

    assert _row(house, later).level is Level.OK
