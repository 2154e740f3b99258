"""Prices: the saving is computed, the comparison has its evidence, the prior price is the lowest of thirty days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain import prices
from marketplace.domain.money import Money
from marketplace.domain.prices import Applied

CENTS = st.integers(1, 10_000_00)


def euro(minor):
    return Money(minor, "EUR")


@pytest.mark.parametrize(
    ("price", "compare", "saving"),
    [(4_500, 5_000, 1_000), (4_500, 10_000, 5_500), (9_999, 10_000, 1), (6_667, 10_000, 3_333)],
)
def test_the_saving_follows_from_the_two_prices(price, compare, saving):
    assert prices.saving_bps(euro(price), euro(compare)) == saving


@given(price=CENTS, compare=CENTS)
def test_the_saving_never_says_more_than_is_true(price, compare):
    if price > compare:
        return
    said = prices.saving_bps(euro(price), euro(compare))

    assert said * compare <= (compare - price) * 10_000


@given(rrp=CENTS, floor=st.integers(0, 10_000_00), saving=st.integers(1, 9_500))
def test_a_price_set_by_its_saving_never_falls_under_the_floor(rrp, floor, saving):
    price = prices.under(euro(rrp), saving_bps=saving, floor=euro(floor))

    assert price.minor >= floor
    assert price.minor == floor or abs(price.minor * 10_000 - rrp * (10_000 - saving)) <= 5_000


def test_half_off_is_half_and_the_floor_stops_it():
    assert prices.under(euro(12_000), saving_bps=5_000, floor=euro(3_000)) == euro(6_000)
    assert prices.under(euro(12_000), saving_bps=8_000, floor=euro(3_000)) == euro(3_000)


@pytest.mark.parametrize(
    ("seen_on", "shown"),
    [
        (date(2026, 3, 1), True),
        (date(2025, 11, 20), True),
        (date(2025, 11, 19), False),
        (date(2026, 11, 21), False),
        (None, False),
    ],
)
def test_a_comparison_is_shown_only_with_evidence_of_the_last_year(seen_on, shown):
    found = prices.comparison(
        euro(6_000), rrp=euro(12_000), seen_on=seen_on, shown_on=date(2026, 11, 20)
    )

    assert found == (euro(12_000) if shown else None)


@pytest.mark.parametrize(("before", "shown"), [(None, True), (12_000, True), (11_999, False)])
def test_what_was_sold_for_less_in_the_thirty_days_before_shows_no_greater_saving(before, shown):
    found = prices.comparison(
        euro(4_500),
        rrp=euro(12_000),
        seen_on=date(2026, 3, 1),
        shown_on=date(2026, 11, 20),
        before=None if before is None else euro(before),
    )

    assert found == (euro(12_000) if shown else None)


@pytest.mark.parametrize("price", [12_000, 12_001])
def test_a_comparison_without_a_saving_is_not_shown(price):
    found = prices.comparison(
        euro(price), rrp=euro(12_000), seen_on=date(2026, 3, 1), shown_on=date(2026, 11, 20)
    )

    assert found is None


def test_the_prior_price_is_the_lowest_of_the_thirty_days_before_the_cut():
    first = datetime(2026, 9, 1, tzinfo=UTC)
    asked = [
        Applied(euro(6_000), first, first + timedelta(days=10)),
        Applied(euro(5_000), first + timedelta(days=10), first + timedelta(days=13)),
        Applied(euro(6_000), first + timedelta(days=13), first + timedelta(days=24)),
    ]

    prior = prices.prior(asked, cut_at=first + timedelta(days=24))

    assert prior == euro(5_000)
    assert prices.saving_bps(euro(4_500), prior) == 1_000


def test_a_price_asked_more_than_thirty_days_ago_is_no_prior_price():
    first = datetime(2026, 9, 1, tzinfo=UTC)
    asked = [Applied(euro(5_000), first, first + timedelta(days=3))]

    assert prices.prior(asked, cut_at=first + timedelta(days=33)) is None
    assert prices.prior([], cut_at=first) is None
