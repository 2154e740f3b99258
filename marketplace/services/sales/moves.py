"""Moves of a whole sale: schedule and take back, pause and resume, end, extend, cancel. Each with its guard and reason.

A move locks the sale, then its items, and looks at the clock last; one that moves units has locked the lots before,
and one that lays a sale on the calendar the brands whose sales are to stay apart.
A hold looks at the sale after it has locked its item, so a hold that had to wait for a move sees what the move left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.db import clock, guard_rails, preflight, sales, stock, waits
from marketplace.domain import reasons
from marketplace.domain.events import Event, Fact
from marketplace.domain.moments import moment, wall_time
from marketplace.domain.preflight import OF_THE_WINDOW, judge
from marketplace.domain.refusals import Stale
from marketplace.domain.sales import (
    SALE_LIFECYCLE,
    Act,
    SaleNotReady,
    SaleState,
    WindowRefused,
    check_act,
    check_length,
)
from marketplace.services.sales.edges import settle

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.db.sales import Sale, SaleItem
    from marketplace.toolbox import Toolbox


def schedule(tools: Toolbox, *, ref: str, version: int) -> None:
    """Let the sale open by itself at its time. Refuses it while a row of the pre-flight blocks, naming those rows."""
    with tools.transaction() as session:
        guard_rails.lock_calendar(session, sales.by_ref(session, ref).brand_id)
        row = _locked_with_lots(session, ref)
        check_act(sales.window(row), clock.now(session), Act.SCHEDULE)
        if row.version != version:
            raise Stale(latest=row.version)
        readiness = judge(preflight.look(session, (row.id,))[row.id])
        if readiness.blocking:
            raise SaleNotReady(rows=readiness.blocking)
        SALE_LIFECYCLE.check(row.state, SaleState.SCHEDULED)
        row.state = SaleState.SCHEDULED
        sales.promise_opening(session, row)
        warned = [str(each.check) for each in readiness.warning]
        _tell(tools, session, row, Event.SALE_SCHEDULED, version=version, warned=warned)


@dataclass(frozen=True, slots=True)
class _Step:
    """A move that changes the state of a sale and nothing else: what is asked, where it leads, what is told."""

    act: Act
    to: SaleState
    event: Event
    opening_stands: bool = True
    """Whether the promise of the opening is still to be kept afterwards."""


_BACK_TO_DRAFT = _Step(
    Act.UNSCHEDULE, SaleState.DRAFT, Event.SALE_UNSCHEDULED, opening_stands=False
)
_PAUSE = _Step(Act.PAUSE, SaleState.PAUSED, Event.SALE_PAUSED)
_RESUME = _Step(Act.RESUME, SaleState.OPEN, Event.SALE_RESUMED)


def unschedule(tools: Toolbox, *, ref: str, reason: str) -> None:
    """Take a sale that has not opened back to a draft, so that it can be changed. Its opening is promised no longer."""
    _step(tools, ref, reason, _BACK_TO_DRAFT)


def pause(tools: Toolbox, *, ref: str, reason: str) -> None:
    """Take no new holds from now on. Holds already taken keep their time and can be paid."""
    _step(tools, ref, reason, _PAUSE)


def resume(tools: Toolbox, *, ref: str, reason: str) -> None:
    """Take holds again in a paused sale; its closing time has not moved."""
    _step(tools, ref, reason, _RESUME)


def _step(tools: Toolbox, ref: str, reason: str, step: _Step) -> None:
    why = reasons.given(reason)
    with tools.transaction() as session:
        row = _locked(session, ref)
        _ready_for(tools, session, row, step.act)
        SALE_LIFECYCLE.check(row.state, step.to)
        row.state = step.to
        if not step.opening_stands:
            sales.give_up_opening(session, row)
        _tell(tools, session, row, step.event, reason=why)
    tools.announcer.sale_changed(row.id)


def end_now(tools: Toolbox, *, ref: str, reason: str) -> None:
    """Close an open or paused sale at this instant. Holds already taken can be paid until their own end."""
    why = reasons.given(reason)
    with tools.transaction() as session:
        row = _locked(session, ref)
        now = _ready_for(tools, session, row, Act.END)
        _tell(
            tools,
            session,
            row,
            Event.SALE_ENDED_EARLY,
            reason=why,
            planned_for=row.closes_at.isoformat(),
        )
        row.closes_at, row.closes_wall = now, wall_time(now, row.zone)
        row.generation += 1
        settle(tools, session, row, now)
    tools.announcer.sale_changed(row.id)


def extend(
    tools: Toolbox, *, ref: str, closes_wall: datetime, fold: int | None, reason: str
) -> None:
    """Let an open or paused sale close later, at a wall time in its own zone. Refuses an earlier time.

    Refuses a day that the terms close, that the photographs or the right to sell do not reach, or that comes too near
    to the brand's next sale.
    """
    why = reasons.given(reason)
    with tools.transaction() as session:
        guard_rails.lock_calendar(session, sales.by_ref(session, ref).brand_id)
        row = _locked(session, ref)
        _ready_for(tools, session, row, Act.EXTEND)
        closes = moment(closes_wall, row.zone, fold=fold)
        if closes.at <= row.closes_at:
            raise WindowRefused(reason="not_later", closes_at=row.closes_at)
        check_length(row.opens_at, closes.at)
        planned = row.closes_at
        row.closes_at, row.closes_wall = closes.at, closes.wall
        row.generation += 1
        _check_days(session, row)
        _tell(
            tools,
            session,
            row,
            Event.SALE_EXTENDED,
            reason=why,
            planned_for=planned.isoformat(),
            closes_at=closes.at.isoformat(),
        )
    tools.announcer.sale_changed(row.id)


def _check_days(session: Session, row: Sale) -> None:
    """Refuses a closing past a day that the brand or a proof has set."""
    session.flush()
    readiness = judge(preflight.look(session, (row.id,))[row.id])
    broken = tuple(each for each in readiness.blocking if each.check in OF_THE_WINDOW)
    if broken:
        raise SaleNotReady(rows=broken)


def cancel(tools: Toolbox, *, ref: str, reason: str) -> None:
    """Give the sale up. Live holds end, unsold units go back to the accepted stock; what was paid stays sold."""
    why = reasons.given(reason)
    with tools.transaction() as session:
        row = _locked_with_lots(session, ref)
        _ready_for(tools, session, row, Act.CANCEL)
        SALE_LIFECYCLE.check(row.state, SaleState.CANCELLED)
        row.state = SaleState.CANCELLED
        waits.end_line(session, row.id)
        released = sales.end_holds(session, row.id, reason=why, account_id=tools.actor.account_id)
        units = _give_back_units(tools, session, row, why)
        sales.give_up_opening(session, row)
        _tell(tools, session, row, Event.SALE_CANCELLED, reason=why, holds=released, units=units)
    tools.announcer.sale_changed(row.id)


def _locked(session: Session, ref: str) -> Sale:
    row = sales.locked(session, ref)
    sales.items_locked(session, row.id)
    return row


def _locked_with_lots(session: Session, ref: str) -> Sale:
    stock.locked_of_deal(session, sales.by_ref(session, ref).deal_id)
    return _locked(session, ref)


def _ready_for(tools: Toolbox, session: Session, row: Sale, act: Act) -> datetime:
    now = clock.now(session)
    settle(tools, session, row, now)
    check_act(sales.window(row), now, act)
    return now


def _give_back_units(tools: Toolbox, session: Session, row: Sale, why: str) -> int:
    lots = {lot.id: lot for lot in stock.locked_of_deal(session, row.deal_id).values()}
    given = [item for item in sales.items_locked(session, row.id).values() if item.available]
    return sum(_give_back(tools, session, item, lots[item.lot_id], why) for item in given)


def _give_back(tools: Toolbox, session: Session, item: SaleItem, lot: stock.Lot, why: str) -> int:
    units = item.available
    item.units -= units
    item.available = 0
    account_id = tools.actor.account_id
    stock.allocate(session, lot, -units, sale_item_id=item.id, reason=why, account_id=account_id)
    return units


def _tell(
    tools: Toolbox, session: Session, row: Sale, event: Event, *, reason: str = "", **data: object
) -> None:
    tools.record(
        session,
        Fact(event, "sale", row.id, brand_id=row.brand_id, reason=reason, data=dict(data)),
    )
