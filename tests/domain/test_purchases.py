"""Who is served when a brand sends fewer than were sold, and by when members of a conditional sale are served."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.deals import Mode
from marketplace.domain.lifecycle import IllegalMove
from marketplace.domain.purchases import (
    PURCHASE_LIFECYCLE,
    Claim,
    PurchaseState,
    delivery_day,
    fill_rate_bps,
    unserved,
)
from marketplace.domain.territories import delivered_by, territory

CLAIMS = st.lists(st.integers(1, 4), max_size=30).map(
    lambda units: [Claim(place, place, each) for place, each in enumerate(units, start=1)]
)


def test_whoever_paid_last_goes_without_first():
    claims = [Claim(1, 10, 2), Claim(2, 11, 1), Claim(3, 12, 3)]

    assert unserved(claims, 6) == {}
    assert unserved(claims, 4) == {3: 2}
    assert unserved(claims, 2) == {2: 1, 3: 3}
    assert unserved(claims, 0) == {1: 2, 2: 1, 3: 3}


@given(CLAIMS, st.integers(0, 150))
def test_every_unit_that_came_serves_somebody_who_waits(claims, units):
    without = unserved(claims, units)
    asked = sum(claim.units for claim in claims)

    assert asked - sum(without.values()) == min(asked, units)
    assert all(
        0 < without[claim.line_id] <= claim.units for claim in claims if claim.line_id in without
    )


@given(CLAIMS, st.integers(0, 150))
def test_nobody_is_passed_over_by_somebody_who_paid_later(claims, units):
    without = unserved(claims, units)
    short = [claim.line_id in without for claim in claims]

    assert short == sorted(short)
    assert sum(0 < without.get(claim.line_id, 0) < claim.units for claim in claims) <= 1


@given(CLAIMS, st.integers(0, 149))
def test_one_unit_more_serves_one_unit_more(claims, units):
    fewer, more = unserved(claims, units), unserved(claims, units + 1)

    assert sum(fewer.values()) - sum(more.values()) == min(1, sum(fewer.values()))


def test_the_fill_rate_is_what_was_accepted_of_what_was_ordered():
    assert fill_rate_bps([(10, 9), (6, 3)]) == 7_500
    assert fill_rate_bps([]) is None


def test_what_is_ordered_after_the_sale_is_promised_three_weeks_later():
    closes_at, home = datetime(2026, 11, 2, 6, tzinfo=UTC), territory("FR")

    here = delivery_day(closes_at, home, mode=Mode.CONSIGNMENT)
    later = delivery_day(closes_at, home, mode=Mode.CONDITIONAL)

    assert here == delivered_by(closes_at, home)
    assert later - here == timedelta(days=21)


def test_a_closed_order_stays_closed():
    with pytest.raises(IllegalMove):
        PURCHASE_LIFECYCLE.check(PurchaseState.CLOSED, PurchaseState.CONFIRMED)
