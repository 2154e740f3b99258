"""A crowd that does what wrk cannot: signs what it sends, remembers what it was told, waits for what comes.

Each connection is kept open and asks one thing after the other. The driver's own processor time is told beside what
it measured, because it is not compiled.
"""

from __future__ import annotations

import asyncio
import resource
import statistics
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

from tests.chaos import browser
from tests.chaos.browser import NOTHING, Answer

Given = TypeVar("Given")

CONNECTIONS = 64


@dataclass
class Line:
    """One kept connection; it is opened again where it was closed, and asks nothing twice by itself."""

    url: str
    _line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(
        self, request: bytes, *, seconds_max: float = browser.ANSWER_SECONDS_MAX
    ) -> Answer:
        """What came back; status 0 where nothing did."""
        try:
            return await asyncio.wait_for(self._asked(request), seconds_max)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError):
            self.hang_up()
            return NOTHING

    async def _asked(self, request: bytes) -> Answer:
        if self._line is None:
            port = urlsplit(self.url).port
            self._line = await asyncio.open_connection(
                "127.0.0.1", port, limit=browser.HEAD_BYTES_MAX
            )
        read, write = self._line
        write.write(request.replace(b"Connection: close", b"Connection: keep-alive", 1))
        await write.drain()
        answer = await browser.answered(read)
        if answer.headers.get("connection", "").lower() == "close":
            self.hang_up()
        return answer

    def hang_up(self) -> None:
        """Close the connection."""
        if self._line is not None:
            self._line[1].close()
            self._line = None


@dataclass
class Met:
    """What a crowd met: how long each answer took and how often which status came."""

    seconds: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    def note(self, answer: Answer, took: float) -> Answer:
        """Keep one answer."""
        self.seconds.append(took)
        self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
        return answer

    def failed(self) -> int:
        """Answers that never came, or said that something is broken or busy."""
        return sum(
            times for status, times in self.statuses.items() if status in {0, 429} or status >= 500
        )


async def each(
    url: str,
    given: Iterable[Given],
    deed: Callable[[Line, Given], Awaitable[None]],
    *,
    connections: int = CONNECTIONS,
) -> None:
    """Do ``deed`` for everything that is given, on so many connections at once."""
    left = iter(given)

    async def one() -> None:
        line = Line(url)
        for wish in left:
            await deed(line, wish)
        line.hang_up()

    await asyncio.gather(*(one() for _ in range(connections)))


def run(course: Callable[[], Awaitable[Any]]) -> tuple[Any, float]:
    """What ``course`` comes to, in a loop of its own thread, and the driver's share of one core meanwhile."""
    begun, before = time.monotonic(), _used()

    async def whole() -> Any:
        return await course()

    with ThreadPoolExecutor(max_workers=1) as alone:
        came = alone.submit(asyncio.run, whole()).result()
    return came, round((_used() - before) / (time.monotonic() - begun), 2)


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` of all do not exceed; 0 of none."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))] if ranked else 0.0


def middle(runs: Sequence[Given], of: Callable[[Given], float]) -> Given:
    """The run whose figure is the median."""
    figure = statistics.median_low([of(each) for each in runs])
    return next(each for each in runs if of(each) == figure)
