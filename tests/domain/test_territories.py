"""Where the house delivers: the day that is promised is counted in working days, where the member lives."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from marketplace.domain.money import Money
from marketplace.domain.orders import Sums, sums
from marketplace.domain.territories import UnknownTerritory, delivered_by, territory


@pytest.mark.parametrize(
    ("closes_at", "day"),
    [
        (datetime(2026, 3, 6, 8, tzinfo=UTC), date(2026, 3, 20)),  # a Friday
        (datetime(2026, 3, 7, 8, tzinfo=UTC), date(2026, 3, 20)),  # a Saturday
        (datetime(2026, 3, 8, 23, 30, tzinfo=UTC), date(2026, 3, 23)),  # Monday already, in Paris
        (datetime(2026, 3, 9, 8, tzinfo=UTC), date(2026, 3, 23)),
    ],
)
def test_delivery_is_promised_ten_working_days_after_the_close(closes_at, day):
    assert delivered_by(closes_at, territory("FR")) == day


def test_a_country_without_delivery_is_refused():
    with pytest.raises(UnknownTerritory):
        territory("US")


def test_sums_hold_shipping_once_and_the_vat_contained_in_both():
    due = sums([Money(6_000, "EUR"), Money(4_000, "EUR") * 2], territory("FR"))

    assert due == Sums(
        items=Money(14_000, "EUR"),
        shipping=Money(590, "EUR"),
        total=Money(14_590, "EUR"),
        vat=Money(2_432, "EUR"),
    )


def test_the_same_bag_carries_the_vat_of_the_country_it_goes_to():
    assert sums([Money(12_100, "EUR")], territory("NL")).vat == Money(2_220, "EUR")
