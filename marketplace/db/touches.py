"""Touches between a brand and its account manager: planned, done or dropped."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import Base, CreatedAt, Pk, refers, states
from marketplace.domain.touches import WORDS_LENGTH_MAX, TouchKind


class Touch(Base):
    """One touch. ``agreed`` is read by both sides, ``note`` by the house alone."""

    __tablename__ = "touches"
    __table_args__ = (
        CheckConstraint("done_on IS NULL OR dropped_at IS NULL", name="one_end"),
        Index("ix_touches_brand", "brand_id", "planned_on"),
    )

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id")
    kind: Mapped[TouchKind] = mapped_column(states(TouchKind))
    planned_on: Mapped[date] = mapped_column(Date)
    done_on: Mapped[date | None] = mapped_column(Date)
    agreed: Mapped[str] = mapped_column(String(WORDS_LENGTH_MAX), server_default="")
    note: Mapped[str] = mapped_column(String(WORDS_LENGTH_MAX), server_default="")
    made_by_id: Mapped[int] = refers("accounts.id", index=True)
    dropped_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]
