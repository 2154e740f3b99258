"""Deals: what house and brand agree on. Versions are numbered and never change; only acceptance is added."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import Base, CreatedAt, Pk, refers, states
from marketplace.domain.deals import DealState, Mode, Side


class Deal(Base):
    """The negotiation about one collection. ``latest`` is the number of its newest version."""

    __tablename__ = "deals"
    __table_args__ = (UniqueConstraint("brand_id", "collection_id"),)

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id", index=True)
    collection_id: Mapped[int] = refers("collections.id", index=True)
    mode: Mapped[Mode] = mapped_column(states(Mode))
    state: Mapped[DealState] = mapped_column(states(DealState), server_default="open")
    latest: Mapped[int] = mapped_column(server_default="0")
    accepted_version_id: Mapped[int | None]
    created_at: Mapped[CreatedAt]


class DealVersion(Base):
    """One proposal. ``sha256`` seals ``terms`` and the lines; ``terms`` holds typed fields of ``domain.deals``."""

    __tablename__ = "deal_versions"
    __table_args__ = (
        UniqueConstraint("brand_id", "deal_id", "number"),
        CheckConstraint("(accepted_at IS NULL) = (accepted_by_id IS NULL)", name="acceptance"),
    )

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id")
    deal_id: Mapped[int] = refers("deals.id")
    number: Mapped[int]
    side: Mapped[Side] = mapped_column(states(Side))
    proposed_by_id: Mapped[int] = refers("accounts.id")
    terms: Mapped[dict[str, Any]]
    note: Mapped[str] = mapped_column(String(2_000), server_default="")
    sha256: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by_id: Mapped[int | None] = refers("accounts.id")
    created_at: Mapped[CreatedAt]


class DealLine(Base):
    """One variant in one version: units and the lowest price, VAT included, at which it may be sold."""

    __tablename__ = "deal_lines"
    __table_args__ = (
        UniqueConstraint("brand_id", "version_id", "variant_id"),
        CheckConstraint("units >= 0 AND floor_minor >= 0 AND unit_cost_minor >= 0", name="amounts"),
    )

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id")
    version_id: Mapped[int] = refers("deal_versions.id")
    variant_id: Mapped[int] = refers("variants.id", index=True)
    units: Mapped[int]
    floor_minor: Mapped[int]
    unit_cost_minor: Mapped[int | None]
