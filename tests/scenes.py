"""Scenes that several tests begin with: a member with a bag, an order that is paid."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from marketplace.db.payments import Payment
from marketplace.local.stripe.driver import WEBHOOK_SECRET
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
    placed, ref = opened(tools, bag)
    simulator.pay(ref)
    settled(tools, ref)
    return placed


def opened(tools: Toolbox, bag: Bag) -> tuple[Placed, str]:
    """Place the bag's order and open its checkout; the order, and Stripe's reference of the session."""
    placed = orders.place(tools, member_id=bag.member_id, address_id=bag.address_id)
    payments.open_checkout(tools, payment_id=placed.payment_id)
    with tools.reading() as session:
        ref = session.get_one(Payment, placed.payment_id).session_ref
    assert ref is not None, "the checkout was opened"
    return placed, ref


def settled(tools: Toolbox, ref: str) -> str:
    """Ask Stripe about a session and settle what it says; the word for what was decided."""
    return payments.settle(tools, answer=tools.payments.look_up(ref))


def delivered_order(tools: Toolbox, simulator: Simulator, bag: Bag) -> Placed:
    """A paid order that was packed, shipped and delivered just now."""
    placed = paid_order(tools, simulator, bag)
    orders.pack(tools, order_id=placed.order_id)
    orders.ship(tools, order_id=placed.order_id, carrier="La Poste", tracking="6A123")
    orders.deliver(tools, order_id=placed.order_id)
    return placed


def stripe_event(number: int, kind: str, content: dict) -> bytes:
    """A message of the payment service, as its body arrives."""
    return json.dumps(
        {
            "id": f"evt_{number}",
            "object": "event",
            "type": kind,
            "livemode": False,
            "created": 1,
            "data": {"object": content},
        }
    ).encode()


def signed(body: bytes, *, secret: str = WEBHOOK_SECRET, at: int = 0) -> str:
    """The signature that Stripe would put beside ``body``, ``at`` seconds from now."""
    stamp = int(time.time()) + at
    mac = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={mac}"
