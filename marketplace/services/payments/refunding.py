"""Sending a refund that the books have asked for, and taking note of what became of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select, text

from marketplace.db import clock, contacts, ledger, locks, promises
from marketplace.db.audit import EventRow
from marketplace.db.ledger import Book, Cause, Entry
from marketplace.db.members import Member
from marketplace.db.orders import LineReturn, Order, Way
from marketplace.db.payments import SENT_AGAIN, Payment, Refund, promised_as
from marketplace.domain.events import Event, Fact
from marketplace.domain.money import Money
from marketplace.domain.orders import RefundNotFailed, RefundState
from marketplace.domain.promises import PromiseKind
from marketplace.domain.refusals import Invalid
from marketplace.toolbox import GatewayRefusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Select
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
        refund.called_at = refund.called_at or clock.now(session)
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


def send_again(tools: Toolbox, *, refund_id: int, reason: str) -> None:
    """An operator has a refund that failed sent once more, under a key of its own. Refuses any other.

    The first key would only give the first answer again, and under it no money has left.
    """
    if not reason.strip():
        raise Invalid(field="reason", reason="needed")
    with tools.transaction() as session:
        refund = _with_order_locked(session, refund_id)
        if refund.state is not RefundState.FAILED:
            raise RefundNotFailed
        begun, _, number = refund.key.partition(SENT_AGAIN)
        refund.key = f"{begun}{SENT_AGAIN}{int(number or 1) + 1}"
        refund.state, refund.refund_ref, refund.called_at = RefundState.ASKED, None, None
        session.flush()
        tools.record(
            session,
            Fact(
                Event.REFUND_ASKED,
                "refund",
                refund.id,
                reason=reason.strip(),
                data={"order_id": refund.order_id},
            ),
        )


def note_refund(tools: Toolbox, *, answer: RefundAnswer, key: str = "") -> str:
    """Take note of a refund by Stripe's reference, or by our ``key`` where our own call has not returned it yet.

    ``unknown`` for one that nobody here asked for: somebody made it at Stripe, and a person has to look at it.
    """
    with tools.reading() as session:
        by_ref = select(Refund.id).where(Refund.refund_ref == answer.ref)
        by_key = select(Refund.id).where(Refund.key == key, Refund.refund_ref.is_(None))
        refund_id = session.scalar(by_ref) or session.scalar(by_key)
        earlier = session.scalar(_sent_before(key)) if key else None
    if refund_id is not None:
        _note(tools, refund_id, answer)
        return answer.status
    if earlier is not None:
        return "earlier"
    _unexplained(tools, answer)
    return "unknown"


def _sent_before(key: str) -> Select[int]:
    """The refund that ``key`` was an earlier sending of."""
    begun = key.partition(SENT_AGAIN)[0]
    same = (Refund.key == begun) | Refund.key.startswith(f"{begun}{SENT_AGAIN}", autoescape=True)
    return select(Refund.id).where(same)


def _unexplained(tools: Toolbox, answer: RefundAnswer) -> None:
    with tools.transaction() as session:
        told = select(EventRow.id).where(
            EventRow.subject_type == "inbox",
            EventRow.subject_id == 0,
            EventRow.name == Event.PAYMENT_UNEXPLAINED,
            EventRow.data["refund_ref"].as_string() == answer.ref,
        )
        if session.scalar(told.limit(1)) is None:
            fact = {"refund_ref": answer.ref}
            tools.record(session, Fact(Event.PAYMENT_UNEXPLAINED, "inbox", 0, data=fact))


def _note(tools: Toolbox, refund_id: int, answer: RefundAnswer) -> None:
    with tools.transaction() as session:
        refund = _with_order_locked(session, refund_id)
        before, now = refund.state, STATES.get(answer.status, RefundState.SENT)
        if before is RefundState.FAILED or now is before:
            return
        if before is RefundState.SUCCEEDED and now is not RefundState.FAILED:
            return
        refund.refund_ref, refund.state = answer.ref, now
        if now is RefundState.SUCCEEDED:
            _succeeded(tools, session, refund)
        elif now is RefundState.FAILED:
            _came_to_nothing(tools, session, refund, came_back=before is RefundState.SUCCEEDED)


def _came_to_nothing(tools: Toolbox, session: Session, refund: Refund, *, came_back: bool) -> None:
    """The bank refused it, sometimes days after it had gone well: the money is with us again."""
    if came_back:
        back = Money(refund.amount_minor, refund.currency)
        ledger.post(
            session,
            cause=Cause.REFUND,
            cause_id=refund.id,
            kind=f"came_back_{refund.refund_ref}",
            entries=(Entry(Book.STRIPE, back), Entry(Book.MEMBER_PAYABLE, -back)),
        )
    reason = "came_back" if came_back else "refused"
    tools.record(session, Fact(Event.REFUND_FAILED, "refund", refund.id, reason=reason))


def _with_order_locked(session: Session, refund_id: int) -> Refund:
    order_id = session.execute(select(Refund.order_id).where(Refund.id == refund_id)).scalar_one()
    locks.one(session, Order, order_id)
    return locks.one(session, Refund, refund_id)


def _succeeded(tools: Toolbox, session: Session, refund: Refund) -> None:
    """The money is back: book it, keep the promise, and only now put cancelled units on sale again."""
    refund.settled_at = clock.now(session)
    order = session.get_one(Order, refund.order_id)
    session.flush()
    if _booked(session, refund):
        for gone in _cancelled(session, refund):
            session.execute(
                text("SELECT restock_line(:line, :units, 'refunded')"),
                {"line": gone.order_line_id, "units": gone.units},
            )
    subject, number = promised_as(refund)
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


def _booked(session: Session, refund: Refund) -> bool:
    """Book the money as gone; True the first time, False where it had come back and went out again."""
    back = Money(refund.amount_minor, refund.currency)
    entries = (Entry(Book.MEMBER_PAYABLE, back), Entry(Book.STRIPE, -back))
    book = partial(ledger.post, session, cause=Cause.REFUND, cause_id=refund.id, entries=entries)
    first = book(kind="paid_back")
    if not first:
        number = refund.key.partition(SENT_AGAIN)[2]
        assert number, "a refund that is sent again has a key of its own"
        book(kind=f"paid_back_{number}")
    return first


def _cancelled(session: Session, refund: Refund) -> Sequence[LineReturn]:
    """Units that never were in a parcel; restocked in the order in which items are locked."""
    statement = select(LineReturn).where(
        LineReturn.refund_id == refund.id, LineReturn.way == Way.CANCELLED
    )
    return session.scalars(statement.order_by(LineReturn.sale_item_id, LineReturn.id)).all()


def _failed(tools: Toolbox, refund_id: int, code: str) -> None:
    with tools.transaction() as session:
        refund = _with_order_locked(session, refund_id)
        if refund.state is not RefundState.ASKED:
            return
        refund.state = RefundState.FAILED
        tools.record(session, Fact(Event.REFUND_FAILED, "refund", refund.id, reason=code))
