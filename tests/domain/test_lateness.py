"""What a brand may claim where the house pays late."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from marketplace.domain.money import Money
from marketplace.domain.settlements import claim
from marketplace.domain.settlements.lateness import Claim, rates_from

RATES = {date(2026, 1, 1): 215, date(2026, 7, 1): 315}
DUE = date(2026, 6, 20)


def late(days, *, minor=1_000_000, currency="EUR", rates=RATES):
    until = DUE + timedelta(days=days)
    return claim(Money(minor, currency), due_on=DUE, until=until, rates=rates)


def test_each_day_bears_the_rate_of_its_half_year_and_eight_points():
    """Ten days of June at 10.15 %, then five of July at 11.15 %, of 10 000.00."""
    assert late(10) == Claim(10, 1_015, Money(2_781, "EUR"), Money(4_000, "EUR"))
    assert late(15) == Claim(15, 1_115, Money(2_781 + 1_527, "EUR"), Money(4_000, "EUR"))


def test_nothing_is_claimed_on_the_day_itself_or_of_nothing():
    assert late(0) is None
    assert late(-3) is None
    assert late(5, minor=0) is None


@pytest.mark.parametrize(
    "more", [{"rates": {date(2026, 1, 1): 215}}, {"rates": {}}, {"currency": "GBP"}]
)
def test_without_the_rate_of_every_half_year_only_the_fixed_sum_is_told(more):
    assert late(15, **more) == Claim(15, None, None)


@given(days=some.integers(1, 900), minor=some.integers(1, 10**10))
def test_a_day_more_never_lessens_the_interest(days, minor):
    rates = {date(year, month, 1): 215 for year in range(2026, 2030) for month in (1, 7)}

    less, more = late(days, minor=minor, rates=rates), late(days + 1, minor=minor, rates=rates)

    assert less.interest.minor <= more.interest.minor


def test_rates_are_told_by_the_first_day_of_their_half_year():
    assert rates_from(["2026-01-01:2.15", " 2026-07-01 : 3 "]) == {
        date(2026, 1, 1): 215,
        date(2026, 7, 1): 300,
    }


@pytest.mark.parametrize(
    "told",
    ["2026-02-01:2", "2026-01-01", "2026-01-01:x", "2026-01-01:2.155", "x:2", "2026-01-01:-1"],
)
def test_what_is_no_rate_of_a_half_year_is_refused(told):
    with pytest.raises(ValueError, match=r".+"):
        rates_from([told])
