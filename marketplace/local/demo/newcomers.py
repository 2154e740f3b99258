"""What the demo's brands gave before they began, and one brand that has not given everything yet."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import insert, select
from stdnum import luhn

from marketplace.db import clock
from marketplace.db.joining import BankDetails, ChecklistAnswer, ChecklistItem, KybFile
from marketplace.domain.brands import bank, kyb
from marketplace.domain.brands.checklist import AnswerState, ItemKind
from marketplace.domain.brands.states import BrandState

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.db.brands import Brand

NAME = "Maison Lisière"
PERSON, EMAIL = "Ève Lisière", "bonjour@lisiere.example"
IBAN = "FR7630006000011234567890189"
"""The one that banks print as an example."""
KNOWN_FOR = timedelta(days=400)
SIREN_FIRST = 40_100_000
SENT_BACK = "The extract is older than three months. Send one of this month."


def settled(
    session: Session, brand: Brand, *, person_id: int, operator_id: int, address: str, email: str
) -> None:
    """A brand that the house knows: its file is whole, its list accepted, its account in force."""
    now = clock.now(session)
    siren = _siren(brand.id)
    line, _, place = address.rpartition(", ")
    postcode, _, city = place.partition(" ")
    brand.vat_number = f"FR{(12 + 3 * (int(siren) % 97)) % 97:02}{siren}"
    session.add(
        KybFile(
            brand_id=brand.id,
            address_line=line,
            postcode=postcode,
            city=city,
            register_name=f"RCS {city}",
            register_number=siren,
            tin=siren,
            contact_name=brand.name,
            contact_email=email,
            contact_phone="+33240123456",
            certified_at=now - KNOWN_FOR,
            certified_by_id=person_id,
        )
    )
    for item_id in session.scalars(select(ChecklistItem.id).where(ChecklistItem.active)):
        _answer(session, brand.id, item_id, AnswerState.ACCEPTED, person_id, operator_id)
    account = bank.read(IBAN)
    asked_at = now - KNOWN_FOR
    session.execute(
        insert(BankDetails).values(
            brand_id=brand.id,
            holder=brand.legal_name,
            iban=account.number,
            last_four=account.last_four,
            country=account.country,
            told_address=email,
            asked_by_id=person_id,
            asked_at=asked_at,
            in_force_at=bank.takes_effect(asked_at),
        )
    )


def begun(session: Session, brand: Brand, *, person_id: int, operator_id: int) -> None:
    """A brand that has given some of it: a part accepted, a document sent back, the rest missing."""
    brand.state = BrandState.ONBOARDING
    siren = _siren(brand.id)
    session.add(
        KybFile(
            brand_id=brand.id,
            address_line="8 rue du Moulin",
            postcode="59000",
            city="Lille",
            register_name="RCS Lille",
            register_number=siren,
            contact_name=PERSON,
        )
    )
    for item in session.scalars(select(ChecklistItem).order_by(ChecklistItem.position)):
        if item.part is kyb.Part.COMPANY:
            _answer(session, brand.id, item.id, AnswerState.ACCEPTED, person_id, operator_id)
        elif item.kind is ItemKind.ATTEST:
            _answer(session, brand.id, item.id, AnswerState.SUBMITTED, person_id, None)
    first = session.scalars(
        select(ChecklistItem.id)
        .where(ChecklistItem.kind == ItemKind.UPLOAD)
        .order_by(ChecklistItem.position)
        .limit(1)
    ).one_or_none()
    if first is not None:
        _answer(session, brand.id, first, AnswerState.SENT_BACK, person_id, operator_id)


def _answer(
    session: Session,
    brand_id: int,
    item_id: int,
    state: AnswerState,
    person_id: int,
    operator_id: int | None,
) -> None:
    now = clock.now(session)
    session.add(
        ChecklistAnswer(
            brand_id=brand_id,
            item_id=item_id,
            state=state,
            given_by_id=person_id,
            given_at=now,
            decided_by_id=operator_id,
            decided_at=now if operator_id else None,
            reason=SENT_BACK if state is AnswerState.SENT_BACK else "",
        )
    )
    session.flush()


def _siren(number: int) -> str:
    """An invented number of the French register whose check digit is right."""
    eight = str(SIREN_FIRST + number)
    return f"{eight}{luhn.calc_check_digit(eight)}"
