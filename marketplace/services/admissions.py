"""Admission to a sale: its waiting room set up and opened wide, visited by members, and tended by the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.db import admissions, clock, locks, sales
from marketplace.db.admissions import Drawn
from marketplace.domain import reasons
from marketplace.domain.admissions import (
    AT_ONCE_MAX,
    PER_MINUTE_MAX,
    RoomRefused,
    StillWaiting,
    Visit,
)
from marketplace.domain.doors import Door
from marketplace.domain.events import Event, Fact
from marketplace.domain.refusals import NotFound
from marketplace.domain.sales import Phase, SaleState, phase

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox


def visit(tools: Toolbox, *, sale_id: int, member_id: int) -> Visit | None:
    """What the member finds in the sale's room at this instant; None where it has none.

    The first visit takes the member's ticket. Whoever comes first after the opening has the places drawn, and lets in
    who may: nothing waits for a clock.
    """
    with tools.transaction() as session:
        found = admissions.visit(session, sale_id=sale_id, member_id=member_id)
        if found is not None and found.drew:
            _tell_drawn(tools, session, Drawn(sale_id, found.drawn or 0, found.commitment))
        return found


def stand_again(tools: Toolbox, *, sale_id: int, member_id: int) -> None:
    """Stand in the line again, behind everybody. Refuses who did not let a turn pass (StillWaiting)."""
    with tools.transaction() as session:
        if not admissions.stand_again(session, sale_id=sale_id, member_id=member_id):
            raise StillWaiting(ahead=None)


def tend(tools: Toolbox) -> int:
    """Draw and let in where it is time, in every room; how many draws that made."""
    with tools.transaction() as session:
        drawn = admissions.tend(session)
        for each in drawn:
            _tell_drawn(tools, session, each)
        return len(drawn)


def set_up(tools: Toolbox, *, ref: str, at_once: int, per_minute: int) -> None:
    """Give a sale its waiting room, or change its figures while it runs.

    Refuses a sale that is over, and a room that was opened wide after its draw (RoomRefused).
    """
    assert 0 < at_once <= AT_ONCE_MAX, "the form asks for a number that can be"
    assert 0 < per_minute <= PER_MINUTE_MAX, "the form asks for a number that can be"
    with tools.transaction() as session:
        row = locks.one(session, sales.Sale, sales.by_ref(session, ref).id)
        is_now = phase(sales.window(row), clock.now(session))
        if is_now is Phase.CLOSED or row.state is SaleState.CANCELLED:
            raise RoomRefused
        figures = {"at_once": at_once, "per_minute": per_minute}
        if not admissions.set_up(session, sale_id=row.id, **figures):
            raise RoomRefused
        tools.record(
            session,
            Fact(Event.SALE_ROOM_SET, "sale", row.id, brand_id=row.brand_id, data=figures),
        )
    tools.announcer.sale_changed(row.id)


def open_wide(tools: Toolbox, *, ref: str, reason: str) -> None:
    """Let everybody in at once. NotFound where no room stands."""
    why = reasons.given(reason)
    with tools.transaction() as session:
        row = locks.one(session, sales.Sale, sales.by_ref(session, ref).id)
        if not admissions.open_wide(session, sale_id=row.id):
            raise NotFound
        tools.record(
            session,
            Fact(Event.SALE_ROOM_WIDE, "sale", row.id, brand_id=row.brand_id, reason=why),
        )
    tools.announcer.sale_changed(row.id)


def _tell_drawn(tools: Toolbox, session: Session, drawn: Drawn) -> None:
    """The draw is the house's, whoever's visit it was made on."""
    tools.at_door(Door.WORKER).record(
        session,
        Fact(
            Event.SALE_PLACES_DRAWN,
            "sale",
            drawn.sale_id,
            data={"tickets": drawn.tickets, "commitment": drawn.commitment},
        ),
    )
