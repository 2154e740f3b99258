"""Asking Stripe ourselves: what webhooks did not bring, a minute's round finds."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import DateTime, func, or_, select, update

from marketplace.db.base import HOUSE_NOW
from marketplace.db.payments import Payment, Refund
from marketplace.domain.orders import PaymentState, RefundState
from marketplace.services.payments.refunding import note_refund
from marketplace.services.payments.settling import settle
from marketplace.toolbox import GatewayRefusal

if TYPE_CHECKING:
    from marketplace.toolbox import Toolbox

INSTANT = func.house_instant(type_=DateTime(timezone=True))
LOOKED_UP_PER_RUN_MAX = 100
QUIET_BEFORE_ASKING = timedelta(seconds=45)
LOST_REPLY_AFTER = timedelta(seconds=30)
CLOCKS_APART = timedelta(minutes=1)


def reconcile(tools: Toolbox) -> int:
    """Look up payments that nobody has told us about for a while; returns how many were looked up.

    A payment whose opening call never returned is found again by the key in its session's metadata.
    """
    with tools.transaction() as session:
        rows = session.execute(
            select(Payment.id, Payment.key, Payment.session_ref, Payment.created_at)
            .where(
                Payment.state.in_((PaymentState.PREPARED, PaymentState.OPENED)),
                Payment.called_at.is_not(None),
                Payment.called_at < INSTANT - LOST_REPLY_AFTER,
                or_(
                    Payment.looked_up_at.is_(None),
                    Payment.looked_up_at < INSTANT - QUIET_BEFORE_ASKING,
                ),
            )
            .order_by(Payment.looked_up_at.nulls_first(), Payment.id)
            .limit(LOOKED_UP_PER_RUN_MAX)
            .with_for_update(skip_locked=True, key_share=True)
        ).all()
        ids = [row.id for row in rows]
        session.execute(update(Payment).where(Payment.id.in_(ids)).values(looked_up_at=HOUSE_NOW))
    for row in rows:
        if row.session_ref is not None:
            settle(tools, answer=tools.payments.look_up(row.session_ref))
    lost = {row.key: row.created_at for row in rows if row.session_ref is None}
    if lost:
        for found in tools.payments.recent(since=min(lost.values()) - CLOCKS_APART):
            if found.metadata.get("payment_key") in lost:
                settle(tools, answer=found)
    return len(rows)


def reconcile_refunds(tools: Toolbox) -> int:
    """Look up refunds that Stripe accepted and had not finished; returns how many were looked up."""
    with tools.reading() as session:
        refs = session.scalars(
            select(Refund.refund_ref)
            .where(Refund.state == RefundState.SENT, Refund.refund_ref.is_not(None))
            .order_by(Refund.id)
            .limit(LOOKED_UP_PER_RUN_MAX)
        ).all()
    for ref in refs:
        assert ref is not None, "selected with a reference"
        try:
            note_refund(tools, answer=tools.payments.look_up_refund(ref))
        except GatewayRefusal:
            continue
    return len(refs)
