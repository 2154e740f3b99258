"""Purchase orders: what a conditional sale sold is ordered from the brand once it is over, and shared out as it comes.

The brand keeps the goods until then. What it cannot deliver is refunded to those who bought last: whoever paid first
is served first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.domain.deals import Mode
from marketplace.domain.lifecycle import Lifecycle
from marketplace.domain.money import bps_of
from marketplace.domain.refusals import Refusal
from marketplace.domain.stock import Counts
from marketplace.domain.territories import delivered_by

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from marketplace.domain.territories import Territory

DELIVER_DAYS = 14
"""From the order to the goods at the house."""
LONGER = timedelta(days=21)
"""So much later a member is promised what is ordered after the sale: a week to order and confirm, two to deliver."""
LINES_MAX = 5_000
NOTE_LENGTH_MAX = 1_000


class PurchaseState(StrEnum):
    """Ordered by the house, confirmed by the brand, closed when nothing more will come."""

    ORDERED = "ordered"
    CONFIRMED = "confirmed"
    CLOSED = "closed"


PURCHASE_LIFECYCLE = Lifecycle(
    "purchase",
    {
        PurchaseState.ORDERED: (PurchaseState.CONFIRMED, PurchaseState.CLOSED),
        PurchaseState.CONFIRMED: (PurchaseState.CONFIRMED, PurchaseState.CLOSED),
        PurchaseState.CLOSED: (),
    },
)


class MoreThanOrdered(Refusal):
    """The brand cannot confirm more of ``sku`` than ``most``, which is what was ordered."""

    code = "more_than_ordered"


class ShipDayRefused(Refusal):
    """The goods cannot leave on that day: it has passed, or lies after ``latest``."""

    code = "ship_day_refused"


class GoodsArrived(Refusal):
    """Goods of this order have come in: what was confirmed stands, and the count decides."""

    code = "goods_arrived"


class CountedWithOrder(Refusal):
    """The goods of a conditional deal come with the order that follows its sale, and are counted there."""

    code = "counted_with_order"


class GoodsAwaited(Refusal):
    """The goods of this order have not come from the brand yet, so no parcel can be packed with them."""

    code = "goods_awaited"


@dataclass(frozen=True, slots=True)
class Claim:
    """An order line that waits for ``units`` of one variant. Claims are in the order in which they were paid."""

    line_id: int
    order_id: int
    units: int


def is_ordered_later(mode: Mode) -> bool:
    """Whether the goods are ordered from the brand after the sale instead of coming in before it."""
    return mode is Mode.CONDITIONAL


def delivery_day(closes_at: datetime, home: Territory, *, mode: Mode) -> date:
    """The day promised for delivery of what is bought in a sale that ends at ``closes_at``."""
    later = LONGER if is_ordered_later(mode) else timedelta(0)
    return delivered_by(closes_at + later, home)


def unserved(claims: Sequence[Claim], units: int) -> dict[int, int]:
    """Units that each line goes without when only ``units`` came, by line id; the last to pay give way first."""
    assert units >= 0, "what came is counted"
    without: dict[int, int] = {}
    left = units
    for claim in claims:
        served = min(claim.units, left)
        left -= served
        if served < claim.units:
            without[claim.line_id] = claim.units - served
    return without


def latest_ship_day(deliver_by: date, *, today: date) -> date:
    """The last day on which a brand may say its goods leave; one that is late has as many days again."""
    return deliver_by if today <= deliver_by else today + timedelta(days=DELIVER_DAYS)


def as_counted(*, ordered: int, received: int, accepted: int, rejected: int, packed: int) -> Counts:
    """A line of the order as the rules of counting read it: ``packed`` units have left with parcels."""
    return Counts(
        offered=ordered,
        committed=ordered,
        received=received,
        accepted=accepted,
        rejected=rejected,
        allocated=packed,
    )


def fill_rate_bps(lines: Iterable[tuple[int, int]]) -> int | None:
    """Accepted of ordered units, in basis points; None for an order of nothing."""
    ordered = accepted = 0
    for asked, came in lines:
        ordered, accepted = ordered + asked, accepted + came
    return bps_of(accepted, ordered) if ordered else None
