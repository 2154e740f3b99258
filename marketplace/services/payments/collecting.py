"""Collecting from a saved card: behind the order, in its turn, at most one attempt; what the bank says becomes true."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.db import clock, contacts, locks, payments
from marketplace.db.cards import HAND_BACK_HOLDS, Card
from marketplace.db.members import Member
from marketplace.db.orders import Order
from marketplace.db.payments import Payment
from marketplace.domain.cards import OFFER_LENGTH, CardState, Refused
from marketplace.domain.events import Event, Fact
from marketplace.domain.money import Money
from marketplace.domain.orders import OrderState, PaymentState
from marketplace.services.payments.settling import paid, unexplained
from marketplace.toolbox import CollectAsked, Collected, GateFull, GatewayRefusal, GatewayTrouble

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox

LOST_REPLY_AFTER = timedelta(seconds=45)
CLOCKS_APART = timedelta(minutes=1)
LOOKED_UP_PER_RUN_MAX = 500


def collect_taken(tools: Toolbox, *, payment_id: int) -> str:
    """Charge the card of a payment whose turn it is; returns a word for what was decided, ``waits`` for nothing yet.

    Whoever calls has taken it out of the line. Asked again it asks under the same key, so that the card is charged
    once. Where nobody answers, it stays in line; where Stripe keeps a failure under the key (promises.md S2) and knows
    of no payment, the member is asked to pay on the page, and no second attempt is made without them.
    """
    begun = _begun(tools, payment_id)
    if begun is None:
        return "gone"
    asked, first = begun
    try:
        answer = tools.payments.collect(asked)
    except GateFull:
        _back_in_line(tools, payment_id, first=first)
        return "waits"
    except GatewayTrouble:
        return "waits" if first else _unanswered(tools, asked)
    except GatewayRefusal as refusal:
        answer = _no(asked, refusal.code)
    return settle_collected(tools, answer=answer)


def settle_collected(tools: Toolbox, *, answer: Collected) -> str:
    """Take note of what became of a saved card's payment, and decide; returns a word for what was decided.

    Any number of times, in any order, at the same moment: one result. ``ignored`` where it is a pay page's.
    """
    with tools.transaction() as session:
        payment = _locked(session, answer.key)
        if payment is None:
            return "ignored"
        if answer.amount != Money(payment.amount_minor, payment.currency):
            about = ("payment", payment.id)
            unexplained(tools, session, about, ref=answer.ref, paid=answer.paid)
            return "unknown"
        return _decided(tools, session, payment, answer)


def _decided(tools: Toolbox, session: Session, payment: Payment, answer: Collected) -> str:
    if payment.state is PaymentState.SUCCEEDED:
        return "known"
    if answer.paid:
        return paid(tools, session, payment, intent_ref=answer.ref)
    if not answer.refused:
        return "open"
    if payment.state is not PaymentState.PREPARED:
        return "known"
    return _refused(tools, session, payment, answer.code)


def reconcile_collected(tools: Toolbox) -> int:
    """Find out what became of charges that were asked for an order which waits no longer; returns how many."""
    with tools.transaction() as session:
        at = clock.now(session)
        lost = session.scalars(
            select(Payment)
            .join(Order, Order.id == Payment.order_id)
            .where(
                Payment.state == PaymentState.PREPARED,
                Payment.card_id.is_not(None),
                Payment.called_at < at - LOST_REPLY_AFTER,
                Order.state != OrderState.AWAITING_PAYMENT,
            )
            .order_by(Payment.id)
            .limit(LOOKED_UP_PER_RUN_MAX)
        ).all()
        keys = {each.key: each.called_at for each in lost if each.called_at is not None}
    for key, called_at in keys.items():
        found = _found(tools, key, since=called_at)
        settle_collected(tools, answer=found) if found else _give_up(tools, key)
    return len(keys)


def _begun(tools: Toolbox, payment_id: int) -> tuple[CollectAsked, bool] | None:
    """What to ask of Stripe, noted as asked before it is, and whether nobody asked it before; None if it is over."""
    with tools.transaction() as session:
        known = session.get_one(Payment, payment_id)
        order = locks.one(session, Order, known.order_id)
        payment = locks.one(session, Payment, payment_id)
        over = order.state is not OrderState.AWAITING_PAYMENT
        if over or payment.state is not PaymentState.PREPARED or payment.card_id is None:
            return None
        card = session.get_one(Card, payment.card_id)
        first = payment.called_at is None
        if (first and card.state is not CardState.KEPT) or card.customer_ref is None:
            _refused(tools, session, payment, Refused.CARD_GONE)
            return None
        assert card.method_ref is not None, "a card that was kept has its reference"
        payments.begin(session, payment)
        assert payment.called_at is not None, "just noted"
        asked = CollectAsked(
            key=payment.key,
            order_ref=order.ref,
            customer_ref=card.customer_ref,
            method_ref=card.method_ref,
            amount=Money(payment.amount_minor, payment.currency),
            asked_at=payment.called_at,
        )
        return asked, first


def _back_in_line(tools: Toolbox, payment_id: int, *, first: bool) -> None:
    """Our own gate was full, so that Stripe was not called."""
    with tools.transaction() as session:
        locks.one(session, Order, session.get_one(Payment, payment_id).order_id)
        payment = locks.one(session, Payment, payment_id)
        if payment.state is PaymentState.PREPARED:
            payment.taken_until = None
            payment.called_at = None if first else payment.called_at


def _unanswered(tools: Toolbox, asked: CollectAsked) -> str:
    """It was asked in an earlier turn too: what Stripe knows of it, else that it keeps a failure under the key."""
    try:
        found = _found(tools, asked.key, since=asked.asked_at)
    except GatewayTrouble:
        return "waits"
    return settle_collected(tools, answer=found or _no(asked, Refused.NO_ANSWER))


def _found(tools: Toolbox, key: str, *, since: datetime) -> Collected | None:
    with tools.reading() as session:
        until = clock.now(session) + CLOCKS_APART
    asked = tools.payments.recently_collected(since=since - CLOCKS_APART, until=until)
    return next((each for each in asked if each.key == key), None)


def _no(asked: CollectAsked, code: str) -> Collected:
    return Collected(
        ref="", key=asked.key, paid=False, refused=True, code=code, amount=asked.amount
    )


def _give_up(tools: Toolbox, key: str) -> None:
    """Stripe never heard of it, and its order waits no longer."""
    with tools.transaction() as session:
        payment = _locked(session, key)
        if payment is not None and payment.state is PaymentState.PREPARED:
            payment.state = PaymentState.FAILED


def _locked(session: Session, key: str) -> Payment | None:
    """The payment of this key that a saved card makes, locked after its order."""
    asked = select(Payment.id, Payment.order_id).where(
        Payment.key == key, Payment.card_id.is_not(None)
    )
    found = session.execute(asked).one_or_none()
    if found is None:
        return None
    locks.one(session, Order, found.order_id)
    return locks.one(session, Payment, found.id)


def _refused(tools: Toolbox, session: Session, payment: Payment, code: str) -> str:
    """The card was not charged: the pieces are kept for a while, in the bag, and the member is told how to pay."""
    order = session.get_one(Order, payment.order_id)
    payment.state, payment.refused_as = PaymentState.FAILED, code
    session.flush()
    asked = {"order": order.id, "lasts": OFFER_LENGTH}
    until = session.execute(HAND_BACK_HOLDS, asked).scalar_one()
    if order.state is not OrderState.AWAITING_PAYMENT or until is None:
        return "refused"
    order.pay_by = until
    contacts.write(
        session,
        key=f"order_to_confirm:{payment.id}",
        kind="order_to_confirm",
        account_id=session.get_one(Member, order.member_id).account_id,
        transactional=True,
        facts={"order_id": order.id, "payment_id": payment.id},
    )
    tools.record(
        session,
        Fact(
            Event.ORDER_NOT_COLLECTED,
            "order",
            order.id,
            reason=code,
            data={"payment_id": payment.id},
        ),
    )
    return "offered"
