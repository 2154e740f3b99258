"""Moments: a wall time and a zone become one instant, or a clear refusal.

The operator types 07:00 and a zone; wall time, zone and instant are all stored, so that a change
of the zone's rules can be found and shown. Windows are half-open: a sale is open at its opening
and closed at its closing.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones, reset_tzpath

from marketplace.domain.refusals import Refusal

reset_tzpath(to=())
"""The zones of the pinned ``tzdata`` package, not of the machine.

Every process reads the same rules.
"""


HOUSE_ZONE = "Europe/Paris"
"""Where the house keeps its calendar: dates in deals and briefs are days there."""


class UnknownZone(Refusal):
    """The zone is not in the IANA database."""

    code = "zone_unknown"


class NoSuchHour(Refusal):
    """On the day the clocks go forward, this wall time is skipped."""

    code = "hour_does_not_exist"


class AmbiguousHour(Refusal):
    """On the day the clocks go back, this wall time comes twice; the operator must say which."""

    code = "hour_is_ambiguous"


@dataclass(frozen=True, slots=True)
class Moment:
    """What was typed (``wall``, naive, in ``zone``) and the instant (aware UTC) it means."""

    wall: datetime
    zone: str
    at: datetime


@functools.cache
def zones() -> frozenset[str]:
    """Every zone of the IANA database."""
    return frozenset(available_timezones())


def moment(wall: datetime, zone: str, *, fold: int | None = None) -> Moment:
    """The instant of ``wall`` in ``zone``.

    ``fold`` 0 or 1 chooses the first or second of an hour that comes twice. Refuses an unknown
    zone, a wall time that the change to summer time skips, and an ambiguous one without ``fold``.
    """
    assert wall.tzinfo is None, "a wall time has no zone of its own"
    if zone not in zones():
        raise UnknownZone(zone=zone)
    place = ZoneInfo(zone)
    first = wall.replace(tzinfo=place, fold=0).astimezone(UTC)
    second = wall.replace(tzinfo=place, fold=1).astimezone(UTC)
    if first != second:
        if first.astimezone(place).replace(tzinfo=None) != wall:
            raise NoSuchHour(
                wall=wall, zone=zone, instead=first.astimezone(place).replace(tzinfo=None)
            )
        if fold is None:
            raise AmbiguousHour(wall=wall, zone=zone, first=first, second=second)
        return Moment(wall, zone, second if fold else first)
    return Moment(wall, zone, first)


def still_means(at: datetime, wall: datetime, zone: str) -> bool:
    """Whether ``wall`` in ``zone`` is the instant ``at`` by the rules known now.

    False once a zone's rules moved.
    """
    place = ZoneInfo(zone)
    both = (wall.replace(tzinfo=place, fold=fold).astimezone(UTC) for fold in (0, 1))
    return wall_time(at, zone) == wall and at in both


def fold_of(at: datetime, zone: str) -> int | None:
    """Which of an hour that comes twice the instant ``at`` lies in (0 or 1); None where the hour comes once."""
    local = at.astimezone(ZoneInfo(zone))
    first, second = (local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    return None if first == second else local.fold


def wall_time(at: datetime, zone: str) -> datetime:
    """What a clock on a wall in ``zone`` shows at the instant ``at`` (naive)."""
    assert at.tzinfo is not None, "an instant is aware"
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def house_day(at: datetime) -> date:
    """The day it is in the house's calendar at the instant ``at``."""
    return wall_time(at, HOUSE_ZONE).date()


def end_of(day: date) -> datetime:
    """The last second (aware UTC) of ``day`` in the house's calendar: a promise for that day holds until then."""
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(HOUSE_ZONE))
    return midnight.astimezone(UTC) - timedelta(seconds=1)


def within(at: datetime, opens: datetime, closes: datetime) -> bool:
    """Whether ``at`` lies in the half-open window."""
    return opens <= at < closes


def seconds(span: timedelta) -> int:
    """A span in whole seconds, cut towards the past so that a promise is never later than said."""
    return span // timedelta(seconds=1)
