"""An order that ends early: cancelled by its member before packing, or refunded line by line by an operator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.db import clock, locks, payments, promises
from marketplace.db.cards import HAND_BACK_HOLDS
from marketplace.db.orders import Order, lines_of
from marketplace.db.payments import Payment
from marketplace.domain.cards import PaymentUnderWay
from marketplace.domain.events import Event, Fact
from marketplace.domain.holds import HOLD_LENGTH
from marketplace.domain.orders import (
    ORDER_LIFECYCLE,
    AlreadyPacked,
    OrderState,
    PaymentState,
    RefundCause,
)
from marketplace.domain.promises import PromiseKind
from marketplace.domain.refunds import Bearer
from marketplace.domain.refusals import Invalid
from marketplace.services.orders.asking import Asked, Why, ask

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox

BEFORE_PACKING = (OrderState.AWAITING_PAYMENT, OrderState.PAID)
REASON_LENGTH_MAX = 1_000


@dataclass(frozen=True, slots=True)
class RefundLine:
    """Units of one order line that are to be refunded."""

    line_id: int
    units: int


def cancel(tools: Toolbox, *, order_id: int, member_id: int) -> int | None:
    """The member cancels before packing; what was paid goes back in full. Returns the refund's id, if any.

    Refuses a packed order, one whose saved card is at its bank at this moment (PaymentUnderWay), and one that is not
    this member's as if it were not there. Pieces of an order that is not paid yet are in the bag again for a while.
    """
    with tools.transaction() as session:
        order = locks.one(session, Order, order_id, Order.member_id == member_id)
        if order.state not in BEFORE_PACKING:
            raise AlreadyPacked
        _check_not_under_way(session, order)
        paid = order.state is OrderState.PAID
        refund_id = _all_back(tools, session, order) if paid else None
        end(session, order, OrderState.CANCELLED)
        tools.record(
            session, Fact(Event.ORDER_CANCELLED, "order", order.id, reason="by the member")
        )
        return refund_id


def refund(
    tools: Toolbox,
    *,
    order_id: int,
    parts: Sequence[RefundLine],
    shipping: bool,
    reason: str,
    bearer: Bearer | None = None,
) -> int:
    """An operator refunds units of lines, with shipping if asked; before packing they also leave the parcel.

    ``bearer``: whose loss units are that were packed, and then it is needed; those that were not are sold again, and
    nobody's. Refuses more units than are left on a line, and nothing at all. Shipping is given back once.
    """
    if not reason.strip() or len(reason) > REASON_LENGTH_MAX:
        raise Invalid(field="reason", reason="needed")
    with tools.transaction() as session:
        order = locks.one(session, Order, order_id)
        lines = lines_of(session, order.id)
        units = {part.line_id: part.units for part in parts}
        why = Why(RefundCause.OPERATOR, reason.strip(), bearer=_bearer(order, units, bearer))
        refund_id = ask(tools, session, order, lines, Asked(units, shipping, why))
        if not any(line.kept for line in lines.values()):
            end(session, order, OrderState.REFUNDED)
        return refund_id


def _bearer(order: Order, units: Mapping[int, int], said: Bearer | None) -> Bearer:
    """Looked at while the order is locked: it may have been packed since its page was read."""
    if order.packed_at is None or not any(units.values()):
        return Bearer.BRAND
    if said is None:
        raise Invalid(field="borne_by", reason="needed")
    return said


def end(session: Session, order: Order, wanted: OrderState) -> None:
    """Nothing of the order is to be delivered any more, so its promise of delivery no longer stands."""
    ORDER_LIFECYCLE.check(order.state, wanted)
    order.state, order.ended_at = wanted, clock.now(session)
    promises.give_up(session, kind=PromiseKind.DELIVERY, subject_type="order", subject_id=order.id)
    session.flush()


def _check_not_under_way(session: Session, order: Order) -> None:
    """A saved card that nobody asked for the money yet is not asked any more; one that was is decided first."""
    if order.state is not OrderState.AWAITING_PAYMENT:
        return
    payment = payments.newest(session, order.id)
    if payment.card_id is None or payment.state is not PaymentState.PREPARED:
        return
    payment = locks.one(session, Payment, payment.id)
    if payment.called_at is not None:
        raise PaymentUnderWay
    payment.state = PaymentState.FAILED
    session.flush()
    session.execute(HAND_BACK_HOLDS, {"order": order.id, "lasts": HOLD_LENGTH})


def _all_back(tools: Toolbox, session: Session, order: Order) -> int:
    lines = lines_of(session, order.id)
    units = {line.id: line.kept for line in lines.values()}
    why = Why(RefundCause.CANCELLED)
    return ask(tools, session, order, lines, Asked(units, shipping=True, why=why))
