"""Touches: the account manager plans one, notes that it happened, or drops it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from marketplace.db import clock, locks
from marketplace.db.brands import Brand
from marketplace.db.touches import Touch
from marketplace.domain import moments
from marketplace.domain import touches as rules
from marketplace.domain.events import Event, Fact
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from marketplace.domain.touches import TouchKind
    from marketplace.toolbox import Toolbox


def plan(
    tools: Toolbox, *, brand_id: int, kind: TouchKind, planned_on: date, note: str = ""
) -> int:
    """Plan the next touch for a day of the house's calendar; ``note`` stays with the house. Returns its id.

    Refuses (``Invalid``) a day that is past or far away, and more plans than one brand may have.
    """
    with tools.transaction() as session:
        locks.one(session, Brand, brand_id)
        rules.check_planned(planned_on, today=moments.house_day(clock.now(session)))
        waiting = select(func.count()).where(
            Touch.brand_id == brand_id, Touch.done_on.is_(None), Touch.dropped_at.is_(None)
        )
        rules.check_room(session.execute(waiting).scalar_one())
        row = _begun(tools, brand_id, kind, planned_on)
        row.note = note.strip()
        return _written(tools, session, row, Event.TOUCH_PLANNED)


def note(
    tools: Toolbox, *, brand_id: int, kind: TouchKind, done_on: date, agreed: str, note: str = ""
) -> int:
    """Write down a touch that nobody planned: what was agreed is read by the brand. Returns its id."""
    with tools.transaction() as session:
        locks.one(session, Brand, brand_id)
        rules.check_done(done_on, today=moments.house_day(clock.now(session)))
        row = _begun(tools, brand_id, kind, done_on)
        row.done_on, row.agreed, row.note = done_on, agreed.strip(), note.strip()
        return _written(tools, session, row, Event.TOUCH_DONE)


def done(tools: Toolbox, *, touch_id: int, done_on: date, agreed: str, note: str = "") -> None:
    """It happened on this day; one that has ended before stays as it is."""
    with tools.transaction() as session:
        row = locks.one(session, Touch, touch_id)
        rules.check_done(done_on, today=moments.house_day(clock.now(session)))
        if _ended(row):
            return
        row.done_on, row.agreed = done_on, agreed.strip()
        row.note = note.strip() or row.note
        _written(tools, session, row, Event.TOUCH_DONE)


def drop(tools: Toolbox, *, touch_id: int) -> None:
    """It will not happen; one that has ended before stays as it is."""
    with tools.transaction() as session:
        row = locks.one(session, Touch, touch_id)
        if not _ended(row):
            row.dropped_at = clock.now(session)
            _written(tools, session, row, Event.TOUCH_DROPPED)


def _ended(row: Touch) -> bool:
    return row.done_on is not None or row.dropped_at is not None


def _begun(tools: Toolbox, brand_id: int, kind: TouchKind, day: date) -> Touch:
    if tools.actor.account_id is None:
        raise NotFound
    return Touch(brand_id=brand_id, kind=kind, planned_on=day, made_by_id=tools.actor.account_id)


def _written(tools: Toolbox, session: Session, row: Touch, event: Event) -> int:
    session.add(row)
    session.flush()
    day = row.done_on or row.planned_on
    data = {"touch": row.id, "kind": str(row.kind), "day": day.isoformat()}
    tools.record(session, Fact(event, "brand", row.brand_id, brand_id=row.brand_id, data=data))
    return row.id
