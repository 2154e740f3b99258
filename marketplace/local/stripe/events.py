"""Events: what happened, recorded with the deed itself, and queued for every webhook endpoint."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from marketplace.local.stripe import API_VERSION
from marketplace.local.stripe.call import fresh

if TYPE_CHECKING:
    from collections.abc import Callable

    from marketplace.local.stripe.call import Call
    from marketplace.local.stripe.dressing import Dresser
    from marketplace.local.stripe.errors import Record
    from marketplace.local.stripe.faults import WebhookFaults
    from marketplace.local.stripe.store import Books

ENVIRONMENT_ENDPOINT = "we_environment"

TYPES = (
    "charge.captured",
    "charge.dispute.closed",
    "charge.dispute.created",
    "charge.dispute.funds_reinstated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.updated",
    "charge.failed",
    "charge.refunded",
    "charge.succeeded",
    "charge.updated",
    "checkout.session.completed",
    "checkout.session.expired",
    "customer.created",
    "customer.deleted",
    "customer.updated",
    "payment_intent.amount_capturable_updated",
    "payment_intent.canceled",
    "payment_intent.created",
    "payment_intent.payment_failed",
    "payment_intent.requires_action",
    "payment_intent.succeeded",
    "payment_method.attached",
    "payment_method.detached",
    "refund.created",
    "refund.updated",
    "setup_intent.canceled",
    "setup_intent.created",
    "setup_intent.requires_action",
    "setup_intent.setup_failed",
    "setup_intent.succeeded",
)


class Announcer:
    """Writes events; knows the endpoint that the environment names, if it names one."""

    def __init__(self, dresser: Dresser, faults: WebhookFaults, *, environment: bool) -> None:
        self.dresser = dresser
        self._faults = faults
        self._environment = environment
        self.wake: Callable[[], None] = lambda: None

    def record(self, call: Call, kind: str, record: Record) -> None:
        """Write the event and queue its deliveries, in the transaction of the deed."""
        assert kind in TYPES, kind
        listeners = self._listeners(call.books, kind)
        event = {
            "id": fresh("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": call.now,
            "data": {"object": self.dresser.plain(record)},
            "livemode": False,
            "pending_webhooks": len(listeners),
            "request": {"id": call.request or None, "idempotency_key": call.key or None},
            "type": kind,
        }
        call.books.add(event)
        for listener in listeners:
            self.queue(call.books, str(event["id"]), kind, listener)

    def queue(self, books: Books, event: str, kind: str, listener: str) -> None:
        """Queue the deliveries of one event to one endpoint, as the webhook faults would have it."""
        for state, due_ms in self._faults.plan(books, kind):
            books.connection.execute(
                "insert into deliveries (event, type, endpoint, state, due_ms, queued_ms)"
                " values (?, ?, ?, ?, ?, ?)",
                (event, kind, listener, state, due_ms, books.now_ms),
            )
        # The courier looks once this transaction is over: the store's lock makes it wait.
        self.wake()

    def _listeners(self, books: Books, kind: str) -> list[str]:
        found = [ENVIRONMENT_ENDPOINT] if self._environment else []
        for row in books.connection.execute(
            "select id, body from objects where object='webhook_endpoint' order by seq"
        ):
            wanted = json.loads(row["body"])["enabled_events"]
            if "*" in wanted or kind in wanted:
                found.append(row["id"])
        return found
