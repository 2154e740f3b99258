"""The clock's own hands: they carry out what no worker takes up, while the clock goes on ticking."""

from __future__ import annotations

import threading
from queue import Full, Queue
from typing import TYPE_CHECKING

import structlog

from jobs import runner
from marketplace.domain.refusals import Busy
from marketplace.toolbox import StoreDown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from marketplace.services.runs import Sent
    from marketplace.toolbox import Toolbox

WAITING_MAX = 1_000

log = structlog.get_logger()


class Hands:
    """One run after another, in a thread of their own. Whoever takes a run up first has its lease."""

    def __init__(self, tools: Toolbox) -> None:
        """The thread ends with the process; what it leaves half done is taken up again when its lease is over."""
        self._tools = tools
        self._waiting: Queue[int] = Queue(WAITING_MAX)
        self._known: set[int] = set()
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None

    def take(self, sent: Iterable[Sent]) -> None:
        """Put runs in line. What finds no place is sent again by the rows themselves."""
        for each in sent:
            with self._guard:
                if each.run_id in self._known:
                    continue
                try:
                    self._waiting.put_nowait(each.run_id)
                except Full:
                    return
                self._known.add(each.run_id)
        if self._known and self._thread is None:
            self._thread = threading.Thread(target=self._work, name="hands", daemon=True)
            self._thread.start()

    def rest(self) -> None:
        """Return when nothing is in line any more."""
        self._waiting.join()

    def _work(self) -> None:
        while True:
            run_id = self._waiting.get()
            with self._guard:
                self._known.discard(run_id)
            try:
                runner.carry_out(self._tools, run_id)
            except (StoreDown, Busy) as trouble:
                log.warning("hands_wait_for_store", trouble=type(trouble).__name__)
            except Exception:
                log.exception("hands_failed", run_id=run_id)
            finally:
                self._waiting.task_done()
