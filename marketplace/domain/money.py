"""Money: whole minor units of one currency. Rates are basis points. Nothing here is ever a float."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

BASIS = 10_000
BPS_MAX = 10_000
MINOR_MAX = 10**15
"""The largest sum, in minor units, that one amount may hold; past it something upstream is wrong."""

MINOR_DIGITS = {"EUR": 2, "GBP": 2, "CHF": 2, "USD": 2, "SEK": 2, "DKK": 2, "PLN": 2, "JPY": 0}
"""Currencies the house can count in, with the digits after the point (ISO 4217)."""


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """``minor`` whole minor units (cents) of ``currency`` (ISO 4217)."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        """An amount that is not whole, not countable or absurd is a bug, not a visitor's mistake."""
        assert type(self.minor) is int, f"money counts whole minor units, not {self.minor!r}"
        assert self.currency in MINOR_DIGITS, f"unknown currency {self.currency!r}"
        assert abs(self.minor) <= MINOR_MAX, "an amount past all reason"

    def __add__(self, other: Money) -> Money:
        """The sum of two amounts of one currency."""
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        """The difference of two amounts of one currency."""
        return Money(self.minor - self._same(other), self.currency)

    def __mul__(self, times: int) -> Money:
        """``times`` whole pieces at this price."""
        assert type(times) is int, "money is multiplied by whole pieces only"
        return Money(self.minor * times, self.currency)

    def __neg__(self) -> Money:
        """The same amount, owed the other way."""
        return Money(-self.minor, self.currency)

    def __bool__(self) -> bool:
        """False for nothing at all."""
        return self.minor != 0

    def _same(self, other: Money) -> int:
        assert self.currency == other.currency, f"{self.currency} and {other.currency} do not add"
        return other.minor


def zero(currency: str) -> Money:
    """Nothing, in ``currency``."""
    return Money(0, currency)


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of ``amounts``; of none, nothing in ``currency``."""
    return Money(sum(zero(currency)._same(each) for each in amounts), currency)  # noqa: SLF001 - own class


def divided(numerator: int, denominator: int) -> int:
    """``numerator / denominator`` rounded half away from zero, in whole numbers."""
    assert denominator > 0, "a share of nothing"
    quotient, rest = divmod(abs(numerator), denominator)
    rounded = quotient + (1 if rest * 2 >= denominator else 0)
    return rounded if numerator >= 0 else -rounded


def share(amount: Money, bps: int) -> Money:
    """``bps`` basis points of ``amount``, rounded half away from zero once."""
    return Money(divided(amount.minor * bps, BASIS), amount.currency)


def net_of_vat(gross: Money, vat_bps: int) -> Money:
    """The amount without VAT contained in ``gross`` (40.00 at 2000 bps is 33.33)."""
    return Money(divided(gross.minor * BASIS, BASIS + vat_bps), gross.currency)


def vat_within(gross: Money, vat_bps: int) -> Money:
    """The VAT contained in ``gross``: net and VAT always add to the gross exactly."""
    return gross - net_of_vat(gross, vat_bps)


def split(amount: Money, weights: Sequence[int]) -> tuple[Money, ...]:
    """Divide ``amount`` in proportion to ``weights`` so that the parts add to it to the cent.

    Largest remainder; equal remainders go to the earlier part. Weights are not negative and not all zero.
    """
    whole = sum(weights)
    assert whole > 0, "weights must not all be zero"
    assert min(weights) >= 0, "a weight is never negative"
    sign = -1 if amount.minor < 0 else 1
    parts = [divmod(abs(amount.minor) * weight, whole) for weight in weights]
    floors = [floor for floor, _ in parts]
    missing = abs(amount.minor) - sum(floors)
    by_rest = sorted(range(len(parts)), key=lambda place: (-parts[place][1], place))
    for place in by_rest[:missing]:
        floors[place] += 1
    return tuple(Money(sign * floor, amount.currency) for floor in floors)


def bps_of(part: int, whole: int) -> int:
    """``part`` of ``whole`` in basis points, rounded half up: 300 of 480 is 6250."""
    return divided(part * BASIS, whole)
