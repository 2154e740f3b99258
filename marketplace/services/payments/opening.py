"""Opening a hosted checkout session for an order, and ending it as a courtesy when its time is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.db import clock, locks, payments
from marketplace.db.accounts import Account
from marketplace.db.catalogue import Style, Variant
from marketplace.db.members import Member
from marketplace.db.orders import Order, OrderLine
from marketplace.db.payments import Payment
from marketplace.domain.events import Event, Fact
from marketplace.domain.money import Money
from marketplace.domain.orders import (
    ATTEMPTS_MAX,
    OrderEnded,
    OrderState,
    PaymentState,
    PaymentTrouble,
)
from marketplace.domain.refusals import NotFound
from marketplace.services.payments.asking import ask
from marketplace.services.payments.settling import settle
from marketplace.toolbox import (
    CheckoutAsked,
    CheckoutLine,
    GateFull,
    GatewayRefusal,
    GatewayTrouble,
)
from marketplace.words import _, speaking

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.toolbox import CheckoutSession, Toolbox

ATTEMPTS_AT_ONCE_MAX = 2
NO_ANSWER = "no_answer"
KEPT_FAILURE_AFTER = timedelta(seconds=2)
CLOCKS_APART = timedelta(minutes=1)
OVER = (OrderState.LAPSED, OrderState.CANCELLED, OrderState.REFUNDED)


@dataclass(frozen=True, slots=True)
class Opened:
    """Where the member pays; ``paid`` where the money is there already, and ``url`` shows the order.

    ``waits`` where it is not open yet, because many come at once: it is opened in its turn, whoever goes away.
    """

    url: str
    paid: bool = False
    waits: bool = False


WAITS = Opened("", waits=True)


@dataclass(frozen=True, slots=True)
class _Begun:
    """What to ask of Stripe, noted as asked before it is; ``first`` where nobody asked it before."""

    asked: CheckoutAsked
    first: bool


def open_checkout(tools: Toolbox, *, payment_id: int) -> Opened:
    """Open the session of a prepared payment at once, find it where it was opened before, or leave it in line.

    Safe to repeat. Nobody waits here, and nobody passes those in line: ``payments.open_waiting`` opens in order.
    """
    return _open(tools, payment_id, in_turn=False)


def open_taken(tools: Toolbox, *, payment_id: int) -> Opened:
    """The same for the one whose turn it is; whoever calls has taken it out of the line."""
    return _open(tools, payment_id, in_turn=True)


def _open(tools: Toolbox, payment_id: int, *, in_turn: bool) -> Opened:
    """Open it, and where nobody answers in the end, let it stand in line no longer.

    An attempt that the payment service refuses (its time to pay would be too short by now) makes room for the next
    one, and so does one whose failure it keeps under our key and whose session it does not know (promises.md S2).
    Refuses with ``payment_trouble`` when no answer comes: nothing was charged, and the holds are kept; with
    ``order_ended`` when the order waits no longer.
    """
    try:
        return _tried(tools, payment_id, in_turn=in_turn)
    except PaymentTrouble:
        _leave_line(tools, payment_id)
        raise


def _tried(tools: Toolbox, payment_id: int, *, in_turn: bool) -> Opened:
    wanted = payment_id
    for _attempt in range(ATTEMPTS_AT_ONCE_MAX):
        begun = _begun(tools, wanted, in_turn=in_turn)
        if isinstance(begun, Opened):
            return begun
        answered = _answered(tools, wanted, begun)
        if isinstance(answered, Opened):
            return answered
        wanted = answered
    raise PaymentTrouble


def _answered(tools: Toolbox, payment_id: int, begun: _Begun) -> Opened | int:
    """What came of the call, or the attempt to make next."""
    try:
        answer = tools.payments.open_checkout(begun.asked)
    except GateFull:
        _back_in_line(tools, payment_id, first=begun.first)
        return WAITS
    except GatewayTrouble as trouble:
        found = _found(tools, payment_id)
        if found is not None:
            return _note(tools, payment_id, found)
        if not _asked_before(tools, payment_id):
            raise PaymentTrouble from trouble
        return _next_after(tools, payment_id, NO_ANSWER)
    except GatewayRefusal as refusal:
        return _next_after(tools, payment_id, refusal.code)
    return _note(tools, payment_id, answer)


def _asked_before(tools: Toolbox, payment_id: int) -> bool:
    """Whether this attempt was made a while ago: a failure that Stripe keeps under its key would be kept for a day."""
    with tools.reading() as session:
        called_at = session.get_one(Payment, payment_id).called_at
        return called_at is not None and clock.now(session) > called_at + KEPT_FAILURE_AFTER


def _found(tools: Toolbox, payment_id: int) -> CheckoutSession | None:
    """The session of an attempt whose answer was lost, if there is one; None also while nobody answers at all."""
    with tools.reading() as session:
        payment = session.get_one(Payment, payment_id)
        key, since = payment.key, payment.created_at - CLOCKS_APART
        until = clock.now(session) + CLOCKS_APART
    try:
        sessions = tools.payments.recent(since=since, until=until)
        return next((each for each in sessions if each.metadata.get("payment_key") == key), None)
    except GatewayTrouble as trouble:
        raise PaymentTrouble from trouble


def end_session(tools: Toolbox, *, order_id: int) -> None:
    """End the sessions of an order whose time is over, so that nobody pays for what is gone; safe to repeat.

    A member who pays in the same instant wins or loses at Stripe; what won is settled like any payment.
    """
    with tools.reading() as session:
        order = session.get(Order, order_id)
        refs = (
            []
            if order is None or order.state not in OVER
            else session.scalars(
                select(Payment.session_ref).where(
                    Payment.order_id == order_id,
                    Payment.state == PaymentState.OPENED,
                    Payment.session_ref.is_not(None),
                )
            ).all()
        )
    for ref in refs:
        assert ref is not None, "selected with a reference"
        settle(tools, answer=tools.payments.expire(ref))


def _begun(tools: Toolbox, payment_id: int, *, in_turn: bool) -> _Begun | Opened:
    """What to ask of Stripe, noted as asked before it is; or where the session is that was opened before."""
    with tools.transaction() as session:
        payment, order = _locked(session, payment_id)
        back = f"{tools.public_url}/orders/{order.ref}/paid"
        if payment.state is PaymentState.SUCCEEDED:
            return Opened(back, paid=True)
        if order.state is not OrderState.AWAITING_PAYMENT:
            raise OrderEnded
        if payment.state is PaymentState.PREPARED:
            if not in_turn and payments.ahead(session, payment.id):
                payment.taken_until = None
                return WAITS
            first = payment.called_at is None
            payments.begin(session, payment)
            return _Begun(_asked(tools, session, payment, order, success_url=back), first)
        if payment.state is not PaymentState.OPENED:
            raise PaymentTrouble
        assert payment.checkout_url, "an opened session has its page"
        opened = Opened(payment.checkout_url)
    return Opened(back, paid=True) if _paid_meanwhile(tools, payment) else opened


def _back_in_line(tools: Toolbox, payment_id: int, *, first: bool) -> None:
    """Our own gate was full, so that Stripe was not called: others may try, and no lost call is looked for."""
    with tools.transaction() as session:
        payment, _order = _locked(session, payment_id)
        if payment.state is PaymentState.PREPARED:
            payment.taken_until = None
            payment.called_at = None if first else payment.called_at


def _leave_line(tools: Toolbox, payment_id: int) -> None:
    """Stripe did not answer, and whoever waited is told so: only they ask again."""
    with tools.transaction() as session:
        _payment, order = _locked(session, payment_id)
        payments.leave_line(session, order.id)


def _paid_meanwhile(tools: Toolbox, payment: Payment) -> bool:
    """Whether a session that was opened before has been paid: somebody who came back is not sent to pay again."""
    try:
        ask(tools, order_id=payment.order_id)
    except GatewayTrouble:
        return False
    with tools.reading() as session:
        return session.get_one(Payment, payment.id).state is PaymentState.SUCCEEDED


def _next_after(tools: Toolbox, payment_id: int, code: str) -> int:
    """Stripe said no, so that no session exists under this key: note it, and prepare the next attempt."""
    with tools.transaction() as session:
        payment, order = _locked(session, payment_id)
        if payment.state is PaymentState.PREPARED:
            payment.state = PaymentState.FAILED
            session.flush()
            tools.record(
                session,
                Fact(
                    Event.CHECKOUT_REFUSED,
                    "order",
                    order.id,
                    reason=code,
                    data={"payment_id": payment.id},
                ),
            )
        latest = payments.newest(session, order.id)
        if latest.state is PaymentState.FAILED and latest.attempt < ATTEMPTS_MAX:
            latest = payments.prepare(session, order, attempt=latest.attempt + 1)
        return latest.id


def _note(tools: Toolbox, payment_id: int, answer: CheckoutSession) -> Opened:
    with tools.transaction() as session:
        payment, order = _locked(session, payment_id)
        if payment.state is PaymentState.PREPARED:
            payment.state = PaymentState.OPENED
            payment.session_ref, payment.checkout_url = answer.ref, answer.url
            tools.record(
                session,
                Fact(Event.CHECKOUT_OPENED, "order", order.id, data={"payment_id": payment.id}),
            )
        over = order.state in OVER
    if over:
        # Cancelled from another tab, or lapsed, while Stripe was asked: nobody shall pay for it.
        end_session(tools, order_id=order.id)
        raise OrderEnded
    return Opened(answer.url)


def _locked(session: Session, payment_id: int) -> tuple[Payment, Order]:
    """The payment and its order, locked in the order of the house."""
    known = session.get(Payment, payment_id)
    if known is None:
        raise NotFound
    order = locks.one(session, Order, known.order_id)
    return locks.one(session, Payment, payment_id), order


def _asked(
    tools: Toolbox, session: Session, payment: Payment, order: Order, *, success_url: str
) -> CheckoutAsked:
    account = session.get_one(Account, session.get_one(Member, order.member_id).account_id)
    lines = session.execute(
        select(Style.name, Variant.colour, Variant.size, OrderLine.units, OrderLine.price_minor)
        .join(Variant, Variant.id == OrderLine.variant_id)
        .join(Style, Style.id == Variant.style_id)
        .where(OrderLine.order_id == order.id)
        .order_by(OrderLine.id)
    ).all()
    goods = tuple(
        CheckoutLine(
            name=", ".join(part for part in (name, colour, size) if part),
            unit=Money(price, order.currency),
            units=units,
        )
        for name, colour, size, units, price in lines
    )
    with speaking(account.locale):
        delivery = CheckoutLine(_("Delivery"), Money(order.shipping_minor, order.currency), 1)
    return CheckoutAsked(
        key=payment.key,
        order_ref=order.ref,
        lines=(*goods, delivery) if order.shipping_minor else goods,
        email=account.email,
        locale=account.locale,
        success_url=success_url,
        cancel_url=f"{tools.public_url}/checkout",
        expires_at=payment.session_ends_at,
        metadata={"payment_key": payment.key},
    )
