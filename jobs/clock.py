"""The clock: records openings and closings as they fall due, relays what happened, asks for what each hour needs.

There is no leader: two clocks do the same work and the database lets each thing happen once. A clock decides nothing;
a sale is open because its row and the database's time say so, with every clock stopped.
"""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING

import structlog

from jobs import registry, runner
from marketplace.domain.refusals import Busy
from marketplace.services import runs, sales
from marketplace.toolbox import StoreDown

if TYPE_CHECKING:
    from jobs.queue import Road
    from marketplace.toolbox import Toolbox

POLL_MS = 200
TRANSITIONS_PER_TICK_MAX = 100
BEAT_EVERY_TICKS = 20

log = structlog.get_logger()


class Clock:
    """Ticks until told to stop."""

    def __init__(self, tools: Toolbox, road: Road, *, name: str) -> None:
        """``name`` tells this clock's sign of life from the other's."""
        self._tools = tools
        self._road = road
        self._name = name
        self._stop = threading.Event()
        self._ticks = 0

    def run(self) -> None:
        """Tick now and every ``POLL_MS``, or at the next edge where that comes first; survive a store that is away."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop.set())
        while not self._stop.is_set():
            try:
                self.tick()
            except (StoreDown, Busy) as trouble:
                log.warning("clock_waits_for_store", trouble=type(trouble).__name__)
            self._stop.wait(_pause_ms(self._tools) / 1000)

    def tick(self) -> None:
        """One round. Each step stands for itself and is safe at the same moment as another clock's."""
        recorded = sales.record_due_transitions(self._tools, limit=TRANSITIONS_PER_TICK_MAX)
        for each in recorded:
            self._tools.announcer.sale_changed(each.sale_id)
        runs.ask_each_period(self._tools, periods=registry.PERIODS)
        runs.relay(self._tools, subscribers=registry.SUBSCRIBERS)
        for left in self._road.carry(runs.send_due(self._tools)):
            runner.carry_out(self._tools, left.run_id)
        if self._ticks % BEAT_EVERY_TICKS == 0:
            runs.beat(self._tools, process=self._name)
        self._ticks += 1


def _pause_ms(tools: Toolbox) -> int:
    """Milliseconds until the next edge, at least 1 and at most ``POLL_MS``."""
    try:
        return max(1, min(POLL_MS, sales.milliseconds_to_next_edge(tools, within_ms=POLL_MS)))
    except (StoreDown, Busy):
        return POLL_MS
