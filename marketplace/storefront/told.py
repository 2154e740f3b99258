"""Times and rows as this door's pages tell them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from marketplace.domain.moments import wall_time
from marketplace.queries.waits import AHEAD_COUNTED_MAX
from marketplace.storefront import door
from marketplace.web import identity
from marketplace.words import _, formats, ngettext

if TYPE_CHECKING:
    from datetime import date

    from marketplace.queries.waits import Waiting


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


@door.app_template_filter("waited")
def waited(waiting: Waiting) -> str:
    """What is waited for and how many stand before the reader, in two sentences."""
    items = formats.either(waiting.items) if waiting.items else waiting.name
    wanted = ngettext(
        "You wait for %(items)s.",
        "You wait for up to %(num)s pieces: %(items)s.",
        waiting.units,
        items=items,
    )
    return f"{wanted} {_ahead(waiting.ahead)}"


def _ahead(count: int) -> str:
    """How many stand before the reader."""
    if not count:
        return _("You are the next.")
    if count >= AHEAD_COUNTED_MAX:
        return _("A hundred members or more are before you.")
    return ngettext("One member is before you.", "%(num)s members are before you.", count)
