"""What a brand's machines are told of by themselves, how it is signed, and how often it is tried."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.domain.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

ENDPOINTS_MAX = 10
PAUSES = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
)
"""Between one try and the next."""
TRIES_MAX = len(PAUSES) + 1
"""After so many tries, 21 hours after the first, nothing is tried any more unless a person asks for it."""
OVERLAP = timedelta(hours=24)
"""For so long both secrets sign after one was replaced."""
KEPT_FOR = timedelta(days=30)
SECRET_BYTES = 32
SECRET_MARK = "whsec_"  # noqa: S105 - how every secret begins
SIGNATURE = "Aubaine-Signature"
LOW_LEFT = 1
LOW_ONE_OF = 10
"""An item is low once so many pieces are unsold, or one of so many of those that were offered."""


class Told(StrEnum):
    """What may be told. ``ping`` is sent when a person asks for it."""

    SALE_OPENED = "sale.opened"
    SALE_CLOSED = "sale.closed"
    STOCK_LOW = "stock.low"
    ORDER_SHIPPED = "order.shipped"
    MESSAGE_RECEIVED = "message.received"
    STATEMENT_READY = "statement.ready"
    PAYOUT_PAID = "payout.paid"
    PING = "ping"


CHOSEN = tuple(told for told in Told if told is not Told.PING)
"""What an endpoint may choose among."""


class DeliveryState(StrEnum):
    """Where a message stands. ``given_up``: tried as often as agreed; it waits for a person."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class TooManyEndpoints(Refusal):
    """The brand has as many endpoints as it may; ``most`` says how many that is."""

    code = "too_many_endpoints"


def fresh_secret() -> str:
    """A secret that nobody has."""
    return f"{SECRET_MARK}{secrets.token_urlsafe(SECRET_BYTES)}"


def signature(body: bytes, *, at: datetime, by: Iterable[str]) -> str:
    """The header's value: the second of sending, and for each secret HMAC-SHA256 of ``second.body`` in hex."""
    second = int(at.timestamp())
    signed = f"{second}.".encode() + body
    made = (hmac.new(each.encode(), signed, hashlib.sha256).hexdigest() for each in by)
    return ",".join((f"t={second}", *(f"v1={each}" for each in made)))


def pause_after(tries: int) -> timedelta | None:
    """How long to wait after so many tries came to nothing; None: no more is tried."""
    return PAUSES[tries - 1] if tries < TRIES_MAX else None


def is_arrived(status: int) -> bool:
    """Whether an answer says that the message was taken: 200 to 299 alone; who sends elsewhere takes nothing."""
    return 200 <= status < 300  # noqa: PLR2004 - as HTTP numbers them
