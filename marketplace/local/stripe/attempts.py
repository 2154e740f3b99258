"""Attempts to pay: one card, tried once, and what that leaves behind on its payment intent."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.local.stripe import cards, charges, methods

if TYPE_CHECKING:
    from marketplace.local.stripe.call import Call
    from marketplace.local.stripe.cards import Decline
    from marketplace.local.stripe.errors import ApiError, Record

CAPTURE_WITHIN_SECONDS = 7 * 24 * 3_600


class Outcome(StrEnum):
    """How one attempt to charge a card ended."""

    SUCCEEDED = "succeeded"
    NEEDS_AUTHENTICATION = "needs_authentication"
    DECLINED = "declined"


def attempted(call: Call, intent: Record, method: Record, *, may_ask: bool) -> Outcome:
    """Try the card once. ``may_ask`` says whether its holder is there to authenticate."""
    if methods.wants_authentication(method):
        if not may_ask:
            return _fail(call, intent, method, cards.AUTHENTICATION_REQUIRED)
        intent["payment_method"] = method["id"]
        intent["status"] = "requires_action"
        intent["next_action"] = {"type": "redirect_to_url"}
        call.books.save(intent)
        call.announcer.record(call, "payment_intent.requires_action", intent)
        return Outcome.NEEDS_AUTHENTICATION
    return charged(call, intent, method)


def charged(call: Call, intent: Record, method: Record) -> Outcome:
    """Charge the card, authentication being done or not asked for."""
    forced = cards.DECLINES.get(call.decline) if call.decline else None
    decline = forced or methods.charge_decline(method)
    if decline:
        return _fail(call, intent, method, decline)
    charge = charges.made(call, intent, method, None)
    intent |= {
        "latest_charge": charge["id"],
        "payment_method": method["id"],
        "next_action": None,
        "last_payment_error": None,
    }
    _keep_card(call, intent, method)
    if intent["capture_method"] == "manual":
        intent["status"] = "requires_capture"
        intent["amount_capturable"] = intent["amount"]
        intent["_capture_before"] = call.now + CAPTURE_WITHIN_SECONDS
        event = "payment_intent.amount_capturable_updated"
    else:
        intent["status"] = "succeeded"
        intent["amount_received"] = intent["amount"]
        event = "payment_intent.succeeded"
    call.books.save(intent)
    call.announcer.record(call, event, intent)
    return Outcome.SUCCEEDED


def _keep_card(call: Call, intent: Record, method: Record) -> None:
    """A card paid with for future use is saved with its customer."""
    if not intent["setup_future_usage"] or not intent["customer"]:
        return
    method["_set_up"] = intent["setup_future_usage"] == "off_session"
    call.books.save(method)
    methods.attached(call, method, intent["customer"])


def _fail(call: Call, intent: Record, method: Record, decline: Decline) -> Outcome:
    charge = charges.made(call, intent, method, decline)
    intent["latest_charge"] = charge["id"]
    return failed(call, intent, method, decline)


def failed(call: Call, intent: Record, method: Record, decline: Decline) -> Outcome:
    """Note a failed attempt; the intent waits for another card."""
    error = cards.card_error(decline.message, decline.code).body
    if decline.decline_code:
        error["decline_code"] = decline.decline_code
        error["charge"] = intent["latest_charge"]
    intent["status"] = "requires_payment_method"
    intent["payment_method"] = None
    intent["next_action"] = None
    intent["last_payment_error"] = {
        **error,
        "payment_method": {key: value for key, value in method.items() if not key.startswith("_")},
    }
    call.books.save(intent)
    call.announcer.record(call, "payment_intent.payment_failed", intent)
    return Outcome.DECLINED


def declined(call: Call, intent: Record) -> ApiError:
    """The 402 that tells of the intent's last failure; everything written about it stays."""
    last = intent["last_payment_error"]
    error = cards.card_error(last["message"], last["code"])
    error.body |= last
    error.body["payment_intent"] = call.announcer.dresser.plain(intent)
    error.keeps = True
    return error
