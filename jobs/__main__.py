"""``python -m jobs worker QUEUE`` serves one queue; ``python -m jobs clock`` keeps the time."""

from __future__ import annotations

import argparse
import os
import sys

from jobs import queue
from jobs.clock import Clock
from jobs.job import QUEUES
from marketplace import bootstrap, config

CLOCK_POOL_SIZE = 2


def main() -> int:
    """Run one process of the night staff until it is told to stop."""
    parser = argparse.ArgumentParser(prog="python -m jobs", description=__doc__)
    roles = parser.add_subparsers(dest="role", required=True)
    worker = roles.add_parser("worker", help="carry out jobs of one queue")
    worker.add_argument("queue", choices=QUEUES)
    roles.add_parser("clock", help="record openings and closings and send what is due")
    given = parser.parse_args()
    try:
        settings = config.from_environment(os.environ)
    except config.SettingsError as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 2
    bootstrap.configure_logs(settings, process=given.role)
    if given.role == "worker":
        tools = bootstrap.toolbox(settings, pool_size=1, process="worker-beat")
        queue.work(settings.redis_url, given.queue, tools)
    else:
        tools = bootstrap.toolbox(settings, pool_size=CLOCK_POOL_SIZE, process="clock")
        Clock(tools, queue.Road(settings.redis_url), name=f"clock-{os.getpid()}").run()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
