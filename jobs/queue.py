"""The road to the workers: RQ with JSON and ids only. What it loses or doubles, the rows in PostgreSQL repair."""

from __future__ import annotations

from typing import TYPE_CHECKING

import redis
import structlog
from rq import Queue, Worker
from rq.serializers import JSONSerializer

from jobs import registry
from jobs.job import QUEUES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from marketplace.services.runs import Sent

WORKER_TTL_SECONDS = 30
MAINTENANCE_SECONDS = 10
MONITORING_SECONDS = 5
RESULT_TTL_SECONDS = 60
FAILURE_TTL_SECONDS = 24 * 60 * 60
CONNECT_TIMEOUT_SECONDS = 1

log = structlog.get_logger()


class Road:
    """Carries runs to the queues; says which it could not carry."""

    def __init__(self, url: str) -> None:
        """``url`` names Valkey or Redis."""
        connection = redis.Redis.from_url(
            url,
            socket_connect_timeout=CONNECT_TIMEOUT_SECONDS,
            socket_timeout=CONNECT_TIMEOUT_SECONDS,
        )
        self._queues = {
            name: Queue(name, connection=connection, serializer=JSONSerializer) for name in QUEUES
        }

    def carry(self, sent: Iterable[Sent]) -> tuple[Sent, ...]:
        """Enqueue each run; returns those that Valkey did not take, for the clock to carry out itself."""
        left: list[Sent] = []
        for each in sent:
            job = registry.JOBS[each.job]
            try:
                self._queues[job.queue].enqueue(
                    "jobs.runner.run",
                    each.run_id,
                    job_timeout=job.lease_seconds,
                    result_ttl=RESULT_TTL_SECONDS,
                    failure_ttl=FAILURE_TTL_SECONDS,
                )
            except redis.RedisError as trouble:
                log.warning("queue_unreachable", trouble=type(trouble).__name__)
                left.append(each)
        return tuple(left)


def work(url: str, name: str) -> None:
    """Serve one queue, and only one, until told to stop (two queues lose jobs when a worker is killed)."""
    assert name in QUEUES, f"no job goes to the queue {name!r}"
    connection = redis.Redis.from_url(url)
    queue = Queue(name, connection=connection, serializer=JSONSerializer)
    worker = Worker(
        [queue],
        connection=connection,
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL_SECONDS,
        maintenance_interval=MAINTENANCE_SECONDS,
        job_monitoring_interval=MONITORING_SECONDS,
    )
    worker.work(with_scheduler=False, logging_level="WARNING")
