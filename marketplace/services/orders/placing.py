"""Placing an order: the bag as it is now becomes one order with one payment, however often the button is pressed."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Row, func, select, text

from marketplace.db import clock, locks, payments, purchases
from marketplace.db.deals import Deal, DealLine, DealVersion
from marketplace.db.holds import Hold
from marketplace.db.members import Address, Member
from marketplace.db.orders import Order, OrderLine
from marketplace.db.sales import Sale, SaleItem
from marketplace.domain.events import Event, Fact
from marketplace.domain.holds import HoldState
from marketplace.domain.money import Money
from marketplace.domain.orders import (
    ATTEMPTS_MAX,
    ORDER_LIFECYCLE,
    ORDERS_PER_HOUR_MAX,
    AddressMissing,
    BagEmpty,
    OrderState,
    OrdersTooMany,
    PaymentState,
    PaymentTrouble,
    TerritoryMismatch,
    sums,
)
from marketplace.domain.purchases import delivery_day
from marketplace.domain.territories import territory

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from marketplace.domain.territories import Territory
    from marketplace.toolbox import Toolbox

REF_BYTES = 6
LAPSED_PER_RUN_MAX = 200
HOUR = timedelta(hours=1)
_STILL_HELD = text(
    """
    SELECT l.order_id, min(h.expires_at) AS until
    FROM order_lines l JOIN holds h ON h.id = l.hold_id
    WHERE l.order_id = ANY (:orders)
    GROUP BY l.order_id HAVING bool_and(h.state = 'held' AND h.expires_at > house_now())
    """
)


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
    cancelled. Refuses an empty bag, an address that is not the member's, a country a sale does not deliver to, and
    more orders in an hour than anybody places.
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
                return _again(session, order, bag)
        _check_pace(session, member_id)
        _cancel_earlier(tools, session, earlier)
        order = _order(session, member_id, bag, address, fingerprint)
        payment = payments.prepare(session, order, attempt=1)
        tools.record(
            session,
            Fact(Event.ORDER_PLACED, "order", order.id, data={"payment_id": payment.id}),
        )
        return Placed(order.id, order.ref, payment.id, order.pay_by)


def lapse_unpaid(tools: Toolbox) -> int:
    """Record as lapsed the orders whose time to pay is over; returns how many. Their holds ended by themselves.

    An order whose holds were renewed after it was placed has as much time as they have.
    """
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
        held = session.execute(_STILL_HELD, {"orders": [order.id for order in due]}).all()
        until = {row.order_id: row.until for row in held}
        for order in due:
            if order.id in until:
                order.pay_by = until[order.id]
        lapsed = [order for order in due if order.id not in until]
        for order in lapsed:
            ORDER_LIFECYCLE.check(order.state, OrderState.LAPSED)
            order.state, order.ended_at = OrderState.LAPSED, clock.now(session)
            session.flush()
            tools.record(session, Fact(Event.ORDER_LAPSED, "order", order.id))
        return len(lapsed)


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
        .where(Order.member_id == member_id, Order.state == OrderState.AWAITING_PAYMENT)
        .order_by(Order.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def _again(session: Session, order: Order, bag: Sequence[Row[Hold, Sale, SaleItem]]) -> Placed:
    """The order that is already there; where its last session ended unpaid, with a new attempt."""
    order.pay_by = min(hold.expires_at for hold, _, _ in bag)
    payment = payments.newest(session, order.id)
    if payment.state in {PaymentState.EXPIRED, PaymentState.FAILED}:
        if payment.attempt >= ATTEMPTS_MAX:
            raise PaymentTrouble
        payment = payments.prepare(session, order, attempt=payment.attempt + 1)
    return Placed(order.id, order.ref, payment.id, order.pay_by)


def _check_pace(session: Session, member_id: int) -> None:
    placed = session.scalar(
        select(func.count())
        .select_from(Order)
        .where(Order.member_id == member_id, Order.created_at > clock.now(session) - HOUR)
    )
    if (placed or 0) >= ORDERS_PER_HOUR_MAX:
        raise OrdersTooMany


def _cancel_earlier(tools: Toolbox, session: Session, earlier: Sequence[Order]) -> None:
    """An order of another bag is given up, unless its time is over: then it lapses, and may still be paid late."""
    at = clock.now(session)
    for order in earlier:
        if order.pay_by <= at:
            continue
        ORDER_LIFECYCLE.check(order.state, OrderState.CANCELLED)
        order.state, order.ended_at = OrderState.CANCELLED, at
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
        promised_on=_promised_on(session, [sale for _, sale, _ in bag], home),
        pay_by=min(hold.expires_at for hold, _, _ in bag),
        bag_sha256=fingerprint,
    )
    session.add(order)
    session.flush()
    session.add_all(_line(session, order, hold, sale, item) for hold, sale, item in bag)
    session.flush()
    return order


def _promised_on(session: Session, bought_in: Sequence[Sale], home: Territory) -> date:
    """The latest day of those that its sales promise: an order leaves whole."""
    modes = purchases.modes(session, [sale.id for sale in bought_in])
    return max(delivery_day(sale.closes_at, home, mode=modes[sale.id]) for sale in bought_in)


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
