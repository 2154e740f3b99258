"""Asking Stripe about one order now, because somebody is waiting for the answer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import DateTime, func, or_, select, update

from marketplace.db.base import HOUSE_NOW
from marketplace.db.payments import Payment
from marketplace.domain.orders import PaymentState
from marketplace.services.payments.settling import settle

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox

INSTANT = func.house_instant(type_=DateTime(timezone=True))
ASKED_AGAIN_AFTER = timedelta(seconds=3)
"""However often a page is loaded, Stripe is asked about its payment at this pace; a minute's round does the rest."""


def ask(tools: Toolbox, *, order_id: int) -> int:
    """Look up the order's open sessions and settle what they say; returns how many were looked up.

    None is where somebody asked a moment ago. GatewayTrouble when Stripe does not answer.
    """
    with tools.transaction() as session:
        due = (
            select(Payment.id)
            .where(
                Payment.order_id == order_id,
                Payment.state == PaymentState.OPENED,
                Payment.session_ref.is_not(None),
                Payment.called_at < INSTANT - ASKED_AGAIN_AFTER,
                or_(
                    Payment.looked_up_at.is_(None),
                    Payment.looked_up_at < INSTANT - ASKED_AGAIN_AFTER,
                ),
            )
            .with_for_update(skip_locked=True, key_share=True)
        )
        refs = session.scalars(
            update(Payment)
            .where(Payment.id.in_(due))
            .values(looked_up_at=HOUSE_NOW)
            .returning(Payment.session_ref)
        ).all()
    for ref in refs:
        assert ref is not None, "selected with a reference"
        settle(tools, answer=tools.payments.look_up(ref))
    return len(refs)
