"""One run from its beginning to its verdict."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from marketplace.local.stripe.driver import Simulator
from tests.chaos import checker, crowd, ending, faults, records, scene, stage
from tests.chaos.crowd import OutOfPatienceError, Person, Street
from tests.chaos.records import Book, Deed, Note
from tests.chaos.trouble import Trouble

if TYPE_CHECKING:
    from tests.chaos.checker import Evidence
    from tests.chaos.scene import Member, Scene
    from tests.journeys.house import House

PATIENCE_SECONDS = 120.0
"""How long after the last fault somebody presses a button again before they go home."""


@dataclass(frozen=True)
class Asked:
    """What a run shall be; its ``folder`` is kept by whoever asks."""

    folder: Path
    buyers: int
    seed: int
    seconds: float

    @property
    def notes(self) -> Path:
        """What everybody was told."""
        return self.folder / "notes.jsonl"


@dataclass(frozen=True)
class Outcome:
    """What was done, what came of it, and what is wrong."""

    seed: int
    buyers: int
    faults: dict[str, int]
    told: dict[str, int]
    answers: dict[str, int]
    seconds: dict[str, float]
    money: dict[str, int]
    findings: tuple[str, ...]


@dataclass
class Course:
    """The people of a run, and how long its parts took."""

    asked: Asked
    street: Street
    scene: Scene
    seconds: dict[str, float]

    def person(self, member: Member) -> Person:
        """A member at their browser, whose fate is the seed's."""
        dice = random.Random(f"{self.asked.seed} {member.email}")  # noqa: S311
        return Person(self.street, member, dice)

    def named(self, email: str) -> Person:
        """The one of this address."""
        return self.person(next(each for each in self.scene.buyers if each.email == email))


async def run(asked: Asked) -> Outcome:
    """Open a house, let the crowd in, break everything, wait for the end and look at what is left."""
    began = time.monotonic()
    book = Book(asked.notes)
    try:
        async with stage.standing(asked.folder / "house") as (house, wires):
            set_in = await asyncio.to_thread(
                scene.set_in, house, buyers=asked.buyers, seconds=asked.seconds
            )
            simulator = Simulator(f"http://127.0.0.1:{house.told['ports']['stripe']}")
            street = Street(house.url, simulator.url, book, float("inf"))
            seconds = {"to open the house": round(time.monotonic() - began, 1)}
            at = Course(asked, street, set_in, seconds)
            trouble = Trouble(house, wires, simulator, seed=asked.seed)
            late = await _rush(at, house, trouble)
            evidence, unsettled = await _ended(at, house, simulator, late)
            broken = await asyncio.to_thread(house.broken)
            house.owner.dispose()
    finally:
        book.close()
    seconds["altogether"] = round(time.monotonic() - began, 1)
    found = [f"{each.rule}: {each.sentence}" for each in checker.findings(evidence)]
    found += [f"invariant: {each}" for each in broken] + unsettled
    return _outcome(at, trouble, evidence, found)


async def _rush(at: Course, house: House, trouble: Trouble) -> list[tuple[Person, str]]:
    """The faults and the buyers; those who mean to pay later, with what they would pay."""
    begun_at = time.time()
    visits = [asyncio.create_task(_visit(at, member, begun_at)) for member in at.scene.buyers]
    await trouble.make(faults.drawn(at.asked.seed, at.asked.seconds))
    await trouble.end()
    over = time.monotonic()
    await ending.answering(house)
    at.seconds["until the doors answered again"] = round(time.monotonic() - over, 1)
    at.street.patience_until = time.time() + PATIENCE_SECONDS
    met = await asyncio.gather(*visits)
    at.seconds["until the last buyer was through"] = round(time.monotonic() - over, 1)
    return [each for each in met if each is not None]


async def _visit(at: Course, member: Member, begun_at: float) -> tuple[Person, str] | None:
    person = at.person(member)
    wanted = crowd.wish(person.dice, begun_at, at.asked.seconds, at.scene.wanted, at.scene.timed)
    try:
        session = await crowd.buy(person, wanted)
    except OutOfPatienceError:
        return None
    return (person, session) if session else None


async def _ended(
    at: Course, house: House, simulator: Simulator, late: Sequence[tuple[Person, str]]
) -> tuple[Evidence, list[str]]:
    """Wait, let the holds run out, let the late ones pay, count what is left, look once more."""
    unsettled: list[str] = []

    async def settle(name: str) -> None:
        took = await ending.settled(house, simulator)
        at.seconds[f"to settle {name}"] = -1.0 if took is None else round(took, 1)
        if took is None:
            unsettled.append(f"unsettled: {name}, something was still to be done")
        at.street.patience_until = time.time() + PATIENCE_SECONDS

    await asyncio.to_thread(ending.reconciled_soon, house)
    await settle("after the last buyer")
    edges_until = time.time()
    await asyncio.to_thread(ending.holds_run_out, house)
    await asyncio.gather(*(_insisting(person.pay(session)) for person, session in late))
    await settle("when the holds had run out")
    await _insisting(ending.count_what_is_left(at.scene, at.person))
    await ending.look_once_more(records.read(at.asked.notes), at.named)
    return (
        await asyncio.to_thread(
            ending.gathered, house, simulator, at.scene, at.asked.notes, edges_until
        ),
        unsettled,
    )


async def _insisting(deed: Awaitable[object]) -> None:
    with suppress(OutOfPatienceError):
        await deed


def _told(notes: Sequence[Note], deed: Deed, what: str) -> int:
    """How many different answers of a kind people were given."""
    found = (note for note in records.of(notes, deed) if what in note.said)
    return len({(note.who, note.said[what]) for note in found})


def _outcome(at: Course, trouble: Trouble, evidence: Evidence, found: list[str]) -> Outcome:
    notes = evidence.notes
    looks = checker.last_looks(notes)
    states = Counter(note.said["state"] for note in looks.values())
    told = {
        "held": _told(notes, Deed.HOLD, "hold"),
        "refused": len({note.who for note in records.of(notes, Deed.HOLD) if "no" in note.said}),
        "sent to pay": _told(notes, Deed.CHECKOUT, "session"),
        "paid at the payment service": _told(notes, Deed.PAY, "order"),
        **{f"orders {state}": times for state, times in sorted(states.items())},
        "units counted as left": sum(
            note.about["units"] for note in records.of(notes, Deed.AUDIT) if "hold" in note.said
        ),
        "letters": len(records.of(notes, Deed.LETTER)),
    }
    charges = evidence.charges
    money = {
        "payments": len(charges),
        "went back": sum(not charge.kept for charge in charges),
        "kept, in cents": sum(each.amount_minor - each.refunded_minor for each in charges),
    }
    answers = {str(status): times for status, times in sorted(at.street.answers.items())}
    struck = {str(kind): trouble.struck[kind] for kind in faults.Kind}
    return Outcome(
        at.asked.seed, at.asked.buyers, struck, told, answers, at.seconds, money, tuple(found)
    )
