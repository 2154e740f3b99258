"""The ledger: balanced, append-only postings per currency. A trigger refuses whatever does not balance."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import CODE_LENGTH_MAX, Base, CreatedAt, Currency, Pk, refers, states


class Book(StrEnum):
    """The accounts of the house. Debit is positive, credit negative; every posting adds to zero."""

    STRIPE = "stripe"
    BRAND_PAYABLE = "brand_payable"
    COMMISSION = "commission"
    VAT_PAYABLE = "vat_payable"
    SHIPPING_INCOME = "shipping_income"
    MEMBER_PAYABLE = "member_payable"


class Cause(StrEnum):
    """What kind of thing a posting was made for."""

    PAYMENT = "payment"
    ORDER = "order"
    REFUND = "refund"


class Posting(Base):
    """One balanced entry in the books; ``cause`` and ``cause_id`` are unique, so it is written once."""

    __tablename__ = "postings"
    __table_args__ = (UniqueConstraint("cause", "cause_id", "kind"),)

    id: Mapped[Pk]
    cause: Mapped[Cause] = mapped_column(states(Cause))
    cause_id: Mapped[int]
    kind: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX))
    created_at: Mapped[CreatedAt]


class PostingLine(Base):
    """One amount on one account."""

    __tablename__ = "posting_lines"
    __table_args__ = (
        CheckConstraint("amount_minor <> 0", name="amount"),
        Index("ix_posting_lines_book", "book", "brand_id", "currency"),
    )

    id: Mapped[Pk]
    posting_id: Mapped[int] = refers("postings.id", index=True)
    book: Mapped[Book] = mapped_column(states(Book))
    brand_id: Mapped[int | None] = refers("brands.id")
    currency: Mapped[Currency]
    amount_minor: Mapped[int]
