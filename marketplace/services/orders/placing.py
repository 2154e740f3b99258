"""Placing an order: the bag as it is now becomes one order with one payment, however often the button is pressed."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Row, select, text, update

from marketplace.db import locks
from marketplace.db.base import HOUSE_NOW
from marketplace.db.deals import Deal, DealLine, DealVersion
from marketplace.db.holds import Hold
from marketplace.db.members import Address, Member
from marketplace.db.orders import Order, OrderLine
from marketplace.db.payments import Payment
from marketplace.db.sales import Sale, SaleItem
from marketplace.domain.events import Event, Fact
from marketplace.domain.holds import HoldState
from marketplace.domain.money import Money
from marketplace.domain.orders import (
    ORDER_LIFECYCLE,
    AddressMissing,
    BagEmpty,
    OrderState,
    PaymentState,
    TerritoryMismatch,
    sums,
)
from marketplace.domain.territories import delivered_by, territory

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox

REF_BYTES = 6
SESSION_LENGTH = timedelta(minutes=31)
"""Stripe lets a session expire 30 minutes after it was made at the earliest; a minute more absorbs two clocks."""
LAPSED_PER_RUN_MAX = 200
SESSION_ENDS = text("date_trunc('second', house_now()) + CAST(:length AS interval)")


@dataclass(frozen=True, slots=True)
class Placed:
    """An order that waits for its payment until ``pay_by``."""

    order_id: int
    ref: str
    payment_id: int
    pay_by: datetime


def place(tools: Toolbox, *, member_id: int, address_id: int) -> Placed:
    """Make the order for everything this member holds now, with its payment, before anybody is called.

    Pressed twice with the same bag it returns the same order; with a changed bag the earlier unpaid order is
    cancelled. Refuses an empty bag, an address that is not the member's, and a country a sale does not deliver to.
    """
    with tools.transaction() as session:
        locks.one(session, Member, member_id)
        bag = _bag(session, member_id)
        if not bag:
            raise BagEmpty
        address = session.get(Address, address_id)
        if address is None or address.member_id != member_id or address.replaced_at is not None:
            raise AddressMissing
        fingerprint = _fingerprint(bag, address_id)
        earlier = _awaiting(session, member_id)
        for order in earlier:
            if order.bag_sha256 == fingerprint:
                return _placed(session, order)
        _cancel_earlier(tools, session, earlier)
        order = _order(session, member_id, bag, address, fingerprint)
        payment = _payment(session, order, attempt=1)
        tools.record(
            session,
            Fact(Event.ORDER_PLACED, "order", order.id, data={"payment_id": payment.id}),
        )
        return Placed(order.id, order.ref, payment.id, order.pay_by)


def lapse_unpaid(tools: Toolbox) -> int:
    """Record as lapsed the orders whose time to pay is over; returns how many. Their holds ended by themselves."""
    with tools.transaction() as session:
        due = session.scalars(
            select(Order)
            .where(
                Order.state == OrderState.AWAITING_PAYMENT, Order.pay_by < text("house_instant()")
            )
            .order_by(Order.id)
            .limit(LAPSED_PER_RUN_MAX)
            .with_for_update(skip_locked=True, key_share=True)
        ).all()
        for order in due:
            ORDER_LIFECYCLE.check(order.state, OrderState.LAPSED)
            order.state = OrderState.LAPSED
            session.flush()
            tools.record(session, Fact(Event.ORDER_LAPSED, "order", order.id))
        return len(due)


def _bag(session: Session, member_id: int) -> Sequence[Row[Hold, Sale, SaleItem]]:
    return session.execute(
        select(Hold, Sale, SaleItem)
        .join(Sale, Sale.id == Hold.sale_id)
        .join(SaleItem, SaleItem.id == Hold.sale_item_id)
        .where(
            Hold.member_id == member_id,
            Hold.state == HoldState.HELD,
            Hold.expires_at > text("house_now()"),
        )
        .order_by(Hold.id)
    ).all()


def _fingerprint(bag: Sequence[Row[Hold, Sale, SaleItem]], address_id: int) -> str:
    content = f"{address_id}:" + ",".join(f"{hold.id}x{hold.units}" for hold, _, _ in bag)
    return hashlib.sha256(content.encode()).hexdigest()


def _awaiting(session: Session, member_id: int) -> Sequence[Order]:
    return session.scalars(
        select(Order)
        .where(
            Order.member_id == member_id,
            Order.state == OrderState.AWAITING_PAYMENT,
            Order.pay_by > text("house_now()"),
        )
        .order_by(Order.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def _placed(session: Session, order: Order) -> Placed:
    """The order that is already there; where its last session ended unpaid, with a new attempt."""
    newest = select(Payment).where(Payment.order_id == order.id).order_by(Payment.attempt.desc())
    payment = session.scalars(newest.limit(1)).one()
    if payment.state in {PaymentState.EXPIRED, PaymentState.FAILED}:
        payment = _payment(session, order, attempt=payment.attempt + 1)
    return Placed(order.id, order.ref, payment.id, order.pay_by)


def _cancel_earlier(tools: Toolbox, session: Session, earlier: Sequence[Order]) -> None:
    for order in earlier:
        ORDER_LIFECYCLE.check(order.state, OrderState.CANCELLED)
        order.state = OrderState.CANCELLED
        session.flush()
        tools.record(
            session, Fact(Event.ORDER_CANCELLED, "order", order.id, reason="the bag changed")
        )


def _order(
    session: Session,
    member_id: int,
    bag: Sequence[Row[Hold, Sale, SaleItem]],
    address: Address,
    fingerprint: str,
) -> Order:
    home = territory(address.country)
    if any(sale.territory != home.code for _, sale, _ in bag):
        raise TerritoryMismatch(territory=home.code)
    due = sums((Money(hold.price_minor, home.currency) * hold.units for hold, _, _ in bag), home)
    order = Order(
        ref=f"A{secrets.token_hex(REF_BYTES).upper()}",
        member_id=member_id,
        territory=home.code,
        currency=home.currency,
        items_minor=due.items.minor,
        shipping_minor=due.shipping.minor,
        vat_minor=due.vat.minor,
        vat_bps=home.vat_bps,
        total_minor=due.total.minor,
        address=_copied(address),
        promised_on=delivered_by(max(sale.closes_at for _, sale, _ in bag), home),
        pay_by=min(hold.expires_at for hold, _, _ in bag),
        bag_sha256=fingerprint,
    )
    session.add(order)
    session.flush()
    session.add_all(_line(session, order, hold, sale, item) for hold, sale, item in bag)
    session.flush()
    return order


def _copied(address: Address) -> dict[str, str]:
    return {
        "recipient": address.recipient,
        "line_1": address.line_1,
        "line_2": address.line_2,
        "postcode": address.postcode,
        "city": address.city,
        "country": address.country,
        "phone": address.phone,
    }


def _line(session: Session, order: Order, hold: Hold, sale: Sale, item: SaleItem) -> OrderLine:
    agreed = session.execute(
        select(DealVersion.terms["commission_bps"].as_integer(), DealLine.unit_cost_minor)
        .join(Deal, Deal.accepted_version_id == DealVersion.id)
        .join(DealLine, DealLine.version_id == DealVersion.id)
        .where(Deal.id == sale.deal_id, DealLine.variant_id == item.variant_id)
    ).one()
    return OrderLine(
        order_id=order.id,
        brand_id=hold.brand_id,
        sale_id=hold.sale_id,
        sale_item_id=hold.sale_item_id,
        variant_id=item.variant_id,
        hold_id=hold.id,
        units=hold.units,
        price_minor=hold.price_minor,
        vat_bps=order.vat_bps,
        commission_bps=agreed[0],
        unit_cost_minor=agreed[1],
    )


def _payment(session: Session, order: Order, *, attempt: int) -> Payment:
    payment = Payment(
        order_id=order.id,
        attempt=attempt,
        key=f"pay-{order.ref}-{attempt}",
        amount_minor=order.total_minor,
        currency=order.currency,
        session_ends_at=HOUSE_NOW,
    )
    session.add(payment)
    session.flush()
    session.execute(
        update(Payment)
        .where(Payment.id == payment.id)
        .values(session_ends_at=SESSION_ENDS.bindparams(length=SESSION_LENGTH))
    )
    return payment
