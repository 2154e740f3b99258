"""The crowd: members who hold, perhaps give back, pay, and look at their order; each writes down what they are told.

They insist as people do: no answer, or one that says that something is broken, and the same button is pressed again,
with the key that its form carries. What each of them wants, and when they come, is drawn from the seed.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from itertools import count
from typing import Any
from urllib.parse import urljoin, urlsplit
from uuid import UUID

from tests.chaos import browser
from tests.chaos.browser import Answer
from tests.chaos.records import Book, Deed, Note
from tests.chaos.scene import Member, Piece

GOOD_CARD, REFUSED_CARD = "4242424242424242", "4000000000000002"
AGAIN_SECONDS, MORE_EACH_TIME, AGAIN_SECONDS_MAX = (0.2, 0.8), 1.4, 5.0
"""Before somebody presses the button again, and how they lose heart: a crowd that only hurries stops a slow house."""
ASKS_FOR_A_FREE_ONE_MAX = 3
LOOKS_MAX = 4
EARLY_SECONDS, TIMED_SHARE = 0.7, 0.1
ADDRESS = {
    "recipient": "Camille Laurent",
    "line_1": "12 rue des Lilas",
    "postcode": "75020",
    "city": "Paris",
    "country": "FR",
}
WAITS = frozenset({"sale_not_open"})
BAGS_FULL = frozenset({"all_in_bags"})

_ORDER = re.compile(r"/orders/([A-Za-z0-9]+)/paid")
_ORDERS = re.compile(r'href="/orders/([A-Za-z0-9]+)"')
_SESSION = re.compile(r"/c/pay/(cs_[A-Za-z0-9_]+)")
_STATE = re.compile(r'<p class="eyebrow">([^<]+)</p>')
_LINE = re.compile(r'class="line-name">([^<]+)</h3>\s*(?:<p class="note">([^<]*)</p>)?')
_PIECES = re.compile(r"(\d+) pieces")
STATES = {
    "Waiting for your payment": "awaiting_payment",
    "Paid": "paid",
    "Packed": "packed",
    "On its way": "shipped",
    "Delivered": "delivered",
    "Cancelled": "cancelled",
    "Not paid in time": "lapsed",
    "Refunded": "refunded",
}


class OutOfPatienceError(Exception):
    """The run is over; whoever still waits goes home."""


@dataclass
class Street:
    """Where everybody is: the house, the payment service, the book of notes, and when patience ends."""

    house: str
    stripe: str
    book: Book
    patience_until: float
    answers: dict[int, int] = field(default_factory=dict)
    """How often which status came; 0 for none."""

    def noticed(self, answer: Answer) -> Answer:
        """Remember that this came."""
        self.answers[answer.status] = self.answers.get(answer.status, 0) + 1
        return answer


@dataclass
class Person:
    """One member at their browser."""

    street: Street
    member: Member
    dice: random.Random

    async def hold(self, piece: Piece, units: int, deed: Deed = Deed.HOLD) -> Mapping[str, Any]:
        """Ask for units until told yes or no; what was said."""
        key = UUID(int=self.dice.getrandbits(128), version=4)
        form = {"item": piece.item_id, "units": units, "style": piece.style_id, "key": key}
        about = {"piece": piece.name, "units": units, "key": str(key)}
        path = f"/sales/{piece.sale}/holds"

        async def once() -> Mapping[str, Any] | None:
            return await self._noted(deed, about, path, form, _held, accept="application/json")

        return await self._insist(once)

    async def give_back(self, number: int) -> None:
        """Release a hold."""
        about = {"hold": number}
        await self._insist(
            lambda: self._noted(Deed.RELEASE, about, f"/bag/{number}/release", {}, _released)
        )

    async def check_out(self) -> str:
        """Make an order of what is held; the payment service's session, or nothing."""
        said = await self._insist(
            lambda: self._noted(Deed.CHECKOUT, {}, "/checkout", ADDRESS, _opened)
        )
        return str(said.get("session", ""))

    async def pay(self, session: str, card: str = GOOD_CARD) -> str:
        """Pay at the payment service; the order's reference, or nothing if it was not paid."""
        about = {"session": session, "card": card}
        form = {
            "number": card,
            "expiry": "12/34",
            "cvc": "123",
            "name": "Camille",
            "email": "c@d.fr",
        }
        url = urljoin(self.street.stripe, f"/c/pay/{session}")

        async def once() -> Mapping[str, Any] | None:
            return await self._noted(Deed.PAY, about, url, form, _paid)

        return str((await self._insist(once)).get("order", ""))

    async def look(self, order: str, *, returned: bool = False) -> str:
        """See where an order stands."""
        path = f"/orders/{order}/paid" if returned else f"/orders/{order}"
        said = await self._insist(
            lambda: self._noted(Deed.LOOK, {"order": order}, path, None, _seen)
        )
        return str(said["state"])

    async def orders(self) -> list[str]:
        """The references of all of their orders."""
        while (answer := await self._ask("/orders", None)).status != HTTPStatus.OK:
            await self.pause()
        return sorted(set(_ORDERS.findall(answer.text)))

    async def _insist(
        self, deed: Callable[[], Awaitable[Mapping[str, Any] | None]]
    ) -> Mapping[str, Any]:
        for times in count():
            said = await deed()
            if said is not None:
                return said
            await self.pause(times)
        raise AssertionError

    async def pause(self, times: int = 0) -> None:
        """Wait before asking again, longer after so many times."""
        if time.time() > self.street.patience_until:
            raise OutOfPatienceError
        longer = MORE_EACH_TIME ** min(times, 20)
        await asyncio.sleep(min(AGAIN_SECONDS_MAX, self.dice.uniform(*AGAIN_SECONDS) * longer))

    async def _noted(
        self,
        deed: Deed,
        about: Mapping[str, Any],
        path: str,
        form: Mapping[str, Any] | None,
        read: Callable[[Answer], Mapping[str, Any] | None],
        **more: str,
    ) -> Mapping[str, Any] | None:
        """Ask once and write down what was told; nothing where it was no answer to the question."""
        asked_at = time.time()
        answer = await self._ask(path, form, **more)
        broken = answer.status in {0, HTTPStatus.TOO_MANY_REQUESTS}
        said = None if broken or answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR else read(answer)
        note = Note(
            self.member.email, deed, asked_at, time.time(), answer.status, about, said or {}
        )
        self.street.book.write(note)
        return said

    async def _ask(self, path: str, form: Mapping[str, Any] | None, **more: str) -> Answer:
        url = urljoin(self.street.house, path)
        ours = urlsplit(url).netloc == urlsplit(self.street.house).netloc
        filled = None if form is None else {name: str(each) for name, each in form.items()}
        if filled is not None and ours:
            filled["csrf_token"] = self.member.token
        cookie = self.member.cookie if ours else ""
        return self.street.noticed(await browser.ask(url, cookie=cookie, form=filled, **more))


# What answers say.


def _held(answer: Answer) -> Mapping[str, Any] | None:
    said = json.loads(answer.text)
    if answer.status != HTTPStatus.CREATED:
        return {"no": said["code"]}
    until = datetime.fromisoformat(said["expires_at"]).timestamp()
    return {"hold": said["hold_id"], "until": until}


def _released(answer: Answer) -> Mapping[str, Any] | None:
    return {} if answer.status == HTTPStatus.SEE_OTHER else None


def _opened(answer: Answer) -> Mapping[str, Any] | None:
    found = _SESSION.search(answer.location)
    if found:
        return {"session": found[1]}
    order = _ORDER.search(answer.location)
    return {"no": f"paid {order[1]}" if order else answer.location or str(answer.status)}


def _paid(answer: Answer) -> Mapping[str, Any] | None:
    found = _ORDER.search(answer.location) or _ORDER.search(answer.text)
    if found:
        return {"order": found[1]}
    return {"no": str(answer.status)}


def _seen(answer: Answer) -> Mapping[str, Any] | None:
    state = _STATE.search(answer.text)
    if answer.status != HTTPStatus.OK or state is None:
        return None
    lines: dict[str, int] = {}
    for name, note in _LINE.findall(answer.text):
        many = _PIECES.search(note)
        lines[name.strip()] = lines.get(name.strip(), 0) + (int(many[1]) if many else 1)
    return {"state": STATES[state[1].strip()], "lines": lines}


# What people want.


@dataclass(frozen=True)
class Wish:
    """When somebody comes, what they want, and how they are."""

    comes_at: float
    piece: Piece
    units: int
    gives_back: bool
    wanders_off: bool
    mistypes: bool
    pays_late: bool


def wish(
    dice: random.Random,
    begun_at: float,
    seconds: float,
    wanted: tuple[Piece, ...],
    timed: tuple[Piece, ...],
) -> Wish:
    """Draw what somebody wants."""
    comes_at = begun_at + dice.uniform(0, seconds)
    piece = dice.choice(wanted)
    if dice.random() < TIMED_SHARE:
        piece = dice.choice(timed)
        comes_at = piece.opens_at - dice.uniform(-EARLY_SECONDS, EARLY_SECONDS)
    fate = dice.random()
    return Wish(
        comes_at=comes_at,
        piece=piece,
        units=dice.choice((1, 1, 1, 2)),
        gives_back=fate < 0.15,
        wanders_off=0.15 <= fate < 0.25,
        pays_late=0.25 <= fate < 0.3,
        mistypes=0.3 <= fate < 0.4,
    )


async def buy(person: Person, wanted: Wish) -> str:
    """One buyer's whole visit; the session that they mean to pay later, or nothing."""
    await asyncio.sleep(max(0.0, wanted.comes_at - time.time()))
    said = await _a_hold(person, wanted)
    if "hold" not in said or wanted.wanders_off:
        return ""
    if wanted.gives_back:
        await person.give_back(said["hold"])
        return ""
    session = await person.check_out()
    if not session or wanted.pays_late:
        return session
    if wanted.mistypes:
        await person.pay(session, REFUSED_CARD)
    order = await person.pay(session)
    for turn in range(LOOKS_MAX if order else 0):
        if await person.look(order, returned=not turn) != "awaiting_payment":
            break
        await asyncio.sleep(1.0)
    return ""


async def _a_hold(person: Person, wanted: Wish) -> Mapping[str, Any]:
    """Wait at the door until it opens; ask a few times where all is in bags."""
    asked = 0
    while True:
        said = await person.hold(wanted.piece, wanted.units)
        asked += said.get("no") in BAGS_FULL
        if said.get("no") not in WAITS | BAGS_FULL or asked >= ASKS_FOR_A_FREE_ONE_MAX:
            return said
        await person.pause()
