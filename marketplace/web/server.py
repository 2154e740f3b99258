"""``python -m marketplace.web.server``: granian with its own options, that says goodbye before it stops listening.

At SIGTERM its processes are told first, and ``/health`` answers 503; after ``DRAIN_SECONDS`` granian stops as it always
does: it listens no more and finishes what it has begun. A second signal stops it at once.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from typing import Any

from granian import cli
from granian.server.mp import MPServer

from marketplace.web import leaving

DRAIN_VARIABLE = "DRAIN_SECONDS"


class Departing(MPServer):
    """A granian that does not stop at the first word."""

    _told = False

    def signal_handler_interrupt(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - granian's signature
        """Tell the processes, and stop when whoever balances has had time to look."""
        seconds = int(os.environ.get(DRAIN_VARIABLE) or 0)
        if self._told or seconds <= 0:
            super().signal_handler_interrupt(*args, **kwargs)  # type: ignore[no-untyped-call]
            return
        self._told = True
        for worker in self.wrks:
            with suppress(ProcessLookupError):
                os.kill(worker.inner.pid, leaving.SIGNAL)
        later = threading.Timer(seconds, super().signal_handler_interrupt)
        later.daemon = True
        later.start()


if __name__ == "__main__":
    cli.Server = Departing  # type: ignore[attr-defined]  # what its command line starts
    cli.entrypoint()  # type: ignore[no-untyped-call]
