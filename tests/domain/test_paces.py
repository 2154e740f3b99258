"""Paces: the minutes at which a sale that is over is remembered."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from marketplace.domain import paces
from marketplace.domain.reports import CurvePoint

TWO_DAYS = 2 * 24 * 60


def test_each_minute_is_kept_at_first_then_every_tenth_then_each_hour():
    kept = paces.minutes(TWO_DAYS)

    assert kept[:3] == (0, 1, 2)
    assert kept[119:123] == (119, 120, 130, 140)
    assert kept[-2:] == (TWO_DAYS - 60, TWO_DAYS)
    assert len(kept) == 121 + 144 + 22


@given(some.integers(0, paces.SPAN_MINUTES_MAX))
def test_a_minute_is_found_at_the_last_kept_one_up_to_it(minute):
    kept = paces.minutes(paces.SPAN_MINUTES_MAX)
    place = paces.place(minute)

    assert kept[place] <= minute
    assert place + 1 == len(kept) or minute < kept[place + 1]


def test_units_are_those_paid_before_the_minute_began():
    curve = (CurvePoint(0, 3), CurvePoint(2, 5), CurvePoint(125, 9))

    kept = paces.kept(curve, 150)

    assert kept[:4] == (0, 3, 3, 5)
    assert kept[paces.place(120)] == 5
    assert kept[paces.place(139)] == 9
