"""What is said of machines that speak for a brand: what their keys open, and what they are told of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.domain.deliveries import DeliveryState, Told
from marketplace.domain.keys import Scope
from marketplace.domain.outward import Fault
from marketplace.words import lazy

if TYPE_CHECKING:
    from marketplace.words import Lazy

SCOPES: dict[Scope, Lazy] = {
    Scope.READ_COLLECTIONS: lazy("Read collections, their styles and variants"),
    Scope.READ_IMPORTS: lazy("Read imports and what was found in their files"),
    Scope.WRITE_IMPORTS: lazy("Send files, say what columns mean, let rows in"),
    Scope.READ_DEALS: lazy("Read deals, their versions and lines"),
    Scope.READ_SALES: lazy("Read sales and when they open"),
    Scope.READ_FIGURES: lazy("Read how sales are selling"),
    Scope.READ_STATEMENTS: lazy("Read statements and what is paid of them"),
}

TOLD: dict[Told, Lazy] = {
    Told.SALE_OPENED: lazy("A sale of yours opened"),
    Told.SALE_CLOSED: lazy("A sale of yours closed"),
    Told.STATEMENT_READY: lazy("A statement is there"),
    Told.PAYOUT_PAID: lazy("A statement is paid"),
    Told.STOCK_LOW: lazy("Few pieces of an item are left"),
    Told.ORDER_SHIPPED: lazy("Pieces of yours left in a parcel"),
    Told.MESSAGE_RECEIVED: lazy("The house wrote to you"),
    Told.PING: lazy("A trial that you asked for"),
}
"""What each message says."""

DELIVERY_STATES: dict[DeliveryState, Lazy] = {
    DeliveryState.WAITING: lazy("On its way"),
    DeliveryState.DELIVERED: lazy("Arrived"),
    DeliveryState.GIVEN_UP: lazy("Given up"),
}

FAULTS: dict[str, Lazy] = {
    Fault.NO_CONNECTION: lazy("Nobody answered"),
    Fault.TLS: lazy("The certificate was not believed"),
    Fault.SLOW: lazy("The answer took too long"),
    Fault.UNREADABLE: lazy("The answer could not be read"),
    "address_refused.unknown_host": lazy("No machine goes by this name"),
    "address_refused.not_public": lazy("The address leads into a private network"),
}
"""What went wrong with a try that brought no status."""
