"""Notes of goods that left the house, for the brand's machines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.db import brands
from marketplace.db.exits import Exit

if TYPE_CHECKING:
    from datetime import date, datetime

    from marketplace.domain.exits import Derogation, ExitKind
    from marketplace.toolbox import Toolbox


@dataclass(frozen=True, slots=True)
class ExitFed:
    """One note by the brand's own number. ``weight_g`` is of the units whose weight is known."""

    number: int
    corrects: int | None
    kind: ExitKind
    derogation: Derogation | None
    deal_id: int
    left_on: date
    received_by: str
    note: str
    units: int
    weight_g: int
    recorded_at: datetime
    sha256: str


def listed(tools: Toolbox, *, after: int | None, most: int) -> tuple[ExitFed, ...]:
    """Up to ``most`` of the brand's notes, the newest first, beginning after the one numbered ``after``."""
    wanted = (
        select(Exit)
        .where(brands.within(tools.brand_id, Exit.brand_id))
        .order_by(Exit.number.desc())
        .limit(most)
    )
    if after is not None:
        wanted = wanted.where(Exit.number < after)
    with tools.reading() as session:
        return tuple(_fed(row) for row in session.scalars(wanted))


def _fed(row: Exit) -> ExitFed:
    return ExitFed(
        number=row.number,
        corrects=row.figures.get("corrects"),
        kind=row.kind,
        derogation=row.derogation,
        deal_id=row.deal_id,
        left_on=row.left_on,
        received_by=row.received_by,
        note=row.note,
        units=row.units,
        weight_g=row.weight_g,
        recorded_at=row.created_at,
        sha256=row.sha256,
    )
