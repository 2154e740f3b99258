"""What is in the house? Lots by deal, counted from offered to allocated, and every movement behind the counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from marketplace.db import stock
from marketplace.db.accounts import Account
from marketplace.db.brands import Brand
from marketplace.db.catalogue import Collection, Style, Variant
from marketplace.db.deals import Deal
from marketplace.db.sales import Sale, SaleItem
from marketplace.db.stock import Lot, Movement, StockMovement
from marketplace.domain.purchases import is_ordered_later
from marketplace.domain.refusals import NotFound
from marketplace.domain.stock import Counts

if TYPE_CHECKING:
    from sqlalchemy import Row, Select
    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox

PAGE_SIZE = 50
LOTS_PAGE_SIZE = 200


@dataclass(frozen=True, slots=True)
class DealStock:
    """The lots of one deal, summed. ``ordered_later``: its goods come with the order that follows a sale."""

    deal_id: int
    brand_id: int
    brand: str
    collection: str
    lots: int
    counts: Counts
    ordered_later: bool


@dataclass(frozen=True, slots=True)
class Room:
    """One page of deals with stock, newest first."""

    deals: tuple[DealStock, ...]
    total: int
    page: int
    page_size: int = PAGE_SIZE


@dataclass(frozen=True, slots=True)
class LotLine:
    """One lot, with the words by which a person finds the piece."""

    lot_id: int
    sku: str
    gtin: str
    style: str
    colour: str
    size: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class Goods:
    """One page of a deal's lots, and the whole deal summed."""

    stock: DealStock
    lines: tuple[LotLine, ...]
    total: int
    page: int
    page_size: int = LOTS_PAGE_SIZE


@dataclass(frozen=True, slots=True)
class Moved:
    """One movement of a lot: signed units, why, by whom, into which sale."""

    at: datetime
    movement: Movement
    units: int
    reason: str
    who: str | None
    sale_ref: str | None


@dataclass(frozen=True, slots=True)
class Movements:
    """One page of a lot's movements, newest first."""

    lot: LotLine
    deal_id: int
    moved: tuple[Moved, ...]
    total: int
    page: int
    page_size: int = PAGE_SIZE


COUNTED = (
    *("offered", "committed", "received", "accepted", "rejected", "allocated", "pledged"),
    *("exited", "rejected_exited", "sent_back", "sent_back_exited"),
)

_SUMS = (
    func.count(Lot.id).label("lots"),
    *(func.coalesce(func.sum(getattr(Lot, name)), 0).label(name) for name in COUNTED),
)


def deals(tools: Toolbox, *, page: int = 1) -> Room:
    """Deals that have lots, newest first, each with its sums."""
    statement = _summed().order_by(Deal.id.desc()).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    with tools.reading() as session:
        total = session.scalar(select(func.count(Lot.deal_id.distinct()))) or 0
        rows = session.execute(statement).all()
    return Room(tuple(_deal_stock(row) for row in rows), total, page)


def of_deal(tools: Toolbox, *, deal_id: int, page: int = 1) -> Goods:
    """The lots of one deal; NotFound for a deal without any."""
    statement = (
        _lot_lines()
        .where(Lot.deal_id == deal_id)
        .order_by(Style.code, Variant.colour, Variant.size_rank, Variant.size, Lot.id)
        .limit(LOTS_PAGE_SIZE)
        .offset((page - 1) * LOTS_PAGE_SIZE)
    )
    with tools.reading() as session:
        whole = _one_deal(session, deal_id)
        lines = tuple(_lot_line(*row) for row in session.execute(statement))
    return Goods(whole, lines, whole.lots, page)


def movements(tools: Toolbox, *, lot_id: int, page: int = 1) -> Movements:
    """Every movement of one lot."""
    statement = (
        select(StockMovement, Account.name, Sale.ref)
        .outerjoin(Account, Account.id == StockMovement.account_id)
        .outerjoin(SaleItem, SaleItem.id == StockMovement.sale_item_id)
        .outerjoin(Sale, Sale.id == SaleItem.sale_id)
        .where(StockMovement.lot_id == lot_id)
        .order_by(StockMovement.id.desc())
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    with tools.reading() as session:
        found = session.execute(_lot_lines().where(Lot.id == lot_id)).one_or_none()
        if found is None:
            raise NotFound
        counted = select(func.count()).where(StockMovement.lot_id == lot_id)
        total = session.scalar(counted) or 0
        moved = tuple(_moved(row, who, ref) for row, who, ref in session.execute(statement))
        return Movements(_lot_line(*found), found[0].deal_id, moved, total, page)


def _one_deal(session: Session, deal_id: int) -> DealStock:
    row = session.execute(_summed().where(Deal.id == deal_id)).one_or_none()
    if row is None:
        raise NotFound
    return _deal_stock(row)


def _summed() -> Select[Any]:
    """Deals with the sums of their lots."""
    return (
        select(
            Deal.id,
            Deal.brand_id,
            Brand.name.label("brand"),
            Collection.name.label("collection"),
            Deal.mode,
            *_SUMS,
        )
        .join(Brand, Brand.id == Deal.brand_id)
        .join(Collection, Collection.id == Deal.collection_id)
        .join(Lot, Lot.deal_id == Deal.id)
        .group_by(Deal.id, Brand.id, Collection.id)
    )


def _deal_stock(row: Row[Any]) -> DealStock:
    found = row._mapping  # noqa: SLF001 - the documented way to a row's names
    later = is_ordered_later(found["mode"])
    counts = Counts(**{name: int(found[name]) for name in COUNTED}, conditional=later)
    return DealStock(
        deal_id=found["id"],
        brand_id=found["brand_id"],
        brand=found["brand"],
        collection=found["collection"],
        lots=int(found["lots"]),
        counts=counts,
        ordered_later=later,
    )


def _lot_lines() -> Select[Lot, Variant, str]:
    return (
        select(Lot, Variant, Style.name)
        .join(Variant, Variant.id == Lot.variant_id)
        .join(Style, Style.id == Variant.style_id)
    )


def _lot_line(lot: Lot, variant: Variant, style: str) -> LotLine:
    return LotLine(
        lot_id=lot.id,
        sku=variant.sku,
        gtin=variant.gtin,
        style=style,
        colour=variant.colour,
        size=variant.size,
        counts=stock.counts(lot),
    )


def _moved(row: StockMovement, who: str | None, ref: str | None) -> Moved:
    return Moved(
        at=row.created_at.astimezone(UTC),
        movement=row.movement,
        units=row.units,
        reason=row.reason,
        who=who,
        sale_ref=ref,
    )
