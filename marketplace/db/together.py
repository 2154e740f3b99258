"""Many callers, one round trip: whoever comes while the database answers the others waits, and is carried next.

A hot row is fastest when few ask for it at once: sixty-four connections that lock the same row spend their time on the
lock, while one that brings sixty-four asks spends it on the asks. Nobody waits for company: the first to come goes at
once, and alone if need be (docs/decisions/one-writer-carries-all-who-wait.md).

Who waits is a thread, or a coroutine of an event loop: they stand in one line, in the order in which they came. A
thread carries those behind it itself; for coroutines, whose thread must not wait, a porter goes.
"""

from __future__ import annotations

import asyncio
import atexit
import threading
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from marketplace.domain.refusals import Busy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Asked = TypeVar("Asked")
Answered = TypeVar("Answered")

ROWS_MAX = 256
"""Rows that one round trip carries."""
WAITING_MAX = 2_000
"""Callers of one process who may wait at once; the next one is told that the house is busy."""
WAIT_SECONDS_MAX = 5
"""How long a caller waits to be taken along; who leaves before that has asked for nothing."""
LOOK_SECONDS = 1
"""How often it is looked whether a coroutine has waited too long."""
NANOSECONDS = 1_000_000_000


def _silent() -> threading.Lock:
    """A bell that has not rung: a lock that is taken until somebody else releases it."""
    bell = threading.Lock()
    bell.acquire()
    return bell


@dataclass(slots=True, eq=False)
class _Caller(Generic[Asked, Answered]):
    """One who waits: what they ask, and what they are told."""

    rows: Sequence[Asked]
    answers: Sequence[Answered] | None = None
    trouble: Exception | None = None

    @property
    def served(self) -> bool:
        return self.answers is not None or self.trouble is not None

    def told(self) -> Sequence[Answered]:
        if self.trouble is not None:
            raise self.trouble.with_traceback(None)
        assert self.answers is not None, "whoever was served was answered"
        return self.answers


@dataclass(slots=True, eq=False)
class _Standing(_Caller[Asked, Answered]):
    """A thread, and the bell that rings when it was served or is to carry the others."""

    bell: threading.Lock = field(default_factory=_silent)


@dataclass(slots=True, eq=False, kw_only=True)
class _Seated(_Caller[Asked, Answered]):
    """A coroutine: its loop, what it awaits, and when it came by a clock that only goes forward."""

    loop: asyncio.AbstractEventLoop
    called: asyncio.Future[None]
    since_ns: int = field(default_factory=time.monotonic_ns)

    def call(self) -> None:
        """On its loop: it was served."""
        if not self.called.done():
            self.called.set_result(None)


class Line(Generic[Asked, Answered]):
    """A line in which callers wait for their answers. Who stands first carries everybody behind them.

    ``carry`` answers a list of rows with a list of as many answers, in order, and has done nothing where it raises.
    What it raises of the kinds ``of_all`` concerns everybody; anything else may be one caller's own.
    """

    def __init__(
        self,
        carry: Callable[[list[Asked]], Sequence[Answered]],
        *,
        of_all: tuple[type[Exception], ...] = (Busy,),
        rows_max: int = ROWS_MAX,
        waiting_max: int = WAITING_MAX,
        wait_seconds_max: int = WAIT_SECONDS_MAX,
    ) -> None:
        """Empty. A caller's own rows always travel together, even where they alone are more than ``rows_max``."""
        self._carry = carry
        self._of_all = of_all
        self._rows_max = rows_max
        self._waiting_max = waiting_max
        self._wait_seconds_max = wait_seconds_max
        self._guard = threading.Lock()
        self._waiting: deque[_Caller[Asked, Answered]] = deque()
        self._carried = False
        self._porter: ThreadPoolExecutor | None = None
        self._minded: set[asyncio.AbstractEventLoop] = set()

    def ask(self, rows: Sequence[Asked]) -> Sequence[Answered]:
        """The answers to ``rows``, in order, as if nobody else had asked.

        Busy where too many wait already or the wait was too long: then nothing was asked. What ``carry`` raises
        because of another caller's rows is not told here: each is asked for alone then.
        """
        me: _Standing[Asked, Answered] = _Standing(rows)
        if not self._joined(me):
            self._wait(me)
        if not me.served:
            self._lead(me)
        return me.told()

    async def ask_seated(self, rows: Sequence[Asked]) -> Sequence[Answered]:
        """The same for a coroutine, which awaits its answers; one that is cancelled before it is taken asks nothing."""
        loop = asyncio.get_running_loop()
        me: _Seated[Asked, Answered] = _Seated(rows, loop=loop, called=loop.create_future())
        if self._joined(me):
            self._send_porter()
        if loop not in self._minded:
            self._minded.add(loop)
            loop.call_later(LOOK_SECONDS, self._send_home, loop)
        try:
            await me.called
        except asyncio.CancelledError:
            with self._guard, suppress(ValueError):
                self._waiting.remove(me)
            raise
        return me.told()

    @property
    def waiting(self) -> int:
        """How many wait to be carried at this moment."""
        return len(self._waiting)

    def close(self) -> None:
        """Let the porter go, once those who wait are carried; who asks afterwards is carried by another."""
        porter, self._porter = self._porter, None
        if porter is not None:
            porter.shutdown()

    def _joined(self, me: _Caller[Asked, Answered]) -> bool:
        """Stand at the end of the line; whether nobody is under way, so that somebody must go now."""
        with self._guard:
            if len(self._waiting) >= self._waiting_max:
                raise Busy
            self._waiting.append(me)
            leads, self._carried = not self._carried, True
        return leads

    def _wait(self, me: _Standing[Asked, Answered]) -> None:
        """Until the bell rings: I was served, or it is mine to carry those behind me."""
        if me.bell.acquire(timeout=self._wait_seconds_max):
            return
        with self._guard:
            if me in self._waiting:
                if me.bell.acquire(blocking=False):
                    return
                self._waiting.remove(me)
                raise Busy
        me.bell.acquire()

    def _send_home(self, loop: asyncio.AbstractEventLoop) -> None:
        """On ``loop``: tell its coroutines that waited too long, and look again as long as any of them waits."""
        since_ns = time.monotonic_ns() - self._wait_seconds_max * NANOSECONDS
        with self._guard:
            seated = [
                each for each in self._waiting if isinstance(each, _Seated) and each.loop is loop
            ]
            late = [each for each in seated if each.since_ns <= since_ns]
            for each in late:
                self._waiting.remove(each)
            if len(seated) > len(late):
                loop.call_later(LOOK_SECONDS, self._send_home, loop)
            else:
                self._minded.discard(loop)
        for each in late:
            each.trouble = Busy()
            each.call()

    def _send_porter(self) -> None:
        porter = self._porter
        if porter is None:
            porter = self._porter = ThreadPoolExecutor(1, thread_name_prefix="porter")
        porter.submit(self._lead, None)

    def _lead(self, me: _Standing[Asked, Answered] | None) -> None:
        """Carry those who wait, the leader among them, and hand the lead to the first who came meanwhile.

        ``me``: the thread that carries; None for a porter, who asks for nothing.
        """
        with self._guard:
            along = self._next()
        try:
            self._serve(along)
        finally:
            self._hand_on()
            for each in along:
                if not each.served:
                    each.trouble = Busy()
            _call(along, but=me)

    def _hand_on(self) -> None:
        with self._guard:
            heir = self._waiting[0] if self._waiting else None
            self._carried = heir is not None
            if isinstance(heir, _Standing):
                heir.bell.release()
        if isinstance(heir, _Seated):
            self._send_porter()

    def _next(self) -> list[_Caller[Asked, Answered]]:
        along: list[_Caller[Asked, Answered]] = []
        rows = 0
        while self._waiting and (not along or rows + len(self._waiting[0].rows) <= self._rows_max):
            along.append(self._waiting.popleft())
            rows += len(along[-1].rows)
        return along

    def _serve(self, along: list[_Caller[Asked, Answered]]) -> None:
        if not along:
            return
        try:
            rows = [row for each in along for row in each.rows]
            answers = self._carry(rows)
            assert len(answers) == len(rows), "each row asked is answered by one"
        except Exception as trouble:  # noqa: BLE001 - each caller is told
            if len(along) > 1 and not isinstance(trouble, self._of_all):
                for each in along:
                    self._serve([each])
                return
            for each in along:
                each.trouble = trouble
            return
        first = 0
        for each in along:
            each.answers = answers[first : first + len(each.rows)]
            first += len(each.rows)


def _call(
    along: Sequence[_Caller[Asked, Answered]], *, but: _Standing[Asked, Answered] | None
) -> None:
    """Wake those who were served: threads one by one, the coroutines of a loop all at once."""
    seated: dict[asyncio.AbstractEventLoop, list[_Seated[Asked, Answered]]] = {}
    for each in along:
        if isinstance(each, _Seated):
            seated.setdefault(each.loop, []).append(each)
        elif isinstance(each, _Standing) and each is not but:
            each.bell.release()
    for loop, those in seated.items():
        with suppress(RuntimeError):  # a loop that was closed meanwhile: nobody is there to be told
            loop.call_soon_threadsafe(_call_each, those)


def _call_each(those: Sequence[_Seated[Asked, Answered]]) -> None:
    for each in those:
        each.call()


class Errands(Generic[Asked]):
    """What is left to be written by whoever goes next: nobody waits for it, and it goes within a moment.

    ``carry`` writes a list of rows. Where it raises one of ``kept``, they are kept for the next time, at most
    ``kept_max`` of them; where it raises anything else, they are given up, so that one bad row stops nobody.
    """

    def __init__(
        self,
        carry: Callable[[list[Asked]], object],
        *,
        kept: tuple[type[Exception], ...] = (Busy,),
        kept_max: int = 20_000,
        pause_seconds: int = 1,
        rows_max: int = 1_000,
    ) -> None:
        """Nothing to do; the thread that goes is started by the first row."""
        self._carry = carry
        self._kept = kept
        self._pause_seconds = pause_seconds
        self._rows_max = rows_max
        self._left: deque[Asked] = deque(maxlen=kept_max)
        self._going = threading.Lock()
        self._guard = threading.Lock()
        self._runner: threading.Thread | None = None
        self._stop = threading.Event()

    def leave(self, rows: Sequence[Asked]) -> None:
        """Leave ``rows`` to be written."""
        self._left.extend(rows)
        if self._runner is None or not self._runner.is_alive():
            self._start()

    def _start(self) -> None:
        with self._guard:
            if self._runner is not None and self._runner.is_alive():
                return
            self._stop.clear()
            self._runner = threading.Thread(target=self._run_on, name="errands", daemon=True)
            self._runner.start()
            atexit.register(self.end)

    def _run_on(self) -> None:
        while not self._stop.wait(self._pause_seconds):
            self.run()

    def end(self) -> None:
        """Go once more, and not by oneself afterwards; who leaves something then starts anew."""
        self._stop.set()
        atexit.unregister(self.end)
        self.run()

    def run(self) -> None:
        """Go now, until nothing is left that can be written."""
        with self._going:
            while self._left:
                rows = [self._left.popleft() for _ in range(min(len(self._left), self._rows_max))]
                try:
                    self._carry(rows)
                except self._kept:
                    self._left.extendleft(reversed(rows))
                    return
                except Exception:  # noqa: BLE001, S112 - counts, given up as said above
                    continue
