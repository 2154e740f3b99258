"""The end of a run: waits until everything has its end, lets every hold run out, and gathers the evidence."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from marketplace.domain.holds import HOLD_LENGTH
from marketplace.local.children import HEALTH_PATH
from marketplace.services.payments import reconciling
from tests.chaos import browser, records
from tests.chaos.checker import NOTHING_LEFT, Charge, Edge, Evidence
from tests.chaos.crowd import OutOfPatienceError, Person
from tests.chaos.records import Deed, Note
from tests.chaos.scene import UNITS_AT_ONCE_MAX, Piece, Scene

if TYPE_CHECKING:
    from pathlib import Path

    from marketplace.local.stripe.driver import Simulator
    from tests.journeys.house import House

SETTLED_SECONDS_MAX = 180.0
"""Longer than it ever takes on a machine that does other things as well; how long it took is told."""
ANSWERING_SECONDS_MAX = 400.0
LOOK_SECONDS = 0.25
AFTER_THE_HOLDS = HOLD_LENGTH + timedelta(seconds=5)
QUIET_BEFORE_ASKING = reconciling.QUIET_BEFORE_ASKING
AT_ONCE = 8
KINDS = {
    "sale_opens": "announcement",
    "report_closing": "report",
}

WAITING = text(
    "SELECT (SELECT count(*) FROM refunds WHERE state IN ('asked', 'sent'))"
    " + (SELECT count(*) FROM job_runs WHERE state IN ('waiting', 'failed') AND event_id IS NOT NULL)"
    " + (SELECT count(*) FROM events WHERE relayed_at IS NULL)"
    " + (SELECT count(*) FROM letters WHERE state = 'written')"
    " + (SELECT count(*) FROM reminders WHERE wanted AND written_at IS NULL)"
    " + (SELECT count(*) FROM sales WHERE closes_at < house_now() AND state <> 'closed')"
)
"""What the house itself knows to be unfinished."""
KNOWN = text(
    "SELECT o.ref FROM orders o WHERE o.paid_at IS NOT NULL OR o.state = 'refunded'"
    " OR EXISTS (SELECT FROM refunds r WHERE r.order_id = o.id AND r.state = 'succeeded')"
)
MAILS = text(
    "SELECT c.to_address, c.subject, l.kind, l.id, s.ref AS sale, l.facts->>'report_id' AS report,"
    "       extract(epoch FROM c.created_at)::float8 AS at"
    " FROM captured_mails c JOIN letters l ON l.id = c.letter_id"
    " LEFT JOIN reminders r ON r.id = (l.facts->>'reminder_id')::bigint"
    " LEFT JOIN sales s ON s.id = coalesce(r.sale_id, (l.facts->>'sale_id')::bigint) ORDER BY c.id"
)
EDGES = text(
    "SELECT s.ref, CASE t.transition WHEN 'open' THEN 'opened' ELSE 'closed' END,"
    "       extract(epoch FROM t.due_at)::float8 AS due,"
    "       extract(epoch FROM t.recorded_at)::float8 AS recorded"
    " FROM sale_transitions t JOIN sales s ON s.id = t.sale_id ORDER BY t.id"
)
BOOKED = "SELECT coalesce(sum(amount_minor), 0)::bigint FROM posting_lines WHERE book = 'stripe'"
_REF = re.compile(r"\bA[0-9A-F]{6,}\b")


async def answering(house: House) -> None:
    """Wait until the doors answer at all: whoever was killed last may need long to come back."""
    until = time.monotonic() + ANSWERING_SECONDS_MAX
    while time.monotonic() < until:
        answer = await browser.ask(f"{house.url}{HEALTH_PATH}")
        if answer.status in {HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE}:
            return
        await asyncio.sleep(LOOK_SECONDS)


async def settled(house: House, simulator: Simulator) -> float | None:
    """Wait until nothing is unfinished, here and at the payment service; for how long, or nothing if it never is."""
    begun = time.monotonic()
    while time.monotonic() < begun + SETTLED_SECONDS_MAX:
        if await asyncio.to_thread(_is_settled, house, simulator):
            return time.monotonic() - begun
        await asyncio.sleep(LOOK_SECONDS)
    return None


def _is_settled(house: House, simulator: Simulator) -> bool:
    """Whether every payment that the service knows has its end with us, and nothing waits to be done."""
    paid = {
        each["client_reference_id"]
        for each in simulator.objects("checkout.session")
        if each["payment_status"] == "paid"
    }
    try:
        with house.session() as session:
            known = set(session.scalars(KNOWN))
            return not session.execute(WAITING).scalar_one() and paid <= known
    except OperationalError:
        return False


def reconciled_soon(house: House) -> None:
    """Turn the house's clock to where the payment service is asked about payments that no webhook told of."""
    _turned(house, QUIET_BEFORE_ASKING + timedelta(seconds=1))


def holds_run_out(house: House) -> None:
    """Turn the house's clock to five seconds after the last hold's end."""
    _turned(house, AFTER_THE_HOLDS)


def _turned(house: House, ahead: timedelta) -> None:
    by = f"interval '{ahead.total_seconds()} s'"
    with house.owner.begin() as connection:
        for name, now, kind in (
            ("house_now", "clock_timestamp()", "VOLATILE"),
            ("house_instant", "statement_timestamp()", "STABLE"),
        ):
            connection.execute(
                text(
                    f"CREATE OR REPLACE FUNCTION {name}() RETURNS timestamptz LANGUAGE sql {kind}"
                    f" PARALLEL SAFE AS 'SELECT {now} + {by.replace(chr(39), chr(39) * 2)}'"
                )
            )


async def count_what_is_left(scene: Scene, person_of: Callable[[Any], Person]) -> None:
    """Strangers take all that can be had of the pieces of the open sale, to the last unit."""
    people = [person_of(each) for each in scene.auditors]
    shares = [people[number :: len(scene.wanted)] for number in range(len(scene.wanted))]
    await asyncio.gather(*map(_take_all, scene.wanted, shares))


async def _take_all(piece: Piece, people: Sequence[Person]) -> None:
    units = UNITS_AT_ONCE_MAX
    for person in people:
        said: Mapping[str, Any] = {}
        while "hold" not in said:
            said = await person.hold(piece, units, Deed.AUDIT)
            if said.get("no") in NOTHING_LEFT:
                return
            if "no" in said:
                units = max(1, units // 2)


async def look_once_more(notes: Iterable[Note], person_of: Callable[[str], Person]) -> None:
    """Everybody who ever went to the checkout looks at all of their orders."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def looks(person: Person) -> None:
        async with gate:
            try:
                for order in await person.orders():
                    await person.look(order)
            except OutOfPatienceError:
                return

    went = {note.who for note in records.of(notes, Deed.CHECKOUT)}
    await asyncio.gather(*(looks(person_of(who)) for who in sorted(went)))


def gathered(
    house: House, simulator: Simulator, scene: Scene, file: Path, edges_until: float
) -> Evidence:
    """The notes, the payment service's record, and beside them what the house recorded of hours and sums."""
    return Evidence(
        world=scene.world,
        notes=(*records.read(file), *_letters(house)),
        charges=tuple(_charges(simulator)),
        edges=tuple(Edge(*row) for row in house.rows(EDGES.text)),
        booked_minor=int(str(house.value(BOOKED))),
        edges_until=edges_until,
    )


def _charges(simulator: Simulator) -> Iterator[Charge]:
    """Each payment that succeeded, with what went back of it."""
    order_of: Mapping[str, str] = {
        each["payment_intent"]: each["client_reference_id"]
        for each in simulator.objects("checkout.session")
        if each["payment_intent"]
    }
    back: dict[str, int] = {}
    for each in simulator.objects("refund"):
        if each["status"] == "succeeded":
            intent = each["payment_intent"]
            back[intent] = back.get(intent, 0) + each["amount"]
    for each in simulator.objects("payment_intent"):
        if each["status"] == "succeeded":
            number = each["id"]
            yield Charge(order_of[number], each["amount_received"], back.get(number, 0))


def _letters(house: House) -> Iterator[Note]:
    """What lies in everybody's letter box."""
    for to, subject, kind, number, sale, report, at in house.rows(MAILS.text):
        about: dict[str, Any] = {"letter": number}
        found = _REF.search(subject)
        if kind == "order_paid" and found:
            about |= {"order": found[0]}
        elif kind in KINDS:
            about |= {"kind": KINDS[kind], "sale": sale, "number": report}
        yield Note(to, Deed.LETTER, at, at, about=about)
