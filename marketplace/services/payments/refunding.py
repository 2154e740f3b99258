"""Sending a refund that the books have asked for, and taking note of what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, text

from marketplace.db import contacts, ledger, locks, promises
from marketplace.db.ledger import Book, Cause, Entry
from marketplace.db.members import Member
from marketplace.db.orders import Order, OrderLine
from marketplace.db.payments import Payment, Refund
from marketplace.domain.events import Event, Fact
from marketplace.domain.money import Money
from marketplace.domain.orders import RefundCause, RefundState
from marketplace.domain.promises import PromiseKind
from marketplace.toolbox import GatewayRefusal

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.toolbox import RefundAnswer, Toolbox

STATES = {
    "succeeded": RefundState.SUCCEEDED,
    "failed": RefundState.FAILED,
}


def send_refund(tools: Toolbox, *, refund_id: int) -> None:
    """Ask Stripe for the refund under its stored key; a reply that was lost is asked for again under the same."""
    with tools.transaction() as session:
        refund = locks.one(session, Refund, refund_id)
        if refund.state is not RefundState.ASKED:
            return
        refund.called_at = (
            refund.called_at or session.execute(text("SELECT house_now()")).scalar_one()
        )
        payment = session.get_one(Payment, refund.payment_id)
        assert payment.intent_ref is not None, "only a payment that succeeded is refunded"
        key, intent_ref = refund.key, payment.intent_ref
        amount = Money(refund.amount_minor, refund.currency)
    try:
        answer = tools.payments.refund(
            key=key, intent_ref=intent_ref, amount=amount, metadata={"refund_key": key}
        )
    except GatewayRefusal as refusal:
        _failed(tools, refund_id, refusal.code)
        return
    _note(tools, refund_id, answer)


def note_refund(tools: Toolbox, *, answer: RefundAnswer) -> str:
    """Take note of a refund by Stripe's reference; ``unknown`` while our own call has not returned it yet."""
    with tools.reading() as session:
        refund_id = session.scalar(select(Refund.id).where(Refund.refund_ref == answer.ref))
    if refund_id is None:
        return "unknown"
    _note(tools, refund_id, answer)
    return answer.status


def _note(tools: Toolbox, refund_id: int, answer: RefundAnswer) -> None:
    with tools.transaction() as session:
        refund = _with_order_locked(session, refund_id)
        if refund.state in {RefundState.SUCCEEDED, RefundState.FAILED}:
            return
        refund.refund_ref = answer.ref
        refund.state = STATES.get(answer.status, RefundState.SENT)
        if refund.state is RefundState.SUCCEEDED:
            _succeeded(tools, session, refund)
        elif refund.state is RefundState.FAILED:
            tools.record(session, Fact(Event.REFUND_FAILED, "refund", refund.id))


def _with_order_locked(session: Session, refund_id: int) -> Refund:
    order_id = session.execute(select(Refund.order_id).where(Refund.id == refund_id)).scalar_one()
    locks.one(session, Order, order_id)
    return locks.one(session, Refund, refund_id)


def _succeeded(tools: Toolbox, session: Session, refund: Refund) -> None:
    """The money is back: book it, keep the promise, and only now put cancelled units on sale again."""
    refund.settled_at = session.execute(text("SELECT house_now()")).scalar_one()
    back = Money(refund.amount_minor, refund.currency)
    ledger.post(
        session,
        cause=Cause.REFUND,
        cause_id=refund.id,
        kind="paid_back",
        entries=(Entry(Book.MEMBER_PAYABLE, back), Entry(Book.STRIPE, -back)),
    )
    order = session.get_one(Order, refund.order_id)
    session.flush()
    if refund.cause in {RefundCause.CANCELLED, RefundCause.OPERATOR} and order.shipped_at is None:
        for line in _lines(session, refund):
            session.execute(
                text("SELECT restock_line(:line, :units, 'refunded')"),
                {"line": line.id, "units": refund.lines[str(line.id)]},
            )
    for subject, number in _promised(refund):
        promises.keep(session, kind=PromiseKind.REFUND, subject_type=subject, subject_id=number)
    contacts.write(
        session,
        key=f"refund:{refund.id}",
        kind="refund_paid",
        account_id=session.get_one(Member, order.member_id).account_id,
        transactional=True,
        facts={"order_id": order.id, "refund_id": refund.id},
    )
    tools.record(
        session, Fact(Event.REFUND_SUCCEEDED, "refund", refund.id, data={"order_id": order.id})
    )


def _lines(session: Session, refund: Refund) -> list[OrderLine]:
    wanted = [int(line) for line in refund.lines]
    found = select(OrderLine).where(OrderLine.id.in_(wanted)).order_by(OrderLine.sale_item_id)
    return list(session.scalars(found))


def _promised(refund: Refund) -> tuple[tuple[str, int], ...]:
    if refund.key.startswith("withdrawal-"):
        return (("withdrawal", int(refund.key.removeprefix("withdrawal-"))), ("refund", refund.id))
    return (("refund", refund.id),)


def _failed(tools: Toolbox, refund_id: int, code: str) -> None:
    with tools.transaction() as session:
        refund = _with_order_locked(session, refund_id)
        refund.state, refund.reason = RefundState.FAILED, code
        tools.record(session, Fact(Event.REFUND_FAILED, "refund", refund.id, reason=code))
