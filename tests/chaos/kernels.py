"""Small shops on a database of their own: one that is right, and four that are wrong in the ways shops are wrong.

Each sells the same shelf by real statements in real transactions, many people at once, and each person writes down
what they were told. Whoever checks a house must find the fault of each wrong one in those notes alone.
"""

from __future__ import annotations

import queue
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psycopg

from tests.chaos.checker import Charge, Evidence, Window, World
from tests.chaos.records import Deed, Note

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PIECE, SALE = "Knit", "knits"
UNITS = 6
NAMES = tuple(f"person {number}" for number in range(18))
LENGTH_SECONDS, SHORT_SECONDS = 60.0, 0.3
"""How long a hold lasts: longer than any day here, and so short that its end can be waited for."""
THOUGHT_SECONDS = 0.02
"""What a program that looks before it writes does in between."""
PRICE_MINOR = 6_000
TABLES = """
CREATE TABLE shelf (piece text PRIMARY KEY, units int, available int);
CREATE TABLE claims (id bigserial PRIMARY KEY, piece text, who text, ends_at timestamptz, state text);
CREATE TABLE orders (ref text PRIMARY KEY, who text);
CREATE TABLE errands (id bigserial PRIMARY KEY, ref text, done boolean NOT NULL DEFAULT false);
"""
_ENDS = "clock_timestamp() + make_interval(secs => %s)"


@dataclass
class Shop:
    """A right one: locks the shelf, gives back what has ended, takes with one condition, tells after the commit."""

    url: str
    charges: list[Charge] = field(default_factory=list)
    letters: list[str] = field(default_factory=list)
    """The orders whose owners were written to, as it left the shop."""
    length_seconds: float = LENGTH_SECONDS

    def take(self, deed: psycopg.Connection, who: str) -> tuple[int, float] | None:
        """One unit: the hold's number and its end, or nothing."""
        self._give_back(deed)
        taken = deed.execute(
            "UPDATE shelf SET available = available - 1 WHERE piece = %s AND available > 0", [PIECE]
        )
        return self._claimed(deed, who) if taken.rowcount else None

    def renew(self, deed: psycopg.Connection, number: int) -> float | None:
        """More time for a hold that has not ended: its new end, or nothing."""
        self._give_back(deed)
        return self._longer(deed, number, "AND state = 'held' AND ends_at > clock_timestamp()")

    def sell(self, deed: psycopg.Connection, who: str, ref: str) -> None:
        """An order that is paid, and a letter that says so."""
        deed.execute("INSERT INTO errands (ref) VALUES (%s)", [ref])
        deed.execute("INSERT INTO orders (ref, who) VALUES (%s, %s)", [ref, who])
        self.charges.append(Charge(ref, PRICE_MINOR))

    def run_errands(self, over: threading.Event) -> None:
        """What the shop's messenger does until the day is over and every errand is done."""
        while True:
            last = over.is_set()
            with self.opened() as deed:
                due = "SELECT id, ref FROM errands WHERE NOT done ORDER BY id FOR UPDATE"
                for number, ref in deed.execute(due).fetchall():
                    self._write(deed, ref)
                    deed.execute("UPDATE errands SET done = true WHERE id = %s", [number])
            if last:
                return
            time.sleep(0.01)

    @contextmanager
    def opened(self) -> Iterator[psycopg.Connection]:
        """A transaction."""
        with psycopg.connect(self.url) as deed:
            yield deed

    def _write(self, deed: psycopg.Connection, ref: str) -> None:
        """Write to the owner of an order, if there is such an order."""
        if deed.execute("SELECT 1 FROM orders WHERE ref = %s", [ref]).fetchone():
            self.letters.append(ref)

    @staticmethod
    def _give_back(deed: psycopg.Connection) -> None:
        deed.execute("SELECT 1 FROM shelf WHERE piece = %s FOR UPDATE", [PIECE])
        ended = deed.execute(
            "UPDATE claims SET state = 'ended' WHERE piece = %s AND state = 'held'"
            " AND ends_at <= clock_timestamp()",
            [PIECE],
        ).rowcount
        add = "UPDATE shelf SET available = available + %s WHERE piece = %s"
        deed.execute(add, [ended, PIECE])

    def _claimed(self, deed: psycopg.Connection, who: str) -> tuple[int, float]:
        row = deed.execute(
            f"INSERT INTO claims (piece, who, ends_at, state) VALUES (%s, %s, {_ENDS}, 'held')"
            " RETURNING id, extract(epoch FROM ends_at)::float8",
            [PIECE, who, self.length_seconds],
        ).fetchone()
        assert row is not None
        return row[0], row[1]

    def _longer(self, deed: psycopg.Connection, number: int, only: str) -> float | None:
        row = deed.execute(
            f"UPDATE claims SET ends_at = {_ENDS}, state = 'held' WHERE id = %s {only}"
            " RETURNING extract(epoch FROM ends_at)::float8",
            [self.length_seconds, number],
        ).fetchone()
        return row and row[0]


class ReadsThenWrites(Shop):
    """Wrong: writes what it read a moment ago, less one."""

    def take(self, deed: psycopg.Connection, who: str) -> tuple[int, float] | None:
        """As many at once as looked at once."""
        look = "SELECT available FROM shelf WHERE piece = %s"
        (seen,) = deed.execute(look, [PIECE]).fetchone() or (0,)
        if seen < 1:
            return None
        time.sleep(THOUGHT_SECONDS)
        deed.execute("UPDATE shelf SET available = %s WHERE piece = %s", [seen - 1, PIECE])
        return self._claimed(deed, who)


class CountsThenInserts(Shop):
    """Wrong: counts the holds there are, and adds one where there is room."""

    def take(self, deed: psycopg.Connection, who: str) -> tuple[int, float] | None:
        """As many at once as counted at once."""
        count = "SELECT count(*) FROM claims WHERE piece = %s AND ends_at > clock_timestamp()"
        (seen,) = deed.execute(count, [PIECE]).fetchone() or (0,)
        if seen >= UNITS:
            return None
        time.sleep(THOUGHT_SECONDS)
        return self._claimed(deed, who)


class RenewsUnchecked(Shop):
    """Wrong: gives more time to a hold whose time is over and whose unit may be somebody else's."""

    def renew(self, deed: psycopg.Connection, number: int) -> float | None:
        """Always yes."""
        return self._longer(deed, number, "")


class EnqueuesBeforeItCommits(Shop):
    """Wrong: tells its messenger of an order that nobody else can see yet."""

    def __init__(self, url: str) -> None:
        """Its messenger hears at once."""
        super().__init__(url)
        self._said: queue.Queue[str] = queue.Queue()

    def sell(self, deed: psycopg.Connection, who: str, ref: str) -> None:
        """The messenger is quicker than the commit."""
        deed.execute("INSERT INTO orders (ref, who) VALUES (%s, %s)", [ref, who])
        self._said.put(ref)
        self._said.join()
        self.charges.append(Charge(ref, PRICE_MINOR))

    def run_errands(self, over: threading.Event) -> None:
        """Each errand once; what is not found is forgotten."""
        while not (over.is_set() and self._said.empty()):
            try:
                ref = self._said.get(timeout=0.01)
            except queue.Empty:
                continue
            with self.opened() as deed:
                self._write(deed, ref)
            self._said.task_done()


# What happens at a shop.


def rush(shop: Shop) -> Evidence:
    """Everybody wants a unit at once; then some pay."""
    _opened(shop)
    notes = _together(shop, [_taking(shop, who) for who in NAMES])
    return _evidence(shop, notes + _sold(shop, NAMES[: UNITS // 2]))


def second_thoughts(shop: Shop) -> Evidence:
    """The holds of the first have ended and others have taken what was free again: now the first want longer."""
    _opened(shop)
    shop.length_seconds = SHORT_SECONDS
    notes = _together(shop, [_taking(shop, who) for who in NAMES])
    held = {note.who: note.said["hold"] for note in notes if "hold" in note.said}
    time.sleep(SHORT_SECONDS)
    shop.length_seconds = LENGTH_SECONDS
    notes += _together(shop, [_taking(shop, who) for who in NAMES if who not in held])
    notes += _together(shop, [_renewing(shop, who, number) for who, number in held.items()])
    return _evidence(shop, notes)


def _opened(shop: Shop) -> None:
    with shop.opened() as deed:
        deed.execute(TABLES)
        deed.execute("INSERT INTO shelf VALUES (%s, %s, %s)", [PIECE, UNITS, UNITS])


def _evidence(shop: Shop, notes: list[Note]) -> Evidence:
    window = Window(0.0, time.time() + LENGTH_SECONDS)
    world = World({PIECE: UNITS}, {PIECE: SALE}, {SALE: window})
    return Evidence(world, tuple(notes), tuple(shop.charges))


def _sold(shop: Shop, buyers: Sequence[str]) -> list[Note]:
    """Some pay, see their order and look into their letter boxes when the messenger has gone home."""
    over = threading.Event()
    messenger = threading.Thread(target=shop.run_errands, args=(over,))
    messenger.start()
    notes = _together(shop, [_paying(shop, who) for who in buyers])
    over.set()
    messenger.join()
    read_at = time.time()
    letters = [
        Note("", Deed.LETTER, read_at, read_at, about={"order": ref}) for ref in shop.letters
    ]
    return notes + letters


@dataclass(frozen=True)
class Wish:
    """What one person does, as one transaction of the shop."""

    who: str
    deed: Deed
    about: dict[str, Any]
    act: Callable[[psycopg.Connection], dict[str, Any]]


def _taking(shop: Shop, who: str) -> Wish:
    def act(deed: psycopg.Connection) -> dict[str, Any]:
        got = shop.take(deed, who)
        return {"hold": got[0], "until": got[1]} if got else {"no": "sold_out"}

    about = {"piece": PIECE, "units": 1, "key": f"{who} {shop.length_seconds}"}
    return Wish(who, Deed.HOLD, about, act)


def _renewing(shop: Shop, who: str, number: int) -> Wish:
    def act(deed: psycopg.Connection) -> dict[str, Any]:
        ends = shop.renew(deed, number)
        return {"hold": number, "until": ends} if ends else {"no": "hold_lapsed"}

    return Wish(who, Deed.RENEW, {"hold": number}, act)


def _paying(shop: Shop, who: str) -> Wish:
    ref = f"order of {who}"

    def act(deed: psycopg.Connection) -> dict[str, Any]:
        shop.sell(deed, who, ref)
        return {"state": "paid", "lines": {PIECE: 1}}

    return Wish(who, Deed.LOOK, {"order": ref}, act)


def _together(shop: Shop, wishes: Sequence[Wish]) -> list[Note]:
    """All at once: everybody stands in the shop before anybody asks, and is told after the commit."""
    start = threading.Barrier(len(wishes))

    def done(wish: Wish) -> Note:
        with shop.opened() as deed:
            start.wait()
            asked_at = time.time()
            said = wish.act(deed)
        return Note(wish.who, wish.deed, asked_at, time.time(), about=wish.about, said=said)

    with ThreadPoolExecutor(len(wishes)) as pool:
        return list(pool.map(done, wishes))
