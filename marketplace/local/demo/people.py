"""The people of the demo, with passwords and second-factor secrets that are printed for whoever tries it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyotp
from sqlalchemy import select

from marketplace.db import clock, passwords
from marketplace.db.accounts import Account
from marketplace.db.brands import Brand, BrandUser
from marketplace.db.members import Address, Member
from marketplace.domain.accounts import email_key
from marketplace.domain.brands.states import BrandState
from marketplace.domain.doors import BrandRole, Door, Realm
from marketplace.local.demo import found, newcomers

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.local.demo.houses import House
    from marketplace.toolbox import Toolbox

PASSWORD = "a quiet boutique before dawn"  # noqa: S105 - printed for whoever tries the demo
DEMO_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 - the same, and only on embedded stores
OPERATOR = ("Claire Aubin", "claire@aubaine.example")
SECOND = ("Marc Delmas", "marc@aubaine.example")
"""Hands over to the bank what the first has approved."""
MEMBERS = (
    ("Camille Laurent", "camille@example.org", "fr", ("12 rue des Lilas", "75020", "Paris")),
    ("Inès Moreau", "ines@example.org", "fr", ("4 place Carnot", "69002", "Lyon")),
    ("Thomas Adler", "thomas@example.org", "en", ("18 rue de la Paix", "67000", "Strasbourg")),
)


@dataclass(frozen=True, slots=True)
class Cast:
    """Account and member ids of those who act in the demo."""

    operator_id: int
    second_id: int
    members: tuple[tuple[int, int, int], ...]
    """(account, member, address) of each member."""


def gathered(tools: Toolbox) -> Cast:
    """The operators and the members: made at one stroke, or found."""
    asking = tools.at_door(Door.OPERATOR)
    known, other = (found.account(asking, email) for _, email in (OPERATOR, SECOND))
    if known is not None and other is not None:
        return Cast(known, other, tuple(found.member(asking, email) for _, email, _, _ in MEMBERS))
    kept = passwords.hashed(PASSWORD)
    with tools.at_door(Door.OPERATOR).transaction() as session:
        operator, second = (
            _account(session, Realm.OPERATOR, name, email, kept)
            for name, email in (OPERATOR, SECOND)
        )
        for each in (operator, second):
            each.totp_secret, each.totp_confirmed_at = DEMO_SECRET, clock.now(session)
        session.flush()
        members = tuple(_member(session, each, kept) for each in MEMBERS)
        return Cast(operator.id, second.id, members)


def brand(tools: Toolbox, of: House, *, manager_id: int) -> tuple[int, int]:
    """A brand and the person who speaks for it, made or found; the ids of brand and account."""
    known = found.brand(tools.at_door(Door.OPERATOR), of.name)
    if known is not None:
        return known
    kept = passwords.hashed(PASSWORD)
    with tools.at_door(Door.OPERATOR).transaction() as session:
        row = Brand(
            name=of.name,
            legal_name=of.legal_name,
            country="FR",
            manufacturer_address=of.address,
            manufacturer_email=of.email,
            story=of.story,
            account_manager_id=manager_id,
            state=BrandState.READY,
        )
        session.add(row)
        session.flush()
        person = _account(session, Realm.BRAND, of.person, of.email, kept)
        person.totp_secret, person.totp_confirmed_at = DEMO_SECRET, clock.now(session)
        session.add(BrandUser(brand_id=row.id, account_id=person.id, role=BrandRole.OWNER))
        session.flush()
        newcomers.settled(
            session,
            row,
            person_id=person.id,
            operator_id=manager_id,
            address=of.address,
            email=of.email,
        )
        return row.id, person.id


def newcomer(tools: Toolbox, *, manager_id: int) -> None:
    """A brand that has not given all it owes before it begins, made once."""
    if found.brand(tools.at_door(Door.OPERATOR), newcomers.NAME) is not None:
        return
    kept = passwords.hashed(PASSWORD)
    with tools.at_door(Door.OPERATOR).transaction() as session:
        row = Brand(
            name=newcomers.NAME,
            legal_name=f"{newcomers.NAME} SAS",
            country="FR",
            account_manager_id=manager_id,
        )
        session.add(row)
        session.flush()
        person = _account(session, Realm.BRAND, newcomers.PERSON, newcomers.EMAIL, kept)
        person.totp_secret, person.totp_confirmed_at = DEMO_SECRET, clock.now(session)
        session.add(BrandUser(brand_id=row.id, account_id=person.id, role=BrandRole.OWNER))
        newcomers.begun(session, row, person_id=person.id, operator_id=manager_id)


def may_begin(tools: Toolbox) -> bool:
    """Whether nobody lives here yet, or those do whom an earlier filling brought in before it was broken off."""
    asking = tools.at_door(Door.OPERATOR)
    with asking.reading() as session:
        somebody = session.scalar(select(Account.id).limit(1))
    return somebody is None or found.account(asking, OPERATOR[1]) is not None


def sign_ins(houses: tuple[House, ...]) -> list[dict[str, str]]:
    """What the supervisor prints for whoever wants to come in."""
    code = (
        f"second factor: {pyotp.TOTP(DEMO_SECRET).now()} now, later from the secret {DEMO_SECRET}"
    )
    doors = [
        *(("Member", email, "") for _, email, _, _ in MEMBERS),
        *(("Brand", house.email, f"{house.name}, {code}") for house in houses),
        ("Brand", newcomers.EMAIL, f"{newcomers.NAME}, still joining, {code}"),
        ("Operator", OPERATOR[1], code),
        ("Operator", SECOND[1], "the second person of each payout, with the same second factor"),
    ]
    return [
        {"door": door, "email": email, "password": PASSWORD, "note": note}
        for door, email, note in doors
    ]


def _account(
    session: Session, realm: Realm, name: str, email: str, kept: str, locale: str = "en"
) -> Account:
    row = Account(
        realm=realm,
        email=email,
        email_key=email_key(email),
        name=name,
        password_hash=kept,
        locale=locale,
    )
    session.add(row)
    session.flush()
    return row


def _member(
    session: Session, about: tuple[str, str, str, tuple[str, str, str]], kept: str
) -> tuple[int, int, int]:
    name, email, locale, (line, postcode, city) = about
    person = _account(session, Realm.MEMBER, name, email, kept, locale)
    row = Member(account_id=person.id, territory="FR")
    session.add(row)
    session.flush()
    place = Address(
        member_id=row.id, recipient=name, line_1=line, postcode=postcode, city=city, country="FR"
    )
    session.add(place)
    session.flush()
    return person.id, row.id, place.id
