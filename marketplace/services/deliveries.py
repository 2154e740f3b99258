"""What happened, on its way to brands' machines: written once, signed, tried with growing pauses, given up in the end.

Messages hold what the brand sees on its own pages: nothing in them leads to a member.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from marketplace.db import clock, deliveries, locks
from marketplace.db.audit import EventRow
from marketplace.db.catalogue import Variant
from marketplace.db.deliveries import Delivery, DeliveryTry
from marketplace.db.orders import OrderLine
from marketplace.db.sales import Sale
from marketplace.db.settlements import Payout, Statement
from marketplace.domain import deliveries as rules
from marketplace.domain.conversations import OF_BRANDS, ParticipantRole, Subject, Visibility
from marketplace.domain.deliveries import DeliveryState, Told
from marketplace.domain.events import Event
from marketplace.domain.outward import AddressRefused
from marketplace.toolbox import GatewayTrouble

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.toolbox import Toolbox

AT_ONCE_MAX = 8
CLAIM_SECONDS = 120
"""Longer than so many endpoints in a row can take to answer."""
LOW_PER_RUN_MAX = 200
FORGOTTEN_PER_RUN_MAX = 500


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message in one sender's hands; ``lease`` proves that it still is."""

    delivery_id: int
    lease: int
    tries: int
    url: str
    body: str
    at: datetime
    secrets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one try: a status, or what went wrong."""

    status: int | None
    fault: str = ""
    took_ms: int | None = None


def write(tools: Toolbox, *, event_id: int) -> int:
    """Put on their way the messages that this event is worth, to every endpoint that chose them; how many are new."""
    with tools.transaction() as session:
        event = session.get_one(EventRow, event_id)
        new = 0
        for brand_id, told, content in _messages(session, event):
            for endpoint_id in deliveries.listening(session, told, [brand_id]).get(brand_id, ()):
                new += _put(
                    session,
                    endpoint_id=endpoint_id,
                    brand_id=brand_id,
                    source=f"event:{event.id}",
                    told=told,
                    at=event.created_at,
                    content=content,
                )
        return new


def watch_stock(tools: Toolbox) -> int:
    """Tell once of every item of a running sale that few pieces are left of; how many messages."""
    with tools.transaction() as session:
        now = clock.now(session)
        return sum(
            _put(
                session,
                endpoint_id=row.endpoint_id,
                brand_id=row.brand_id,
                source=f"low:{row.id}",
                told=Told.STOCK_LOW,
                at=now,
                content={"sale": row.ref, "sku": row.sku, "units": row.units, "unsold": row.unsold},
            )
            for row in deliveries.low_items(session, most=LOW_PER_RUN_MAX)
        )


def claim(tools: Toolbox) -> tuple[Claimed, ...]:
    """Take due messages into one sender's hands, one for each endpoint."""
    with tools.transaction() as session:
        rows = deliveries.claim(session, most=AT_ONCE_MAX, seconds=CLAIM_SECONDS)
        return tuple(
            Claimed(row.id, row.lease, row.tries, row.url, row.body, row.at, tuple(row.secrets))
            for row in rows
        )


def send(tools: Toolbox, *, claimed: Claimed) -> DeliveryState:
    """Bring a claimed message to its endpoint and note what became of it: delivered, waiting, or given up."""
    body = claimed.body.encode()
    headers = {
        "Content-Type": "application/json",
        rules.SIGNATURE: rules.signature(body, at=claimed.at, by=claimed.secrets),
    }
    try:
        reply = tools.outward.send(claimed.url, body=body, headers=headers)
    except AddressRefused as no:
        outcome = Outcome(None, f"{no.code}.{no.facts['reason']}")
    except GatewayTrouble as trouble:
        outcome = Outcome(None, str(trouble))
    else:
        outcome = Outcome(reply.status, "", reply.took_ms)
    return _noted(tools, claimed, outcome)


def forget(tools: Toolbox) -> int:
    """Remove messages that were finished a month ago; how many."""
    with tools.transaction() as session:
        return deliveries.forget(session, most=FORGOTTEN_PER_RUN_MAX)


def _noted(tools: Toolbox, claimed: Claimed, outcome: Outcome) -> DeliveryState:
    with tools.transaction() as session:
        row = locks.one(session, Delivery, claimed.delivery_id)
        if row.lease != claimed.lease or row.state is not DeliveryState.WAITING:
            return row.state  # somebody else took it over meanwhile, and will note it
        session.add(
            DeliveryTry(
                brand_id=row.brand_id,
                delivery_id=row.id,
                status=outcome.status,
                fault=outcome.fault,
                took_ms=outcome.took_ms,
            )
        )
        now = clock.now(session)
        row.claimed_until = None
        pause = rules.pause_after(row.tries)
        if outcome.status is not None and rules.is_arrived(outcome.status):
            row.state, row.finished_at = DeliveryState.DELIVERED, now
        elif pause is None:
            row.state, row.finished_at = DeliveryState.GIVEN_UP, now
        else:
            row.due_at = now + pause
        return row.state


def _messages(session: Session, event: EventRow) -> Iterator[tuple[int, Told, dict[str, Any]]]:
    """Brand, kind and content of each message that an event is worth."""
    match event.name:
        case Event.SALE_OPENED | Event.SALE_CLOSED:
            assert event.brand_id is not None, "a sale is of a brand"
            sale = session.get_one(Sale, event.subject_id)
            yield event.brand_id, Told(event.name), {"sale": sale.ref}
        case Event.ORDER_SHIPPED:
            yield from _shipped(session, event.subject_id)
        case Event.STATEMENT_ISSUED:
            assert event.brand_id is not None, "a statement is of a brand"
            yield event.brand_id, Told.STATEMENT_READY, _stated(session, event.subject_id)
        case Event.PAYOUT_PAID:
            assert event.brand_id is not None, "a payout is of a brand"
            payout = session.get_one(Payout, event.subject_id)
            told = _stated(session, payout.statement_id) | {"reference": payout.reference}
            yield event.brand_id, Told.PAYOUT_PAID, told
        case Event.MESSAGE_WRITTEN if _is_for_brand(event):
            assert event.brand_id is not None, "looked at above"
            yield event.brand_id, Told.MESSAGE_RECEIVED, _about(session, event)


def _stated(session: Session, statement_id: int) -> dict[str, Any]:
    """A statement by its number, with what it pays and by when."""
    row = session.get_one(Statement, statement_id)
    return {
        "statement": row.number,
        "to_pay_minor": row.to_pay_minor,
        "currency": row.currency,
        "due_on": row.due_on.isoformat(),
    }


def _is_for_brand(event: EventRow) -> bool:
    return (
        event.brand_id is not None
        and event.subject_type in OF_BRANDS
        and event.data.get("role") == ParticipantRole.OPERATOR
        and event.data.get("visibility") == Visibility.ALL
    )


def _about(session: Session, event: EventRow) -> dict[str, Any]:
    """The thing that the message is about, by the name that the brand knows it by; nothing for all else."""
    if event.subject_type == Subject.SALE:
        return {"sale": session.get_one(Sale, event.subject_id).ref}
    if event.subject_type == Subject.BRAND:
        return {}
    return {event.subject_type: event.subject_id}


def _shipped(session: Session, order_id: int) -> Iterator[tuple[int, Told, dict[str, Any]]]:
    """Each brand's own pieces in the parcel; of the order, its number and its member nothing."""
    rows = session.execute(
        select(OrderLine, Variant.sku, Sale.ref)
        .join(Variant, Variant.id == OrderLine.variant_id)
        .join(Sale, Sale.id == OrderLine.sale_id)
        .where(OrderLine.order_id == order_id)
        .order_by(OrderLine.id)
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for line, sku, ref in rows:
        if line.kept:
            piece = {"sale": ref, "sku": sku, "units": line.kept}
            found.setdefault(line.brand_id, []).append(piece)
    for brand_id, pieces in found.items():
        yield brand_id, Told.ORDER_SHIPPED, {"pieces": pieces}


def _put(
    session: Session,
    *,
    endpoint_id: int,
    brand_id: int,
    source: str,
    told: Told,
    at: datetime,
    content: dict[str, Any],
) -> bool:
    body = {
        "id": f"msg_{secrets.token_hex(12)}",
        "type": str(told),
        "created_at": at.isoformat(),
        "data": content,
    }
    return deliveries.write(
        session,
        endpoint_id=endpoint_id,
        brand_id=brand_id,
        source=source,
        told=str(told),
        body=json.dumps(body, separators=(",", ":")),
    )
