"""Stripe, through its official SDK: the only file that imports it.

Every call carries our own key, stored before the call; the SDK's automatic keys are never used. Amounts are minor
units on both sides. See promises.md S1 to S15 for the failures that the callers of this file must expect.
"""

from __future__ import annotations

import time
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import stripe

from marketplace.db.session import assert_outside_transaction
from marketplace.domain.money import MINOR_DIGITS, Money
from marketplace.domain.pacing import CALL_SECONDS_MAX, Urgency
from marketplace.gateways import messages, parameters
from marketplace.gateways.pace import DOOR_PATIENCE_MS, PATIENCE_MS, Pace
from marketplace.toolbox import (
    CardSession,
    CheckoutSession,
    Collected,
    DisputeTold,
    GateFull,
    GatewayRefusal,
    GatewayTrouble,
    RefundAnswer,
    SavedCard,
)
from marketplace.toolbox.paying import CODE_MAX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from datetime import datetime
    from typing import TypeVar

    from marketplace.config import Settings
    from marketplace.db.session import Vault
    from marketplace.toolbox import CardAsked, CheckoutAsked, CollectAsked, PaymentEvent

    Answer = TypeVar("Answer")

NETWORK_RETRIES = 2
RETRY_AFTER_MS = 150
"""Doubled with each further try; a member waits for the answer."""
PEOPLES = frozenset(("sessions.create", "payment_intents.create"))
"""What is asked because somebody waits for it, even where a worker does the asking."""
TROUBLE_STATUSES = frozenset((409, *range(500, 600)))
"""Somebody else works on the same object, or Stripe itself is in trouble: ask again later."""
PAGE_SIZE = 100
MISSING = "resource_missing"
SIGNATURE_TOLERANCE_S = 300
BODY_BYTES_MAX = 256 * 1024


class StripePayments:
    """The payment service at ``base``. ``secrets`` are tried in turn, so that one can be rotated."""

    def __init__(
        self,
        key: str,
        *,
        base: str,
        secrets: tuple[str, ...],
        now: Callable[[], datetime],
        turn: Callable[[str, Urgency], AbstractContextManager[None]],
        urgency: Urgency = Urgency.BACKGROUND,
        retries: int = NETWORK_RETRIES,
    ) -> None:
        """One client for the process; it holds no connection until it is used.

        ``turn`` is the gate that each request goes through, tries again included: the SDK makes none by itself.
        """
        self._client = stripe.StripeClient(
            key,
            base_addresses={"api": base},
            max_network_retries=0,
            http_client=stripe.new_default_http_client(timeout=CALL_SECONDS_MAX),
        )
        self._secrets = secrets
        self._now = now
        self._turn = turn
        self._urgency = urgency
        self._retries = retries
        self._live = key.startswith(("sk_live_", "rk_live_"))

    def open_checkout(self, asked: CheckoutAsked) -> CheckoutSession:
        """Open a hosted session that takes cards only: money is there at once or not at all."""
        answer = self._called(
            "sessions.create",
            lambda: self._client.v1.checkout.sessions.create(
                parameters.of_session(asked),
                {"idempotency_key": asked.key},
            ),
        )
        return _session(answer)

    def look_up(self, session_ref: str) -> CheckoutSession:
        """The session as Stripe knows it now."""
        return _session(
            self._called(
                "sessions.retrieve", lambda: self._client.v1.checkout.sessions.retrieve(session_ref)
            )
        )

    def recent(self, *, since: datetime, until: datetime) -> Iterator[CheckoutSession]:
        """Every session created in this time, page by page."""
        after: str | None = None
        created = {"gte": int(since.timestamp()), "lte": int(until.timestamp())}
        while True:
            asked: dict[str, Any] = {"created": created, "limit": PAGE_SIZE}
            if after is not None:
                asked["starting_after"] = after
            page = self._page(asked)
            yield from (_session(each) for each in page.data)
            if not page.has_more:
                return
            after = page.data[-1].id

    def _page(self, asked: Any) -> stripe.ListObject[stripe.checkout.Session]:  # noqa: ANN401 - as above
        return self._called("sessions.list", lambda: self._client.v1.checkout.sessions.list(asked))

    def expire(self, session_ref: str) -> CheckoutSession:
        """End an open session; where it is no longer open, the session as it is."""
        try:
            return _session(
                self._called(
                    "sessions.expire", lambda: self._client.v1.checkout.sessions.expire(session_ref)
                )
            )
        except GatewayRefusal:
            return self.look_up(session_ref)

    def refund(
        self, *, key: str, intent_ref: str, amount: Money, metadata: Mapping[str, str]
    ) -> RefundAnswer:
        """Give ``amount`` of the payment back."""
        return _refund(
            self._called(
                "refunds.create",
                lambda: self._client.v1.refunds.create(
                    {
                        "payment_intent": intent_ref,
                        "amount": amount.minor,
                        "metadata": dict(metadata),
                    },
                    {"idempotency_key": key},
                ),
            )
        )

    def look_up_refund(self, refund_ref: str) -> RefundAnswer:
        """The refund as Stripe knows it now."""
        return _refund(
            self._called("refunds.retrieve", lambda: self._client.v1.refunds.retrieve(refund_ref))
        )

    def know(self, *, key: str, email: str) -> str:
        """Make a customer, of whom Stripe learns the address that its page would ask for anyway."""
        made = self._called(
            "customers.create",
            lambda: self._client.v1.customers.create({"email": email}, {"idempotency_key": key}),
        )
        return made.id

    def forget(self, customer_ref: str) -> None:
        """Delete the customer, and with it every card that is kept for it."""
        try:
            self._called("customers.delete", lambda: self._client.v1.customers.delete(customer_ref))
        except GatewayRefusal as refusal:
            if refusal.code != MISSING:
                raise

    def open_card_page(self, asked: CardAsked) -> CardSession:
        """Open a hosted session that takes a card and no money."""
        return _card_session(
            self._called(
                "sessions.create",
                lambda: self._client.v1.checkout.sessions.create(
                    parameters.of_card_page(asked), {"idempotency_key": asked.key}
                ),
            )
        )

    def look_up_card(self, session_ref: str) -> CardSession:
        """Such a session as Stripe knows it now."""
        return _card_session(
            self._called(
                "sessions.retrieve",
                lambda: self._client.v1.checkout.sessions.retrieve(
                    session_ref, {"expand": ["setup_intent.payment_method"]}
                ),
            )
        )

    def collect(self, asked: CollectAsked) -> Collected:
        """Charge a saved card off session; what its bank answers is told, whatever it is."""
        try:
            return Collected.told(
                self._called(
                    "payment_intents.create",
                    lambda: self._client.v1.payment_intents.create(
                        parameters.of_collecting(asked), {"idempotency_key": asked.key}
                    ),
                ).to_dict()
            )
        except GatewayRefusal as refusal:
            declined = refusal.__cause__
            if not isinstance(declined, stripe.CardError):
                raise
            return Collected(
                ref="",
                key=asked.key,
                paid=False,
                refused=True,
                code=_why(declined),
                amount=asked.amount,
            )

    def recently_collected(self, *, since: datetime, until: datetime) -> Iterator[Collected]:
        """Every payment intent created in this time, page by page; those of pay pages among them."""
        created = {"gte": int(since.timestamp()), "lte": int(until.timestamp())}
        asked: Any = {"created": created, "limit": PAGE_SIZE}
        while True:
            page = self._intents(asked)
            yield from (Collected.told(each.to_dict()) for each in page.data)
            if not page.has_more:
                return
            asked = {**asked, "starting_after": page.data[-1].id}

    def _intents(self, asked: Any) -> stripe.ListObject[stripe.PaymentIntent]:  # noqa: ANN401 - as above
        return self._called(
            "payment_intents.list", lambda: self._client.v1.payment_intents.list(asked)
        )

    def recent_disputes(self, *, since: datetime) -> Iterator[DisputeTold]:
        """Every dispute opened since then, page by page."""
        asked: Any = {"created": {"gte": int(since.timestamp())}, "limit": PAGE_SIZE}
        while True:
            page = self._disputes(asked)
            yield from (DisputeTold.told(each.to_dict()) for each in page.data)
            if not page.has_more:
                return
            asked = {**asked, "starting_after": page.data[-1].id}

    def _disputes(self, asked: Any) -> stripe.ListObject[stripe.Dispute]:  # noqa: ANN401 - as above
        return self._called("disputes.list", lambda: self._client.v1.disputes.list(asked))

    def verified(self, body: bytes, signature: str) -> PaymentEvent:
        """The event, if one of our secrets signed it within five minutes of now, before or after."""
        if len(body) > BODY_BYTES_MAX:
            raise GatewayRefusal("too_large", "the message is larger than any event")
        _check_stamp(signature, self._now())
        try:
            told = body.decode()
        except UnicodeDecodeError:
            raise messages.no_event("it is not written in UTF-8") from None
        if not any(_signed(told, signature, secret) for secret in self._secrets):
            raise GatewayRefusal("signature", "no secret of ours made this signature")
        event = messages.event(told)
        if event.body.get("livemode") is not self._live:
            raise GatewayRefusal("livemode", "the event belongs to the other mode")
        return event

    def _called(self, endpoint: str, call: Callable[[], Answer]) -> Answer:
        """Call at the pace allowed, outside any transaction, again under the same key while it is worth trying."""
        assert_outside_transaction("Stripe was called")
        urgency = Urgency.PERSON if endpoint in PEOPLES else self._urgency
        for tried in range(self._retries + 1):
            try:
                with self._turn(endpoint, urgency):
                    return _sorted(call)
            except GateFull as full:
                if tried:  # the first try was made: this is no call that was kept back
                    raise GatewayTrouble("no second try") from full
                raise
            except GatewayTrouble:
                if tried == self._retries:
                    raise
            time.sleep(RETRY_AFTER_MS * 2**tried / 1_000)
        raise AssertionError("the last try returns or raises")


def ungated(_endpoint: str, _urgency: Urgency) -> AbstractContextManager[None]:
    """No gate at all: for one caller alone before a simulator that counts nothing."""
    return nullcontext()


def _sorted(call: Callable[[], Answer]) -> Answer:
    """The answer; Stripe's errors become trouble, which may pass, or a refusal."""
    try:
        return call()
    except (
        stripe.APIConnectionError,
        stripe.RateLimitError,
        stripe.IdempotencyError,
    ) as trouble:
        raise GatewayTrouble(type(trouble).__name__) from trouble
    except stripe.StripeError as error:
        if error.http_status is None or error.http_status in TROUBLE_STATUSES:
            raise GatewayTrouble(f"{type(error).__name__} {error.http_status}") from error
        raise GatewayRefusal(
            str(error.code or error.http_status), str(error.user_message)
        ) from error


def _check_stamp(signature: str, now: datetime) -> None:
    """Refuse a stamp from the future as well: the SDK refuses old ones only."""
    stamps = [part[2:] for part in signature.split(",") if part.startswith("t=")]
    if len(stamps) != 1 or not stamps[0].isdecimal():
        raise GatewayRefusal("signature", "the signature carries no time")
    if abs(int(stamps[0]) - int(now.timestamp())) > SIGNATURE_TOLERANCE_S:
        raise GatewayRefusal("signature", "the signature's time is not near now")


def _signed(told: str, signature: str, secret: str) -> bool:
    try:
        stripe.WebhookSignature.verify_header(told, signature, secret, SIGNATURE_TOLERANCE_S)
    except stripe.SignatureVerificationError:
        return False
    return True


def _session(answer: stripe.checkout.Session) -> CheckoutSession:
    intent = answer.payment_intent
    currency = (answer.currency or "").upper()
    return CheckoutSession(
        ref=answer.id,
        url=answer.url or "",
        status=answer.status or "",
        paid=answer.payment_status == "paid",
        intent_ref=intent if isinstance(intent, str) or intent is None else intent.id,
        amount=Money(answer.amount_total or 0, currency) if currency in MINOR_DIGITS else None,
        metadata=dict(answer.metadata.to_dict()) if answer.metadata else {},
    )


def _card_session(answer: stripe.checkout.Session) -> CardSession:
    setup = answer.setup_intent
    method = None if setup is None or isinstance(setup, str) else setup.payment_method
    return CardSession(
        ref=answer.id,
        url=answer.url or "",
        status=answer.status or "",
        card=None if method is None or isinstance(method, str) else _saved(method),
    )


def _saved(method: stripe.PaymentMethod) -> SavedCard:
    card = method.card
    assert card is not None, "the page takes cards only"
    return SavedCard(method.id, card.brand, card.last4 or "", card.exp_year, card.exp_month)


def _why(declined: stripe.CardError) -> str:
    """The finer code of the bank where Stripe tells it."""
    told = declined.error
    finer = None if told is None else told.decline_code
    return str(finer or declined.code or declined.http_status)[:CODE_MAX]


def _refund(answer: stripe.Refund) -> RefundAnswer:
    status = answer.status or "pending"
    return RefundAnswer(
        ref=answer.id,
        status="failed" if status in {"failed", "canceled"} else status,
        amount=Money(answer.amount, answer.currency.upper()),
    )


def chosen(
    settings: Settings, vault: Vault, now: Callable[[], datetime], *, at_a_door: bool
) -> StripePayments:
    """Stripe at ``STRIPE_API_BASE``: the real one, or the simulator of one machine.

    ``at_a_door``: people wait for its answers, and its threads are for all of them and wait for nothing.
    """
    secrets = tuple(
        part.strip() for part in settings.stripe_webhook_secret.split(",") if part.strip()
    )
    pace = Pace(
        vault,
        patience_ms=DOOR_PATIENCE_MS if at_a_door else PATIENCE_MS,
        each_most=settings.stripe_endpoint_per_second,
        all_most=settings.stripe_overall_per_second,
    )
    return StripePayments(
        settings.stripe_api_key,
        base=settings.stripe_api_base,
        secrets=secrets,
        now=now,
        turn=pace.turn,
        urgency=Urgency.PERSON if at_a_door else Urgency.BACKGROUND,
    )
