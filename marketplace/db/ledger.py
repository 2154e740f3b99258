"""The ledger: balanced, append-only postings per currency. A trigger refuses whatever does not balance."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import CODE_LENGTH_MAX, Base, CreatedAt, Currency, Pk, refers, states

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from marketplace.domain.money import Money


class Book(StrEnum):
    """The accounts of the house. Debit is positive, credit negative; every posting adds to zero."""

    STRIPE = "stripe"
    BRAND_PAYABLE = "brand_payable"
    COMMISSION = "commission"
    VAT_PAYABLE = "vat_payable"
    SHIPPING_INCOME = "shipping_income"
    MEMBER_PAYABLE = "member_payable"
    GUARANTEES = "guarantees"
    OUTLAYS = "outlays"
    LOSSES = "losses"
    DISPUTED = "disputed"
    CHARGES = "charges"
    BANK = "bank"


class Cause(StrEnum):
    """What kind of thing a posting was made for."""

    PAYMENT = "payment"
    ORDER = "order"
    REFUND = "refund"
    DISPUTE = "dispute"
    STATEMENT = "statement"
    PAYOUT = "payout"


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


@dataclass(frozen=True, slots=True)
class Entry:
    """One amount for one book; positive is debit, negative is credit."""

    book: Book
    amount: Money
    brand_id: int | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """One posting to be: what caused it, and its amounts, which balance."""

    cause: Cause
    cause_id: int
    kind: str
    entries: tuple[Entry, ...]


def post(
    session: Session, *, cause: Cause, cause_id: int, kind: str, entries: Iterable[Entry]
) -> bool:
    """Write one balanced posting; False if this one was written before.

    Amounts of the same book and brand are added up, and nothing is written for zero. The database refuses at commit
    what does not balance.
    """
    return bool(post_all(session, (Written(cause, cause_id, kind, tuple(entries)),)))


def post_all(session: Session, postings: Sequence[Written]) -> int:
    """Write several at once as :func:`post` writes one; returns how many were not written before."""
    if not postings:
        return 0
    wanted = {(str(each.cause), each.cause_id, each.kind): each for each in postings}
    statement = (
        insert(Posting)
        .values([dict(zip(_CAUSED, key, strict=True)) for key in wanted])
        .on_conflict_do_nothing(constraint="uq_postings_cause_cause_id_kind")
        .returning(Posting.id, Posting.cause, Posting.cause_id, Posting.kind)
    )
    new = session.execute(statement).all()
    for row in new:
        _add_lines(session, row.id, wanted[str(row.cause), row.cause_id, row.kind].entries)
    session.flush()
    return len(new)


def _add_lines(session: Session, posting_id: int, entries: Iterable[Entry]) -> None:
    sums: dict[tuple[Book, int | None, str], int] = {}
    for entry in entries:
        place = (entry.book, entry.brand_id, entry.amount.currency)
        sums[place] = sums.get(place, 0) + entry.amount.minor
    session.add_all(
        PostingLine(
            posting_id=posting_id,
            book=book,
            brand_id=brand_id,
            currency=currency,
            amount_minor=minor,
        )
        for (book, brand_id, currency), minor in sums.items()
        if minor
    )


_CAUSED = ("cause", "cause_id", "kind")
