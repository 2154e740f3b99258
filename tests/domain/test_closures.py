"""Closed days: whole days where the brand is, within bounds; no answer falls due on them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.closures import (
    AHEAD_MAX,
    COMING_MAX,
    LENGTH_MAX,
    check,
    closed_on,
    zone_of,
)
from marketplace.domain.conversations import answer_due
from marketplace.domain.deals import Days
from marketplace.domain.moments import wall_time
from marketplace.domain.refusals import Invalid

TODAY = date(2026, 11, 18)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("country", "zone"), [("IE", "Europe/Dublin"), ("IT", "Europe/Rome"), ("PT", "Europe/Paris")]
)
def test_days_are_counted_where_the_brand_is_or_else_in_the_house(country, zone):
    assert zone_of(country) == zone


@pytest.mark.parametrize(
    ("first", "last", "coming", "reason"),
    [
        (TODAY + DAY, TODAY, 0, "closure_order"),
        (TODAY - 2 * DAY, TODAY - DAY, 0, "closure_far"),
        (TODAY + AHEAD_MAX + DAY, TODAY + AHEAD_MAX + DAY, 0, "closure_far"),
        (TODAY, TODAY + LENGTH_MAX, 0, "closure_long"),
        (TODAY, TODAY, COMING_MAX, "closure_full"),
    ],
)
def test_days_that_cannot_be_closed_are_refused(first, last, coming, reason):
    with pytest.raises(Invalid) as no:
        check(Days(first, last), today=TODAY, coming=coming)

    assert no.value.facts["reason"] == reason


def test_days_that_have_begun_may_still_be_stated():
    check(Days(TODAY - DAY, TODAY), today=TODAY, coming=COMING_MAX - 1)


def test_an_answer_passes_over_closed_days_and_the_weekend_after_them():
    closed = (Days(date(2026, 11, 18), date(2026, 11, 20)),)
    asked_at = datetime(2026, 11, 17, 9, tzinfo=UTC)

    assert answer_due(asked_at, closures=closed) == datetime(2026, 11, 23, 17, tzinfo=UTC)


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
spans = st.lists(
    st.tuples(st.dates(date(2026, 1, 1), date(2028, 1, 31)), st.integers(0, LENGTH_MAX.days - 1)),
    max_size=5,
)


@given(asked_at=moments, stated=spans, zone=st.sampled_from(["Europe/Paris", "Europe/Dublin"]))
def test_an_answer_never_falls_due_on_a_closed_day_nor_before_it_would_have(asked_at, stated, zone):
    closed = tuple(Days(first, first + length * DAY) for first, length in stated)

    due_at = answer_due(asked_at, closures=closed, zone=zone)

    day = wall_time(due_at, zone).date()
    assert closed_on(day, closed) is None
    assert day.weekday() < 5
    assert due_at >= answer_due(asked_at)
