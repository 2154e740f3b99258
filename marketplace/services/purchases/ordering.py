"""After a conditional sale: what was sold is ordered from the brand, once."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from marketplace.db import clock, purchases, sales
from marketplace.db.purchases import Purchase, PurchaseLine
from marketplace.db.sales import Sale
from marketplace.domain import moments
from marketplace.domain.events import Event, Fact
from marketplace.domain.purchases import DELIVER_DAYS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from marketplace.db.sales import SaleItem
    from marketplace.toolbox import Toolbox

REF_BYTES = 5


def order_sold(tools: Toolbox) -> int | None:
    """Order what one ended conditional sale sold; the units, or None where no sale is left to do.

    Nothing is ordered while a hold lives, a payment may still come, or unsold units wait to be let go: the order is
    final when the brand reads it. Ordered is what members still wait for: a unit whose money is on its way back is not.
    Safe twice, and twice at once.
    """
    with tools.transaction() as session:
        found = purchases.to_order(session)
        if found is None:
            return None
        ref = session.get_one(Sale, found).ref
        sale = sales.locked(session, ref)
        items = sales.items_locked(session, found)
        if purchases.to_order(session, sale_id=found) is None:
            return 0
        wanted = {
            item_id: sum(claim.units for claim in claims)
            for item_id, claims in purchases.claims(session, items).items()
        }
        order = _written(session, sale, {items[item_id]: wanted[item_id] for item_id in wanted})
        units = sum(wanted.values())
        data = {"sale_id": sale.id, "units": units}
        tools.record(
            session,
            Fact(Event.PURCHASE_ORDERED, "purchase", order.id, brand_id=order.brand_id, data=data),
        )
        return units


def _written(session: Session, sale: Sale, wanted: Mapping[SaleItem, int]) -> Purchase:
    today = moments.house_day(clock.now(session))
    order = Purchase(
        brand_id=sale.brand_id,
        deal_id=sale.deal_id,
        sale_id=sale.id,
        ref=f"P{secrets.token_hex(REF_BYTES).upper()}",
        deliver_by=today + timedelta(days=DELIVER_DAYS),
    )
    session.add(order)
    session.flush()
    session.add_all(
        PurchaseLine(
            brand_id=sale.brand_id,
            purchase_id=order.id,
            sale_item_id=item.id,
            lot_id=item.lot_id,
            variant_id=item.variant_id,
            ordered=units,
        )
        for item, units in wanted.items()
    )
    session.flush()
    return order
