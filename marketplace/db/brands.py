"""Brands, the people who speak for them, and how discreet the house must be about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Boolean, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import (
    CODE_LENGTH_MAX,
    NAME_LENGTH_MAX,
    Base,
    CreatedAt,
    Pk,
    refers,
    states,
)
from marketplace.domain.brands.states import BrandState
from marketplace.domain.doors import BrandRole

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import InstrumentedAttribute


class Brand(Base):
    """A brand. ``discreet`` in mails: its name stays out of subjects unless ``name_in_subject``."""

    __tablename__ = "brands"

    id: Mapped[Pk]
    name: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX))
    legal_name: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX))
    country: Mapped[str] = mapped_column(String(2))
    vat_number: Mapped[str] = mapped_column(String(20), server_default="")
    manufacturer_address: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX), server_default="")
    manufacturer_email: Mapped[str] = mapped_column(String(254), server_default="")
    story: Mapped[str] = mapped_column(String(1_000), server_default="")
    state: Mapped[BrandState] = mapped_column(states(BrandState), server_default="onboarding")
    state_reason: Mapped[str] = mapped_column(String(1_000), server_default="")
    show_in_teaser: Mapped[bool] = mapped_column(Boolean, server_default="true")
    name_in_subject: Mapped[bool] = mapped_column(Boolean, server_default="false")
    account_manager_id: Mapped[int | None] = refers("accounts.id", index=True)
    created_at: Mapped[CreatedAt]


class BrandUser(Base):
    """A person who speaks for a brand, and in which role."""

    __tablename__ = "brand_users"
    __table_args__ = (UniqueConstraint("brand_id", "account_id"),)

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id")
    account_id: Mapped[int] = refers("accounts.id", unique=True)
    role: Mapped[BrandRole] = mapped_column(states(BrandRole))
    created_at: Mapped[CreatedAt]


class StoredFile(Base):
    """A file a brand gave: kept under a random key outside any web root, never served as itself."""

    __tablename__ = "stored_files"

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id", index=True)
    storage_key: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX), unique=True)
    filename: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX))
    bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    uploaded_by_id: Mapped[int] = refers("accounts.id", index=True)
    created_at: Mapped[CreatedAt]


def within(brand_id: int | None, owner: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Keeps a statement to the rows of the brand that asks; the house (None) sees them all.

    This is the application's own wall. Row-level security stands behind it without knowing of it.
    """
    return true() if brand_id is None else owner == brand_id
