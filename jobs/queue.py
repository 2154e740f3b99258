"""The road to the workers: RQ with JSON and ids only. What it loses or doubles, the rows in PostgreSQL repair."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import redis
import structlog
from rq import Queue, Worker
from rq.serializers import JSONSerializer

from jobs import registry, runner
from jobs.job import QUEUES
from marketplace.domain.refusals import Busy
from marketplace.services import runs
from marketplace.toolbox import StoreDown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from redis.client import Pipeline

    from marketplace.services.runs import Sent
    from marketplace.toolbox import Toolbox

WORKER_TTL_SECONDS = 30
MAINTENANCE_SECONDS = 10
MONITORING_SECONDS = 5
RESULT_TTL_SECONDS = 60
FAILURE_TTL_SECONDS = 24 * 60 * 60
TIMEOUT_MS = 250
CLOSED_SECONDS = 2
"""For so long nothing is tried on a road that was found closed: a clock does not wait at its gate at each tick."""
BEAT_EVERY_SECONDS = 5

log = structlog.get_logger()


class Road:
    """Carries runs to the queues; says which it could not carry."""

    def __init__(self, url: str) -> None:
        """``url`` names Valkey or Redis."""
        connection = redis.Redis.from_url(
            url,
            socket_connect_timeout=TIMEOUT_MS / 1000,
            socket_timeout=TIMEOUT_MS / 1000,
        )
        self._queues = {
            name: Queue(name, connection=connection, serializer=JSONSerializer) for name in QUEUES
        }
        self._closed_until = 0

    def carry(self, sent: Iterable[Sent]) -> tuple[Sent, ...]:
        """Enqueue each run; returns those that Valkey did not take, for the clock to carry out itself."""
        waiting = list(sent)
        if time.monotonic_ns() < self._closed_until:
            return tuple(waiting)
        for place, each in enumerate(waiting):
            try:
                self._enqueue(each)
            except redis.RedisError as trouble:
                log.warning("queue_unreachable", trouble=type(trouble).__name__)
                self._closed_until = time.monotonic_ns() + CLOSED_SECONDS * 10**9
                return tuple(waiting[place:])
        return ()

    def _enqueue(self, sent: Sent) -> None:
        job = registry.JOBS[sent.job]
        self._queues[job.queue].enqueue(
            "jobs.runner.run",
            sent.run_id,
            job_timeout=job.lease_seconds,
            result_ttl=RESULT_TTL_SECONDS,
            failure_ttl=FAILURE_TTL_SECONDS,
        )


class Hand(Worker):
    """A worker that leaves a sign of life in PostgreSQL as well, where the operators look."""

    beat: Callable[[], None]

    def heartbeat(self, timeout: int | None = None, pipeline: Pipeline | None = None) -> None:
        """RQ's own, then ours."""
        super().heartbeat(timeout, pipeline)
        self.beat()


def work(url: str, name: str, tools: Toolbox) -> None:
    """Serve one queue, and only one, until told to stop (two queues lose jobs when a worker is killed)."""
    assert name in QUEUES, f"no job goes to the queue {name!r}"
    connection = redis.Redis.from_url(url)
    queue = Queue(name, connection=connection, serializer=JSONSerializer)
    worker = Hand(
        [queue],
        connection=connection,
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL_SECONDS,
        maintenance_interval=MAINTENANCE_SECONDS,
        job_monitoring_interval=MONITORING_SECONDS,
    )
    beat = Beat(tools, f"worker-{name}-{os.getpid()}")
    worker.beat = beat
    runner.make_ready()
    worker.work(with_scheduler=False, logging_level="WARNING")
    beat.ends()


class Beat:
    """A sign of life every few seconds, however often it is asked for; it never stops the work."""

    def __init__(self, tools: Toolbox, process: str) -> None:
        """``process`` is the name under which it is seen."""
        self._tools = tools
        self._process = process
        self._next = 0

    def __call__(self) -> None:
        """Leave one if it is time. No connection is kept: a worker forks, and a child must not inherit one."""
        at = time.monotonic_ns()
        if at < self._next:
            return
        self._next = at + BEAT_EVERY_SECONDS * 10**9
        try:
            runs.beat(self._tools, process=self._process)
        except (StoreDown, Busy) as trouble:
            log.warning("beat_not_heard", trouble=type(trouble).__name__)
        finally:
            self._tools.vault.engine.dispose()

    def ends(self) -> None:
        """The worker was told to stop, and did: nobody need look for it."""
        with suppress(StoreDown, Busy):
            runs.leave(self._tools, process=self._process)
