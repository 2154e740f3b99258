"""What is known of a brand as a trader: its file, its bank details, the house's list and the brand's answers to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import (
    NAME_LENGTH_MAX,
    Base,
    CreatedAt,
    Pk,
    refers,
    states,
)
from marketplace.db.brands import Brand
from marketplace.domain.brands.applying import ApplicationState
from marketplace.domain.brands.checklist import AnswerState, Gate, ItemKind, Owed, Standing
from marketplace.domain.brands.kyb import Company, Part
from marketplace.domain.brands.states import OpenMatters
from marketplace.domain.money import Money

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

NUMBER_LENGTH_MAX = 40


class KybFile(Base):
    """What the law asks about a trader; legal name, country and VAT number stand on the brand itself."""

    __tablename__ = "kyb_files"

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id", unique=True)
    address_line: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX), server_default="")
    postcode: Mapped[str] = mapped_column(String(NUMBER_LENGTH_MAX), server_default="")
    city: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX), server_default="")
    register_name: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX), server_default="")
    register_number: Mapped[str] = mapped_column(String(NUMBER_LENGTH_MAX), server_default="")
    tin: Mapped[str] = mapped_column(String(NUMBER_LENGTH_MAX), server_default="")
    contact_name: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX), server_default="")
    contact_email: Mapped[str] = mapped_column(String(254), server_default="")
    contact_phone: Mapped[str] = mapped_column(String(NUMBER_LENGTH_MAX), server_default="")
    certified_at: Mapped[datetime | None]
    certified_by_id: Mapped[int | None] = refers("accounts.id")
    changed_at: Mapped[CreatedAt]


class BankDetails(Base):
    """An account to be paid to; in force from ``in_force_at`` on, unless it was cancelled before.

    ``iban`` is written by the house's doors and read by the night staff alone: no page can show it.
    """

    __tablename__ = "bank_details"
    __table_args__ = (
        Index("ix_bank_details_brand", "brand_id", "in_force_at"),
        CheckConstraint("in_force_at > asked_at", name="cooling"),
    )

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id")
    holder: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX))
    iban: Mapped[str] = mapped_column(String(NUMBER_LENGTH_MAX), deferred=True)
    last_four: Mapped[str] = mapped_column(String(4))
    country: Mapped[str] = mapped_column(String(2))
    told_address: Mapped[str] = mapped_column(String(254), server_default="")
    asked_by_id: Mapped[int] = refers("accounts.id")
    asked_at: Mapped[CreatedAt]
    in_force_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    cancelled_by_id: Mapped[int | None] = refers("accounts.id")


class ChecklistItem(Base):
    """One thing the house asks of every brand; ``titles`` and ``asks`` by language."""

    __tablename__ = "checklist_items"
    __table_args__ = (CheckConstraint("(kind = 'data') = (part IS NOT NULL)", name="part"),)

    id: Mapped[Pk]
    position: Mapped[int]
    kind: Mapped[ItemKind] = mapped_column(states(ItemKind))
    gate: Mapped[Gate] = mapped_column(states(Gate))
    part: Mapped[Part | None] = mapped_column(states(Part))
    titles: Mapped[dict[str, Any]]
    asks: Mapped[dict[str, Any]]
    active: Mapped[bool] = mapped_column(Boolean, server_default="true")
    created_at: Mapped[CreatedAt]


class ChecklistAnswer(Base):
    """What a brand gave for an item, and what the house decided. ``said``: the statement as it was signed."""

    __tablename__ = "checklist_answers"
    __table_args__ = (UniqueConstraint("brand_id", "item_id"),)

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id")
    item_id: Mapped[int] = refers("checklist_items.id", index=True)
    state: Mapped[AnswerState] = mapped_column(states(AnswerState))
    said: Mapped[str] = mapped_column(String(1_000), server_default="")
    file_id: Mapped[int | None] = refers("stored_files.id", index=True)
    given_by_id: Mapped[int | None] = refers("accounts.id")
    given_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = refers("accounts.id")
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(1_000), server_default="")


class Application(Base):
    """A brand that would like to work with the house."""

    __tablename__ = "applications"
    __table_args__ = (
        Index("uq_applications_open", "email_key", unique=True, postgresql_where="state = 'open'"),
        Index("ix_applications_state", "state", "created_at"),
    )

    id: Mapped[Pk]
    brand_id: Mapped[int | None] = mapped_column(
        ForeignKey("brands.id", ondelete="RESTRICT"), index=True
    )
    name: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX))
    country: Mapped[str] = mapped_column(String(2))
    website: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX), server_default="")
    person: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX))
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254))
    locale: Mapped[str] = mapped_column(String(8))
    said: Mapped[str] = mapped_column(String(1_000), server_default="")
    state: Mapped[ApplicationState] = mapped_column(states(ApplicationState), server_default="open")
    reason: Mapped[str] = mapped_column(String(1_000), server_default="")
    decided_by_id: Mapped[int | None] = refers("accounts.id")
    decided_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


def standing(session: Session, brand_id: int) -> Standing:
    """Every item that the house asks for now, with where this brand's answer to it stands."""
    rows = session.execute(
        select(
            ChecklistItem.id,
            ChecklistItem.kind,
            ChecklistItem.gate,
            ChecklistItem.part,
            ChecklistAnswer.state,
        )
        .outerjoin(
            ChecklistAnswer,
            (ChecklistAnswer.item_id == ChecklistItem.id) & (ChecklistAnswer.brand_id == brand_id),
        )
        .where(ChecklistItem.active)
        .order_by(ChecklistItem.position, ChecklistItem.id)
    )
    return Standing(tuple(Owed(*row) for row in rows))


def company(brand: Brand, file: KybFile | None) -> Company:
    """The file as the rules read it."""
    own = Company(legal_name=brand.legal_name, country=brand.country, vat_number=brand.vat_number)
    if file is None:
        return own
    return replace(
        own,
        address_line=file.address_line,
        postcode=file.postcode,
        city=file.city,
        register_name=file.register_name,
        register_number=file.register_number,
        tin=file.tin,
        contact_name=file.contact_name,
        contact_email=file.contact_email,
        contact_phone=file.contact_phone,
        certified=file.certified_at is not None,
    )


def bank_in_force(session: Session, brand_id: int) -> BankDetails | None:
    """The details that money goes to at this instant; none where none are in force yet."""
    return session.scalars(
        select(BankDetails)
        .where(
            BankDetails.brand_id == brand_id,
            BankDetails.cancelled_at.is_(None),
            BankDetails.in_force_at <= func.house_now(),
        )
        .order_by(BankDetails.in_force_at.desc(), BankDetails.id.desc())
        .limit(1)
    ).one_or_none()


def bank_cooling(session: Session, brand_id: int) -> BankDetails | None:
    """The change that rests at this instant, if there is one."""
    return session.scalars(
        select(BankDetails)
        .where(
            BankDetails.brand_id == brand_id,
            BankDetails.cancelled_at.is_(None),
            BankDetails.in_force_at > func.house_now(),
        )
        .order_by(BankDetails.in_force_at, BankDetails.id)
        .limit(1)
    ).one_or_none()


_OPEN_MATTERS = text(
    """
    SELECT
        (SELECT count(*) FROM sales s WHERE s.brand_id = :brand AND s.state NOT IN ('closed', 'cancelled')) AS sales,
        (SELECT count(DISTINCT o.id) FROM orders o JOIN order_lines l ON l.order_id = o.id
         WHERE l.brand_id = :brand AND o.state IN ('awaiting_payment', 'paid', 'packed', 'shipped')) AS orders,
        greatest(0,
            coalesce((SELECT sum(accepted) FROM lots WHERE brand_id = :brand), 0)
            - coalesce((SELECT sum(units - cancelled_units - returned_units) FROM order_lines
                        WHERE brand_id = :brand AND paid_at IS NOT NULL), 0)
        )::bigint AS units
    """
)
_OWED = text(
    "SELECT currency, -sum(amount_minor)::bigint AS owed FROM posting_lines "
    "WHERE book = 'brand_payable' AND brand_id = :brand GROUP BY currency HAVING sum(amount_minor) <> 0 ORDER BY 1"
)


def open_matters(session: Session, brand_id: int) -> OpenMatters:
    """What is open between a brand and the house. Units: in the house's stock, neither sold nor sent back."""
    row = session.execute(_OPEN_MATTERS, {"brand": brand_id}).one()
    owed = session.execute(_OWED, {"brand": brand_id})
    money = tuple(Money(each.owed, each.currency) for each in owed)
    return OpenMatters(row.sales, row.orders, row.units, money)
