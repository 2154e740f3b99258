"""Closures: days on which a brand's house is closed. No sale of it opens then, and no promise to it falls due.

Whole calendar days where the brand is: in the zone of its country where the house delivers there, else in the house's.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from marketplace.domain.moments import HOUSE_ZONE
from marketplace.domain.refusals import Invalid
from marketplace.domain.territories import TERRITORIES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from marketplace.domain.deals import Days

LENGTH_MAX = timedelta(days=92)
AHEAD_MAX = timedelta(days=730)
NOTE_LENGTH_MAX = 200
COMING_MAX = 24
"""Of one brand at once, those that have not ended."""


def zone_of(country: str) -> str:
    """Where a brand of this country keeps its calendar."""
    return TERRITORIES[country].zone if country in TERRITORIES else HOUSE_ZONE


def check(days: Days, *, today: date, coming: int) -> None:
    """Refuses days in the wrong order, past, far away or too many, and one closure more than a brand may have.

    ``today`` is the brand's; ``coming`` how many of its closures have not ended.
    """
    if days.last < days.first:
        raise Invalid(field="last_on", reason="closure_order")
    if days.last < today or days.first > today + AHEAD_MAX:
        raise Invalid(field="first_on", reason="closure_far", most=AHEAD_MAX.days)
    if days.last - days.first >= LENGTH_MAX:
        raise Invalid(field="last_on", reason="closure_long", most=LENGTH_MAX.days)
    if coming >= COMING_MAX:
        raise Invalid(field="first_on", reason="closure_full", most=COMING_MAX)


def closed_on(day: date, closures: Iterable[Days]) -> Days | None:
    """The closure that holds this day; None: the brand is open."""
    return next((each for each in closures if each.first <= day <= each.last), None)
