"""Checkout sessions, as the API makes, shows and expires them. How they are paid: checkout.py."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from marketplace.local.stripe import forms, intents, setups
from marketplace.local.stripe.call import Call, fresh
from marketplace.local.stripe.dressing import items_of, listed
from marketplace.local.stripe.errors import Record, invalid, refused
from marketplace.local.stripe.forms import Table
from marketplace.local.stripe.lists import PAGING, Listing

if TYPE_CHECKING:
    from marketplace.local.stripe.forms import Values

EXPIRES_AFTER_SECONDS_MIN = 30 * 60
EXPIRES_AFTER_SECONDS_MAX = 24 * 3_600
LINE_ITEMS_MAX = 100
SHIPPING_OPTIONS_MAX = 5
QUANTITY_MAX = 999_999

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

_PRICE_DATA = Table(
    {
        "currency": forms.currency,
        "product_data": Table(
            {
                "description": forms.text(),
                "images": forms.rows(forms.url, maximum=8),
                "metadata": forms.metadata,
                "name": forms.text(),
                "tax_code": forms.text(),
            },
            required=("name",),
        ),
        "tax_behavior": forms.choice("exclusive", "inclusive", "unspecified"),
        "unit_amount": forms.whole(),
    },
    required=("currency", "product_data", "unit_amount"),
)
_LINE_ITEM = Table(
    {
        "metadata": forms.metadata,
        "price_data": _PRICE_DATA,
        "quantity": forms.whole(1, QUANTITY_MAX),
    },
    required=("price_data",),
)
_DAYS = Table(
    {
        "unit": forms.choice("business_day", "day", "hour", "month", "week"),
        "value": forms.whole(1),
    },
    required=("unit", "value"),
)
_SHIPPING_RATE = Table(
    {
        "delivery_estimate": Table({"maximum": _DAYS, "minimum": _DAYS}),
        "display_name": forms.text(100),
        "fixed_amount": Table(
            {"amount": forms.whole(), "currency": forms.currency}, required=("amount", "currency")
        ),
        "metadata": forms.metadata,
        "tax_behavior": forms.choice("exclusive", "inclusive", "unspecified"),
        "tax_code": forms.text(),
        "type": forms.choice("fixed_amount"),
    },
    required=("display_name", "fixed_amount"),
)
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
        "line_items": forms.rows(_LINE_ITEM, maximum=LINE_ITEMS_MAX),
        "locale": forms.choice(*LOCALES),
        "metadata": forms.metadata,
        "mode": forms.choice("payment", "setup"),
        "payment_intent_data": Table(intents.DESCRIPTION),
        "payment_method_types": forms.rows(forms.choice("card"), maximum=1),
        "setup_intent_data": Table(setups.DESCRIPTION),
        "shipping_options": forms.rows(
            Table({"shipping_rate_data": _SHIPPING_RATE}, required=("shipping_rate_data",)),
            maximum=SHIPPING_OPTIONS_MAX,
        ),
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
    currency = _one_currency(values)
    shipping = [_shipping_option(option) for option in values.get("shipping_options", [])]
    items = [_line_item(each["price_data"], each) for each in values.get("line_items", [])]
    record = {**_shape(call), "currency": currency, "expires_at": expires_at}
    record["_line_items"] = items
    record["shipping_options"] = [
        {"shipping_amount": rate["fixed_amount"]["amount"], "shipping_rate": rate["id"]}
        for rate in shipping
    ]
    record["_shipping_rates"] = shipping
    if values["mode"] == "payment":
        ship(record, shipping[0]["id"] if shipping else "")
        _check_total(record)
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


def _one_currency(values: Values) -> str | None:
    named = {item["price_data"]["currency"] for item in values.get("line_items", [])}
    named |= {
        option["shipping_rate_data"]["fixed_amount"]["currency"]
        for option in values.get("shipping_options", [])
    }
    named |= {values["currency"]} if "currency" in values else set()
    if len(named) > 1:
        message = "You can only specify one currency for all items, shipping options and the "
        message += f"session, not {', '.join(sorted(named))}."
        raise invalid(message, param="currency")
    return named.pop() if named else None


def _check_total(record: Record) -> None:
    if record["amount_total"] < intents.AMOUNT_MIN:
        message = "The Checkout Session's total amount due must add up to at least "
        message += f"{intents.AMOUNT_MIN} of the smallest unit of {record['currency']}"
        raise refused(message, code="amount_too_small")


def _line_item(price: Values, given: Values) -> Record:
    product = price["product_data"]
    quantity = given.get("quantity", 1)
    total = price["unit_amount"] * quantity
    return {
        "id": fresh("li"),
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": price["currency"],
        "description": product["name"],
        "metadata": forms.merged({}, given.get("metadata")),
        "price": {
            "id": fresh("price"),
            "object": "price",
            "active": False,
            "billing_scheme": "per_unit",
            "currency": price["currency"],
            "livemode": False,
            "metadata": {},
            "product": fresh("prod"),
            "tax_behavior": price.get("tax_behavior", "unspecified"),
            "type": "one_time",
            "unit_amount": price["unit_amount"],
            "unit_amount_decimal": str(price["unit_amount"]),
        },
        "quantity": quantity,
        "_product": {name: product.get(name) for name in ("description", "name")},
    }


def _shipping_option(option: Values) -> Record:
    return {"id": fresh("shr"), **option["shipping_rate_data"]}


def ship(record: Record, rate: str) -> None:
    """Choose a shipping option (or none) and add the session up."""
    chosen = next((each for each in record["_shipping_rates"] if each["id"] == rate), None)
    shipping = chosen["fixed_amount"]["amount"] if chosen else 0
    subtotal = sum(item["amount_total"] for item in record["_line_items"])
    record["amount_subtotal"] = subtotal
    record["amount_total"] = subtotal + shipping
    record["total_details"] = {
        "amount_discount": 0,
        "amount_shipping": shipping,
        "amount_tax": 0,
    }
    record["shipping_cost"] = chosen and {
        "amount_subtotal": shipping,
        "amount_tax": 0,
        "amount_total": shipping,
        "shipping_rate": rate,
    }


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
