"""What a checkout session sells: line items and delivery options, priced on the spot and added up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.local.stripe import forms
from marketplace.local.stripe.call import fresh
from marketplace.local.stripe.errors import invalid, refused
from marketplace.local.stripe.forms import Table
from marketplace.local.stripe.intents import AMOUNT_MIN

if TYPE_CHECKING:
    from marketplace.local.stripe.errors import Record
    from marketplace.local.stripe.forms import Values

LINE_ITEMS_MAX = 100
SHIPPING_OPTIONS_MAX = 5
QUANTITY_MAX = 999_999

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
LINE_ITEMS = forms.rows(_LINE_ITEM, maximum=LINE_ITEMS_MAX)
SHIPPING_OPTIONS = forms.rows(
    Table({"shipping_rate_data": _SHIPPING_RATE}, required=("shipping_rate_data",)),
    maximum=SHIPPING_OPTIONS_MAX,
)


def one_currency(values: Values) -> str | None:
    """The currency that everything named in the session shares; refuses two."""
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


def check_total(record: Record) -> None:
    """Refuse a sum too small for Stripe to charge."""
    if record["amount_total"] < AMOUNT_MIN:
        message = "The Checkout Session's total amount due must add up to at least "
        message += f"{AMOUNT_MIN} of the smallest unit of {record['currency']}"
        raise refused(message, code="amount_too_small")


def line_item(given: Values) -> Record:
    """A line item with the price that was made for it."""
    price = given["price_data"]
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


def shipping_rate(option: Values) -> Record:
    """A delivery option with an id of its own."""
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
