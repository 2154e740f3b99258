"""Threads: one on each deal, sale and order, with typed participants and per-message visibility."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Index, String, UniqueConstraint, and_, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import (
    CODE_LENGTH_MAX,
    HOUSE_NOW,
    TEXT_LENGTH_MAX,
    Base,
    CreatedAt,
    Pk,
    refers,
    states,
)
from marketplace.db.promises import Promise
from marketplace.domain.conversations import ParticipantRole, Subject, Visibility
from marketplace.domain.promises import PromiseKind
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, ScalarSelect
    from sqlalchemy.orm import InstrumentedAttribute, Session


class Thread(Base):
    """A conversation about one thing. ``host_id`` is the named person of the house who answers.

    ``waiting_since`` is the oldest message of a member or brand that the house has not answered.
    """

    __tablename__ = "threads"
    __table_args__ = (
        UniqueConstraint("subject", "subject_id"),
        Index("ix_threads_last_message_at", "last_message_at"),
        Index("ix_threads_waiting", "waiting_since", postgresql_where="waiting_since IS NOT NULL"),
    )

    id: Mapped[Pk]
    subject: Mapped[Subject] = mapped_column(states(Subject))
    subject_id: Mapped[int]
    brand_id: Mapped[int | None] = refers("brands.id", index=True)
    member_id: Mapped[int | None] = refers("members.id", index=True)
    host_id: Mapped[int | None] = refers("accounts.id")
    last_message_at: Mapped[datetime | None]
    waiting_since: Mapped[datetime | None]
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


class ThreadRead(Base):
    """How far a person has read a thread: up to this message."""

    __tablename__ = "thread_reads"
    __table_args__ = (UniqueConstraint("thread_id", "account_id"),)

    id: Mapped[Pk]
    brand_id: Mapped[int] = refers("brands.id", index=True)
    thread_id: Mapped[int] = refers("threads.id")
    account_id: Mapped[int] = refers("accounts.id", index=True)
    message_id: Mapped[int] = refers("messages.id")
    read_at: Mapped[CreatedAt]


@dataclass(frozen=True, slots=True)
class Parties:
    """Whose conversation it is: the brand or the member, and the person of the house who answers, where named."""

    brand_id: int | None
    member_id: int | None
    host_id: int | None


_PARTIES = {
    Subject.DEAL: text(
        "SELECT d.brand_id, NULL::bigint AS member_id, b.account_manager_id AS host_id"
        " FROM deals d JOIN brands b ON b.id = d.brand_id WHERE d.id = :id"
    ),
    Subject.COLLECTION: text(
        "SELECT c.brand_id, NULL::bigint AS member_id, b.account_manager_id AS host_id"
        " FROM collections c JOIN brands b ON b.id = c.brand_id WHERE c.id = :id"
    ),
    Subject.BRAND: text(
        "SELECT b.id AS brand_id, NULL::bigint AS member_id, b.account_manager_id AS host_id"
        " FROM brands b WHERE b.id = :id"
    ),
    Subject.SALE: text(
        "SELECT s.brand_id, NULL::bigint AS member_id,"
        " coalesce(s.manager_id, b.account_manager_id) AS host_id"
        " FROM sales s JOIN brands b ON b.id = s.brand_id WHERE s.id = :id"
    ),
    Subject.ORDER: text(
        "SELECT NULL::bigint AS brand_id, o.member_id, ("
        " SELECT coalesce(s.manager_id, b.account_manager_id) FROM order_lines l"
        " JOIN sales s ON s.id = l.sale_id JOIN brands b ON b.id = l.brand_id"
        " WHERE l.order_id = o.id ORDER BY l.id LIMIT 1) AS host_id"
        " FROM orders o WHERE o.id = :id"
    ),
}


def parties(session: Session, subject: Subject, subject_id: int) -> Parties:
    """Who a conversation about this is between; :class:`NotFound` if this door sees no such thing."""
    row = session.execute(_PARTIES[subject], {"id": subject_id}).one_or_none()
    if row is None:
        raise NotFound
    return Parties(row.brand_id, row.member_id, row.host_id)


def open_thread(session: Session, *, subject: Subject, subject_id: int) -> int:
    """The thread that hangs on this thing, begun if there is none; returns its id."""
    known = select(Thread.id).where(Thread.subject == subject, Thread.subject_id == subject_id)
    found = session.scalar(known)
    if found is not None:
        return found
    between = parties(session, subject, subject_id)
    begun = (
        insert(Thread)
        .values(
            subject=subject,
            subject_id=subject_id,
            brand_id=between.brand_id,
            member_id=between.member_id,
            host_id=between.host_id,
        )
        .on_conflict_do_nothing(constraint="uq_threads_subject_subject_id")
    )
    session.execute(begun)
    return session.execute(known).scalar_one()


def join(session: Session, thread: Thread, *, account_id: int, role: ParticipantRole) -> None:
    """Let the account take part in the thread; once is enough."""
    session.execute(
        insert(Participant)
        .values(thread_id=thread.id, brand_id=thread.brand_id, account_id=account_id, role=role)
        .on_conflict_do_nothing(constraint="uq_participants_thread_id_account_id")
    )


def add_message(
    session: Session,
    thread: Thread,
    *,
    author_id: int,
    role: ParticipantRole,
    visibility: Visibility,
    body: str,
    key: str,
) -> int | None:
    """Write a message under its key; None if the same press of the button has written it before."""
    statement = (
        insert(Message)
        .values(
            thread_id=thread.id,
            brand_id=thread.brand_id,
            author_id=author_id,
            role=role,
            visibility=visibility,
            body=body,
            key=key,
        )
        .on_conflict_do_nothing(constraint="uq_messages_thread_id_key")
        .returning(Message.id)
    )
    return session.execute(statement).scalar_one_or_none()


def mark_read(session: Session, thread: Thread, *, account_id: int, message_id: int) -> None:
    """The account has read up to this message; never less than before."""
    statement = insert(ThreadRead).values(
        brand_id=thread.brand_id,
        thread_id=thread.id,
        account_id=account_id,
        message_id=message_id,
    )
    session.execute(
        statement.on_conflict_do_update(
            constraint="uq_thread_reads_thread_id_account_id",
            set_={"message_id": statement.excluded.message_id, "read_at": HOUSE_NOW},
            where=ThreadRead.message_id < statement.excluded.message_id,
        )
    )


def unread(
    account_id: int | InstrumentedAttribute[int], role: ParticipantRole
) -> ColumnElement[bool]:
    """Whether a message of a thread is news to a reader: the other side said it to everybody, and it is not read.

    For a statement that selects from ``Message``.
    """
    read = (
        select(ThreadRead.message_id)
        .where(ThreadRead.thread_id == Message.thread_id, ThreadRead.account_id == account_id)
        .correlate_except(ThreadRead)
        .scalar_subquery()
    )
    return and_(
        Message.role != role,
        Message.visibility == Visibility.ALL,
        Message.id > func.coalesce(read, 0),
    )


def answer_by() -> ScalarSelect[datetime]:
    """When the answer to a thread's first open question is promised, for a statement that selects from ``Thread``."""
    return (
        select(func.min(Promise.due_at))
        .join(Message, Message.id == Promise.subject_id)
        .where(
            Promise.kind == PromiseKind.ANSWER,
            Promise.subject_type == "message",
            Promise.kept_at.is_(None),
            Promise.void_at.is_(None),
            Message.thread_id == Thread.id,
        )
        .correlate(Thread)
        .scalar_subquery()
    )


def waiting_messages(session: Session, thread: Thread) -> tuple[int, ...]:
    """Messages that the house has promised to answer and has not yet."""
    statement = (
        select(Message.id)
        .join(
            Promise,
            (Promise.subject_type == "message")
            & (Promise.subject_id == Message.id)
            & (Promise.kind == PromiseKind.ANSWER),
        )
        .where(Message.thread_id == thread.id, Promise.kept_at.is_(None))
    )
    return tuple(session.scalars(statement))
