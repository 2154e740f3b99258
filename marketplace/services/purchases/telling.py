"""Letters to a brand about an order of the house: what was sold, and by when it is awaited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.db import contacts
from marketplace.db.purchases import Purchase
from marketplace.domain.brands.team import SIGNERS

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox


def tell(tools: Toolbox, *, purchase_id: int) -> None:
    """Write to the people of the brand who may confirm; once to each, however often it is asked."""
    with tools.transaction() as session:
        order = session.get_one(Purchase, purchase_id)
        contacts.write_to_brand(
            session,
            brand_id=order.brand_id,
            roles=SIGNERS,
            kind="purchase_ordered",
            about=str(order.id),
            facts={"purchase_id": order.id},
        )
