"""People and the brands that some of them speak for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from marketplace.db.accounts import Account
from marketplace.db.brands import Brand, BrandUser
from marketplace.db.members import Address, Member
from marketplace.domain.brands.states import BrandState
from marketplace.domain.doors import BrandRole, Realm

if TYPE_CHECKING:
    pass

from tests.factories.kin import NUMBERS, PASSWORD_HASH, saved


def account(session: Session, *, realm: Realm = Realm.MEMBER, name: str = "", **more) -> Account:
    """A person; the password hash is a placeholder unless the test gives one."""
    number = next(NUMBERS)
    email = more.pop("email", f"person{number}@example.org")
    row = Account(
        realm=realm,
        email=email,
        email_key=email.lower(),
        name=name or f"Person {number}",
        password_hash=more.pop("password_hash", PASSWORD_HASH),
        **more,
    )
    return saved(session, row)


def operator(session: Session, **more) -> Account:
    """Somebody of the house."""
    return account(session, realm=Realm.OPERATOR, **more)


def member(
    session: Session,
    *,
    sponsor: Member | None = None,
    territory: str = "FR",
    mark: bytes | None = None,
    **more,
) -> Member:
    """A member with an account."""
    person = account(session, realm=Realm.MEMBER, **more)
    return saved(
        session,
        Member(
            account_id=person.id,
            sponsor_id=sponsor.id if sponsor else None,
            territory=territory,
            mark=mark,
        ),
    )


def address(session: Session, *, of: Member, country: str = "FR") -> Address:
    """Where a member has parcels sent."""
    return saved(
        session,
        Address(
            member_id=of.id,
            recipient="Camille Laurent",
            line_1="12 rue des Lilas",
            postcode="75020",
            city="Paris",
            country=country,
        ),
    )


def brand(session: Session, *, name: str = "", **more) -> Brand:
    """A brand with the facts that the law asks for."""
    number = next(NUMBERS)
    return saved(
        session,
        Brand(
            name=name or f"Maison {number}",
            legal_name=f"Maison {number} SAS",
            country="FR",
            state=more.pop("state", BrandState.READY),
            manufacturer_address="3 quai de la Loire, 44000 Nantes",
            manufacturer_email="contact@maison.example",
            **more,
        ),
    )


def brand_user(
    session: Session, *, of: Brand, role: BrandRole = BrandRole.OWNER, **more
) -> BrandUser:
    """Somebody who speaks for a brand."""
    person = account(session, realm=Realm.BRAND, **more)
    return saved(session, BrandUser(brand_id=of.id, account_id=person.id, role=role))
