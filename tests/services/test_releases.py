"""What follows agreement: units released up to the hard stop, and what of the delivery is short."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from marketplace.domain.deals import Charge, ChargeReason, HardStop, Line, Mode, NotAgreed
from marketplace.domain.money import Money
from marketplace.domain.refusals import NotFound
from marketplace.queries import deals as asked
from marketplace.services import deals
from tests.services.test_deals import TERMS, Talks, talks

__all__ = ("Talks", "talks")


@pytest.fixture
def deal_id(talks) -> int:
    """Six of ten units of the first variant are committed, and up to nine may be released."""
    first, second = talks.variant_ids
    lines = (Line(first, 6, 3_000, hard_stop=9), Line(second, 10, 3_000))
    terms = replace(
        TERMS, deliver_by=date(2099, 1, 10), chargebacks=(Charge(ChargeReason.SHORT, 150),)
    )
    return deals.propose(
        talks.house, collection_id=talks.collection_id, terms=terms, lines=lines
    ).deal_id


def committed(database) -> list[int]:
    return [units for (units,) in database.rows("SELECT committed FROM lots ORDER BY variant_id")]


def test_a_brand_releases_up_to_its_hard_stop_and_no_unit_more(database, talks, deal_id):
    deals.accept(talks.brand, deal_id=deal_id, number=1)
    first = talks.variant_ids[0]

    assert deals.release(talks.brand, deal_id=deal_id, variant_id=first, units=2) == 1
    with pytest.raises(HardStop) as no:
        deals.release(talks.brand, deal_id=deal_id, variant_id=first, units=2)

    assert no.value.facts == {"most": 1}
    assert committed(database) == [8, 10]
    (left,) = asked.one(talks.brand, deal_id=deal_id).delivery.releasable
    assert (left.variant_id, left.most) == (first, 1)


def test_what_is_committed_and_released_conditionally_stays_with_the_brand(database, talks):
    first, second = talks.variant_ids
    lines = (Line(first, 6, 3_000, hard_stop=9), Line(second, 10, 3_000))
    terms = replace(TERMS, mode=Mode.CONDITIONAL)
    deal_id = deals.propose(
        talks.house, collection_id=talks.collection_id, terms=terms, lines=lines
    ).deal_id
    deals.accept(talks.brand, deal_id=deal_id, number=1)

    deals.release(talks.brand, deal_id=deal_id, variant_id=first, units=2)

    assert database.rows("SELECT committed, pledged, accepted FROM lots ORDER BY variant_id") == [
        (8, 8, 0),
        (10, 10, 0),
    ]
    assert database.value("SELECT mode FROM deals") == "conditional"


def test_without_a_hard_stop_nothing_is_released(database, talks, deal_id):
    deals.accept(talks.brand, deal_id=deal_id, number=1)

    with pytest.raises(HardStop):
        deals.release(talks.brand, deal_id=deal_id, variant_id=talks.variant_ids[1], units=1)

    assert committed(database) == [6, 10]


def test_nothing_is_released_before_the_deal_is_agreed_nor_of_goods_outside_it(talks, deal_id):
    with pytest.raises(NotAgreed):
        deals.release(talks.brand, deal_id=deal_id, variant_id=talks.variant_ids[0], units=1)

    deals.accept(talks.brand, deal_id=deal_id, number=1)
    with pytest.raises(NotFound):
        deals.release(talks.brand, deal_id=deal_id, variant_id=999_999, units=1)


def test_what_has_not_come_by_its_day_is_told_with_what_the_tariff_names(talks, deal_id, clock):
    deals.accept(talks.brand, deal_id=deal_id, number=1)
    assert asked.one(talks.brand, deal_id=deal_id).delivery.short == 0

    clock.turn(days=366 * 80)

    told = asked.one(talks.brand, deal_id=deal_id).delivery
    assert (told.committed, told.received, told.short) == (16, 0, 16)
    assert told.charge == Money(2_400, "EUR")


def test_a_comment_stands_beside_its_clause_and_changes_no_version(database, talks, deal_id):
    deals.comment(talks.brand, deal_id=deal_id, number=1, clause="exit_on", said="A week sooner?")

    (said,) = asked.one(talks.house, deal_id=deal_id).comments["exit_on"]
    assert (said.number, said.side, said.said) == (1, "brand", "A week sooner?")
    assert database.value("SELECT latest FROM deals") == 1
