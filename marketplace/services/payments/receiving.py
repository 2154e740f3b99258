"""What Stripe tells us: stored raw first, each message once, and carried out by a job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from marketplace.db import inbox
from marketplace.db.inbox import InboxMessage
from marketplace.domain.events import Event, Fact
from marketplace.domain.money import MINOR_DIGITS, Money
from marketplace.services.payments.collecting import settle_collected
from marketplace.services.payments.disputing import note_dispute
from marketplace.services.payments.refunding import note_refund
from marketplace.services.payments.saving import note_card
from marketplace.services.payments.settling import settle, settle_together
from marketplace.toolbox import CheckoutSession, Collected, DisputeTold, RefundAnswer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marketplace.toolbox import Toolbox

SOURCE = "stripe"
SESSION_KINDS = ("checkout.session.completed", "checkout.session.expired")
COLLECTED_KINDS = ("payment_intent.succeeded", "payment_intent.payment_failed")
DISPUTE_KINDS = "charge.dispute."
REFUND_KINDS = ("refund.created", "refund.updated", "refund.failed")


def receive(tools: Toolbox, *, body: bytes, signature: str) -> bool:
    """Store a message that one of our secrets signed; False if it came before. GatewayRefusal for any other."""
    event = tools.payments.verified(body, signature)
    with tools.transaction() as session:
        stored = session.execute(
            insert(InboxMessage)
            .values(source=SOURCE, message_id=event.message_id, kind=event.kind, body=event.body)
            .on_conflict_do_nothing(constraint="uq_inbox_source_message_id")
            .returning(InboxMessage.id)
        ).scalar_one_or_none()
        if stored is None:
            return False
        tools.record(session, Fact(Event.PAYMENT_EVENT_RECEIVED, "inbox", stored))
        return True


def handle_together(tools: Toolbox, *, message_ids: Sequence[int]) -> tuple[int, ...]:
    """Carry out what of these stored messages is plain, in one transaction; returns those that :func:`handle` is for.

    Plain are payments of checkouts that came as they are meant to.
    """
    with tools.reading() as session:
        waiting = session.execute(
            select(InboxMessage.id, InboxMessage.kind, InboxMessage.body)
            .where(InboxMessage.id.in_(message_ids), InboxMessage.handled_at.is_(None))
            .order_by(InboxMessage.id)
        ).all()
    answers = {
        row.id: session_in(row.body["data"]["object"])
        for row in waiting
        if row.kind in SESSION_KINDS and row.body["data"]["object"].get("mode") != "setup"
    }
    decided = settle_together(tools, answers=answers) if len(answers) > 1 else {}
    return tuple(row.id for row in waiting if row.id not in decided)


def handle(tools: Toolbox, *, message_id: int) -> None:
    """Carry out a stored message; again is harmless, and any order gives the same result."""
    with tools.reading() as session:
        message = session.get_one(InboxMessage, message_id)
        if message.handled_at is not None:
            return
        kind, content = message.kind, message.body["data"]["object"]
    outcome = "ignored"
    if kind in SESSION_KINDS and content.get("mode") == "setup":
        outcome = note_card(tools, key=str((content.get("metadata") or {}).get("card_key", "")))
    elif kind in COLLECTED_KINDS and "payment_key" in (content.get("metadata") or {}):
        outcome = settle_collected(tools, answer=Collected.told(content))
    elif kind in SESSION_KINDS:
        outcome = settle(tools, answer=session_in(content))
    elif kind in REFUND_KINDS:
        key = str((content.get("metadata") or {}).get("refund_key", ""))
        outcome = note_refund(tools, answer=refund_in(content), key=key)
    elif kind.startswith(DISPUTE_KINDS):
        outcome = note_dispute(tools, told=DisputeTold.told(content))
    with tools.transaction() as session:
        inbox.note_handled(session, {message_id: outcome})


def session_in(content: dict[str, Any]) -> CheckoutSession:
    """A checkout session as a signed message carries it."""
    currency = str(content.get("currency") or "").upper()
    intent = content.get("payment_intent")
    return CheckoutSession(
        ref=content["id"],
        url=content.get("url") or "",
        status=content.get("status") or "",
        paid=content.get("payment_status") == "paid",
        intent_ref=intent if isinstance(intent, str) or intent is None else intent["id"],
        amount=Money(content.get("amount_total") or 0, currency)
        if currency in MINOR_DIGITS
        else None,
        metadata=dict(content.get("metadata") or {}),
    )


def refund_in(content: dict[str, Any]) -> RefundAnswer:
    """A refund as a signed message carries it."""
    status = str(content.get("status") or "pending")
    return RefundAnswer(
        ref=content["id"],
        status="failed" if status in {"failed", "canceled"} else status,
        amount=Money(content["amount"], str(content["currency"]).upper()),
    )
