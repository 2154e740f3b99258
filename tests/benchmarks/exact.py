"""Two hundred units for a crowd: exactly these go, by a hundred thousand attempts and while writers are killed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from sqlalchemy import text

from tests.benchmarks import crowd, driver, hot, whole
from tests.benchmarks.crowd import Run, Wish
from tests.benchmarks.hot import JSON, SCARCE, Hot, Offered
from tests.benchmarks.lines import Line
from tests.benchmarks.stand import Visitor
from tests.chaos import browser

ATTEMPTS, ATTEMPTS_KILLED = 100_000, 20_000
RUNS_MAX = 60
SECONDS = 5
KILL_EVERY_SECONDS = 2.5
"""One that was killed serves again after 1.8 s: of two there is always one that does."""
PATIENCE_SECONDS = 120.0
AGAIN_SECONDS = 0.2
ACCEPTED, REFUSED = 201, 409


def exact_stock(scene: Hot) -> Iterator[Line]:
    """Never more than there are, never less, whoever is killed; whoever was told yes has it."""
    yield _many(scene)
    yield _killed(scene)


def _many(scene: Hot) -> Line:
    wanted = scene.sale(units=SCARCE)
    number, asked, runs = whole.share(ATTEMPTS), 0, []
    while asked < number and len(runs) < RUNS_MAX:
        some = scene.visitors[asked % len(scene.visitors) :][: hot.MEMBERS_OF_A_RUN]
        wishes = crowd._written(scene.stand.folder, (_wish(scene, wanted, each) for each in some))
        run = crowd._run(scene.stand.web, wishes, SECONDS, JSON, REFUSED)
        runs.append(run)
        asked += round(run.per_second * SECONDS)
    # All but those who were served were told no; the two hundred are not failures.
    failures = max(0, sum(run.failures for run in runs) - SCARCE)
    return _line(scene, wanted, f"{asked} attempts", failures, driver.middle(runs, _rate))


def _rate(run: Run) -> float:
    return run.per_second


def _wish(scene: Hot, wanted: Offered, who: Visitor) -> Wish:
    item = scene.random.choice(wanted.items)
    form = f"item={item}&style=1&key={who.key}&csrf_token={who.token}"
    return Wish(f"/sales/{wanted.ref}/holds", who.cookie, form)


def _killed(scene: Hot) -> Line:
    wanted = scene.sale(units=SCARCE)
    visitors = scene.visitors[: whole.share(ATTEMPTS_KILLED, least=2 * SCARCE)]
    (told, unanswered, kills, seconds), own = driver.run(lambda: _asked(scene, wanted, visitors))
    kept = _kept(scene, wanted)
    # Somebody was told yes and has nothing, or has something and was told no.
    failures = len(told ^ kept) + unanswered
    run = Run(
        len(visitors) / sum(seconds) if seconds else 0.0,
        driver.percentile(seconds, 0.5) * 1_000,
        driver.percentile(seconds, 0.99) * 1_000,
        failures,
    )
    said = f"{len(visitors)} attempts, {kills} writers killed, driver {own}"
    return _line(scene, wanted, said, failures, run)


async def _asked(
    scene: Hot, wanted: Offered, visitors: Sequence[Visitor]
) -> tuple[set[int], int, int, list[float]]:
    """Everybody asks until they are answered; meanwhile a writer is killed again and again."""
    told: set[int] = set()
    seconds: list[float] = []
    answered = 0
    ends = time.monotonic() + PATIENCE_SECONDS

    async def one(line: driver.Line, who: Visitor) -> None:
        nonlocal answered
        wish, begun = _wish(scene, wanted, who), time.monotonic()
        request = _request(scene, wish)
        while time.monotonic() < ends:
            answer = await line.ask(request)
            if answer.status in {ACCEPTED, REFUSED}:
                break
            await asyncio.sleep(AGAIN_SECONDS)
        else:
            return
        answered += 1
        seconds.append(time.monotonic() - begun)
        if answer.status == ACCEPTED:
            told.add(int(json.loads(answer.text)["hold_id"]))

    over = asyncio.Event()
    killing = asyncio.create_task(_kill(over))
    await driver.each(scene.stand.web, visitors, one)
    over.set()
    return told, len(visitors) - answered, await killing, seconds


def _request(scene: Hot, wish: Wish) -> bytes:
    form = dict(part.split("=", 1) for part in wish.body.split("&"))
    return browser.request(f"{scene.stand.web}{wish.path}", wish.cookie, form, JSON)


async def _kill(over: asyncio.Event) -> int:
    kills = 0
    while not over.is_set():
        for pid in _writers()[:1]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                kills += 1
        with suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), KILL_EVERY_SECONDS)
    return kills


def _writers() -> list[int]:
    """The web's processes with a writer each, the eldest first; not the one that brings them back."""
    ours = [pid for pid in whole.descendants(os.getpid()) if _is_web(pid)]
    return sorted(child for pid in ours for child in whole.descendants(pid))


def _is_web(pid: int) -> bool:
    with suppress(OSError):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        return b"wsgi:front" in words
    return False


def _kept(scene: Hot, wanted: Offered) -> set[int]:
    with scene.stand.session() as session:
        held = text("SELECT id FROM holds WHERE sale_id = :sale AND state = 'held'")
        return set(session.scalars(held, {"sale": wanted.sale_id}))


def _line(scene: Hot, wanted: Offered, said: str, failures: int, run: Run) -> Line:
    held = hot._held(scene.stand, wanted)
    return Line(
        name="exact_stock",
        value=held,
        unit="units",
        p50_ms=round(run.p50_ms, 1),
        p99_ms=round(run.p99_ms, 1),
        failures=abs(held - SCARCE) + failures,
        limit_name=f"units there are ({said})",
        limit_value=SCARCE,
        ratio=held / SCARCE,
        floor=1.0,
        ok=held == SCARCE and not failures,
    )
