"""What letters about goods that are left say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marketplace.db import exits
from marketplace.db.catalogue import Collection
from marketplace.db.deals import Deal
from marketplace.db.exits import Exit, ExitPlan

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.db.contacts import Letter
    from marketplace.toolbox import Toolbox


def asked(session: Session, letter: Letter, tools: Toolbox) -> dict[str, Any]:
    """A question: how much is left, until when to choose, and what silence means."""
    plan = session.get_one(ExitPlan, letter.facts["plan_id"])
    return {
        **_about(session, plan.deal_id, tools),
        "units": exits.may_leave(session, plan.deal_id),
        "until": plan.choose_by,
        "silent": str(plan.silent),
        "again": plan.number > 1,
        "leave_by": plan.leave_by,
        "keep_until": plan.keep_until,
    }


def done(session: Session, letter: Letter, tools: Toolbox) -> dict[str, Any]:
    """Goods that left, and how many are left."""
    row = session.get_one(Exit, letter.facts["exit_id"])
    return {
        **_about(session, row.deal_id, tools),
        "number": row.number,
        "units": row.units,
        "kind": str(row.kind),
        "left_on": row.left_on,
        "receiver": row.received_by,
        "left": exits.may_leave(session, row.deal_id),
    }


def corrected(session: Session, letter: Letter, tools: Toolbox) -> dict[str, Any]:
    """Goods that had not left after all: of which note, how many, and why it told of them."""
    row = session.get_one(Exit, letter.facts["exit_id"])
    return {
        **_about(session, row.deal_id, tools),
        "number": row.number,
        "corrects": row.figures["corrects"],
        "units": -row.units,
        "reason": row.note,
        "left": exits.may_leave(session, row.deal_id),
    }


def _about(session: Session, deal_id: int, tools: Toolbox) -> dict[str, Any]:
    deal = session.get_one(Deal, deal_id)
    return {
        "about": session.get_one(Collection, deal.collection_id).name,
        "link": f"{tools.public_url}/brand/deals/{deal_id}/exits",
    }
