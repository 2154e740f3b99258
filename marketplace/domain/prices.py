"""Prices: what may be shown beside a price, and the saving, which is computed and never typed.

A comparison with the recommended price is shown only with evidence that is fresh enough. Sources: Directive
98/6/EC, art. 6a; UCPD guidance 2.8.2 on recommended prices; CJEU C-330/23 (the percentage follows the prior price).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from marketplace.domain.money import BASIS, Money, divided

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

EVIDENCE_AGE_MAX = timedelta(days=365)
"""A public price seen longer ago than this says nothing about the market of today."""
PRIOR_PERIOD = timedelta(days=30)
"""Directive 98/6/EC, art. 6a(2): the lowest price of the thirty days before the reduction."""


@dataclass(frozen=True, slots=True)
class Applied:
    """A price the house really asked, in the half-open window from ``since`` to ``until``."""

    price: Money
    since: datetime
    until: datetime


def evidence_holds(seen_on: date, on: date) -> bool:
    """Whether a public price seen on ``seen_on`` may still be shown on the day ``on``."""
    return seen_on <= on <= seen_on + EVIDENCE_AGE_MAX


def comparison(
    price: Money,
    *,
    rrp: Money | None,
    seen_on: date | None,
    shown_on: date,
    before: Money | None = None,
) -> Money | None:
    """The recommended price to show beside ``price``; None without fresh evidence or without a saving.

    None as well for an article that the house sold for less than that in the thirty days before (``before``): then a
    saving is a reduction, and is told from the prior price or not at all.
    """
    if rrp is None or seen_on is None or not evidence_holds(seen_on, shown_on):
        return None
    if before is not None and exceeds_prior(rrp, before):
        return None
    return rrp if rrp.minor > price.minor else None


def exceeds_prior(compare: Money, before: Money) -> bool:
    """Whether a comparison would tell a greater saving than the lowest price of the thirty days ``before`` allows.

    Source: Directive 98/6/EC, art. 6a(1) and (2); CJEU C-330/23.
    """
    return compare > before


def saving_bps(price: Money, compare: Money) -> int:
    """How far ``price`` lies under ``compare``, in basis points, cut so that it never says more than is true."""
    assert compare.minor > 0, "a comparison with nothing"
    return (compare - price).minor * BASIS // compare.minor


def under(rrp: Money, *, saving_bps: int, floor: Money) -> Money:
    """The price ``saving_bps`` under ``rrp``, rounded to the minor unit, never below ``floor``."""
    asked = Money(divided(rrp.minor * (BASIS - saving_bps), BASIS), rrp.currency)
    return max(asked, floor)


def prior(applied: Iterable[Applied], *, cut_at: datetime) -> Money | None:
    """The lowest price asked in the thirty days before ``cut_at``; None if the article was not on sale then."""
    since = cut_at - PRIOR_PERIOD
    asked = [each.price for each in applied if each.since < cut_at and each.until > since]
    return min(asked, default=None)


CHANGE_BPS_MAX = 9_000
_UNIT = 100


@dataclass(frozen=True, slots=True)
class PriceRule:
    """A change of many prices at once.

    By ``change_bps`` (below zero: lower), then to the nearest price that ends in ``ending_minor``
    of a whole unit of 100 (90: 24.90), or to the minor unit where that is None.
    """

    change_bps: int
    ending_minor: int | None

    def of(self, price: Money, *, floor: Money) -> Money:
        """The new price: never under ``floor``; where rounding would go there, the next such ending above it."""
        changed = divided(price.minor * (BASIS + self.change_bps), BASIS)
        if self.ending_minor is None:
            return Money(max(changed, floor.minor), price.currency)
        steps = divided(max(changed - self.ending_minor, 0), _UNIT)
        lowest = -(-(floor.minor - self.ending_minor) // _UNIT)
        return Money(max(steps, lowest, 0) * _UNIT + self.ending_minor, price.currency)
