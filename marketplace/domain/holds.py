"""Holds: how long a member's claim lasts, how it may be renewed, and the ways it can be refused.

The decision itself is taken inside the database (``take_holds``), which knows the same lengths and outcomes; a
test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.domain.admissions import StillWaiting
from marketplace.domain.refusals import NotFound, Refusal

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

HOLD_LENGTH = timedelta(minutes=10)
RENEWAL_LENGTH = timedelta(minutes=5)
RENEWALS_MAX = 1
EXTRA_TIME = timedelta(minutes=5)
"""What a member who asked for more time (an accessibility preference) gets on every hold, once and logged."""
UNITS_PER_HOLD_MAX = 10
LINES_MAX = 20
WARN_BEFORE = timedelta(minutes=2)
"""WCAG 2.2.1: the warning comes long enough before the end (at least 20 seconds) to ask for more time."""
WARN_BEFORE_WITH_EXTRA_TIME = timedelta(minutes=4)
"""Who needs more time for everything needs more of it for pressing a button in time, too."""


def warn_before(*, extra_time: bool) -> timedelta:
    """How long before its end a hold is warned of."""
    return WARN_BEFORE_WITH_EXTRA_TIME if extra_time else WARN_BEFORE


class HoldState(StrEnum):
    """What became of a hold. One that is being paid still counts as held; only time or its owner ends it."""

    HELD = "held"
    SOLD = "sold"
    RELEASED = "released"
    EXPIRED = "expired"


class HoldOutcome(StrEnum):
    """The database's answer to one asked hold or renewal."""

    HELD = "held"
    ALREADY_HELD = "already_held"
    BOUGHT = "bought"
    KEY_REUSED = "key_reused"
    SOLD_OUT = "sold_out"
    ALL_IN_BAGS = "all_in_bags"
    TOO_MANY = "too_many"
    LAPSED = "lapsed"
    RENEWAL_USED = "renewal_used"
    LIMIT_REACHED = "limit_reached"
    NOT_OPEN = "not_open"
    CLOSED = "closed"
    PAUSED = "paused"
    STOPPED = "stopped"
    WAITING = "waiting"
    NOT_FOUND = "not_found"


class HoldRefused(Refusal):
    """The units could not be held; each rule that can say so has its own kind."""

    code = "hold_refused"


class AlreadyHeld(HoldRefused):
    """No further unit is free, but the member already holds one: ``hold_id``, until ``expires_at``."""

    code = "already_held"


class AlreadyBought(HoldRefused):
    """This very asking was answered before, and what it held has been paid for since."""

    code = "already_bought"


class KeyReused(HoldRefused):
    """The same idempotency key came with another item or number of units: a fault of the program that asks."""

    code = "key_reused"


class SoldOut(HoldRefused):
    """Every unit is sold, the last one taken at ``sold_out_at``."""

    code = "sold_out"


class AllInBags(HoldRefused):
    """No unit is free now, but ``next_release_units`` come back at ``next_release_at`` unless they are paid."""

    code = "all_in_bags"


class TooMany(HoldRefused):
    """Fewer units are free than were asked for; ``most`` says how many."""

    code = "too_many"


class LimitReached(HoldRefused):
    """The member's limit, counted over what they hold and have bought, leaves ``most`` further units."""

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


@dataclass(frozen=True, slots=True)
class Ask:
    """A wish for ``units`` of one sale item. Asked twice under the same ``key``, it is one hold."""

    sale_item_id: int
    units: int
    key: UUID


@dataclass(frozen=True, slots=True)
class Answer:
    """What the database decided about one :class:`Ask`.

    ``expires_at`` and ``price_minor`` (minor units of the sale's currency) are there when a hold is. For a no,
    ``next_release_at`` tells when ``next_release_units`` come back unless paid, ``most`` how many units could
    have been had (of one who waits: how many stand before them), ``opens_at`` when the sale opens.
    """

    outcome: HoldOutcome
    hold_id: int | None = None
    expires_at: datetime | None = None
    price_minor: int | None = None
    next_release_at: datetime | None = None
    next_release_units: int | None = None
    most: int | None = None
    sold_out_at: datetime | None = None
    opens_at: datetime | None = None

    @property
    def held(self) -> bool:
        """Whether this asking has its units."""
        return self.outcome is HoldOutcome.HELD

    @property
    def ahead(self) -> int | None:
        """Of one who waits in the room of the sale: how many stand before them, where that is known."""
        return self.most

    def refusal(self) -> Refusal | None:
        """The no in this answer, with what its sentence needs; nothing if the units are held."""
        if self.held:
            return None
        kind, named = _REFUSALS[self.outcome]
        return kind(**{name: getattr(self, name) for name in named})

    def or_refuse(self) -> Answer:
        """This answer if the units are held; raises its refusal otherwise."""
        no = self.refusal()
        if no is not None:
            raise no
        return self


_BACK = ("next_release_at", "next_release_units")
_REFUSALS: dict[HoldOutcome, tuple[type[Refusal], tuple[str, ...]]] = {
    HoldOutcome.ALREADY_HELD: (AlreadyHeld, ("hold_id", "expires_at")),
    HoldOutcome.BOUGHT: (AlreadyBought, ()),
    HoldOutcome.KEY_REUSED: (KeyReused, ()),
    HoldOutcome.LAPSED: (HoldLapsed, ("expires_at",)),
    HoldOutcome.SOLD_OUT: (SoldOut, ("sold_out_at",)),
    HoldOutcome.ALL_IN_BAGS: (AllInBags, _BACK),
    HoldOutcome.TOO_MANY: (TooMany, ("most", *_BACK)),
    HoldOutcome.LIMIT_REACHED: (LimitReached, ("most",)),
    HoldOutcome.NOT_OPEN: (SaleNotOpen, ("opens_at",)),
    HoldOutcome.CLOSED: (SaleClosed, ()),
    HoldOutcome.PAUSED: (SalePaused, ()),
    HoldOutcome.STOPPED: (ItemStopped, ()),
    HoldOutcome.WAITING: (StillWaiting, ("ahead",)),
    HoldOutcome.NOT_FOUND: (NotFound, ()),
}
"""The refusal of each outcome, and which of the answer's figures its sentence may name."""


@dataclass(frozen=True, slots=True)
class Glance:
    """A bag at ``told_at``: units held, and when the first of them goes back to the sale (None: nothing is held)."""

    units: int
    first_end: datetime | None
    told_at: datetime
    extra_time: bool


def check_units(units: int) -> None:
    """Refuses a number of units that no asking may have, whatever the stock."""
    if not 1 <= units <= UNITS_PER_HOLD_MAX:
        raise QuantityRefused(most=UNITS_PER_HOLD_MAX)
