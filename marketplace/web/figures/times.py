"""Instants of a sale as its pages say them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from babel.dates import format_skeleton

from marketplace.domain.moments import wall_time
from marketplace.words import formats, locale

if TYPE_CHECKING:
    from datetime import datetime

    from marketplace.domain.reports import Snapshot


def at_minute(found: Snapshot, minute: int, zone: str) -> str:
    """A minute of the sale as people read it: the time, with its day where that is not the opening's."""
    at = found.opens_at + timedelta(minutes=minute)
    if formats.day(at, zone) == formats.day(found.opens_at, zone):
        return formats.clock(at, zone)
    return f"{_date(at, zone)} {formats.clock(at, zone)}"


def day_and_time(at: datetime, zone: str) -> str:
    """``Thursday 5 March, 07:14``."""
    return f"{formats.weekday(at, zone)}, {formats.clock(at, zone)}"


def _date(at: datetime, zone: str) -> str:
    """``6 Mar``: short enough for the cell of a table."""
    said: str = format_skeleton(
        "MMMd", wall_time(at, zone), locale={"en": "en_GB"}.get(locale(), locale())
    )
    return said.replace(" ", "\xa0")
