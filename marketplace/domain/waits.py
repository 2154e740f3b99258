"""The line for what is gone: how long an offer lasts, who may stand in line, and the ways it can be refused.

What comes back to a piece goes to whoever waits for it, in the order of their asking, as a hold of their own. An offer
that lapses or is given back goes to the next; whoever let it go stands at the end if they ask again.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from marketplace.domain.refusals import Refusal

OFFER_LENGTH = timedelta(minutes=15)
NIGHT_FROM = 22
NIGHT_TO = 7
"""Hours of the member's own clock. An offer made in between lasts until :data:`NIGHT_LENGTH` past the second."""
NIGHT_LENGTH = timedelta(minutes=15)
LINES_PER_SALE_MAX = 10
"""Lines that one member stands in at once, in one sale."""
SIZES_MAX = 40
"""Sizes and colours that one entry can name."""
LETTER = "wait_offer"
NO_LONGER_HELD = "no_longer_held"
"""Why the letter about an offer did not leave: what it told of was over."""


class WaitState(StrEnum):
    """What became of an entry. An offer's own end is that of its hold."""

    WAITING = "waiting"
    OFFERED = "offered"
    LEFT = "left"
    ENDED = "ended"
    PASSED_OVER = "passed_over"


class WaitOutcome(StrEnum):
    """The database's answer to somebody who wants to stand in line."""

    WAITING = "waiting"
    ALREADY = "already"
    FREE = "free"
    TOO_MANY = "too_many"
    LIMIT_REACHED = "limit_reached"
    NOT_OPEN = "not_open"
    CLOSED = "closed"
    PAUSED = "paused"
    STOPPED = "stopped"
    NOT_FOUND = "not_found"


class FreeNow(Refusal):
    """One of the sizes asked for is free now: it can be held at once, and nobody waits for it."""

    code = "free_now"


class TooManyLines(Refusal):
    """A member stands in ``most`` lines of one sale at the most."""

    code = "too_many_lines"
