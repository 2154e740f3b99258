"""Asking Stripe ourselves: what webhooks did not bring, a minute's round finds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import DateTime, func, or_, select, update

from marketplace.db.base import HOUSE_NOW
from marketplace.db.payments import Payment, Refund
from marketplace.domain.orders import PaymentState, RefundState
from marketplace.services.payments.refunding import note_refund
from marketplace.services.payments.settling import settle
from marketplace.toolbox import CheckoutSession, GatewayRefusal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from marketplace.toolbox import Toolbox

INSTANT = func.house_instant(type_=DateTime(timezone=True))
LOOKED_UP_PER_RUN_MAX = 1_000
LOOKED_UP_SINGLY_MAX = 25
"""More than these are asked for in pages of a hundred: Stripe answers 25 requests a second and no more."""
QUIET_BEFORE_ASKING = timedelta(seconds=45)
LOST_REPLY_AFTER = timedelta(seconds=30)
SESSION_LENGTH_MIN = timedelta(minutes=30)
CLOCKS_APART = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Quiet:
    """A payment that nobody told us about: called at, and its session's latest possible birth and its end."""

    payment_id: int
    key: str
    ref: str | None
    called_at: datetime
    ends_at: datetime
    over: bool


def reconcile(tools: Toolbox) -> int:
    """Look up payments that nobody has told us about for a while; returns how many were looked up.

    A payment whose opening call never returned is found again by the key in its session's metadata; where Stripe
    has no such session and could no longer open one, the attempt is over.
    """
    quiet = _quiet(tools)
    known = {each.ref: each for each in quiet if each.ref is not None}
    lost = {each.key: each for each in quiet if each.ref is None}
    if len(known) <= LOOKED_UP_SINGLY_MAX:
        for ref in known:
            _look_up(tools, ref)
        _find(tools, lost, {})
    else:
        _find(tools, lost, known)
    return len(quiet)


def _quiet(tools: Toolbox) -> tuple[_Quiet, ...]:
    with tools.transaction() as session:
        rows = session.execute(
            select(
                Payment.id,
                Payment.key,
                Payment.session_ref,
                Payment.called_at,
                Payment.session_ends_at,
                (Payment.session_ends_at < INSTANT - CLOCKS_APART).label("over"),
            )
            .where(
                Payment.state.in_((PaymentState.PREPARED, PaymentState.OPENED)),
                Payment.card_id.is_(None),
                Payment.called_at.is_not(None),
                Payment.called_at < INSTANT - LOST_REPLY_AFTER,
                or_(
                    Payment.looked_up_at.is_(None),
                    Payment.looked_up_at < INSTANT - QUIET_BEFORE_ASKING,
                ),
            )
            .order_by(Payment.looked_up_at.nulls_first(), func.random())
            .limit(LOOKED_UP_PER_RUN_MAX)
            .with_for_update(skip_locked=True, key_share=True)
        ).all()
        ids = [row.id for row in rows]
        session.execute(update(Payment).where(Payment.id.in_(ids)).values(looked_up_at=HOUSE_NOW))
    return tuple(
        _Quiet(row.id, row.key, row.session_ref, row.called_at, row.session_ends_at, row.over)
        for row in rows
        if row.called_at is not None
    )


def _look_up(tools: Toolbox, ref: str) -> None:
    """Settle one session; one that Stripe does not know is left to a person, and the others are not held up."""
    try:
        settle(tools, answer=tools.payments.look_up(ref))
    except GatewayRefusal as refusal:
        missing = CheckoutSession(
            ref, "", refusal.code, paid=False, intent_ref=None, amount=None, metadata={}
        )
        settle(tools, answer=missing)


def _find(tools: Toolbox, lost: Mapping[str, _Quiet], known: Mapping[str, _Quiet]) -> None:
    """Go through the sessions made while ``lost`` and ``known`` were; settle those that are theirs."""
    asked = (*lost.values(), *known.values())
    if not asked:
        return
    since = min(each.called_at for each in asked) - CLOCKS_APART
    until = max(each.ends_at for each in asked) - SESSION_LENGTH_MIN + CLOCKS_APART
    missing = {each.payment_id: each for each in lost.values()}
    for found in tools.payments.recent(since=since, until=until):
        ours = lost.get(found.metadata.get("payment_key", ""))
        if ours is not None:
            missing.pop(ours.payment_id, None)
        if ours is not None or (found.ref in known and found.status != "open"):
            settle(tools, answer=found)
    _give_up(tools, [each.payment_id for each in missing.values() if each.over])


def _give_up(tools: Toolbox, payment_ids: Sequence[int]) -> None:
    """Attempts that Stripe never heard of, and whose time is over: nobody can pay them any more."""
    with tools.transaction() as session:
        session.execute(
            update(Payment)
            .where(
                Payment.id.in_(payment_ids),
                Payment.state == PaymentState.PREPARED,
                Payment.session_ref.is_(None),
            )
            .values(state=PaymentState.FAILED)
        )


def reconcile_refunds(tools: Toolbox) -> int:
    """Look up refunds that Stripe accepted and had not finished; returns how many were looked up."""
    with tools.reading() as session:
        refs = session.scalars(
            select(Refund.refund_ref)
            .where(Refund.state == RefundState.SENT, Refund.refund_ref.is_not(None))
            .order_by(func.random())
            .limit(LOOKED_UP_PER_RUN_MAX)
        ).all()
    for ref in refs:
        assert ref is not None, "selected with a reference"
        try:
            note_refund(tools, answer=tools.payments.look_up_refund(ref))
        except GatewayRefusal:
            continue
    return len(refs)
