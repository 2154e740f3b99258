"""Does to a running house what the faults of a run say, and undoes it at the end."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import redis

from marketplace.local.stripe.driver import Simulator, SimulatorError
from tests.chaos.faults import Fault, Kind
from tests.chaos.wires import State, Wire

if TYPE_CHECKING:
    from tests.journeys.house import House

ATTEMPTS_A_SECOND = 3
"""So many requests does a fault of the payment service strike for each second that it lasts."""
SLOW_MS, SHUFFLED_MS = 1_500, 3_000
STRIPE_KINDS = {
    Kind.STRIPE_IS_SLOW: ("delay", {"delay_ms": SLOW_MS}),
    Kind.STRIPE_FAILS: ("error_500", {}),
    Kind.STRIPE_ACTS_AND_FAILS: ("error_500", {"acts": True}),
    Kind.STRIPE_LOSES_REPLIES: ("lost_reply", {}),
}
WEBHOOK_KINDS = {
    Kind.WEBHOOKS_DOUBLE: ("duplicate", {"copies": 2}),
    Kind.WEBHOOKS_SHUFFLE: ("reorder", {"delay_ms": SHUFFLED_MS}),
    Kind.WEBHOOKS_WITHHELD: ("withhold", {}),
}
WIRE_STATES = {
    Kind.WIRE_SLOW: State.SLOW,
    Kind.WIRE_DARK: State.DARK,
    Kind.WIRE_DEAF: State.DEAF,
}
OUTWARD = {Kind.VALKEY_IS_EMPTIED, *STRIPE_KINDS, *WEBHOOK_KINDS}
"""What is asked of somebody else, who may take their time: the wires go on meanwhile."""


class Trouble:
    """Whoever breaks things."""

    def __init__(
        self, house: House, wires: dict[str, Wire], simulator: Simulator, *, seed: int
    ) -> None:
        """``seed`` chooses among processes of the same kind."""
        self._house, self._wires, self._simulator = house, wires, simulator
        self._dice = random.Random(seed)  # noqa: S311  # to be repeated, not to be guessed
        self._stopped: set[int] = set()
        self._later: set[asyncio.Task[None]] = set()
        self.struck: Counter[Kind] = Counter()
        self._deeds: dict[Kind, Callable[[Fault], None]] = {
            Kind.KILL: lambda fault: self._end(fault.victim, signal.SIGKILL),
            Kind.STOP: self._stop,
            Kind.DATABASE_STOPS: lambda _: self._end("postgres", signal.SIGQUIT),
            Kind.DATABASE_IS_KILLED: lambda _: self._end("postgres", signal.SIGKILL),
            Kind.VALKEY_IS_KILLED: lambda _: self._end("valkey", signal.SIGKILL),
            Kind.VALKEY_IS_EMPTIED: lambda _: self._empty(),
            **dict.fromkeys(STRIPE_KINDS, self._misbehave),
            **dict.fromkeys(WEBHOOK_KINDS, self._misdeliver),
            **dict.fromkeys(WIRE_STATES, self._hinder),
        }

    async def make(self, faults: Sequence[Fault]) -> None:
        """Strike each fault at its second from now."""
        begun = asyncio.get_running_loop().time()
        for fault in faults:
            await asyncio.sleep(begun + fault.at_seconds - asyncio.get_running_loop().time())
            deed = self._deeds[fault.kind]
            with suppress(ProcessLookupError, SimulatorError, OSError, redis.RedisError):
                if fault.kind in OUTWARD:
                    await asyncio.to_thread(deed, fault)
                else:
                    deed(fault)
                self.struck[fault.kind] += 1

    async def end(self) -> None:
        """No fault any more: everybody goes on, every wire is sound, withheld webhooks are let go."""
        for later in self._later:
            later.cancel()
        for pid in self._stopped:
            _signalled(pid, signal.SIGCONT)
        for wire in self._wires.values():
            wire.become(State.SOUND)
        await asyncio.to_thread(self._simulator.clear_faults)
        seed = self._dice.getrandbits(32)
        await asyncio.to_thread(self._simulator.release, order="shuffled", seed=seed)

    # The faults.

    def _pid(self, victim: str) -> int:
        pids = self._house.pids()
        if victim != "web-worker":
            return pids[victim]
        below = _children(pids["web"])
        return self._dice.choice(below) if below else pids["web"]

    def _end(self, victim: str, number: int) -> None:
        os.kill(self._pid(victim), number)

    def _stop(self, fault: Fault) -> None:
        tree = _tree(self._pid(fault.victim))
        self._stopped.update(tree)
        for pid in tree:
            _signalled(pid, signal.SIGSTOP)
        self._after(fault.seconds, lambda: [_signalled(pid, signal.SIGCONT) for pid in tree])

    def _empty(self) -> None:
        told = self._house.told
        url = urlsplit(told["environment"]["REDIS_URL"])
        port = told["ports"]["valkey"]
        with redis.Redis(port=port, password=url.password, socket_timeout=2) as client:
            client.flushall()

    def _misbehave(self, fault: Fault) -> None:
        name, more = STRIPE_KINDS[fault.kind]
        self._simulator.fault(name, count=_times(fault), seed=self._dice.getrandbits(32), **more)

    def _misdeliver(self, fault: Fault) -> None:
        name, more = WEBHOOK_KINDS[fault.kind]
        seed = self._dice.getrandbits(32)
        self._simulator.webhook_fault(name, count=_times(fault), seed=seed, **more)

    def _hinder(self, fault: Fault) -> None:
        wire = self._wires[fault.victim]
        wire.become(WIRE_STATES[fault.kind])
        self._after(fault.seconds, lambda: wire.become(State.SOUND))

    def _after(self, seconds: float, deed: Callable[[], object]) -> None:
        async def later() -> None:
            await asyncio.sleep(seconds)
            deed()

        task = asyncio.create_task(later())
        self._later.add(task)
        task.add_done_callback(self._later.discard)


def _times(fault: Fault) -> int:
    return max(1, round(fault.seconds * ATTEMPTS_A_SECOND))


def _signalled(pid: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _tree(pid: int) -> list[int]:
    return [pid, *(each for child in _children(pid) for each in _tree(child))]


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    return sorted(found)
