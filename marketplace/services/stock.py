"""Stock: goods are received and accepted, lot by lot, and every difference has its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.db import stock
from marketplace.db.deals import Deal
from marketplace.db.stock import Movement
from marketplace.domain.events import Event, Fact
from marketplace.domain.purchases import CountedWithOrder, is_ordered_later
from marketplace.domain.refusals import NotFound, Refusal, Stale
from marketplace.domain.stock import Count, CountsRefused, NothingToCount, as_committed, counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from marketplace.db.stock import Lot
    from marketplace.domain.stock import Change
    from marketplace.toolbox import Toolbox

LINES_MAX = 5_000

_MOVEMENTS = (
    (Movement.RECEIVED, "received"),
    (Movement.ACCEPTED, "accepted"),
    (Movement.REJECTED, "rejected"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """What was counted of one lot, as totals.

    ``was`` is the count that the page showed, so that a newer one is never overwritten.
    """

    lot_id: int
    count: Count
    was: Count
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """What a count moved, in units; negative where an earlier count was taken back."""

    lots: int
    received: int
    accepted: int
    rejected: int


def count(tools: Toolbox, *, deal_id: int, lines: Sequence[Line]) -> Counted:
    """Write new totals for these lots of the deal, each difference as a movement with its reason.

    Refuses as a whole with :class:`CountsRefused`: totals that cannot be, a difference without a reason, a lot that
    somebody else has counted meanwhile. Refuses a conditional deal: its goods are counted with their order.
    """
    assert len(lines) <= LINES_MAX, "too many lots for one page"
    with tools.transaction() as session:
        _check_mode(session, deal_id)
        lots = {lot.id: lot for lot in stock.locked_of_deal(session, deal_id).values()}
        changes: list[tuple[Lot, Change, str]] = []
        faults: dict[int, Refusal] = {}
        for line in lines:
            try:
                changes.append((lots[line.lot_id], _change(lots, line), line.reason.strip()))
            except KeyError:
                raise NotFound from None
            except Refusal as fault:
                faults[line.lot_id] = fault
        if faults:
            raise CountsRefused(rows=faults)
        return _write(tools, session, deal_id, changes)


def accept_as_committed(tools: Toolbox, *, deal_id: int) -> Counted:
    """Everything that was committed arrived and is accepted; what was rejected before stays so.

    Refuses a deal of which nothing is awaited or waiting to be checked, and a conditional one.
    """
    with tools.transaction() as session:
        _check_mode(session, deal_id)
        lots = stock.locked_of_deal(session, deal_id).values()
        changes: list[tuple[Lot, Change, str]] = []
        for lot in lots:
            now = stock.counts(lot)
            change = counted(now, as_committed(now), reason="")
            if change.any:
                changes.append((lot, change, ""))
        if not changes:
            raise NothingToCount
        return _write(tools, session, deal_id, changes)


def _check_mode(session: Session, deal_id: int) -> None:
    deal = session.get(Deal, deal_id)
    if deal is not None and is_ordered_later(deal.mode):
        raise CountedWithOrder


def _change(lots: dict[int, Lot], line: Line) -> Change:
    now = stock.counts(lots[line.lot_id])
    if Count(now.received, now.accepted, now.rejected) != line.was:
        raise Stale(latest=f"{now.received}/{now.accepted}/{now.rejected}")
    return counted(now, line.count, reason=line.reason)


def _write(
    tools: Toolbox, session: Session, deal_id: int, changes: Sequence[tuple[Lot, Change, str]]
) -> Counted:
    moved = [(lot, change, reason) for lot, change, reason in changes if change.any]
    for lot, change, reason in moved:
        _move(tools, session, lot, change, reason)
    session.flush()
    total = Counted(
        lots=len(moved),
        received=sum(change.received for _, change, _ in moved),
        accepted=sum(change.accepted for _, change, _ in moved),
        rejected=sum(change.rejected for _, change, _ in moved),
    )
    if moved:
        corrects = any(change.corrects for _, change, _ in moved)
        reasons = sorted({reason for _, _, reason in moved if reason})
        _tell(tools, session, deal_id, total, corrects=corrects, why="; ".join(reasons))
    return total


def _move(tools: Toolbox, session: Session, lot: Lot, change: Change, reason: str) -> None:
    for movement, name in _MOVEMENTS:
        units = getattr(change, name)
        if units:
            stock.move(
                session,
                lot,
                movement,
                units,
                reason=reason,
                account_id=tools.actor.account_id,
            )


def _tell(
    tools: Toolbox,
    session: Session,
    deal_id: int,
    total: Counted,
    *,
    corrects: bool,
    why: str,
) -> None:
    brand_id = session.get_one(Deal, deal_id).brand_id
    data = {
        "lots": total.lots,
        "received": total.received,
        "accepted": total.accepted,
        "rejected": total.rejected,
    }
    event = Event.STOCK_RECEIVED
    if corrects:
        event = Event.STOCK_CORRECTED
    elif total.accepted:
        event = Event.STOCK_ACCEPTED
    reason = why[:1_000]
    tools.record(session, Fact(event, "deal", deal_id, brand_id=brand_id, reason=reason, data=data))
