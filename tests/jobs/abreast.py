"""Two who do the same at once, brought together at each commit and each call: their overlap is not left to luck."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from marketplace.db.session import Vault
from marketplace.domain.refusals import Busy
from marketplace.toolbox import GatewayTrouble

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

    from marketplace.domain.doors import Door

SECONDS_MAX = 0.1
"""So long one waits for the other, who may be standing in line for a lock of theirs."""


class Meeting:
    """Where two meet: the first waits for the second, but not for ever."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._somebody = False
        self.times = 0

    def wait(self) -> None:
        """Go on when the other has come as well, or does not come."""
        with self._changed:
            if self._somebody:
                self._somebody = False
                self.times += 1
                self._changed.notify_all()
                return
            before, self._somebody = self.times, True
            if not self._changed.wait_for(lambda: self.times > before, SECONDS_MAX):
                self._somebody = False


class Abreast(Vault):
    """Transactions that wait, with everything written and nothing committed, until the other's is as far."""

    def __init__(self, engine: Engine, meeting: Meeting) -> None:
        super().__init__(engine)
        self._meeting = meeting

    @contextmanager
    def transaction(self, door: Door, *, brand_id: int | None = None) -> Iterator[Session]:
        """As the house's, but together."""
        with super().transaction(door, brand_id=brand_id) as session:
            yield session
            session.flush()
            self._meeting.wait()


def do(deed: Callable[[], object]) -> None:
    """Two at once, as workers would: one that is told to wait comes back later, and does it then."""
    start = threading.Barrier(2)

    def begun() -> None:
        start.wait()
        with suppress(Busy, GatewayTrouble):
            deed()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(begun) for _ in range(2)]:
            done.result()
    deed()
