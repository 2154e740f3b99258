"""Lost demand: the vector of the trade, and what no estimate may ever do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from marketplace.domain import lost_demand
from marketplace.domain.lost_demand import PEERS_MIN, Estimate, Pace, Reason

THIRD_HOUR = Pace(PEERS_MIN, 3_000, 3_800, 5_000)


@some.composite
def paces(draw) -> Pace:
    low, mid, high = sorted(draw(some.tuples(*[some.integers(500, 10_000)] * 3)))
    return Pace(draw(some.integers(PEERS_MIN, 500)), low, mid, high)


UNITS = some.integers(1, 5_000)
WANTING = some.integers(0, 5_000)


def test_forty_sold_out_where_peers_had_made_thirty_eight_percent_lost_sixty_five():
    assert lost_demand.demand(40, THIRD_HOUR).units == 105
    assert lost_demand.lost(40, THIRD_HOUR, wanting=0) == Estimate(65, 40, 94)


def test_members_who_left_wanting_are_a_floor_under_every_bound():
    assert lost_demand.lost(40, THIRD_HOUR, wanting=80) == Estimate(80, 80, 94)
    assert lost_demand.lost(40, THIRD_HOUR, wanting=200) == Estimate(200, 200, 200)


@pytest.mark.parametrize(
    ("pace", "sold", "reason"),
    [
        (None, 40, Reason.FEW_PEERS),
        (Pace(PEERS_MIN - 1, 3_000, 3_800, 5_000), 40, Reason.FEW_PEERS),
        (Pace(PEERS_MIN, 499, 3_800, 5_000), 40, Reason.TOO_EARLY),
        (THIRD_HOUR, 0, Reason.NOTHING_SOLD),
    ],
)
def test_what_cannot_be_estimated_says_why(pace, sold, reason):
    assert lost_demand.lost(sold, pace, wanting=30) is reason


@given(UNITS, paces(), WANTING)
def test_an_estimate_lies_in_its_interval_and_never_below_those_left_wanting(sold, pace, wanting):
    found = lost_demand.lost(sold, pace, wanting=wanting)

    assert wanting <= found.low <= found.units <= found.high


@given(UNITS, paces())
def test_demand_is_never_less_than_what_sold(sold, pace):
    assert lost_demand.demand(sold, pace).low >= sold


@given(UNITS, UNITS, paces(), WANTING)
def test_more_sold_by_the_same_minute_never_means_less_lost(one, other, pace, wanting):
    fewer, more = sorted((one, other))
    low = lost_demand.lost(fewer, pace, wanting=wanting)
    high = lost_demand.lost(more, pace, wanting=wanting)

    assert (low.units, low.low, low.high) <= (high.units, high.low, high.high)


@given(UNITS, some.integers(500, 10_000), some.integers(500, 10_000))
def test_the_earlier_it_ran_out_the_more_was_lost(sold, one, other):
    early, late = sorted((one, other))
    lost = [
        lost_demand.lost(sold, Pace(PEERS_MIN, bps, bps, bps), wanting=0).units
        for bps in (early, late)
    ]

    assert lost[0] >= lost[1]


@given(UNITS, paces())
def test_what_is_still_to_come_is_a_part_of_the_demand(sold, pace):
    whole = lost_demand.demand(sold, pace)
    coming = lost_demand.to_come(whole, pace)

    assert 0 <= coming.low <= coming.units <= coming.high <= whole.high


def test_nothing_is_to_come_once_all_was_sold_by_then():
    done = Pace(PEERS_MIN, 10_000, 10_000, 10_000)

    assert lost_demand.to_come(Estimate(50, 40, 60), done) == Estimate(0, 0, 0)


def test_estimates_of_several_pieces_add_up_with_their_bounds():
    assert lost_demand.total([Estimate(5, 4, 6), Estimate(10, 7, 20)]) == Estimate(15, 11, 26)
