"""Guard-rails: how far apart a brand's sales stay, how many there are in a year, and names as they are compared."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.brands.guard_rails import (
    A_YEAR_MAX,
    AVOIDED_MAX,
    DAYS_APART_MAX,
    GuardRailRefused,
    GuardRails,
    Near,
    checked,
    days_between,
    in_year,
    key_of,
    same_morning,
    too_near,
)

DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))


@st.composite
def sales(draw):
    first = draw(DAYS)
    return Near(
        draw(st.text("ab", max_size=3)), "B", first, first + timedelta(draw(st.integers(0, 13)))
    )


def span(near):
    return near.first, near.last


@given(sales(), sales())
def test_days_between_are_the_same_either_way_and_none_where_sales_touch(one, other):
    apart = days_between(span(one), span(other))

    assert apart == days_between(span(other), span(one))
    touching = one.first <= other.last and other.first <= one.last
    assert (apart == 0) == touching


@given(st.lists(sales(), max_size=6), sales(), st.integers(1, DAYS_APART_MAX))
def test_a_sale_that_is_near_no_other_keeps_every_gap_and_one_that_is_breaks_one(
    others, one, apart
):
    gaps = [days_between(span(one), span(each)) for each in others]

    near = too_near(apart, span(one), others)

    assert (near is None) == all(gap >= apart for gap in gaps)
    assert near is None or days_between(span(one), span(near)) == min(gaps)


@given(st.lists(sales(), max_size=30), st.integers(1, 5), st.integers(1, 120))
def test_sales_laid_one_by_one_never_break_the_bounds(asked, a_year, apart):
    """As scheduling lays them: each is looked at beside those that stand."""
    laid = []
    for each in asked:
        if too_near(apart, span(each), laid) is None and in_year(each.first.year, laid) < a_year:
            laid.append(each)

    assert all(in_year(year, laid) <= a_year for year in (2026, 2027, 2028))
    assert all(
        days_between(span(one), span(other)) >= apart
        for place, one in enumerate(laid)
        for other in laid[place + 1 :]
    )


def test_the_day_that_completes_the_gap_is_free_again():
    past = Near("past", "B", date(2027, 3, 1), date(2027, 3, 4))

    assert too_near(30, (date(2027, 4, 2), date(2027, 4, 4)), [past]) is past
    assert too_near(30, (date(2027, 4, 3), date(2027, 4, 4)), [past]) is None


def test_without_a_bound_nothing_is_near():
    day = date(2027, 3, 1)

    assert too_near(None, (day, day), [Near("s", "B", day, day)]) is None


def test_a_morning_is_shared_on_the_day_of_opening_alone():
    other = Near("s", "B", date(2027, 3, 1), date(2027, 3, 4))

    assert same_morning(date(2027, 3, 1), [other]) is other
    assert same_morning(date(2027, 3, 2), [other]) is None


@pytest.mark.parametrize("written", ["Maison Été", "MAISON ETE", "maison-été", "Maison  Ete."])
def test_a_name_is_the_same_however_it_is_written(written):
    assert key_of(written) == key_of("Maison Été")


def test_what_is_checked_stays_what_it_is():
    said = GuardRails(avoided=("  Maison   Rivale ", "", "maison rivale", "Alba"))

    kept = checked(said, own_name="Lou")

    assert kept.avoided == ("Alba", "maison rivale")
    assert checked(kept, own_name="Lou") == kept


@pytest.mark.parametrize(
    ("said", "drawn"), [(None, None), ("", "Lou"), ("  Maison   É. ", "Maison É.")]
)
def test_a_watermark_without_a_text_is_the_brands_name(said, drawn):
    assert checked(GuardRails(watermark=said), own_name="Lou").watermark == drawn


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (GuardRails(days_apart=0), "days_range"),
        (GuardRails(days_apart=DAYS_APART_MAX + 1), "days_range"),
        (GuardRails(a_year=0), "year_range"),
        (GuardRails(a_year=A_YEAR_MAX + 1), "year_range"),
        (GuardRails(avoided=tuple(f"N{n}" for n in range(AVOIDED_MAX + 1))), "too_many_names"),
        (GuardRails(avoided=("x" * 121,)), "long_name"),
        (GuardRails(avoided=("LOU!",)), "own_name"),
        (GuardRails(watermark="x" * 41), "watermark_long"),
        (GuardRails(watermark="Мир"), "watermark_letters"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(said, reason):
    with pytest.raises(GuardRailRefused) as no:
        checked(said, own_name="Lou")

    assert no.value.facts["reason"] == reason
