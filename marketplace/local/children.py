"""Every process of a stack on one machine: what each is, how it starts, what it may know."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.local import outside, ports, tether
from marketplace.local.processes import Child
from marketplace.local.state import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

STORES, STRANGERS, STAFF, DOORS = range(4)
"""Stages: a later one uses an earlier one, is started after it and stopped before it."""

QUEUES = ("clock", "default", "gate")
CLOCKS = 2
WEB_WORKERS = 2
BACKLOG = 8192
BACKPRESSURE = 4096
"""Connections, not requests: the crowd that waits for an opening keeps its connections open."""
GRANIAN_STOP_SECONDS = 3
"""A live page never hangs up by itself: after this many seconds the server does."""

GRANIAN_WORKER_ENDED = "Unexpected exit from worker"
"""What granian says, again and again, of an application that cannot be loaded."""

HEALTH_PATH = "/health"
WEBHOOK_PATH = "/webhooks/stripe"
MAILS_PATH = "/mails"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the processes share: their addresses and secrets, as environment variables."""

    common: Mapping[str, str]
    owner_url: str
    ports: Mapping[str, int]
    log_level: str = "info"

    def of(self, **more: str) -> dict[str, str]:
        """Return one process's environment: the machine's, the shared settings, then its own."""
        unwanted = {*outside.NAMES, "PYTHONDONTWRITEBYTECODE", "PYTHONSAFEPATH"}
        machine = {name: value for name, value in os.environ.items() if name not in unwanted}
        path = os.pathsep.join((str(tether.FOLDER), str(ROOT)))
        return {**machine, **self.common, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1", **more}


def prepare(given: Surroundings, *, demo_comes: bool = False) -> Child:
    """Return the process that migrates; it alone is told the owner's address."""
    return Child(
        name="prepare",
        what="brings the database to the newest schema",
        command=_python("marketplace.local.prepare"),
        environment=given.of(
            MIGRATION_DATABASE_URL=given.owner_url, DEMO_COMES="1" if demo_comes else "0"
        ),
    )


def demo(given: Surroundings, file: str, files: str = "") -> Child:
    """Return the process that fills empty embedded stores, then writes the sign-ins to ``file``.

    ``files`` names a folder of a brand's own lists and photographs from which it lets that brand sell too.
    """
    return Child(
        name="demo",
        what="fills the stores with a house to look at",
        command=_python("marketplace.local.demo"),
        environment=given.of(
            MIGRATION_DATABASE_URL=given.owner_url, DEMO_FILE=file, DEMO_FILES=files
        ),
    )


def simulator(given: Surroundings, folder: str) -> Child:
    """Return the server that stands in for Stripe."""
    port = given.ports["stripe"]
    return Child(
        name="stripe",
        what="stands in for Stripe",
        command=_python("marketplace.local.stripe"),
        environment=given.of(
            SIMULATOR_PORT=str(port),
            SIMULATOR_STATE=folder,
            SIMULATOR_WEBHOOK_URL=f"http://{ports.HOST}:{given.ports['web']}{WEBHOOK_PATH}",
        ),
        stage=STRANGERS,
    )


def staff(given: Surroundings) -> tuple[Child, ...]:
    """Return the workers and the clocks.

    One queue for each worker: a worker that waits on two can lose a job when it is killed. Two
    clocks and no leader: either of them may die at any moment.
    """
    workers = tuple(
        Child(
            name=f"worker-{queue}",
            what=f"does the jobs of queue {queue}",
            command=_python("jobs", "worker", queue),
            environment=given.of(),
            stage=STAFF,
        )
        for queue in QUEUES
    )
    clocks = tuple(
        Child(
            name=f"clock-{number}",
            what="records what is due and hands the outbox on",
            command=_python("jobs", "clock"),
            environment=given.of(),
            stage=STAFF,
        )
        for number in range(1, CLOCKS + 1)
    )
    return (*workers, *clocks)


def doors(given: Surroundings) -> tuple[Child, ...]:
    """Return the two servers that people's browsers speak to."""
    web = Child(
        name="web",
        what="the three doors' pages",
        command=_granian(
            "marketplace.web.server",
            *("--interface", "rsgi", "--port", str(given.ports["web"])),
            *("--workers", str(WEB_WORKERS)),
            "wsgi:front",
        ),
        environment=given.of(METRICS_PORT=str(given.ports["metrics"])),
        stage=DOORS,
        stop_seconds_max=GRANIAN_STOP_SECONDS + 2,
        broken_when_it_says=GRANIAN_WORKER_ENDED,
    )
    live = Child(
        name="live",
        what="keeps open pages fresh",
        command=_granian(
            "granian",
            *("--interface", "asgi", "--port", str(given.ports["live"]), "--workers", "1"),
            "marketplace.live.app:app",
        ),
        environment=given.of(),
        stage=DOORS,
        stop_seconds_max=GRANIAN_STOP_SECONDS + 2,
        broken_when_it_says=GRANIAN_WORKER_ENDED,
    )
    return (web, live)


def _granian(module: str, *arguments: str) -> tuple[str, ...]:
    crowd = ("--backlog", str(BACKLOG), "--backpressure", str(BACKPRESSURE), "--no-ws")
    lasting = ("--respawn-failed-workers", "--workers-kill-timeout", str(GRANIAN_STOP_SECONDS))
    return _python(module, "--host", ports.HOST, *crowd, *lasting, *arguments)


def _python(module: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module, *arguments)
