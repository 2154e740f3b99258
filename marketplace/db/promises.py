"""Promises: every date or sum shown to anyone as a promise is a row here, kept or not for all to see."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import Base, CreatedAt, Pk, refers, states
from marketplace.domain.doors import Realm
from marketplace.domain.promises import PromiseKind


class Promise(Base):
    """What was promised to whom, by when, how much; and when it was kept or given up (``void_at``)."""

    __tablename__ = "promises"
    __table_args__ = (
        UniqueConstraint("kind", "subject_type", "subject_id"),
        CheckConstraint("(amount_minor IS NULL) = (currency IS NULL)", name="amount"),
        Index("ix_promises_due", "due_at", postgresql_where="kept_at IS NULL AND void_at IS NULL"),
    )

    id: Mapped[Pk]
    kind: Mapped[PromiseKind] = mapped_column(states(PromiseKind))
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    realm: Mapped[Realm] = mapped_column(states(Realm))
    account_id: Mapped[int | None] = refers("accounts.id", index=True)
    brand_id: Mapped[int | None] = refers("brands.id", index=True)
    due_at: Mapped[datetime]
    amount_minor: Mapped[int | None]
    currency: Mapped[str | None] = mapped_column(String(3))
    kept_at: Mapped[datetime | None]
    void_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]
