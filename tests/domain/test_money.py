"""Money: whole cents, shares that add up, and refusals to mix what does not mix."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.money import Money, bps_of, divided, net_of_vat, share, split, vat_within

MINOR = st.integers(-(10**12), 10**12)
WEIGHTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=40).filter(any)


@given(MINOR, WEIGHTS)
def test_parts_always_add_to_the_whole(minor, weights):
    parts = split(Money(minor, "EUR"), weights)

    assert sum(part.minor for part in parts) == minor


@given(MINOR, WEIGHTS)
def test_no_part_is_a_cent_or_more_from_its_exact_share(minor, weights):
    whole = sum(weights)

    for part, weight in zip(split(Money(minor, "EUR"), weights), weights, strict=True):
        assert abs(part.minor * whole - minor * weight) < whole


@given(MINOR, st.integers(0, 3_000))
def test_net_and_vat_always_add_to_the_gross(minor, vat_bps):
    gross = Money(minor, "EUR")

    assert net_of_vat(gross, vat_bps) + vat_within(gross, vat_bps) == gross


def test_a_share_is_rounded_half_away_from_zero_once():
    assert share(Money(333, "EUR"), 5_000) == Money(167, "EUR")
    assert share(Money(-333, "EUR"), 5_000) == Money(-167, "EUR")


@given(MINOR, st.integers(1, 10**6))
def test_division_is_never_more_than_half_off(numerator, denominator):
    assert abs(divided(numerator, denominator) * denominator - numerator) * 2 <= denominator


def test_a_rate_is_told_in_basis_points():
    assert bps_of(300, 480) == 6_250
    assert bps_of(250, 480) == 5_208


def test_two_currencies_do_not_add():
    with pytest.raises(AssertionError, match="do not add"):
        Money(1, "EUR") + Money(1, "USD")


@pytest.mark.parametrize("minor", [1.0, "1", True, None])
def test_only_whole_minor_units_are_money(minor):
    with pytest.raises(AssertionError):
        Money(minor, "EUR")
