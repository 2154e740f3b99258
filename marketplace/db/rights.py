"""Proofs of the right to sell a collection. The newest one counts; earlier ones stay to be read."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import Base, CreatedAt, Pk, refers, states
from marketplace.domain.rights import (
    FIRST_SALE_LENGTH_MAX,
    TRADEMARK_LENGTH_MAX,
    Basis,
    RightState,
)


class RightToSell(Base):
    """One proof with its file. ``reason`` says why an operator refused it."""

    __tablename__ = "rights_to_sell"
    __table_args__ = (
        CheckConstraint(
            "(state = 'stated') = (reviewed_at IS NULL)"
            " AND (reviewed_at IS NULL) = (reviewed_by_id IS NULL)",
            name="review",
        ),
    )

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id", index=True)
    collection_id: Mapped[int] = refers("collections.id", index=True)
    basis: Mapped[Basis] = mapped_column(states(Basis))
    trademark: Mapped[str] = mapped_column(String(TRADEMARK_LENGTH_MAX))
    first_sale: Mapped[str] = mapped_column(String(FIRST_SALE_LENGTH_MAX))
    file_id: Mapped[int] = refers("stored_files.id", index=True)
    valid_until: Mapped[date] = mapped_column(Date)
    state: Mapped[RightState] = mapped_column(states(RightState), server_default="stated")
    reason: Mapped[str] = mapped_column(String(1_000), server_default="")
    stated_by_id: Mapped[int] = refers("accounts.id", index=True)
    reviewed_by_id: Mapped[int | None] = refers("accounts.id", index=True)
    reviewed_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]
