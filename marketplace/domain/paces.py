"""How sales that are over sold by the minute, in steps small enough at the start and coarse enough to be kept.

A pace is kept when its sale closes, so that a running sale reads a few rows and not every payment of the past.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.domain.reports import paid_by

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marketplace.domain.reports import CurvePoint

EACH_MINUTE_TO = 120
EACH_TEN_TO = 1_560
TEN, HOUR = 10, 60
PEER_UNITS_MIN = 5
"""A piece of which fewer were sold has no pace worth the name."""
SPAN_MINUTES_MAX = 31 * 24 * 60


def minutes(span: int) -> tuple[int, ...]:
    """The minutes at which the pace of a sale of ``span`` minutes is kept: each, then every tenth, then each hour."""
    whole = min(span, SPAN_MINUTES_MAX)
    return (
        *range(min(whole, EACH_MINUTE_TO) + 1),
        *range(EACH_MINUTE_TO + TEN, min(whole, EACH_TEN_TO) + 1, TEN),
        *range(EACH_TEN_TO + HOUR, whole + 1, HOUR),
    )


def place(minute: int) -> int:
    """Where in :func:`minutes` the last kept minute up to ``minute`` stands."""
    tens = min(minute, EACH_TEN_TO) - EACH_MINUTE_TO
    hours = minute - EACH_TEN_TO
    return min(minute, EACH_MINUTE_TO) + max(0, tens) // TEN + max(0, hours) // HOUR


def kept(curve: Sequence[CurvePoint], span: int) -> tuple[int, ...]:
    """Units paid before each of these minutes began."""
    return paid_by(curve, minutes(span))
