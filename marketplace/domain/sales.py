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
from marketplace.domain.moments import Moment, moment
from marketplace.domain.refusals import Refusal

if TYPE_CHECKING:
    from datetime import datetime

FEW_LEFT_UNITS = 3
TEASER_BEFORE = timedelta(days=3)
TEASER_MAX = timedelta(days=14)
LENGTH_MIN = timedelta(minutes=10)
LENGTH_MAX = timedelta(days=14)
LENGTH_USUAL_MIN = timedelta(hours=12)
"""Private sales last between a day and five; a shorter one is allowed and pointed out."""
AHEAD_MAX = timedelta(days=366)
LIMIT_MAX = 100
ITEM_LIMIT = 2
"""Units of one variant that a member may take, unless the operator sets another limit."""


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
        SaleState.SCHEDULED: (
            SaleState.DRAFT,
            SaleState.OPEN,
            SaleState.CLOSED,
            SaleState.CANCELLED,
        ),
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


class Act(StrEnum):
    """What an operator may do to a sale."""

    EDIT = "edit"
    SCHEDULE = "schedule"
    UNSCHEDULE = "unschedule"
    PAUSE = "pause"
    RESUME = "resume"
    END = "end"
    EXTEND = "extend"
    CANCEL = "cancel"
    STOP_ITEM = "stop_item"
    RESUME_ITEM = "resume_item"
    ADD_UNITS = "add_units"


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
    """The price of ``sku`` lies under ``floor``, which the deal promised the brand."""

    code = "price_below_floor"


class NotInDeal(Refusal):
    """The variant ``sku`` is not part of the accepted deal, or its goods have not come in."""

    code = "variant_not_in_deal"


class DealNotAgreed(Refusal):
    """A sale is made for a deal that both sides have accepted."""

    code = "deal_not_agreed"


class TerritoryNotAgreed(Refusal):
    """The deal does not let the house sell in ``territory``."""

    code = "territory_not_agreed"


class UnitsTaken(Refusal):
    """Fewer units of ``sku`` cannot stay in the sale than members hold or have bought: ``least``."""

    code = "units_taken"


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


@dataclass(frozen=True, slots=True)
class Times:
    """When a sale is announced, opens and closes, with what was typed for it."""

    opens: Moment
    closes: Moment
    teaser_at: datetime


def times(
    opens_wall: datetime,
    closes_wall: datetime,
    zone: str,
    *,
    teaser_before: timedelta,
    opens_fold: int | None = None,
    closes_fold: int | None = None,
) -> Times:
    """The instants of a sale. Refuses a wall time that does not exist or is ambiguous, and a window out of reason."""
    opens = moment(opens_wall, zone, fold=opens_fold)
    closes = moment(closes_wall, zone, fold=closes_fold)
    check_length(opens.at, closes.at)
    if not timedelta(0) <= teaser_before <= TEASER_MAX:
        raise WindowRefused(reason="teaser_range", most_days=TEASER_MAX.days)
    return Times(opens, closes, opens.at - teaser_before)


def check_length(opens_at: datetime, closes_at: datetime) -> None:
    """Refuses a sale that closes before it opens, or lasts shorter or longer than a sale can."""
    if closes_at <= opens_at:
        raise WindowRefused(reason="closes_before_opening")
    if closes_at - opens_at < LENGTH_MIN:
        raise WindowRefused(reason="too_short", least_minutes=LENGTH_MIN // timedelta(minutes=1))
    if closes_at - opens_at > LENGTH_MAX:
        raise WindowRefused(reason="too_long", most_days=LENGTH_MAX.days)


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


_RUNNING = (Act.END, Act.EXTEND, Act.STOP_ITEM, Act.RESUME_ITEM, Act.ADD_UNITS)
_COMING = (Act.UNSCHEDULE, Act.CANCEL, Act.STOP_ITEM, Act.RESUME_ITEM, Act.ADD_UNITS)
_ACTS: dict[Phase, tuple[Act, ...]] = {
    Phase.HIDDEN: _COMING,
    Phase.TEASER: _COMING,
    Phase.OPEN: (Act.PAUSE, *_RUNNING),
    Phase.PAUSED: (Act.RESUME, Act.CANCEL, *_RUNNING),
    Phase.CLOSED: (),
}


def acts(window: Window, now: datetime) -> tuple[Act, ...]:
    """What may be done to the sale at ``now``: what a page offers and what a move allows are one table.

    A sale that its row and the clock say is open can be paused or ended even if no clock has recorded its opening.
    """
    if window.state is SaleState.DRAFT:
        return (Act.EDIT, Act.SCHEDULE, Act.CANCEL)
    if window.state is SaleState.CANCELLED:
        return ()
    return _ACTS[phase(window, now)]


def check_act(window: Window, now: datetime, act: Act) -> None:
    """Refuses what cannot be done to the sale at ``now``; names what it is instead."""
    if act not in acts(window, now):
        standing = window.state if window.state is SaleState.DRAFT else phase(window, now)
        raise SaleFrozen(act=str(act), state=str(window.state), standing=str(standing))


def due(window: Window, now: datetime) -> tuple[Transition, ...]:
    """The openings and closings that have come by ``now`` and that the row does not show yet, in their order."""
    closed = now >= window.closes_at
    if window.state is SaleState.SCHEDULED and now >= window.opens_at:
        return (Transition.OPEN, Transition.CLOSE) if closed else (Transition.OPEN,)
    if window.state in {SaleState.OPEN, SaleState.PAUSED} and closed:
        return (Transition.CLOSE,)
    return ()


def stock_word(*, available: int, held: int, stopped: bool) -> StockWord:
    """The word for a variant with ``available`` free units and ``held`` in live holds."""
    if stopped:
        return StockWord.STOPPED
    if available > FEW_LEFT_UNITS:
        return StockWord.AVAILABLE
    if available > 0:
        return StockWord.FEW_LEFT
    return StockWord.ALL_IN_BAGS if held > 0 else StockWord.SOLD_OUT


class Left(StrEnum):
    """How much of a whole sale is left, in the words that its card says."""

    MOST = "most"
    LESS = "less"
    LITTLE = "little"
    ALL_IN_BAGS = "all_in_bags"
    SOLD_OUT = "sold_out"


def left(*, units: int, available: int, held: int) -> Left:
    """The word for a sale of ``units``: half or more, less, a tenth or less, or nothing that is free."""
    if available <= 0:
        return Left.ALL_IN_BAGS if held > 0 else Left.SOLD_OUT
    if available * 2 >= units:
        return Left.MOST
    return Left.LESS if available * 10 > units else Left.LITTLE
