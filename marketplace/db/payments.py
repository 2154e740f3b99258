"""Payments and refunds: each attempt with the key we stored before we called."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import (
    CODE_LENGTH_MAX,
    NAME_LENGTH_MAX,
    Base,
    CreatedAt,
    Currency,
    Pk,
    refers,
    states,
)
from marketplace.domain.orders import PaymentState, RefundCause, RefundState


class Payment(Base):
    """One attempt to be paid for an order through a hosted checkout session."""

    __tablename__ = "payments"
    __table_args__ = (
        UniqueConstraint("order_id", "attempt"),
        CheckConstraint("amount_minor > 0", name="amount"),
        Index("ix_payments_state", "state", "created_at"),
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
    checkout_url: Mapped[str | None]
    session_ends_at: Mapped[datetime]
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
    """The pace at which one of the payment service's endpoints may be called by all processes together."""

    __tablename__ = "gates"

    name: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX), primary_key=True)
    next_at: Mapped[datetime]
