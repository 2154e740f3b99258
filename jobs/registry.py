"""Every job on one page: what each event sets going, and what the clock asks for by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.domain.events import Event

if TYPE_CHECKING:
    from jobs.job import Job, Periodic

EVENTS: dict[Event, tuple[Job, ...]] = {}

PERIODIC: tuple[Periodic, ...] = ()

JOBS: dict[str, Job] = {
    job.name: job
    for job in (
        *(job for jobs in EVENTS.values() for job in jobs),
        *(periodic.job for periodic in PERIODIC),
    )
}
LEASES: dict[str, int] = {name: job.lease_seconds for name, job in JOBS.items()}
SUBSCRIBERS: dict[str, tuple[str, ...]] = {
    str(event): tuple(job.name for job in jobs) for event, jobs in EVENTS.items()
}
PERIODS: dict[str, int] = {periodic.job.name: periodic.seconds for periodic in PERIODIC}
