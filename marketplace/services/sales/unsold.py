"""What an ended sale did not sell leaves it: free again in the house, or no longer kept by the brand that keeps it.

What is in the house can go into another sale, or by the exit that the deal names. Units that a brand kept under a
conditional deal are its own again, and may be released anew only as far as its hard stop goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.db import sales, stock, unsold
from marketplace.db.sales import Sale
from marketplace.db.stock import Movement
from marketplace.domain.events import Event, Fact

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
        units = sum(_free(session, item, lots[item.lot_id]) for item in left)
        row = session.get_one(Sale, found)
        data = {"items": len(left), "units": units}
        tools.record(
            session, Fact(Event.SALE_UNSOLD_FREED, "sale", row.id, brand_id=row.brand_id, data=data)
        )
        return units


def _free(session: Session, item: SaleItem, lot: stock.Lot) -> int:
    units = item.available
    item.available, item.freed = 0, item.freed + units
    stock.move(session, lot, Movement.DEALLOCATED, -units, reason=REASON, sale_item_id=item.id)
    return units
