"""Sending parcels: packed, shipped with a tracking number, delivered. Each step is a fact with its time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.db import clock, contacts, locks, promises
from marketplace.db.members import Member
from marketplace.db.orders import Order
from marketplace.domain.events import Event, Fact
from marketplace.domain.orders import ORDER_LIFECYCLE, OrderState
from marketplace.domain.promises import PromiseKind
from marketplace.domain.refusals import Invalid

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox

TRACKING_LENGTH_MAX = 200


def pack(tools: Toolbox, *, order_id: int) -> None:
    """The parcel is packed: from now on the order can no longer be cancelled."""
    with tools.transaction() as session:
        order = _moved(session, order_id, OrderState.PACKED)
        order.packed_at = clock.now(session)
        tools.record(session, Fact(Event.ORDER_PACKED, "order", order.id))


def ship(tools: Toolbox, *, order_id: int, carrier: str, tracking: str) -> None:
    """The parcel left with ``carrier`` under ``tracking``; the member is told. Refuses either left empty."""
    for field, value in (("carrier", carrier), ("tracking", tracking)):
        if not value.strip() or len(value) > TRACKING_LENGTH_MAX:
            raise Invalid(field=field, reason="needed")
    with tools.transaction() as session:
        order = _moved(session, order_id, OrderState.SHIPPED)
        order.shipped_at = clock.now(session)
        order.carrier, order.tracking = carrier.strip(), tracking.strip()
        member = session.get_one(Member, order.member_id)
        contacts.write(
            session,
            key=f"order-shipped:{order.id}",
            kind="order_shipped",
            account_id=member.account_id,
            transactional=True,
            facts={"order_id": order.id},
        )
        tools.record(session, Fact(Event.ORDER_SHIPPED, "order", order.id))


def deliver(tools: Toolbox, *, order_id: int) -> None:
    """The parcel arrived: the promise of delivery is kept, and the fourteen days of withdrawal begin."""
    with tools.transaction() as session:
        order = _moved(session, order_id, OrderState.DELIVERED)
        order.delivered_at = clock.now(session)
        promises.keep(session, kind=PromiseKind.DELIVERY, subject_type="order", subject_id=order.id)
        tools.record(session, Fact(Event.ORDER_DELIVERED, "order", order.id))


def _moved(session: Session, order_id: int, wanted: OrderState) -> Order:
    order = locks.one(session, Order, order_id)
    ORDER_LIFECYCLE.check(order.state, wanted)
    order.state = wanted
    return order
