"""Whether the house is sound: every invariant is asked, and one that does not hold is told to a person once a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, text

from marketplace.db import invariants
from marketplace.db.audit import EventRow
from marketplace.domain.events import Event, Fact

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox

REASON_LENGTH_MAX = 1_000
ONE_AT_A_TIME = 7_200_315
"""The lock of whoever checks: two at once would tell the same twice."""


def check(tools: Toolbox) -> int:
    """Ask every invariant; returns how many do not hold. Nothing is mended: a person looks first."""
    with tools.transaction() as session:
        session.execute(text("SELECT pg_advisory_xact_lock(:place)"), {"place": ONE_AT_A_TIME})
        broken = invariants.broken(session)
        for each in broken:
            if not _told_today(session, each.name):
                tools.record(
                    session,
                    Fact(
                        Event.INVARIANT_BROKEN,
                        "house",
                        0,
                        reason=f"{each.name}: {each.row}"[:REASON_LENGTH_MAX],
                        data={"invariant": each.name},
                    ),
                )
        return len(broken)


def _told_today(session: Session, name: str) -> bool:
    told = select(EventRow.id).where(
        EventRow.subject_type == "house",
        EventRow.subject_id == 0,
        EventRow.name == Event.INVARIANT_BROKEN,
        EventRow.data["invariant"].as_string() == name,
        EventRow.created_at > text("house_now() - interval '1 day'"),
    )
    return session.scalar(told.limit(1)) is not None
