"""Orders: states of an order, and the rules of paying, cancelling, withdrawing and refunding."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from marketplace.domain.lifecycle import Lifecycle
from marketplace.domain.money import Money, total, vat_within
from marketplace.domain.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from marketplace.domain.territories import Territory

WITHDRAWAL_DAYS = 14
"""Directive 2011/83/EU, art. 9: fourteen days from delivery of the last good of the order."""
REFUND_DAYS = 14
"""Directive 2011/83/EU, art. 13: reimbursed within fourteen days."""
PAY_WITHIN = timedelta(minutes=30)


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


class AddressMissing(Refusal):
    """The order needs a delivery address first."""

    code = "address_missing"


class TerritoryMismatch(Refusal):
    """The sale delivers to another country than the address names."""

    code = "territory_mismatch"


class AlreadyPacked(Refusal):
    """The order is packed or gone; it can be withdrawn from after delivery instead."""

    code = "order_already_packed"


class WithdrawalOver(Refusal):
    """The fourteen days ended at ``ended_at``, or the goods have not been delivered yet."""

    code = "withdrawal_over"


class RefundTooLarge(Refusal):
    """More than was paid and not yet refunded; ``most`` is what is left."""

    code = "refund_too_large"


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


def sums(prices: Iterable[Money], home: Territory) -> Sums:
    """What ``prices`` come to when they are sent to ``home``: shipping once, VAT at the rate of that country."""
    items = total(prices, home.currency)
    due = items + home.shipping
    return Sums(items, home.shipping, due, vat_within(due, home.vat_bps))


@dataclass(frozen=True, slots=True)
class Part:
    """Units of one line that go back."""

    line_id: int
    units: int
    price: Money


def amount(parts: Sequence[Part], *, shipping: Money) -> Money:
    """What the member gets: the price of each unit, and shipping where it is given back."""
    return total((part.price * part.units for part in parts), shipping.currency) + shipping


def withdrawal_ends_at(delivered_at: datetime, zone: str) -> datetime:
    """The instant at which the right of withdrawal ends: midnight after the fourteenth day, where the member lives.

    Directive 2011/83/EU art. 9 and Regulation 1182/71 art. 3: the day of delivery is not counted, days are whole.
    """
    place = ZoneInfo(zone)
    day = delivered_at.astimezone(place).date() + timedelta(days=WITHDRAWAL_DAYS + 1)
    return datetime.combine(day, time.min, tzinfo=place).astimezone(UTC)
