"""Sales, their items with units and price, and the transitions that the clocks recorded."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, DateTime, Index, String, UniqueConstraint
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
from marketplace.domain.sales import SaleState, Transition


class Sale(Base):
    """A timed sale of one brand in one territory.

    Wall times as typed, their zone and the instants are all stored. ``generation`` grows whenever the times
    change, so that a transition of old times can never be recorded for new ones. ``version`` guards edits.
    """

    __tablename__ = "sales"
    __table_args__ = (
        CheckConstraint("opens_at < closes_at AND teaser_at <= opens_at", name="window"),
        CheckConstraint("limit_per_member > 0", name="limit_per_member"),
        Index("ix_sales_opens_at", "opens_at"),
        Index("ix_sales_closes_at", "closes_at"),
    )

    id: Mapped[Pk]
    ref: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX), unique=True)
    brand_id: Mapped[int] = refers("brands.id", index=True)
    deal_id: Mapped[int] = refers("deals.id", index=True)
    title: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX))
    line: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX), server_default="")
    territory: Mapped[str] = mapped_column(String(2))
    currency: Mapped[Currency]
    state: Mapped[SaleState] = mapped_column(states(SaleState), server_default="draft")
    zone: Mapped[str] = mapped_column(String(64))
    opens_wall: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    closes_wall: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    teaser_at: Mapped[datetime]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    limit_per_member: Mapped[int] = mapped_column(server_default="4")
    generation: Mapped[int] = mapped_column(server_default="1")
    version: Mapped[int] = mapped_column(server_default="1")
    hero_photograph_id: Mapped[int | None] = refers("photographs.id")
    approved_version: Mapped[int | None]
    approved_by_id: Mapped[int | None] = refers("accounts.id")
    approved_at: Mapped[datetime | None]
    manager_id: Mapped[int | None] = refers("accounts.id")
    created_at: Mapped[CreatedAt]


class SaleItem(Base):
    """A variant offered in a sale. ``units`` = ``available`` + ``held`` + ``sold``, at every commit.

    ``compare_minor`` is the public price shown struck through; it is filled only with its evidence.
    ``held`` may still count units of holds that have lapsed: they are free at their ``expires_at`` and the next
    statement that touches the row takes them back first.
    """

    __tablename__ = "sale_items"
    __table_args__ = (
        UniqueConstraint("brand_id", "sale_id", "variant_id"),
        Index("ix_sale_items_sale", "sale_id"),
        CheckConstraint("available >= 0 AND held >= 0 AND sold >= 0", name="not_negative"),
        CheckConstraint("available + held + sold = units", name="conserved"),
        CheckConstraint("price_minor > 0", name="price"),
        CheckConstraint(
            "(compare_minor IS NULL) = (evidence_id IS NULL)", name="compare_has_evidence"
        ),
        CheckConstraint("compare_minor > price_minor", name="compare_above_price"),
        CheckConstraint("limit_per_member > 0", name="limit_per_member"),
    )

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id", index=True)
    sale_id: Mapped[int] = refers("sales.id")
    variant_id: Mapped[int] = refers("variants.id", index=True)
    lot_id: Mapped[int] = refers("lots.id", index=True)
    position: Mapped[int] = mapped_column(server_default="0")
    price_minor: Mapped[int]
    compare_minor: Mapped[int | None]
    evidence_id: Mapped[int | None] = refers("rrp_evidence.id")
    units: Mapped[int]
    available: Mapped[int]
    held: Mapped[int] = mapped_column(server_default="0")
    sold: Mapped[int] = mapped_column(server_default="0")
    limit_per_member: Mapped[int] = mapped_column(server_default="2")
    stopped_at: Mapped[datetime | None]
    sold_out_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


class SaleTransition(Base):
    """An opening or closing as recorded, once for each generation; lateness is what the clocks cost."""

    __tablename__ = "sale_transitions"
    __table_args__ = (UniqueConstraint("sale_id", "transition", "generation"),)

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id")
    sale_id: Mapped[int] = refers("sales.id")
    transition: Mapped[Transition] = mapped_column(states(Transition))
    generation: Mapped[int]
    due_at: Mapped[datetime]
    recorded_at: Mapped[CreatedAt]
    missed: Mapped[bool] = mapped_column(Boolean, server_default="false")
