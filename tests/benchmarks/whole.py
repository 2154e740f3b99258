"""A whole house to measure: every process of it, the payment service beside it, and members who are signed in."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from sqlalchemy import text

from marketplace.local import children
from marketplace.local.stripe.driver import Simulator
from tests.benchmarks import hot, stand
from tests.benchmarks.crowd import Run, Wish
from tests.benchmarks.hot import Hot
from tests.benchmarks.stand import CROWD, Stand, serving
from tests.chaos import scene
from tests.chaos.scene import Member
from tests.journeys import house as journeys
from tests.journeys.house import House

SHARE_VARIABLE = "BENCH_SHARE"
"""In per cent: with fewer people a line is tried, not measured."""
TICKS = os.sysconf("SC_CLK_TCK")
LOOK_SECONDS = 0.1
CONTROL = {"SIMULATOR_CONTROL": "1"}


def share(number: int, *, least: int = 4) -> int:
    """So many of ``number`` as a run of this size has."""
    return max(least, number * int(os.environ.get(SHARE_VARIABLE) or 100) // 100)


@dataclass(frozen=True)
class Whole:
    """A running house, its people in an order that can be drawn again, and the simulator's own view."""

    house: House
    simulator: Simulator
    random: random.Random

    @property
    def web(self) -> str:
        """Where pages are asked for."""
        return self.house.url

    def invite(self, number: int) -> list[Member]:
        """``number`` members with sessions; once in a house."""
        with self.house.session() as session:
            session.execute(text(CROWD), {"size": number})
        with self.house.owner.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.execute(text("VACUUM ANALYZE"))
        members = list(scene.members(self.house, number))
        self.random.shuffle(members)
        return members

    def count(self, statement: str, **asked: object) -> int:
        """What ``statement`` counts now."""
        return int(self.house.value(statement, **asked))  # type: ignore[call-overload]

    def until(self, statement: str, number: int, *, seconds_max: float, **asked: object) -> int:
        """Wait until ``statement`` counts ``number``; what it counted in the end, even if that is less."""
        ends = time.monotonic() + seconds_max
        while (found := self.count(statement, **asked)) < number and time.monotonic() < ends:
            time.sleep(LOOK_SECONDS)
        return found

    def empty(self) -> Run:
        """What the web's server of this house answers when it is asked for nothing, as for every line."""
        given = children.Surroundings(
            common=self.house.told["environment"],
            owner_url=self.house.told["owner_url"],
            ports={**self.house.told["ports"], "empty": stand._ports(1)[0]},
            log_level="warning",
        )
        there = Stand(self.house.folder, self.house.owner, given)
        bare = Hot(there, [], 0, "", self.random)
        with serving(hot._limits(there), there, f"{hot._limits_url(there)}/empty"):
            return bare.rush_bare(lambda _: [Wish("/empty")])


@contextmanager
def opened(*, seed: int, up: tuple[str, ...] = journeys.UP, **more: str) -> Iterator[Whole]:
    """A house with nothing in it, whose processes see ``more`` in their environment, gone at the end of the block."""
    folder = Path(tempfile.mkdtemp(prefix="aubaine-bench-"))
    folder.chmod(0o711)
    try:
        given = {**CONTROL, "LOG_LEVEL": "WARNING", **more}
        with journeys.opened(folder / "house", up=up, **given) as house:
            simulator = Simulator(f"http://127.0.0.1:{house.told['ports']['stripe']}")
            chance = random.Random(seed)  # noqa: S311 - an order that can be repeated, no secret
            yield Whole(house, simulator, chance)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Watch:
    """Measures the processor time of processes while a block runs, as a share of one core each."""

    pids: Mapping[str, int]
    begun: float = 0.0
    seconds: float = 0.0
    shares: Mapping[str, float] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self.begun, self._before = time.monotonic(), self._used()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.monotonic() - self.begun
        used = self._used()
        self.shares = {
            name: round((used[name] - self._before[name]) / self.seconds, 2) for name in used
        }

    def _used(self) -> dict[str, float]:
        return {name: processor_seconds(pid) for name, pid in self.pids.items()}


def processor_seconds(pid: int) -> float:
    """How long a process has worked, in the kernel and out of it."""
    # The second field is a name in brackets that may hold spaces.
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / TICKS


def resident_mib(pid: int) -> float:
    """What a process and its children hold in memory."""
    whole = 0.0
    for each in (pid, *descendants(pid)):
        lines = Path(f"/proc/{each}/status").read_text().splitlines()
        found = next((line for line in lines if line.startswith("VmRSS:")), "VmRSS: 0 kB")
        whole += int(found.split()[1]) / 1024
    return whole


def descendants(pid: int) -> list[int]:
    """The processes below ``pid``."""
    try:
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):  # it was killed since its parent named it
        return []
    return [each for child in map(int, below) for each in (child, *descendants(child))]
