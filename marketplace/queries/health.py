"""Whether the house is well: its stores, its clocks, what waits, and who gave a sign of life."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from marketplace.db import clock
from marketplace.db.audit import EventRow
from marketplace.db.outbox import JobRun, RunState, awake
from marketplace.db.session import StoreDown
from marketplace.domain.doors import Door
from marketplace.domain.refusals import Busy

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox

MILLISECOND = timedelta(milliseconds=1)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Health:
    """What can be said.

    Without PostgreSQL only that it does not answer; the rest is then unknown (none).

    ``clock_lag_ms``: the machine's clock less the database's. ``outbox_oldest_s``: how long the
    oldest event has waited to be relayed. ``jobs_oldest_s``: how long the most overdue run has
    waited. ``pulses``: seconds since each process gave a sign of life.
    """

    postgres: bool
    valkey: bool
    clock_lag_ms: int | None = None
    outbox_oldest_s: int | None = None
    jobs_oldest_s: int | None = None
    pulses: tuple[tuple[str, int], ...] = ()


def now(tools: Toolbox) -> Health:
    """How the house is at this moment, as far as this process can see."""
    valkey = tools.announcer.answers()
    worker = tools.at_door(Door.WORKER)
    try:
        with worker.reading() as session:
            return _look(session, machine=tools.now(), valkey=valkey)
    except (StoreDown, Busy):
        return Health(postgres=False, valkey=valkey)


def _look(session: Session, *, machine: datetime, valkey: bool) -> Health:
    at = clock.now(session)
    oldest = session.execute(
        select(EventRow.created_at)
        .where(EventRow.relayed_at.is_(None))
        .order_by(EventRow.id)
        .limit(1)
    ).scalar_one_or_none()
    overdue = session.execute(
        select(func.min(JobRun.due_at)).where(
            JobRun.state.in_((RunState.WAITING, RunState.FAILED)), JobRun.due_at <= at
        )
    ).scalar_one_or_none()
    return Health(
        postgres=True,
        valkey=valkey,
        clock_lag_ms=(machine - at) // MILLISECOND,
        outbox_oldest_s=_since(oldest, at),
        jobs_oldest_s=_since(overdue, at),
        pulses=tuple((each.name, _since(each.beaten_at, at)) for each in awake(session)),
    )


def _since(then: datetime | None, at: datetime) -> int:
    return 0 if then is None else max(0, (at - then) // SECOND)
