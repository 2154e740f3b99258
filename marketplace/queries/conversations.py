"""Threads.

What was said about this, as this reader may see it, who answers, and which questions still wait.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, String, cast, func, or_, select

from marketplace.db import brands, conversations
from marketplace.db.accounts import Account
from marketplace.db.attachments import MessageFile
from marketplace.db.brands import Brand, StoredFile
from marketplace.db.catalogue import Collection
from marketplace.db.conversations import Message, Thread
from marketplace.db.deals import Deal
from marketplace.db.members import Member
from marketplace.db.orders import Order
from marketplace.db.sales import Sale
from marketplace.domain.conversations import (
    OF_BRANDS,
    ParticipantRole,
    Subject,
    Visibility,
    check_part,
)
from marketplace.domain.doors import Door
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ScalarSelect, Select
    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox

PAGE_SIZE = 50
INBOX_PAGE_SIZE = 50
_ROLES = {
    Door.MEMBER: ParticipantRole.MEMBER,
    Door.BRAND: ParticipantRole.BRAND,
    Door.OPERATOR: ParticipantRole.OPERATOR,
}


@dataclass(frozen=True, slots=True)
class File:
    """A file that went with a message."""

    file_id: int
    name: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Said:
    """One message. ``name`` is the person's; ``mine`` says that the reader wrote it."""

    message_id: int
    role: ParticipantRole
    name: str
    body: str
    at: datetime
    visibility: Visibility
    mine: bool
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class Talk:
    """One page of a thread, oldest first; page 1 holds the newest.

    ``host`` is the person of the house who answers.

    ``answer_by`` is the promise that stands for the first question without an answer.
    """

    subject: Subject
    subject_id: int
    host: str | None
    said: tuple[Said, ...]
    total: int
    answer_by: datetime | None
    page: int
    page_size: int = PAGE_SIZE


@dataclass(frozen=True, slots=True)
class About:
    """What a conversation is about, for the house: the sale's or order's reference or the deal's number, and a name."""

    ref: str
    name: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A thread in the operators' list.

    ``ref`` is the sale's or order's reference, or the number of the thing.

    ``unread`` counts what the reader has not read yet, in talks with brands.
    """

    subject: Subject
    subject_id: int
    ref: str
    about: str
    host: str | None
    waiting_since: datetime | None
    answer_by: datetime | None
    last_message_at: datetime
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Inbox:
    """One page of threads: those that wait first, the longest waiting at the top."""

    threads: tuple[Waiting, ...]
    waiting: int
    total: int
    page: int
    page_size: int = INBOX_PAGE_SIZE


def thread(tools: Toolbox, *, subject: Subject, subject_id: int, page: int = 1) -> Talk:
    """The thread as the actor of ``tools`` may read it.

    Empty, with its host, where nobody has written yet.

    NotFound for what the actor has no part in: a member's thread is found by that member and the
    house alone.
    """
    role = _ROLES[tools.actor.kind]
    check_part(role, subject)
    with tools.reading() as session:
        between = conversations.parties(session, subject, subject_id)
        _check_own(tools, session, role, between)
        found = session.scalars(
            select(Thread).where(Thread.subject == subject, Thread.subject_id == subject_id)
        ).one_or_none()
        host_id = found.host_id if found and found.host_id else between.host_id
        host = session.scalar(select(Account.name).where(Account.id == host_id))
        if found is None:
            return Talk(subject, subject_id, host, (), 0, None, page)
        readable = (Message.thread_id == found.id, _readable(role))
        total = session.scalar(select(func.count()).select_from(Message).where(*readable)) or 0
        rows = session.execute(_messages(readable, page)).all()
        files = _files(session, [row.id for row, _ in rows]) if subject in OF_BRANDS else {}
        said = tuple(_said(row, name, tools, files.get(row.id, ())) for row, name in reversed(rows))
        answer_by = _answer_by(session, found.id)
    return Talk(subject, subject_id, host, said, total, answer_by, page)


def about(tools: Toolbox, *, subject: Subject, subject_id: int) -> About:
    """What the conversation is about; NotFound if there is no such thing."""
    statement = {
        Subject.SALE: select(Sale.ref, Sale.title).where(Sale.id == subject_id),
        Subject.ORDER: select(Order.ref, Account.name)
        .join(Member, Member.id == Order.member_id)
        .join(Account, Account.id == Member.account_id)
        .where(Order.id == subject_id),
        Subject.COLLECTION: select(cast(Collection.id, String), Collection.name).where(
            Collection.id == subject_id
        ),
        Subject.BRAND: select(cast(Brand.id, String), Brand.name).where(Brand.id == subject_id),
        Subject.DEAL: select(cast(Deal.id, String), Brand.name)
        .join(Brand, Brand.id == Deal.brand_id)
        .where(Deal.id == subject_id),
    }[subject]
    role = _ROLES[tools.actor.kind]
    check_part(role, subject)
    with tools.reading() as session:
        _check_own(tools, session, role, conversations.parties(session, subject, subject_id))
        row = session.execute(statement).one_or_none()
    if row is None:
        raise NotFound
    return About(*row)


def file(tools: Toolbox, *, file_id: int) -> tuple[str, bytes]:
    """Name and content of a file that went with a message the actor may read; NotFound otherwise."""
    role = _ROLES[tools.actor.kind]
    with tools.reading() as session:
        row = session.execute(
            select(StoredFile.filename, StoredFile.storage_key)
            .join(MessageFile, MessageFile.file_id == StoredFile.id)
            .join(Message, Message.id == MessageFile.message_id)
            .where(
                StoredFile.id == file_id,
                brands.within(tools.brand_id, StoredFile.brand_id),
                _readable(role),
            )
        ).one_or_none()
    if row is None or role is ParticipantRole.MEMBER:
        raise NotFound
    return row.filename, tools.files.get(row.storage_key)


def inbox(tools: Toolbox, *, page: int = 1) -> Inbox:
    """Every thread somebody has written in, for the house."""
    with tools.reading() as session:
        waiting = session.scalar(select(func.count()).where(Thread.waiting_since.is_not(None)))
        total = session.scalar(select(func.count()).where(Thread.last_message_at.is_not(None)))
        threads = tuple(_waiting(row) for row in session.execute(_threads(tools, page)))
    return Inbox(threads, waiting or 0, total or 0, page)


def _check_own(
    tools: Toolbox, session: Session, role: ParticipantRole, between: conversations.Parties
) -> None:
    if role is ParticipantRole.BRAND and between.brand_id != tools.brand_id:
        raise NotFound
    if role is ParticipantRole.MEMBER:
        mine = select(Member.id).where(Member.account_id == tools.actor.account_id)
        if between.member_id is None or session.scalar(mine) != between.member_id:
            raise NotFound


def _readable(role: ParticipantRole) -> ColumnElement[bool]:
    """The rule of ``domain.conversations.may_read`` as a condition."""
    allowed = [Message.visibility == Visibility.ALL]
    if role is ParticipantRole.OPERATOR:
        allowed.append(Message.visibility == Visibility.STAFF)
    allowed.append((Message.visibility == Visibility.SIDE) & (Message.role == role))
    return or_(*allowed)


def _messages(readable: tuple[ColumnElement[bool], ...], page: int) -> Select[Message, str]:
    return (
        select(Message, Account.name)
        .join(Account, Account.id == Message.author_id)
        .where(*readable)
        .order_by(Message.id.desc())
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )


def _answer_by(session: Session, thread_id: int) -> datetime | None:
    promised = select(conversations.answer_by()).where(Thread.id == thread_id)
    return _utc(session.scalar(promised))


def _files(session: Session, message_ids: Sequence[int]) -> dict[int, tuple[File, ...]]:
    rows = session.execute(
        select(MessageFile.message_id, StoredFile.id, StoredFile.filename, StoredFile.bytes)
        .join(StoredFile, StoredFile.id == MessageFile.file_id)
        .where(MessageFile.message_id.in_(message_ids))
        .order_by(MessageFile.id)
    )
    found: dict[int, tuple[File, ...]] = {}
    for message_id, file_id, name, size in rows:
        found[message_id] = (*found.get(message_id, ()), File(file_id, name, size))
    return found


def _said(row: Message, name: str, tools: Toolbox, files: tuple[File, ...]) -> Said:
    return Said(
        message_id=row.id,
        role=row.role,
        name=name,
        body=row.body,
        at=row.created_at.astimezone(UTC),
        visibility=row.visibility,
        mine=row.author_id == tools.actor.account_id,
        files=files,
    )


def unread_of(tools: Toolbox) -> ScalarSelect[int]:
    """How many messages of a thread the actor has not read, for a statement that selects from ``Thread``."""
    assert tools.actor.account_id is not None, "somebody reads"
    news = conversations.unread(tools.actor.account_id, _ROLES[tools.actor.kind])
    return (
        select(func.count())
        .where(Message.thread_id == Thread.id, news)
        .correlate(Thread)
        .scalar_subquery()
    )


def _threads(tools: Toolbox, page: int) -> Select[Any]:
    host = select(Account.name).where(Account.id == Thread.host_id).scalar_subquery()
    named = func.coalesce(
        Sale.title,
        select(Collection.name)
        .where(Thread.subject == Subject.COLLECTION, Collection.id == Thread.subject_id)
        .scalar_subquery(),
    )
    return (
        select(
            Thread,
            Brand.name,
            Sale.ref,
            named,
            Order.ref,
            host,
            conversations.answer_by(),
            unread_of(tools),
        )
        .outerjoin(Brand, Brand.id == Thread.brand_id)
        .outerjoin(Sale, (Thread.subject == Subject.SALE) & (Sale.id == Thread.subject_id))
        .outerjoin(Order, (Thread.subject == Subject.ORDER) & (Order.id == Thread.subject_id))
        .where(Thread.last_message_at.is_not(None))
        .order_by(Thread.waiting_since.nulls_last(), Thread.last_message_at.desc(), Thread.id)
        .limit(INBOX_PAGE_SIZE)
        .offset((page - 1) * INBOX_PAGE_SIZE)
    )


def _waiting(row: Sequence[Any]) -> Waiting:
    found, brand, sale_ref, title, order_ref, host, answer_by, unread = row
    assert found.last_message_at is not None, "the list holds threads with messages"
    return Waiting(
        subject=found.subject,
        subject_id=found.subject_id,
        ref=sale_ref or order_ref or str(found.subject_id),
        about=", ".join(name for name in (brand, title) if name) or order_ref or "",
        host=host,
        waiting_since=_utc(found.waiting_since),
        answer_by=_utc(answer_by),
        last_message_at=found.last_message_at.astimezone(UTC),
        unread=unread,
    )


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC)
