"""A note of goods that left, or one that corrects it, as it is written: numbered, sealed, and moved in the lots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.db import clock, exits, stock
from marketplace.db.catalogue import Collection, Style, Variant
from marketplace.db.exits import Exit, ExitLine
from marketplace.db.stock import Movement
from marketplace.domain import moments
from marketplace.domain.exits import Figures, LineFigures, Pool, as_stored, weighed
from marketplace.domain.sealing import sealed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from marketplace.db.deals import Deal
    from marketplace.db.stock import Lot
    from marketplace.domain.exits import Derogation, ExitKind
    from marketplace.toolbox import Toolbox

_MOVEMENTS = {
    Pool.UNSOLD: Movement.EXITED,
    Pool.SENT_BACK: Movement.SENT_BACK_EXITED,
    Pool.REJECTED: Movement.REJECTED_EXITED,
}


@dataclass(frozen=True, slots=True)
class Line:
    """Units of a lot, from one pool, as they were counted."""

    lot_id: int
    pool: Pool
    units: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Units of a locked lot as the note tells them, with what one of them weighs; below zero where taken back."""

    lot: Lot
    pool: Pool
    units: int
    weight_g: int | None
    cn_code: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What a note says besides its pieces. ``corrects``: the note that it takes back from."""

    plan_id: int | None
    key: str
    kind: ExitKind
    derogation: Derogation | None
    left_on: date
    left_at: datetime
    received_by: str
    note: str
    corrects: Exit | None = None


def write(
    tools: Toolbox, session: Session, deal: Deal, draft: Draft, pieces: tuple[Piece, ...]
) -> Exit:
    """Write the note under the brand's next number and move its units; brand, deal and lots are locked."""
    figures = _figures(session, deal, draft, pieces)
    kept = as_stored(figures)
    row = Exit(
        brand_id=deal.brand_id,
        deal_id=deal.id,
        plan_id=draft.plan_id,
        number=figures.number,
        corrects_id=draft.corrects.id if draft.corrects else None,
        key=draft.key,
        kind=draft.kind,
        derogation=draft.derogation,
        left_on=draft.left_on,
        left_at=draft.left_at,
        received_by=draft.received_by,
        note=draft.note,
        units=figures.units,
        weight_g=figures.weight_g,
        figures=kept,
        sha256=sealed(kept),
        recorded_by_id=tools.actor.account_id,
    )
    session.add(row)
    session.flush()
    _move(tools, session, pieces, row)
    return row


def _figures(session: Session, deal: Deal, draft: Draft, pieces: tuple[Piece, ...]) -> Figures:
    lines = _lines(session, pieces)
    units, grams, unweighed = weighed(lines)
    return Figures(
        number=exits.next_number(session, deal.brand_id),
        kind=str(draft.kind),
        derogation=None if draft.derogation is None else str(draft.derogation),
        deal=deal.id,
        collection=session.get_one(Collection, deal.collection_id).name,
        left_on=draft.left_on.isoformat(),
        recorded_on=moments.house_day(clock.now(session)).isoformat(),
        received_by=draft.received_by,
        note=draft.note,
        units=units,
        weight_g=grams,
        unweighed=unweighed,
        lines=lines,
        corrects=draft.corrects.number if draft.corrects else None,
    )


def _lines(session: Session, pieces: Iterable[Piece]) -> tuple[LineFigures, ...]:
    """The pieces as the note tells them, in the order of the catalogue's codes."""
    told = []
    for piece in pieces:
        variant = session.get_one(Variant, piece.lot.variant_id)
        style = session.get_one(Style, variant.style_id)
        told.append(
            LineFigures(
                pool=str(piece.pool),
                style_code=style.code,
                style=style.name,
                colour=variant.colour,
                size=variant.size,
                sku=variant.sku,
                gtin=variant.gtin or "",
                cn_code=piece.cn_code,
                units=piece.units,
                weight_g=piece.weight_g,
            )
        )
    return tuple(sorted(told, key=lambda each: (each.style_code, each.sku, each.pool)))


def _move(tools: Toolbox, session: Session, pieces: Iterable[Piece], row: Exit) -> None:
    for piece in pieces:
        session.add(
            ExitLine(
                brand_id=row.brand_id,
                exit_id=row.id,
                lot_id=piece.lot.id,
                pool=piece.pool,
                units=piece.units,
                weight_g=piece.weight_g,
                cn_code=piece.cn_code,
            )
        )
        stock.move(
            session,
            piece.lot,
            _MOVEMENTS[piece.pool],
            piece.units,
            reason=str(row.kind) if row.corrects_id is None else row.note,
            account_id=tools.actor.account_id,
        )
