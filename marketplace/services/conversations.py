"""Conversations: a message in the thread of a deal, a sale or an order, and the date of the answer it is owed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.db import clock, conversations, locks, promises
from marketplace.db.members import Member
from marketplace.domain.conversations import (
    ParticipantRole,
    Visibility,
    answer_due,
    check_part,
    check_writing,
)
from marketplace.domain.doors import Door, Realm
from marketplace.domain.events import Event, Fact
from marketplace.domain.promises import PromiseKind
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.db.conversations import Thread
    from marketplace.domain.conversations import Subject
    from marketplace.toolbox import Toolbox

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
) -> Written:
    """Write in the thread of this thing as the actor; the same ``key`` again writes nothing more.

    A member's or brand's message is a question: the first unanswered one carries the promise of an answer. Refuses as
    not found whatever the actor has no part in; refuses an empty message and a staff note from outside the house.
    """
    role, account_id = _speaker(tools)
    check_part(role, subject)
    check_writing(author=role, visibility=visibility, body=body)
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
        answer_by = _owe(session, thread, message_id, role, visibility, account_id)
        data = {"thread": thread.id, "message": message_id, "role": str(role)}
        data["visibility"] = str(visibility)
        about = Fact(
            Event.MESSAGE_WRITTEN, str(subject), subject_id, brand_id=thread.brand_id, data=data
        )
        tools.record(session, about)
        return Written(message_id, answer_by)


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
    due_at = answer_due(now)
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
