"""Paying a statement: one person approves with a fresh code, another writes down that the bank has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.db import clock, joining, ledger, locks, promises, settlements
from marketplace.db.brands import Brand
from marketplace.db.ledger import Book, Cause, Entry
from marketplace.db.settlements import Payout, Statement
from marketplace.domain import reasons
from marketplace.domain.brands.bank import NoBankDetails
from marketplace.domain.brands.checklist import check_payout
from marketplace.domain.events import Event, Fact
from marketplace.domain.money import Money
from marketplace.domain.promises import PromiseKind
from marketplace.domain.settlements import (
    PAYOUT_LIFECYCLE,
    PayoutState,
    check_account,
    check_second,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox


def approve(tools: Toolbox, *, payout_id: int) -> None:
    """Approve that a statement is paid, to the bank details in force now. The door has asked for a fresh code before.

    May be done again while it is not paid, as after a change of the details. Refuses with GateClosed before the
    brand's first payout, NoBankDetails, or IllegalMove once it is paid.
    """
    with tools.transaction() as session:
        row, brand = _locked(session, payout_id)
        PAYOUT_LIFECYCLE.check(row.state, PayoutState.APPROVED)
        paid_before = settlements.was_paid_before(session, brand.id)
        check_payout(brand.state, joining.standing(session, brand.id), paid_before=paid_before)
        details = joining.bank_in_force(session, brand.id)
        if details is None:
            raise NoBankDetails
        if row.bank_details_id != details.id:
            row.transfer_key = (
                None  # to the same account it is the same message: no second file of that name
            )
        row.state, row.bank_details_id = PayoutState.APPROVED, details.id
        row.approved_by_id, row.approved_at = tools.actor.account_id, clock.now(session)
        _record(tools, session, Event.PAYOUT_APPROVED, row)


def pay(tools: Toolbox, *, payout_id: int, reference: str) -> None:
    """Write down that the bank has carried it out, under ``reference``; the brand is told and the promise is kept.

    Refuses with SecondPersonNeeded who approved it, with BankChanged where other details are in force by now, and with
    IllegalMove what is not approved or was paid already.
    """
    said = reasons.given(reference)
    with tools.transaction() as session:
        row, brand = _locked(session, payout_id)
        PAYOUT_LIFECYCLE.check(row.state, PayoutState.PAID)
        check_second(row.approved_by_id, tools.actor.account_id)
        details = joining.bank_in_force(session, brand.id)
        check_account(row.bank_details_id, details.id if details else None)
        row.state, row.reference = PayoutState.PAID, said
        row.paid_by_id, row.paid_at = tools.actor.account_id, clock.now(session)
        amount = Money(row.amount_minor, row.currency)
        ledger.post(
            session,
            cause=Cause.PAYOUT,
            cause_id=row.id,
            kind="paid",
            entries=[
                Entry(Book.BRAND_PAYABLE, amount, brand_id=brand.id),
                Entry(Book.BANK, -amount),
            ],
        )
        session.flush()
        promises.keep(
            session,
            kind=PromiseKind.PAYOUT,
            subject_type="statement",
            subject_id=row.statement_id,
        )
        deal_id = session.get_one(Statement, row.statement_id).deal_id
        settlements.keep_when_all_is_paid(session, deal_id)
        _record(tools, session, Event.PAYOUT_PAID, row)


def _locked(session: Session, payout_id: int) -> tuple[Payout, Brand]:
    """The payout and its brand, in the order of locks; NotFound where there is none."""
    brand_id = settlements.brand_of_payout(session, payout_id)
    brand = locks.one(session, Brand, brand_id)
    return locks.one(session, Payout, payout_id), brand


def _record(tools: Toolbox, session: Session, event: Event, row: Payout) -> None:
    data = {"statement": row.statement_id}
    tools.record(session, Fact(event, "payout", row.id, brand_id=row.brand_id, data=data))
