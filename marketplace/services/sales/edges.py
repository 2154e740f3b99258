"""The edges of a sale, recorded: what the clocks write down when an hour has come. They never make it true."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from marketplace.db import clock, sales, waits
from marketplace.domain.doors import Door
from marketplace.domain.events import Event, Fact
from marketplace.domain.sales import SALE_LIFECYCLE, SaleState, Transition, due

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.db.sales import Sale
    from marketplace.toolbox import Toolbox

LATE_AFTER = timedelta(seconds=5)
"""A clock that notes an edge later than this was down: what follows from the edge says so."""

_STATES = {Transition.OPEN: SaleState.OPEN, Transition.CLOSE: SaleState.CLOSED}


@dataclass(frozen=True, slots=True)
class Recorded:
    """One edge as it was noted. ``missed``: it was an opening, and the sale had closed before anybody looked."""

    sale_id: int
    ref: str
    transition: Transition
    generation: int
    due_at: datetime
    late_ms: int
    missed: bool


def record_due_transitions(tools: Toolbox, *, limit: int) -> tuple[Recorded, ...]:
    """Note every opening and closing that has come, once each, for at most ``limit`` sales; returns what was noted.

    Two clocks may call this at the same moment: each sale is taken by one of them, and a second note of the same edge
    of the same times changes nothing.
    """
    with tools.transaction() as session:
        noted: list[Recorded] = []
        for row in sales.due(session, most=limit):
            noted.extend(settle(tools, session, row, clock.now(session)))
        return tuple(noted)


def next_edge(tools: Toolbox) -> datetime | None:
    """When the next opening or closing falls due; in the past if one waits to be noted, None if none is to come."""
    with tools.reading() as session:
        return sales.next_edge(session)


def milliseconds_to_next_edge(tools: Toolbox, *, within_ms: int) -> int:
    """Whole milliseconds until the next edge by the database's clock: 0 if one is due, at most ``within_ms``."""
    with tools.reading() as session:
        edge = sales.next_edge(session)
        if edge is None:
            return within_ms
        left = (edge - clock.instant(session)) // timedelta(milliseconds=1)
        return max(0, min(within_ms, left))


def settle(tools: Toolbox, session: Session, row: Sale, now: datetime) -> tuple[Recorded, ...]:
    """Bring the locked row up to ``now``: its due edges noted, its state moved, what happened told as the clock's.

    Every move of a running sale begins with this, so that a sale whose clocks are all down can still be paused.
    """
    edges = due(sales.window(row), now)
    missed = edges == (Transition.OPEN, Transition.CLOSE)
    noted: list[Recorded] = []
    for edge in edges:
        recorded = _recorded(row, edge, now, missed=missed and edge is Transition.OPEN)
        _move(row, edge)
        first = sales.note_transition(
            session, row, edge, due_at=recorded.due_at, missed=recorded.missed
        )
        if edge is Transition.OPEN:
            sales.keep_opening(session, row)
        else:
            waits.end_line(session, row.id)
        if first:
            tools.at_door(Door.WORKER).record(session, _fact(row, recorded))
            noted.append(recorded)
    return tuple(noted)


def _recorded(row: Sale, edge: Transition, now: datetime, *, missed: bool) -> Recorded:
    window = sales.window(row)
    due_at = window.opens_at if edge is Transition.OPEN else window.closes_at
    late_ms = max(0, (now - due_at) // timedelta(milliseconds=1))
    return Recorded(row.id, row.ref, edge, row.generation, due_at, late_ms, missed)


def _move(row: Sale, edge: Transition) -> None:
    SALE_LIFECYCLE.check(row.state, _STATES[edge])
    row.state = _STATES[edge]
    if edge is Transition.OPEN:
        row.opened_at = row.opens_at
    else:
        row.closed_at = row.closes_at


def _fact(row: Sale, noted: Recorded) -> Fact:
    opened = Event.SALE_MISSED if noted.missed else Event.SALE_OPENED
    return Fact(
        opened if noted.transition is Transition.OPEN else Event.SALE_CLOSED,
        "sale",
        row.id,
        brand_id=row.brand_id,
        data={
            "generation": noted.generation,
            "due_at": noted.due_at.isoformat(),
            "late_ms": noted.late_ms,
            "late": noted.late_ms > LATE_AFTER // timedelta(milliseconds=1),
        },
    )
