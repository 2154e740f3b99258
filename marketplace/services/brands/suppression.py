"""Keeping a brand's own customers out of its sales: the list replaced as a whole, or emptied."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.db import clock, locks, suppression
from marketplace.db.brands import Brand
from marketplace.domain.brands.suppression import digest_of, may_tell_again, read, told
from marketplace.domain.events import Event, Fact

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.db.suppression import SuppressionList
    from marketplace.toolbox import Toolbox, Upload


def keep_out(tools: Toolbox, *, brand_id: int, file: Upload) -> tuple[int, int]:
    """Put the customers of ``file`` in place of those kept out before; returns how many, and entries not understood.

    In the hallway's hands: a brand's own may not look at members. From the commit on they meet nothing of the brand's
    sales; what they held or bought before stays theirs. Nothing of the file is kept. Refuses with SuppressionRefused.
    """
    listed = read(file.path.read_bytes())
    marks = {tools.mark_of(digest) for digest in listed.digests}
    _replace(tools, brand_id, marks)
    return len(marks), listed.unread


def keep_nobody_out(tools: Toolbox, *, brand_id: int) -> None:
    """Empty the list."""
    _replace(tools, brand_id, set())


def _mark_members(tools: Toolbox) -> None:
    """Once for those who were members before there were lists; whoever comes later is marked from the beginning."""
    while True:
        with tools.transaction() as session:
            if not suppression.mark_members(session, lambda key: tools.mark_of(digest_of(key))):
                return


def _replace(tools: Toolbox, brand_id: int, marks: set[bytes]) -> None:
    _mark_members(tools)
    with tools.transaction() as session:
        locks.one(session, Brand, brand_id)
        now = clock.now(session)
        suppression.replace(session, brand_id, marks)
        row = _row(session, brand_id, now)
        row.entries, row.changed_at, row.changed_by_id = len(marks), now, tools.actor.account_id
        _tell(tools, session, row, now)
        data = {"entries": len(marks)}
        tools.record(
            session,
            Fact(Event.SUPPRESSION_CHANGED, "brand", brand_id, brand_id=brand_id, data=data),
        )


def _row(session: Session, brand_id: int, now: datetime) -> SuppressionList:
    row = session.scalars(
        select(suppression.SuppressionList).where(suppression.SuppressionList.brand_id == brand_id)
    ).one_or_none()
    if row is None:
        row = suppression.SuppressionList(brand_id=brand_id, entries=0, changed_at=now)
        session.add(row)
    return row


def _tell(tools: Toolbox, session: Session, row: SuppressionList, now: datetime) -> None:
    """What the brand reads of it; nothing of an empty list, and nothing newer than a week allows."""
    if not row.entries:
        row.told = None
        return
    if not may_tell_again(row.told_at, now):
        return
    members = suppression.matched(session, row.brand_id)
    row.told = told(len(members), draw=_draw(tools, members))
    row.told_at = now
    found = suppression.rates(session)
    row.sales, row.low_ppm = found.sales, found.low_ppm
    row.middle_ppm, row.high_ppm = found.middle_ppm, found.high_ppm


def _draw(tools: Toolbox, members: tuple[int, ...]) -> int:
    """The number that these members draw, the same each time."""
    names = hashlib.sha256(",".join(map(str, members)).encode()).hexdigest()
    return int.from_bytes(tools.mark_of(names)[:4], "big")
