"""What is asked of the payment service and what it answers, in the house's own terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from marketplace.domain.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CODE_MAX = 80
REFUSED = frozenset({"requires_payment_method", "requires_action", "canceled"})
"""Of a payment that nobody is there to help along: it is over."""


@dataclass(frozen=True, slots=True)
class CheckoutLine:
    """One line on the hosted pay page."""

    name: str
    unit: Money
    units: int


@dataclass(frozen=True, slots=True)
class CheckoutAsked:
    """What the house asks of the payment service for one payment. ``key`` was stored before.

    Everything here is read from stored rows, so that asking again under the same key asks the same.
    """

    key: str
    order_ref: str
    lines: tuple[CheckoutLine, ...]
    email: str
    locale: str
    success_url: str
    cancel_url: str
    expires_at: datetime
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CheckoutSession:
    """A session as the payment service knows it.

    ``status``: open, complete or expired; ``paid`` when money came.
    """

    ref: str
    url: str
    status: str
    paid: bool
    intent_ref: str | None
    amount: Money | None
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CardAsked:
    """A page on which a member enters a card that is kept, and nothing is paid. ``key`` was stored before."""

    key: str
    customer_ref: str
    locale: str
    success_url: str
    cancel_url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class SavedCard:
    """A card as the payment service keeps it: enough to charge it, and enough for its holder to know it again."""

    method_ref: str
    brand: str
    last_four: str
    good_through_year: int
    good_through_month: int


@dataclass(frozen=True, slots=True)
class CardSession:
    """Such a page as the payment service knows it. ``status``: open, complete or expired; ``card`` once it is kept."""

    ref: str
    url: str
    status: str
    card: SavedCard | None


@dataclass(frozen=True, slots=True)
class CollectAsked:
    """A sum to take from a saved card while its holder is elsewhere.

    ``key`` was stored before; ``asked_at`` is when it was asked first.
    """

    key: str
    order_ref: str
    customer_ref: str
    method_ref: str
    amount: Money
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Collected:
    """What became of it: ``paid``, ``refused`` with the payment service's ``code``, or nothing yet. ``key`` is ours."""

    ref: str
    key: str
    paid: bool
    refused: bool
    code: str
    amount: Money

    @classmethod
    def told(cls, content: Mapping[str, Any]) -> Collected:
        """Read a payment intent, as the payment service's answers, lists and messages carry it."""
        failed = content.get("last_payment_error") or {}
        status = str(content.get("status") or "")
        return cls(
            ref=str(content["id"]),
            key=str((content.get("metadata") or {}).get("payment_key", "")),
            paid=status == "succeeded",
            refused=status in REFUSED,
            code=str(failed.get("decline_code") or failed.get("code") or status)[:CODE_MAX],
            amount=Money(int(content["amount"]), str(content["currency"]).upper()),
        )


@dataclass(frozen=True, slots=True)
class RefundAnswer:
    """A refund as the payment service knows it. ``status``: pending, succeeded or failed."""

    ref: str
    status: str
    amount: Money


@dataclass(frozen=True, slots=True)
class DisputeTold:
    """A payment that its payer disputes at their bank. ``status`` and ``reason`` are the payment service's words."""

    ref: str
    intent_ref: str
    amount: Money
    status: str
    reason: str
    opened_at: datetime
    answer_by: datetime | None

    @classmethod
    def told(cls, content: Mapping[str, Any]) -> DisputeTold:
        """Read a dispute, as the payment service's lists and messages carry it."""
        due = (content.get("evidence_details") or {}).get("due_by")
        return cls(
            ref=str(content["id"]),
            intent_ref=str(content.get("payment_intent") or ""),
            amount=Money(int(content["amount"]), str(content["currency"]).upper()),
            status=str(content["status"]),
            reason=str(content.get("reason") or "")[:CODE_MAX],
            opened_at=datetime.fromtimestamp(int(content["created"]), UTC),
            answer_by=None if due is None else datetime.fromtimestamp(int(due), UTC),
        )


@dataclass(frozen=True, slots=True)
class PaymentEvent:
    """A verified message of the payment service: its id, kind and raw body."""

    message_id: str
    kind: str
    body: dict[str, Any]


class Payments(Protocol):
    """The payment service. Every call carries our key, may raise GatewayTrouble, and is safe to repeat."""

    def open_checkout(self, asked: CheckoutAsked) -> CheckoutSession:
        """Open a hosted checkout session."""

    def look_up(self, session_ref: str) -> CheckoutSession:
        """The session as it is now."""

    def recent(self, *, since: datetime, until: datetime) -> Iterator[CheckoutSession]:
        """All sessions created in this time, for reconciling without webhooks."""

    def expire(self, session_ref: str) -> CheckoutSession:
        """End a session that is open; one that is already complete is returned as it is."""

    def refund(
        self, *, key: str, intent_ref: str, amount: Money, metadata: Mapping[str, str]
    ) -> RefundAnswer:
        """Give money back; GatewayRefusal if it is more than is left."""

    def look_up_refund(self, refund_ref: str) -> RefundAnswer:
        """The refund as it is now."""

    def know(self, *, key: str, email: str) -> str:
        """Make somebody known to the payment service, so that a card can be kept for them; its reference."""

    def forget(self, customer_ref: str) -> None:
        """Have the payment service forget somebody and their cards for good; once more is no trouble."""

    def open_card_page(self, asked: CardAsked) -> CardSession:
        """Open a hosted page on which a card is entered."""

    def look_up_card(self, session_ref: str) -> CardSession:
        """Such a page as it is now, with the card that was entered."""

    def collect(self, asked: CollectAsked) -> Collected:
        """Take a sum from a saved card; a bank's no is an answer, not a refusal."""

    def recently_collected(self, *, since: datetime, until: datetime) -> Iterator[Collected]:
        """What became of every sum asked for in this time from saved cards."""

    def recent_disputes(self, *, since: datetime) -> Iterator[DisputeTold]:
        """All disputes opened since then, as they are now."""

    def verified(self, body: bytes, signature: str) -> PaymentEvent:
        """The event in ``body`` if its signature is ours and fresh; GatewayRefusal otherwise."""
