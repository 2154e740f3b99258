"""Signing in: password first, then the second factor where one is due.

Equal work and equal answers whether there is such an account or not (ASVS 6.3.8).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyotp
from sqlalchemy import select

from marketplace.db import accounts, attempts, clock, codes, locks, passwords
from marketplace.db.accounts import Account, AccountState
from marketplace.db.accounts import Session as SessionRow
from marketplace.domain.accounts import (
    PER_ACCOUNT,
    PER_ADDRESS,
    PER_CODE,
    CodeRefused,
    EmailRefused,
    SignInRefused,
    email_key,
    network_of,
)
from marketplace.domain.doors import Door
from marketplace.domain.events import Event, Fact

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.db.accounts import Begun
    from marketplace.db.attempts import Counted
    from marketplace.domain.doors import Realm
    from marketplace.toolbox import Toolbox


def sign_in(
    tools: Toolbox,
    *,
    realm: Realm,
    email: str,
    password: str,
    network: str,
    known_browser: str | None = None,
    replaces: str | None = None,
) -> Begun:
    """A new session for who gives the right password; where a second factor is due it is not complete yet.

    ``network``: the visitor's address. ``known_browser``: a word that only a browser holds which signed in to this
    account before; its failures are counted apart from everybody else's. ``replaces``: the session that ends.
    Refuses with SignInRefused, or TooManyAttempts before the password is looked at.
    """
    keys = _keys(realm, email, network, known_browser)
    with tools.transaction() as session:
        noted_at = clock.now(session)
        attempts.note(session, keys, at=noted_at)
        found = accounts.active(session, realm=realm, email_key=_key(email))
        kept = found.password_hash if found else None
    right = passwords.fits(kept, password)
    with tools.transaction() as session:
        if not right or found is None:
            _record_failure(tools, session, found)
        else:
            attempts.take_back(session, keys, at=noted_at)
            return _enter(tools, session, found.id, kept, password, replaces)
    raise SignInRefused


def _key(email: str) -> str:
    """The address's key; of what is no address, one that nobody has."""
    try:
        return email_key(email)
    except EmailRefused:
        return ""


def _keys(realm: Realm, email: str, network: str, known_browser: str | None) -> tuple[Counted, ...]:
    about = f"{realm}:{email.strip().casefold()}"
    account = f"{about}:{known_browser}" if known_browser else about
    return (
        attempts.counted("sign_in_account", account, PER_ACCOUNT),
        attempts.counted("sign_in_network", network_of(network), PER_ADDRESS),
    )


def _record_failure(tools: Toolbox, session: Session, found: Account | None) -> None:
    tools.record(session, Fact(Event.SIGN_IN_FAILED, "account", found.id if found else 0))


def _enter(
    tools: Toolbox,
    session: Session,
    account_id: int,
    kept: str | None,
    password: str,
    replaces: str | None,
) -> Begun:
    account = locks.one(session, Account, account_id, Account.state == AccountState.ACTIVE)
    if account.password_hash != kept:
        raise SignInRefused
    if passwords.outdated(account.password_hash):
        account.password_hash = passwords.hashed(password)
    if account.totp_secret is None and accounts.must_have_factor(session, account):
        account.totp_secret = pyotp.random_base32()
    accounts.end_session(session, replaces)
    signed_in = accounts.begin_session(session, account, at=clock.now(session))
    if signed_in.complete:
        record_entry(tools, session, account.id)
    return signed_in


def record_entry(tools: Toolbox, session: Session, account_id: int) -> None:
    """Write that this account came in by itself."""
    own = tools.at_door(Door.HALLWAY, account_id=account_id)
    own.record(session, Fact(Event.SIGNED_IN, "account", account_id))


def give_code(tools: Toolbox, *, reference: str, realm: Realm, code: str) -> Begun:
    """The whole session in place of the half one of ``reference``, for the right code, which is then used up.

    Refuses with CodeRefused or TooManyAttempts; SignInRefused where the half session has ended.
    """
    with tools.transaction() as session:
        half, at = _half(session, reference, realm)
        counted = attempts.counted("code", str(half.account_id), PER_CODE)
        attempts.note(session, (counted,), at=at)
    with tools.transaction() as session:
        account = locks.one(session, Account, half.account_id)
        if codes.use(account, code, at=at):
            attempts.take_back(session, (counted,), at=at)
            accounts.end_session(session, reference)
            record_entry(tools, session, account.id)
            return accounts.begin_session(session, account, at=at, second_factor_at=at)
        _record_failure(tools, session, account)
    raise CodeRefused


def _half(session: Session, reference: str, realm: Realm) -> tuple[SessionRow, datetime]:
    at = clock.now(session)
    found = session.scalars(
        select(SessionRow)
        .join(Account, Account.id == SessionRow.account_id)
        .where(
            SessionRow.token_hash == accounts.digest(reference),
            SessionRow.realm == realm,
            SessionRow.revoked_at.is_(None),
            SessionRow.expires_at > at,
            Account.state == AccountState.ACTIVE,
            Account.totp_confirmed_at.is_not(None),
        )
    ).one_or_none()
    if found is None:
        raise SignInRefused
    return found, at
