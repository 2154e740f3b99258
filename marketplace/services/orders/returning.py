"""Changing one's mind: cancelling before packing, withdrawing after delivery, and refunds line by line.

A refund is asked for in the books first; a job sends it to the payment service under a key stored here.
Units go back on sale only after their first buyer has been refunded.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, text

from marketplace.db import contacts, ledger, locks, promises
from marketplace.db.ledger import Book, Cause, Entry
from marketplace.db.members import Member
from marketplace.db.orders import LineReturn, Order, OrderLine, Way, Withdrawal
from marketplace.db.payments import Payment, Refund
from marketplace.domain.doors import Realm
from marketplace.domain.events import Event, Fact
from marketplace.domain.ledger import Priced, shipping_shares, taken_back
from marketplace.domain.money import Money
from marketplace.domain.orders import (
    ORDER_LIFECYCLE,
    REFUND_DAYS,
    AlreadyPacked,
    OrderState,
    Part,
    PaymentState,
    RefundCause,
    RefundTooLarge,
    WithdrawalOver,
    amount,
    withdrawal_ends_at,
)
from marketplace.domain.promises import PromiseKind
from marketplace.domain.refusals import Invalid, NotFound
from marketplace.domain.territories import territory

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox

BEFORE_PACKING = (OrderState.AWAITING_PAYMENT, OrderState.PAID)


@dataclass(frozen=True, slots=True)
class RefundLine:
    """Units of one order line that are to be refunded."""

    line_id: int
    units: int


@dataclass(frozen=True, slots=True)
class _Why:
    """Why money goes back; ``key`` where the cause itself names the refund."""

    cause: RefundCause
    reason: str = ""
    key: str = ""


def cancel(tools: Toolbox, *, order_id: int, member_id: int) -> int | None:
    """The member cancels before packing; what was paid goes back in full. Returns the refund's id, if any.

    Refuses a packed order, and one that is not this member's as if it were not there.
    """
    with tools.transaction() as session:
        order = _own(session, order_id, member_id)
        if order.state not in BEFORE_PACKING:
            raise AlreadyPacked
        paid = order.state is OrderState.PAID
        ORDER_LIFECYCLE.check(order.state, OrderState.CANCELLED)
        lines = _lines(session, order)
        refund_id = None
        if paid:
            rest = [RefundLine(line.id, _kept(line)) for line in lines.values() if _kept(line)]
            refund_id = _ask(
                tools, session, order, lines, rest, shipping=True, why=_Why(RefundCause.CANCELLED)
            )
            promises.give_up(
                session, kind=PromiseKind.DELIVERY, subject_type="order", subject_id=order.id
            )
        order.state = OrderState.CANCELLED
        order.ended_at = _now(session)
        session.flush()
        tools.record(
            session, Fact(Event.ORDER_CANCELLED, "order", order.id, reason="by the member")
        )
        return refund_id


def refund(
    tools: Toolbox, *, order_id: int, parts: Sequence[RefundLine], shipping: bool, reason: str
) -> int:
    """An operator refunds units of lines, with shipping if asked; before packing they also leave the parcel.

    Refuses more units than are left on a line, shipping given back twice, and nothing at all.
    """
    if not reason.strip():
        raise Invalid(field="reason", reason="needed")
    with tools.transaction() as session:
        order = locks.one(session, Order, order_id)
        lines = _lines(session, order)
        asked = [part for part in parts if part.units]
        refund_id = _ask(
            tools,
            session,
            order,
            lines,
            asked,
            shipping=shipping,
            why=_Why(RefundCause.OPERATOR, reason),
        )
        if all(_kept(line) == 0 for line in lines.values()):
            ORDER_LIFECYCLE.check(order.state, OrderState.REFUNDED)
            order.state, order.ended_at = OrderState.REFUNDED, _now(session)
            promises.give_up(
                session, kind=PromiseKind.DELIVERY, subject_type="order", subject_id=order.id
            )
        return refund_id


def withdraw(
    tools: Toolbox, *, order_id: int, member_id: int, units: Mapping[int, int], key: str, words: str
) -> int:
    """Declare withdrawal from ``units`` (line id to units) within fourteen days of delivery; returns its id.

    ``words`` is the declaration as it was shown and confirmed; it is kept word for word with its date and sent
    as the acknowledgement. The same ``key`` twice is one declaration. Refuses before delivery and after the end.
    """
    with tools.transaction() as session:
        order = _own(session, order_id, member_id)
        earlier = session.scalar(
            select(Withdrawal.id).where(Withdrawal.order_id == order.id, Withdrawal.key == key)
        )
        if earlier is not None:
            return earlier
        _check_time(session, order)
        _withdraw_lines(_lines(session, order), units)
        return _acknowledge(tools, session, order, units, key, words)


def receive_return(tools: Toolbox, *, withdrawal_id: int) -> int:
    """The goods of a withdrawal are back: the refund is asked for. Twice is once; returns the refund's id."""
    with tools.transaction() as session:
        found = session.get(Withdrawal, withdrawal_id)
        if found is None:
            raise NotFound
        order = locks.one(session, Order, found.order_id)
        withdrawal = locks.one(session, Withdrawal, withdrawal_id)
        key = f"withdrawal-{withdrawal.id}"
        earlier = session.scalar(select(Refund.id).where(Refund.key == key))
        if earlier is not None:
            return earlier
        lines = _lines(session, order)
        parts = [RefundLine(int(line), int(units)) for line, units in withdrawal.lines.items()]
        whole = sum(part.units for part in parts) == sum(line.units for line in lines.values())
        withdrawal.received_at = _now(session)
        refund_id = _ask(
            tools,
            session,
            order,
            lines,
            parts,
            shipping=whole,
            why=_Why(RefundCause.WITHDRAWN, key=key),
        )
        tools.record(
            session,
            Fact(Event.RETURN_RECEIVED, "order", order.id, data={"withdrawal_id": withdrawal.id}),
        )
        return refund_id


def _own(session: Session, order_id: int, member_id: int) -> Order:
    return locks.one(session, Order, order_id, Order.member_id == member_id)


def _lines(session: Session, order: Order) -> dict[int, OrderLine]:
    found = session.scalars(
        select(OrderLine).where(OrderLine.order_id == order.id).order_by(OrderLine.id)
    ).all()
    return {line.id: line for line in found}


def _kept(line: OrderLine) -> int:
    return line.units - line.cancelled_units - line.returned_units


def _now(session: Session) -> datetime:
    found: datetime = session.execute(text("SELECT house_now()")).scalar_one()
    return found


def _check_time(session: Session, order: Order) -> None:
    if order.state is not OrderState.DELIVERED or order.delivered_at is None:
        raise WithdrawalOver(ended_at=None)
    ends_at = withdrawal_ends_at(order.delivered_at, territory(order.territory).zone)
    if _now(session) >= ends_at:
        raise WithdrawalOver(ended_at=ends_at)


def _withdraw_lines(lines: Mapping[int, OrderLine], units: Mapping[int, int]) -> None:
    if not any(units.values()):
        raise Invalid(field="units", reason="needed")
    for line_id, asked in units.items():
        line = lines.get(line_id)
        if line is None:
            raise NotFound
        left = _kept(line) - (line.withdrawn_units - line.returned_units)
        if not 0 <= asked <= left:
            raise RefundTooLarge(most=left)
        line.withdrawn_units += asked


def _acknowledge(
    tools: Toolbox, session: Session, order: Order, units: Mapping[int, int], key: str, words: str
) -> int:
    at = _now(session)
    acknowledgement = f"{words}\n{at.isoformat(timespec='seconds')}"
    withdrawal = Withdrawal(
        order_id=order.id,
        key=key,
        lines={str(line): asked for line, asked in units.items() if asked},
        acknowledgement=acknowledgement,
        sha256=hashlib.sha256(acknowledgement.encode()).hexdigest(),
    )
    session.add(withdrawal)
    session.flush()
    member = session.get_one(Member, order.member_id)
    contacts.write(
        session,
        key=f"withdrawal:{withdrawal.id}",
        kind="withdrawal_received",
        account_id=member.account_id,
        transactional=True,
        facts={"order_id": order.id, "withdrawal_id": withdrawal.id},
    )
    promises.make(
        session,
        kind=PromiseKind.REFUND,
        subject_type="withdrawal",
        subject_id=withdrawal.id,
        realm=Realm.MEMBER,
        account_id=member.account_id,
        due_at=at + timedelta(days=REFUND_DAYS),
    )
    tools.record(
        session,
        Fact(Event.WITHDRAWAL_DECLARED, "order", order.id, data={"withdrawal_id": withdrawal.id}),
    )
    return withdrawal.id


def _ask(
    tools: Toolbox,
    session: Session,
    order: Order,
    lines: Mapping[int, OrderLine],
    parts: Sequence[RefundLine],
    *,
    shipping: bool,
    why: _Why,
) -> int:
    """Write the refund, take back each party's share in the books, and let a job send it."""
    payment = session.execute(
        select(Payment)
        .where(Payment.order_id == order.id, Payment.state == PaymentState.SUCCEEDED)
        .order_by(Payment.id)
        .limit(1)
        .with_for_update(key_share=True)
    ).scalar_one_or_none()
    if payment is None:
        raise RefundTooLarge(most=0)
    earlier = _refunds_of(session, order)
    ship = _shipping_left(order, earlier) if shipping else Money(0, order.currency)
    back = amount([_part(order, lines, part) for part in parts], shipping=ship)
    left = order.total_minor - order.refunded_minor
    if not 0 < back.minor <= left:
        raise RefundTooLarge(most=left)
    row = Refund(
        order_id=order.id,
        payment_id=payment.id,
        key=why.key or f"refund-{order.ref}-{len(earlier) + 1}",
        cause=why.cause,
        amount_minor=back.minor,
        currency=order.currency,
        lines={str(part.line_id): part.units for part in parts},
        shipping_minor=ship.minor,
        asked_by_id=tools.actor.account_id,
        reason=why.reason,
    )
    session.add(row)
    session.flush()
    entries = _take_back(order, lines, parts, ship)
    session.add_all(_returned(order, lines[part.line_id], part, row) for part in parts)
    order.refunded_minor += back.minor
    ledger.post(session, cause=Cause.REFUND, cause_id=row.id, kind="reversed", entries=entries)
    tools.record(
        session,
        Fact(Event.REFUND_ASKED, "refund", row.id, reason=why.reason, data={"order_id": order.id}),
    )
    return row.id


def _refunds_of(session: Session, order: Order) -> Sequence[Refund]:
    return session.scalars(select(Refund).where(Refund.order_id == order.id)).all()


def _shipping_left(order: Order, earlier: Sequence[Refund]) -> Money:
    return Money(
        order.shipping_minor - sum(each.shipping_minor for each in earlier), order.currency
    )


def _part(order: Order, lines: Mapping[int, OrderLine], part: RefundLine) -> Part:
    line = lines.get(part.line_id)
    if line is None:
        raise NotFound
    if not 0 < part.units <= _kept(line):
        raise RefundTooLarge(most=_kept(line))
    return Part(line.id, part.units, Money(line.price_minor, order.currency))


def _take_back(
    order: Order, lines: Mapping[int, OrderLine], parts: Sequence[RefundLine], ship: Money
) -> list[Entry]:
    """Count the units as gone and return what each book gives back; they add to the refund."""
    entries: list[Entry] = []
    for part in parts:
        line = lines[part.line_id]
        before = _kept(line)
        if order.shipped_at is None:
            line.cancelled_units += part.units
        else:
            line.returned_units += part.units
        back = taken_back(
            priced(line, order.currency), kept_before=before, kept_after=before - part.units
        )
        entries += [
            Entry(Book.BRAND_PAYABLE, back.brand, line.brand_id),
            Entry(Book.COMMISSION, back.commission),
            Entry(Book.VAT_PAYABLE, back.vat),
            Entry(Book.MEMBER_PAYABLE, -back.whole()),
        ]
    income, vat = shipping_shares(ship, order.vat_bps)
    entries += [
        Entry(Book.SHIPPING_INCOME, income),
        Entry(Book.VAT_PAYABLE, vat),
        Entry(Book.MEMBER_PAYABLE, -ship),
    ]
    return entries


def _returned(order: Order, line: OrderLine, part: RefundLine, refund_row: Refund) -> LineReturn:
    return LineReturn(
        brand_id=line.brand_id,
        sale_id=line.sale_id,
        sale_item_id=line.sale_item_id,
        order_line_id=line.id,
        refund_id=refund_row.id,
        way=Way.CANCELLED if order.shipped_at is None else Way.RETURNED,
        units=part.units,
        price_minor=line.price_minor,
    )


def priced(line: OrderLine, currency: str) -> Priced:
    """The line's price and pay as the rules of the ledger read them."""
    return Priced(
        price=Money(line.price_minor, currency),
        vat_bps=line.vat_bps,
        commission_bps=line.commission_bps,
        unit_cost=None if line.unit_cost_minor is None else Money(line.unit_cost_minor, currency),
    )
