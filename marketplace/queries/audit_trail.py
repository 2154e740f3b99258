"""Who did what to this, when and why? The events of one thing, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from marketplace.db.accounts import Account
from marketplace.db.audit import EventRow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marketplace.domain.doors import Door
    from marketplace.toolbox import Toolbox

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One event. ``who`` is the person's name where a person did it."""

    event_id: int
    name: str
    at: datetime
    actor: Door
    who: str | None
    reason: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Trail:
    """One page of the events of a thing, and how many there are."""

    lines: tuple[Line, ...]
    total: int
    page: int
    page_size: int = PAGE_SIZE


def of(tools: Toolbox, *, subject_type: str, subject_id: int, page: int = 1) -> Trail:
    """The events about one thing; of something that nobody ever touched, an empty trail."""
    about = (EventRow.subject_type == subject_type, EventRow.subject_id == subject_id)
    statement = (
        select(EventRow, Account.name)
        .outerjoin(Account, Account.id == EventRow.account_id)
        .where(*about)
        .order_by(EventRow.id.desc())
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    with tools.reading() as session:
        total = session.scalar(select(func.count()).select_from(EventRow).where(*about)) or 0
        lines = tuple(_line(row, who) for row, who in session.execute(statement))
    return Trail(lines, total, page)


def _line(row: EventRow, who: str | None) -> Line:
    return Line(
        event_id=row.id,
        name=row.name,
        at=row.created_at.astimezone(UTC),
        actor=row.actor,
        who=who,
        reason=row.reason,
        data=row.data,
    )
