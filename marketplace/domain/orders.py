"""Orders: states of an order, and the rules of paying, cancelling, withdrawing and refunding."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from marketplace.domain import reasons
from marketplace.domain.lifecycle import Lifecycle
from marketplace.domain.money import Money, total, vat_within
from marketplace.domain.refusals import Invalid, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from marketplace.domain.territories import Territory

WITHDRAWAL_DAYS = 14
"""Directive 2011/83/EU, art. 9: fourteen days from delivery of the last good of the order."""
REFUND_DAYS = 14
"""Directive 2011/83/EU, art. 13: reimbursed within fourteen days."""
REFUNDED_WITHIN = timedelta(days=5)
"""What the house promises for money that goes back at once; it usually needs a minute."""
ORDERS_PER_HOUR_MAX = 30
"""Of one member: each order opens a page of the payment service, which is how stolen cards are tried out."""
ATTEMPTS_MAX = 5
"""Checkout sessions that the house opens for one order."""


class OrderState(StrEnum):
    """Where an order stands."""

    AWAITING_PAYMENT = "awaiting_payment"
    PAID = "paid"
    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"
    REFUNDED = "refunded"


ORDER_LIFECYCLE = Lifecycle(
    "order",
    {
        OrderState.AWAITING_PAYMENT: (
            OrderState.PAID,
            OrderState.LAPSED,
            OrderState.CANCELLED,
            OrderState.REFUNDED,
        ),
        OrderState.PAID: (OrderState.PACKED, OrderState.CANCELLED, OrderState.REFUNDED),
        OrderState.PACKED: (OrderState.SHIPPED, OrderState.REFUNDED),
        OrderState.SHIPPED: (OrderState.DELIVERED, OrderState.REFUNDED),
        OrderState.DELIVERED: (OrderState.REFUNDED,),
        OrderState.CANCELLED: (),
        OrderState.LAPSED: (OrderState.PAID, OrderState.REFUNDED),
        OrderState.REFUNDED: (),
    },
)


class RefundState(StrEnum):
    """Where a refund stands: asked for in our books, sent to Stripe, settled or refused there."""

    ASKED = "asked"
    SENT = "sent"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class RefundCause(StrEnum):
    """Why money goes back."""

    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"
    PAID_LATE = "paid_late"
    PAID_TWICE = "paid_twice"
    OPERATOR = "operator"
    SHORT = "short"


class ReturnReason(StrEnum):
    """Why a member sends pieces back, if they care to say: the law asks for no reason."""

    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    NOT_AS_PICTURED = "not_as_pictured"
    QUALITY = "quality"
    FAULTY = "faulty"
    ARRIVED_LATE = "arrived_late"
    CHANGED_MIND = "changed_mind"


class PaymentState(StrEnum):
    """One attempt to be paid."""

    PREPARED = "prepared"
    OPENED = "opened"
    SUCCEEDED = "succeeded"
    EXPIRED = "expired"
    FAILED = "failed"


class BagEmpty(Refusal):
    """There is nothing held to pay for."""

    code = "bag_empty"


class BagChanged(Refusal):
    """What is held is no longer what was seen when the order was pressed for."""

    code = "bag_changed"


class AddressMissing(Refusal):
    """The order needs a delivery address first."""

    code = "address_missing"


class TerritoryMismatch(Refusal):
    """The sale delivers to another country than the address names."""

    code = "territory_mismatch"


class OrdersTooMany(Refusal):
    """The member placed so many orders in the last hour that the house waits with another."""

    code = "too_many_orders"


class OrderEnded(Refusal):
    """The order no longer waits for a payment: it lapsed, was cancelled, or its bag changed."""

    code = "order_ended"


class AlreadyPacked(Refusal):
    """The order is packed or gone; it can be withdrawn from instead."""

    code = "order_already_packed"


class WithdrawalOver(Refusal):
    """The fourteen days ended at ``ended_at``."""

    code = "withdrawal_over"


class NothingToWithdraw(Refusal):
    """The order is not packed yet, so that it can simply be cancelled, or it has ended."""

    code = "nothing_to_withdraw"


class RefundTooLarge(Refusal):
    """More than was paid and not yet refunded; ``most`` is what is left, in units of a line or in money."""

    code = "refund_too_large"


@dataclass(frozen=True, slots=True)
class NotTaken:
    """Units of a line that came back and are not taken, and why: the member reads it."""

    units: int
    reason: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """One parcel of a return, by line id: what is taken, what is not and why, what is still to come."""

    taken: dict[int, int]
    refused: dict[int, NotTaken]
    missing: dict[int, int]


def receipt(
    declared: Mapping[int, int], taken: Mapping[int, int], refused: Mapping[int, NotTaken]
) -> Receipt:
    """What one parcel makes of the units ``declared``.

    Refuses more than was declared (RefundTooLarge), nothing at all (Invalid), and a refusal without its reason.
    """
    kept = {line: units for line, units in taken.items() if units}
    not_taken = {
        line: NotTaken(each.units, reasons.given(each.reason))
        for line, each in refused.items()
        if each.units
    }
    if not kept and not not_taken:
        raise Invalid(field="units", reason="needed")
    missing = dict(declared)
    come = [*kept.items(), *((line, each.units) for line, each in not_taken.items())]
    for line, units in come:
        left = missing.get(line, 0)
        if not 0 < units <= left:
            raise RefundTooLarge(most=left)
        missing[line] = left - units
    return Receipt(kept, not_taken, {line: units for line, units in missing.items() if units})


class RefundNotFailed(Refusal):
    """Only a refund that the payment service refused can be sent once more."""

    code = "refund_not_failed"


class PaymentTrouble(Refusal):
    """The payment service did not answer; nothing was charged and the hold is kept."""

    code = "payment_trouble"


@dataclass(frozen=True, slots=True)
class Sums:
    """What a bag or an order comes to: prices with VAT, shipping, and the VAT contained in both."""

    items: Money
    shipping: Money
    total: Money
    vat: Money


def as_seen(holds: Iterable[tuple[int, int]]) -> str:
    """A bag in few letters, for a form to say what its reader saw: each hold's id and units."""
    return ",".join(f"{hold_id}x{units}" for hold_id, units in sorted(holds))


def sums(prices: Iterable[Money], home: Territory) -> Sums:
    """What ``prices`` come to when they are sent to ``home``: shipping once, VAT at the rate of that country."""
    items = total(prices, home.currency)
    due = items + home.shipping
    return Sums(items, home.shipping, due, vat_within(due, home.vat_bps))


def withdrawal_ends_at(delivered_at: datetime, zone: str) -> datetime:
    """The instant at which the right of withdrawal ends: midnight after the fourteenth day, where the member lives.

    Directive 2011/83/EU art. 9 and Regulation 1182/71 art. 3: the day of delivery is not counted, days are whole.
    """
    place = ZoneInfo(zone)
    day = delivered_at.astimezone(place).date() + timedelta(days=WITHDRAWAL_DAYS + 1)
    return datetime.combine(day, time.min, tzinfo=place).astimezone(UTC)


def may_withdraw(state: OrderState) -> bool:
    """Whether something is, or was, on its way that the member can withdraw from.

    The right exists before the goods arrive as well (Directive 2011/83/EU, recital 40); until packing an order is
    simply cancelled.
    """
    return state in {OrderState.PACKED, OrderState.SHIPPED, OrderState.DELIVERED}


def end_of_day(day: date, zone: str) -> datetime:
    """The last instant of ``day`` where the member lives: what is promised for a day is late after it."""
    return datetime.combine(day, time.max, tzinfo=ZoneInfo(zone)).astimezone(UTC)
