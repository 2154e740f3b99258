"""Runs one run: lease, act, finish. The row in PostgreSQL decides; RQ only brought the number."""

from __future__ import annotations

import gc
from functools import lru_cache
from os import environ
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.orm import configure_mappers

from jobs import registry
from marketplace import bootstrap, config
from marketplace.services import runs

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox

POOL_SIZE = 2

log = structlog.get_logger()


def make_ready() -> None:
    """What a worker does once before its first fork, so that no child has to: a child is born with its tools.

    Without it each run began with 0.3 s of its own. Nothing is connected here: a connection does not survive a fork.
    """
    configure_mappers()
    _tools()
    gc.freeze()


def run(run_id: int) -> None:
    """What RQ calls in a worker's child: carry out the run with this id, if nobody else does or did."""
    carry_out(_tools(), run_id)


def carry_out(tools: Toolbox, run_id: int) -> bool:
    """Carry out one run; True if this call did the work and marked it done."""
    held = runs.take(tools, run_id=run_id, lengths=registry.LEASES)
    if held is None:
        return False
    job = registry.JOBS[held.job]
    structlog.contextvars.bind_contextvars(job=job.name, run_id=run_id, lease=held.number)
    try:
        job.act(tools.during(f"run-{run_id}"), held.arguments)
    except Exception as trouble:
        log.exception("job_failed", trouble=type(trouble).__name__)
        runs.fail(tools, held=held, error=_words(trouble), attempts_max=job.attempts_max)
        return False
    finally:
        structlog.contextvars.unbind_contextvars("job", "run_id", "lease")
    return runs.finish(tools, held=held)


def _words(trouble: Exception) -> str:
    """The kind of trouble and its first line; statements and their parameters stay in the log."""
    lines = str(trouble).splitlines()
    return f"{type(trouble).__name__}: {lines[0] if lines else ''}"


@lru_cache(maxsize=1)
def _tools() -> Toolbox:
    """Tools that nobody in the parent uses; each child opens its own connections with them."""
    settings = config.from_environment(environ)
    return bootstrap.toolbox(settings, pool_size=POOL_SIZE, process="worker")
