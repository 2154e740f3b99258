"""Today: the sale that opens next, those that are open, and the week."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.domain.moments import wall_time
from marketplace.queries import todays_sales
from marketplace.storefront import calendar, door, shelf, whose
from marketplace.web import access, identity, pages
from marketplace.words import _

if TYPE_CHECKING:
    from datetime import datetime

    from flask import Response

    from marketplace.web.identity import Visitor

NOON, EVENING = 12, 18


@door.get("/")
@access.member
def today() -> Response:
    """The first page."""
    visitor = identity.visitor()
    return pages.render(
        "storefront/today.html",
        today=todays_sales.look(identity.tools(), member_id=whose.member_id()),
        greeting=_greeting(visitor, identity.now()),
        left=shelf.left,
        calendar_url=calendar.address(),
    )


def _greeting(visitor: Visitor, now: datetime) -> str:
    hour = wall_time(now, visitor.zone).hour
    if hour < NOON:
        return _("Good morning, %(name)s", name=visitor.name)
    if hour < EVENING:
        return _("Good afternoon, %(name)s", name=visitor.name)
    return _("Good evening, %(name)s", name=visitor.name)
