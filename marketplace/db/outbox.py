"""The outbox: events on their way to jobs, and each job's run as a row. RQ only carries; these rows are the truth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import Index, String, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import (
    CODE_LENGTH_MAX,
    HOUSE_NOW,
    NAME_LENGTH_MAX,
    Base,
    CreatedAt,
    Pk,
    refers,
    states,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

ERROR_LENGTH_MAX = 2_000
PAUSE_SECONDS_MAX = 300
PROCESSES_MAX = 50
SILENT_AFTER = timedelta(seconds=45)


class RunState(StrEnum):
    """Where one run of a job stands. ``failed`` is tried again until its attempts are spent, then ``given_up``."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    GIVEN_UP = "given_up"


class JobRun(Base):
    """One run of one job. ``key`` is unique: an event that is relayed twice makes one run.

    ``lease`` counts who holds it: a worker that lost its lease cannot mark the run as done.
    """

    __tablename__ = "job_runs"
    __table_args__ = (
        Index("ix_job_runs_due", "due_at", "id", postgresql_where="state IN ('waiting', 'failed')"),
        Index("ix_job_runs_job", "job", "id"),
        Index("ix_job_runs_failed", "id", postgresql_where="state IN ('failed', 'given_up')"),
    )

    id: Mapped[Pk]
    job: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX))
    key: Mapped[str] = mapped_column(String(NAME_LENGTH_MAX), unique=True)
    event_id: Mapped[int | None] = refers("events.id", index=True)
    arguments: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    state: Mapped[RunState] = mapped_column(states(RunState), server_default="waiting")
    attempts: Mapped[int] = mapped_column(server_default="0")
    due_at: Mapped[CreatedAt]
    sent_at: Mapped[datetime | None]
    lease: Mapped[int] = mapped_column(server_default="0")
    leased_until: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(2_000), server_default="")
    created_at: Mapped[CreatedAt]


class Pulse(Base):
    """The last sign of life of a process: what the health page and the board show."""

    __tablename__ = "pulses"

    process: Mapped[str] = mapped_column(String(CODE_LENGTH_MAX), primary_key=True)
    beaten_at: Mapped[CreatedAt]
    note: Mapped[str] = mapped_column(String(1_000), server_default="")


@dataclass(frozen=True, slots=True)
class Alive:
    """A process and its last sign of life; ``silent`` once it is older than ``SILENT_AFTER``."""

    name: str
    beaten_at: datetime
    silent: bool
    note: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A run that is due and now on its way to a worker; ``again`` where it was sent before and nobody took it up."""

    run_id: int
    job: str
    again: bool = False


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on a run. ``number`` fences off whoever held it before."""

    run_id: int
    number: int
    job: str
    arguments: dict[str, Any]


def relay(
    session: Session,
    subscribers: Mapping[str, tuple[str, ...]],
    *,
    most: int,
    together: frozenset[str] = frozenset(),
) -> int:
    """Turn up to ``most`` waiting events into runs of the jobs that ``subscribers`` lists; how many events.

    A job of ``together`` gets one run for all of its events, with their subjects as ``subject_ids``.
    """
    events = session.execute(_WAITING_EVENTS, {"most": most}).all()
    runs = [
        {
            "job": job,
            "key": f"event:{event.id}:{job}",
            "event_id": event.id,
            "arguments": {
                "subject_id": event.subject_id,
                "event_id": event.id,
                "brand_id": event.brand_id,
                **event.data,
            },
        }
        for event in events
        for job in subscribers.get(event.name, ())
        if job not in together
    ]
    for job in sorted(together):
        own = [each for each in events if job in subscribers.get(each.name, ())]
        if own:
            runs.append(
                {
                    "job": job,
                    "key": f"event:{own[0].id}:{job}",
                    "event_id": own[0].id,
                    "arguments": {"subject_ids": [each.subject_id for each in own]},
                }
            )
    if runs:
        session.execute(insert(JobRun).on_conflict_do_nothing(constraint="uq_job_runs_key"), runs)
    if events:
        session.execute(_RELAYED, {"ids": [event.id for event in events]})
    return len(events)


def ask(session: Session, *, job: str, key: str, arguments: dict[str, Any]) -> bool:
    """Ask for one run under a unique ``key``; False if it was asked for before."""
    statement = (
        insert(JobRun)
        .values(job=job, key=key, arguments=arguments)
        .on_conflict_do_nothing(constraint="uq_job_runs_key")
        .returning(JobRun.id)
    )
    return session.execute(statement).scalar_one_or_none() is not None


def ask_each_period(session: Session, periods: Mapping[str, int]) -> int:
    """Ask for each job's run of its current period (seconds), all at once; returns how many nobody had asked for."""
    named = sorted(periods.items())
    asked = {"jobs": [job for job, _ in named], "seconds": [seconds for _, seconds in named]}
    return len(session.execute(_ASK_PERIODS, asked).all())


def send_due(session: Session, *, most: int, again_after_seconds: int) -> tuple[Sent, ...]:
    """Mark up to ``most`` due runs as sent. One that is not taken up is sent again after a while."""
    rows = session.execute(_SEND_DUE, {"most": most, "again": again_after_seconds})
    return tuple(Sent(row.id, row.job, again=row.again) for row in rows)


def lease(session: Session, run_id: int, *, seconds: int) -> Lease | None:
    """Take the right to work on a run; None where it is done, given up, or in somebody's hands."""
    row = session.execute(_LEASE, {"id": run_id, "seconds": seconds}).one_or_none()
    return None if row is None else Lease(run_id, row.lease, row.job, row.arguments)


def finish(session: Session, held: Lease) -> bool:
    """Mark the run as done; False where the lease was lost meanwhile (the work was safe to do twice)."""
    found = session.execute(_FINISH, {"id": held.run_id, "lease": held.number})
    return found.scalar_one_or_none() is not None


def fail(session: Session, held: Lease, *, error: str, attempts_max: int) -> RunState | None:
    """Note why it failed; it is due again after a growing pause, until its attempts are spent."""
    found = session.execute(
        _FAIL,
        {
            "id": held.run_id,
            "lease": held.number,
            "error": error[:ERROR_LENGTH_MAX],
            "most": attempts_max,
            "pause_max": PAUSE_SECONDS_MAX,
        },
    ).scalar_one_or_none()
    return None if found is None else RunState(found)


def run_again(session: Session, run_id: int) -> bool:
    """Make a failed or given-up run due now; a second press finds it waiting and changes nothing."""
    return session.execute(_AGAIN, {"id": run_id}).scalar_one_or_none() is not None


def forget(session: Session, *, days: int) -> int:
    """Remove runs that were done and signs of life that were given more than ``days`` ago; how many runs.

    What failed or was given up stays until somebody has run it again.
    """
    session.execute(_FORGET_PULSES)
    return len(session.execute(_FORGET_RUNS, {"days": days}).all())


def beat(session: Session, process: str, note: str = "") -> None:
    """Leave a sign of life of ``process``."""
    statement = insert(Pulse).values(process=process, note=note)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["process"],
            set_={"beaten_at": HOUSE_NOW, "note": statement.excluded.note},
        )
    )


def leave(session: Session, process: str) -> None:
    """Take the sign of life of ``process`` away: it stopped because it was told to, and nobody need look for it."""
    session.execute(_LEAVE, {"process": process})


def awake(session: Session) -> tuple[Alive, ...]:
    """Who gave a sign of life in the last hour; where nobody did, the last of this day.

    A process that was started anew has another name: what its predecessor left is not shown for long.
    """
    rows = session.execute(_AWAKE, {"silent": SILENT_AFTER, "most": PROCESSES_MAX})
    return tuple(
        Alive(row.process, row.beaten_at.astimezone(UTC), row.silent, row.note) for row in rows
    )


_WAITING_EVENTS = text(
    "SELECT id, name, subject_id, brand_id, data FROM events WHERE relayed_at IS NULL "
    "ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED"
)
_RELAYED = text("UPDATE events SET relayed_at = house_now() WHERE id = ANY (:ids)")
_ASK_PERIODS = text(
    "WITH asked AS (SELECT p.job, 'period:' || p.job || ':'"
    " || div(extract(epoch FROM house_now())::numeric, p.seconds) AS key"
    " FROM unnest(CAST(:jobs AS text[]), CAST(:seconds AS bigint[])) AS p (job, seconds))"
    " INSERT INTO job_runs (job, key, arguments) SELECT asked.job, asked.key, '{}' FROM asked"
    " WHERE NOT EXISTS (SELECT FROM job_runs r WHERE r.key = asked.key)"
    " ON CONFLICT (key) DO NOTHING RETURNING id"
)
_SEND_DUE = text(
    "UPDATE job_runs r SET sent_at = house_now() FROM ("
    " SELECT id, sent_at IS NOT NULL AS again FROM job_runs"
    " WHERE state IN ('waiting', 'failed') AND due_at <= house_instant()"
    " AND (sent_at IS NULL OR sent_at < house_instant() - make_interval(secs => :again))"
    " AND (leased_until IS NULL OR leased_until < house_instant())"
    " ORDER BY due_at, id LIMIT :most FOR UPDATE SKIP LOCKED"
    ") due WHERE r.id = due.id RETURNING r.id, r.job, due.again"
)
_LEASE = text(
    "UPDATE job_runs SET lease = lease + 1, attempts = attempts + 1, started_at = house_now(),"
    " leased_until = house_now() + make_interval(secs => :seconds)"
    " WHERE id = :id AND state IN ('waiting', 'failed') AND due_at <= house_now()"
    " AND (leased_until IS NULL OR leased_until < house_now())"
    " RETURNING lease, job, arguments"
)
_FINISH = text(
    "UPDATE job_runs SET state = 'done', finished_at = house_now(), leased_until = NULL, error = ''"
    " WHERE id = :id AND lease = :lease AND state IN ('waiting', 'failed') RETURNING id"
)
_FAIL = text(
    "UPDATE job_runs SET error = :error, leased_until = NULL, sent_at = NULL,"
    " state = CASE WHEN attempts >= :most THEN 'given_up' ELSE 'failed' END,"
    " finished_at = house_now(),"
    " due_at = house_now() + make_interval(secs => least(:pause_max, 2 ^ least(attempts, 20)))"
    " WHERE id = :id AND lease = :lease AND state IN ('waiting', 'failed') RETURNING state"
)
_AGAIN = text(
    "UPDATE job_runs SET state = 'waiting', due_at = house_now(), sent_at = NULL, attempts = 0"
    " WHERE id = :id AND state IN ('failed', 'given_up') RETURNING id"
)
_FORGET_RUNS = text(
    "DELETE FROM job_runs WHERE state = 'done' AND finished_at < house_now() - make_interval(days => :days)"
    " RETURNING id"
)
_LEAVE = text("DELETE FROM pulses WHERE process = :process")
_FORGET_PULSES = text("DELETE FROM pulses WHERE beaten_at < house_now() - interval '1 day'")
_AWAKE = text(
    "SELECT process, beaten_at, note, beaten_at < house_instant() - :silent AS silent FROM pulses"
    " WHERE beaten_at > house_instant() - interval '1 hour' OR beaten_at = (SELECT max(beaten_at) FROM pulses"
    " WHERE beaten_at > house_instant() - interval '1 day')"
    " ORDER BY process, beaten_at DESC LIMIT :most"
)
