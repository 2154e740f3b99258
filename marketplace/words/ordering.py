"""States of orders and refunds in words, as members and operators read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.domain.orders import OrderState, RefundState, ReturnReason
from marketplace.domain.refunds import Bearer
from marketplace.words import lazy

if TYPE_CHECKING:
    from marketplace.words import Lazy

ORDER_STATES: dict[OrderState, Lazy] = {
    OrderState.AWAITING_PAYMENT: lazy("Waiting for your payment"),
    OrderState.PAID: lazy("Paid"),
    OrderState.PACKED: lazy("Packed"),
    OrderState.SHIPPED: lazy("On its way"),
    OrderState.DELIVERED: lazy("Delivered"),
    OrderState.CANCELLED: lazy("Cancelled"),
    OrderState.LAPSED: lazy("Not paid in time"),
    OrderState.REFUNDED: lazy("Refunded"),
}
REFUND_STATES: dict[RefundState, Lazy] = {
    RefundState.ASKED: lazy("Being sent"),
    RefundState.SENT: lazy("On its way to your bank"),
    RefundState.SUCCEEDED: lazy("Paid back"),
    RefundState.FAILED: lazy("Refused by the bank; a person of the house is looking at it"),
}
BEARERS: dict[Bearer, Lazy] = {
    Bearer.BRAND: lazy("The brand's: the piece was faulty, or it has it back"),
    Bearer.HOUSE: lazy("The house's: it lost or spoilt the piece"),
    Bearer.CARRIER: lazy("The carrier's: it lost or spoilt the parcel"),
}
"""Whose loss a refunded unit is."""
RETURN_REASONS: dict[ReturnReason, Lazy] = {
    ReturnReason.TOO_SMALL: lazy("Too small"),
    ReturnReason.TOO_LARGE: lazy("Too large"),
    ReturnReason.NOT_AS_PICTURED: lazy("Not as pictured"),
    ReturnReason.QUALITY: lazy("Quality below what was expected"),
    ReturnReason.FAULTY: lazy("Faulty or damaged"),
    ReturnReason.ARRIVED_LATE: lazy("Arrived late"),
    ReturnReason.CHANGED_MIND: lazy("Changed their mind"),
}
"""As the house and brands read them."""
OWN_REASONS = {**RETURN_REASONS, ReturnReason.CHANGED_MIND: lazy("I have changed my mind")}
"""As a member says them."""
