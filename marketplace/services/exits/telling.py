"""Letters to a brand about its goods: asked what becomes of them, asked once more, and gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.db import contacts, exits
from marketplace.db.exits import Exit, ExitPlan
from marketplace.domain.brands.team import SIGNERS

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox

REMINDERS_PER_RUN_MAX = 200


def tell_asked(tools: Toolbox, *, deal_id: int) -> None:
    """Write to the brand that it is asked; once for each offer, however often it is asked."""
    with tools.transaction() as session:
        plan = exits.latest_plan(session, deal_id)
        if plan is None or plan.chosen is not None:
            return
        offer = f"{plan.id}:{plan.keep_until or ''}"
        _write(session, plan.brand_id, "exit_asked", offer, {"plan_id": plan.id})


def remind(tools: Toolbox) -> int:
    """Write once more where the time to choose is nearly over and nobody has chosen; to how many brands."""
    with tools.transaction() as session:
        found = exits.to_remind(session, most=REMINDERS_PER_RUN_MAX)
        for plan_id in found:
            plan = session.get_one(ExitPlan, plan_id)
            _write(session, plan.brand_id, "exit_due", str(plan.id), {"plan_id": plan.id})
        return len(found)


def tell_recorded(tools: Toolbox, *, exit_id: int) -> None:
    """Write to the brand that goods have left, or that some had not after all, with the note of it."""
    with tools.transaction() as session:
        row = session.get_one(Exit, exit_id)
        kind = "exit_done" if row.corrects_id is None else "exit_corrected"
        _write(session, row.brand_id, kind, str(row.id), {"exit_id": row.id})


def _write(
    session: Session, brand_id: int, kind: str, about: str, facts: dict[str, object]
) -> None:
    contacts.write_to_brand(
        session, brand_id=brand_id, roles=SIGNERS, kind=kind, about=about, facts=facts
    )
