"""What does the editor of a sale need? The sale as planned, what its deal lets it offer, and what to choose from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, text

from marketplace.db import clock, offers, sales
from marketplace.db.accounts import Account, AccountState
from marketplace.db.brands import Brand
from marketplace.db.catalogue import Collection, Photograph, PhotographState, Style
from marketplace.db.deals import Deal, DealVersion
from marketplace.domain.deals import DealState
from marketplace.domain.doors import Realm
from marketplace.domain.money import Money
from marketplace.domain.prices import saving_bps
from marketplace.domain.refusals import NotFound
from marketplace.domain.sales import Act, Phase, SaleState, acts, phase

if TYPE_CHECKING:
    from sqlalchemy.engine import RowMapping
    from sqlalchemy.orm import Session

    from marketplace.db.offers import Offered
    from marketplace.db.sales import Sale
    from marketplace.toolbox import Toolbox

LINES_PAGE_SIZE = 200
CHOICES_MAX = 200
PHOTOGRAPHS_MAX = 48

_ITEMS = text(
    """
    SELECT l.variant_id, CASE WHEN l.conditional THEN l.pledged ELSE l.accepted - l.allocated - l.exited END AS free,
           i.id AS item_id, i.units, i.price_minor,
           i.compare_minor, i.limit_per_member
    FROM lots l LEFT JOIN sale_items i ON i.lot_id = l.id AND i.sale_id = :sale
    WHERE l.deal_id = :deal
    """
)


@dataclass(frozen=True, slots=True)
class Planned:
    """A sale as its row says, with the names that its numbers stand for."""

    sale_id: int
    ref: str
    deal_id: int
    brand_id: int
    brand: str
    collection: str
    title: str
    line: str
    territory: str
    territories: tuple[str, ...]
    currency: str
    zone: str
    opens_wall: datetime
    closes_wall: datetime
    opens_at: datetime
    closes_at: datetime
    teaser_before: timedelta
    limit_per_member: int
    manager_id: int | None
    manager: str | None
    hero_photograph_id: int | None
    state: SaleState
    version: int
    approved_version: int | None
    phase: Phase
    acts: tuple[Act, ...]
    now: datetime
    items: int
    units: int


@dataclass(frozen=True, slots=True)
class Line:
    """A variant of the deal in the table of the sale. ``most`` units can be in it; ``units`` are."""

    variant_id: int
    item_id: int | None
    style_code: str
    style: str
    sku: str
    colour: str
    size: str
    rrp: Money | None
    floor: Money
    most: int
    units: int
    price: Money | None
    compare: Money | None
    saving_bps: int | None
    limit_per_member: int | None


@dataclass(frozen=True, slots=True)
class Table:
    """One page of the lines of a sale, those with stock; ``total`` counts all of them."""

    sale: Planned
    lines: tuple[Line, ...]
    total: int
    page: int
    page_size: int = LINES_PAGE_SIZE


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose from a list."""

    number: int
    label: str


@dataclass(frozen=True, slots=True)
class Agreed:
    """An accepted deal that a sale can be made for."""

    deal_id: int
    brand: str
    collection: str
    territories: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A photograph of the deal's collection."""

    photograph_id: int
    label: str
    width: int
    height: int


def of_sale(tools: Toolbox, *, ref: str) -> Planned:
    """The sale as planned; NotFound if there is none."""
    with tools.reading() as session:
        return _planned(session, ref)


def lines(tools: Toolbox, *, ref: str, page: int = 1) -> Table:
    """What the deal of the sale lets it offer.

    Every variant with stock, whether it is in the sale or not.
    """
    with tools.reading() as session:
        sale = _planned(session, ref)
        found = session.execute(_ITEMS, {"sale": sale.sale_id, "deal": sale.deal_id}).mappings()
        stocked = {row["variant_id"]: row for row in found}
        offered = offers.of_deal(session, sale.deal_id).values()
    rows = [each for each in offered if each.variant_id in stocked]
    shown = rows[(page - 1) * LINES_PAGE_SIZE : page * LINES_PAGE_SIZE]
    made = tuple(_line(each, stocked[each.variant_id], sale.currency) for each in shown)
    return Table(sale, made, len(rows), page)


def agreed(tools: Toolbox) -> tuple[Agreed, ...]:
    """Accepted deals, newest first: what a new sale can be made for."""
    statement = (
        select(Deal.id, Brand.name, Collection.name, DealVersion.terms)
        .join(Brand, Brand.id == Deal.brand_id)
        .join(Collection, Collection.id == Deal.collection_id)
        .join(DealVersion, DealVersion.id == Deal.accepted_version_id)
        .where(Deal.state == DealState.AGREED)
        .order_by(Deal.id.desc())
        .limit(CHOICES_MAX)
    )
    with tools.reading() as session:
        rows = session.execute(statement).all()
    return tuple(
        Agreed(number, brand, name, tuple(terms["territories"]))
        for number, brand, name, terms in rows
    )


def agreed_deal(tools: Toolbox, *, deal_id: int) -> Agreed:
    """One accepted deal; NotFound if it is none."""
    found = next((each for each in agreed(tools) if each.deal_id == deal_id), None)
    if found is None:
        raise NotFound
    return found


def operators(tools: Toolbox) -> tuple[Choice, ...]:
    """People of the house who can answer for a sale."""
    statement = (
        select(Account.id, Account.name)
        .where(Account.realm == Realm.OPERATOR, Account.state == AccountState.ACTIVE)
        .order_by(Account.name, Account.id)
        .limit(CHOICES_MAX)
    )
    with tools.reading() as session:
        return tuple(Choice(number, name) for number, name in session.execute(statement))


def photographs(tools: Toolbox, *, deal_id: int) -> tuple[Picture, ...]:
    """Photographs of the deal's collection, each style's first ones first."""
    statement = (
        select(Photograph, Style.name)
        .join(Style, Style.id == Photograph.style_id)
        .join(Deal, Deal.collection_id == Style.collection_id)
        .where(Deal.id == deal_id, Photograph.state == PhotographState.READY)
        .order_by(Photograph.position, Style.code, Photograph.id)
        .limit(PHOTOGRAPHS_MAX)
    )
    with tools.reading() as session:
        return tuple(
            Picture(row.id, " ".join(filter(None, (name, row.colour))), row.width, row.height)
            for row, name in session.execute(statement)
        )


def _planned(session: Session, ref: str) -> Planned:
    row = sales.by_ref(session, ref)
    brand = session.get_one(Brand, row.brand_id)
    deal = session.get_one(Deal, row.deal_id)
    collection = session.get_one(Collection, deal.collection_id).name
    accepted = session.get_one(DealVersion, deal.accepted_version_id)
    manager_id = row.manager_id or brand.account_manager_id
    manager = session.scalar(select(Account.name).where(Account.id == manager_id))
    now = clock.instant(session)
    items, units = sales.offered_units(session, row.id)
    return _dressed(
        row,
        brand=brand.name,
        collection=collection,
        territories=tuple(accepted.terms["territories"]),
        manager=manager,
        now=now,
        offered=(items, units),
    )


def _dressed(
    row: Sale,
    *,
    brand: str,
    collection: str,
    territories: tuple[str, ...],
    manager: str | None,
    now: datetime,
    offered: tuple[int, int],
) -> Planned:
    window = sales.window(row)
    return Planned(
        sale_id=row.id,
        ref=row.ref,
        deal_id=row.deal_id,
        brand_id=row.brand_id,
        brand=brand,
        collection=collection,
        title=row.title,
        line=row.line,
        territory=row.territory,
        territories=territories,
        currency=row.currency,
        zone=row.zone,
        opens_wall=row.opens_wall,
        closes_wall=row.closes_wall,
        opens_at=window.opens_at,
        closes_at=window.closes_at,
        teaser_before=window.opens_at - row.teaser_at.astimezone(UTC),
        limit_per_member=row.limit_per_member,
        manager_id=row.manager_id,
        manager=manager,
        hero_photograph_id=row.hero_photograph_id,
        state=row.state,
        version=row.version,
        approved_version=row.approved_version,
        phase=phase(window, now),
        acts=acts(window, now),
        now=now,
        items=offered[0],
        units=offered[1],
    )


def _line(offered: Offered, found: RowMapping, currency: str) -> Line:
    units = found["units"] or 0
    price = Money(found["price_minor"], currency) if units else None
    compare = Money(found["compare_minor"], currency) if found["compare_minor"] and units else None
    has_rrp = offered.rrp_minor is not None and offered.currency == currency
    return Line(
        variant_id=offered.variant_id,
        item_id=found["item_id"],
        style_code=offered.style_code,
        style=offered.style_name,
        sku=offered.sku,
        colour=offered.colour,
        size=offered.size,
        rrp=Money(offered.rrp_minor or 0, currency) if has_rrp else None,
        floor=Money(offered.floor_minor, currency),
        most=found["free"] + units,
        units=units,
        price=price,
        compare=compare,
        saving_bps=saving_bps(price, compare) if price and compare else None,
        limit_per_member=found["limit_per_member"],
    )
