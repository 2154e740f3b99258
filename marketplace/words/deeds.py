"""Events in words, as the trail of a thing tells them; one line for each name an event can have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.domain.doors import Door
from marketplace.domain.events import Event
from marketplace.words import lazy

if TYPE_CHECKING:
    from marketplace.words import Lazy

DEEDS: dict[Event, Lazy] = {
    Event.BRAND_CREATED: lazy("Brand created"),
    Event.BRAND_CHANGED: lazy("Brand changed"),
    Event.BRAND_USER_INVITED: lazy("Person invited"),
    Event.COLLECTION_CREATED: lazy("Collection created"),
    Event.COLLECTION_SUBMITTED: lazy("Collection submitted"),
    Event.BRIEF_STATED: lazy("Brief stated"),
    Event.RRP_EVIDENCED: lazy("Evidence for public prices added"),
    Event.STYLE_COMPLETED: lazy("Style completed"),
    Event.DEAL_PROPOSED: lazy("Deal proposed"),
    Event.DEAL_COUNTERED: lazy("Deal countered"),
    Event.DEAL_ACCEPTED: lazy("Deal accepted"),
    Event.DEAL_DECLINED: lazy("Deal declined"),
    Event.STOCK_COMMITTED: lazy("Stock committed"),
    Event.STOCK_RECEIVED: lazy("Goods received"),
    Event.STOCK_ACCEPTED: lazy("Goods received and accepted"),
    Event.STOCK_CORRECTED: lazy("Count corrected"),
    Event.SALE_DRAFTED: lazy("Sale drafted"),
    Event.SALE_CHANGED: lazy("Plan changed"),
    Event.SALE_ITEMS_CHANGED: lazy("Items changed"),
    Event.SALE_APPROVED_BY_BRAND: lazy("Approved by the brand"),
    Event.SALE_SCHEDULED: lazy("Scheduled"),
    Event.SALE_UNSCHEDULED: lazy("Taken back to a draft"),
    Event.SALE_OPENED: lazy("Opened"),
    Event.SALE_PAUSED: lazy("Paused"),
    Event.SALE_RESUMED: lazy("Resumed"),
    Event.SALE_EXTENDED: lazy("Extended"),
    Event.SALE_ENDED_EARLY: lazy("Ended early"),
    Event.SALE_CLOSED: lazy("Closed"),
    Event.SALE_CANCELLED: lazy("Cancelled"),
    Event.SALE_UNSOLD_FREED: lazy("Unsold units freed"),
    Event.SALE_MISSED: lazy("Opening not announced in time"),
    Event.SALE_HOUR_PASSED: lazy("An hour of the sale passed"),
    Event.ITEM_STOPPED: lazy("Item stopped"),
    Event.ITEM_RESUMED: lazy("Item resumed"),
    Event.HOLD_RELEASED_BY_OPERATOR: lazy("Hold released"),
    Event.ORDER_PLACED: lazy("Order placed"),
    Event.CHECKOUT_OPENED: lazy("Payment begun"),
    Event.CHECKOUT_REFUSED: lazy("Payment page refused"),
    Event.ORDER_PAID: lazy("Paid"),
    Event.ORDER_PAID_LATE: lazy("Paid late"),
    Event.ORDER_LAPSED: lazy("Not paid in time"),
    Event.ORDER_CANCELLED: lazy("Order cancelled"),
    Event.ORDER_PACKED: lazy("Packed"),
    Event.ORDER_SHIPPED: lazy("Shipped"),
    Event.ORDER_DELIVERED: lazy("Delivered"),
    Event.WITHDRAWAL_DECLARED: lazy("Withdrawal declared"),
    Event.RETURN_RECEIVED: lazy("Return received"),
    Event.REFUND_ASKED: lazy("Refund begun"),
    Event.REFUND_SUCCEEDED: lazy("Refunded"),
    Event.REFUND_FAILED: lazy("Refund failed"),
    Event.MESSAGE_WRITTEN: lazy("Message written"),
    Event.REPORT_TAKEN: lazy("Report taken"),
}
"""Events that a trail shows to a person; others are shown by their own name."""

ACTORS: dict[Door, Lazy] = {
    Door.MEMBER: lazy("member"),
    Door.BRAND: lazy("brand"),
    Door.OPERATOR: lazy("house"),
    Door.WORKER: lazy("by itself"),
    Door.HALLWAY: lazy("entrance"),
}

_BY_NAME = {str(event): words for event, words in DEEDS.items()}


def said(name: str) -> str:
    """What happened, in the reader's language; of an event without words, its name."""
    words = _BY_NAME.get(name)
    return str(words) if words is not None else name
