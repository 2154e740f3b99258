"""Accounts of people, their sessions, one-time tokens, and the count of failed attempts."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, LargeBinary, String, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm import Session as DatabaseSession

from marketplace.db.base import (
    CODE_LENGTH_MAX,
    HOUSE_NOW,
    NAME_LENGTH_MAX,
    Base,
    CreatedAt,
    Pk,
    refers,
    states,
)
from marketplace.db.brands import BrandUser
from marketplace.domain.accounts import (
    SECOND_FACTOR_LASTS,
    SESSION_LASTS,
    LinkSpent,
    owes_second_factor,
)
from marketplace.domain.doors import Realm

REFERENCE_BYTES = 32
NO_PASSWORD = "none yet"  # noqa: S105 - no password hashes to this


class AccountState(StrEnum):
    """A disabled account keeps its history and loses its sessions at the next request."""

    ACTIVE = "active"
    DISABLED = "disabled"


class TokenPurpose(StrEnum):
    """What a one-time token opens."""

    RESET = "reset"
    MEMBER_INVITATION = "member_invitation"
    BRAND_INVITATION = "brand_invitation"


class Account(Base):
    """A person in one realm. ``email`` is stored as typed; ``email_key`` is what is unique."""

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("realm", "email_key"),)

    id: Mapped[Pk]
    realm: Mapped[Realm] = mapped_column(states(Realm))
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX))
    password_hash: Mapped[str]
    locale: Mapped[str] = mapped_column(String(8), server_default="en")
    zone: Mapped[str] = mapped_column(String(64), server_default="Europe/Paris")
    state: Mapped[AccountState] = mapped_column(states(AccountState), server_default="active")
    totp_secret: Mapped[str | None] = mapped_column(String(64))
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[CreatedAt]


class Session(Base):
    """A signed-in browser. Only the SHA-256 of the reference is kept; it is looked up at each request."""

    __tablename__ = "sessions"
    __table_args__ = (
        Index("ix_sessions_account_live", "account_id", postgresql_where="revoked_at IS NULL"),
    )

    id: Mapped[Pk]
    account_id: Mapped[int] = refers("accounts.id")
    realm: Mapped[Realm] = mapped_column(states(Realm))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    second_factor_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime] = mapped_column(server_default=HOUSE_NOW)
    idle_until: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


class Token(Base):
    """A hashed, single-use token bound to an address: password reset or invitation."""

    __tablename__ = "tokens"

    id: Mapped[Pk]
    purpose: Mapped[TokenPurpose] = mapped_column(states(TokenPurpose))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    email_key: Mapped[str] = mapped_column(String(254), index=True)
    account_id: Mapped[int | None] = refers("accounts.id", index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]


class Attempt(Base):
    """Failed attempts counted per key and period; in PostgreSQL, so that it holds with Valkey dead."""

    __tablename__ = "attempts"
    __table_args__ = (CheckConstraint("count >= 0", name="count"),)

    key: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX), primary_key=True)
    period_at: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(server_default="0")


@dataclass(frozen=True, slots=True)
class Begun:
    """A new session: its ``reference`` for the cookie, told once; ``complete`` unless a second factor is due."""

    account_id: int
    realm: Realm
    reference: str
    complete: bool
    locale: str
    lasts: timedelta


def digest(secret: str) -> bytes:
    """What is kept of a session's reference or a link's word: enough to know it again, not to say it."""
    return hashlib.sha256(secret.encode()).digest()


def begin_session(
    session: DatabaseSession,
    account: Account,
    *,
    at: datetime,
    second_factor_at: datetime | None = None,
) -> Begun:
    """A new session of ``account``; short until the second factor is given, where one is due."""
    due = account.totp_confirmed_at is not None or must_have_factor(session, account)
    complete = second_factor_at is not None or not due
    lasts = SESSION_LASTS[account.realm]
    absolute = lasts.absolute if complete else SECOND_FACTOR_LASTS
    reference = secrets.token_urlsafe(REFERENCE_BYTES)
    session.add(
        Session(
            account_id=account.id,
            realm=account.realm,
            token_hash=digest(reference),
            second_factor_at=second_factor_at,
            last_seen_at=at,
            idle_until=at + min(lasts.idle, absolute),
            expires_at=at + absolute,
        )
    )
    return Begun(account.id, account.realm, reference, complete, account.locale, absolute)


def must_have_factor(session: DatabaseSession, account: Account) -> bool:
    """Whether this account is never entered by a password alone: by its realm, or by its role in a brand."""
    role = None
    if account.realm is Realm.BRAND:
        role = session.scalar(select(BrandUser.role).where(BrandUser.account_id == account.id))
    return owes_second_factor(account.realm, role)


def end_session(session: DatabaseSession, reference: str | None) -> None:
    """End the session of ``reference``; one that has ended stays ended."""
    if reference:
        session.execute(
            update(Session)
            .where(Session.token_hash == digest(reference), Session.revoked_at.is_(None))
            .values(revoked_at=HOUSE_NOW)
        )


def end_sessions(session: DatabaseSession, account_id: int) -> None:
    """End every session of the account."""
    session.execute(
        update(Session)
        .where(Session.account_id == account_id, Session.revoked_at.is_(None))
        .values(revoked_at=HOUSE_NOW)
    )


def issue_token(
    session: DatabaseSession,
    *,
    purpose: TokenPurpose,
    word: str,
    email_key: str,
    expires_at: datetime,
    account_id: int | None = None,
) -> int:
    """Keep the hash of ``word`` as a link to be used once by who reads the mail of ``email_key``; returns its id."""
    row = Token(
        purpose=purpose,
        token_hash=digest(word),
        email_key=email_key,
        account_id=account_id,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    return row.id


def redeem_token(
    session: DatabaseSession, *, purpose: TokenPurpose, word: str, at: datetime
) -> Token:
    """Use the link up, in this transaction; LinkSpent if it was used, has lapsed or never was."""
    found = session.scalars(
        select(Token)
        .where(Token.purpose == purpose, Token.token_hash == digest(word))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None or found.used_at is not None or found.expires_at <= at:
        raise LinkSpent
    found.used_at = at
    return found


def peek_token(
    session: DatabaseSession, *, purpose: TokenPurpose, word: str, at: datetime
) -> Token | None:
    """The link as it stands, without using it; None where it would be refused."""
    return session.scalars(
        select(Token).where(
            Token.purpose == purpose,
            Token.token_hash == digest(word),
            Token.used_at.is_(None),
            Token.expires_at > at,
        )
    ).one_or_none()


def spend_tokens(session: DatabaseSession, *, purpose: TokenPurpose, account_id: int) -> None:
    """Use up every open link of this purpose that the account was sent before."""
    session.execute(
        update(Token)
        .where(Token.purpose == purpose, Token.account_id == account_id, Token.used_at.is_(None))
        .values(used_at=HOUSE_NOW)
    )


def active(session: DatabaseSession, *, realm: Realm, email_key: str) -> Account | None:
    """The account of this address in this realm, if it is active."""
    return session.scalars(
        select(Account).where(
            Account.realm == realm,
            Account.email_key == email_key,
            Account.state == AccountState.ACTIVE,
        )
    ).one_or_none()
