"""Checkout sessions, as the API makes, shows and expires them. How they are paid: checkout.py."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from marketplace.local.stripe import baskets, forms, intents, setups
from marketplace.local.stripe.dressing import items_of, listed
from marketplace.local.stripe.errors import Record, invalid, refused
from marketplace.local.stripe.forms import Table
from marketplace.local.stripe.lists import PAGING, Listing

if TYPE_CHECKING:
    from marketplace.local.stripe.call import Call
    from marketplace.local.stripe.forms import Values

EXPIRES_AFTER_SECONDS_MIN = 30 * 60
EXPIRES_AFTER_SECONDS_MAX = 24 * 3_600

LOCALES = [
    "auto",
    "bg",
    "cs",
    "da",
    "de",
    "el",
    "en",
    "en-GB",
    "es",
    "es-419",
    "et",
    "fi",
    "fil",
    "fr",
    "fr-CA",
    "hi-IN",
    "hr",
    "hu",
    "id",
    "it",
    "ja",
    "ko",
    "lt",
    "lv",
    "ms",
    "mt",
    "nb",
    "nl",
    "pl",
    "pt",
    "pt-BR",
    "ro",
    "ru",
    "sk",
    "sl",
    "sv",
    "th",
    "tr",
    "vi",
    "zh",
    "zh-HK",
    "zh-TW",
]

CREATE = Table(
    {
        "branding_settings": Table({"display_name": forms.text(100)}),
        "cancel_url": forms.url,
        "client_reference_id": forms.text(200),
        "currency": forms.currency,
        "customer": forms.text(),
        "customer_creation": forms.choice("always", "if_required"),
        "customer_email": forms.text(800),
        "expires_at": forms.whole(0, 10**12),
        "line_items": baskets.LINE_ITEMS,
        "locale": forms.choice(*LOCALES),
        "metadata": forms.metadata,
        "mode": forms.choice("payment", "setup"),
        "payment_intent_data": Table(intents.DESCRIPTION),
        "payment_method_types": forms.rows(forms.choice("card"), maximum=1),
        "setup_intent_data": Table(setups.DESCRIPTION),
        "shipping_options": baskets.SHIPPING_OPTIONS,
        "submit_type": forms.choice("auto", "book", "donate", "pay"),
        "success_url": forms.url,
        "ui_mode": forms.choice("hosted_page"),
    },
    required=("mode", "success_url"),
)
UPDATE = Table({"metadata": forms.metadata})
LIST = Table(
    {
        **PAGING,
        "created": forms.moments,
        "customer": forms.text(),
        "payment_intent": forms.text(),
        "status": forms.choice("complete", "expired", "open"),
    }
)
ITEMS = Table(PAGING)

_everything = Listing(
    "checkout.session", "/v1/checkout/sessions", ("customer", "payment_intent", "status")
)


def create(call: Call) -> Record:
    """``POST /v1/checkout/sessions``; refuses what Stripe refuses, in its order and words."""
    values = call.values
    _check_customer(call)
    _check_mode(values)
    expires_at = _expiry(call)
    currency = baskets.one_currency(values)
    shipping = [baskets.shipping_rate(option) for option in values.get("shipping_options", [])]
    items = [baskets.line_item(each) for each in values.get("line_items", [])]
    record = {**_shape(call), "currency": currency, "expires_at": expires_at}
    record["_line_items"] = items
    record["shipping_options"] = [
        {"shipping_amount": rate["fixed_amount"]["amount"], "shipping_rate": rate["id"]}
        for rate in shipping
    ]
    record["_shipping_rates"] = shipping
    if values["mode"] == "payment":
        baskets.ship(record, shipping[0]["id"] if shipping else "")
        baskets.check_total(record)
    call.books.add(record)
    return record


def _check_customer(call: Call) -> None:
    if "customer" in call.values and "customer_email" in call.values:
        message = "You may only specify one of these parameters: customer, customer_email."
        raise invalid(message, param="customer_email")
    if "customer" in call.values:
        call.books.get("customer", call.values["customer"], param="customer")
        if "customer_creation" in call.values:
            message = "You may only specify one of these parameters: customer, customer_creation."
            raise invalid(message, param="customer_creation")


def _check_mode(values: Values) -> None:
    if values["mode"] == "payment":
        if not values.get("line_items"):
            message = "You must provide at least one line item in `payment` mode."
            raise invalid(message, param="line_items", code="parameter_missing")
        unfit = "setup_intent_data"
    else:
        unfit = next(
            (
                name
                for name in ("line_items", "payment_intent_data", "shipping_options")
                if name in values
            ),
            "customer_creation",
        )
    if unfit in values:
        message = f"You can not pass `{unfit}` in `{values['mode']}` mode."
        raise invalid(message, param=unfit)


def _expiry(call: Call) -> int:
    expires_at: int = call.given("expires_at", call.now + EXPIRES_AFTER_SECONDS_MAX)
    if expires_at < call.now + EXPIRES_AFTER_SECONDS_MIN:
        message = "The `expires_at` timestamp must be at least 30 minutes from Checkout Session "
        message += "creation."
        raise invalid(message, param="expires_at")
    if expires_at > call.now + EXPIRES_AFTER_SECONDS_MAX:
        message = "The `expires_at` timestamp must be less than 24 hours from Checkout Session "
        message += "creation."
        raise invalid(message, param="expires_at")
    return expires_at


_NOTHING = (
    "after_expiration",
    "allow_promotion_codes",
    "amount_subtotal",
    "amount_total",
    "billing_address_collection",
    "client_secret",
    "collected_information",
    "consent",
    "consent_collection",
    "currency_conversion",
    "customer_details",
    "discounts",
    "integration_identifier",
    "invoice",
    "managed_payments",
    "origin_context",
    "payment_intent",
    "payment_link",
    "payment_method_configuration_details",
    "permissions",
    "recovered_from",
    "return_url",
    "saved_payment_method_options",
    "setup_intent",
    "shipping_address_collection",
    "shipping_cost",
    "subscription",
    "total_details",
    "wallet_options",
)
_GIVEN = (
    "cancel_url",
    "client_reference_id",
    "customer",
    "customer_email",
    "locale",
    "mode",
    "submit_type",
    "success_url",
)


def _shape(call: Call) -> Record:
    values = call.values
    paying = values["mode"] == "payment"
    creation = values.get("customer_creation", "if_required") if paying else None
    return {
        **dict.fromkeys(_NOTHING),
        **{name: values.get(name) for name in _GIVEN},
        "id": f"cs_test_{secrets.token_hex(24)}",
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": False} if paying else None,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "branding_settings": values.get("branding_settings"),
        "created": call.now,
        "custom_fields": [],
        "custom_text": dict.fromkeys(
            ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
        ),
        "customer_creation": None if values.get("customer") else creation,
        "invoice_creation": {"enabled": False} if paying else None,
        "livemode": False,
        "metadata": forms.merged({}, values.get("metadata")),
        "payment_method_collection": "if_required" if paying else "always",
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "payment_status": "unpaid" if paying else "no_payment_required",
        "phone_number_collection": {"enabled": False},
        "status": "open",
        "ui_mode": "hosted_page",
        "_intent_data": values.get("payment_intent_data" if paying else "setup_intent_data", {}),
    }


def retrieve(call: Call) -> Record:
    """``GET /v1/checkout/sessions/{id}``."""
    return call.books.get("checkout.session", call.target)


def everything(call: Call) -> Record:
    """``GET /v1/checkout/sessions``."""
    return _everything(call)


def update(call: Call) -> Record:
    """``POST /v1/checkout/sessions/{id}``: metadata only."""
    record = retrieve(call)
    if "metadata" in call.values:
        record["metadata"] = forms.merged(record["metadata"], call.values["metadata"])
    call.books.save(record)
    return record


def items(call: Call) -> Record:
    """``GET /v1/checkout/sessions/{id}/line_items``."""
    session = retrieve(call)
    shown = items_of(session)
    names = [item["id"] for item in shown]
    start = names.index(after) + 1 if (after := call.given("starting_after")) in names else 0
    limit = call.given("limit", 10)
    url = f"/v1/checkout/sessions/{session['id']}/line_items"
    more = len(shown) > start + limit
    return listed(url, shown[start : start + limit], more=more)


def expire(call: Call) -> Record:
    """``POST /v1/checkout/sessions/{id}/expire``: an open session only, whatever rivals do."""
    session = retrieve(call)
    if session["status"] != "open":
        message = (
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout '
            f"Session has a status of `{session['status']}`."
        )
        raise refused(message)
    return expired(call, session)


def expired(call: Call, session: Record) -> Record:
    """Close the session unpaid, and cancel the intent that an attempt may have left."""
    session["status"] = "expired"
    call.books.save(session)
    if session["payment_intent"]:
        intent = call.books.get("payment_intent", session["payment_intent"])
        intents.canceled(call, intent, "expired")
    if session["setup_intent"]:
        setups.canceled(call, call.books.get("setup_intent", session["setup_intent"]), None)
    call.announcer.record(call, "checkout.session.expired", session)
    return session
