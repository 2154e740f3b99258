"""Prices changed by rule: to an ending, and never under a floor."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.money import Money
from marketplace.domain.prices import PriceRule


@pytest.mark.parametrize(
    ("price", "rule", "floor", "becomes"),
    [
        (10_000, PriceRule(-1_000, None), 0, 9_000),
        (10_000, PriceRule(-1_000, 90), 0, 8_990),
        (9_960, PriceRule(0, 90), 0, 9_990),
        (9_930, PriceRule(0, 90), 0, 9_890),
        (10_000, PriceRule(500, 0), 0, 10_500),
        (10_000, PriceRule(-5_000, 90), 6_000, 6_090),
        (10_000, PriceRule(-5_000, None), 6_001, 6_001),
        (10_000, PriceRule(-1_000, 90), 8_990, 8_990),
        (40, PriceRule(-5_000, 90), 0, 90),
    ],
)
def test_a_price_follows_the_rule(price, rule, floor, becomes):
    assert rule.of(Money(price, "EUR"), floor=Money(floor, "EUR")).minor == becomes


@given(
    price=st.integers(0, 10**7),
    floor=st.integers(0, 10**7),
    change=st.integers(-9_000, 9_000),
    ending=st.sampled_from([None, 0, 90]),
)
def test_no_rule_goes_under_the_floor_and_every_ending_is_kept(price, floor, change, ending):
    became = PriceRule(change, ending).of(Money(price, "EUR"), floor=Money(floor, "EUR")).minor

    assert became >= floor
    assert ending is None or became % 100 == ending
