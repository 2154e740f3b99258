"""Demand that shelves could not meet, estimated from pieces that never ran out.

Peers are pieces that were never out of stock in sales of the same length: what share of their sales they had made by
a minute says what share of its demand any piece has met by then. Units sold when the last one went ÷ that share is
the demand; less what was sold it is lost. Source: Fisher, and the paper on Rue La La (time of stock-out and curve).
An estimate always comes with its interval, and with a reason where it cannot be made.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.domain.money import divided

if TYPE_CHECKING:
    from collections.abc import Iterable

BASIS = 10_000
PEERS_MIN = 8
"""With fewer pieces to compare with nothing is estimated."""
SHARE_MIN_BPS = 500
"""Before the peers had made so much of their sales, dividing by their share would multiply chance."""


class Reason(StrEnum):
    """Why something cannot be estimated."""

    FEW_PEERS = "few_peers"
    TOO_EARLY = "too_early"
    NOTHING_SOLD = "nothing_sold"


@dataclass(frozen=True, slots=True)
class Pace:
    """What share of their sales peers had made by a minute, in basis points: all together, and most of them singly.

    Eight in ten peers lie from ``low_bps`` to ``high_bps``.
    """

    peers: int
    low_bps: int
    mid_bps: int
    high_bps: int

    def __post_init__(self) -> None:
        """A bug, if the whole lies outside of its own bounds."""
        assert 0 <= self.low_bps <= self.mid_bps <= self.high_bps <= BASIS, self


@dataclass(frozen=True, slots=True)
class Estimate:
    """Units, with the interval in which they lie."""

    units: int
    low: int
    high: int

    def __post_init__(self) -> None:
        """A bug, if the units lie outside of their own interval."""
        assert 0 <= self.low <= self.units <= self.high, self


NONE = Estimate(0, 0, 0)


def unknown(pace: Pace | None, *, sold: int) -> Reason | None:
    """Why the demand for a piece of which ``sold`` units are sold cannot be told by this pace; None if it can."""
    if pace is None or pace.peers < PEERS_MIN:
        return Reason.FEW_PEERS
    if pace.low_bps < SHARE_MIN_BPS:
        return Reason.TOO_EARLY
    return None if sold else Reason.NOTHING_SOLD


def demand(sold: int, pace: Pace) -> Estimate:
    """What would sell until the close if nothing ran out, after ``sold`` units at this pace; never fewer than sold."""
    assert unknown(pace, sold=sold or 1) is None, "the pace tells nothing"
    return Estimate(
        divided(sold * BASIS, pace.mid_bps),
        sold * BASIS // pace.high_bps,
        -(-sold * BASIS // pace.low_bps),
    )


def lost(sold: int, pace: Pace | None, *, wanting: int) -> Estimate | Reason:
    """What is lost of a piece that was sold out after ``sold`` units, at the pace of that minute.

    Never fewer than the different members known to have left ``wanting``: they are a floor under every bound.
    """
    reason = unknown(pace, sold=sold)
    if reason is not None or pace is None:
        return reason or Reason.FEW_PEERS
    return at_least(less(demand(sold, pace), sold), wanting)


def less(whole: Estimate, units: int) -> Estimate:
    """What of an estimate goes beyond ``units``."""
    return Estimate(
        max(0, whole.units - units), max(0, whole.low - units), max(0, whole.high - units)
    )


def at_least(found: Estimate, floor: int) -> Estimate:
    """The estimate with every bound raised to ``floor``."""
    return Estimate(max(found.units, floor), max(found.low, floor), max(found.high, floor))


def at_most(found: Estimate, ceiling: int) -> Estimate:
    """The estimate with every bound lowered to ``ceiling``: no more can sell than there is."""
    return Estimate(min(found.units, ceiling), min(found.low, ceiling), min(found.high, ceiling))


def to_come(whole: Estimate, pace: Pace) -> Estimate:
    """What of a demand until the close lies after the minute of this pace."""
    return Estimate(
        divided(whole.units * (BASIS - pace.mid_bps), BASIS),
        whole.low * (BASIS - pace.high_bps) // BASIS,
        -(-whole.high * (BASIS - pace.low_bps) // BASIS),
    )


def total(found: Iterable[Estimate]) -> Estimate:
    """Estimates of several pieces together: they err alike, so their bounds add up."""
    units = low = high = 0
    for each in found:
        units, low, high = units + each.units, low + each.low, high + each.high
    return Estimate(units, low, high)
