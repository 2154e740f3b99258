"""Prices of a sale changed by rule: shown with what each side would have of it, then done; never below a floor."""

from __future__ import annotations

import pytest

from marketplace.domain.money import Money
from marketplace.domain.prices import PriceRule
from marketplace.domain.refusals import NotFound, Stale
from marketplace.domain.sales import SaleFrozen
from marketplace.queries import repricing
from marketplace.services import sales
from tests import sale_scenes

PRICES = "SELECT price_minor FROM sale_items ORDER BY id"
TENTH_LOWER = PriceRule(-1_000, None)


@pytest.fixture
def at(database):
    """A desk with a deal of two variants, ten units of each accepted, at a commission of a quarter."""
    with database.session() as session:
        return sale_scenes.desk(session)


@pytest.fixture
def house(at, tools):
    return at.operator(tools)


@pytest.fixture
def ref(tools, at):
    """A draft with five units of each variant at 60.00."""
    return sale_scenes.ready(tools, at)


def version(database) -> int:
    return database.value("SELECT version FROM sales")


def test_the_effect_is_what_would_be_settled_and_changes_nothing(database, house, ref):
    before = database.rows(PRICES)
    units = database.value("SELECT sum(units) FROM sale_items")

    found = repricing.effect(house, ref=ref, rule=TENTH_LOWER)

    assert (found.items, found.changed, found.at_floor) == (len(before), len(before), 0)
    assert found.before.gross == Money(6_000, "EUR") * int(units)
    assert found.after.gross == Money(5_400, "EUR") * int(units)
    net = found.after.brand + found.after.house
    assert found.after.house.minor * 4 == pytest.approx(net.minor, abs=4)
    assert database.rows(PRICES) == before


def test_what_was_shown_is_done_and_the_brand_is_asked_again(database, house, ref):
    now = version(database)

    sales.reprice(house, ref=ref, version=now, rule=PriceRule(-1_000, 90))

    assert {price for (price,) in database.rows(PRICES)} == {5_390}
    assert database.value("SELECT approved_version FROM sales") != version(database)
    with pytest.raises(Stale):
        sales.reprice(house, ref=ref, version=now, rule=TENTH_LOWER)


def test_no_price_falls_below_its_floor_and_the_effect_says_how_many_stand_there(
    database, house, ref
):
    rule = PriceRule(-9_000, None)
    found = repricing.effect(house, ref=ref, rule=rule)

    sales.reprice(house, ref=ref, version=version(database), rule=rule)

    assert found.at_floor == found.items
    floors = database.rows(
        "SELECT l.floor_minor FROM sale_items i JOIN sales s ON s.id = i.sale_id JOIN deals d ON d.id = s.deal_id"
        " JOIN deal_lines l ON l.version_id = d.accepted_version_id AND l.variant_id = i.variant_id ORDER BY i.id"
    )
    assert database.rows(PRICES) == floors


def test_one_style_alone_is_changed_and_one_that_is_not_there_is_refused(database, house, ref):
    code = repricing.styles(house, ref=ref)[0][0]
    with pytest.raises(NotFound):
        repricing.effect(house, ref=ref, rule=TENTH_LOWER, style_code="no such style")
    with pytest.raises(NotFound):
        sales.reprice(
            house, ref=ref, version=version(database), rule=TENTH_LOWER, style_code="no such style"
        )

    sales.reprice(house, ref=ref, version=version(database), rule=TENTH_LOWER, style_code=code)

    assert 5_400 in {price for (price,) in database.rows(PRICES)}


def test_a_sale_that_is_scheduled_keeps_its_prices(database, tools, house, at):
    ref = sale_scenes.scheduled(tools, at)

    with pytest.raises(SaleFrozen):
        sales.reprice(house, ref=ref, version=version(database), rule=TENTH_LOWER)
