"""Sales as they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from marketplace.db import brands, clock
from marketplace.db.sales import Sale, SaleItem, window
from marketplace.domain.refusals import NotFound
from marketplace.domain.sales import phase

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Select

    from marketplace.domain.sales import Phase, SaleState
    from marketplace.toolbox import Toolbox


@dataclass(frozen=True, slots=True)
class SaleFed:
    """A sale: what it is at this instant (``phase``), and whether the brand approved it exactly as it stands."""

    number: int
    ref: str
    title: str
    deal_id: int
    state: SaleState
    phase: Phase
    territory: str
    currency: str
    zone: str
    opens_at: datetime
    closes_at: datetime
    units: int
    is_approved: bool


def listed(tools: Toolbox, *, after: int | None, most: int) -> tuple[SaleFed, ...]:
    """Up to ``most`` of the brand's sales, the newest first, beginning after the one whose ``number`` is ``after``."""
    wanted = _sales(tools).order_by(Sale.id.desc()).limit(most)
    if after is not None:
        wanted = wanted.where(Sale.id < after)
    return _fed(tools, wanted)


def one(tools: Toolbox, *, ref: str) -> SaleFed:
    """The sale, if it is the brand's own."""
    found = _fed(tools, _sales(tools).where(Sale.ref == ref))
    if not found:
        raise NotFound
    return found[0]


def _sales(tools: Toolbox) -> Select[Any]:
    units = select(func.coalesce(func.sum(SaleItem.units), 0)).where(SaleItem.sale_id == Sale.id)
    return select(Sale, units.scalar_subquery().label("units")).where(
        brands.within(tools.brand_id, Sale.brand_id)
    )


def _fed(tools: Toolbox, wanted: Select[Any]) -> tuple[SaleFed, ...]:
    with tools.reading() as session:
        now = clock.instant(session)
        return tuple(_sale(row, int(units), now) for row, units in session.execute(wanted))


def _sale(row: Sale, units: int, now: datetime) -> SaleFed:
    return SaleFed(
        number=row.id,
        ref=row.ref,
        title=row.title,
        deal_id=row.deal_id,
        state=row.state,
        phase=phase(window(row), now),
        territory=row.territory,
        currency=row.currency,
        zone=row.zone,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        units=units,
        is_approved=row.approved_version == row.version,
    )
