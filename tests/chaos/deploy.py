"""A deploy in the middle of a sale: two web servers behind a balancer, and everything restarted one after the other."""

from __future__ import annotations

import asyncio
import itertools
import os
import random
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from math import inf
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from marketplace.local import children, ports
from tests.chaos import browser, scene, stage
from tests.chaos.browser import NOTHING, Answer
from tests.chaos.crowd import OutOfPatienceError, Person, Street
from tests.chaos.faults import STAFF
from tests.chaos.records import Book

if TYPE_CHECKING:
    from pathlib import Path

    from tests.chaos.scene import Scene
    from tests.journeys.house import House

DRAIN_SECONDS = 2
LOOK_SECONDS = 0.25
"""How often the balancer asks each server whether it serves."""
THOUGHT_SECONDS = (0.05, 0.4)
START_SECONDS_MAX = 90.0
DRAINED_SECONDS_MAX = 30.0


@dataclass
class Balancer:
    """Sends each new connection to the next server that says that it serves; a connection stays where it is."""

    ends: tuple[int, ...]
    serving: set[int] = field(default_factory=set)
    taken: dict[int, int] = field(default_factory=dict)
    _turn: itertools.count[int] = field(default_factory=itertools.count)
    _lines: set[asyncio.Task[None]] = field(default_factory=set)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[int]:
        """Listen until the block is left; on which port."""
        server = await asyncio.start_server(self._line, ports.HOST, 0, backlog=1_024)
        looking = asyncio.create_task(self._look())
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            looking.cancel()
            server.close()
            for line in tuple(self._lines):
                line.cancel()
            await asyncio.gather(looking, *self._lines, return_exceptions=True)

    async def until(self, end: int, *, serves: bool) -> None:
        """Wait until it is known that a server serves, or that it does not."""
        until = time.monotonic() + START_SECONDS_MAX
        while (end in self.serving) is not serves:
            assert time.monotonic() < until, f"{end} is not as expected"
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self) -> None:
        while True:
            for end in self.ends:
                url = f"http://{ports.HOST}:{end}{children.HEALTH_PATH}"
                answer = await browser.ask(url, seconds_max=2.0)
                (self.serving.add if answer.status == HTTPStatus.OK else self.serving.discard)(end)
            await asyncio.sleep(LOOK_SECONDS)

    async def _line(self, come: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._lines.add(task)
        try:
            await self._joined(come, back)
        except (OSError, ZeroDivisionError, asyncio.CancelledError):
            return
        finally:
            back.close()
            self._lines.discard(task)

    async def _joined(self, come: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        chosen = sorted(self.serving)[next(self._turn) % len(self.serving)]
        self.taken[chosen] = self.taken.get(chosen, 0) + 1
        there, go = await asyncio.open_connection(ports.HOST, chosen)
        ways = [asyncio.create_task(_carry(*way)) for way in ((come, go), (there, back))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            go.close()


async def _carry(come: asyncio.StreamReader, go: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while portion := await come.read(65_536):
            go.write(portion)
            await go.drain()


@dataclass
class Keeping(Person):
    """Somebody whose browser keeps its connection until it is told that it is closed, and asks nothing twice."""

    through: int = 0
    lost: list[str] = field(default_factory=list)
    _line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def _ask(self, path: str, form: Mapping[str, Any] | None, **more: str) -> Answer:
        house = urlsplit(self.street.house).netloc
        if urlsplit(path).netloc not in {"", house}:
            return await super()._ask(path, form, **more)
        filled = None if form is None else {name: str(each) for name, each in form.items()}
        if filled is not None:
            filled["csrf_token"] = self.member.token
        url = f"{self.street.house}{path}"
        asked = browser.request(url, self.member.cookie, filled, more.get("accept", "text/html"))
        answer = await self._told(asked.replace(b"Connection: close", b"Connection: keep-alive"))
        if answer.status in {0, *range(500, 600)}:
            self.lost.append(f"{answer.status} for {path}")
        return self.street.noticed(answer)

    async def _told(self, request: bytes) -> Answer:
        try:
            if self._line is None:
                self._line = await asyncio.open_connection(ports.HOST, self.through)
            read, write = self._line
            write.write(request)
            await write.drain()
            answer = await asyncio.wait_for(browser.answered(read), browser.ANSWER_SECONDS_MAX)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError):
            self.hang_up()
            return NOTHING
        if answer.headers.get("connection", "").lower() == "close":
            self.hang_up()
        return answer

    def hang_up(self) -> None:
        """Close the connection."""
        if self._line is not None:
            self._line[1].close()
            self._line = None


@dataclass
class Second:
    """A second web server of a house, started as the first one is."""

    house: House
    port: int
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """On the house's stores, with its own two ports."""
        told = self.house.told
        numbers = {**told["ports"], "web": self.port, "metrics": 0}
        common = dict(told["environment"])
        given = children.Surroundings(common=common, owner_url="", ports=numbers)
        web, _live = children.doors(given)
        log = (self.house.folder / "logs" / "web-2.log").open("ab")
        self.process = subprocess.Popen(
            web.command, env=dict(web.environment), stdout=log, stderr=log, start_new_session=True
        )
        log.close()

    def stop(self) -> int:
        """As a deploy does; how it ended."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(DRAINED_SECONDS_MAX)


@dataclass
class Deployed:
    """What came of it."""

    asked: int
    lost: list[str]
    paid: int
    restarted: list[str]
    taken: dict[int, int]
    broken: list[str] = field(default_factory=list)


async def run(folder: Path, buyers: int) -> Deployed:
    """Open a house, let a crowd in, deploy, and look at what it cost."""
    book = Book(folder / "notes.jsonl")
    try:
        async with stage.standing(folder / "house") as (house, _wires):
            set_in = await asyncio.to_thread(scene.set_in, house, buyers=buyers, seconds=60.0)
            simulator = f"http://{ports.HOST}:{house.told['ports']['stripe']}"
            try:
                found = await rolled(house, set_in, Street(house.url, simulator, book, inf))
                found.broken += await asyncio.to_thread(house.broken)
                return found
            finally:
                house.owner.dispose()
    finally:
        book.close()


async def rolled(house: House, there: Scene, street: Street) -> Deployed:
    """A crowd buys while each web server, each worker and each clock is stopped and started, one after the other."""
    second = Second(house, ports.free())
    second.start()
    first = house.told["ports"]["web"]
    balancer = Balancer((first, second.port))
    restarted: list[str] = []
    try:
        async with balancer.open() as through:
            await balancer.until(first, serves=True)
            await balancer.until(second.port, serves=True)
            people = [
                Keeping(street, member, random.Random(number), through)  # noqa: S311
                for number, member in enumerate(there.buyers)
            ]
            over = asyncio.Event()
            visits = [asyncio.create_task(_visits(each, there, over)) for each in people]
            await asyncio.sleep(1.0)
            code = await asyncio.to_thread(second.stop)
            restarted.append(f"web-2 ended with {code}")
            second.start()
            await balancer.until(second.port, serves=True)
            for name in ("web", *STAFF):
                await _restarted(house, name)
                restarted.append(name)
                if name == "web":
                    await balancer.until(first, serves=True)
            await asyncio.sleep(1.0)
            over.set()
            paid = await asyncio.gather(*visits)
            for person in people:
                person.hang_up()
    finally:
        with suppress(AssertionError, subprocess.TimeoutExpired):
            await asyncio.to_thread(second.stop)
    lost = [each for person in people for each in person.lost]
    return Deployed(sum(street.answers.values()), lost, sum(paid), restarted, balancer.taken)


async def _restarted(house: House, name: str) -> None:
    """SIGTERM, and the supervisor brings the next one."""
    before = house.pids()[name]
    os.kill(before, signal.SIGTERM)
    until = time.monotonic() + START_SECONDS_MAX
    while house.pids()[name] == before:
        assert time.monotonic() < until, f"{name} does not come back"
        await asyncio.sleep(LOOK_SECONDS)


async def _visits(person: Person, there: Scene, over: asyncio.Event) -> int:
    """Hold, pay and look until it is over; how many orders were seen to be paid."""
    paid = 0
    with suppress(OutOfPatienceError):
        while not over.is_set():
            await asyncio.sleep(person.dice.uniform(*THOUGHT_SECONDS))
            said = await person.hold(person.dice.choice(there.wanted), 1)
            if "hold" not in said:
                await person.orders()
            elif person.dice.random() < 0.7:
                await person.give_back(said["hold"])
            else:
                session = await person.check_out()
                order = session and await person.pay(session)
                if order:
                    await person.look(order, returned=True)
                    paid += 1
    return paid
