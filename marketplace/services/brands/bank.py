"""Where a brand's money goes: changed with a fresh code, told to the address known before, in force after a rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from marketplace.db import attempts, clock, codes, contacts, joining, locks
from marketplace.db.accounts import Account
from marketplace.db.brands import Brand
from marketplace.db.joining import BankDetails, KybFile
from marketplace.domain.accounts import PER_CODE, CodeRefused
from marketplace.domain.brands import bank
from marketplace.domain.brands.bank import BankChangeCooling, BankChangeOver
from marketplace.domain.events import Event, Fact
from marketplace.services.brands import telling

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.domain.brands.bank import Iban
    from marketplace.toolbox import Toolbox


def change_bank(
    tools: Toolbox, *, brand_id: int, account_id: int, holder: str, number: str, code: str
) -> datetime:
    """Ask that money goes to another account; returns from when on. Until then the one before stays in force.

    ``code`` is a fresh one of the person's second factor. Refuses with BankRefused, CodeRefused, TooManyAttempts, or
    BankChangeCooling while another change rests. Every owner and the address told before get a letter.
    """
    iban = bank.read(number)
    with tools.transaction() as session:
        at = clock.now(session)
        counted = attempts.counted("code", str(account_id), PER_CODE)
        attempts.note(session, (counted,), at=at)
    with tools.transaction() as session:
        brand = locks.one(session, Brand, brand_id)
        cooling = joining.bank_cooling(session, brand_id)
        if cooling is not None:
            raise BankChangeCooling(in_force_at=cooling.in_force_at)
        account = locks.one(session, Account, account_id)
        if account.totp_confirmed_at is not None and codes.use(account, code, at=at):
            attempts.take_back(session, (counted,), at=at)
            return _rest(tools, session, brand, holder, iban)
    raise CodeRefused


def _rest(tools: Toolbox, session: Session, brand: Brand, holder: str, iban: Iban) -> datetime:
    asked_at = clock.now(session)
    before = joining.bank_in_force(session, brand.id)
    in_force_at = bank.takes_effect(asked_at)
    details_id = session.execute(
        insert(BankDetails)
        .values(
            brand_id=brand.id,
            holder=holder,
            iban=iban.number,
            last_four=iban.last_four,
            country=iban.country,
            told_address=_address(session, brand.id),
            asked_by_id=tools.actor.account_id,
            asked_at=asked_at,
            in_force_at=in_force_at,
        )
        .returning(BankDetails.id)
    ).scalar_one()
    tools.record(session, _told(Event.BANK_CHANGE_ASKED, brand.id, details_id))
    facts: dict[str, object] = {
        "last_four": iban.last_four,
        "was": before.last_four if before else "",
        "in_force_at": in_force_at.isoformat(),
        "asked_by_id": tools.actor.account_id,
    }
    _notice(session, brand, "bank_changes", details_id, before, facts)
    return in_force_at


def cancel_bank(tools: Toolbox, *, brand_id: int, details_id: int) -> None:
    """Take a change back while it rests; what is in force stays so. Refuses with NotFound or BankChangeOver."""
    with tools.transaction() as session:
        brand = locks.one(session, Brand, brand_id)
        row = locks.one(session, BankDetails, details_id, BankDetails.brand_id == brand_id)
        now = clock.now(session)
        if row.cancelled_at is not None or row.in_force_at <= now:
            raise BankChangeOver
        row.cancelled_at, row.cancelled_by_id = now, tools.actor.account_id
        tools.record(session, _told(Event.BANK_CHANGE_CANCELLED, brand_id, details_id))
        before = joining.bank_in_force(session, brand_id)
        facts: dict[str, object] = {
            "last_four": row.last_four,
            "was": before.last_four if before else "",
        }
        _notice(session, brand, "bank_stays", details_id, before, facts)


def _address(session: Session, brand_id: int) -> str:
    """The address in the company's file, which the next change is told to."""
    found = select(KybFile.contact_email).where(KybFile.brand_id == brand_id)
    return session.scalar(found) or ""


def _notice(
    session: Session,
    brand: Brand,
    kind: str,
    details_id: int,
    before: BankDetails | None,
    facts: dict[str, object],
) -> None:
    telling.owners(session, brand, kind=kind, key=f"{kind}:{details_id}", facts=facts)
    known = before.told_address if before else _address(session, brand.id)
    if known:
        contacts.write(
            session,
            key=f"{kind}:{details_id}:before",
            kind=kind,
            address=known,
            brand_id=brand.id,
            transactional=True,
            facts=facts,
        )


def _told(event: Event, brand_id: int, details_id: int) -> Fact:
    return Fact(event, "brand", brand_id, brand_id=brand_id, data={"bank_details": details_id})
