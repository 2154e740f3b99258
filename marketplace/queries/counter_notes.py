"""What a note of goods that left still tells of, line by line: what a counter-note may take back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.db import exits
from marketplace.db.brands import Brand
from marketplace.db.catalogue import Style, Variant
from marketplace.db.exits import Exit
from marketplace.db.stock import Lot
from marketplace.domain.exits import from_stored
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from marketplace.domain.exits import Figures, Pool
    from marketplace.toolbox import Toolbox


@dataclass(frozen=True, slots=True)
class Line:
    """One piece of one pool. ``units`` as noted; ``standing``: less what was taken back already."""

    lot_id: int
    pool: Pool
    style: str
    colour: str
    size: str
    sku: str
    units: int
    standing: int


@dataclass(frozen=True, slots=True)
class Told:
    """A note of goods that left, with whose they were."""

    exit_id: int
    deal_id: int
    brand: str
    figures: Figures
    lines: tuple[Line, ...]


def told(tools: Toolbox, *, exit_id: int) -> Told:
    """The note; NotFound for one that is not there, and for a counter-note, which is not corrected itself."""
    with tools.reading() as session:
        noted = session.get(Exit, exit_id)
        if noted is None or noted.corrects_id is not None:
            raise NotFound
        rows = exits.told(session, exit_id)
        wanted = (
            select(Lot.id, Style.name, Style.code, Variant.colour, Variant.size, Variant.sku)
            .join(Variant, Variant.id == Lot.variant_id)
            .join(Style, Style.id == Variant.style_id)
            .where(Lot.id.in_({row.lot_id for row in rows}))
        )
        pieces = {piece.id: piece for piece in session.execute(wanted)}
        brand = session.get_one(Brand, noted.brand_id).name
        figures, deal_id = from_stored(noted.figures), noted.deal_id
    lines = [
        Line(
            lot_id=row.lot_id,
            pool=row.pool,
            style=piece.name,
            colour=piece.colour,
            size=piece.size,
            sku=piece.sku,
            units=row.units,
            standing=int(row.standing),
        )
        for row in sorted(rows, key=lambda row: (pieces[row.lot_id].code, row.lot_id, row.pool))
        for piece in [pieces[row.lot_id]]
    ]
    return Told(exit_id, deal_id, brand, figures, tuple(lines))
