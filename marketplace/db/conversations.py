"""Threads: one on each deal, sale and order, with typed participants and per-message visibility."""

from __future__ import annotations

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import (
    CODE_LENGTH_MAX,
    TEXT_LENGTH_MAX,
    Base,
    CreatedAt,
    Pk,
    refers,
    states,
)
from marketplace.domain.conversations import ParticipantRole, Subject, Visibility


class Thread(Base):
    """A conversation about one thing. ``host_id`` is the named person of the house who answers."""

    __tablename__ = "threads"
    __table_args__ = (UniqueConstraint("subject", "subject_id"),)

    id: Mapped[Pk]
    subject: Mapped[Subject] = mapped_column(states(Subject))
    subject_id: Mapped[int]
    brand_id: Mapped[int | None] = refers("brands.id", index=True)
    member_id: Mapped[int | None] = refers("members.id", index=True)
    host_id: Mapped[int | None] = refers("accounts.id")
    created_at: Mapped[CreatedAt]


class Participant(Base):
    """Who takes part in a thread, and as what."""

    __tablename__ = "participants"
    __table_args__ = (UniqueConstraint("thread_id", "account_id"),)

    id: Mapped[Pk]
    thread_id: Mapped[int] = refers("threads.id")
    brand_id: Mapped[int | None] = refers("brands.id")
    account_id: Mapped[int] = refers("accounts.id", index=True)
    role: Mapped[ParticipantRole] = mapped_column(states(ParticipantRole))
    created_at: Mapped[CreatedAt]


class Message(Base):
    """One message. ``key`` makes a second press of the button harmless."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("thread_id", "key"),
        Index("ix_messages_thread", "thread_id", "id"),
    )

    id: Mapped[Pk]
    thread_id: Mapped[int] = refers("threads.id")
    brand_id: Mapped[int | None] = refers("brands.id")
    author_id: Mapped[int] = refers("accounts.id")
    role: Mapped[ParticipantRole] = mapped_column(states(ParticipantRole))
    visibility: Mapped[Visibility] = mapped_column(states(Visibility))
    body: Mapped[str] = mapped_column(String(TEXT_LENGTH_MAX))
    key: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX))
    created_at: Mapped[CreatedAt]
