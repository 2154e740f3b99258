"""Runs of jobs: relay what happened, send what is due, and keep account of each run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.db import locks, outbox
from marketplace.db.outbox import Lease, Sent
from marketplace.domain.events import Event, Fact
from marketplace.domain.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marketplace.db.outbox import RunState
    from marketplace.toolbox import Toolbox

__all__ = (
    "Lease",
    "Sent",
    "again",
    "ask_each_period",
    "beat",
    "fail",
    "finish",
    "forget",
    "relay",
    "send_due",
    "take",
)

EVENTS_PER_RELAY_MAX = 200
RUNS_PER_SENDING_MAX = 200
KEPT_DAYS = 14
"""For so long it can be seen what the night staff did; audit and books are kept elsewhere, for good."""
SENT_AGAIN_AFTER_SECONDS = 15
"""A run that no worker took up in this time is sent again: the queue may have been emptied."""


class RunNotFailed(Refusal):
    """Only a run that failed or was given up can be run again."""

    code = "run_not_failed"


def relay(
    tools: Toolbox,
    *,
    subscribers: Mapping[str, tuple[str, ...]],
    together: frozenset[str] = frozenset(),
) -> int:
    """Turn waiting events into runs, of each job of ``together`` one for all; returns how many events were relayed."""
    with tools.transaction() as session:
        return outbox.relay(session, subscribers, most=EVENTS_PER_RELAY_MAX, together=together)


def ask_each_period(tools: Toolbox, *, periods: Mapping[str, int]) -> int:
    """Ask for this period's run of each job in ``periods`` (seconds); returns how many were newly asked for."""
    with tools.transaction() as session:
        return outbox.ask_each_period(session, periods)


def send_due(tools: Toolbox) -> tuple[Sent, ...]:
    """Mark due runs as sent and return them, so that the caller can carry them to a worker."""
    with tools.transaction() as session:
        return outbox.send_due(
            session, most=RUNS_PER_SENDING_MAX, again_after_seconds=SENT_AGAIN_AFTER_SECONDS
        )


def take(tools: Toolbox, *, run_id: int, lengths: Mapping[str, int]) -> Lease | None:
    """Take the right to work on a run for as long as its job may need; None where there is nothing to do."""
    with tools.transaction() as session:
        row = session.get(outbox.JobRun, run_id)
        if row is None:
            return None
        return outbox.lease(session, run_id, seconds=lengths[row.job])


def finish(tools: Toolbox, *, held: Lease) -> bool:
    """Mark a run as done; False where the lease was lost meanwhile."""
    with tools.transaction() as session:
        return outbox.finish(session, held)


def fail(tools: Toolbox, *, held: Lease, error: str, attempts_max: int) -> RunState | None:
    """Note a failure; the run is due again after a pause that doubles, until ``attempts_max``."""
    with tools.transaction() as session:
        return outbox.fail(session, held, error=error, attempts_max=attempts_max)


def again(tools: Toolbox, *, run_id: int, reason: str) -> None:
    """Make a failed or given-up run due now. Refuses one that is waiting or done: nothing would change."""
    with tools.transaction() as session:
        row = locks.one(session, outbox.JobRun, run_id)
        if not outbox.run_again(session, run_id):
            raise RunNotFailed(job=row.job)
        tools.record(
            session,
            Fact(Event.JOB_RUN_AGAIN, "job_run", run_id, reason=reason, data={"job": row.job}),
        )


def forget(tools: Toolbox) -> int:
    """Remove runs that were done long ago, and signs of life older than a day; returns how many runs."""
    with tools.transaction() as session:
        return outbox.forget(session, days=KEPT_DAYS)


def beat(tools: Toolbox, *, process: str, note: str = "") -> None:
    """Leave a sign of life."""
    with tools.transaction() as session:
        outbox.beat(session, process, note)


def leave(tools: Toolbox, *, process: str) -> None:
    """Take the sign of life away: the process stops because it was told to."""
    with tools.transaction() as session:
        outbox.leave(session, process)
