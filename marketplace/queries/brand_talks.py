"""A brand's talks with the house: every thread somebody has written in, and what is new for who looks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from marketplace.db.brands import within
from marketplace.db.catalogue import Collection
from marketplace.db.conversations import Message, Thread, answer_by, unread
from marketplace.db.deals import Deal
from marketplace.db.sales import Sale
from marketplace.domain.conversations import ParticipantRole, Subject
from marketplace.queries.conversations import unread_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Select

    from marketplace.toolbox import Toolbox

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One thread. ``name`` is the collection's or sale's, empty for talk about everything else.

    ``waits_since`` is the first question that the house has not answered; None: the house has the last word.
    """

    subject: Subject
    subject_id: int
    name: str
    messages: int
    unread: int
    waits_since: datetime | None
    answer_by: datetime | None
    last_message_at: datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a brand's threads: those with news first, then the newest."""

    lines: tuple[Line, ...]
    total: int
    page: int
    page_size: int = PAGE_SIZE


def listed(tools: Toolbox, *, brand_id: int, page: int = 1) -> Listed:
    """The threads of this brand; at the brands' door, those of the actor's own."""
    where = (
        Thread.brand_id == brand_id,
        within(tools.brand_id, Thread.brand_id),  # type: ignore[arg-type]  # a thread with a brand
        Thread.last_message_at.is_not(None),
    )
    with tools.reading() as session:
        total = session.scalar(select(func.count()).select_from(Thread).where(*where)) or 0
        lines = tuple(_line(row) for row in session.execute(_threads(tools, page).where(*where)))
    return Listed(lines, total, page)


def news(tools: Toolbox) -> int:
    """How many messages of the house the actor, who speaks for a brand, has not read."""
    assert tools.actor.account_id is not None, "somebody reads"
    counted = (
        select(func.count(Message.id))
        .select_from(Thread)
        .join(Message, Message.thread_id == Thread.id)
        .where(
            Thread.brand_id == tools.brand_id, unread(tools.actor.account_id, ParticipantRole.BRAND)
        )
    )
    with tools.reading() as session:
        return session.scalar(counted) or 0


def _threads(tools: Toolbox, page: int) -> Select[Any]:
    collection = func.coalesce(
        select(Collection.name)
        .where(Thread.subject == Subject.COLLECTION, Collection.id == Thread.subject_id)
        .scalar_subquery(),
        select(Collection.name)
        .join(Deal, Deal.collection_id == Collection.id)
        .where(Thread.subject == Subject.DEAL, Deal.id == Thread.subject_id)
        .scalar_subquery(),
        select(Sale.title)
        .where(Thread.subject == Subject.SALE, Sale.id == Thread.subject_id)
        .scalar_subquery(),
        "",
    )
    said = (
        select(func.count())
        .select_from(Message)
        .where(Message.thread_id == Thread.id, Message.visibility == "all")
        .correlate(Thread)
        .scalar_subquery()
    )
    fresh = unread_of(tools)
    return (
        select(Thread, collection, said, fresh, answer_by())
        .order_by((fresh > 0).desc(), Thread.last_message_at.desc(), Thread.id)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )


def _line(row: Sequence[Any]) -> Line:
    found, name, said, fresh, due_at = row
    since = found.waiting_since
    return Line(
        subject=found.subject,
        subject_id=found.subject_id,
        name=name,
        messages=said,
        unread=fresh,
        waits_since=since.astimezone(UTC) if since else None,
        answer_by=due_at.astimezone(UTC) if due_at else None,
        last_message_at=found.last_message_at.astimezone(UTC),
    )
