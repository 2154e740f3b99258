"""What the payment service tells by itself, read strictly: only what can be stored and carried out is an event."""

from __future__ import annotations

import json

from marketplace.toolbox import GatewayRefusal, PaymentEvent

ID_LENGTH_MAX = 60
"""Of an event and of its kind; what is longer fits no column."""
NO_TEXT = "\\u0000"
"""What JSON can say and PostgreSQL cannot keep."""


def event(told: str) -> PaymentEvent:
    """What was signed, if it can be stored and carried out: even our own secret makes no event of anything else."""
    try:
        body = json.loads(told)
    except (ValueError, RecursionError):
        raise no_event("it is not JSON") from None
    match body:
        case {"id": str(number), "type": str(kind), "data": {"object": dict()}} if (
            0 < len(number) <= ID_LENGTH_MAX
            and 0 < len(kind) <= ID_LENGTH_MAX
            and NO_TEXT not in told
        ):
            return PaymentEvent(number, kind, body)
    raise no_event("it lacks what an event has")


def no_event(why: str) -> GatewayRefusal:
    """What is said of anything else."""
    return GatewayRefusal("no_event", why)
