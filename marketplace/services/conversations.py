"""Conversations: a message in the thread of a thing, who hears of it, and the date of the answer it is owed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from marketplace.db import (
    attachments,
    brands,
    clock,
    closures,
    contacts,
    conversations,
    locks,
    promises,
)
from marketplace.db.accounts import Account, AccountState
from marketplace.db.brands import BrandUser
from marketplace.db.conversations import Message, Participant, Thread
from marketplace.db.members import Member
from marketplace.domain import attachments as files_of
from marketplace.domain.brands.team import SPEAKERS
from marketplace.domain.conversations import (
    OF_BRANDS,
    ParticipantRole,
    Visibility,
    answer_due,
    check_part,
    check_writing,
)
from marketplace.domain.doors import BrandRole, Door, Realm
from marketplace.domain.events import Event, Fact
from marketplace.domain.promises import PromiseKind
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from marketplace.db.brands import Kept
    from marketplace.domain.attachments import AttachmentKind
    from marketplace.domain.conversations import Subject
    from marketplace.toolbox import Toolbox, Upload

ROLES = {
    Door.MEMBER: ParticipantRole.MEMBER,
    Door.BRAND: ParticipantRole.BRAND,
    Door.OPERATOR: ParticipantRole.OPERATOR,
}
_REALMS = {
    ParticipantRole.MEMBER: Realm.MEMBER,
    ParticipantRole.BRAND: Realm.BRAND,
}


@dataclass(frozen=True, slots=True)
class Written:
    """The message, and by when the house answers it; None where nothing is owed."""

    message_id: int | None
    answer_by: datetime | None


def write(
    tools: Toolbox,
    *,
    subject: Subject,
    subject_id: int,
    body: str,
    key: str,
    visibility: Visibility = Visibility.ALL,
    files: tuple[Upload, ...] = (),
) -> Written:
    """Write in the thread of this thing as the actor; the same ``key`` again writes nothing more.

    A member's or brand's message is a question: the first unanswered one carries the promise of an answer. Refuses as
    not found whatever the actor has no part in; refuses an empty message, a staff note from outside the house, and
    ``files`` that are not what goes with a message. Talks about a member's order carry none.
    """
    assert not files or subject in OF_BRANDS, "files go with talks between a brand and the house"
    role, account_id = _speaker(tools)
    check_part(role, subject)
    check_writing(author=role, visibility=visibility, body=body)
    kept = _keep(tools, files)
    with tools.transaction() as session:
        thread_id = conversations.open_thread(session, subject=subject, subject_id=subject_id)
        thread = locks.one(session, conversations.Thread, thread_id)
        _check_own(tools, session, thread, role)
        conversations.join(session, thread, account_id=account_id, role=role)
        message_id = conversations.add_message(
            session,
            thread,
            author_id=account_id,
            role=role,
            visibility=visibility,
            body=body.strip(),
            key=key,
        )
        if message_id is None:
            return Written(None, None)
        _attach(session, message_id, account_id, kept)
        answer_by = _owe(session, thread, message_id, role, visibility, account_id)
        data = {"thread": thread.id, "message": message_id, "role": str(role)}
        data["visibility"] = str(visibility)
        about = Fact(
            Event.MESSAGE_WRITTEN, str(subject), subject_id, brand_id=thread.brand_id, data=data
        )
        tools.record(session, about)
        return Written(message_id, answer_by)


def mark_read(tools: Toolbox, *, subject: Subject, subject_id: int, message_id: int) -> None:
    """The actor has read this thread of a brand up to ``message_id``; of what is not theirs nothing is written."""
    role, account_id = _speaker(tools)
    check_part(role, subject)
    with tools.transaction() as session:
        thread = session.scalars(
            select(Thread)
            .join(Message, Message.thread_id == Thread.id)
            .where(
                Thread.subject == subject,
                Thread.subject_id == subject_id,
                Thread.brand_id.is_not(None),
                Message.id == message_id,
            )
        ).one_or_none()
        if thread is not None and tools.brand_id in {None, thread.brand_id}:
            conversations.mark_read(session, thread, account_id=account_id, message_id=message_id)


def tell(tools: Toolbox, *, message_id: int) -> int:
    """Write to those whom a message between a brand and the house waits for; how many letters are new.

    One letter for all that a reader has not read yet: the next leaves after they have come and read. Nobody is
    written to about a note of the house, or about what they have read already.
    """
    with tools.transaction() as session:
        message = session.get_one(Message, message_id)
        thread = session.get_one(Thread, message.thread_id)
        if thread.subject not in OF_BRANDS or message.visibility is not Visibility.ALL:
            return 0
        to_house = message.role is ParticipantRole.BRAND
        readers = _of_house(session, thread) if to_house else _of_brand(session, thread)
        role = ParticipantRole.OPERATOR if to_house else ParticipantRole.BRAND
        return sum(_letter(session, thread, account_id, role) for account_id in readers)


def _letter(session: Session, thread: Thread, account_id: int, role: ParticipantRole) -> bool:
    """A letter about the oldest message that this reader has not read; whether there was one to write."""
    first = session.scalar(
        select(func.min(Message.id)).where(
            Message.thread_id == thread.id, conversations.unread(account_id, role)
        )
    )
    if first is None:
        return False
    written = contacts.write(
        session,
        key=f"message:{thread.id}:{first}:{account_id}",
        kind="message_waits",
        account_id=account_id,
        brand_id=thread.brand_id,
        transactional=True,
        facts={"thread_id": thread.id, "role": str(role)},
    )
    return written is not None


def _of_house(session: Session, thread: Thread) -> tuple[int, ...]:
    """The person of the house who answers; else whoever of it has taken part, else everybody who is there."""
    there = (
        select(Account.id)
        .where(Account.realm == Realm.OPERATOR, Account.state == AccountState.ACTIVE)
        .order_by(Account.id)
    )
    host = tuple(session.scalars(there.where(Account.id == thread.host_id)))
    parts = there.where(Account.id.in_(_parts(thread, ParticipantRole.OPERATOR)))
    return host or tuple(session.scalars(parts)) or tuple(session.scalars(there))


def _of_brand(session: Session, thread: Thread) -> tuple[int, ...]:
    """Who of the brand has taken part; where nobody has, its owners. Only people who may come in and answer."""
    parts = _parts(thread, ParticipantRole.BRAND)
    working = (
        select(BrandUser.account_id)
        .join(Account, Account.id == BrandUser.account_id)
        .where(
            BrandUser.brand_id == thread.brand_id,
            BrandUser.role.in_(SPEAKERS),
            Account.state == AccountState.ACTIVE,
        )
        .order_by(BrandUser.account_id)
    )
    found = tuple(session.scalars(working.where(BrandUser.account_id.in_(parts))))
    return found or tuple(session.scalars(working.where(BrandUser.role == BrandRole.OWNER)))


def _parts(thread: Thread, role: ParticipantRole) -> Select[int]:
    return select(Participant.account_id).where(
        Participant.thread_id == thread.id, Participant.role == role
    )


def _keep(tools: Toolbox, files: tuple[Upload, ...]) -> tuple[tuple[Kept, AttachmentKind], ...]:
    """Look at every file before the first is kept."""
    files_of.check_number(len(files))
    kinds = []
    for file in files:
        files_of.check_size(file.name, size_bytes=file.path.stat().st_size)
        kinds.append(files_of.kind_of(file.name, file.path.read_bytes()))
    return tuple((tools.keep(file), kind) for file, kind in zip(files, kinds, strict=True))


def _attach(
    session: Session,
    message_id: int,
    account_id: int,
    kept: tuple[tuple[Kept, AttachmentKind], ...],
) -> None:
    message = session.get_one(Message, message_id)
    for file, kind in kept:
        assert message.brand_id is not None, "files go with talks between a brand and the house"
        stored = brands.keep_file(session, file, brand_id=message.brand_id, by_id=account_id)
        attachments.attach(session, message, stored, kind=kind)


def _speaker(tools: Toolbox) -> tuple[ParticipantRole, int]:
    assert tools.actor.account_id is not None, "a message has an author"
    return ROLES[tools.actor.kind], tools.actor.account_id


def _check_own(tools: Toolbox, session: Session, thread: Thread, role: ParticipantRole) -> None:
    if role is ParticipantRole.BRAND and thread.brand_id != tools.brand_id:
        raise NotFound
    if role is ParticipantRole.MEMBER:
        wanted = select(Member.id).where(Member.account_id == tools.actor.account_id)
        if thread.member_id is None or session.scalar(wanted) != thread.member_id:
            raise NotFound


def _owe(
    session: Session,
    thread: Thread,
    message_id: int,
    role: ParticipantRole,
    visibility: Visibility,
    account_id: int,
) -> datetime | None:
    now = clock.now(session)
    thread.last_message_at = now
    if visibility is not Visibility.ALL:
        return None
    if role is ParticipantRole.OPERATOR:
        _answer(session, thread)
        return None
    if thread.waiting_since is not None:
        return None
    thread.waiting_since = now
    due_at = (
        answer_due(now)
        if thread.brand_id is None
        else closures.answer_due_to(session, thread.brand_id, now)
    )
    promises.make(
        session,
        kind=PromiseKind.ANSWER,
        subject_type="message",
        subject_id=message_id,
        realm=_REALMS[role],
        due_at=due_at,
        account_id=account_id,
        brand_id=thread.brand_id,
    )
    return due_at


def _answer(session: Session, thread: Thread) -> None:
    thread.waiting_since = None
    for waiting in conversations.waiting_messages(session, thread):
        promises.keep(session, kind=PromiseKind.ANSWER, subject_type="message", subject_id=waiting)
