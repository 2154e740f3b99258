"""Letters to a brand about an order of the house: what was sold, and by when it is awaited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.db import contacts
from marketplace.db.brands import BrandUser
from marketplace.db.purchases import Purchase
from marketplace.domain.brands.team import SIGNERS

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox


def tell(tools: Toolbox, *, purchase_id: int) -> None:
    """Write to the people of the brand who may confirm; once to each, however often it is asked."""
    with tools.transaction() as session:
        order = session.get_one(Purchase, purchase_id)
        people = select(BrandUser.account_id).where(
            BrandUser.brand_id == order.brand_id, BrandUser.role.in_(SIGNERS)
        )
        for account_id in session.scalars(people):
            contacts.write(
                session,
                key=f"purchase_ordered:{order.id}:{account_id}",
                kind="purchase_ordered",
                account_id=account_id,
                brand_id=order.brand_id,
                transactional=True,
                facts={"purchase_id": order.id},
            )
