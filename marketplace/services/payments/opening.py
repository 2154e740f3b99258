"""Opening a hosted checkout session for an order, and ending it as a courtesy when its time is over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, text

from marketplace.db import locks
from marketplace.db.accounts import Account
from marketplace.db.catalogue import Style, Variant
from marketplace.db.members import Member
from marketplace.db.orders import Order, OrderLine
from marketplace.db.payments import Payment
from marketplace.domain.events import Event, Fact
from marketplace.domain.money import Money
from marketplace.domain.orders import OrderState, PaymentState, PaymentTrouble
from marketplace.domain.refusals import NotFound
from marketplace.toolbox import CheckoutAsked, CheckoutLine, GatewayRefusal, GatewayTrouble
from marketplace.words import _, speaking

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.toolbox import CheckoutSession, Toolbox

OVER = (OrderState.LAPSED, OrderState.CANCELLED, OrderState.REFUNDED)


@dataclass(frozen=True, slots=True)
class Opened:
    """Where the member pays."""

    url: str


def open_checkout(tools: Toolbox, *, payment_id: int) -> Opened:
    """Open the session of a prepared payment, or find the one that was opened before; safe to repeat.

    Refuses with ``payment_trouble`` when Stripe does not answer: nothing was charged, and the holds are kept.
    """
    with tools.transaction() as session:
        payment = locks.one(session, Payment, payment_id)
        if payment.state is PaymentState.OPENED and payment.checkout_url:
            return Opened(payment.checkout_url)
        if payment.state is not PaymentState.PREPARED:
            raise NotFound
        payment.called_at = (
            payment.called_at or session.execute(text("SELECT house_now()")).scalar_one()
        )
        asked = _asked(tools, session, payment)
    try:
        answer = tools.payments.open_checkout(asked)
    except (GatewayTrouble, GatewayRefusal) as trouble:
        raise PaymentTrouble from trouble
    return _note(tools, payment_id, answer)


def end_session(tools: Toolbox, *, order_id: int) -> None:
    """End the sessions of an order whose time is over, so that nobody pays for what is gone; safe to repeat.

    A member who pays in the same instant wins or loses at Stripe; what won is settled like any payment.
    """
    with tools.transaction() as session:
        order = session.get(Order, order_id)
        refs = (
            []
            if order is None or order.state not in OVER
            else session.scalars(
                select(Payment.session_ref).where(
                    Payment.order_id == order_id, Payment.state == PaymentState.OPENED
                )
            ).all()
        )
    for ref in refs:
        if ref is not None:
            _ended(tools, tools.payments.expire(ref))


def _ended(tools: Toolbox, answer: CheckoutSession) -> None:
    if answer.status != "expired":
        return
    with tools.transaction() as session:
        payment = session.scalar(
            select(Payment).where(Payment.session_ref == answer.ref).with_for_update(key_share=True)
        )
        if payment is not None and payment.state is PaymentState.OPENED:
            payment.state = PaymentState.EXPIRED


def _note(tools: Toolbox, payment_id: int, answer: CheckoutSession) -> Opened:
    with tools.transaction() as session:
        payment = locks.one(session, Payment, payment_id)
        if payment.state is PaymentState.PREPARED:
            payment.state = PaymentState.OPENED
            payment.session_ref, payment.checkout_url = answer.ref, answer.url
            tools.record(
                session,
                Fact(
                    Event.CHECKOUT_OPENED,
                    "order",
                    payment.order_id,
                    data={"payment_id": payment.id},
                ),
            )
    return Opened(answer.url)


def _asked(tools: Toolbox, session: Session, payment: Payment) -> CheckoutAsked:
    order = session.get_one(Order, payment.order_id)
    account = session.get_one(Account, session.get_one(Member, order.member_id).account_id)
    lines = session.execute(
        select(Style.name, Variant.colour, Variant.size, OrderLine.units, OrderLine.price_minor)
        .join(Variant, Variant.id == OrderLine.variant_id)
        .join(Style, Style.id == Variant.style_id)
        .where(OrderLine.order_id == order.id)
        .order_by(OrderLine.id)
    ).all()
    goods = tuple(
        CheckoutLine(
            name=", ".join(part for part in (name, colour, size) if part),
            unit=Money(price, order.currency),
            units=units,
        )
        for name, colour, size, units, price in lines
    )
    with speaking(account.locale):
        delivery = CheckoutLine(_("Delivery"), Money(order.shipping_minor, order.currency), 1)
    back = f"{tools.public_url}/orders/{order.ref}"
    return CheckoutAsked(
        key=payment.key,
        order_ref=order.ref,
        lines=(*goods, delivery) if order.shipping_minor else goods,
        email=account.email,
        locale=account.locale,
        success_url=f"{back}/paid",
        cancel_url=f"{tools.public_url}/bag",
        expires_at=payment.session_ends_at,
        metadata={"payment_key": payment.key},
    )
