"""The relation between a brand and the house, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.domain.promises import Keeping, PromiseKind
from marketplace.domain.touches import TouchKind
from marketplace.words import _, lazy

if TYPE_CHECKING:
    from datetime import timedelta

MINUTES, HOURS = 60, 24

PROMISED = {
    PromiseKind.ANSWER: lazy("Answer to a question"),
    PromiseKind.PAYOUT: lazy("Payment"),
    PromiseKind.EXIT_OF_STOCK: lazy("Every unit has left the house by"),
    PromiseKind.DELIVERY: lazy("Delivery"),
    PromiseKind.REFUND: lazy("Refund"),
    PromiseKind.OPENING: lazy("Opening"),
}
KEEPINGS = {
    Keeping.PENDING: lazy("to be kept"),
    Keeping.EARLY: lazy("kept early"),
    Keeping.KEPT: lazy("kept"),
    Keeping.LATE: lazy("kept late"),
    Keeping.BROKEN: lazy("broken"),
    Keeping.VOID: lazy("no longer stands"),
}
TOUCHES = {
    TouchKind.CALL: lazy("Call"),
    TouchKind.VISIT: lazy("Visit"),
    TouchKind.LETTER: lazy("Letter"),
}


def span(time: timedelta) -> str:
    """A length of time to the minute, days named where there are any: 1 d 4 h, 2 h 5 min, 12 min."""
    minutes = int(time.total_seconds()) // 60
    hours, minutes = divmod(minutes, MINUTES)
    days, hours = divmod(hours, HOURS)
    if days:
        return _("%(days)s d %(hours)s h", days=days, hours=hours)
    if hours:
        return _("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes)
    return _("%(minutes)s min", minutes=minutes) if minutes else _("< 1 min")
