"""Instants of a sale as its pages say them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from marketplace.words import formats

if TYPE_CHECKING:
    from datetime import datetime

    from marketplace.domain.reports import Snapshot


def at_minute(found: Snapshot, minute: int, zone: str) -> str:
    """A minute of the sale as people read it: the time, with its day where that is not the opening's."""
    at = found.opens_at + timedelta(minutes=minute)
    if formats.day(at, zone) == formats.day(found.opens_at, zone):
        return formats.clock(at, zone)
    return day_and_time(at, zone)


def day_and_time(at: datetime, zone: str) -> str:
    """``Thursday 5 March, 07:14``."""
    return f"{formats.weekday(at, zone)}, {formats.clock(at, zone)}"
