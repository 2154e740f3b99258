"""Rooms: everybody who listens to one sale, and the one look that all of them share.

A room looks every half second while somebody is in it, and at once when it is told that its sale changed; what
changed goes to all as one frame that was written once. Whoever is too slow for a change is told everything anew.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from marketplace.domain.refusals import Busy, NotFound
from marketplace.domain.sales import Phase
from marketplace.toolbox import StoreDown

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

LOOK_EVERY_SECONDS = 0.5
LOOK_AGAIN_SECONDS = 2
"""After trouble with the store: nobody is told anything, and the house is not asked in a hurry."""

PHASE_EVENTS = {Phase.OPEN: "opened", Phase.PAUSED: "paused", Phase.CLOSED: "closed"}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look found: the sale, its state as names and codes, and for members whose sale it is."""

    sale_id: int
    codes: Mapping[str, str]
    brand_id: int | None = None
    territory: str | None = None


def frame(event: str, data: Mapping[str, str]) -> bytes:
    """One server-sent event."""
    return f"event: {event}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n".encode()


class Listener:
    """One open page: which version of the room it has been told, and whether it is still there."""

    def __init__(self) -> None:
        """Told nothing yet."""
        self.told = 0
        self.gone = False
        self.called = asyncio.Event()

    def leave(self) -> None:
        """The page was closed."""
        self.gone = True
        self.called.set()


class Room:
    """The listeners of one sale."""

    def __init__(self, event: str, look: Callable[[], Awaitable[Seen]]) -> None:
        """``event`` names what is told, ``look`` finds it out."""
        self.listeners: set[Listener] = set()
        self.sale_id: int | None = None
        self.brand_id: int | None = None
        self.territory: str | None = None
        self._event = event
        self._look = look
        self._codes: Mapping[str, str] = {}
        self._version = 0
        self._change = b""
        self._whole = b""
        self._told = asyncio.Event()

    async def first_look(self) -> None:
        """Find out what there is; raises what the look raises, NotFound above all."""
        self._take(await self._look())

    async def keep_looking(self) -> None:
        """Look for as long as somebody listens."""
        wait: float = LOOK_EVERY_SECONDS
        while self.listeners:
            await self._until_told(wait)
            wait = await self._look_again()

    def tell(self) -> None:
        """The sale has changed: look now."""
        self._told.set()

    def news(self, listener: Listener) -> bytes:
        """What ``listener`` has not been told: nothing, the last change, or everything."""
        missed = self._version - listener.told
        listener.told = self._version
        if not missed:
            return b""
        return self._change if missed == 1 and self._change else self._whole

    async def _until_told(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._told.wait(), seconds)
        except TimeoutError:
            pass
        finally:
            self._told.clear()

    async def _look_again(self) -> float:
        try:
            self._take(await self._look())
        except (StoreDown, Busy) as trouble:
            log.warning("live_look_failed", trouble=type(trouble).__name__)
            return LOOK_AGAIN_SECONDS
        except NotFound:
            self._take(Seen(self.sale_id or 0, {"phase": str(Phase.CLOSED)}))
        return LOOK_EVERY_SECONDS

    def _take(self, seen: Seen) -> None:
        self.sale_id = seen.sale_id
        self.brand_id = seen.brand_id or self.brand_id
        self.territory = seen.territory or self.territory
        changed = {name: code for name, code in seen.codes.items() if self._codes.get(name) != code}
        if not changed and self._version:
            return
        self._change = self._phase_frame(changed) + frame(self._event, changed)
        if not self._version:
            self._change = b""
        self._codes = dict(seen.codes)
        self._whole = frame(self._event, self._codes)
        self._version += 1
        for listener in self.listeners:
            listener.called.set()

    @staticmethod
    def _phase_frame(changed: Mapping[str, str]) -> bytes:
        phase = changed.get("phase")
        event = PHASE_EVENTS.get(Phase(phase)) if phase else None
        return frame(event, {}) if event else b""
