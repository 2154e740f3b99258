"""07:00 is 07:00 where the sale is, through every change of the clocks."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.domain import moments
from marketplace.domain.moments import AmbiguousHour, NoSuchHour, UnknownZone, moment

ZONES = sorted(moments.zones())
WALLS = st.datetimes(min_value=datetime(2016, 1, 1), max_value=datetime(2036, 12, 31))


@pytest.mark.parametrize(
    ("day", "hour_utc"),
    [
        ((2026, 10, 24), 5),
        ((2026, 10, 25), 6),
        ((2027, 3, 27), 6),
        ((2027, 3, 28), 5),
    ],
)
def test_seven_in_paris_is_the_hour_that_the_season_makes_it(day, hour_utc):
    found = moment(datetime(*day, 7, 0), "Europe/Paris")

    assert found.at == datetime(*day, hour_utc, 0, tzinfo=UTC)
    assert found.wall == datetime(*day, 7, 0)
    assert found.zone == "Europe/Paris"


def test_the_hour_that_spring_skips_is_refused_with_the_one_the_clock_will_show():
    with pytest.raises(NoSuchHour) as refused:
        moment(datetime(2027, 3, 28, 2, 30), "Europe/Paris")

    assert refused.value.facts["instead"] == datetime(2027, 3, 28, 3, 30)


@pytest.mark.parametrize("fold", [0, 1])
def test_the_skipped_hour_stays_refused_whichever_is_chosen(fold):
    with pytest.raises(NoSuchHour):
        moment(datetime(2027, 3, 28, 2, 30), "Europe/Paris", fold=fold)


def test_the_hour_that_autumn_repeats_asks_which_one():
    with pytest.raises(AmbiguousHour) as refused:
        moment(datetime(2026, 10, 25, 2, 30), "Europe/Paris")

    assert refused.value.facts["first"] == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert refused.value.facts["second"] == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(("fold", "hour_utc"), [(0, 0), (1, 1)])
def test_the_repeated_hour_is_taken_as_chosen(fold, hour_utc):
    found = moment(datetime(2026, 10, 25, 2, 30), "Europe/Paris", fold=fold)

    assert found.at == datetime(2026, 10, 25, hour_utc, 30, tzinfo=UTC)


def test_a_choice_where_none_is_needed_changes_nothing():
    assert moment(datetime(2026, 7, 1, 7, 0), "Europe/Paris", fold=1) == moment(
        datetime(2026, 7, 1, 7, 0), "Europe/Paris"
    )


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "", "../etc/passwd", "CEST"])
def test_a_zone_that_does_not_exist_is_refused(zone):
    with pytest.raises(UnknownZone):
        moment(datetime(2026, 7, 1, 7, 0), zone)


@settings(max_examples=1500, deadline=None)
@given(wall=WALLS, zone=st.sampled_from(ZONES))
def test_every_wall_time_in_every_zone_is_its_instant_or_a_refusal(wall, zone):
    _comes_back_or_is_refused(wall, zone)


@settings(max_examples=1500, deadline=None)
@given(
    year=st.integers(2016, 2036),
    day=st.integers(0, 364),
    minutes=st.integers(0, 1439),
    zone=st.sampled_from(
        ["Europe/Paris", "Europe/Dublin", "Australia/Lord_Howe", "America/Havana"]
    ),
)
def test_zones_that_change_their_clocks_are_never_an_hour_off(year, day, minutes, zone):
    _comes_back_or_is_refused(datetime(year, 1, 1) + timedelta(days=day, minutes=minutes), zone)


def _comes_back_or_is_refused(wall, zone):
    place = ZoneInfo(zone)
    shown_by = {
        at
        for fold in (0, 1)
        if (at := wall.replace(tzinfo=place, fold=fold).astimezone(UTC))
        .astimezone(place)
        .replace(tzinfo=None)
        == wall
    }
    if not shown_by:
        with pytest.raises(NoSuchHour):
            moment(wall, zone)
    elif len(shown_by) > 1:
        with pytest.raises(AmbiguousHour) as refused:
            moment(wall, zone)
        assert shown_by == {refused.value.facts["first"], refused.value.facts["second"]}
    else:
        found = moment(wall, zone)
        assert {found.at} == shown_by
        assert moments.wall_time(found.at, zone) == wall
        assert moments.still_means(found.at, wall, zone)


def test_an_instant_whose_zone_has_moved_its_clocks_no_longer_means_its_wall_time():
    opens = moment(datetime(2026, 7, 1, 7, 0), "Europe/Paris")

    assert moments.still_means(opens.at, opens.wall, "Europe/Paris")
    assert not moments.still_means(opens.at + timedelta(hours=1), opens.wall, "Europe/Paris")


def test_both_instants_of_a_repeated_hour_mean_its_wall_time():
    wall = datetime(2026, 10, 25, 2, 30)

    for fold in (0, 1):
        assert moments.still_means(moment(wall, "Europe/Paris", fold=fold).at, wall, "Europe/Paris")


def test_an_instant_tells_which_of_a_repeated_hour_it_lies_in():
    wall = datetime(2026, 10, 25, 2, 30)

    found = [
        moments.fold_of(moment(wall, "Europe/Paris", fold=n).at, "Europe/Paris") for n in (0, 1)
    ]

    assert found == [0, 1]
    assert moments.fold_of(datetime(2026, 7, 1, 5, tzinfo=UTC), "Europe/Paris") is None


def test_a_window_holds_its_first_instant_and_not_its_last():
    opens = datetime(2026, 7, 1, 5, 0, tzinfo=UTC)
    closes = opens + timedelta(hours=1)

    assert moments.within(opens, opens, closes)
    assert not moments.within(opens - timedelta(microseconds=1), opens, closes)
    assert moments.within(closes - timedelta(microseconds=1), opens, closes)
    assert not moments.within(closes, opens, closes)


def test_zones_come_from_the_pinned_package_and_not_from_the_machine():
    assert zoneinfo.TZPATH == ()
    assert "Europe/Paris" in moments.zones()
