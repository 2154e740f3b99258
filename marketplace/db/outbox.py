"""The outbox: events on their way to jobs, and each job's run as a row. RQ only carries; these rows are the truth."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.db.base import CODE_LENGTH_MAX, NAME_LENGTH_MAX, Base, CreatedAt, Pk, refers, states


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
