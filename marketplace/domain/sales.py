"""Sales: states, the window, and what a member may be told about the units left.

A sale is open because its row and the clock say so. The recorded state is only ``scheduled`` (it will open by
itself), ``paused``, ``cancelled`` or ``closed``; jobs record openings and closings, they never make them true.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.domain.lifecycle import Lifecycle
from marketplace.domain.refusals import Refusal

if TYPE_CHECKING:
    from datetime import datetime

FEW_LEFT_UNITS = 3
TEASER_BEFORE = timedelta(days=3)
LENGTH_MAX = timedelta(days=14)


class SaleState(StrEnum):
    """The recorded state of a sale."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"
    CANCELLED = "cancelled"


SALE_LIFECYCLE = Lifecycle(
    "sale",
    {
        SaleState.DRAFT: (SaleState.SCHEDULED, SaleState.CANCELLED),
        SaleState.SCHEDULED: (SaleState.DRAFT, SaleState.OPEN, SaleState.CLOSED, SaleState.CANCELLED),
        SaleState.OPEN: (SaleState.PAUSED, SaleState.CLOSED),
        SaleState.PAUSED: (SaleState.OPEN, SaleState.CLOSED, SaleState.CANCELLED),
        SaleState.CLOSED: (),
        SaleState.CANCELLED: (),
    },
)


class Phase(StrEnum):
    """What a sale is at an instant, to whoever looks."""

    HIDDEN = "hidden"
    TEASER = "teaser"
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


class Transition(StrEnum):
    """What the clocks record, once for each generation of a sale's times."""

    OPEN = "open"
    CLOSE = "close"


class StockWord(StrEnum):
    """The truth about a variant in a sale, in the words members see."""

    AVAILABLE = "available"
    FEW_LEFT = "few_left"
    ALL_IN_BAGS = "all_in_bags"
    SOLD_OUT = "sold_out"
    STOPPED = "stopped"


class SaleNotReady(Refusal):
    """Pre-flight found rows that block; ``rows`` names them."""

    code = "sale_not_ready"


class SaleFrozen(Refusal):
    """A sale that is scheduled or open takes only the changes named for it."""

    code = "sale_frozen"


class WindowRefused(Refusal):
    """The opening or closing cannot be as asked; ``reason`` says why."""

    code = "sale_window_refused"


class PriceBelowFloor(Refusal):
    """The price lies under the floor that the deal promised the brand."""

    code = "price_below_floor"


class NotEnoughStock(Refusal):
    """More units than are accepted and not yet in another sale; ``free`` says how many there are."""

    code = "not_enough_stock"


@dataclass(frozen=True, slots=True)
class Window:
    """The times of a sale that decide what it is; all aware UTC."""

    state: SaleState
    teaser_at: datetime
    opens_at: datetime
    closes_at: datetime


def phase(window: Window, now: datetime) -> Phase:
    """What the sale is at ``now``: the same rule that the hold statement applies inside the database."""
    if window.state in {SaleState.DRAFT, SaleState.CANCELLED}:
        return Phase.HIDDEN
    if window.state is SaleState.CLOSED or now >= window.closes_at:
        return Phase.CLOSED
    if window.state is SaleState.PAUSED:
        return Phase.PAUSED
    if now >= window.opens_at:
        return Phase.OPEN
    return Phase.TEASER if now >= window.teaser_at else Phase.HIDDEN


def stock_word(*, available: int, held: int, stopped: bool) -> StockWord:
    """The word for a variant with ``available`` free units and ``held`` in live holds."""
    if stopped:
        return StockWord.STOPPED
    if available > FEW_LEFT_UNITS:
        return StockWord.AVAILABLE
    if available > 0:
        return StockWord.FEW_LEFT
    return StockWord.ALL_IN_BAGS if held > 0 else StockWord.SOLD_OUT
