"""Wires between the parts: TCP proxies that can be slow, swallow everything, or lose answers to what was done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum

from marketplace.local import ports

PORTION_BYTES = 65_536


class State(StrEnum):
    """How a wire behaves. ``DARK``: nothing passes. ``DEAF``: what is asked arrives, its answer is lost."""

    SOUND = "sound"
    SLOW = "slow"
    DARK = "dark"
    DEAF = "deaf"


class CutError(Exception):
    """The wire loses what it was given, and hangs up."""


@dataclass
class Wire:
    """One wire to the port that ``target`` names when somebody connects."""

    target: Callable[[], int]
    latency_seconds: float = 0.05
    state: State = State.SOUND
    _light: asyncio.Event = field(default_factory=asyncio.Event)
    _lines: set[asyncio.Task[None]] = field(default_factory=set)
    _server: asyncio.Server | None = None

    async def open(self) -> int:
        """Listen on a free port; which one."""
        self._light.set()
        self._server = await asyncio.start_server(self._line, ports.HOST, 0, backlog=1_024)
        found: int = self._server.sockets[0].getsockname()[1]
        return found

    async def close(self) -> None:
        """Hang up everywhere."""
        assert self._server is not None
        self._server.close()
        for line in tuple(self._lines):
            line.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)

    def become(self, state: State) -> None:
        """Behave like this from now on, for those who are connected as well."""
        self.state = state
        if state is State.DARK:
            self._light.clear()
        else:
            self._light.set()

    async def _line(self, asked: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._lines.add(task)
        try:
            await self._spoken(asked, answers)
        except asyncio.CancelledError:
            return  # hung up at the end of the run: asyncio would print it as a fault of the callback
        finally:
            self._lines.discard(task)
            answers.close()

    async def _spoken(self, asked: asyncio.StreamReader, answers: asyncio.StreamWriter) -> None:
        await self._light.wait()
        try:
            come, go = await asyncio.open_connection(ports.HOST, self.target())
        except OSError:
            return
        ways = {
            asyncio.create_task(self._carry(asked, go, back=False)),
            asyncio.create_task(self._carry(come, answers, back=True)),
        }
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            go.close()

    async def _carry(
        self, come: asyncio.StreamReader, go: asyncio.StreamWriter, *, back: bool
    ) -> None:
        with suppress(OSError, CutError):
            while portion := await come.read(PORTION_BYTES):
                await self._light.wait()
                if self.state is State.SLOW:
                    await asyncio.sleep(self.latency_seconds)
                if self.state is State.DEAF and back:
                    raise CutError
                go.write(portion)
                await go.drain()
