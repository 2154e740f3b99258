"""The goods of an order come in: counted line by line, each difference with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.db import locks, purchases, stock
from marketplace.db.purchases import Purchase
from marketplace.db.stock import Movement
from marketplace.domain.events import Event, Fact
from marketplace.domain.purchases import LINES_MAX, PurchaseState, as_counted
from marketplace.domain.refusals import NotFound, Refusal, Stale
from marketplace.domain.stock import Count, CountRefused, CountsRefused, check_left, counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from marketplace.db.purchases import PurchaseLine
    from marketplace.domain.stock import Change
    from marketplace.toolbox import Toolbox


@dataclass(frozen=True, slots=True)
class Line:
    """What has come of one line so far, as totals. ``was`` is the count that the page showed."""

    line_id: int
    count: Count
    was: Count
    reason: str = ""


def count(tools: Toolbox, *, ref: str, lines: Sequence[Line]) -> int:
    """Write what has come so far of these lines; returns how many units were newly accepted.

    Refuses as a whole with :class:`CountsRefused`: more than was ordered, fewer accepted than lie in parcels already, a
    difference without a reason, a line that somebody else has counted meanwhile. Refuses a closed order.
    """
    assert len(lines) <= LINES_MAX, "too many lines for one page"
    with tools.transaction() as session:
        order = locks.one(session, Purchase, purchases.by_ref(session, ref).id)
        if order.state is PurchaseState.CLOSED:
            raise NotFound
        rows = purchases.lines_locked(session, order.id)
        changes = _changes(session, rows, lines)
        lots = stock.locked_of_deal(
            session, order.deal_id, variant_ids=[rows[line_id].variant_id for line_id in changes]
        )
        _check_left(rows, lots, changes)
        for line_id, (change, reason) in changes.items():
            _move(tools, session, rows[line_id], lots[rows[line_id].variant_id], change, reason)
        session.flush()
        accepted = sum(change.accepted for change, _ in changes.values())
        if changes:
            received = sum(change.received for change, _ in changes.values())
            data = {"received": received, "accepted": accepted}
            tools.record(
                session,
                Fact(
                    Event.PURCHASE_COUNTED,
                    "purchase",
                    order.id,
                    brand_id=order.brand_id,
                    reason="; ".join(sorted({why for _, why in changes.values() if why}))[:1_000],
                    data=data,
                ),
            )
        return accepted


def _changes(
    session: Session, rows: Mapping[int, PurchaseLine], lines: Sequence[Line]
) -> dict[int, tuple[Change, str]]:
    if {line.line_id for line in lines} - rows.keys():
        raise NotFound
    packed = purchases.packed(session, [rows[line.line_id].sale_item_id for line in lines])
    found: dict[int, tuple[Change, str]] = {}
    faults: dict[int, Refusal] = {}
    for line in lines:
        row, reason = rows[line.line_id], line.reason.strip()
        try:
            change = _change(row, line, packed.get(row.sale_item_id, 0), reason)
        except Refusal as fault:
            faults[line.line_id] = fault
        else:
            if change.any:
                found[line.line_id] = (change, reason)
    if faults:
        raise CountsRefused(rows=faults)
    return found


def _check_left(
    rows: Mapping[int, PurchaseLine],
    lots: Mapping[int, stock.Lot],
    changes: Mapping[int, tuple[Change, str]],
) -> None:
    faults: dict[int, Refusal] = {}
    for line_id, (change, _) in changes.items():
        try:
            check_left(stock.counts(lots[rows[line_id].variant_id]), change)
        except CountRefused as fault:
            faults[line_id] = fault
    if faults:
        raise CountsRefused(rows=faults)


def _change(row: PurchaseLine, line: Line, packed: int, reason: str) -> Change:
    if Count(row.received, row.accepted, row.rejected) != line.was:
        raise Stale(latest=f"{row.received}/{row.accepted}/{row.rejected}")
    now = as_counted(
        ordered=row.ordered,
        received=row.received,
        accepted=row.accepted,
        rejected=row.rejected,
        packed=packed,
    )
    return counted(now, line.count, reason=reason)


def _move(
    tools: Toolbox,
    session: Session,
    row: PurchaseLine,
    lot: stock.Lot,
    change: Change,
    reason: str,
) -> None:
    moves = (
        (Movement.RECEIVED, change.received),
        (Movement.ACCEPTED, change.accepted),
        (Movement.REJECTED, change.rejected),
    )
    for movement, units in moves:
        if units:
            account_id = tools.actor.account_id
            stock.move(session, lot, movement, units, reason=reason, account_id=account_id)
    row.received += change.received
    row.accepted += change.accepted
    row.rejected += change.rejected
