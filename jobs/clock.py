"""The clock: records openings and closings as they fall due, relays what happened, asks for what each hour needs.

There is no leader: two clocks do the same work and the database lets each thing happen once. A clock decides nothing;
a sale is open because its row and the database's time say so, with every clock stopped.
"""

from __future__ import annotations

import signal
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from jobs import registry
from jobs.hands import Hands
from marketplace.domain.refusals import Busy
from marketplace.services import runs, sales
from marketplace.toolbox import StoreDown

if TYPE_CHECKING:
    from collections.abc import Callable

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
        self.hands = Hands(tools)

    def run(self) -> None:
        """Tick now and every ``POLL_MS``, or at the next edge where that comes first; survive a store that is away."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop.set())
        while not self._stop.is_set():
            try:
                self.tick()
            except StoreDown as trouble:
                log.warning("clock_waits_for_store", trouble=type(trouble).__name__)
            self._stop.wait(_pause_ms(self._tools) / 1000)
        with suppress(StoreDown, Busy):
            runs.leave(self._tools, process=self._name)

    def tick(self) -> None:
        """One round. Each step stands for itself, safe at the same moment as another clock's."""
        for step in (self._record, self._ask, self._relay, self._send, self._beat):
            _stand(step)
        self._ticks += 1

    def _record(self) -> None:
        """Openings and closings, late ones too."""
        for each in sales.record_due_transitions(self._tools, limit=TRANSITIONS_PER_TICK_MAX):
            self._tools.announcer.sale_changed(each.sale_id)

    def _ask(self) -> None:
        runs.ask_each_period(self._tools, periods=registry.PERIODS)

    def _relay(self) -> None:
        runs.relay(self._tools, subscribers=registry.SUBSCRIBERS, together=registry.TOGETHER)

    def _send(self) -> None:
        """What Valkey cannot carry, or no worker took up when it was sent before, is done here."""
        sent = runs.send_due(self._tools)
        left = self._road.carry(sent)
        self.hands.take((*left, *(each for each in sent if each.again)))

    def _beat(self) -> None:
        if self._ticks % BEAT_EVERY_TICKS == 0:
            runs.beat(self._tools, process=self._name)


def _stand(step: Callable[[], None]) -> None:
    """One step that fails does not keep the others from their work; a store that is away stops them all."""
    try:
        step()
    except StoreDown:
        raise
    except Busy:
        log.warning("clock_step_waits", step=step.__name__)
    except Exception:
        log.exception("clock_step_failed", step=step.__name__)


def _pause_ms(tools: Toolbox) -> int:
    """Milliseconds until the next edge, at least 1 and at most ``POLL_MS``."""
    try:
        return max(1, min(POLL_MS, sales.milliseconds_to_next_edge(tools, within_ms=POLL_MS)))
    except (StoreDown, Busy):
        return POLL_MS
