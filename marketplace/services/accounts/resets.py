"""Passwords chosen anew: by a link in a mail, or by whoever is signed in and gives the old one."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from marketplace.db import accounts, attempts, clock, contacts, locks, passwords
from marketplace.db.accounts import Account, AccountState, TokenPurpose
from marketplace.domain.accounts import (
    PER_ADDRESS,
    PER_LETTER,
    RESET_LASTS,
    TOKEN_BYTES,
    EmailRefused,
    LinkSpent,
    SignInRefused,
    check_password,
    email_key,
)
from marketplace.domain.doors import Realm
from marketplace.domain.events import Event, Fact

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.db.accounts import Begun
    from marketplace.toolbox import Toolbox

PATHS = {Realm.MEMBER: "/reset/", Realm.BRAND: "/brand/reset/", Realm.OPERATOR: "/admin/reset/"}


def ask_reset(tools: Toolbox, *, realm: Realm, email: str, network: str) -> None:
    """Write a letter with a link to the account of ``email``, if there is one; the answer is the same if not.

    Refuses with TooManyAttempts only, counted for the address and the network alike whether or not there is an account.
    """
    keys = (
        attempts.counted("reset", f"{realm}:{email.strip().casefold()}", PER_LETTER),
        attempts.counted("reset_network", network, PER_ADDRESS),
    )
    seed = secrets.token_urlsafe(TOKEN_BYTES)
    with tools.transaction() as session:
        at = clock.now(session)
        attempts.note(session, keys, at=at)
        account = accounts.active(session, realm=realm, email_key=_key(email))
        # Without an account the same is done with a link that nobody is told and nothing opens.
        token_id = accounts.issue_token(
            session,
            purpose=TokenPurpose.RESET,
            word=tools.sealed(seed),
            email_key=account.email_key if account else "",
            account_id=account.id if account else None,
            expires_at=at + RESET_LASTS,
        )
        asked = Fact(Event.PASSWORD_RESET_ASKED, "account", account.id if account else 0)
        tools.record(session, asked)
        if account is not None:
            contacts.write(
                session,
                key=f"password_reset:{token_id}",
                kind="password_reset",
                account_id=account.id,
                transactional=True,
                facts={"seed": seed, "path": PATHS[realm], "realm": str(realm)},
            )


def _key(email: str) -> str:
    """The address's key; of what is no address, one that nobody has."""
    try:
        return email_key(email)
    except EmailRefused:
        return ""


def reset_password(tools: Toolbox, *, realm: Realm, word: str, password: str) -> None:
    """Set the password of the account that the link was sent to; every session of it ends, none begins.

    Whoever has a second factor still needs it to come in. Refuses with LinkSpent or PasswordRefused, which leaves
    the link as it was.
    """
    kept = passwords.hashed(password)
    with tools.transaction() as session:
        token = accounts.redeem_token(
            session, purpose=TokenPurpose.RESET, word=word, at=clock.now(session)
        )
        if token.account_id is None:
            raise LinkSpent
        account = _addressed(session, token.account_id, realm, token.email_key)
        check_password(
            password, common=passwords.common(), context=(account.email, account.name, "aubaine")
        )
        account.password_hash = kept
        accounts.end_sessions(session, account.id)
        accounts.spend_tokens(session, purpose=TokenPurpose.RESET, account_id=account.id)
        own = tools.at_door(tools.actor.kind, account_id=account.id)
        own.record(session, Fact(Event.PASSWORD_CHANGED, "account", account.id, reason="reset"))
        _tell(session, account)


def _addressed(session: Session, account_id: int, realm: Realm, key: str) -> Account:
    """The account, if it still has the address that the link was sent to."""
    account = session.get(Account, account_id, with_for_update=True)
    wanted = (realm, key, AccountState.ACTIVE)
    if account is None or (account.realm, account.email_key, account.state) != wanted:
        raise LinkSpent
    return account


def link_lives(tools: Toolbox, *, word: str) -> bool:
    """Whether the link of a reset would be taken now; it is not used up by asking."""
    with tools.reading() as session:
        found = accounts.peek_token(
            session, purpose=TokenPurpose.RESET, word=word, at=clock.now(session)
        )
    return found is not None


def change_password(
    tools: Toolbox, *, account_id: int, password: str, new_password: str, second_factor: bool
) -> Begun:
    """Set a new password for who gives the old one; every session ends and one new one begins.

    ``second_factor``: whether the session that asks had given it. Refuses with SignInRefused or PasswordRefused.
    """
    with tools.reading() as session:
        before = session.get_one(Account, account_id).password_hash
    right = passwords.fits(before, password)
    kept = passwords.hashed(new_password)
    with tools.transaction() as session:
        account = locks.one(session, Account, account_id)
        if not right or account.password_hash != before:
            raise SignInRefused
        check_password(
            new_password,
            common=passwords.common(),
            context=(account.email, account.name, "aubaine"),
        )
        account.password_hash = kept
        accounts.end_sessions(session, account_id)
        tools.record(session, Fact(Event.PASSWORD_CHANGED, "account", account_id))
        _tell(session, account)
        at = clock.now(session)
        return accounts.begin_session(
            session, account, at=at, second_factor_at=at if second_factor else None
        )


def _tell(session: Session, account: Account) -> None:
    """Let the person know, in case it was somebody else."""
    contacts.write(
        session,
        key=f"password_changed:{account.id}:{secrets.token_hex(8)}",
        kind="password_changed",
        account_id=account.id,
        transactional=True,
        facts={"realm": str(account.realm)},
    )
