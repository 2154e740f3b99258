"""Setup intents: a card is saved for later, without a payment now."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from marketplace.local.stripe import cards, forms, methods
from marketplace.local.stripe.attempts import Outcome
from marketplace.local.stripe.call import Call, fresh
from marketplace.local.stripe.errors import ApiError, Record, invalid, refused
from marketplace.local.stripe.forms import Table
from marketplace.local.stripe.lists import PAGING, Listing

if TYPE_CHECKING:
    from marketplace.local.stripe.cards import Decline
    from marketplace.local.stripe.forms import Reader, Values

DESCRIPTION: dict[str, Reader] = {
    "description": forms.text(1_000, empties=True),
    "metadata": forms.metadata,
}
_CONFIRMATION: dict[str, Reader] = {"payment_method": forms.text(), "return_url": forms.url}

CREATE = Table(
    {
        **DESCRIPTION,
        **_CONFIRMATION,
        "automatic_payment_methods": Table(
            {"allow_redirects": forms.choice("always", "never"), "enabled": forms.flag},
            required=("enabled",),
        ),
        "confirm": forms.flag,
        "customer": forms.text(),
        "payment_method_types": forms.rows(forms.choice("card"), maximum=1),
        "usage": forms.choice("off_session", "on_session"),
    }
)
UPDATE = Table({**DESCRIPTION, "customer": forms.text(), "payment_method": forms.text()})
CONFIRM = Table(_CONFIRMATION)
CANCEL = Table(
    {"cancellation_reason": forms.choice("abandoned", "duplicate", "requested_by_customer")}
)
LIST = Table(
    {
        **PAGING,
        "created": forms.moments,
        "customer": forms.text(),
        "payment_method": forms.text(),
    }
)

everything = Listing("setup_intent", "/v1/setup_intents", ("customer", "payment_method"))

_UNFINISHED = ("requires_payment_method", "requires_confirmation", "requires_action")


def create(call: Call) -> Record:
    """``POST /v1/setup_intents``, confirmed at once if asked."""
    values = call.values
    if "return_url" in values and not call.given("confirm"):
        message = "return_url can only be used with confirm=true."
        raise invalid(message, param="return_url")
    intent = made(call, values)
    if "payment_method" in values:
        intent["payment_method"] = methods.named(call, values["payment_method"])["id"]
        intent["status"] = "requires_confirmation"
        call.books.save(intent)
    return _confirmed(call, intent) if call.given("confirm") else intent


def made(call: Call, values: Values) -> Record:
    """Store a new setup intent from what its maker (API or session) said about it."""
    if values.get("customer"):
        call.books.get("customer", values["customer"], param="customer")
    name = fresh("seti")
    record = {
        "id": name,
        "object": "setup_intent",
        "application": None,
        "automatic_payment_methods": None,
        "cancellation_reason": None,
        "client_secret": f"{name}_secret_{secrets.token_hex(12)}",
        "created": call.now,
        "customer": values.get("customer"),
        "description": values.get("description"),
        "flow_directions": None,
        "last_setup_error": None,
        "latest_attempt": None,
        "livemode": False,
        "mandate": None,
        "metadata": forms.merged({}, values.get("metadata")),
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "single_use_mandate": None,
        "status": "requires_payment_method",
        "usage": values.get("usage", "off_session"),
        "_return_url": values.get("return_url"),
        "_session": values.get("_session"),
    }
    call.books.add(record)
    call.announcer.record(call, "setup_intent.created", record)
    return record


def retrieve(call: Call) -> Record:
    """``GET /v1/setup_intents/{id}``."""
    return call.books.get("setup_intent", call.target)


def update(call: Call) -> Record:
    """``POST /v1/setup_intents/{id}``."""
    intent = retrieve(call)
    if "description" in call.values:
        intent["description"] = call.values["description"]
    if "customer" in call.values:
        name = call.values["customer"]
        intent["customer"] = call.books.get("customer", name, param="customer")["id"]
    if "metadata" in call.values:
        intent["metadata"] = forms.merged(intent["metadata"], call.values["metadata"])
    if "payment_method" in call.values:
        intent["payment_method"] = methods.named(call, call.values["payment_method"])["id"]
    call.books.save(intent)
    return intent


def confirm(call: Call) -> Record:
    """``POST /v1/setup_intents/{id}/confirm``."""
    intent = retrieve(call)
    if intent["status"] not in _UNFINISHED or intent["_session"]:
        message = "You cannot confirm this SetupIntent because it has a status of "
        message += f"{intent['status']}."
        raise _unexpected(message)
    if "payment_method" in call.values:
        intent["payment_method"] = methods.named(call, call.values["payment_method"])["id"]
    if "return_url" in call.values:
        intent["_return_url"] = call.values["return_url"]
    return _confirmed(call, intent)


def _confirmed(call: Call, intent: Record) -> Record:
    if intent["payment_method"] is None:
        message = "You cannot confirm this SetupIntent because it's missing a payment method."
        raise _unexpected(message)
    method = call.books.get("payment_method", intent["payment_method"])
    if attempted(call, intent, method) == Outcome.DECLINED:
        raise declined(call, intent)
    return intent


def attempted(call: Call, intent: Record, method: Record) -> Outcome:
    """Try to save the card once; its bank may want its holder to confirm first."""
    intent["payment_method"] = method["id"]
    if methods.wants_authentication(method):
        intent["status"] = "requires_action"
        intent["next_action"] = {"type": "redirect_to_url"}
        call.books.save(intent)
        call.announcer.record(call, "setup_intent.requires_action", intent)
        return Outcome.NEEDS_AUTHENTICATION
    return saved(call, intent, method)


def saved(call: Call, intent: Record, method: Record) -> Outcome:
    """Save the card, authentication being done or not asked for."""
    forced = cards.DECLINES.get(call.decline) if call.decline else None
    decline = forced or methods.set_up_decline(method)
    if decline:
        return failed(call, intent, method, decline)
    method["_set_up"] = intent["usage"] == "off_session"
    call.books.save(method)
    if intent["customer"]:
        methods.attached(call, method, intent["customer"])
    intent |= {"status": "succeeded", "next_action": None, "last_setup_error": None}
    call.books.save(intent)
    call.announcer.record(call, "setup_intent.succeeded", intent)
    return Outcome.SUCCEEDED


def failed(call: Call, intent: Record, method: Record, decline: Decline) -> Outcome:
    """Note a failed attempt; the intent waits for another card."""
    error = cards.card_error(decline.message, decline.code).body
    if decline.decline_code:
        error["decline_code"] = decline.decline_code
    shown = {name: value for name, value in method.items() if not name.startswith("_")}
    intent |= {
        "last_setup_error": {**error, "payment_method": shown},
        "next_action": None,
        "payment_method": None,
        "status": "requires_payment_method",
    }
    call.books.save(intent)
    call.announcer.record(call, "setup_intent.setup_failed", intent)
    return Outcome.DECLINED


def declined(call: Call, intent: Record) -> ApiError:
    """The 402 that tells of the intent's last failure; everything written about it stays."""
    last = intent["last_setup_error"]
    error = cards.card_error(last["message"], last["code"])
    error.body |= last
    error.body["setup_intent"] = call.announcer.dresser.plain(intent)
    error.keeps = True
    return error


def cancel(call: Call) -> Record:
    """``POST /v1/setup_intents/{id}/cancel``."""
    intent = retrieve(call)
    if intent["status"] not in _UNFINISHED:
        message = "You cannot cancel this SetupIntent because it has a status of "
        message += f"{intent['status']}."
        raise _unexpected(message)
    return canceled(call, intent, call.given("cancellation_reason"))


def canceled(call: Call, intent: Record, reason: str | None) -> Record:
    """Cancel the intent."""
    intent |= {"cancellation_reason": reason, "next_action": None, "status": "canceled"}
    call.books.save(intent)
    call.announcer.record(call, "setup_intent.canceled", intent)
    return intent


def _unexpected(message: str) -> ApiError:
    return refused(message, code="setup_intent_unexpected_state")
