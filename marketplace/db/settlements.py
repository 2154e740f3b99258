"""Statements as they were given, their payouts, and charges to brands."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, Date, Index, String, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db import promises
from marketplace.db.base import CODE_LENGTH_MAX, Base, CreatedAt, Currency, Pk, refers, states
from marketplace.domain.deals import ChargeReason
from marketplace.domain.promises import PromiseKind
from marketplace.domain.refusals import NotFound
from marketplace.domain.settlements import (
    REFERENCE_LENGTH_MAX,
    WORDS_LENGTH_MAX,
    ChargeState,
    PayoutState,
    StatementKind,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session


class Statement(Base):
    """One statement of a deal as of ``as_of``. ``number`` counts the brand's statements without a gap.

    ``payable_minor`` is the deal's sum since it began. ``beyond_due_minor`` and ``beyond_vat_minor`` say what due and
    its VAT came to beyond what the orders booked by themselves. ``opening_minor`` is what the statement before carried.
    """

    __tablename__ = "statements"
    __table_args__ = (
        UniqueConstraint("brand_id", "number"),
        UniqueConstraint("deal_id", "kind", "sale_id", "as_of", postgresql_nulls_not_distinct=True),
        CheckConstraint("opening_minor + change_minor = to_pay_minor + closing_minor", name="sum"),
        CheckConstraint(
            "opening_minor <= 0 AND closing_minor <= 0 AND to_pay_minor >= 0"
            " AND (to_pay_minor = 0 OR closing_minor = 0)",
            name="balance",
        ),
        Index("ix_statements_deal", "deal_id", "as_of"),
    )

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id")
    deal_id: Mapped[int] = refers("deals.id")
    sale_id: Mapped[int | None] = refers("sales.id", index=True)
    number: Mapped[int]
    kind: Mapped[StatementKind] = mapped_column(states(StatementKind))
    as_of: Mapped[datetime]
    currency: Mapped[Currency]
    payable_minor: Mapped[int]
    beyond_due_minor: Mapped[int]
    beyond_vat_minor: Mapped[int]
    opening_minor: Mapped[int]
    change_minor: Mapped[int]
    to_pay_minor: Mapped[int]
    closing_minor: Mapped[int]
    due_on: Mapped[date] = mapped_column(Date)
    figures: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[CreatedAt]


class StatementPaper(Base):
    """A statement as a PDF, in one language, kept under ``storage_key``."""

    __tablename__ = "statement_papers"
    __table_args__ = (UniqueConstraint("statement_id", "locale"),)

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id", index=True)
    statement_id: Mapped[int] = refers("statements.id")
    locale: Mapped[str] = mapped_column(String(20))
    storage_key: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX), unique=True)
    created_at: Mapped[CreatedAt]


class Payout(Base):
    """The money of one statement: approved by one person of the house, paid by another."""

    __tablename__ = "payouts"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("paid_by_id <> approved_by_id", name="two_persons"),
        CheckConstraint(
            "(state = 'waiting') = (approved_at IS NULL)"
            " AND (approved_at IS NULL) = (approved_by_id IS NULL)"
            " AND (approved_at IS NULL) = (bank_details_id IS NULL)",
            name="approved",
        ),
        CheckConstraint(
            "(state = 'paid') = (paid_at IS NOT NULL) AND (paid_at IS NULL) = (paid_by_id IS NULL)",
            name="paid",
        ),
        Index("ix_payouts_open", "due_on", "id", postgresql_where="state <> 'paid'"),
    )

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id", index=True)
    statement_id: Mapped[int] = refers("statements.id", unique=True)
    amount_minor: Mapped[int]
    currency: Mapped[Currency]
    due_on: Mapped[date] = mapped_column(Date)
    state: Mapped[PayoutState] = mapped_column(states(PayoutState), server_default="waiting")
    bank_details_id: Mapped[int | None] = refers("bank_details.id", index=True)
    approved_by_id: Mapped[int | None] = refers("accounts.id", index=True)
    approved_at: Mapped[datetime | None]
    transfer_key: Mapped[str | None] = mapped_column(String(CODE_LENGTH_MAX), deferred=True)
    paid_by_id: Mapped[int | None] = refers("accounts.id", index=True)
    paid_at: Mapped[datetime | None]
    reference: Mapped[str] = mapped_column(String(REFERENCE_LENGTH_MAX), server_default="")
    created_at: Mapped[CreatedAt]


class Charge(Base):
    """A charge from the signed tariff: ``units`` proposed at ``each_minor``, ``upheld`` of them once decided."""

    __tablename__ = "charges"
    __table_args__ = (
        CheckConstraint("units > 0 AND each_minor > 0", name="amount"),
        CheckConstraint("upheld >= 0 AND upheld <= units", name="upheld"),
        CheckConstraint(
            "decided_by_id <> proposed_by_id OR state = 'withdrawn'", name="two_persons"
        ),
        CheckConstraint(
            "(state IN ('final', 'withdrawn')) = (ended_at IS NOT NULL)"
            " AND (state IN ('final', 'withdrawn')) = (upheld IS NOT NULL)",
            name="ended",
        ),
        CheckConstraint(
            "(contested_at IS NULL) = (contested_by_id IS NULL)"
            " AND (state <> 'contested' OR contested_at IS NOT NULL)"
            " AND (state <> 'final' OR contested_at IS NOT NULL AND decided_by_id IS NOT NULL"
            " OR contested_at IS NULL AND ended_at > contest_by)",
            name="contested",
        ),
        Index("ix_charges_deal_ended", "deal_id", "ended_at"),
        Index("ix_charges_proposed", "contest_by", postgresql_where="state = 'proposed'"),
    )

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id", index=True)
    deal_id: Mapped[int] = refers("deals.id")
    reason: Mapped[ChargeReason] = mapped_column(states(ChargeReason))
    units: Mapped[int]
    each_minor: Mapped[int]
    currency: Mapped[Currency]
    found: Mapped[str] = mapped_column(String(WORDS_LENGTH_MAX))
    file_id: Mapped[int] = refers("stored_files.id", unique=True)
    state: Mapped[ChargeState] = mapped_column(states(ChargeState), server_default="proposed")
    proposed_by_id: Mapped[int] = refers("accounts.id", index=True)
    contest_by: Mapped[datetime]
    contested_at: Mapped[datetime | None]
    contested_by_id: Mapped[int | None] = refers("accounts.id", index=True)
    objection: Mapped[str] = mapped_column(String(WORDS_LENGTH_MAX), server_default="")
    decided_by_id: Mapped[int | None] = refers("accounts.id", index=True)
    decision: Mapped[str] = mapped_column(String(WORDS_LENGTH_MAX), server_default="")
    upheld: Mapped[int | None]
    ended_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


def latest(session: Session, brand_id: int, *, currency: str) -> Statement | None:
    """The brand's newest statement in a currency; the brand's row is locked by whoever writes the next."""
    wanted = (
        select(Statement)
        .where(Statement.brand_id == brand_id, Statement.currency == currency)
        .order_by(Statement.number.desc())
        .limit(1)
    )
    return session.scalar(wanted)


def latest_of_deal(session: Session, deal_id: int) -> Statement | None:
    """The deal's newest statement."""
    wanted = select(Statement).where(Statement.deal_id == deal_id).order_by(Statement.number.desc())
    return session.scalar(wanted.limit(1))


def is_at_its_end(session: Session, deal_id: int) -> bool:
    """Whether the deal's last statement was given: what the guaranteed minimum added stays added."""
    wanted = select(Statement.id).where(
        Statement.deal_id == deal_id, Statement.kind == StatementKind.LAST
    )
    return session.execute(wanted).first() is not None


def next_number(session: Session, brand_id: int) -> int:
    """The number after the brand's last; the brand's row is locked by whoever asks."""
    wanted = text("SELECT coalesce(max(number), 0) + 1 FROM statements WHERE brand_id = :brand")
    number: int = session.execute(wanted, {"brand": brand_id}).scalar_one()
    return number


def final_charges(session: Session, deal_id: int, *, as_of: datetime) -> tuple[Charge, ...]:
    """The deal's charges that were final by ``as_of``, in the order in which they became so."""
    return tuple(
        session.scalars(
            select(Charge)
            .where(
                Charge.deal_id == deal_id,
                Charge.state == ChargeState.FINAL,
                Charge.ended_at <= as_of,
            )
            .order_by(Charge.ended_at, Charge.id)
        )
    )


def charged_so_far(session: Session, deal_id: int, reason: ChargeReason) -> int:
    """Units of the deal that this fault was charged for: none is charged twice for one fault."""
    wanted = text(
        "SELECT coalesce(sum(coalesce(upheld, units)), 0)::bigint FROM charges"
        " WHERE deal_id = :deal AND reason = :reason AND state <> 'withdrawn'"
    )
    units: int = session.execute(wanted, {"deal": deal_id, "reason": reason}).scalar_one()
    return units


def was_paid_before(session: Session, brand_id: int) -> bool:
    """Whether the brand has ever been paid by the house."""
    wanted = select(Payout.id).where(Payout.brand_id == brand_id, Payout.state == PayoutState.PAID)
    return session.execute(wanted.limit(1)).first() is not None


def uncontested(session: Session, *, most: int) -> Sequence[Charge]:
    """Charges that nobody contested in their time, locked, as many as ``most``; those in other hands left out.

    A charge that no letter told of waits: what a brand has not heard of is never final.
    """
    return session.scalars(
        select(Charge)
        .where(Charge.state == ChargeState.PROPOSED, _TOLD_IN_TIME)
        .order_by(Charge.contest_by)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()


def brand_of_payout(session: Session, payout_id: int) -> int:
    """Whose payout it is, to lock the brand first; NotFound where there is none."""
    found = session.scalar(select(Payout.brand_id).where(Payout.id == payout_id))
    if found is None:
        raise NotFound
    return found


def keep_when_all_is_paid(session: Session, deal_id: int) -> None:
    """Once a deal's last statement was given and nothing of the deal waits for its money, the promise of it is kept."""
    if session.execute(_ALL_PAID, {"deal": deal_id}).scalar_one():
        promises.keep(session, kind=PromiseKind.PAYOUT, subject_type="deal", subject_id=deal_id)


_TOLD_IN_TIME = text(
    """
    contest_by < house_now() AND EXISTS (
        SELECT FROM brand_users u JOIN letters l ON l.key = 'charge_proposed:' || charges.id || ':' || u.account_id
        WHERE u.brand_id = charges.brand_id AND l.sent_at < house_now() - interval '9 days'
    )
    """
)
"""Letters leave within minutes; one that was held up for a day still leaves nine to contest."""
_ALL_PAID = text(
    """
    SELECT EXISTS (SELECT FROM statements t WHERE t.deal_id = :deal AND t.kind = 'last')
       AND NOT EXISTS (
           SELECT FROM statements t JOIN payouts p ON p.statement_id = t.id
           WHERE t.deal_id = :deal AND p.state <> 'paid'
       )
    """
)
