"""Brands, the people who speak for them, and how discreet the house must be about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Boolean, CheckConstraint, String, UniqueConstraint, true
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
from marketplace.domain.brands.guard_rails import WATERMARK_MAX
from marketplace.domain.brands.states import BrandState
from marketplace.domain.doors import BrandRole

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import InstrumentedAttribute, Session


class Brand(Base):
    """A brand, and what it wants kept in every one of its sales.

    Its name stays out of the subjects of mails unless ``name_in_subject``. Before the opening its sales are spoken
    of only if ``told_ahead``, and by its name only if ``show_in_teaser``. Where there is a ``watermark``, members see
    its photographs only with it.
    """

    __tablename__ = "brands"
    __table_args__ = (
        CheckConstraint("days_between_sales BETWEEN 1 AND 365", name="days_between_sales"),
        CheckConstraint("sales_a_year BETWEEN 1 AND 52", name="sales_a_year"),
    )

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
    told_ahead: Mapped[bool] = mapped_column(Boolean, server_default="true")
    days_between_sales: Mapped[int | None]
    sales_a_year: Mapped[int | None]
    watermark: Mapped[str | None] = mapped_column(String(WATERMARK_MAX))
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


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that was taken into keeping: its key, and what its row says about it."""

    key: str
    filename: str
    size: int
    sha256: str


def keep_file(session: Session, kept: Kept, *, brand_id: int, by_id: int | None) -> StoredFile:
    """Write the row of a file that was taken into keeping, so that others may speak of it."""
    assert by_id is not None, "a file is sent by somebody"
    row = StoredFile(
        brand_id=brand_id,
        storage_key=kept.key,
        filename=kept.filename,
        bytes=kept.size,
        sha256=kept.sha256,
        uploaded_by_id=by_id,
    )
    session.add(row)
    session.flush()
    return row


def within(brand_id: int | None, owner: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Keeps a statement to the rows of the brand that asks; the house (None) sees them all.

    This is the application's own wall. Row-level security stands behind it without knowing of it.
    """
    return true() if brand_id is None else owner == brand_id
