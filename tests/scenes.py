"""Scenes that several tests begin with: a member with a bag, an order that is paid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from marketplace.db.payments import Payment
from marketplace.services import orders, payments
from tests import factories

if TYPE_CHECKING:
    from marketplace.db.members import Member
    from marketplace.db.sales import SaleItem
    from marketplace.local.stripe.driver import Simulator
    from marketplace.services.orders import Placed
    from marketplace.toolbox import Toolbox


@dataclass(frozen=True)
class Bag:
    """A member with an address who holds units of one item in an open sale."""

    member: Member
    item: SaleItem
    address_id: int

    @property
    def member_id(self) -> int:
        """The member."""
        return self.member.id

    @property
    def account_id(self) -> int:
        """The person."""
        return self.member.account_id


def bag_of(session: Session, *, units: int = 1, price_minor: int = 6_000, stock: int = 5) -> Bag:
    """Put ``units`` of a new item (``stock`` of it in an open sale) into a new member's bag."""
    sale, _ = factories.open_sale(session, items=0)
    item = factories.sale_item(
        session, of=sale, units=stock, price_minor=price_minor, limit_per_member=4
    )
    member = factories.member(session)
    address = factories.address(session, of=member)
    factories.hold(session, by=member, on=item, units=units)
    return Bag(member, item, address.id)


def paid_order(tools: Toolbox, simulator: Simulator, bag: Bag) -> Placed:
    """Place the bag's order, pay it at the simulator, and settle what it says."""
    placed = orders.place(tools, member_id=bag.member_id, address_id=bag.address_id)
    payments.open_checkout(tools, payment_id=placed.payment_id)
    with tools.reading() as session:
        ref = session.get_one(Payment, placed.payment_id).session_ref
    simulator.pay(ref)
    payments.settle(tools, answer=tools.payments.look_up(ref))
    return placed
