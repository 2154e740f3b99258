"""How many does a brand keep out of its sales, and what does it forgo by it? Counts alone, as they were last told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.db.suppression import SuppressionList
from marketplace.domain.brands.suppression import TOLD_AGAIN_AFTER, Forgone, Rates, forgone

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox


@dataclass(frozen=True, slots=True)
class KeptOut:
    """A brand's list. ``told`` members (in tens, none where they are few) were counted at ``told_at``.

    ``again_at``: when they may be counted anew. ``forgone``: buyers of one sale, none where it cannot be estimated.
    """

    entries: int
    changed_at: datetime
    told: int | None
    told_at: datetime | None
    again_at: datetime | None
    forgone: Forgone | None


def look(tools: Toolbox, *, brand_id: int) -> KeptOut | None:
    """The brand's list; None where it never sent one."""
    with tools.reading() as session:
        row = session.scalars(
            select(SuppressionList).where(SuppressionList.brand_id == brand_id)
        ).one_or_none()
    if row is None:
        return None
    rates = Rates(row.sales, row.low_ppm, row.middle_ppm, row.high_ppm)
    told_at = None if row.told_at is None else row.told_at.astimezone(UTC)
    return KeptOut(
        entries=row.entries,
        changed_at=row.changed_at.astimezone(UTC),
        told=row.told,
        told_at=told_at,
        again_at=None if told_at is None else told_at + TOLD_AGAIN_AFTER,
        forgone=forgone(row.told, rates),
    )
