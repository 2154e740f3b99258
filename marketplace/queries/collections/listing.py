"""Collections in a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from marketplace.db import brands
from marketplace.db.brands import Brand
from marketplace.db.catalogue import Collection, CollectionState, Variant
from marketplace.db.deals import Deal

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement, Row, Select

    from marketplace.domain.deals import DealState
    from marketplace.toolbox import Toolbox

PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class Listed:
    """A collection in the list.

    ``units`` are the known ones; ``deal_id`` none while nothing was proposed.
    """

    collection_id: int
    brand: str
    name: str
    season: str
    state: CollectionState
    styles: int
    variants: int
    units: int
    deal_id: int | None
    deal_state: DealState | None
    created_at: datetime
    submitted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of collections, the newest first."""

    collections: tuple[Listed, ...]
    total: int
    page: int
    page_size: int = PAGE_SIZE


def listed(tools: Toolbox, *, submitted: bool = False, page: int = 1) -> Listing:
    """The brand's collections; the house sees all brands', or only those that were ``submitted``."""
    where = [brands.within(tools.brand_id, Collection.brand_id)]
    if submitted:
        where.append(Collection.state == CollectionState.SUBMITTED)
    with tools.reading() as session:
        total = session.execute(
            select(func.count()).select_from(Collection).where(*where)
        ).scalar_one()
        rows = session.execute(_listing(where, page)).all()
    return Listing(tuple(_listed(row) for row in rows), total, page)


def _listing(where: list[ColumnElement[bool]], page: int) -> Select[Any]:
    shown = (
        select(Collection, Brand.name.label("brand"))
        .join(Brand, Brand.id == Collection.brand_id)
        .where(*where)
        .order_by(Collection.id.desc())
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
        .subquery()
    )
    of_variants = (
        select(
            Variant.collection_id,
            func.count(func.distinct(Variant.style_id)).label("styles"),
            func.count().label("variants"),
            func.coalesce(func.sum(Variant.units_offered), 0).label("units"),
        )
        .where(Variant.collection_id.in_(select(shown.c.id)), Variant.withdrawn_at.is_(None))
        .group_by(Variant.collection_id)
        .subquery()
    )
    return (
        select(
            shown,
            func.coalesce(of_variants.c.styles, 0).label("styles"),
            func.coalesce(of_variants.c.variants, 0).label("variants"),
            func.coalesce(of_variants.c.units, 0).label("units"),
            Deal.id.label("deal_id"),
            Deal.state.label("deal_state"),
        )
        .outerjoin(of_variants, of_variants.c.collection_id == shown.c.id)
        .outerjoin(Deal, Deal.collection_id == shown.c.id)
        .order_by(shown.c.id.desc())
    )


def _listed(row: Row[Any]) -> Listed:
    return Listed(
        collection_id=row.id,
        brand=row.brand,
        name=row.name,
        season=row.season,
        state=row.state,
        styles=row.styles,
        variants=row.variants,
        units=int(row.units),
        deal_id=row.deal_id,
        deal_state=row.deal_state,
        created_at=row.created_at,
        submitted_at=row.submitted_at,
    )
