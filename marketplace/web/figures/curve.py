"""The curve of a sale as a chart draws it: pieces paid by the minute, beside the brand's sale before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from marketplace.domain.reports import paid_by, step_minutes
from marketplace.web.figures.times import day_and_time
from marketplace.words import _, formats

if TYPE_CHECKING:
    from datetime import datetime

    from marketplace.domain.reports import Snapshot
    from marketplace.queries.sell_through import Before, Category

MINUTE = timedelta(minutes=1)
SPAN_MINUTES_MIN = 60
"""A young sale is drawn in its first hour, so that the curve grows into the picture."""
DAY_MINUTES = 24 * 60
BASIS = 10_000


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a chart: whole numbers, and the same as finished strings for its table."""

    label: str
    kind: str
    points: tuple[int, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A label for each step, and the lines; ``top`` is the highest point in words."""

    labels: tuple[str, ...]
    series: tuple[Series, ...]
    top: str


def drawn(
    found: Snapshot,
    zone: str,
    *,
    ends_at: datetime,
    before: Before | None,
    category: Category | None,
) -> Chart:
    """The chart as of the figures' instant: its last step ends there, so that the two agree."""
    elapsed = minutes_of(found, ends_at)
    span = max(elapsed, min(SPAN_MINUTES_MIN, _begun(ends_at - found.opens_at)))
    step = step_minutes(span)
    last, steps = -(-elapsed // step), -(-span // step)
    bounds = [elapsed if place == last else place * step for place in range(steps + 1)]
    series = [_series(_("This sale"), "main", paid_by(found.curve, bounds[: last + 1]))]
    if before is not None:
        series.append(_series(_named(before, zone), "past", paid_by(before.curve, bounds)))
    if category is not None and category.shares:
        shares = [category.at(bound) * found.whole.accepted // BASIS for bound in bounds]
        label = _("Median of the category, of as many pieces")
        series.append(_series(label, "median", tuple(shares)))
    return Chart(
        labels=tuple(
            _label(found, bound, zone, now=place == last, long=span > DAY_MINUTES)
            for place, bound in enumerate(bounds)
        ),
        series=tuple(series),
        top=formats.count(max(max(line.points) for line in series)),
    )


def minutes_of(found: Snapshot, ends_at: datetime) -> int:
    """Minutes of the sale that have begun by the figures' instant, with those in which bags were paid after it."""
    begun = _begun(min(found.as_of, ends_at) - found.opens_at)
    last_paid = found.curve[-1].minute + 1 if found.curve else 0
    return max(begun, last_paid, 1)


def _begun(span: timedelta) -> int:
    return -(-span // MINUTE)


def _label(found: Snapshot, minute: int, zone: str, *, now: bool, long: bool) -> str:
    at = found.opens_at + minute * MINUTE
    shown = min(at, max(found.as_of, found.opens_at)) if now else at
    return day_and_time(shown, zone) if long else formats.clock(shown, zone)


def _named(before: Before, zone: str) -> str:
    day = formats.day_short(before.opens_at, zone)
    return _("%(title)s, %(day)s, at the same minute", title=before.title, day=day)


def _series(label: str, kind: str, points: tuple[int, ...]) -> Series:
    return Series(label, kind, points, tuple(formats.count(point) for point in points))


def beside(found: Snapshot, before: Before, *, ends_at: datetime) -> tuple[str, str]:
    """How far this sale is from the one before it at the same minute: a trend and its sentence."""
    (then,) = paid_by(before.curve, [minutes_of(found, ends_at)])
    more = found.whole.paid - then
    if more > 0:
        said = _("%(num)s more than %(title)s at the same minute")
    elif more < 0:
        said = _("%(num)s fewer than %(title)s at the same minute")
    else:
        said = _("as many as %(title)s at the same minute")
    facts = {"num": formats.count(abs(more)), "title": before.title}
    return ("up" if more > 0 else "down" if more < 0 else "level"), said % facts
