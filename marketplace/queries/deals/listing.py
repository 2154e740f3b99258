"""Deals in a list, and the collections that still wait for the first proposal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from marketplace.db import brands, clock
from marketplace.db.brands import Brand
from marketplace.db.catalogue import Collection, CollectionState
from marketplace.db.deals import Deal, DealLine, DealVersion
from marketplace.domain.deals import DealState, Side

if TYPE_CHECKING:
    from datetime import date, datetime

    from marketplace.toolbox import Toolbox

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class Listed:
    """A deal in the list.

    ``waits_for`` is the side whose answer is due; none once the talks are over.
    """

    deal_id: int
    brand: str
    collection: str
    state: DealState
    latest: int
    waits_for: Side | None
    expires_at: datetime
    expired: bool
    units: int


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of deals: those that wait first, then the newest."""

    deals: tuple[Listed, ...]
    total: int
    page: int
    page_size: int = PAGE_SIZE


@dataclass(frozen=True, slots=True)
class Waiting:
    """A submitted collection that has no proposal yet."""

    collection_id: int
    brand: str
    name: str
    submitted_at: datetime | None
    deadline: date | None


def listed(tools: Toolbox, *, page: int = 1) -> Listing:
    """The brand's deals; the house sees all."""
    owned = brands.within(tools.brand_id, Deal.brand_id)
    units = (
        select(func.coalesce(func.sum(DealLine.units), 0))
        .where(DealLine.version_id == DealVersion.id)
        .scalar_subquery()
    )
    with tools.reading() as session:
        now = clock.instant(session)
        total = session.execute(select(func.count()).select_from(Deal).where(owned)).scalar_one()
        found = session.execute(
            select(Deal, DealVersion, Brand.name, Collection.name, units)
            .join(
                DealVersion,
                (DealVersion.deal_id == Deal.id) & (DealVersion.number == Deal.latest),
            )
            .join(Brand, Brand.id == Deal.brand_id)
            .join(Collection, Collection.id == Deal.collection_id)
            .where(owned)
            .order_by(Deal.state != DealState.OPEN, Deal.id.desc())
            .limit(PAGE_SIZE)
            .offset((page - 1) * PAGE_SIZE)
        )
        shown = tuple(
            Listed(
                deal.id,
                brand,
                collection,
                deal.state,
                deal.latest,
                _waits_for(deal, version),
                version.expires_at,
                version.expires_at <= now,
                int(count),
            )
            for deal, version, brand, collection, count in found
        )
    return Listing(shown, total, page)


def waiting(tools: Toolbox) -> tuple[Waiting, ...]:
    """Submitted collections that nobody has answered, the nearest deadline first."""
    wanted = (
        select(
            Collection.id,
            Brand.name,
            Collection.name,
            Collection.submitted_at,
            Collection.brief_deadline,
        )
        .join(Brand, Brand.id == Collection.brand_id)
        .outerjoin(Deal, Deal.collection_id == Collection.id)
        .where(Collection.state == CollectionState.SUBMITTED, Deal.id.is_(None))
        .order_by(Collection.brief_deadline, Collection.id)
        .limit(PAGE_SIZE)
    )
    with tools.reading() as session:
        return tuple(Waiting(*row) for row in session.execute(wanted))


def _waits_for(deal: Deal, version: DealVersion) -> Side | None:
    if deal.state is not DealState.OPEN:
        return None
    return Side.BRAND if version.side is Side.HOUSE else Side.HOUSE
