"""What leaves is counted lot by lot, numbered, sealed and told; when nothing is left, the promise is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.db import clock, exits, locks, promises, stock
from marketplace.db.brands import Brand
from marketplace.db.catalogue import Variant
from marketplace.db.deals import Deal
from marketplace.db.exits import as_ruled
from marketplace.domain import moments
from marketplace.domain.events import Event, Fact
from marketplace.domain.exits import (
    DISCARDS,
    LINES_MAX,
    ExitKind,
    ExitUnitsRefused,
    NothingToLeave,
    check_exit,
    check_left_on,
    left_at,
)
from marketplace.domain.promises import PromiseKind
from marketplace.domain.refusals import NotFound
from marketplace.services.exits.writing import Draft, Piece, write

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from marketplace.db.exits import Exit, ExitPlan
    from marketplace.db.stock import Lot
    from marketplace.services.exits.writing import Line
    from marketplace.toolbox import Toolbox

PROMISES_PER_RUN_MAX = 200


@dataclass(frozen=True, slots=True)
class Leaving:
    """By which way goods left, on which day, and who took them. ``key`` is of the page: sent twice, it is one exit."""

    kind: ExitKind
    left_on: date
    received_by: str
    key: str
    note: str = ""


def record(tools: Toolbox, *, deal_id: int, leaving: Leaving, lines: Sequence[Line]) -> int:
    """Write down that counted units have left the house; returns the number of the brand's note.

    Refuses a way that nobody chose (ExitRefused), more units than are there (ExitUnitsRefused, which names all such
    lines), a day to come or long past (LeftDayRefused), and nothing at all (NothingToLeave).
    """
    assert len(lines) <= LINES_MAX, "too many lines for one note"
    counted = [line for line in lines if line.units]
    if not counted:
        raise NothingToLeave
    with tools.transaction() as session:
        deal = session.get(Deal, deal_id)
        if deal is None:
            raise NotFound
        locks.one(session, Brand, deal.brand_id)
        known = exits.of_key(session, deal_id, leaving.key)
        if known is not None:
            return known.number
        deal = locks.one(session, Deal, deal_id)
        now = clock.now(session)
        check_left_on(leaving.left_on, today=moments.house_day(now))
        plan = exits.latest_plan(session, deal_id)
        settled = as_ruled(plan).settled(now) if plan else None
        check_exit(leaving.kind, [line.pool for line in counted], settled)
        lots = {lot.id: lot for lot in stock.locked_of_deal(session, deal_id).values()}
        _check_units(lots, counted)
        decided = plan if plan is not None and settled is not None else None
        row = _written(tools, session, deal, decided, leaving, _pieces(session, lots, counted))
        session.flush()
        _keep(session, deal_id=deal_id)
        data = {"exit": row.number, "kind": str(row.kind), "units": row.units, "deal": deal_id}
        tools.record(
            session, Fact(Event.EXIT_RECORDED, "exit", row.id, brand_id=row.brand_id, data=data)
        )
        return row.number


def keep_promises(tools: Toolbox) -> int:
    """Keep the promises of deals of which nothing is left, because the last of it went to members; how many."""
    with tools.transaction() as session:
        return _keep(session, most=PROMISES_PER_RUN_MAX)


def _keep(session: Session, *, deal_id: int | None = None, most: int = 1) -> int:
    found = exits.emptied(session, deal_id=deal_id, most=most)
    for row in found:
        promises.keep(
            session,
            kind=PromiseKind.EXIT_OF_STOCK,
            subject_type=row.subject_type,
            subject_id=row.subject_id,
            at=row.emptied_at,
        )
    return len(found)


def _check_units(lots: Mapping[int, Lot], lines: Sequence[Line]) -> None:
    over: dict[str, int] = {}
    for line in lines:
        lot = lots.get(line.lot_id)
        if lot is None:
            raise NotFound
        most = stock.counts(lot).in_pool(line.pool)
        if not 0 < line.units <= most:
            over[f"{line.lot_id}.{line.pool}"] = most
    if over:
        raise ExitUnitsRefused(rows=over)


def _pieces(session: Session, lots: Mapping[int, Lot], lines: Sequence[Line]) -> tuple[Piece, ...]:
    """The lines with what their pieces weigh and declare today."""
    variants = [session.get_one(Variant, lots[line.lot_id].variant_id) for line in lines]
    return tuple(
        Piece(lots[line.lot_id], line.pool, line.units, variant.weight_g, variant.cn_code)
        for line, variant in zip(lines, variants, strict=True)
    )


def _written(
    tools: Toolbox,
    session: Session,
    deal: Deal,
    plan: ExitPlan | None,
    leaving: Leaving,
    pieces: tuple[Piece, ...],
) -> Exit:
    draft = Draft(
        plan_id=plan.id if plan else None,
        key=leaving.key,
        kind=leaving.kind,
        derogation=plan.derogation if plan and leaving.kind in DISCARDS else None,
        left_on=leaving.left_on,
        left_at=left_at(leaving.left_on, now=clock.now(session)),
        received_by=leaving.received_by,
        note=leaving.note,
    )
    return write(tools, session, deal, draft, pieces)
