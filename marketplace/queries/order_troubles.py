"""Which payments need a person? Refunds that failed, payments nobody can explain, goods that are expected back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from sqlalchemy import text

from marketplace.db import clock
from marketplace.domain.disputes import DisputeState
from marketplace.domain.money import Money
from marketplace.domain.orders import RefundCause

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import RowMapping

    from marketplace.toolbox import Toolbox

SHOWN_MAX = 100

_FAILED = text(
    """
    SELECT r.id AS refund_id, o.ref, r.amount_minor, r.currency, r.cause, e.reason, e.created_at
    FROM refunds r JOIN orders o ON o.id = r.order_id
    LEFT JOIN LATERAL (
        SELECT f.reason, f.created_at FROM events f
        WHERE f.subject_type = 'refund' AND f.subject_id = r.id AND f.name = 'refund.failed'
        ORDER BY f.id DESC LIMIT 1
    ) e ON true
    WHERE r.state = 'failed' ORDER BY r.id LIMIT :most
    """
)
_UNEXPLAINED = text(
    """
    SELECT e.id AS event_id, e.created_at, e.data ->> 'session_ref' AS session_ref,
           e.data ->> 'refund_ref' AS refund_ref, o.ref
    FROM events e
    LEFT JOIN payments p ON e.subject_type = 'payment' AND p.id = e.subject_id
    LEFT JOIN orders o ON o.id = p.order_id
    WHERE e.name = 'payment.unexplained' AND NOT EXISTS (
        SELECT FROM events x
        WHERE x.subject_type = 'event' AND x.subject_id = e.id AND x.name = 'payment.explained'
    )
    ORDER BY e.id LIMIT :most
    """
)
_DISPUTES = text(
    """
    SELECT d.ref AS dispute_ref, o.ref, d.state, d.reason, d.amount_minor, d.currency, d.answer_by, d.opened_at
    FROM disputes d JOIN orders o ON o.id = d.order_id
    WHERE d.ended_at IS NULL ORDER BY d.answer_by, d.id LIMIT :most
    """
)
_RETURNS = text(
    """
    SELECT w.id AS withdrawal_id, o.ref, w.created_at, p.due_at
    FROM withdrawals w JOIN orders o ON o.id = w.order_id
    LEFT JOIN promises p ON p.kind = 'refund' AND p.subject_type = 'withdrawal' AND p.subject_id = w.id
    WHERE w.received_at IS NULL ORDER BY w.id LIMIT :most
    """
)


@dataclass(frozen=True, slots=True)
class FailedRefund:
    """Money that did not reach its member; ``why`` is the payment service's or the bank's word."""

    refund_id: int
    ref: str
    amount: Money
    cause: RefundCause
    why: str
    failed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Unexplained:
    """Something at the payment service that is not ours, or not for our sum; ``ref`` where an order is known."""

    event_id: int
    at: datetime
    session_ref: str | None
    refund_ref: str | None
    ref: str | None


@dataclass(frozen=True, slots=True)
class Expected:
    """Goods on their way back; ``late`` once the day promised for their refund is past."""

    withdrawal_id: int
    ref: str
    declared_at: datetime
    due_at: datetime | None
    late: bool


@dataclass(frozen=True, slots=True)
class Disputed:
    """A payment whose money its bank asks about, or has taken; ``reason`` is the payment service's word."""

    dispute_ref: str
    ref: str
    state: DisputeState
    reason: str
    amount: Money
    answer_by: datetime | None
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Troubles:
    """All that waits for a person, the oldest first; each list at most :data:`SHOWN_MAX` long."""

    failed: tuple[FailedRefund, ...]
    unexplained: tuple[Unexplained, ...]
    disputed: tuple[Disputed, ...]
    expected: tuple[Expected, ...]


def now(tools: Toolbox) -> Troubles:
    """What waits at this moment."""
    asked = {"most": SHOWN_MAX}
    with tools.reading() as session:
        at = clock.instant(session)
        failed = session.execute(_FAILED, asked).all()
        unexplained = session.execute(_UNEXPLAINED, asked).all()
        disputed = session.execute(_DISPUTES, asked).mappings().all()
        expected = session.execute(_RETURNS, asked).all()
    return Troubles(
        failed=tuple(
            FailedRefund(
                row.refund_id,
                row.ref,
                Money(row.amount_minor, row.currency),
                RefundCause(row.cause),
                row.reason or "",
                _utc(row.created_at),
            )
            for row in failed
        ),
        unexplained=tuple(
            Unexplained(
                row.event_id,
                row.created_at.astimezone(UTC),
                row.session_ref,
                row.refund_ref,
                row.ref,
            )
            for row in unexplained
        ),
        disputed=tuple(_disputed(row) for row in disputed),
        expected=tuple(
            Expected(
                row.withdrawal_id,
                row.ref,
                row.created_at.astimezone(UTC),
                _utc(row.due_at),
                late=row.due_at is not None and row.due_at < at,
            )
            for row in expected
        ),
    )


def _disputed(row: RowMapping) -> Disputed:
    return Disputed(
        row["dispute_ref"],
        row["ref"],
        DisputeState(row["state"]),
        row["reason"],
        Money(row["amount_minor"], row["currency"]),
        _utc(row["answer_by"]),
        row["opened_at"].astimezone(UTC),
    )


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC)
