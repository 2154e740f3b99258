"""People of the house and of brands: how the first comes in, and how others are let in after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyotp

from marketplace.db import accounts, clock, locks, passwords
from marketplace.db.accounts import Account, TokenPurpose
from marketplace.db.brands import Brand
from marketplace.domain.accounts import (
    LinkSpent,
    check_password,
    email_key,
)
from marketplace.domain.doors import Realm
from marketplace.domain.events import Event, Fact
from marketplace.domain.refusals import NotFound
from marketplace.services.accounts import invitations

if TYPE_CHECKING:
    from marketplace.db.accounts import Begun
    from marketplace.toolbox import Toolbox


def create_operator(tools: Toolbox, *, email: str, name: str, password: str) -> int:
    """Somebody of the house; at the first sign-in they set up their second factor. Returns the account's id.

    Refuses with EmailRefused, PasswordRefused or AlreadyThere.
    """
    key = email_key(email)
    check_password(password, common=passwords.common(), context=(email, name, "aubaine"))
    kept = passwords.hashed(password)
    with tools.transaction() as session:
        account = Account(
            realm=Realm.OPERATOR,
            email=email.strip(),
            email_key=key,
            name=name,
            password_hash=kept,
        )
        invitations.added(session, account)
        tools.record(session, Fact(Event.ACCOUNT_CREATED, "account", account.id))
        return account.id


def renew_factor(tools: Toolbox, *, email: str) -> None:
    """Let an operator whose phone is lost set up a new second factor; every session of theirs ends.

    Refuses with NotFound.
    """
    with tools.transaction() as session:
        account = accounts.active(session, realm=Realm.OPERATOR, email_key=email_key(email))
        if account is None:
            raise NotFound
        account.totp_secret = account.totp_confirmed_at = None
        accounts.end_sessions(session, account.id)
        tools.record(
            session, Fact(Event.SECOND_FACTOR_SET, "account", account.id, reason="renewed")
        )


def create_brand(tools: Toolbox, *, name: str, legal_name: str, country: str) -> int:
    """A brand that will work with the house. Returns its id."""
    with tools.transaction() as session:
        brand = Brand(name=name, legal_name=legal_name, country=country)
        session.add(brand)
        session.flush()
        tools.record(session, Fact(Event.BRAND_CREATED, "brand", brand.id, brand_id=brand.id))
        return brand.id


def invited_to_brand(tools: Toolbox, *, word: str) -> tuple[str, str]:
    """Address and name that an open invitation of a brand was written to; LinkSpent if it would be refused."""
    with tools.reading() as session:
        token = accounts.peek_token(
            session, purpose=TokenPurpose.BRAND_INVITATION, word=word, at=clock.now(session)
        )
        if token is None or token.account_id is None:
            raise LinkSpent
        account = session.get_one(Account, token.account_id)
        return account.email, account.name


def join_brand(tools: Toolbox, *, word: str, name: str, password: str, locale: str) -> Begun:
    """Follow the invitation of a brand: a name, a password, and the first session.

    The session is not complete where the role asks for a second factor: that is set up next.
    Refuses with LinkSpent or PasswordRefused; the latter leaves the invitation as it was.
    """
    kept = passwords.hashed(password)
    with tools.transaction() as session:
        at = clock.now(session)
        token = accounts.redeem_token(
            session, purpose=TokenPurpose.BRAND_INVITATION, word=word, at=at
        )
        assert token.account_id is not None, "a brand's invitation belongs to an account"
        account = locks.one(session, Account, token.account_id)
        if account.email_key != token.email_key:
            raise LinkSpent
        check_password(
            password, common=passwords.common(), context=(account.email, name, "aubaine")
        )
        account.name, account.password_hash, account.locale = name, kept, locale
        if account.totp_secret is None and accounts.must_have_factor(session, account):
            account.totp_secret = pyotp.random_base32()
        accounts.end_sessions(session, account.id)
        own = tools.at_door(tools.actor.kind, account_id=account.id)
        own.record(session, Fact(Event.ACCOUNT_CREATED, "account", account.id))
        return accounts.begin_session(session, account, at=at)
