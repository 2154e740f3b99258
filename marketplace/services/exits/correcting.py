"""A note that told of too much is corrected by another, which takes units back; what is sealed stays as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.db import exits, locks, stock
from marketplace.db.brands import Brand
from marketplace.db.deals import Deal
from marketplace.db.exits import Exit
from marketplace.domain import reasons
from marketplace.domain.events import Event, Fact
from marketplace.domain.exits import (
    LINES_MAX,
    CorrectionRefused,
    NothingToCorrect,
    check_taken_back,
)
from marketplace.domain.refusals import NotFound
from marketplace.services.exits.writing import Draft, Piece, write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marketplace.services.exits.writing import Line
    from marketplace.toolbox import Toolbox


def correct(tools: Toolbox, *, exit_id: int, lines: Sequence[Line], reason: str, key: str) -> int:
    """Write down that units of a note have not left after all; returns the number of the counter-note.

    They are in the house again, of the pool they were in, and the promise of the day of leaving stands again until they
    have left. Refuses with CorrectionRefused a counter-note (what it took back too much is noted as gone once more),
    with UnitsTakenBackRefused more than the note still tells of, which names all such lines, with NothingToCorrect
    none at all, and with ReasonMissing: the brand reads why.
    """
    assert len(lines) <= LINES_MAX, "too many lines for one note"
    words = reasons.given(reason)
    counted = [line for line in lines if line.units]
    if not counted:
        raise NothingToCorrect
    with tools.transaction() as session:
        noted = session.get(Exit, exit_id)
        if noted is None:
            raise NotFound
        locks.one(session, Brand, noted.brand_id)
        known = exits.of_key(session, noted.deal_id, key)
        if known is not None:
            return known.number
        if noted.corrects_id is not None:
            raise CorrectionRefused
        deal = locks.one(session, Deal, noted.deal_id)
        lots = {lot.id: lot for lot in stock.locked_of_deal(session, deal.id).values()}
        told = {(line.lot_id, line.pool): line for line in exits.told(session, exit_id)}
        standing = {at: line.standing for at, line in told.items()}
        check_taken_back(standing, {(line.lot_id, line.pool): line.units for line in counted})
        pieces = tuple(
            Piece(lots[line.lot_id], line.pool, -line.units, was.weight_g, was.cn_code)
            for line in counted
            for was in [told[line.lot_id, line.pool]]
        )
        row = write(tools, session, deal, _draft(noted, words, key), pieces)
        exits.promise_again(session, deal.id)
        data = {"exit": row.number, "corrects": noted.number, "units": row.units, "deal": deal.id}
        tools.record(
            session,
            Fact(Event.EXIT_CORRECTED, "exit", row.id, row.brand_id, reason=words, data=data),
        )
        return row.number


def _draft(noted: Exit, words: str, key: str) -> Draft:
    """The counter-note has the day and the way of its note, so that the figures of any period add up to what left."""
    return Draft(
        plan_id=noted.plan_id,
        key=key,
        kind=noted.kind,
        derogation=noted.derogation,
        left_on=noted.left_on,
        left_at=noted.left_at,
        received_by=noted.received_by,
        note=words,
        corrects=noted,
    )
