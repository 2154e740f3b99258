"""Closures: a brand says on which days its house is closed, or takes that back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from marketplace.db import brands, clock, closures, locks
from marketplace.db.brands import Brand
from marketplace.db.closures import Closure
from marketplace.domain import closures as rules
from marketplace.domain.events import Event, Fact
from marketplace.domain.moments import wall_time

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.domain.deals import Days
    from marketplace.toolbox import Toolbox


def state(tools: Toolbox, *, brand_id: int, days: Days, note: str) -> tuple[str, ...]:
    """The brand is closed on these days of its own calendar; returns the sales scheduled to open on them.

    Such a sale stays as it is, and whoever plans sees the conflict: nothing new is scheduled into these days. Under
    the same lock as scheduling, so that of the two the later one sees the other. Refuses (``Invalid``) days that
    cannot be.
    """
    with tools.transaction() as session:
        brand = locks.one(session, Brand, brand_id, brands.within(tools.brand_id, Brand.id))
        zone = rules.zone_of(brand.country)
        today = wall_time(clock.now(session), zone).date()
        coming = select(func.count()).where(
            Closure.brand_id == brand.id, Closure.ended_at.is_(None), Closure.last_on >= today
        )
        rules.check(days, today=today, coming=session.execute(coming).scalar_one())
        assert tools.actor.account_id is not None, "somebody states it"
        row = Closure(
            brand_id=brand.id,
            first_on=days.first,
            last_on=days.last,
            note=note.strip(),
            stated_by_id=tools.actor.account_id,
        )
        session.add(row)
        session.flush()
        _record(tools, session, Event.CLOSURE_STATED, row)
        return closures.scheduled_within(session, brand.id, days, zone)


def take_back(tools: Toolbox, *, closure_id: int) -> None:
    """The brand is open on these days after all; taken back before, it stays so."""
    with tools.transaction() as session:
        row = locks.one(
            session, Closure, closure_id, brands.within(tools.brand_id, Closure.brand_id)
        )
        if row.ended_at is None:
            row.ended_at = clock.now(session)
            _record(tools, session, Event.CLOSURE_TAKEN_BACK, row)


def put_off_answers(tools: Toolbox, *, brand_id: int) -> int:
    """Promise the answers owed to the brand for days on which it is open; how many dates moved."""
    with tools.transaction() as session:
        return closures.put_off_answers(session, brand_id)


def _record(tools: Toolbox, session: Session, event: Event, row: Closure) -> None:
    data = {
        "closure": row.id,
        "first": row.first_on.isoformat(),
        "last": row.last_on.isoformat(),
    }
    tools.record(session, Fact(event, "brand", row.brand_id, brand_id=row.brand_id, data=data))
