"""Payment intents: created, confirmed, captured, cancelled, whether by the API or by Checkout."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from marketplace.local.stripe import attempts, charges, forms, methods
from marketplace.local.stripe.call import Call, fresh
from marketplace.local.stripe.errors import ApiError, Record, invalid, refused
from marketplace.local.stripe.forms import Table
from marketplace.local.stripe.lists import PAGING, Listing, Search

if TYPE_CHECKING:
    from marketplace.local.stripe.forms import Reader, Values

AMOUNT_MIN = 50

SHIPPING = Table(
    {
        "address": methods.ADDRESS,
        "carrier": forms.text(empties=True),
        "name": forms.text(),
        "phone": forms.text(empties=True),
        "tracking_number": forms.text(empties=True),
    }
)
# What a session may say about the intent it will make, and an intent about itself.
DESCRIPTION: dict[str, Reader] = {
    "capture_method": forms.choice("automatic", "automatic_async", "manual"),
    "description": forms.text(1_000, empties=True),
    "metadata": forms.metadata,
    "receipt_email": forms.text(512, empties=True),
    "setup_future_usage": forms.choice("off_session", "on_session"),
    "shipping": SHIPPING,
    "statement_descriptor": forms.text(22, empties=True),
    "statement_descriptor_suffix": forms.text(22, empties=True),
    "transfer_group": forms.text(),
}
_CONFIRMATION: dict[str, Reader] = {
    "off_session": forms.flag,
    "payment_method": forms.text(),
    "return_url": forms.url,
}
CREATE = Table(
    {
        **DESCRIPTION,
        **_CONFIRMATION,
        "amount": forms.amount,
        "automatic_payment_methods": Table(
            {"allow_redirects": forms.choice("always", "never"), "enabled": forms.flag},
            required=("enabled",),
        ),
        "confirm": forms.flag,
        "currency": forms.currency,
        "customer": forms.text(),
        "error_on_requires_action": forms.flag,
        "payment_method_types": forms.rows(forms.choice("card"), maximum=1),
    },
    required=("amount", "currency"),
)
UPDATE = Table(
    {
        **{name: reader for name, reader in DESCRIPTION.items() if name != "capture_method"},
        "amount": forms.amount,
        "customer": forms.text(),
        "payment_method": forms.text(),
    }
)
CONFIRM = Table({**_CONFIRMATION, "error_on_requires_action": forms.flag})
CAPTURE = Table({"amount_to_capture": forms.amount, "metadata": forms.metadata})
CANCEL = Table(
    {
        "cancellation_reason": forms.choice(
            "abandoned", "duplicate", "fraudulent", "requested_by_customer"
        )
    }
)
LIST = Table({**PAGING, "created": forms.moments, "customer": forms.text()})
SEARCH = Table(
    {"limit": PAGING["limit"], "page": forms.text(), "query": forms.text()}, required=("query",)
)

everything = Listing("payment_intent", "/v1/payment_intents", ("customer",))
search = Search("payment_intent", "/v1/payment_intents/search")

_CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
_CANCELABLE = (
    "requires_payment_method",
    "requires_capture",
    "requires_confirmation",
    "requires_action",
    "processing",
)


def create(call: Call) -> Record:
    """``POST /v1/payment_intents``, confirmed at once if asked."""
    values = call.values
    if call.given("off_session") and not call.given("confirm"):
        message = "off_session can only be used with confirm=true."
        raise invalid(message, param="off_session")
    if "automatic_payment_methods" in values and "payment_method_types" in values:
        message = "You may only specify one of these parameters: automatic_payment_methods, "
        message += "payment_method_types."
        raise invalid(message)
    intent = made(call, values, amount=values["amount"], currency=values["currency"])
    if "payment_method_types" not in values:
        given = values.get("automatic_payment_methods", {"enabled": True})
        intent["automatic_payment_methods"] = {"allow_redirects": "always", **given}
        call.books.save(intent)
    if "payment_method" in values:
        _choose(call, intent, values["payment_method"])
    return confirmed(call, intent) if call.given("confirm") else intent


def made(call: Call, values: Values, *, amount: int, currency: str) -> Record:
    """Store a new intent from what its maker (API or session) said about it."""
    check_amount(amount, currency)
    name = fresh("pi")
    customer = values.get("customer")
    if customer:
        call.books.get("customer", customer, param="customer")
    record: Record = {
        **{field: values.get(field) for field in DESCRIPTION},
        "id": name,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": values.get("capture_method", "automatic_async"),
        "client_secret": f"{name}_secret_{secrets.token_hex(12)}",
        "confirmation_method": "automatic",
        "created": call.now,
        "currency": currency,
        "customer": customer,
        "excluded_payment_method_types": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": forms.merged({}, values.get("metadata")),
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": ["card"],
        "processing": None,
        "review": None,
        "source": None,
        "status": "requires_payment_method",
        "transfer_data": None,
        "_return_url": values.get("return_url"),
        "_session": values.get("_session"),
        "_capture_before": 0,
    }
    call.books.add(record)
    call.announcer.record(call, "payment_intent.created", record)
    return record


def check_amount(amount: int, currency: str) -> None:
    """Refuse what is too small for Stripe to charge."""
    if amount < AMOUNT_MIN:
        message = f"Amount must be at least {AMOUNT_MIN} of the smallest unit of {currency}"
        raise refused(message, param="amount", code="amount_too_small")


def _choose(call: Call, intent: Record, name: str) -> Record:
    """Set the intent's payment method; it must not belong to another customer."""
    method = methods.named(call, name)
    if method["customer"] not in {None, intent["customer"]}:
        message = (
            f"The provided PaymentMethod ({method['id']}) belongs to another Customer. "
            "Please include the Customer in the `customer` parameter on the PaymentIntent."
        )
        raise refused(message, param="payment_method")
    intent["payment_method"] = method["id"]
    if intent["status"] == "requires_payment_method":
        intent["status"] = "requires_confirmation"
    call.books.save(intent)
    return method


def retrieve(call: Call) -> Record:
    """``GET /v1/payment_intents/{id}``."""
    return call.books.get("payment_intent", call.target)


def update(call: Call) -> Record:
    """``POST /v1/payment_intents/{id}``."""
    intent = retrieve(call)
    if "amount" in call.values:
        if intent["status"] not in {"requires_payment_method", "requires_confirmation"}:
            message = "This PaymentIntent's amount could not be updated because it has a status "
            message += f"of {intent['status']}."
            raise _unexpected(intent, message)
        check_amount(call.values["amount"], intent["currency"])
        intent["amount"] = call.values["amount"]
    for name in ("description", "receipt_email", "shipping", "transfer_group"):
        if name in call.values:
            intent[name] = call.values[name]
    if "customer" in call.values:
        name = call.values["customer"]
        intent["customer"] = call.books.get("customer", name, param="customer")["id"]
    if "metadata" in call.values:
        intent["metadata"] = forms.merged(intent["metadata"], call.values["metadata"])
    call.books.save(intent)
    if "payment_method" in call.values:
        _choose(call, intent, call.values["payment_method"])
    return intent


def confirm(call: Call) -> Record:
    """``POST /v1/payment_intents/{id}/confirm``."""
    intent = retrieve(call)
    _own(intent, "confirm")
    if intent["status"] == "succeeded":
        message = "You cannot confirm this PaymentIntent because it has already succeeded after "
        message += "being previously confirmed."
        raise _unexpected(intent, message)
    if intent["status"] not in _CONFIRMABLE:
        message = (
            f"You cannot confirm this PaymentIntent because it has a status of {intent['status']}. "
            "Only a PaymentIntent with one of the following statuses may be confirmed: "
            "requires_confirmation, requires_action."
        )
        raise _unexpected(intent, message)
    if "payment_method" in call.values:
        _choose(call, intent, call.values["payment_method"])
    if "return_url" in call.values:
        intent["_return_url"] = call.values["return_url"]
    return confirmed(call, intent)


def confirmed(call: Call, intent: Record) -> Record:
    """Charge the intent's card; a decline is raised and what it left behind stays."""
    off_session = call.given("off_session", otherwise=False)
    if intent["payment_method"] is None:
        message = (
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can "
            "either update the PaymentIntent with a payment method and then confirm it again, or "
            "confirm it again directly with a payment method."
        )
        raise _unexpected(intent, message)
    automatic = intent["automatic_payment_methods"] or {}
    redirects = automatic.get("enabled") and automatic.get("allow_redirects") == "always"
    if redirects and not intent["_return_url"] and not off_session:
        message = (
            "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. "
            "Because some of these payment methods might redirect your customer off of your page, "
            "you must provide a `return_url`. If you don't want to accept redirect-based payment "
            "methods, set `automatic_payment_methods[enabled]` to `true` and "
            "`automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents "
            "and Payment Intents."
        )
        raise refused(message, param="return_url")
    method = call.books.get("payment_method", intent["payment_method"])
    asks = not off_session and not call.given("error_on_requires_action", otherwise=False)
    outcome = attempts.attempted(call, intent, method, may_ask=asks)
    if outcome == attempts.Outcome.DECLINED:
        raise attempts.declined(call, intent)
    return intent


def capture(call: Call) -> Record:
    """``POST /v1/payment_intents/{id}/capture``: once, all or part; the rest is let go."""
    intent = retrieve(call)
    if intent["status"] != "requires_capture":
        message = (
            f"This PaymentIntent could not be captured because it has a status of "
            f"{intent['status']}. Only a PaymentIntent with one of the following statuses may be "
            "captured: requires_capture."
        )
        raise _unexpected(intent, message)
    amount = call.given("amount_to_capture", intent["amount_capturable"])
    if amount > intent["amount_capturable"]:
        message = (
            f"The amount to capture ({amount}) is greater than the amount you can capture "
            f"({intent['amount_capturable']}) for this PaymentIntent."
        )
        raise refused(message, param="amount_to_capture", code="amount_too_large")
    charges.captured(call, call.books.get("charge", intent["latest_charge"]), amount)
    intent |= {"status": "succeeded", "amount_capturable": 0, "amount_received": amount}
    intent["metadata"] = forms.merged(intent["metadata"], call.given("metadata", {}))
    call.books.save(intent)
    call.announcer.record(call, "payment_intent.succeeded", intent)
    _tell_session(call, intent)
    return intent


def _tell_session(call: Call, intent: Record) -> None:
    """A session whose payment was only authorised is paid once the money is taken."""
    if intent["_session"]:
        session = call.books.get("checkout.session", intent["_session"])
        session["payment_status"] = "paid"
        call.books.save(session)


def cancel(call: Call) -> Record:
    """``POST /v1/payment_intents/{id}/cancel``."""
    intent = retrieve(call)
    if intent["status"] != "requires_capture":
        _own(intent, "cancel")
    if intent["status"] not in _CANCELABLE:
        message = (
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}. "
            f"Only a PaymentIntent with one of the following statuses may be canceled: "
            f"{', '.join(_CANCELABLE)}."
        )
        raise _unexpected(intent, message)
    return canceled(call, intent, call.given("cancellation_reason"))


def canceled(call: Call, intent: Record, reason: str | None) -> Record:
    """Cancel the intent and let go of what was authorised."""
    intent |= {
        "amount_capturable": 0,
        "canceled_at": call.now,
        "cancellation_reason": reason,
        "next_action": None,
        "status": "canceled",
    }
    call.books.save(intent)
    call.announcer.record(call, "payment_intent.canceled", intent)
    return intent


def _own(intent: Record, deed: str) -> None:
    """An intent that Checkout made is confirmed and cancelled by Checkout alone."""
    if intent["_session"] and intent["status"] not in {"succeeded", "canceled"}:
        message = (
            f"You cannot {deed} this PaymentIntent because it was created by Checkout. "
            "To cancel it, expire the Checkout Session instead."
        )
        raise _unexpected(intent, message)


def _unexpected(intent: Record, message: str) -> ApiError:
    error = refused(message, code="payment_intent_unexpected_state")
    shown = {name: value for name, value in intent.items() if not name.startswith("_")}
    error.body["payment_intent"] = shown
    return error
