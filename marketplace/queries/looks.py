"""Who of the house looked at what a brand told it in confidence, and when? The brand reads it itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from marketplace.db.accounts import Account
from marketplace.db.brands import Brand, within
from marketplace.db.catalogue import Collection
from marketplace.db.deals import Deal
from marketplace.db.looks import Look
from marketplace.db.sales import Sale
from marketplace.domain.looks import Thing, first_name

if TYPE_CHECKING:
    from datetime import date, datetime

    from marketplace.toolbox import Toolbox

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody looked at one thing on one day. ``manages``: they are the brand's account manager.

    ``name`` is the collection's or sale's, empty where the thing has none; ``ref`` the sale's reference.
    """

    who: str
    manages: bool
    thing: Thing
    about_id: int
    name: str
    ref: str
    day: date
    times: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of looks, the newest first."""

    lines: tuple[Line, ...]
    total: int
    page: int
    page_size: int = PAGE_SIZE


def listed(tools: Toolbox, *, brand_id: int, page: int = 1) -> Listed:
    """The looks at what this brand told; at the brands' door, those at the actor's own."""
    where = (Look.brand_id == brand_id, within(tools.brand_id, Look.brand_id))
    named = func.coalesce(
        select(Collection.name)
        .where(Look.thing == Thing.COLLECTION, Collection.id == Look.about_id)
        .scalar_subquery(),
        select(Collection.name)
        .join(Deal, Deal.collection_id == Collection.id)
        .where(Look.thing == Thing.TERMS, Deal.id == Look.about_id)
        .scalar_subquery(),
        select(Sale.title)
        .where(Look.thing == Thing.FIGURES, Sale.id == Look.about_id)
        .scalar_subquery(),
        "",
    )
    ref = (
        select(Sale.ref)
        .where(Look.thing == Thing.FIGURES, Sale.id == Look.about_id)
        .scalar_subquery()
    )
    statement = (
        select(Look, Account.name, Brand.account_manager_id, named, func.coalesce(ref, ""))
        .join(Account, Account.id == Look.account_id)
        .join(Brand, Brand.id == Look.brand_id)
        .where(*where)
        .order_by(Look.last_at.desc(), Look.id.desc())
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    with tools.reading() as session:
        total = session.scalar(select(func.count()).select_from(Look).where(*where)) or 0
        lines = tuple(
            Line(
                first_name(who),
                row.account_id == manager_id,
                row.thing,
                row.about_id,
                name,
                of_sale,
                row.day,
                row.times,
                row.last_at.astimezone(UTC),
            )
            for row, who, manager_id, name, of_sale in session.execute(statement)
        )
    return Listed(lines, total, page)
