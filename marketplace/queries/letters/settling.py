"""What letters about a brand's money say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from marketplace.db.catalogue import Collection
from marketplace.db.deals import Deal
from marketplace.db.settlements import Charge, Payout, Statement
from marketplace.domain.money import Money

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.db.contacts import Letter
    from marketplace.toolbox import Toolbox


def statement(session: Session, letter: Letter, tools: Toolbox) -> dict[str, Any]:
    """A statement: its number, what it pays and by when."""
    row = session.get_one(Statement, letter.facts["statement_id"])
    payout = session.scalar(select(Payout).where(Payout.statement_id == row.id))
    deal = session.get_one(Deal, row.deal_id)
    return {
        "number": row.number,
        "about": session.get_one(Collection, deal.collection_id).name,
        "amount": Money(row.to_pay_minor, row.currency),
        "until": row.due_on,
        "reference": payout.reference if payout else "",
        "link": f"{tools.public_url}/brand/statements/{row.number}",
    }


def charge(session: Session, letter: Letter, tools: Toolbox) -> dict[str, Any]:
    """A charge as it stands."""
    row = session.get_one(Charge, letter.facts["charge_id"])
    deal = session.get_one(Deal, row.deal_id)
    return {
        "about": session.get_one(Collection, deal.collection_id).name,
        "units": row.units,
        "amount": Money(row.each_minor, row.currency) * row.units,
        "until": row.contest_by,
        "upheld": row.upheld or 0,
        "final": Money(row.each_minor, row.currency) * (row.upheld or 0),
        "decision": row.decision,
        "link": f"{tools.public_url}/brand/charges/{row.id}",
    }
