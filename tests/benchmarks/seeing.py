"""Two thousand pages that are open: at the minute of the opening, and while the shelves change."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from tests import factories
from tests.benchmarks import driver, whole
from tests.benchmarks.lines import Line
from tests.benchmarks.whole import Whole
from tests.chaos import browser
from tests.chaos.scene import Member

PEOPLE = 2_000
STYLES = 60
LEAD_SECONDS = 45.0
TICK_SECONDS, SPREAD_SECONDS = 0.25, 0.9
"""How often a page looks at its clock, and over how long those who are due spread (clock.js)."""
SEEN_SECONDS_MAX, REQUESTS_MAX = 2.0, 3
PATIENCE_SECONDS = 20.0
AT_ONCE = 64
OPEN, COMING = 'data-phase="open"', "data-deadline"
MIB_MAX, DELIVERY_MS_MAX, STALE_MS_MAX = 150, 250, 500
CHANGES = 20
CHANGE_EVERY_SECONDS = 1.0
LOOK_SECONDS = 0.05


@dataclass
class Page:
    """One open page: how often it asked, and how long after the opening it showed the sale."""

    who: Member
    requests: int = 0
    refused: int = 0
    seen_after: float = float("inf")


def doors_open(seed: int) -> Iterator[Line]:
    """Everybody has the page open before the opening; each sees it by itself, soon, and after few requests."""
    with whole.opened(seed=seed) as there:
        members = there.invite(whole.share(PEOPLE))
        ref, opens_at = _coming(there)
        pages = [Page(each) for each in members]
        _came, own = driver.run(lambda: _waited_for(there, ref, opens_at, pages))
    seen = [each.seen_after for each in pages]
    late = sum(each > SEEN_SECONDS_MAX for each in seen)
    early = sum(each < 0 for each in seen)
    busy = sum(each.requests > REQUESTS_MAX for each in pages)
    failures = late + early + busy + sum(each.refused for each in pages)
    worst = min(max(seen), PATIENCE_SECONDS)
    yield Line(
        name="doors_open",
        value=round(worst * 1_000, 1),
        unit="ms",
        p50_ms=round(driver.percentile(seen, 0.5) * 1_000, 1),
        p99_ms=round(min(driver.percentile(seen, 0.99), PATIENCE_SECONDS) * 1_000, 1),
        failures=failures,
        limit_name=(
            f"the latest of {len(pages)} pages, ms (at most {max(each.requests for each in pages)} requests each;"
            f" driver {own})"
        ),
        limit_value=SEEN_SECONDS_MAX * 1_000,
        ratio=round(SEEN_SECONDS_MAX / worst, 3),
        floor=1.0,
        ok=not failures,
    )


def _coming(there: Whole) -> tuple[str, float]:
    with there.house.session() as session:
        sale, _ = factories.open_sale(
            session, items=STYLES, opens_in=timedelta(seconds=LEAD_SECONDS)
        )
        return sale.ref, sale.opens_at.timestamp()


async def _waited_for(there: Whole, ref: str, opens_at: float, pages: Sequence[Page]) -> None:
    """Open the pages, let them wait, and let each come back by itself as the script in it does."""

    async def first(line: driver.Line, page: Page) -> None:
        answer = await line.ask(_asked(there, ref, page))
        assert COMING in answer.text, f"not the page of a sale that is coming: {answer.status}"
        assert OPEN not in answer.text, "open before it opens"

    await driver.each(there.web, pages, first, connections=AT_ONCE)
    assert time.time() < opens_at, "the pages were not open before the sale was"
    await asyncio.gather(*(_comes_back(there, ref, opens_at, page) for page in pages))


async def _comes_back(there: Whole, ref: str, opens_at: float, page: Page) -> None:
    dice = random.Random(page.who.email)  # noqa: S311 - which instant, no secret
    wait = dice.uniform(0, TICK_SECONDS) + dice.uniform(0, SPREAD_SECONDS)
    await asyncio.sleep(max(0.0, opens_at + wait - time.time()))
    line = driver.Line(there.web)
    while time.time() < opens_at + PATIENCE_SECONDS:
        page.requests += 1
        answer = await line.ask(_asked(there, ref, page))
        page.refused += answer.status != 200
        if OPEN in answer.text:
            page.seen_after = time.time() - opens_at
            page.requests += await _listens(there, ref, page)
            break
        await asyncio.sleep(1.0)
    line.hang_up()


def _asked(there: Whole, ref: str, page: Page) -> bytes:
    return browser.request(f"{there.web}/sales/{ref}", page.who.cookie, None, "text/html")


async def _listens(there: Whole, ref: str, page: Page) -> int:
    """The stream of the page that is open now; it counts as a request, whether it is let in or not."""
    read, write = await _stream(there, ref, page.who)
    head = await read.readuntil(b"\r\n\r\n")
    page.refused += b" 200 " not in head.split(b"\r\n")[0]
    write.close()
    return 1


async def _stream(
    there: Whole, ref: str, who: Member
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    port = there.house.told["ports"]["live"]
    read, write = await asyncio.open_connection("127.0.0.1", port)
    lines = (
        f"GET /live/sales/{ref} HTTP/1.1",
        f"Host: localhost:{port}",
        f"Cookie: {who.cookie}",
        f"Origin: {there.web}",
        "Accept: text/event-stream",
    )
    write.write("\r\n".join((*lines, "", "")).encode())
    await write.drain()
    return read, write


@dataclass
class Told:
    """What the listeners heard: for each change, when each of them did."""

    ready: int = 0
    change: int = -1
    at: list[list[float]] = field(default_factory=list)
    deaf: int = 0


def live_channel(seed: int) -> Iterator[Line]:
    """Idle listeners: what they cost, and how long after a change of the shelves each of them knows."""
    with whole.opened(seed=seed) as there:
        members = there.invite(whole.share(PEOPLE) + CHANGES)
        with there.house.session() as session:
            sale, items = factories.open_sale(session, items=CHANGES, units=1)
            ref, wanted = sale.ref, [each.id for each in items]
        live = there.house.pids()["live"]
        before = whole.resident_mib(live)
        listeners, buyers = members[CHANGES:], members[:CHANGES]
        (told, changed_at, mib), own = driver.run(
            lambda: _heard(there, ref, wanted, listeners, buyers, live)
        )
    taken = [
        (when - begun) * 1_000
        for begun, heard in zip(changed_at, told.at, strict=True)
        for when in heard
    ]
    missed = len(listeners) * CHANGES - len(taken) + told.deaf
    spread = [(when - min(heard)) * 1_000 for heard in told.at for when in heard]
    p99, worst = driver.percentile(spread, 0.99), max(taken, default=float("inf"))
    p50 = driver.percentile(taken, 0.5)
    shared = {
        "name": "live_channel",
        "p50_ms": round(p50, 1),
        "p99_ms": round(p99, 1),
        "floor": 1.0,
    }
    for value, unit, most, what in (
        (
            mib,
            "MiB",
            MIB_MAX,
            f"memory of {len(listeners)} listeners ({before:.0f} MiB before), MiB",
        ),
        (p99, "ms", DELIVERY_MS_MAX, f"from the first who knows to 99 of 100 (driver {own}), ms"),
        (worst, "ms", STALE_MS_MAX, "the stalest page, ms"),
    ):
        yield Line(
            value=round(min(value, PATIENCE_SECONDS * 1_000), 1),
            unit=unit,
            failures=missed,
            limit_name=what,
            limit_value=most,
            ratio=round(most / max(value, 0.1), 3),
            ok=value <= most and not missed,
            **shared,  # type: ignore[arg-type]
        )


async def _heard(
    there: Whole,
    ref: str,
    items: Sequence[int],
    listeners: Sequence[Member],
    buyers: Sequence[Member],
    live: int,
) -> tuple[Told, list[float], float]:
    """Let all listen, let one piece after the other go, and note when each listener is told."""
    told = Told()
    gate = asyncio.Semaphore(AT_ONCE)
    tasks = [asyncio.create_task(_hears(there, ref, each, told, gate)) for each in listeners]
    ends = time.monotonic() + PATIENCE_SECONDS * 6
    # Whoever listens tells it by a figure: two thousand of them need no event each.
    while told.ready < len(listeners) and time.monotonic() < ends:  # noqa: ASYNC110
        await asyncio.sleep(LOOK_SECONDS)
    told.deaf = len(listeners) - told.ready
    await asyncio.sleep(CHANGE_EVERY_SECONDS)
    mib, changed_at = whole.resident_mib(live), []
    for item, who in zip(items, buyers, strict=True):
        told.at.append([])
        told.change += 1
        changed_at.append(await _taken(there, ref, item, who))
        await asyncio.sleep(CHANGE_EVERY_SECONDS)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return told, changed_at, mib


async def _taken(there: Whole, ref: str, item: int, who: Member) -> float:
    """Hold the last unit of a piece; when it was held, by the database's clock."""
    line = driver.Line(there.web)
    key = f"{item:08x}-0000-4000-8000-{item:012x}"
    form = {"item": str(item), "units": "1", "style": "1", "key": key, "csrf_token": who.token}
    url = f"{there.web}/sales/{ref}/holds"
    answer = await line.ask(browser.request(url, who.cookie, form, "application/json"))
    line.hang_up()
    assert answer.status == 201, answer.text
    hold = int(json.loads(answer.text)["hold_id"])
    statement = "SELECT extract(epoch FROM created_at)::float FROM holds WHERE id = :hold"
    return float(await asyncio.to_thread(there.house.value, statement, hold=hold))  # type: ignore[arg-type]


async def _hears(there: Whole, ref: str, who: Member, told: Told, gate: asyncio.Semaphore) -> None:
    async with gate:
        read, write = await _stream(there, ref, who)
        with suppress(asyncio.IncompleteReadError):
            await read.readuntil(b"event: stock\n")
            told.ready += 1
    try:
        while True:
            await read.readuntil(b"event: stock\n")
            if told.change >= 0:
                told.at[told.change].append(time.time())
    except asyncio.IncompleteReadError:
        return
    finally:
        write.close()
