"""Placing an order: the bag as it is now becomes one order with one payment, however often the button is pressed."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Row, select, text

from marketplace.db import cards, clock, contacts, locks, payments, purchases
from marketplace.db.holds import Hold
from marketplace.db.members import Address, Member
from marketplace.db.orders import Order, OrderLine
from marketplace.db.payments import Payment
from marketplace.db.sales import Sale, SaleItem
from marketplace.domain.cards import ORDERED_HOLD, CardMissing, is_over
from marketplace.domain.events import Event, Fact
from marketplace.domain.holds import HoldState
from marketplace.domain.money import Money
from marketplace.domain.orders import (
    ATTEMPTS_MAX,
    ORDER_LIFECYCLE,
    ORDERS_PER_HOUR_MAX,
    AddressMissing,
    BagChanged,
    BagEmpty,
    OrderEnded,
    OrderState,
    OrdersTooMany,
    PaymentState,
    PaymentTrouble,
    TerritoryMismatch,
    as_seen,
    sums,
)
from marketplace.domain.purchases import delivery_day
from marketplace.domain.territories import territory

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from marketplace.db.cards import Card
    from marketplace.db.purchases import Agreed
    from marketplace.domain.territories import Territory
    from marketplace.toolbox import Toolbox

REF_BYTES = 6
LAPSED_PER_RUN_MAX = 200
_PLACED_OF_LATE = text(
    "SELECT count(*) FROM orders WHERE member_id = :member AND created_at > house_now() - interval '1 hour'"
)
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


def place_now(tools: Toolbox, *, member_id: int, address_id: int, seen: str) -> Placed:
    """Take the order at once, to be paid by the member's saved card in its turn; its holds live until that is decided.

    ``seen`` is the bag as the member saw it (``as_seen``): what they press for is what is ordered. Pressed twice it
    returns the same order. Refuses like :func:`place`, with BagChanged where the bag is another by now, and with
    CardMissing.
    """
    with tools.transaction() as session:
        locks.one(session, Member, member_id)
        ordered = _ordered_before(session, member_id, _print(address_id, seen))
        if ordered is not None:
            return ordered
        card = cards.kept(session, member_id)
        if card is None or _is_over(session, card):
            raise CardMissing
        bag = _bag(session, member_id)
        if not bag:
            raise BagEmpty
        if as_seen((hold.id, hold.units) for hold, _, _ in bag) != seen:
            raise BagChanged
        address = session.get(Address, address_id)
        if address is None or address.member_id != member_id or address.replaced_at is not None:
            raise AddressMissing
        _check_pace(session, member_id)
        _cancel_earlier(tools, session, _awaiting(session, member_id))
        order = _order(session, member_id, bag, address, _print(address_id, seen))
        payment = payments.prepare_collecting(session, order, attempt=1, card_id=card.id)
        asked = {"order": order.id, "lasts": ORDERED_HOLD}
        until = session.execute(cards.ORDER_HOLDS, asked).scalar_one()
        if until is None:
            raise BagChanged
        order.pay_by = until
        session.flush()
        tools.record(
            session,
            Fact(Event.ORDER_PLACED, "order", order.id, data={"payment_id": payment.id}),
        )
        return Placed(order.id, order.ref, payment.id, until)


def pay_by_page(tools: Toolbox, *, member_id: int, ref: str) -> Placed:
    """The next attempt to pay an order whose saved card was not charged, on the payment service's page.

    Refuses with ``order_ended`` where it waits for no such thing, and with ``payment_trouble`` after too many attempts.
    """
    with tools.transaction() as session:
        locks.one(session, Member, member_id)
        mine = select(Order).where(
            Order.ref == ref, Order.member_id == member_id, ~payments.is_collected(Order.id)
        )
        order = session.scalars(mine.with_for_update(key_share=True)).one_or_none()
        if order is None or order.state is not OrderState.AWAITING_PAYMENT:
            raise OrderEnded
        return _next_attempt(session, order)


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
        _tell_uncollected(session, [order.id for order in lapsed])
        return len(lapsed)


def _tell_uncollected(session: Session, lapsed: Sequence[int]) -> None:
    """Who was told that their order is taken hears that it could not be paid: its card was never charged."""
    waited = (
        select(Order.id, Member.account_id)
        .join(Member, Member.id == Order.member_id)
        .where(Order.id.in_(lapsed), payments.is_collected(Order.id))
    )
    for row in session.execute(waited).all():
        contacts.write(
            session,
            key=f"order_uncollected:{row.id}",
            kind="order_uncollected",
            account_id=row.account_id,
            transactional=True,
            facts={"order_id": row.id},
        )


def _bag(session: Session, member_id: int) -> Sequence[Row[Hold, Sale, SaleItem]]:
    return session.execute(
        select(Hold, Sale, SaleItem)
        .join(Sale, Sale.id == Hold.sale_id)
        .join(SaleItem, SaleItem.id == Hold.sale_item_id)
        .where(
            Hold.member_id == member_id,
            Hold.state == HoldState.HELD,
            Hold.ordered_at.is_(None),
            Hold.expires_at > text("house_now()"),
        )
        .order_by(Hold.id)
    ).all()


def _fingerprint(bag: Sequence[Row[Hold, Sale, SaleItem]], address_id: int) -> str:
    return _print(address_id, as_seen((hold.id, hold.units) for hold, _, _ in bag))


def _print(address_id: int, seen: str) -> str:
    return hashlib.sha256(f"{address_id}:{seen}".encode()).hexdigest()


def _awaiting(session: Session, member_id: int) -> Sequence[Order]:
    return session.scalars(
        select(Order)
        .where(
            Order.member_id == member_id,
            Order.state == OrderState.AWAITING_PAYMENT,
            ~payments.is_collected(Order.id),
        )
        .order_by(Order.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()


def _again(session: Session, order: Order, bag: Sequence[Row[Hold, Sale, SaleItem]]) -> Placed:
    """The order that is already there; where its last session ended unpaid, with a new attempt."""
    order.pay_by = min(hold.expires_at for hold, _, _ in bag)
    return _next_attempt(session, order)


def _next_attempt(session: Session, order: Order) -> Placed:
    payment = payments.newest(session, order.id)
    if payment.state in {PaymentState.EXPIRED, PaymentState.FAILED}:
        if payment.attempt >= ATTEMPTS_MAX:
            raise PaymentTrouble
        payment = payments.prepare(session, order, attempt=payment.attempt + 1)
    return Placed(order.id, order.ref, payment.id, order.pay_by)


def _ordered_before(session: Session, member_id: int, fingerprint: str) -> Placed | None:
    """The order that the same press made a moment ago."""
    asked = (
        select(Order)
        .join(Payment, Payment.order_id == Order.id)
        .where(
            Order.member_id == member_id,
            Order.bag_sha256 == fingerprint,
            Payment.card_id.is_not(None),
            Payment.state.in_((PaymentState.PREPARED, PaymentState.SUCCEEDED)),
            Order.state.in_((OrderState.AWAITING_PAYMENT, OrderState.PAID)),
        )
        .order_by(Order.id.desc())
        .limit(1)
    )
    order = session.scalars(asked).one_or_none()
    if order is None:
        return None
    return Placed(order.id, order.ref, payments.newest(session, order.id).id, order.pay_by)


def _is_over(session: Session, card: Card) -> bool:
    assert card.good_through_year is not None, "a kept card"
    assert card.good_through_month is not None, "a kept card"
    return is_over(card.good_through_year, card.good_through_month, clock.now(session).date())


def _check_pace(session: Session, member_id: int) -> None:
    placed: int = session.execute(_PLACED_OF_LATE, {"member": member_id}).scalar_one()
    if placed >= ORDERS_PER_HOUR_MAX:
        raise OrdersTooMany


def _cancel_earlier(tools: Toolbox, session: Session, earlier: Sequence[Order]) -> None:
    """An order of another bag is given up, unless its time is over: then it lapses, and may still be paid late."""
    if not earlier:
        return
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
    agreed = purchases.agreed(session, [item.id for _, _, item in bag])
    session.add_all(_line(order, hold, item, agreed[item.id]) for hold, _, item in bag)
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


def _line(order: Order, hold: Hold, item: SaleItem, agreed: Agreed) -> OrderLine:
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
        commission_bps=agreed.commission_bps,
        unit_cost_minor=agreed.unit_cost_minor,
    )
