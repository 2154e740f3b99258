"""Releases: units that a brand gave into a running sale from what its hard stop leaves, once for each press."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import CODE_LENGTH_MAX, Base, CreatedAt, Pk, refers
from marketplace.db.sales import Sale
from marketplace.domain.sales import SaleState

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class Release(Base):
    """So many units of an item, committed beyond what was agreed; ``key`` is of the page that asked.

    ``placed`` of them have been counted in by the house and put into the sale.
    """

    __tablename__ = "releases"
    __table_args__ = (
        UniqueConstraint("brand_id", "key"),
        CheckConstraint("units > 0 AND placed BETWEEN 0 AND units", name="units"),
        Index("ix_releases_sale", "sale_id", "sale_item_id"),
    )

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id")
    sale_id: Mapped[int] = refers("sales.id")
    sale_item_id: Mapped[int] = refers("sale_items.id")
    key: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX))
    units: Mapped[int]
    placed: Mapped[int] = mapped_column(server_default="0")
    account_id: Mapped[int | None] = refers("accounts.id")
    created_at: Mapped[CreatedAt]


def of_key(session: Session, brand_id: int, key: str) -> Release | None:
    """What was released under this key, if anything was."""
    return session.scalars(
        select(Release).where(Release.brand_id == brand_id, Release.key == key)
    ).one_or_none()


def waiting(session: Session, deal_id: int) -> dict[int, list[Release]]:
    """By sale that is not over, what was released and is not on sale yet, the oldest first.

    The deal's lots are locked.
    """
    found: dict[int, list[Release]] = {}
    statement = (
        select(Release)
        .join(Sale, Sale.id == Release.sale_id)
        .where(
            Sale.deal_id == deal_id,
            Sale.state.not_in((SaleState.CLOSED, SaleState.CANCELLED)),
            Sale.closes_at > text("house_instant()"),
            Release.placed < Release.units,
        )
        .order_by(Release.sale_id, Release.id)
    )
    for release in session.scalars(statement):
        found.setdefault(release.sale_id, []).append(release)
    return found
