"""A payment that the house could not explain, explained by a person who looked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.db.audit import EventRow
from marketplace.domain.events import Event, Fact
from marketplace.domain.refusals import Invalid, NotFound

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox


def explain(tools: Toolbox, *, event_id: int, reason: str) -> None:
    """Note what an operator found out about an unexplained payment; explaining it twice changes nothing more."""
    if not reason.strip():
        raise Invalid(field="reason", reason="needed")
    with tools.transaction() as session:
        found = session.get(EventRow, event_id)
        if found is None or found.name != Event.PAYMENT_UNEXPLAINED:
            raise NotFound
        known = select(EventRow.id).where(
            EventRow.subject_type == "event",
            EventRow.subject_id == event_id,
            EventRow.name == Event.PAYMENT_EXPLAINED,
        )
        if session.scalar(known.limit(1)) is None:
            fact = Fact(Event.PAYMENT_EXPLAINED, "event", event_id, reason=reason.strip())
            tools.record(session, fact)
