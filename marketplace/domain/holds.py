"""Holds: how long a member's claim lasts, how it may be renewed, and the ways it can be refused."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from marketplace.domain.refusals import Refusal

HOLD_LENGTH = timedelta(minutes=10)
RENEWAL_LENGTH = timedelta(minutes=5)
RENEWALS_MAX = 1
EXTRA_TIME = timedelta(minutes=5)
"""What a member who asked for more time (an accessibility preference) gets on every hold, once and logged."""
UNITS_PER_HOLD_MAX = 10
LINES_MAX = 20
WARN_BEFORE = timedelta(minutes=2)
"""WCAG 2.2.1: the warning comes long enough before the end (at least 20 seconds) to ask for more time."""


class HoldState(StrEnum):
    """What became of a hold. ``paying`` still counts as held; only time or its owner ends it."""

    HELD = "held"
    SOLD = "sold"
    RELEASED = "released"
    EXPIRED = "expired"


class HoldOutcome(StrEnum):
    """The database's answer to one asked hold."""

    HELD = "held"
    SOLD_OUT = "sold_out"
    ALL_IN_BAGS = "all_in_bags"
    TOO_MANY = "too_many"
    LAPSED = "lapsed"
    LIMIT_REACHED = "limit_reached"
    NOT_OPEN = "not_open"
    CLOSED = "closed"
    PAUSED = "paused"
    STOPPED = "stopped"
    NOT_FOUND = "not_found"
    BUSY = "busy"


class HoldRefused(Refusal):
    """The units could not be held; ``outcome`` says which rule said no."""

    code = "hold_refused"


class SoldOut(HoldRefused):
    """Every unit is sold."""

    code = "sold_out"


class AllInBags(HoldRefused):
    """No unit is free now, but some are only held: they come back at ``next_release_at`` unless paid."""

    code = "all_in_bags"


class TooMany(HoldRefused):
    """Fewer units are free than were asked for; ``most`` says how many."""

    code = "too_many"


class LimitReached(HoldRefused):
    """This member already holds or has bought as many as ``limit`` allows."""

    code = "limit_reached"


class SaleNotOpen(HoldRefused):
    """The sale has not opened; ``opens_at`` says when."""

    code = "sale_not_open"


class SaleClosed(HoldRefused):
    """The sale has closed; holds taken before may still be paid until they end."""

    code = "sale_closed"


class SalePaused(HoldRefused):
    """The house has paused the sale; existing holds keep their time."""

    code = "sale_paused"


class ItemStopped(HoldRefused):
    """The house has stopped this item."""

    code = "item_stopped"


class HoldLapsed(Refusal):
    """The hold ended; its units may already be somebody else's. It returns only through the stock check."""

    code = "hold_lapsed"


class RenewalUsed(Refusal):
    """A hold is renewed once; ``expires_at`` stays."""

    code = "renewal_used"


class QuantityRefused(Refusal):
    """The number of units must be a whole number from 1 to ``most``."""

    code = "quantity_refused"
