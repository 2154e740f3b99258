"""Times and rows as this door's pages tell them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from marketplace.domain.moments import wall_time
from marketplace.storefront import door
from marketplace.web import identity
from marketplace.words import _, formats

if TYPE_CHECKING:
    from datetime import date


@door.app_template_filter("opening")
def opening(at: datetime) -> str:
    """When something opens or closes: "today at 07:00", "tomorrow at 07:00", "on Thursday 5 March at 07:00"."""
    zone = identity.visitor().zone
    time = formats.clock(at, zone)
    ahead = wall_time(at, zone).date() - wall_time(identity.now(), zone).date()
    if ahead == timedelta(0):
        return _("today at %(time)s", time=time)
    if ahead == timedelta(days=1):
        return _("tomorrow at %(time)s", time=time)
    return _("on %(day)s at %(time)s", day=formats.weekday(at, zone), time=time)


@door.app_template_filter("weekday")
def weekday(value: date | datetime) -> str:
    """A day of these weeks, where the member lives: "Thursday 5 March"."""
    return formats.weekday(value, identity.visitor().zone)
