"""Disputes as the payment service told of them, each with the payment whose money it is about."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String
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
from marketplace.domain.disputes import DisputeState


class Dispute(Base):
    """``reason`` is the bank's, in the payment service's word; ``answer_by`` is the last moment for evidence."""

    __tablename__ = "disputes"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint(
            "(state IN ('won', 'lost', 'closed')) = (ended_at IS NOT NULL)", name="ended"
        ),
        Index("ix_disputes_waiting", "answer_by", "id", postgresql_where="ended_at IS NULL"),
    )

    id: Mapped[Pk]
    ref: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX), unique=True)
    order_id: Mapped[int] = refers("orders.id", index=True)
    payment_id: Mapped[int] = refers("payments.id", index=True)
    state: Mapped[DisputeState] = mapped_column(states(DisputeState))
    amount_minor: Mapped[int]
    currency: Mapped[Currency]
    reason: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX))
    answer_by: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]
