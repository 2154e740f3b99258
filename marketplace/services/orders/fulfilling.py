"""Sending parcels: packed, shipped with a tracking number, delivered. Each step is a fact with its time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.db import clock, contacts, locks, promises, purchases
from marketplace.db.members import Member
from marketplace.db.orders import Order, lines_of
from marketplace.domain.events import Event, Fact
from marketplace.domain.orders import ORDER_LIFECYCLE, OrderState
from marketplace.domain.promises import PromiseKind
from marketplace.domain.purchases import GoodsAwaited
from marketplace.domain.refusals import Invalid

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox

TRACKING_LENGTH_MAX = 200


def pack(tools: Toolbox, *, order_id: int) -> None:
    """The parcel is packed: from now on the order can no longer be cancelled.

    Refuses goods that were ordered from the brand after their sale and have not come yet.
    """
    with tools.transaction() as session:
        order = _moved(session, order_id, OrderState.PACKED)
        _check_here(session, order)
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


def _check_here(session: Session, order: Order) -> None:
    """Everything of the parcel is in the house: a unit that was accepted goes into one parcel only."""
    asked: dict[int, int] = {}
    for line in lines_of(session, order.id).values():
        asked[line.sale_item_id] = asked.get(line.sale_item_id, 0) + line.kept
    later = purchases.ordered_later(session, asked)
    came = purchases.lines_of_items(session, later)
    packed = purchases.packed(session, later)
    for item_id in later:
        here = came[item_id].accepted if item_id in came else 0
        if asked[item_id] > here - packed.get(item_id, 0):
            raise GoodsAwaited


def _moved(session: Session, order_id: int, wanted: OrderState) -> Order:
    order = locks.one(session, Order, order_id)
    ORDER_LIFECYCLE.check(order.state, wanted)
    order.state = wanted
    return order
