"""One order as the house sees it: lines, sums, promises, payments, refunds and what the member sends back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, text

from marketplace.db import clock
from marketplace.db.orders import Order
from marketplace.domain.money import Money
from marketplace.domain.orders import (
    ORDER_LIFECYCLE,
    NotTaken,
    OrderState,
    PaymentState,
    RefundCause,
    RefundState,
    ReturnReason,
)
from marketplace.domain.promises import keeping
from marketplace.domain.refunds import Bearer
from marketplace.domain.refusals import NotFound

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.engine import RowMapping
    from sqlalchemy.orm import Session

    from marketplace.domain.promises import Keeping

_LINES = text(
    """
    SELECT l.id AS line_id, b.name AS brand, s.ref AS sale_ref, style.name, v.sku, v.colour, v.size,
           l.units, l.cancelled_units, l.returned_units, l.price_minor
    FROM order_lines l
    JOIN brands b ON b.id = l.brand_id JOIN sales s ON s.id = l.sale_id
    JOIN variants v ON v.id = l.variant_id JOIN styles style ON style.id = v.style_id
    WHERE l.order_id = :order ORDER BY l.id
    """
)
_PAYMENTS = text(
    """
    SELECT attempt, state, amount_minor, currency, session_ref, intent_ref, called_at, succeeded_at,
           card_id IS NOT NULL AS by_card, refused_as
    FROM payments WHERE order_id = :order ORDER BY attempt
    """
)
_REFUNDS = text(
    """
    SELECT r.id AS refund_id, r.amount_minor, r.currency, r.cause, r.state, r.reason, r.created_at, r.settled_at,
           a.name AS asked_by, p.due_at, (
               SELECT min(g.borne_by) FROM line_returns g
               WHERE g.refund_id = r.id AND g.way = 'returned' AND r.cause = 'operator'
           ) AS borne_by
    FROM refunds r
    LEFT JOIN accounts a ON a.id = r.asked_by_id
    LEFT JOIN promises p ON p.kind = 'refund' AND p.subject_type = 'refund' AND p.subject_id = r.id
    WHERE r.order_id = :order ORDER BY r.id
    """
)
_RETURNS = text(
    """
    SELECT w.id AS withdrawal_id, w.lines, w.reasons, w.refused, w.follows_id, w.acknowledgement, w.created_at,
           w.received_at, p.due_at
    FROM withdrawals w
    LEFT JOIN promises p ON p.kind = 'refund' AND p.subject_type = 'withdrawal' AND p.subject_id = w.id
    WHERE w.order_id = :order ORDER BY w.id
    """
)
_MEMBER = text(
    "SELECT a.name, a.locale FROM members m JOIN accounts a ON a.id = m.account_id WHERE m.id = :member"
)
_PROMISE = text(
    "SELECT due_at, kept_at, void_at FROM promises"
    " WHERE kind = 'delivery' AND subject_type = 'order' AND subject_id = :order"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line; ``packed`` units belong in the parcel, ``kept`` ones have not come back either."""

    line_id: int
    brand: str
    sale_ref: str
    name: str
    sku: str
    colour: str
    size: str
    units: int
    packed: int
    kept: int
    price: Money


@dataclass(frozen=True, slots=True)
class Paid:
    """One attempt to be paid, by a saved card or on a pay page; ``refused_as`` is the payment service's code."""

    attempt: int
    state: PaymentState
    by_card: bool
    refused_as: str
    amount: Money
    session_ref: str | None
    intent_ref: str | None
    called_at: datetime | None
    succeeded_at: datetime | None


@dataclass(frozen=True, slots=True)
class Refunded:
    """One refund, by whom and why; ``due_at`` is what was promised for it.

    ``borne_by``: whose loss packed units are that an operator refunded; all of one refund have one bearer.
    """

    refund_id: int
    amount: Money
    cause: RefundCause
    state: RefundState
    reason: str
    asked_by: str | None
    asked_at: datetime
    settled_at: datetime | None
    due_at: datetime | None
    borne_by: Bearer | None


@dataclass(frozen=True, slots=True)
class Return:
    """A withdrawal: units and reasons given by line, and whether the goods have come back.

    ``refused`` by line: what came back and was not taken. ``is_rest``: what was missing from an earlier parcel.
    """

    withdrawal_id: int
    units: dict[int, int]
    reasons: dict[int, ReturnReason]
    refused: dict[int, NotTaken]
    is_rest: bool
    acknowledgement: str
    declared_at: datetime
    received_at: datetime | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Desk:
    """The whole order, and ``next_states``: where it may be moved from here."""

    order_id: int
    ref: str
    state: OrderState
    member: str
    locale: str
    """The language in which the member reads what lies in the parcel."""

    address: dict[str, Any]
    territory: str
    items: Money
    shipping: Money
    total: Money
    vat: Money
    vat_bps: int
    refunded: Money
    shipping_left: Money
    placed_at: datetime
    paid_at: datetime | None
    packed_at: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    ended_at: datetime | None
    carrier: str
    tracking: str
    promised_on: date
    keeping: Keeping | None
    lines: tuple[Line, ...]
    payments: tuple[Paid, ...]
    refunds: tuple[Refunded, ...]
    returns: tuple[Return, ...]
    next_states: tuple[OrderState, ...]

    @property
    def refundable(self) -> bool:
        """Whether something of it was paid and is not on its way back."""
        return self.paid_at is not None and self.refunded.minor < self.total.minor


def opened(session: Session, ref: str) -> Desk:
    """The order with this reference, as it is now; NotFound where there is none."""
    order = session.scalar(select(Order).where(Order.ref == ref))
    if order is None:
        raise NotFound
    asked = {"order": order.id}
    given_back = (
        "SELECT coalesce(sum(shipping_minor), 0)::bigint FROM refunds WHERE order_id = :order"
    )
    shipping_back = session.execute(text(given_back), asked).scalar_one()

    member = session.execute(_MEMBER, {"member": order.member_id}).one()

    def money(minor: int) -> Money:
        return Money(minor, order.currency)

    return Desk(
        order_id=order.id,
        ref=order.ref,
        state=order.state,
        member=member.name,
        locale=member.locale,
        address=order.address,
        territory=order.territory,
        items=money(order.items_minor),
        shipping=money(order.shipping_minor),
        total=money(order.total_minor),
        vat=money(order.vat_minor),
        vat_bps=order.vat_bps,
        refunded=money(order.refunded_minor),
        shipping_left=money(order.shipping_minor - shipping_back),
        placed_at=order.created_at,
        paid_at=order.paid_at,
        packed_at=order.packed_at,
        shipped_at=order.shipped_at,
        delivered_at=order.delivered_at,
        ended_at=order.ended_at,
        carrier=order.carrier,
        tracking=order.tracking,
        promised_on=order.promised_on,
        keeping=_kept(session, order),
        lines=tuple(_line(row, order) for row in session.execute(_LINES, asked).mappings()),
        payments=tuple(_paid(row) for row in session.execute(_PAYMENTS, asked).mappings()),
        refunds=tuple(_refunded(row) for row in session.execute(_REFUNDS, asked).mappings()),
        returns=tuple(_return(row) for row in session.execute(_RETURNS, asked).mappings()),
        next_states=ORDER_LIFECYCLE.moves[order.state],
    )


def _kept(session: Session, order: Order) -> Keeping | None:
    row = session.execute(_PROMISE, {"order": order.id}).one_or_none()
    if row is None:
        return None
    now = clock.instant(session)
    return keeping(due_at=row.due_at, kept_at=row.kept_at, void_at=row.void_at, now=now)


def _line(row: RowMapping, order: Order) -> Line:
    packed = row["units"] - row["cancelled_units"]
    return Line(
        line_id=row["line_id"],
        brand=row["brand"],
        sale_ref=row["sale_ref"],
        name=row["name"],
        sku=row["sku"],
        colour=row["colour"],
        size=row["size"],
        units=row["units"],
        packed=packed,
        kept=packed - row["returned_units"],
        price=Money(row["price_minor"], order.currency),
    )


def _paid(row: RowMapping) -> Paid:
    return Paid(
        attempt=row["attempt"],
        state=PaymentState(row["state"]),
        by_card=row["by_card"],
        refused_as=row["refused_as"],
        amount=Money(row["amount_minor"], row["currency"]),
        session_ref=row["session_ref"],
        intent_ref=row["intent_ref"],
        called_at=_utc(row["called_at"]),
        succeeded_at=_utc(row["succeeded_at"]),
    )


def _refunded(row: RowMapping) -> Refunded:
    return Refunded(
        refund_id=row["refund_id"],
        amount=Money(row["amount_minor"], row["currency"]),
        cause=RefundCause(row["cause"]),
        state=RefundState(row["state"]),
        reason=row["reason"],
        asked_by=row["asked_by"],
        asked_at=row["created_at"].astimezone(UTC),
        settled_at=_utc(row["settled_at"]),
        due_at=_utc(row["due_at"]),
        borne_by=Bearer(row["borne_by"]) if row["borne_by"] else None,
    )


def _return(row: RowMapping) -> Return:
    return Return(
        withdrawal_id=row["withdrawal_id"],
        units={int(line): units for line, units in row["lines"].items()},
        reasons={int(line): ReturnReason(why) for line, why in row["reasons"].items()},
        refused={int(line): NotTaken(**each) for line, each in row["refused"].items()},
        is_rest=row["follows_id"] is not None,
        acknowledgement=row["acknowledgement"],
        declared_at=row["created_at"].astimezone(UTC),
        received_at=_utc(row["received_at"]),
        due_at=_utc(row["due_at"]),
    )


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC)
