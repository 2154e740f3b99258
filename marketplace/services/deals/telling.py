"""Letters to a brand about its deals: what waits for its answer, what lapses soon, what is agreed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.db import clock, contacts, deals
from marketplace.db.brands import BrandUser
from marketplace.db.deals import Deal, DealVersion
from marketplace.domain.deals import REMINDER_DAYS, DealState, Side
from marketplace.domain.doors import BrandRole

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox

REMINDERS_MAX = 500
ANSWERING = (BrandRole.OWNER, BrandRole.COMMERCIAL)
"""Who of a brand may answer for it, and is written to."""


def tell(tools: Toolbox, *, deal_id: int) -> None:
    """Write to the people of a brand who may answer: a proposal waits for them, or the deal is agreed.

    Once for each version and person, however often it is asked.
    """
    with tools.transaction() as session:
        deal = session.get_one(Deal, deal_id)
        version = deals.version(session, deal.id, deal.latest)
        if deal.state is DealState.AGREED:
            _write(session, deal, version, "deal_accepted")
        elif deal.state is DealState.OPEN and version.side is Side.HOUSE:
            _write(session, deal, version, "deal_proposed")


def remind(tools: Toolbox) -> int:
    """Write once to each brand whose answer is due before its proposal lapses; how many proposals."""
    with tools.transaction() as session:
        now = clock.now(session)
        due = session.execute(
            select(Deal, DealVersion)
            .join(
                DealVersion,
                (DealVersion.deal_id == Deal.id) & (DealVersion.number == Deal.latest),
            )
            .where(
                Deal.state == DealState.OPEN,
                DealVersion.side == Side.HOUSE,
                DealVersion.expires_at > now,
                DealVersion.expires_at <= now + timedelta(days=REMINDER_DAYS),
            )
            .order_by(DealVersion.expires_at)
            .limit(REMINDERS_MAX)
        ).all()
        return sum(_write(session, deal, version, "deal_expiring") for deal, version in due)


def _write(session: Session, deal: Deal, version: DealVersion, kind: str) -> bool:
    """One letter of a kind to each person who may answer; whether any was new."""
    people = select(BrandUser.account_id).where(
        BrandUser.brand_id == deal.brand_id, BrandUser.role.in_(ANSWERING)
    )
    written = [
        contacts.write(
            session,
            key=f"{kind}:{version.id}:{account_id}",
            kind=kind,
            account_id=account_id,
            brand_id=deal.brand_id,
            transactional=True,
            facts={"version_id": version.id},
        )
        for account_id in session.scalars(people)
    ]
    return any(written)
