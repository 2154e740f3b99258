"""Counting: what arrived, what was accepted, and the reason for every difference."""

from __future__ import annotations

from dataclasses import replace

import pytest

from marketplace.domain import stock
from marketplace.domain.reasons import ReasonMissing
from marketplace.domain.stock import Change, Count, CountRefused, Counts

COMMITTED = Counts(offered=100, committed=80, received=0, accepted=0, rejected=0, allocated=0)
IN_SALES = replace(COMMITTED, received=80, accepted=78, rejected=2, allocated=50)


def test_a_full_delivery_needs_no_reason():
    change = stock.counted(COMMITTED, Count(80, 80, 0), reason="")

    assert change == Change(received=80, accepted=80, rejected=0)
    assert not change.corrects


@pytest.mark.parametrize(
    ("lot", "count"),
    [
        (COMMITTED, Count(79, 79, 0)),
        (COMMITTED, Count(80, 78, 2)),
        (IN_SALES, Count(80, 77, 3)),
        (IN_SALES, Count(80, 77, 2)),
        (IN_SALES, Count(79, 77, 2)),
    ],
)
def test_a_difference_is_refused_without_words_and_taken_with_them(lot, count):
    with pytest.raises(ReasonMissing):
        stock.counted(lot, count, reason="  ")

    assert stock.counted(lot, count, reason="two cartons were wet").any


@pytest.mark.parametrize(
    ("count", "reason", "limit"),
    [
        (Count(81, 80, 0), "more_than_committed", {"most": 80}),
        (Count(80, 79, 2), "more_than_received", {"most": 80}),
        (Count(80, 49, 2), "already_in_sales", {"least": 50}),
        (Count(-1, 0, 0), "negative", {}),
        (Count(80, -1, 0), "negative", {}),
        (Count(80, 79, -1), "negative", {}),
    ],
)
def test_a_count_that_cannot_be_is_refused_with_its_limit(count, reason, limit):
    with pytest.raises(CountRefused) as refused:
        stock.counted(IN_SALES, count, reason="counted again")

    assert refused.value.facts == {"reason": reason, **limit}


def test_units_may_arrive_and_wait_to_be_checked():
    change = stock.counted(COMMITTED, Count(80, 0, 0), reason="")
    arrived = replace(COMMITTED, received=80)

    assert change == Change(80, 0, 0)
    assert (arrived.unchecked, arrived.awaited, arrived.free) == (80, 0, 0)


def test_the_same_count_again_changes_nothing_and_needs_no_reason():
    assert not stock.counted(IN_SALES, Count(80, 78, 2), reason="").any


def test_what_is_free_is_accepted_and_in_no_sale():
    assert IN_SALES.free == 28


def test_as_committed_accepts_all_but_what_was_rejected():
    short = replace(COMMITTED, received=40, accepted=35, rejected=5)

    assert stock.as_committed(short) == Count(received=80, accepted=75, rejected=5)
