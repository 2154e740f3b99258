"""The week of sales: by day and territory, with what each still lacks."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from marketplace.admin import door
from marketplace.queries import conversations, promises, schedule_board
from marketplace.web import fields, identity, inputs, pages
from marketplace.web.access import operator
from marketplace.words import readiness

if TYPE_CHECKING:
    from flask import Response


class WeekQuery(inputs.Schema):
    """The first day to show."""

    day = fields.Day(load_default=None)


@door.get("/")
@operator
def week() -> Response:
    """Seven days from the asked one; of none, from yesterday."""
    zone = ZoneInfo(identity.visitor().zone)
    found = schedule_board.week(identity.tools(), of=inputs.query(WeekQuery())["day"], zone=zone)
    return pages.render(
        "admin/week.html",
        week=found,
        before=found.starts_on - timedelta(days=7),
        after=found.starts_on + timedelta(days=7),
        said=readiness.said,
        waiting=conversations.inbox(identity.tools()).waiting,
        passed=promises.passed(identity.tools()),
    )
