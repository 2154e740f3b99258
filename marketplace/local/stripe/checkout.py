"""How a checkout session is paid: by a buyer on the pay page, or by a driver in a buyer's place.

Each function acts inside one transaction and looks at the session's status first, so that of a
payment and an expiry that come at the same moment exactly one wins.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.local.stripe import attempts, baskets, cards, customers, intents, methods, setups
from marketplace.local.stripe.attempts import Outcome

if TYPE_CHECKING:
    from marketplace.local.stripe.call import Call
    from marketplace.local.stripe.errors import Record


@dataclass(frozen=True, slots=True)
class Entry:
    """What a buyer types; ``shipping`` is the id of the shipping option chosen, if there are any."""

    number: str
    exp_month: int
    exp_year: int
    cvc: str
    name: str = ""
    email: str = ""
    shipping: str = ""


class Result(StrEnum):
    """What became of a buyer's attempt."""

    PAID = "paid"
    NEEDS_AUTHENTICATION = "needs_authentication"
    DECLINED = "declined"
    EXPIRED = "expired"
    ALREADY_COMPLETE = "already_complete"
    NOTHING_TO_AUTHENTICATE = "nothing_to_authenticate"


_RESULTS = {
    Outcome.SUCCEEDED: Result.PAID,
    Outcome.NEEDS_AUTHENTICATION: Result.NEEDS_AUTHENTICATION,
    Outcome.DECLINED: Result.DECLINED,
}


def pay(call: Call, session: Record, entry: Entry) -> Result:
    """Try to pay an open session with a card; raises a ``card_error`` if it cannot be a card."""
    if session["status"] != "open":
        return closed(session)
    number = methods.read_card(call, entry.number, entry.exp_month, entry.exp_year, entry.cvc)
    if entry.shipping and session["mode"] == "payment":
        baskets.ship(session, entry.shipping)
    session["_buyer"] = _buyer(call, session, entry)
    customer = _customer(call, session)
    billing = {"name": session["_buyer"]["name"], "email": session["_buyer"]["email"]}
    method = methods.made(call, number, entry.exp_month, entry.exp_year, billing=billing)
    if session["mode"] == "setup":
        intent = _setup_intent(call, session, customer)
        return _ended(call, session, intent, setups.attempted(call, intent, method))
    intent = _payment_intent(call, session, customer)
    outcome = attempts.attempted(call, intent, method, may_ask=True)
    return _ended(call, session, intent, outcome)


def closed(session: Record) -> Result:
    """Why a session that is not open cannot be paid."""
    return Result.EXPIRED if session["status"] == "expired" else Result.ALREADY_COMPLETE


def _buyer(call: Call, session: Record, entry: Entry) -> Record:
    known = email_of(call, session)
    return {"email": known or entry.email or None, "name": entry.name or None}


def email_of(call: Call, session: Record) -> str:
    """The buyer's address where the shop gave one, on the session or on its customer."""
    if session["customer_email"]:
        return str(session["customer_email"])
    if session["customer"]:
        return call.books.get("customer", session["customer"])["email"] or ""
    return ""


def _customer(call: Call, session: Record) -> str | None:
    """The session's customer; a new one where the session wants one or the card is to be kept."""
    keeps = session["_intent_data"].get("setup_future_usage")
    if not session["customer"] and (keeps or session["customer_creation"] == "always"):
        session["customer"] = customers.made(call, session["_buyer"])["id"]
    return session["customer"] and str(session["customer"])


def _payment_intent(call: Call, session: Record, customer: str | None) -> Record:
    """The session's intent; Stripe makes it at the first attempt, not with the session."""
    if session["payment_intent"]:
        intent = call.books.get("payment_intent", session["payment_intent"])
        intent |= {"amount": session["amount_total"], "customer": customer}
        return intent
    values = {**session["_intent_data"], "customer": customer, "_session": session["id"]}
    amount, currency = session["amount_total"], session["currency"]
    intent = intents.made(call, values, amount=amount, currency=currency)
    session["payment_intent"] = intent["id"]
    return intent


def _setup_intent(call: Call, session: Record, customer: str | None) -> Record:
    if session["setup_intent"]:
        return call.books.get("setup_intent", session["setup_intent"])
    values = {**session["_intent_data"], "customer": customer, "_session": session["id"]}
    intent = setups.made(call, values)
    session["setup_intent"] = intent["id"]
    return intent


def _ended(call: Call, session: Record, intent: Record, outcome: Outcome) -> Result:
    if outcome == Outcome.SUCCEEDED:
        if session["mode"] == "payment":
            # Authorised is not yet paid: the session says so once the money is captured.
            taken = intent["status"] == "succeeded"
            session["payment_status"] = "paid" if taken else "unpaid"
        session["status"] = "complete"
        session["customer_details"] = {
            **session["_buyer"],
            "address": dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state")),
            "business_name": None,
            "individual_name": None,
            "phone": None,
            "tax_exempt": "none",
            "tax_ids": [],
        }
    call.books.save(session)
    if outcome == Outcome.SUCCEEDED:
        call.announcer.record(call, "checkout.session.completed", session)
    return _RESULTS[outcome]


def authenticate(call: Call, session: Record, *, approve: bool) -> Result:
    """The buyer answers the bank's question about a session's payment."""
    if session["status"] != "open":
        return closed(session)
    intent = intent_of(call, session)
    if intent is None or intent["status"] != "requires_action":
        return Result.NOTHING_TO_AUTHENTICATE
    return _ended(call, session, intent, answered(call, intent, approve=approve))


def intent_of(call: Call, session: Record) -> Record | None:
    """The payment or setup intent that an attempt to pay the session has made."""
    for kind in ("payment_intent", "setup_intent"):
        if session[kind]:
            return call.books.get(kind, session[kind])
    return None


def answered(call: Call, intent: Record, *, approve: bool) -> Outcome:
    """The card's holder approves or denies; the intent waits in ``requires_action``."""
    method = call.books.get("payment_method", intent["payment_method"])
    if intent["object"] == "setup_intent":
        if approve:
            return setups.saved(call, intent, method)
        return setups.failed(call, intent, method, cards.SETUP_NOT_AUTHENTICATED)
    if approve:
        return attempts.charged(call, intent, method)
    return attempts.failed(call, intent, method, cards.NOT_AUTHENTICATED)
