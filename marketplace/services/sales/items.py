"""What is done to single items and holds while a sale is announced or runs; members feel each of these at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.db import clock, releases, sales, stock, waits
from marketplace.db.holds import Hold
from marketplace.db.sales import Sale
from marketplace.domain import reasons
from marketplace.domain.events import Event, Fact
from marketplace.domain.holds import HoldLapsed
from marketplace.domain.refusals import Invalid, NotFound
from marketplace.domain.sales import Act, NotEnoughStock, acts, check_act
from marketplace.services.sales.edges import settle

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.db.releases import Release
    from marketplace.db.sales import SaleItem
    from marketplace.toolbox import Toolbox


def stop_item(tools: Toolbox, *, ref: str, item_id: int, reason: str) -> None:
    """Take no new holds of one item; those already taken keep their time."""
    why = reasons.given(reason)
    with tools.transaction() as session:
        row, item, now = _locked(tools, session, ref, item_id, Act.STOP_ITEM)
        item.stopped_at = item.stopped_at or now
        _tell(tools, session, row, Event.ITEM_STOPPED, why, item=item.id)
    tools.announcer.sale_changed(row.id)


def resume_item(tools: Toolbox, *, ref: str, item_id: int, reason: str) -> None:
    """Take holds of a stopped item again."""
    why = reasons.given(reason)
    with tools.transaction() as session:
        row, item, _ = _locked(tools, session, ref, item_id, Act.RESUME_ITEM)
        item.stopped_at = None
        _tell(tools, session, row, Event.ITEM_RESUMED, why, item=item.id)
    tools.announcer.sale_changed(row.id)


def add_units(tools: Toolbox, *, ref: str, item_id: int, units: int, reason: str) -> None:
    """Put ``units`` more of the accepted and free stock into an item. Refuses more than there are."""
    why = reasons.given(reason)
    if units <= 0:
        raise Invalid(field="units", reason="units_positive")
    with tools.transaction() as session:
        stock.locked_of_deal(session, sales.by_ref(session, ref).deal_id)
        row, item, _ = _locked(tools, session, ref, item_id, Act.ADD_UNITS)
        lot = session.get_one(stock.Lot, item.lot_id)
        free = stock.counts(lot).free
        if units > free:
            raise NotEnoughStock(free=free)
        _put(tools, session, row, item, lot, units, why=why)
    tools.announcer.sale_changed(row.id)


def place_released(tools: Toolbox, *, deal_id: int) -> int:
    """Put what a brand released into its running sales on sale, as far as it has been counted in; how many units.

    Nothing for a sale that is over: its units stay free in the lot.
    """
    changed: dict[int, int] = {}
    with tools.transaction() as session:
        stock.locked_of_deal(session, deal_id)
        for sale_id, waiting in releases.waiting(session, deal_id).items():
            row = sales.locked(session, session.get_one(Sale, sale_id).ref)
            items = sales.items_locked(session, sale_id)
            now = clock.now(session)
            settle(tools, session, row, now)
            if Act.ADD_UNITS not in acts(sales.window(row), now):
                continue
            for release in waiting:
                units = _place(tools, session, row, items[release.sale_item_id], release)
                changed[sale_id] = changed.get(sale_id, 0) + units
    for sale_id, units in changed.items():
        if units:
            tools.announcer.sale_changed(sale_id)
    return sum(changed.values())


def _place(tools: Toolbox, session: Session, row: Sale, item: SaleItem, release: Release) -> int:
    lot = session.get_one(stock.Lot, item.lot_id)
    units = min(release.units - release.placed, stock.counts(lot).free)
    if units:
        _put(tools, session, row, item, lot, units, why="")
        release.placed += units
    return units


def _put(
    tools: Toolbox,
    session: Session,
    row: Sale,
    item: SaleItem,
    lot: stock.Lot,
    units: int,
    *,
    why: str,
) -> None:
    """Free units of a locked lot go on sale in a locked item: to whoever waits for it, then to everybody."""
    kept = waits.for_the_line(session, item, units)
    item.units += units
    item.available += units - kept
    item.held, item.set_aside = item.held + kept, item.set_aside + kept
    if units > kept:
        item.sold_out_at = None
    account_id = tools.actor.account_id
    stock.allocate(session, lot, units, sale_item_id=item.id, reason=why, account_id=account_id)
    _tell(tools, session, row, Event.SALE_ITEMS_CHANGED, why, item=item.id, units=units)


def release_hold(tools: Toolbox, *, ref: str, hold_id: int, reason: str) -> None:
    """Give back the units of one member's live hold; refuses a hold that has ended meanwhile."""
    why = reasons.given(reason)
    with tools.transaction() as session:
        row = sales.by_ref(session, ref)
        hold = session.get(Hold, hold_id)
        if hold is None or hold.sale_id != row.id:
            raise NotFound
        account_id = tools.actor.account_id
        if not sales.release_holds(session, (hold_id,), reason=why, account_id=account_id):
            raise HoldLapsed
        tools.record(
            session,
            Fact(
                Event.HOLD_RELEASED_BY_OPERATOR,
                "sale",
                row.id,
                brand_id=row.brand_id,
                reason=why,
                data={"hold": hold_id, "item": hold.sale_item_id, "units": hold.units},
            ),
        )
    tools.announcer.sale_changed(row.id)


def _locked(
    tools: Toolbox, session: Session, ref: str, item_id: int, act: Act
) -> tuple[Sale, SaleItem, datetime]:
    row = sales.locked(session, ref)
    item = sales.items_locked(session, row.id).get(item_id)
    if item is None:
        raise NotFound
    now = clock.now(session)
    settle(tools, session, row, now)
    check_act(sales.window(row), now, act)
    return row, item, now


def _tell(
    tools: Toolbox, session: Session, row: Sale, event: Event, why: str, **data: object
) -> None:
    tools.record(
        session, Fact(event, "sale", row.id, brand_id=row.brand_id, reason=why, data=dict(data))
    )
