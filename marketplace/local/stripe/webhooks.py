"""Webhook endpoints made through the API, and the events as the API shows them."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from marketplace.local.stripe import API_VERSION, forms
from marketplace.local.stripe.call import Call, fresh
from marketplace.local.stripe.events import TYPES
from marketplace.local.stripe.forms import Table
from marketplace.local.stripe.lists import PAGING, Listing

if TYPE_CHECKING:
    from marketplace.local.stripe.errors import Record

_ENABLED = forms.rows(forms.choice("*", *TYPES), maximum=len(TYPES))
CREATE = Table(
    {
        "api_version": forms.choice(API_VERSION),
        "description": forms.text(empties=True),
        "enabled_events": _ENABLED,
        "metadata": forms.metadata,
        "url": forms.url,
    },
    required=("enabled_events", "url"),
)
LIST = Table(PAGING)
EVENTS = Table(
    {
        **PAGING,
        "created": forms.moments,
        "type": forms.text(),
        "types": forms.rows(forms.text(), maximum=20),
    }
)

everyone = Listing("webhook_endpoint", "/v1/webhook_endpoints")
_events = Listing("event", "/v1/events", ("type",))


def create(call: Call) -> Record:
    """``POST /v1/webhook_endpoints``; the only answer that shows the signing secret."""
    record = {
        "id": fresh("we"),
        "object": "webhook_endpoint",
        "api_version": call.given("api_version"),
        "application": None,
        "created": call.now,
        "description": call.given("description"),
        "enabled_events": call.values["enabled_events"],
        "livemode": False,
        "metadata": forms.merged({}, call.given("metadata")),
        "status": "enabled",
        "url": call.values["url"],
        "_secret": f"whsec_{secrets.token_hex(16)}",
    }
    call.books.add(record)
    return {**record, "secret": record["_secret"]}


def retrieve(call: Call) -> Record:
    """``GET /v1/webhook_endpoints/{id}``."""
    return call.books.get("webhook_endpoint", call.target)


def delete(call: Call) -> Record:
    """``DELETE /v1/webhook_endpoints/{id}``."""
    record = retrieve(call)
    call.books.remove(record["id"])
    return {"id": record["id"], "object": "webhook_endpoint", "deleted": True}


def events(call: Call) -> Record:
    """``GET /v1/events``: all of them, for as long as the folder lives."""
    found = _events(call)
    return {**found, "data": [_counted(call, event) for event in found["data"]]}


def event(call: Call) -> Record:
    """``GET /v1/events/{id}``."""
    return _counted(call, call.books.get("event", call.target))


def _counted(call: Call, record: Record) -> Record:
    """With the number of endpoints that have not yet taken the event."""
    (waiting,) = call.books.connection.execute(
        "select count(distinct endpoint) from deliveries where event=?"
        " and state in ('pending', 'sending', 'withheld')",
        (record["id"],),
    ).fetchone()
    return {**record, "pending_webhooks": waiting}
