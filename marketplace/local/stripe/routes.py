"""Every endpoint of the API on one page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from marketplace.local.stripe import (
    balance,
    charges,
    customers,
    disputes,
    intents,
    methods,
    refunds,
    sessions,
    setups,
    webhooks,
)
from marketplace.local.stripe.call import Call
from marketplace.local.stripe.errors import ApiError, Record
from marketplace.local.stripe.forms import Table

Handler = Callable[[Call], Record]
NOTHING = Table({})


@dataclass(frozen=True, slots=True)
class Route:
    """A named operation: what Stripe's per-endpoint limit counts."""

    method: str
    template: str
    handler: Handler
    form: Table = NOTHING

    @property
    def operation(self) -> str:
        """Its name, the same whatever id the path holds."""
        return f"{self.method} {self.template}"


_G, _P, _D = "GET", "POST", "DELETE"
_CUSTOMER = "/v1/customers/{id}"
_METHOD = "/v1/payment_methods/{id}"
_SESSION = "/v1/checkout/sessions/{id}"
_INTENT = "/v1/payment_intents/{id}"
_SETUP = "/v1/setup_intents/{id}"
_CHARGE = "/v1/charges/{id}"
_REFUND = "/v1/refunds/{id}"

ROUTES = (
    Route(_P, "/v1/customers", customers.create, customers.CREATE),
    Route(_G, "/v1/customers", customers.everyone, customers.LIST),
    Route(_G, _CUSTOMER, customers.retrieve),
    Route(_P, _CUSTOMER, customers.update, customers.UPDATE),
    Route(_D, _CUSTOMER, customers.delete),
    Route(_G, f"{_CUSTOMER}/payment_methods", customers.cards_kept, customers.METHODS),
    Route(_P, "/v1/payment_methods", methods.create, methods.CREATE),
    Route(_G, "/v1/payment_methods", methods.everyone, methods.LIST),
    Route(_G, _METHOD, methods.retrieve),
    Route(_P, _METHOD, methods.update, methods.UPDATE),
    Route(_P, f"{_METHOD}/attach", methods.attach, methods.ATTACH),
    Route(_P, f"{_METHOD}/detach", methods.detach),
    Route(_P, "/v1/checkout/sessions", sessions.create, sessions.CREATE),
    Route(_G, "/v1/checkout/sessions", sessions.everything, sessions.LIST),
    Route(_G, _SESSION, sessions.retrieve),
    Route(_P, _SESSION, sessions.update, sessions.UPDATE),
    Route(_P, f"{_SESSION}/expire", sessions.expire),
    Route(_G, f"{_SESSION}/line_items", sessions.items, sessions.ITEMS),
    Route(_P, "/v1/payment_intents", intents.create, intents.CREATE),
    Route(_G, "/v1/payment_intents", intents.everything, intents.LIST),
    Route(_G, "/v1/payment_intents/search", intents.search, intents.SEARCH),
    Route(_G, _INTENT, intents.retrieve),
    Route(_P, _INTENT, intents.update, intents.UPDATE),
    Route(_P, f"{_INTENT}/confirm", intents.confirm, intents.CONFIRM),
    Route(_P, f"{_INTENT}/capture", intents.capture, intents.CAPTURE),
    Route(_P, f"{_INTENT}/cancel", intents.cancel, intents.CANCEL),
    Route(_P, "/v1/setup_intents", setups.create, setups.CREATE),
    Route(_G, "/v1/setup_intents", setups.everything, setups.LIST),
    Route(_G, _SETUP, setups.retrieve),
    Route(_P, _SETUP, setups.update, setups.UPDATE),
    Route(_P, f"{_SETUP}/confirm", setups.confirm, setups.CONFIRM),
    Route(_P, f"{_SETUP}/cancel", setups.cancel, setups.CANCEL),
    Route(_G, "/v1/charges", charges.everything, charges.LIST),
    Route(_G, _CHARGE, charges.retrieve),
    Route(_P, _CHARGE, charges.update, charges.UPDATE),
    Route(_G, f"{_CHARGE}/refunds", refunds.of_charge, refunds.LIST),
    Route(_P, "/v1/refunds", refunds.create, refunds.CREATE),
    Route(_G, "/v1/refunds", refunds.everything, refunds.LIST),
    Route(_G, _REFUND, refunds.retrieve),
    Route(_P, _REFUND, refunds.update, refunds.UPDATE),
    Route(_G, "/v1/disputes", disputes.everything, disputes.LIST),
    Route(_G, "/v1/disputes/{id}", disputes.retrieve),
    Route(_G, "/v1/balance", balance.balance),
    Route(_G, "/v1/balance_transactions", balance.everything, balance.LIST),
    Route(_G, "/v1/balance_transactions/{id}", balance.retrieve),
    Route(_G, "/v1/events", webhooks.events, webhooks.EVENTS),
    Route(_G, "/v1/events/{id}", webhooks.event),
    Route(_P, "/v1/webhook_endpoints", webhooks.create, webhooks.CREATE),
    Route(_G, "/v1/webhook_endpoints", webhooks.everyone, webhooks.LIST),
    Route(_G, "/v1/webhook_endpoints/{id}", webhooks.retrieve),
    Route(_D, "/v1/webhook_endpoints/{id}", webhooks.delete),
)

_FIXED = {route.operation: route for route in ROUTES}
_ID_POSITIONS = (3, 4)  # /v1/customers/{id}; /v1/checkout/sessions/{id}


def found(method: str, path: str) -> tuple[Route, str]:
    """The route of a request and the id in its path; raises Stripe's 404 for anything else."""
    route = _FIXED.get(f"{method} {path}")
    if route is not None:
        return route, ""
    parts = path.split("/")
    for position in _ID_POSITIONS:
        if len(parts) > position and parts[position]:
            template = "/".join([*parts[:position], "{id}", *parts[position + 1 :]])
            route = _FIXED.get(f"{method} {template}")
            if route is not None:
                return route, parts[position]
    message = (
        f"Unrecognized request URL ({method}: {path}). The Stripe simulator knows the endpoints "
        "that docs/stripe-simulator.md lists."
    )
    raise ApiError(404, message, began=False)
