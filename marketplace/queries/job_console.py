"""What does the night staff do, did it do it, and what needs a hand? Each job, each run that failed, each process.

The list of jobs is handed in by the front gate: it is the program's own, so that a job which never ran is shown
as well, and nothing has to be kept in step with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

from marketplace.db import clock
from marketplace.db.outbox import RunState, awake

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import RowMapping

    from marketplace.db.outbox import Alive
    from marketplace.toolbox import Toolbox

PAGE_SIZE = 50
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_JOBS = text(
    """
    SELECT wanted.job, last.finished_at AS last_done_at, started.started_at AS last_begun_at,
           now.waiting, now.failed, now.oldest, spent.given_up
    FROM unnest(CAST(:jobs AS text[])) AS wanted (job)
    LEFT JOIN LATERAL (
        SELECT r.finished_at FROM job_runs r WHERE r.job = wanted.job AND r.state = 'done'
        ORDER BY r.id DESC LIMIT 1
    ) last ON true
    LEFT JOIN LATERAL (
        SELECT r.started_at FROM job_runs r WHERE r.job = wanted.job AND r.started_at IS NOT NULL
        ORDER BY r.id DESC LIMIT 1
    ) started ON true
    LEFT JOIN LATERAL (
        SELECT count(*) FILTER (WHERE r.state = 'waiting') AS waiting,
               count(*) FILTER (WHERE r.state = 'failed') AS failed,
               min(r.due_at) FILTER (WHERE r.due_at <= house_instant()) AS oldest
        FROM job_runs r WHERE r.job = wanted.job AND r.state IN ('waiting', 'failed')
    ) now ON true
    LEFT JOIN LATERAL (
        SELECT count(*) AS given_up FROM job_runs r WHERE r.job = wanted.job AND r.state = 'given_up'
    ) spent ON true
    """
)
_FAILED = text(
    """
    SELECT id AS run_id, job, state, attempts, error, finished_at, due_at, arguments ->> 'subject_id' AS subject_id,
           count(*) OVER () AS total
    FROM job_runs WHERE state IN ('failed', 'given_up')
    ORDER BY id DESC LIMIT :most OFFSET :past
    """
)
_OUTBOX = text(
    "SELECT count(*) AS waiting, min(created_at) AS oldest FROM events WHERE relayed_at IS NULL"
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A job as the program knows it. ``seconds`` between two runs; ``after``: names of events that set it going."""

    name: str
    words: str
    queue: str
    seconds: int | None = None
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A job and how it stands. ``next_at`` is known for one that runs by the clock."""

    job: Listed
    last_done_at: datetime | None
    last_begun_at: datetime | None
    next_at: datetime | None
    waiting: int
    failed: int
    given_up: int
    oldest_waiting_at: datetime | None


@dataclass(frozen=True, slots=True)
class Failed:
    """A run that failed and will be tried again at ``again_at``, or was given up (none)."""

    run_id: int
    job: str
    state: RunState
    attempts: int
    error: str
    failed_at: datetime | None
    again_at: datetime | None
    subject_id: str | None


@dataclass(frozen=True, slots=True)
class Console:
    """The whole page as of ``now``; failed runs are paged, the newest first."""

    now: datetime
    lines: tuple[Line, ...]
    runs: tuple[Failed, ...]
    runs_total: int
    page: int
    processes: tuple[Alive, ...]
    events_waiting: int
    oldest_event_at: datetime | None
    page_size: int = PAGE_SIZE


def look(tools: Toolbox, *, jobs: Sequence[Listed], page: int = 1) -> Console:
    """How every job of ``jobs`` stands now."""
    with tools.reading() as session:
        now = clock.instant(session)
        rows = session.execute(_JOBS, {"jobs": [job.name for job in jobs]}).mappings()
        found = {row["job"]: row for row in rows}
        asked = {"most": PAGE_SIZE, "past": (page - 1) * PAGE_SIZE}
        failed = session.execute(_FAILED, asked).mappings().all()
        outbox = session.execute(_OUTBOX).one()
        processes = awake(session)
    return Console(
        now=now,
        lines=tuple(_line(job, found[job.name], now) for job in jobs),
        runs=tuple(_failed(row) for row in failed),
        runs_total=failed[0]["total"] if failed else 0,
        page=page,
        processes=processes,
        events_waiting=outbox.waiting,
        oldest_event_at=_utc(outbox.oldest),
    )


def _line(job: Listed, row: RowMapping, now: datetime) -> Line:
    return Line(
        job=job,
        last_done_at=_utc(row["last_done_at"]),
        last_begun_at=_utc(row["last_begun_at"]),
        next_at=None if job.seconds is None else _next(job.seconds, now),
        waiting=row["waiting"],
        failed=row["failed"],
        given_up=row["given_up"],
        oldest_waiting_at=_utc(row["oldest"]),
    )


def _next(seconds: int, now: datetime) -> datetime:
    """The beginning of the next period: periods are counted in whole lengths from 1970, as the clocks count them."""
    passed = (now - EPOCH) // timedelta(seconds=1)
    return EPOCH + timedelta(seconds=(passed // seconds + 1) * seconds)


def _failed(row: RowMapping) -> Failed:
    state = RunState(row["state"])
    return Failed(
        run_id=row["run_id"],
        job=row["job"],
        state=state,
        attempts=row["attempts"],
        error=row["error"],
        failed_at=_utc(row["finished_at"]),
        again_at=_utc(row["due_at"]) if state is RunState.FAILED else None,
        subject_id=row["subject_id"],
    )


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC)
