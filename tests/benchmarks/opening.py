"""Six hundred sales that open while our processes are killed, and while PostgreSQL is: how late, and whether early."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from tests import factories
from tests.benchmarks import driver, whole
from tests.benchmarks.lines import Line
from tests.benchmarks.whole import Whole
from tests.chaos import browser
from tests.chaos.scene import Member

SALES, WATCHED = 600, 40
"""``WATCHED`` of them have a piece and somebody who presses the button from before the opening on."""
SPREAD_SECONDS, LEAD_SECONDS = 75.0, 20.0
AFTER_SECONDS = 30.0
PAUSE_SECONDS = (0.5, 2.0)
OURS = ("clock-1", "clock-2", "worker-clock", "worker-default", "worker-gate", "web", "live")
STORE_TIMES = 5
NEVER_MS = AFTER_SECONDS * 1_000.0
"""What stands for an opening that was not recorded."""
P99_MS_MAX, LATEST_MS_MAX, LATEST_WITH_STORE_MS_MAX = 50, 250, 1_000
PRESSED_BEFORE_SECONDS, PRESSED_EVERY_SECONDS, PRESSED_AFTER_SECONDS = 0.5, 0.05, 3.0
LASTING = (sys.executable, "-m", "tests.benchmarks.lasting")
LATE = text(
    """
    SELECT extract(epoch FROM t.due_at)::float AS due, extract(epoch FROM t.recorded_at)::float AS recorded
    FROM sale_transitions t WHERE t.transition = 'open' AND t.due_at > to_timestamp(:since) ORDER BY t.id
    """
)
EARLY = """
SELECT count(*) FROM holds h JOIN sales s ON s.id = h.sale_id WHERE h.created_at < s.opens_at
"""


@dataclass(frozen=True)
class Away:
    """A time in which the store accepted nobody."""

    since: float
    until: float


@dataclass(frozen=True)
class Opened:
    """How late each opening was recorded, in milliseconds, and what must be nothing: early, missing, held before."""

    late_ms: Sequence[float]
    failures: int
    kills: int


def opening_lateness(seed: int) -> Iterator[Line]:
    """Once with our processes killed, once with PostgreSQL killed as well."""
    for with_store, latest in ((False, LATEST_MS_MAX), (True, LATEST_WITH_STORE_MS_MAX)):
        with whole.opened(seed=seed, up=LASTING) as there:
            found = _opened(there, with_store=with_store)
        worst = max(found.late_ms, default=NEVER_MS)
        p99 = driver.percentile(found.late_ms, 0.99)
        who = "our processes and PostgreSQL" if with_store else "our processes"
        good = worst <= latest and (with_store or p99 <= P99_MS_MAX) and not found.failures
        yield Line(
            name="opening_lateness",
            value=round(worst, 1),
            unit="ms",
            p50_ms=round(driver.percentile(found.late_ms, 0.5), 1),
            p99_ms=round(p99, 1),
            failures=found.failures,
            limit_name=f"the latest permitted, {len(found.late_ms)} sales, {found.kills} kills of {who}, ms",
            limit_value=latest,
            ratio=round(latest / worst, 3) if worst else float(latest),
            floor=1.0,
            ok=good,
        )


def _opened(there: Whole, *, with_store: bool) -> Opened:
    members = there.invite(whole.share(WATCHED))
    number = whole.share(SALES)
    spread = SPREAD_SECONDS * number / SALES
    since = time.time()
    watched = _sales(there, number, spread, len(members))
    over = time.time() + LEAD_SECONDS + spread
    killer = _Killer(there, over, spread, with_store=with_store)
    killer.start()
    driver.run(lambda: _press(there, watched, members))
    killer.join()
    statement = "SELECT count(*) FROM sale_transitions WHERE transition = 'open' AND due_at > to_timestamp(:since)"
    recorded = there.until(statement, number, seconds_max=AFTER_SECONDS, since=since)
    with there.house.owner.connect() as connection:
        rows = connection.execute(LATE, {"since": since}).all()
    early = sum(row.recorded < row.due for row in rows) + there.count(EARLY)
    late = [(row.recorded - _accepted(row.due, killer.away)) * 1_000 for row in rows]
    return Opened([max(0.0, each) for each in late], abs(number - recorded) + early, killer.kills)


def _accepted(due: float, away: Sequence[Away]) -> float:
    """When it could be recorded at the earliest: a store that is away accepts nothing."""
    return next((each.until for each in away if each.since <= due < each.until), due)


def _sales(there: Whole, number: int, spread: float, watched: int) -> list[tuple[str, int, float]]:
    """Make them; reference, item and opening (seconds since the epoch) of those that somebody waits for."""
    found = []
    with there.house.session() as session:
        sale, _ = factories.open_sale(session, items=0, opens_in=-timedelta(days=1))
        deal = session.get_one(factories.Deal, sale.deal_id)
        every = max(1, number // watched)
        for which in range(number):
            opens_in = timedelta(seconds=LEAD_SECONDS + spread * which / number)
            made = factories.sale(session, under=deal, opens_in=opens_in)
            if which % every == 0 and len(found) < watched:
                item = factories.sale_item(session, of=made, units=1)
                found.append((made.ref, item.id, made.opens_at.timestamp()))
    return found


async def _press(
    there: Whole, watched: Sequence[tuple[str, int, float]], members: Sequence[Member]
) -> None:
    """Each presses the button from before the opening on, until they hold the piece."""
    pairs = zip(watched, members, strict=False)
    await asyncio.gather(*(_presses(there, *sale, who) for sale, who in pairs))


async def _presses(there: Whole, ref: str, item: int, opens_at: float, who: Member) -> None:
    await asyncio.sleep(max(0.0, opens_at - PRESSED_BEFORE_SECONDS - time.time()))
    line, key = driver.Line(there.web), uuid4()
    form = {"item": str(item), "units": "1", "style": "1", "key": str(key), "csrf_token": who.token}
    url = f"{there.web}/sales/{ref}/holds"
    while time.time() < opens_at + PRESSED_AFTER_SECONDS:
        answer = await line.ask(
            browser.request(url, who.cookie, form, "application/json"), seconds_max=1.0
        )
        if answer.status == 201:
            break
        await asyncio.sleep(PRESSED_EVERY_SECONDS)
    line.hang_up()


class _Killer(threading.Thread):
    """Kills one process after the other until the last sale has opened; notes when the store was away."""

    def __init__(self, there: Whole, over: float, spread: float, *, with_store: bool) -> None:
        super().__init__(daemon=True)
        self._there, self._over = there, over
        self._store_at = [
            over - spread + spread * (each + 0.5) / STORE_TIMES
            for each in range(STORE_TIMES * with_store)
        ]
        self.away: list[Away] = []
        self.kills = 0

    def run(self) -> None:
        """Until it is over."""
        while time.time() < self._over:
            if self._store_at and time.time() >= self._store_at[0]:
                self._store_at.pop(0)
                self._kill_store()
            self._there.house.kill(self._there.random.choice(OURS))
            self.kills += 1
            time.sleep(self._there.random.uniform(*PAUSE_SECONDS))

    def _kill_store(self) -> None:
        since = time.time()
        self._there.house.kill("postgres")
        self.kills += 1
        while not self._answers():
            time.sleep(0.005)
        self.away.append(Away(since, time.time()))

    def _answers(self) -> bool:
        try:
            return self._there.count("SELECT 1") == 1
        except OperationalError:
            return False
