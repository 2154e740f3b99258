"""Filling a draft: which variants, how many units of the accepted stock, at what price.

The price is never below the floor of the accepted deal; the comparison follows from the evidence and is not typed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.db import clock, offers, prior_prices, sales, stock
from marketplace.db.sales import SaleItem
from marketplace.domain.events import Event, Fact
from marketplace.domain.moments import wall_time
from marketplace.domain.money import Money
from marketplace.domain.prices import comparison, under
from marketplace.domain.refusals import Invalid, NotFound, Refusal, Stale
from marketplace.domain.sales import (
    ITEM_LIMIT,
    LIMIT_MAX,
    Act,
    NotEnoughStock,
    NotInDeal,
    PriceBelowFloor,
    UnitsTaken,
    check_act,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from marketplace.db.offers import Offered
    from marketplace.db.prior_prices import Prior
    from marketplace.db.sales import Sale
    from marketplace.db.stock import Lot
    from marketplace.domain.prices import PriceRule
    from marketplace.toolbox import Toolbox

LINES_MAX = 5_000
SAVING_BPS_MAX = 9_500


class ItemsRefused(Refusal):
    """Some lines cannot be as asked, and none was written; ``rows`` maps a variant to its refusal."""

    code = "items_refused"


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of the table: zero units take the variant out of the sale."""

    variant_id: int
    units: int
    price_minor: int
    limit_per_member: int = ITEM_LIMIT


@dataclass(frozen=True, slots=True)
class Filled:
    """What filling did: items with units, their units, and variants left out for want of a price."""

    version: int
    items: int
    units: int
    unpriced: int


@dataclass(frozen=True, slots=True)
class _Desk:
    """A draft with everything locked that its filling may change."""

    session: Session
    tools: Toolbox
    sale: Sale
    lots: Mapping[int, Lot]
    items: Mapping[int, SaleItem]
    offered: Mapping[int, Offered]
    before: Mapping[int, Prior]
    shown_on: date


def put_items(tools: Toolbox, *, ref: str, version: int, lines: Sequence[Asked]) -> Filled:
    """Set units, price and limit of these variants in a draft; variants not named stay as they are.

    Refuses as a whole with :class:`ItemsRefused`: a price below the floor, more units than are accepted and free, a
    variant that is not in the deal. Refuses a version that somebody else has changed meanwhile.
    """
    assert len(lines) <= LINES_MAX, "too many lines for one table"
    with tools.transaction() as session:
        desk = _desk(tools, session, ref, version)
        _check(desk, lines)
        return _write(desk, lines, unpriced=0)


def fill(tools: Toolbox, *, ref: str, version: int, saving_bps: int) -> Filled:
    """Put every free accepted unit of the deal into the draft at ``saving_bps`` under its public price.

    Never below the floor; a variant without a public price is put in at its floor, and left out where that is nothing.
    Items that are in the sale already keep their limit.
    """
    if not 0 < saving_bps <= SAVING_BPS_MAX:
        raise Invalid(field="saving", reason="saving_range", most=SAVING_BPS_MAX)
    with tools.transaction() as session:
        desk = _desk(tools, session, ref, version)
        stocked = [each for each in desk.offered.values() if _units_at_most(desk, each) > 0]
        lines = [_priced(desk, each, saving_bps) for each in stocked]
        asked = [line for line in lines if line is not None]
        return _write(desk, asked, unpriced=len(lines) - len(asked))


def reprice(
    tools: Toolbox, *, ref: str, version: int, rule: PriceRule, style_code: str = ""
) -> Filled:
    """Change the prices of all items that have units by ``rule``, or those of one style, in a draft.

    No price falls below its floor; units and limits stay. Refuses a version that somebody else has changed meanwhile,
    and a style that is not in the sale.
    """
    with tools.transaction() as session:
        desk = _desk(tools, session, ref, version)
        lines = [
            _repriced(desk, item, rule)
            for item in desk.items.values()
            if item.units
            and item.variant_id in desk.offered
            and style_code in {"", desk.offered[item.variant_id].style_code}
        ]
        if not lines:
            raise NotFound
        return _write(desk, lines, unpriced=0)


def _repriced(desk: _Desk, item: SaleItem, rule: PriceRule) -> Asked:
    currency = desk.sale.currency
    floor = Money(max(desk.offered[item.variant_id].floor_minor, 1), currency)
    price = rule.of(Money(item.price_minor, currency), floor=floor)
    return Asked(item.variant_id, item.units, price.minor, item.limit_per_member)


def _desk(tools: Toolbox, session: Session, ref: str, version: int) -> _Desk:
    deal_id = sales.by_ref(session, ref).deal_id
    lots = stock.locked_of_deal(session, deal_id)
    row = sales.locked(session, ref)
    items = {item.variant_id: item for item in sales.items_locked(session, row.id).values()}
    check_act(sales.window(row), clock.now(session), Act.EDIT)
    if row.version != version:
        raise Stale(latest=row.version)
    offered = offers.of_deal(session, deal_id)
    shown_on = wall_time(row.opens_at, row.zone).date()
    before = prior_prices.before(session, (row.id,)).get(row.id, {})
    return _Desk(session, tools, row, lots, items, offered, before, shown_on)


def _units_at_most(desk: _Desk, offered: Offered) -> int:
    lot, item = desk.lots.get(offered.variant_id), desk.items.get(offered.variant_id)
    free = stock.counts(lot).free if lot else 0
    return free + (item.units if item else 0)


def _priced(desk: _Desk, offered: Offered, saving_bps: int) -> Asked | None:
    currency, item = desk.sale.currency, desk.items.get(offered.variant_id)
    floor = Money(offered.floor_minor, currency)
    rrp = _rrp(desk, offered)
    price = under(rrp, saving_bps=saving_bps, floor=floor) if rrp else floor
    if not price:
        return None
    limit = item.limit_per_member if item else ITEM_LIMIT
    return Asked(offered.variant_id, _units_at_most(desk, offered), price.minor, limit)


def _check(desk: _Desk, lines: Sequence[Asked]) -> None:
    found = {line.variant_id: _fault(desk, line) for line in lines}
    rows = {variant_id: fault for variant_id, fault in found.items() if fault is not None}
    if rows:
        raise ItemsRefused(rows=rows)


def _fault(desk: _Desk, line: Asked) -> Refusal | None:
    offered = desk.offered.get(line.variant_id)
    if offered is None or line.variant_id not in desk.lots:
        return NotInDeal(sku=offered.sku if offered else "")
    if not 0 < line.limit_per_member <= LIMIT_MAX:
        return Invalid(field="limit_per_member", reason="limit_range", most=LIMIT_MAX)
    if line.units < 0:
        return Invalid(field="units", reason="units_negative")
    if line.units == 0:
        return None
    floor = Money(max(offered.floor_minor, 1), desk.sale.currency)
    if line.price_minor < floor.minor:
        return PriceBelowFloor(sku=offered.sku, floor=floor)
    return _stock_fault(desk, offered, line)


def _stock_fault(desk: _Desk, offered: Offered, line: Asked) -> Refusal | None:
    most, item = _units_at_most(desk, offered), desk.items.get(line.variant_id)
    if line.units > most:
        return NotEnoughStock(sku=offered.sku, free=most)
    if item is not None and line.units < item.held + item.sold:
        return UnitsTaken(sku=offered.sku, least=item.held + item.sold)
    return None


def _write(desk: _Desk, lines: Sequence[Asked], *, unpriced: int) -> Filled:
    for place, line in enumerate(lines, start=1):
        item = desk.items.get(line.variant_id)
        if item is None and line.units:
            item = _new_item(desk, line, place)
        if item is not None:
            _set(desk, item, line)
    desk.sale.version += 1
    desk.session.flush()
    items, units = sales.offered_units(desk.session, desk.sale.id)
    data = {"version": desk.sale.version, "items": items, "units": units}
    desk.tools.record(
        desk.session,
        Fact(
            Event.SALE_ITEMS_CHANGED,
            "sale",
            desk.sale.id,
            brand_id=desk.sale.brand_id,
            data=data,
        ),
    )
    return Filled(desk.sale.version, items, units, unpriced)


def _new_item(desk: _Desk, line: Asked, place: int) -> SaleItem:
    item = SaleItem(
        brand_id=desk.sale.brand_id,
        sale_id=desk.sale.id,
        variant_id=line.variant_id,
        lot_id=desk.lots[line.variant_id].id,
        position=place,
        price_minor=line.price_minor,
        units=0,
        available=0,
        held=0,
        sold=0,
    )
    desk.session.add(item)
    desk.session.flush()
    return item


def _set(desk: _Desk, item: SaleItem, line: Asked) -> None:
    more = line.units - item.units
    if more:
        item.units += more
        item.available += more
        stock.allocate(
            desk.session,
            desk.lots[line.variant_id],
            more,
            sale_item_id=item.id,
            account_id=desk.tools.actor.account_id,
        )
    if line.units:
        item.price_minor = line.price_minor
        item.limit_per_member = line.limit_per_member
        _compare(desk, item)


def _compare(desk: _Desk, item: SaleItem) -> None:
    offered, before = desk.offered[item.variant_id], desk.before.get(item.variant_id)
    shown = comparison(
        Money(item.price_minor, desk.sale.currency),
        rrp=_rrp(desk, offered),
        seen_on=offered.seen_on,
        shown_on=desk.shown_on,
        before=before.price if before else None,
    )
    item.compare_minor = shown.minor if shown else None
    item.evidence_id = offered.evidence_id if shown else None


def _rrp(desk: _Desk, offered: Offered) -> Money | None:
    if offered.rrp_minor is None or offered.currency != desk.sale.currency:
        return None
    return Money(offered.rrp_minor, offered.currency)
