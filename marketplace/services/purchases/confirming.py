"""The brand's answer to an order: how many of each piece it will send, and when they leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.db import clock, locks, purchases
from marketplace.db.catalogue import Variant
from marketplace.db.purchases import Purchase
from marketplace.domain import moments
from marketplace.domain.events import Event, Fact
from marketplace.domain.purchases import (
    PURCHASE_LIFECYCLE,
    GoodsArrived,
    MoreThanOrdered,
    PurchaseState,
    ShipDayRefused,
    latest_ship_day,
)
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy.orm import Session

    from marketplace.db.purchases import PurchaseLine
    from marketplace.toolbox import Toolbox


def confirm(
    tools: Toolbox,
    *,
    ref: str,
    units: Mapping[int, int],
    ships_on: date,
    note: str = "",
) -> int:
    """Say how many units of each line will come and on which day they leave; returns how many will be short.

    A line that ``units`` does not name is confirmed in full. May be said again until goods arrive. Refuses more than
    was ordered, a day that has passed or lies too late, and an order that is closed.
    """
    with tools.transaction() as session:
        found = purchases.by_ref(session, ref, brand_id=tools.brand_id)
        order = locks.one(session, Purchase, found.id)
        lines = purchases.lines_locked(session, order.id)
        PURCHASE_LIFECYCLE.check(order.state, PurchaseState.CONFIRMED)
        if any(line.received for line in lines.values()):
            raise GoodsArrived
        today = moments.house_day(clock.now(session))
        latest = latest_ship_day(order.deliver_by, today=today)
        if not today <= ships_on <= latest:
            raise ShipDayRefused(latest=latest)
        if units.keys() - lines.keys():
            raise NotFound
        for line in lines.values():
            _say(session, line, units.get(line.id, line.ordered))
        order.state, order.ships_on, order.note = PurchaseState.CONFIRMED, ships_on, note.strip()
        order.confirmed_at, order.confirmed_by_id = clock.now(session), tools.actor.account_id
        short = sum(line.ordered - (line.confirmed or 0) for line in lines.values())
        tools.record(
            session,
            Fact(
                Event.PURCHASE_CONFIRMED,
                "purchase",
                order.id,
                brand_id=order.brand_id,
                data={"short": short},
            ),
        )
        return short


def _say(session: Session, line: PurchaseLine, units: int) -> None:
    if not 0 <= units <= line.ordered:
        sku = session.get_one(Variant, line.variant_id).sku
        raise MoreThanOrdered(sku=sku, most=line.ordered)
    line.confirmed = units
