"""Where a member stands who has ordered and waits for the page on which to pay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, text

from marketplace.db import payments
from marketplace.db.orders import Order
from marketplace.domain import pacing
from marketplace.domain.orders import OrderState, PaymentState
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from marketplace.toolbox import Toolbox

_HELD_UNTIL = text(
    "SELECT min(h.expires_at) FROM order_lines l JOIN holds h ON h.id = l.hold_id WHERE l.order_id = :order"
)


@dataclass(frozen=True, slots=True)
class Turn:
    """``url`` once the pay page is open, ``place`` (the first at 1) while it is waited for, or neither.

    ``awaits`` a pay page: no longer once it is paid, and never where a saved card pays.
    """

    ref: str
    awaits: bool
    url: str | None
    place: int | None
    wait: timedelta | None
    held_until: datetime


def of(tools: Toolbox, *, member_id: int, ref: str) -> Turn:
    """How far this order's payment is; NotFound for an order of anybody else."""
    with tools.reading() as session:
        order = session.scalar(select(Order).where(Order.ref == ref, Order.member_id == member_id))
        if order is None:
            raise NotFound
        payment = payments.newest(session, order.id)
        prepared = payment.state is PaymentState.PREPARED and payment.queued_at is not None
        place = payments.ahead(session, payment.id) + 1 if prepared else None
        return Turn(
            ref=order.ref,
            awaits=order.state is OrderState.AWAITING_PAYMENT and payment.card_id is None,
            url=payment.checkout_url if payment.state is PaymentState.OPENED else None,
            place=place,
            wait=None if place is None else pacing.wait(place),
            held_until=session.execute(_HELD_UNTIL, {"order": order.id}).scalar_one(),
        )
