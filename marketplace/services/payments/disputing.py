"""Disputes: a bank takes a payment's money back, for a time or for good; the books say so in any order of messages."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from marketplace.db import clock, ledger, locks
from marketplace.db.disputes import Dispute
from marketplace.db.ledger import Book, Cause, Entry
from marketplace.db.orders import Order
from marketplace.db.payments import Payment
from marketplace.domain.disputes import MONEY_TAKEN, WAITING, DisputeState, is_step, state_of
from marketplace.domain.events import Event, Fact
from marketplace.domain.money import Money
from marketplace.services.payments.settling import unexplained

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.toolbox import DisputeTold, Toolbox

LOOKED_BACK = timedelta(days=4)
"""Longer than the payment service repeats a message (three days): what a house that was closed missed is found."""


def note_dispute(tools: Toolbox, *, told: DisputeTold) -> str:
    """Take note of a dispute and book what its bank did with the money; returns a word for what was decided.

    Any number of times, in any order, at the same moment: one result. ``unknown`` where its payment is not ours, or
    where it is about more than was paid: a person has to look.
    """
    now = state_of(told.status)
    with tools.transaction() as session:
        payment = session.scalar(select(Payment).where(Payment.intent_ref == told.intent_ref))
        if payment is None:
            unexplained(tools, session, ("inbox", 0), ref=told.ref, paid=False)
            return "unknown"
        locks.one(session, Order, payment.order_id)
        if not _fits(told.amount, payment):
            unexplained(tools, session, ("payment", payment.id), ref=told.ref, paid=False)
            return "unknown"
        found = session.scalar(select(Dispute).where(Dispute.ref == told.ref).with_for_update())
        if not is_step(None if found is None else found.state, now):
            return "known"
        dispute = _opened(session, told, payment, now) if found is None else found
        dispute.state, dispute.answer_by = now, told.answer_by
        dispute.ended_at = None if now in WAITING else clock.now(session)
        session.flush()
        _book(session, dispute)
        event = Event.DISPUTE_OPENED if now in WAITING else Event.DISPUTE_ENDED
        fact = {"order_id": dispute.order_id, "state": str(now)}
        tools.record(session, Fact(event, "dispute", dispute.id, data=fact))
        return str(now)


def reconcile_disputes(tools: Toolbox) -> int:
    """Ask for disputes that no message told of, since the oldest that waits or for days; returns how many."""
    with tools.reading() as session:
        at = clock.instant(session)
        oldest = session.scalar(
            select(func.min(Dispute.opened_at)).where(Dispute.ended_at.is_(None))
        )
    since = (oldest or at) - LOOKED_BACK
    seen = 0
    for told in tools.payments.recent_disputes(since=since):
        note_dispute(tools, told=told)
        seen += 1
    return seen


def _fits(amount: Money, payment: Payment) -> bool:
    return amount.currency == payment.currency and 0 < amount.minor <= payment.amount_minor


def _opened(session: Session, told: DisputeTold, payment: Payment, now: DisputeState) -> Dispute:
    dispute = Dispute(
        ref=told.ref,
        order_id=payment.order_id,
        payment_id=payment.id,
        state=now,
        amount_minor=told.amount.minor,
        currency=told.amount.currency,
        reason=told.reason,
        opened_at=told.opened_at,
    )
    session.add(dispute)
    return dispute


def _book(session: Session, dispute: Dispute) -> None:
    """All that led to the state it is in, each posting once: a decision may come before what was decided about."""
    amount = Money(dispute.amount_minor, dispute.currency)
    steps = {"taken": (Entry(Book.DISPUTED, amount), Entry(Book.STRIPE, -amount))}
    if dispute.state is DisputeState.WON:
        steps["given_back"] = (Entry(Book.STRIPE, amount), Entry(Book.DISPUTED, -amount))
    if dispute.state is DisputeState.LOST:
        steps["lost"] = (Entry(Book.LOSSES, amount), Entry(Book.DISPUTED, -amount))
    if dispute.state in MONEY_TAKEN:
        for kind, entries in steps.items():
            ledger.post(
                session, cause=Cause.DISPUTE, cause_id=dispute.id, kind=kind, entries=entries
            )
