"""Orders: from a bag of holds to a parcel on its way, and back where a member changes their mind."""

from marketplace.services.orders.changing import RefundLine, cancel, refund
from marketplace.services.orders.fulfilling import deliver, pack, ship
from marketplace.services.orders.placing import Placed, lapse_unpaid, pay_by_page, place, place_now
from marketplace.services.orders.returning import receive_part, receive_return, withdraw
from marketplace.services.orders.shortening import Closed, close_purchase

__all__ = [
    "Closed",
    "Placed",
    "RefundLine",
    "cancel",
    "close_purchase",
    "deliver",
    "lapse_unpaid",
    "pack",
    "pay_by_page",
    "place",
    "place_now",
    "receive_part",
    "receive_return",
    "refund",
    "ship",
    "withdraw",
]
