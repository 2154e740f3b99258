"""An invitation to speak for a brand: the account that waits for its password, the link, and the letter with it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.db import accounts, clock, contacts
from marketplace.db.accounts import Account, TokenPurpose
from marketplace.db.brands import BrandUser
from marketplace.db.session import refusing
from marketplace.domain.accounts import INVITATION_LASTS, TOKEN_BYTES, AlreadyThere
from marketplace.domain.doors import Realm
from marketplace.domain.events import Event, Fact

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.db.brands import Brand
    from marketplace.domain.doors import BrandRole
    from marketplace.toolbox import Toolbox

JOIN_PATH = "/brand/join/"
NO_PASSWORD = accounts.NO_PASSWORD


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to be invited, and as what."""

    email: str
    email_key: str
    name: str
    role: BrandRole
    locale: str


def written(tools: Toolbox, session: Session, brand: Brand, person: Person) -> str:
    """Make the account that waits and write the letter; returns the link's word. Refuses with AlreadyThere."""
    account = Account(
        realm=Realm.BRAND,
        email=person.email,
        email_key=person.email_key,
        name=person.name,
        password_hash=NO_PASSWORD,
        locale=person.locale,
    )
    added(session, account)
    session.add(BrandUser(brand_id=brand.id, account_id=account.id, role=person.role))
    word = posted(tools, session, brand, account)
    invited = Fact(
        Event.BRAND_USER_INVITED,
        "account",
        account.id,
        brand_id=brand.id,
        data={"role_now": str(person.role)},
    )
    tools.record(session, invited)
    return word


def posted(tools: Toolbox, session: Session, brand: Brand, account: Account) -> str:
    """A new link for who has an account without a password yet, in a letter; returns the link's word."""
    seed = secrets.token_urlsafe(TOKEN_BYTES)
    word = tools.sealed(seed)
    token_id = accounts.issue_token(
        session,
        purpose=TokenPurpose.BRAND_INVITATION,
        word=word,
        email_key=account.email_key,
        account_id=account.id,
        expires_at=clock.now(session) + INVITATION_LASTS,
    )
    contacts.write(
        session,
        key=f"brand_invitation:{token_id}",
        kind="brand_invitation",
        account_id=account.id,
        brand_id=brand.id,
        transactional=True,
        facts={
            "seed": seed,
            "path": JOIN_PATH,
            "inviter_account_id": tools.actor.account_id,
        },
    )
    return word


def link(tools: Toolbox, word: str) -> str:
    """The address that the letter carries."""
    return f"{tools.public_url}{JOIN_PATH}{word}"


def added(session: Session, account: Account) -> None:
    """Write a new account. Refuses with AlreadyThere where its realm has one of this address."""
    with refusing({"uq_accounts_realm_email_key": AlreadyThere}):
        session.add(account)
        session.flush()
