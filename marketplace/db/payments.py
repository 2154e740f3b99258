"""Payments and refunds: each attempt with the key we stored before we called."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    Index,
    String,
    UniqueConstraint,
    exists,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import (
    CODE_LENGTH_MAX,
    HOUSE_NOW,
    NAME_LENGTH_MAX,
    Base,
    CreatedAt,
    Currency,
    Pk,
    refers,
    states,
)
from marketplace.domain.orders import PaymentState, RefundCause, RefundState
from marketplace.domain.pacing import LEASE, OPENER_LENGTH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, TextClause
    from sqlalchemy.orm import InstrumentedAttribute, Session

    from marketplace.db.orders import Order

SESSION_LENGTH = timedelta(minutes=31)
"""Stripe lets a session expire 30 minutes after it was made at the earliest; a minute more absorbs two clocks."""
SENT_AGAIN = "~"
"""Stands in the key of a refund before the number of its further sendings."""
SESSION_ENDS = text("date_trunc('second', house_now()) + CAST(:length AS interval)").bindparams(
    length=SESSION_LENGTH
)
_TAKEN_UNTIL = text("house_now() + CAST(:taken AS interval)")
_LINE = """
    FROM payments p JOIN orders o ON o.id = p.order_id AND o.state = 'awaiting_payment'
    WHERE p.state = 'prepared' AND p.queued_at IS NOT NULL
      AND (p.taken_until IS NULL OR p.taken_until < house_instant())
"""
_TO_OPEN, _TO_COLLECT = "AND p.card_id IS NULL", "AND p.card_id IS NOT NULL"
_TAKEN = "ORDER BY p.id LIMIT :most FOR NO KEY UPDATE OF o, p SKIP LOCKED"
_FIRST_TO_OPEN = text(f"SELECT p.id AS payment_id {_LINE} {_TO_OPEN} {_TAKEN}")
_FIRST_TO_COLLECT = text(f"SELECT p.id AS payment_id {_LINE} {_TO_COLLECT} {_TAKEN}")
_AHEAD = text(
    f"SELECT count(*) {_LINE} AND p.id < :payment "  # noqa: S608 - constants
    "AND (p.card_id IS NULL) = (SELECT m.card_id IS NULL FROM payments m WHERE m.id = :payment)"
)


class Payment(Base):
    """One attempt to be paid for an order: through a hosted checkout session, or by the card ``card_id``.

    ``queued_at`` where it is to be opened whatever becomes of whoever asked for it; ``taken_until`` while somebody
    is at it. In line stands what is queued and not taken; each way to pay has a line of its own. ``refused_as`` is
    the payment service's code where it did not charge the card.
    """

    __tablename__ = "payments"
    __table_args__ = (
        UniqueConstraint("order_id", "attempt"),
        CheckConstraint("amount_minor > 0", name="amount"),
        Index("ix_payments_state", "state", "created_at"),
        Index(
            "ix_payments_queued",
            "id",
            postgresql_where="state = 'prepared' AND queued_at IS NOT NULL",
        ),
        Index("ix_payments_card", "card_id", postgresql_where="card_id IS NOT NULL"),
    )

    id: Mapped[Pk]
    order_id: Mapped[int] = refers("orders.id")
    attempt: Mapped[int]
    key: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX), unique=True)
    state: Mapped[PaymentState] = mapped_column(states(PaymentState), server_default="prepared")
    amount_minor: Mapped[int]
    currency: Mapped[Currency]
    session_ref: Mapped[str | None] = mapped_column(String(NAME_LENGTH_MAX), unique=True)
    intent_ref: Mapped[str | None] = mapped_column(String(NAME_LENGTH_MAX), unique=True)
    card_id: Mapped[int | None] = refers("cards.id")
    refused_as: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX), server_default="")
    checkout_url: Mapped[str | None]
    session_ends_at: Mapped[datetime]
    queued_at: Mapped[datetime | None]
    taken_until: Mapped[datetime | None]
    called_at: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]
    expire_asked_at: Mapped[datetime | None]
    looked_up_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


class Refund(Base):
    """Money on its way back: which lines and how much of shipping, why, and Stripe's reference once known."""

    __tablename__ = "refunds"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        Index("ix_refunds_state", "state"),
    )

    id: Mapped[Pk]
    order_id: Mapped[int] = refers("orders.id", index=True)
    payment_id: Mapped[int] = refers("payments.id", index=True)
    key: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX), unique=True)
    cause: Mapped[RefundCause] = mapped_column(states(RefundCause))
    state: Mapped[RefundState] = mapped_column(states(RefundState), server_default="asked")
    amount_minor: Mapped[int]
    currency: Mapped[Currency]
    lines: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    shipping_minor: Mapped[int] = mapped_column(server_default="0")
    refund_ref: Mapped[str | None] = mapped_column(String(NAME_LENGTH_MAX), unique=True)
    asked_by_id: Mapped[int | None] = refers("accounts.id")
    reason: Mapped[str] = mapped_column(String(1_000), server_default="")
    called_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


class Gate(Base):
    """What the version before kept its pace by; read by nobody any more, and to go with the next version."""

    __tablename__ = "gates"

    name: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX), primary_key=True)
    next_at: Mapped[datetime]


def prepare(session: Session, order: Order, *, attempt: int) -> Payment:
    """The next attempt to be paid for ``order`` on a hosted page, with the key that its call will carry."""
    taken = _TAKEN_UNTIL.bindparams(taken=OPENER_LENGTH)
    return _prepared(session, order, attempt=attempt, taken_until=taken)


def prepare_collecting(session: Session, order: Order, *, attempt: int, card_id: int) -> Payment:
    """The next attempt, by a saved card: it stands in line at once, whoever goes away."""
    return _prepared(session, order, attempt=attempt, card_id=card_id)


def _prepared(session: Session, order: Order, *, attempt: int, **more: object) -> Payment:
    payment = Payment(
        order_id=order.id,
        attempt=attempt,
        key=f"pay-{order.ref}-{attempt}",
        amount_minor=order.total_minor,
        currency=order.currency,
        session_ends_at=SESSION_ENDS,
        queued_at=HOUSE_NOW,
        **more,
    )
    session.add(payment)
    session.flush()
    return payment


def begin(session: Session, payment: Payment) -> None:
    """Note that its call is being made: the first one says when the session ends, which the same key cannot change."""
    taken = {"taken_until": _TAKEN_UNTIL.bindparams(taken=LEASE)}
    first = {"called_at": HOUSE_NOW, "session_ends_at": SESSION_ENDS}
    session.execute(
        update(Payment)
        .where(Payment.id == payment.id)
        .values(**taken, **({} if payment.called_at else first))
    )
    session.refresh(payment)


def leave_line(session: Session, order_id: int) -> None:
    """What was prepared for an order is opened by nobody but its member."""
    session.execute(
        update(Payment)
        .where(Payment.order_id == order_id, Payment.state == PaymentState.PREPARED)
        .values(queued_at=None, taken_until=None)
    )


def take_waiting(session: Session, *, most: int) -> Sequence[Payment]:
    """Take the first who wait for a pay page out of the line, their orders locked; none where nobody is in line."""
    return _take(session, _FIRST_TO_OPEN, most)


def take_collecting(session: Session, *, most: int) -> Sequence[Payment]:
    """The same for the first whose saved cards are to be charged."""
    return _take(session, _FIRST_TO_COLLECT, most)


def _take(session: Session, first: TextClause, most: int) -> Sequence[Payment]:
    rows = session.execute(first, {"most": most}).all()
    session.execute(
        update(Payment)
        .where(Payment.id.in_([row.payment_id for row in rows]))
        .values(taken_until=_TAKEN_UNTIL.bindparams(taken=LEASE))
    )
    return session.scalars(
        select(Payment).where(Payment.id.in_([row.payment_id for row in rows])).order_by(Payment.id)
    ).all()


def ahead(session: Session, payment_id: int) -> int:
    """How many stand in line before this one."""
    found: int = session.execute(_AHEAD, {"payment": payment_id}).scalar_one()
    return found


def is_collected(order_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Whether a saved card is to be charged for the order and it is not decided yet."""
    return exists().where(
        Payment.order_id == order_id,
        Payment.card_id.is_not(None),
        Payment.state == PaymentState.PREPARED,
    )


def newest(session: Session, order_id: int) -> Payment:
    """The latest attempt of an order; its order is locked, so that there is no newer one."""
    statement = select(Payment).where(Payment.order_id == order_id).order_by(Payment.attempt.desc())
    return session.scalars(statement.limit(1)).one()


def kept(session: Session, order_id: int) -> Payment | None:
    """The payment that an order stands on, locked: the one that succeeded and was not a second one."""
    second = select(Refund.payment_id).where(
        Refund.order_id == order_id, Refund.cause == RefundCause.PAID_TWICE
    )
    statement = (
        select(Payment)
        .where(
            Payment.order_id == order_id,
            Payment.state == PaymentState.SUCCEEDED,
            Payment.id.not_in(second),
        )
        .order_by(Payment.succeeded_at)
        .limit(1)
        .with_for_update(key_share=True)
    )
    return session.execute(statement).scalar_one_or_none()


def refunds_of(session: Session, order_id: int) -> Sequence[Refund]:
    """Every refund of an order, oldest first."""
    return session.scalars(
        select(Refund).where(Refund.order_id == order_id).order_by(Refund.id)
    ).all()


def withdrawal_key(ref: str, withdrawal_id: int) -> str:
    """The key of the refund for a withdrawal; the order's random reference makes it Stripe's only one of this name."""
    return f"withdrawal-{ref}-{withdrawal_id}"


def promised_as(refund: Refund) -> tuple[str, int]:
    """What the promise of this refund is about: a withdrawal promised it when it was declared."""
    if refund.cause is RefundCause.WITHDRAWN:
        return "withdrawal", int(refund.key.partition(SENT_AGAIN)[0].rpartition("-")[2])
    return "refund", refund.id
