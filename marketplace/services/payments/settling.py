"""Deciding what a payment means: the order is paid, paid late and still possible, or the money goes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, text

from marketplace.db import clock, contacts, ledger, locks, promises
from marketplace.db.audit import EventRow
from marketplace.db.ledger import Book, Cause, Entry
from marketplace.db.members import Member
from marketplace.db.orders import Order, OrderLine, lines_of, priced
from marketplace.db.payments import Payment, Refund
from marketplace.domain.doors import Realm
from marketplace.domain.events import Event, Fact
from marketplace.domain.ledger import shares, shipping_shares
from marketplace.domain.money import Money
from marketplace.domain.orders import (
    ORDER_LIFECYCLE,
    REFUNDED_WITHIN,
    OrderState,
    PaymentState,
    RefundCause,
    end_of_day,
)
from marketplace.domain.promises import PromiseKind
from marketplace.domain.territories import territory

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.toolbox import CheckoutSession, Toolbox

PAYABLE = (OrderState.AWAITING_PAYMENT, OrderState.LAPSED)


def settle(tools: Toolbox, *, answer: CheckoutSession) -> str:
    """Take note of a session as Stripe knows it, and decide; returns a word for what was decided.

    Any number of times, in any order, at the same moment: one result. ``unknown`` where the session or its sum
    is not ours, which a person has to look at.
    """
    with tools.transaction() as session:
        payment = _locked(session, answer)
        if payment is None or not _matches(payment, answer):
            about = ("inbox", 0) if payment is None else ("payment", payment.id)
            unexplained(tools, session, about, ref=answer.ref, paid=answer.paid)
            return "unknown"
        payment.session_ref = answer.ref
        if not answer.paid:
            return _not_paid(payment, answer)
        if payment.state is PaymentState.SUCCEEDED:
            return "known"
        return paid(tools, session, payment, intent_ref=answer.intent_ref)


def _locked(session: Session, answer: CheckoutSession) -> Payment | None:
    """The payment of this session: by its reference, or by our key where the reply to opening it was lost."""
    by_ref = select(Payment.id, Payment.order_id).where(Payment.session_ref == answer.ref)
    by_key = select(Payment.id, Payment.order_id).where(
        Payment.key == answer.metadata.get("payment_key", ""), Payment.session_ref.is_(None)
    )
    found = session.execute(by_ref).one_or_none() or session.execute(by_key).one_or_none()
    if found is None:
        return None
    locks.one(session, Order, found.order_id)
    return locks.one(session, Payment, found.id)


def _matches(payment: Payment, answer: CheckoutSession) -> bool:
    """Whether this is the session of this payment, for the sum that was asked."""
    return payment.session_ref in {None, answer.ref} and answer.amount == Money(
        payment.amount_minor, payment.currency
    )


def unexplained(
    tools: Toolbox, session: Session, about: tuple[str, int], *, ref: str, paid: bool
) -> None:
    """Leave it to a person; the same session is told once."""
    told = select(EventRow.id).where(
        EventRow.subject_type == about[0],
        EventRow.subject_id == about[1],
        EventRow.name == Event.PAYMENT_UNEXPLAINED,
        EventRow.data["session_ref"].as_string() == ref,
    )
    if session.scalar(told.limit(1)) is None:
        fact = {"session_ref": ref, "paid": paid}
        tools.record(session, Fact(Event.PAYMENT_UNEXPLAINED, *about, data=fact))


def _not_paid(payment: Payment, answer: CheckoutSession) -> str:
    if payment.state is PaymentState.PREPARED and answer.status == "open":
        payment.state, payment.checkout_url = PaymentState.OPENED, answer.url
        return "found"
    if payment.state in {PaymentState.PREPARED, PaymentState.OPENED} and answer.status == "expired":
        payment.state = PaymentState.EXPIRED
        return "expired"
    return "open"


def paid(tools: Toolbox, session: Session, payment: Payment, *, intent_ref: str | None) -> str:
    """Money came for ``payment``, which is locked with its order: what it means; a word for what was decided."""
    now = clock.now(session)
    payment.state, payment.succeeded_at = PaymentState.SUCCEEDED, now
    payment.intent_ref = intent_ref
    received = Money(payment.amount_minor, payment.currency)
    ledger.post(
        session,
        cause=Cause.PAYMENT,
        cause_id=payment.id,
        kind="received",
        entries=(Entry(Book.STRIPE, received), Entry(Book.MEMBER_PAYABLE, -received)),
    )
    order = session.get_one(Order, payment.order_id)
    session.flush()
    if order.paid_at is not None or order.refunded_minor:
        return _give_back(tools, session, order, payment, RefundCause.PAID_TWICE)
    sold = (
        session.execute(text("SELECT sell_order(:order_id)"), {"order_id": order.id}).scalar_one()
        if order.state in PAYABLE
        else "gone"
    )
    if sold == "gone":
        return _give_back(tools, session, order, payment, RefundCause.PAID_LATE)
    return _keep(tools, session, order, now, late=sold == "retaken")


def _keep(tools: Toolbox, session: Session, order: Order, now: datetime, *, late: bool) -> str:
    ORDER_LIFECYCLE.check(order.state, OrderState.PAID)
    order.state, order.paid_at, order.ended_at = OrderState.PAID, now, None
    session.flush()
    ledger.post(
        session, cause=Cause.ORDER, cause_id=order.id, kind="sold", entries=_sold(session, order)
    )
    member = session.get_one(Member, order.member_id)
    promises.make(
        session,
        kind=PromiseKind.DELIVERY,
        subject_type="order",
        subject_id=order.id,
        realm=Realm.MEMBER,
        account_id=member.account_id,
        due_at=end_of_day(order.promised_on, territory(order.territory).zone),
    )
    letter(session, "order_paid", order, member)
    event = Event.ORDER_PAID_LATE if late else Event.ORDER_PAID
    tools.record(session, Fact(event, "order", order.id, data={"sale_ids": _sales(session, order)}))
    return "paid_late" if late else "paid"


def _sold(session: Session, order: Order) -> list[Entry]:
    """Who the price belongs to, once it is ours to divide."""
    entries: list[Entry] = []
    for line in lines_of(session, order.id).values():
        part = shares(priced(line, order.currency), line.units)
        entries += [
            Entry(Book.MEMBER_PAYABLE, part.whole()),
            Entry(Book.BRAND_PAYABLE, -part.brand, line.brand_id),
            Entry(Book.COMMISSION, -part.commission),
            Entry(Book.VAT_PAYABLE, -part.vat),
        ]
    shipping = Money(order.shipping_minor, order.currency)
    income, vat = shipping_shares(shipping, order.vat_bps)
    return [
        *entries,
        Entry(Book.MEMBER_PAYABLE, shipping),
        Entry(Book.SHIPPING_INCOME, -income),
        Entry(Book.VAT_PAYABLE, -vat),
    ]


def _give_back(
    tools: Toolbox, session: Session, order: Order, payment: Payment, cause: RefundCause
) -> str:
    """The whole payment goes back; the member is told why, and when at the latest."""
    refund = Refund(
        order_id=order.id,
        payment_id=payment.id,
        key=f"{cause}-{payment.key}",
        cause=cause,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
    )
    session.add(refund)
    if cause is RefundCause.PAID_LATE:
        order.refunded_minor += payment.amount_minor
        if ORDER_LIFECYCLE.allows(order.state, OrderState.REFUNDED):
            order.state, order.ended_at = OrderState.REFUNDED, clock.now(session)
    session.flush()
    member = session.get_one(Member, order.member_id)
    promises.make(
        session,
        kind=PromiseKind.REFUND,
        subject_type="refund",
        subject_id=refund.id,
        realm=Realm.MEMBER,
        account_id=member.account_id,
        due_at=clock.now(session) + REFUNDED_WITHIN,
        amount=Money(refund.amount_minor, refund.currency),
    )
    letter(session, f"order_{cause}", order, member)
    tools.record(
        session, Fact(Event.REFUND_ASKED, "refund", refund.id, data={"order_id": order.id})
    )
    return str(cause)


def letter(session: Session, kind: str, order: Order, member: Member) -> None:
    """Write to the member about their order, once of each kind."""
    contacts.write(
        session,
        key=f"{kind}:{order.id}",
        kind=kind,
        account_id=member.account_id,
        transactional=True,
        facts={"order_id": order.id},
    )


def _sales(session: Session, order: Order) -> list[int]:
    return sorted(
        set(session.scalars(select(OrderLine.sale_id).where(OrderLine.order_id == order.id)))
    )
