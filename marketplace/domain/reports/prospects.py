"""What a brand is told beyond what sold: lost demand, the forecast at close, who bought and what came back.

People are told in whole tens and never where they are fewer than ten. That holds of the floor under lost demand too:
a floor that followed every member would name the eleventh.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.domain import lost_demand
from marketplace.domain.lost_demand import NONE, Estimate, Pace, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from marketplace.domain.orders import ReturnReason
    from marketplace.domain.reports.figures import VariantFigures


@dataclass(frozen=True, slots=True)
class Outlook:
    """What could have sold of a variant, and what more could sell of it. Units.

    ``wanting`` counts, in whole tens, the different members who wanted it in vain and did not buy it; None where they
    are fewer than ten. ``lost`` is what the shelf did not meet, ``sells`` what all of it will sell until the close, and
    ``further`` what units beyond those on the shelf would still sell. None where ``reason`` says why.
    """

    sale_item_id: int
    wanting: int | None
    lost: Estimate | None
    reason: Reason | None
    sells: Estimate | None
    further: Estimate | None


@dataclass(frozen=True, slots=True)
class Region:
    """Members who bought, in whole tens; ``code`` is empty for all regions in which too few did."""

    code: str
    people: int


@dataclass(frozen=True, slots=True)
class People:
    """Who bought, in whole tens; None where they are fewer than ten.

    ``known`` had bought from the brand before this sale opened.
    """

    buyers: int | None
    known: int | None
    new: int | None
    regions: tuple[Region, ...]


@dataclass(frozen=True, slots=True)
class Returned:
    """Units of a variant that left orders, by cause."""

    sale_item_id: int
    cause: str
    units: int


@dataclass(frozen=True, slots=True)
class Reasoned:
    """Units of a size, of all styles, that members sent back for a reason they gave.

    Told in tens of members: those of the first ten who gave it, of the first twenty and so on, so that two looks never
    differ by fewer. What else came back is told without a reason.
    """

    size: str
    reason: ReturnReason
    units: int


@dataclass(frozen=True, slots=True)
class Beyond:
    """What lies beyond the figures. ``peers`` were compared with; ``forecast`` is of units paid at the close.

    ``reasons`` is empty in a report that was kept before members were asked.
    """

    peers: int
    variants: tuple[Outlook, ...]
    forecast: Estimate | None
    reason: Reason | None
    people: People
    returned: tuple[Returned, ...]
    reasons: tuple[Reasoned, ...] = ()


def put_together(
    rows: Iterable[VariantFigures],
    *,
    paces: Mapping[int, Pace],
    minute: int,
    over: bool,
    wanting: Mapping[int, int],
    people: People,
    returned: tuple[Returned, ...],
    reasons: tuple[Reasoned, ...],
) -> Beyond:
    """Put it together as of a ``minute`` of the sale; ``paces`` by the minute, where there are any.

    Once the sale is ``over`` nothing more will sell, and what sold is no forecast.
    """
    told = [
        outlook(row, paces=paces, minute=minute, over=over, wanting=wanting.get(row.sale_item_id))
        for row in rows
    ]
    forecast, reason = (None, None) if over else _forecast(told, paces.get(minute))
    return Beyond(
        peers=max((pace.peers for pace in paces.values()), default=0),
        variants=tuple(told),
        forecast=forecast,
        reason=reason,
        people=people,
        returned=returned,
        reasons=reasons,
    )


def outlook(
    row: VariantFigures,
    *,
    paces: Mapping[int, Pace],
    minute: int,
    over: bool,
    wanting: int | None,
) -> Outlook:
    """What could have sold of a variant, and what more could."""
    now = paces.get(minute)
    if row.sold_out_minute is None:
        found: Estimate | Reason = lost_demand.at_least(NONE, wanting or 0)
        pace, sold = now, row.sold
    else:
        pace, sold = paces.get(row.sold_out_minute + 1), row.accepted
        found = lost_demand.lost(sold, pace, wanting=wanting or 0)
    sells, further = (None, None) if over else _coming(row, sold=sold, pace=pace, now=now)
    return Outlook(
        sale_item_id=row.sale_item_id,
        wanting=wanting,
        lost=found if isinstance(found, Estimate) else None,
        reason=found if isinstance(found, Reason) else None,
        sells=sells,
        further=further,
    )


def _coming(
    row: VariantFigures, *, sold: int, pace: Pace | None, now: Pace | None
) -> tuple[Estimate | None, Estimate | None]:
    """What all of a variant will have sold by the close, and what units beyond the shelf's would still sell."""
    if pace is None or now is None or lost_demand.unknown(now, sold=1) is not None:
        return (Estimate(sold, sold, sold) if row.sold_out_minute is not None else None), None
    if lost_demand.unknown(pace, sold=1) is not None:
        return Estimate(sold, sold, sold), None
    whole = lost_demand.demand(sold, pace)
    sells = lost_demand.at_most(lost_demand.at_least(whole, row.sold), row.accepted)
    return sells, lost_demand.less(lost_demand.to_come(whole, now), row.accepted - row.sold)


def _forecast(told: list[Outlook], now: Pace | None) -> tuple[Estimate | None, Reason | None]:
    expected = [each.sells for each in told if each.sells is not None]
    if len(expected) == len(told):
        return lost_demand.total(expected), None
    return None, lost_demand.unknown(now, sold=1) or Reason.FEW_PEERS
