"""Deciding what a payment means: the order is paid, paid late and still possible, or the money goes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, text

from marketplace.db import clock, contacts, inbox, ledger, locks, promises
from marketplace.db.audit import EventRow
from marketplace.db.ledger import Book, Cause, Entry, Written
from marketplace.db.members import Member
from marketplace.db.orders import Order, OrderLine, priced
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
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.toolbox import CheckoutSession, Toolbox

_SELL = text("SELECT order_id, answer FROM sell_orders(CAST(:orders AS bigint[]))")
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


def settle_together(tools: Toolbox, *, answers: Mapping[int, CheckoutSession]) -> dict[int, str]:
    """Settle in one transaction those of ``answers``, by the number of their message, that are plain; what was decided.

    Plain is a session known by its reference and paid, whose payment had not succeeded, one of each order. All others
    are for :func:`settle`.
    """
    with tools.transaction() as session:
        came = _plain(session, answers)
        if not came:
            return {}
        words = paid_together(tools, session, tuple(came.values()))
        decided = dict(zip(came, words, strict=True))
        inbox.note_handled(session, decided)
        return decided


def _plain(session: Session, answers: Mapping[int, CheckoutSession]) -> dict[int, Came]:
    """The payments of plain answers by the number of their message, locked with their orders."""
    by_ref = {each.ref: number for number, each in answers.items() if each.paid}
    known = select(Payment.id, Payment.order_id).where(Payment.session_ref.in_(by_ref))
    found = session.execute(known).all()
    locks.several(session, Order, [row.order_id for row in found])
    payments = locks.several(session, Payment, [row.id for row in found])
    came: dict[int, Came] = {}
    orders: set[int] = set()
    for payment in payments.values():
        number = by_ref[payment.session_ref or ""]
        answer = answers[number]
        fresh = payment.state is not PaymentState.SUCCEEDED and payment.order_id not in orders
        if fresh and _matches(payment, answer):
            orders.add(payment.order_id)
            came[number] = Came(payment, answer.intent_ref)
    return came


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


@dataclass(frozen=True, slots=True)
class Came:
    """Money that came for a payment, which is locked with its order, by the charge of this name."""

    payment: Payment
    intent_ref: str | None


def paid(tools: Toolbox, session: Session, payment: Payment, *, intent_ref: str | None) -> str:
    """Money came for ``payment``, which is locked with its order: what it means; a word for what was decided."""
    return paid_together(tools, session, (Came(payment, intent_ref),))[0]


def paid_together(tools: Toolbox, session: Session, came: Sequence[Came]) -> tuple[str, ...]:
    """Money came for several payments, each of another order: decided one by one, written together."""
    now = clock.now(session)
    for each in came:
        each.payment.state, each.payment.succeeded_at = PaymentState.SUCCEEDED, now
        each.payment.intent_ref = each.intent_ref
    ledger.post_all(session, [_received(each.payment) for each in came])
    wanted = [each.payment.order_id for each in came]
    orders = {each: session.get_one(Order, each) for each in wanted}
    assert len(orders) == len(came), "no order twice: the second payment is decided after the first"
    first = {
        each: order for each, order in orders.items() if not (order.paid_at or order.refunded_minor)
    }
    sold = _sold_by(session, [each for each, order in first.items() if order.state in PAYABLE])
    kept = {each: sold[each] == "retaken" for each in first if sold.get(each, "gone") != "gone"}
    _keep(tools, session, [orders[each] for each in kept], now, late=kept)
    words = []
    for each in came:
        order_id = each.payment.order_id
        if order_id in kept:
            words.append("paid_late" if kept[order_id] else "paid")
        else:
            cause = RefundCause.PAID_LATE if order_id in first else RefundCause.PAID_TWICE
            words.append(_give_back(tools, session, orders[order_id], each.payment, cause))
    return tuple(words)


def _received(payment: Payment) -> Written:
    amount = Money(payment.amount_minor, payment.currency)
    entries = (Entry(Book.STRIPE, amount), Entry(Book.MEMBER_PAYABLE, -amount))
    return Written(Cause.PAYMENT, payment.id, "received", entries)


def _sold_by(session: Session, orders: Sequence[int]) -> dict[int, str]:
    """What became of the holds of each order."""
    asked = {"orders": sorted(orders)}
    return {row.order_id: row.answer for row in session.execute(_SELL, asked)} if orders else {}


def _keep(
    tools: Toolbox,
    session: Session,
    orders: Sequence[Order],
    now: datetime,
    *,
    late: Mapping[int, bool],
) -> None:
    if not orders:
        return
    for order in orders:
        ORDER_LIFECYCLE.check(order.state, OrderState.PAID)
        order.state, order.paid_at, order.ended_at = OrderState.PAID, now, None
    session.flush()
    lines = _lines(session, [order.id for order in orders])
    ledger.post_all(
        session,
        [
            Written(Cause.ORDER, order.id, "sold", tuple(_sold(order, lines[order.id])))
            for order in orders
        ],
    )
    accounts = _accounts(session, orders)
    promises.make_deliveries(
        session, {order.id: (accounts[order.id], _delivered_by(order)) for order in orders}
    )
    contacts.write_about_orders(session, "order_paid", accounts)
    tools.record(session, *(_told(order, lines[order.id], late=late[order.id]) for order in orders))


def _lines(session: Session, orders: Sequence[int]) -> dict[int, list[OrderLine]]:
    statement = (
        select(OrderLine)
        .where(OrderLine.order_id.in_(orders))
        .order_by(OrderLine.id)
        .execution_options(populate_existing=True)
    )
    found: dict[int, list[OrderLine]] = {each: [] for each in orders}
    for line in session.scalars(statement):
        found[line.order_id].append(line)
    return found


def _accounts(session: Session, orders: Sequence[Order]) -> dict[int, int]:
    """Whose account each order is of."""
    wanted = select(Member.id, Member.account_id).where(
        Member.id.in_({order.member_id for order in orders})
    )
    known = {row.id: row.account_id for row in session.execute(wanted)}
    return {order.id: known[order.member_id] for order in orders}


def _delivered_by(order: Order) -> datetime:
    return end_of_day(order.promised_on, territory(order.territory).zone)


def _told(order: Order, lines: Sequence[OrderLine], *, late: bool) -> Fact:
    event = Event.ORDER_PAID_LATE if late else Event.ORDER_PAID
    sales = sorted({line.sale_id for line in lines})
    return Fact(event, "order", order.id, data={"sale_ids": sales})


def _sold(order: Order, lines: Sequence[OrderLine]) -> list[Entry]:
    """Who the price belongs to, once it is ours to divide."""
    entries: list[Entry] = []
    for line in lines:
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
