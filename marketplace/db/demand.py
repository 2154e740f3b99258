"""Demand that did not become a sale: refused adds, counted without ever naming a member to a brand."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import Base, CreatedAt, Pk, refers, refers_together, states


class Signal(StrEnum):
    """What was wanted in vain."""

    REFUSED_SOLD_OUT = "refused_sold_out"
    REFUSED_IN_BAGS = "refused_in_bags"


class DemandSignal(Base):
    """One member's vain wish for one item in one minute of the sale, with how often it was tried.

    ``minute`` counts from the opening, so that the figures of any past minute can be derived again.
    """

    __tablename__ = "demand_signals"
    __table_args__ = (
        refers_together("brand_id, sale_id, sale_item_id", "sale_items(brand_id, sale_id, id)"),
        UniqueConstraint("sale_item_id", "member_id", "signal", "minute"),
        CheckConstraint("times > 0 AND units > 0", name="counts"),
        Index("ix_demand_signals_sale", "sale_id", "sale_item_id"),
    )

    id: Mapped[Pk]
    brand_id: Mapped[int]
    sale_id: Mapped[int]
    sale_item_id: Mapped[int]
    member_id: Mapped[int] = refers("members.id")
    signal: Mapped[Signal] = mapped_column(states(Signal))
    minute: Mapped[int]
    units: Mapped[int]
    times: Mapped[int] = mapped_column(server_default="1")
    last_at: Mapped[datetime]
    created_at: Mapped[CreatedAt]
