"""A brand is suspended, taken up again, or leaves for good: each for a reason that is told to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.db import joining, locks
from marketplace.db.brands import Brand
from marketplace.db.catalogue import Collection
from marketplace.domain import reasons
from marketplace.domain.brands.checklist import Gate
from marketplace.domain.brands.states import BRAND_LIFECYCLE, BrandState, check_may_leave
from marketplace.domain.events import Event, Fact
from marketplace.services.brands import telling

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox


def suspend(tools: Toolbox, *, brand_id: int, reason: str) -> None:
    """Let the brand begin nothing new. What runs goes on; its owners get the statement of reasons by mail."""
    why = reasons.given(reason)
    with tools.transaction() as session:
        row = locks.one(session, Brand, brand_id)
        _move(tools, session, row, BrandState.SUSPENDED, Event.BRAND_SUSPENDED, why)


def resume(tools: Toolbox, *, brand_id: int, reason: str) -> None:
    """Take a suspended brand up again: ready, or at its list where that was never settled."""
    why = reasons.given(reason)
    with tools.transaction() as session:
        row = locks.one(session, Brand, brand_id)
        missing = joining.standing(session, brand_id).missing(Gate.SUBMISSION)
        onward = (
            BrandState.ONBOARDING
            if missing and not _has_submitted(session, brand_id)
            else BrandState.READY
        )
        _move(tools, session, row, onward, Event.BRAND_RESUMED, why)


def terminate(tools: Toolbox, *, brand_id: int, reason: str) -> None:
    """End the work with a brand. Refuses while sales, orders, unsold units or money are open, and names them.

    Its people keep their access to what was; nothing new begins.
    """
    why = reasons.given(reason)
    with tools.transaction() as session:
        row = locks.one(session, Brand, brand_id)
        BRAND_LIFECYCLE.check(row.state, BrandState.TERMINATED)
        check_may_leave(joining.open_matters(session, brand_id))
        _move(tools, session, row, BrandState.TERMINATED, Event.BRAND_TERMINATED, why)


def _move(
    tools: Toolbox, session: Session, row: Brand, to: BrandState, event: Event, why: str
) -> None:
    BRAND_LIFECYCLE.check(row.state, to)
    row.state, row.state_reason = to, why
    (event_id,) = tools.record(session, Fact(event, "brand", row.id, brand_id=row.id, reason=why))
    telling.owners(
        session,
        row,
        kind="brand_state",
        key=f"brand_state:{event_id}",
        facts={"state": str(to), "reason": why},
    )


def _has_submitted(session: Session, brand_id: int) -> bool:
    """Whether the first gate was ever passed."""
    found = select(Collection.id).where(
        Collection.brand_id == brand_id, Collection.submitted_at.is_not(None)
    )
    return session.scalar(found.limit(1)) is not None
