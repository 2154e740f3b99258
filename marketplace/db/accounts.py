"""Accounts of people, their sessions, one-time tokens, and the count of failed attempts."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

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
from marketplace.domain.doors import Realm


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
