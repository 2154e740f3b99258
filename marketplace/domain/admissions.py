"""Admission: the waiting room of a sale, by which rule it draws and lets in, and what may be said about a wait.

The decisions are taken inside the database (``visit_room``, ``tend_room``, ``decide_holds``), which know the same
lengths; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING

from marketplace.domain.moments import seconds
from marketplace.domain.pacing import PERMITTED_PER_SECOND
from marketplace.domain.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

ROOM_OPENS_BEFORE = timedelta(minutes=30)
"""Whoever comes so long before the opening, or later, is in the draw."""
ADMISSION_LENGTH = timedelta(minutes=10)
"""So long a member who was let in may take a first hold; unused, the turn passes on."""
SEEN_WITHIN = timedelta(seconds=90)
"""Only who was there so lately is let in; who stepped away keeps the place."""
PACE_OVER = timedelta(minutes=5)
"""The observed pace is of these last minutes."""
PAYMENTS_PER_MINUTE = PERMITTED_PER_SECOND * 60
"""What the gate of payments lets through: nobody is let in faster than the house can be paid."""
AT_ONCE_MAX = 100_000
PER_MINUTE_MAX = 100_000
ROOMS_MAX = 50
"""Rooms that one round of the clock tends."""
DRAW_LISTED_MAX = 200_000
WAIT_TOLD_MAX = 60
"""Minutes; a longer wait is told as more than an hour."""


class StillWaiting(Refusal):
    """The sale has a waiting room and the member is not let in; ``ahead`` stand before them where that is known."""

    code = "still_waiting"


class RoomRefused(Refusal):
    """The waiting room cannot be changed so: the sale is over, or its room stands wide open since the draw."""

    code = "room_refused"


class Standing(StrEnum):
    """What a member is to the room of a sale."""

    NOT_YET = "not_yet"
    """The room opens half an hour before the sale."""
    IN_DRAW = "in_draw"
    WAITING = "waiting"
    LET_IN = "let_in"
    PASSED = "passed"
    """Let in, and the time went by without a hold."""
    NOTHING_LEFT = "nothing_left"


@dataclass(frozen=True, slots=True)
class Visit:
    """What a member finds in the room of a sale at ``at``; counts of units and of the pace are at most a second old.

    ``ahead``: members before them. ``recent``: how many were let in over the last minutes (``PACE_OVER``).
    """

    at: datetime
    state: str
    opens_at: datetime
    closes_at: datetime
    commitment: str
    seed: str | None
    drawn_at: datetime | None
    drawn: int | None
    number: UUID | None
    drawn_as: int | None
    place: int | None
    ahead: int | None
    let_in_at: datetime | None
    until_at: datetime | None
    shops: bool
    free: int
    in_bags: int
    back_at: datetime | None
    recent: int
    drew: bool

    @property
    def standing(self) -> Standing:
        """What the member is to the room."""
        if self.drawn_at is None:
            return Standing.NOT_YET if self.number is None else Standing.IN_DRAW
        if self.shops:
            return Standing.LET_IN
        if self.free <= 0 and self.in_bags <= 0:
            return Standing.NOTHING_LEFT
        if self.until_at is None:
            return Standing.WAITING
        return Standing.LET_IN if self.until_at > self.at else Standing.PASSED

    @property
    def room_opens_at(self) -> datetime:
        """When the first tickets are given."""
        return self.opens_at - ROOM_OPENS_BEFORE

    @property
    def may_shop(self) -> bool:
        """Whether the shelves are shown: to who was let in, and to everybody once nothing is left."""
        return self.standing in {Standing.LET_IN, Standing.NOTHING_LEFT}

    @property
    def all_in_bags(self) -> bool:
        """Nothing is free, and something may come back."""
        return self.drawn_at is not None and self.free <= 0 < self.in_bags

    @property
    def back_minutes(self) -> int | None:
        """Whole minutes, rounded up, until the first hold ends unless it is paid for; none while something is free."""
        if not self.all_in_bags or self.back_at is None:
            return None
        return max(1, -(-seconds(self.back_at - self.at) // 60))

    @property
    def too_few_left(self) -> bool:
        """Fewer pieces are left, those in bags included, than members stand before this one."""
        return self.ahead is not None and self.free + self.in_bags <= self.ahead

    @property
    def wait(self) -> Span | None:
        """The wait at the observed pace; none where it cannot be told honestly."""
        if self.ahead is None or self.drawn_at is None or self.free <= 0:
            return None
        return wait(ahead=self.ahead, recent=self.recent, since=self.at - self.drawn_at)


@dataclass(frozen=True, slots=True)
class Span:
    """From ``least`` to ``most`` minutes. ``least`` 0: less than ``most``; ``most`` none: more than ``least``."""

    least: int
    most: int | None


def wait(*, ahead: int, recent: int, since: timedelta) -> Span | None:
    """The wait of a member with ``ahead`` before them, where ``recent`` were let in over the last minutes.

    ``since``: how long the room has been letting in. A third less and half more than the pace says, in whole minutes;
    None before anybody was let in: a wait that nobody can know is not told.
    """
    if recent <= 0:
        return None
    over = max(60, min(seconds(since), seconds(PACE_OVER)))
    usual_s = (ahead + 1) * over // recent
    least, most = usual_s * 2 // 3 // 60, -(-usual_s * 3 // 2 // 60)
    if least >= WAIT_TOLD_MAX:
        return Span(WAIT_TOLD_MAX, None)
    return Span(least, max(most, least + 1))


def commitment(seed: str) -> str:
    """What is published before the draw: it fixes the seed, and does not tell it."""
    return sha256(seed.encode()).hexdigest()


def draw(seed: str, tickets: Iterable[UUID]) -> tuple[UUID, ...]:
    """The order of places, as anybody can work it out: by SHA-256 of the seed and the ticket's number, as text."""
    return tuple(sorted(tickets, key=lambda each: sha256(f"{seed}{each}".encode()).digest()))
