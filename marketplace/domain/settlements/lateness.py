"""What a brand may claim where the house pays it late: interest and a fixed sum, without a reminder.

Source: directive 2011/7/EU, art. 2 (6) and (7), 3 and 6; in France Code de commerce, art. L441-10. The interest is the
reference rate of the European Central Bank in force on the first day of the half-year, and eight percentage points.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from marketplace.domain.money import Money, divided

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ABOVE_BPS = 800
"""Eight percentage points above the reference rate (art. 2 (6))."""
FIXED = Money(4_000, "EUR")
"""For the cost of recovering it (art. 6 (1))."""
BANK_CURRENCY = "EUR"
YEAR_DAYS = 365
BASIS = 10_000
RATE_BPS_MAX = 5_000


@dataclass(frozen=True, slots=True)
class Claim:
    """Days past the due day, the interest on them and the fixed sum.

    ``rate_bps`` a year is that of the last day. It and ``interest`` are None where a reference rate is not known.
    """

    days: int
    rate_bps: int | None
    interest: Money | None
    fixed: Money = FIXED


def rates_from(told: Iterable[str]) -> dict[date, int]:
    """Reference rates in basis points by the first day of their half-year, of ``2026-07-01:2.15``.

    ValueError where a day is not the first of a half-year, or a rate no percentage with at most two decimals.
    """
    found: dict[date, int] = {}
    for each in told:
        day, _, rate = each.partition(":")
        first = date.fromisoformat(day.strip())
        try:
            rate_bps = Decimal(rate.strip()) * 100
        except InvalidOperation as no:
            raise ValueError(each) from no
        if first != half_year(first) or not 0 <= rate_bps <= RATE_BPS_MAX or rate_bps % 1:
            raise ValueError(each)
        found[first] = int(rate_bps)
    return found


def half_year(day: date) -> date:
    """The first day of the half-year that a day lies in."""
    return date(day.year, 1 if day.month < 7 else 7, 1)  # noqa: PLR2004 - July


def claim(owed: Money, *, due_on: date, until: date, rates: Mapping[date, int]) -> Claim | None:
    """What may be claimed by a day for a sum that was due on another and is not paid; None where it is not late.

    Each day bears the rate of its own half-year, the day of payment too; cents are rounded once.
    """
    days = (until - due_on).days
    if days <= 0 or owed.minor <= 0:
        return None
    late = [half_year(due_on + timedelta(days=number)) for number in range(1, days + 1)]
    if owed.currency != BANK_CURRENCY or not rates.keys() >= set(late):
        return Claim(days, None, None)
    weighed = sum(rates[half] + ABOVE_BPS for half in late)
    interest = divided(owed.minor * weighed, BASIS * YEAR_DAYS)
    return Claim(days, rates[late[-1]] + ABOVE_BPS, Money(interest, owed.currency))
