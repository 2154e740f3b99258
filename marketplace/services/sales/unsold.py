"""What a sale did not sell goes back to its lots, free for another sale or for the exit that the deal names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.db import purchases, sales, stock, unsold
from marketplace.db.deals import Deal
from marketplace.db.sales import Sale
from marketplace.db.stock import Movement
from marketplace.domain.events import Event, Fact
from marketplace.domain.purchases import PurchaseState, is_ordered_later

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.db.sales import SaleItem
    from marketplace.toolbox import Toolbox

REASON = "sale_ended"


def free_unsold(tools: Toolbox) -> int | None:
    """Give the unsold units of one ended sale back to their lots; how many, or None where no sale is left to do.

    Nothing moves while a hold lives or a payment may still come. The item keeps what was offered in ``units``; what a
    later refund puts back on its shelf goes the same way the next time. Safe twice, and twice at once.
    """
    with tools.transaction() as session:
        found = unsold.to_free(session)
        if found is None:
            return None
        deal_id = session.get_one(Sale, found).deal_id
        lots = {lot.id: lot for lot in stock.locked_of_deal(session, deal_id).values()}
        items = sales.items_locked(session, found)
        if unsold.to_free(session, sale_id=found) is None:
            return 0
        left = [item for item in items.values() if item.available]
        lets_go = _lets_go(session, found, deal_id)
        units = sum(_free(session, item, lots[item.lot_id], lets_go=lets_go) for item in left)
        row = session.get_one(Sale, found)
        data = {"items": len(left), "units": units}
        tools.record(
            session, Fact(Event.SALE_UNSOLD_FREED, "sale", row.id, brand_id=row.brand_id, data=data)
        )
        return units


def _lets_go(session: Session, sale_id: int, deal_id: int) -> bool:
    """Whether the brand keeps these units for nobody any more: before they are ordered, and once the order is closed.

    In between they are on their way: what a member gave back meanwhile comes to the house as free stock.
    """
    if not is_ordered_later(session.get_one(Deal, deal_id).mode):
        return False
    order = purchases.of_sale(session, sale_id)
    return order is None or order.state is PurchaseState.CLOSED


def _free(session: Session, item: SaleItem, lot: stock.Lot, *, lets_go: bool) -> int:
    units = item.available
    item.available, item.freed = 0, item.freed + units
    stock.move(session, lot, Movement.DEALLOCATED, -units, reason=REASON, sale_item_id=item.id)
    released = min(units, lot.pledged) if lets_go else 0
    if released:
        stock.move(session, lot, Movement.PLEDGED, -released, reason=REASON)
    return units
