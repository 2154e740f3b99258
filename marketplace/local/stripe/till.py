"""The till: where buyers' attempts to pay meet the books, from the pay page and from drivers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.local.stripe import checkout, sweep
from marketplace.local.stripe.api import pause
from marketplace.local.stripe.call import Call
from marketplace.local.stripe.checkout import Result
from marketplace.local.stripe.errors import ApiError, Record, trouble

if TYPE_CHECKING:
    from collections.abc import Callable

    from marketplace.local.stripe.checkout import Entry
    from marketplace.local.stripe.events import Announcer
    from marketplace.local.stripe.faults import ApiFaults
    from marketplace.local.stripe.store import Store


@dataclass(frozen=True, slots=True)
class Sale:
    """What became of an attempt.

    ``email`` is the buyer's address where the shop gave one, ``error`` Stripe's error object when a
    card was not taken.
    """

    result: Result
    session: Record
    intent: Record | None
    email: str = ""
    error: Record | None = None
    drop: bool = False


@dataclass(slots=True)
class Till:
    """Lets buyers pay; the API's faults strike here too, under the pay page's path."""

    store: Store
    announcer: Announcer
    faults: ApiFaults
    base_url: str

    def shown(self, name: str) -> Sale:
        """The session as it stands, nothing done."""
        with self.store.transaction() as books:
            call = Call(books, self.announcer, self.base_url)
            sweep.expired(call)
            session = books.get("checkout.session", name)
            closed = checkout.closed(session)
            result = Result.NOTHING_TO_AUTHENTICATE if session["status"] == "open" else closed
            intent = checkout.intent_of(call, session)
            if session["status"] == "open" and intent and intent["status"] == "requires_action":
                result = Result.NEEDS_AUTHENTICATION
            return Sale(result, session, intent, checkout.email_of(call, session))

    def pay(self, name: str, entry: Entry) -> Sale:
        """Pay a session with a card."""
        return self._act(name, lambda call, session: checkout.pay(call, session, entry))

    def authenticate(self, name: str, *, approve: bool) -> Sale:
        """Answer the bank's question about a session's payment."""
        return self._act(
            name, lambda call, session: checkout.authenticate(call, session, approve=approve)
        )

    def answer(self, name: str, *, approve: bool) -> Record | None:
        """Answer the bank's question about an intent that the API made; ``None``: none is open."""
        kind = "setup_intent" if name.startswith("seti_") else "payment_intent"
        with self.store.transaction() as books:
            intent = books.get(kind, name)
            if intent["status"] != "requires_action" or intent["_session"]:
                return None
            call = Call(books, self.announcer, self.base_url)
            checkout.answered(call, intent, approve=approve)
            return intent

    def _act(self, name: str, deed: Callable[[Call, Record], Result]) -> Sale:
        struck = self.faults.strike("POST", f"/c/pay/{name}")
        if "delay" in struck:
            pause(struck["delay"].delay_ms)
        failing = struck.get("error_500")
        if failing and not failing.acts:
            raise trouble()
        with self.store.transaction() as books:
            call = Call(books, self.announcer, self.base_url)
            if "decline" in struck:
                call.decline = struck["decline"].decline_code
            sweep.expired(call)
            session = books.get("checkout.session", name)
            sale = _done(call, session, deed, drop="lost_reply" in struck)
        if failing:
            raise trouble()
        return sale


def _done(
    call: Call, session: Record, deed: Callable[[Call, Record], Result], *, drop: bool
) -> Sale:
    email = checkout.email_of(call, session)
    try:
        with call.books.attempt():
            result = deed(call, session)
    except ApiError as refusal:
        if refusal.body["type"] != "card_error":
            raise
        return Sale(Result.DECLINED, session, None, email, refusal.body, drop)
    intent = checkout.intent_of(call, session)
    error = None
    if result == Result.DECLINED and intent:
        error = intent.get("last_payment_error") or intent.get("last_setup_error")
    return Sale(result, session, intent, email, error, drop)
