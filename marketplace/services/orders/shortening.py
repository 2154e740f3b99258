"""Nothing more will come of a purchase order: who paid last goes without, and has their money back at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.db import clock, contacts, locks, purchases
from marketplace.db.members import Member
from marketplace.db.orders import Order, lines_of
from marketplace.db.purchases import Purchase
from marketplace.domain import reasons
from marketplace.domain.events import Event, Fact
from marketplace.domain.orders import OrderState, RefundCause
from marketplace.domain.purchases import PURCHASE_LIFECYCLE, PurchaseState
from marketplace.domain.refusals import Busy
from marketplace.services.orders.asking import Asked, Why, ask
from marketplace.services.orders.changing import end

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox


@dataclass(frozen=True, slots=True)
class Closed:
    """What closing an order led to: units that never came, and orders that were refunded for them."""

    short: int
    orders: int


def close_purchase(tools: Toolbox, *, ref: str, reason: str) -> Closed:
    """Close an order to the brand. Units that did not come are refunded, to those who paid last; all or nothing.

    Shipping goes back with the last piece of an order. Refuses an order that is closed, and no reason where units are
    missing: the brand and the members will read it.
    """
    with tools.transaction() as session:
        found = purchases.by_ref(session, ref)
        orders = locks.several(session, Order, purchases.without(session, found.id))
        order = locks.one(session, Purchase, found.id)
        lines = purchases.lines_locked(session, order.id)
        PURCHASE_LIFECYCLE.check(order.state, PurchaseState.CLOSED)
        short = sum(line.ordered - line.accepted for line in lines.values())
        why = reasons.given(reason) if short else reason.strip()
        without = purchases.without(session, order.id)
        if without.keys() - orders.keys():
            raise Busy  # a parcel was packed meanwhile, and somebody else goes without
        for order_id in sorted(without):
            _refund(tools, session, orders[order_id], without[order_id], order, why)
        order.state, order.closed_at, order.reason = PurchaseState.CLOSED, clock.now(session), why
        session.flush()
        data = {"short": short, "orders": len(without)}
        tools.record(
            session,
            Fact(
                Event.PURCHASE_CLOSED,
                "purchase",
                order.id,
                brand_id=order.brand_id,
                reason=why,
                data=data,
            ),
        )
        return Closed(short, len(without))


def _refund(
    tools: Toolbox,
    session: Session,
    order: Order,
    units: Mapping[int, int],
    purchase: Purchase,
    reason: str,
) -> None:
    lines = lines_of(session, order.id)
    last = sum(units.values()) == sum(line.kept for line in lines.values())
    why = Why(RefundCause.SHORT, reason, key=f"short-{order.ref}-{purchase.ref}")
    refund_id = ask(tools, session, order, lines, Asked(units, shipping=last, why=why))
    if last:
        end(session, order, OrderState.REFUNDED)
    contacts.write(
        session,
        key=f"order-short:{refund_id}",
        kind="order_short",
        account_id=session.get_one(Member, order.member_id).account_id,
        transactional=True,
        facts={"order_id": order.id, "refund_id": refund_id},
    )
