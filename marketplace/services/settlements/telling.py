"""Letters to a brand about its money: a statement, a payout, a charge and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.db import contacts
from marketplace.db.settlements import Charge, Payout, Statement
from marketplace.domain.brands.team import GIVERS
from marketplace.domain.settlements import ChargeState

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox


def tell_statement(tools: Toolbox, *, statement_id: int) -> None:
    """Write to the brand that a statement is there; once to each person, however often it is asked."""
    with tools.transaction() as session:
        row = session.get_one(Statement, statement_id)
        if not any((row.to_pay_minor, row.closing_minor, row.change_minor, row.sale_id)):
            return  # a deal that ended without anything to tell
        facts: dict[str, object] = {"statement_id": row.id}
        _write(session, row.brand_id, "statement_ready", row.id, facts)


def tell_payout(tools: Toolbox, *, payout_id: int) -> None:
    """Write to the brand that a statement is paid."""
    with tools.transaction() as session:
        row = session.get_one(Payout, payout_id)
        facts: dict[str, object] = {"statement_id": row.statement_id}
        _write(session, row.brand_id, "payout_paid", row.id, facts)


def tell_charge(tools: Toolbox, *, charge_id: int) -> None:
    """Write to the brand about a charge as it stands: proposed, or ended."""
    with tools.transaction() as session:
        row = session.get_one(Charge, charge_id)
        ended = row.state in {ChargeState.FINAL, ChargeState.WITHDRAWN}
        kind = "charge_ended" if ended else "charge_proposed"
        _write(session, row.brand_id, kind, row.id, {"charge_id": row.id})


def _write(
    session: Session, brand_id: int, kind: str, number: int, facts: dict[str, object]
) -> None:
    contacts.write_to_brand(
        session, brand_id=brand_id, roles=GIVERS, kind=kind, about=str(number), facts=facts
    )
