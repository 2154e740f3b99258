"""Customers, and the cards they keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.local.stripe import forms, lists, methods
from marketplace.local.stripe.call import Call, fresh
from marketplace.local.stripe.forms import Reader, Table, Values
from marketplace.local.stripe.lists import PAGING, Listing
from marketplace.local.stripe.methods import ADDRESS

if TYPE_CHECKING:
    from marketplace.local.stripe.errors import Record

EMAIL_LENGTH_MAX = 512

_FIELDS: dict[str, Reader] = {
    "address": ADDRESS,
    "description": forms.text(empties=True),
    "email": forms.text(EMAIL_LENGTH_MAX, empties=True),
    "metadata": forms.metadata,
    "name": forms.text(256, empties=True),
    "phone": forms.text(20, empties=True),
    "preferred_locales": forms.rows(forms.text(10), maximum=10),
    "shipping": Table(
        {"address": ADDRESS, "name": forms.text(), "phone": forms.text(empties=True)}
    ),
}
CREATE = Table(
    {
        **_FIELDS,
        "payment_method": forms.text(),
        "invoice_settings": Table({"default_payment_method": forms.text()}),
    }
)
UPDATE = Table(
    {**_FIELDS, "invoice_settings": Table({"default_payment_method": forms.text(empties=True)})}
)
LIST = Table({**PAGING, "created": forms.moments, "email": forms.text(EMAIL_LENGTH_MAX)})
METHODS = Table({**PAGING, "type": forms.choice("card")})

everyone = Listing("customer", "/v1/customers", ("email",))
_PLAIN = ("address", "description", "email", "name", "phone", "preferred_locales", "shipping")


def create(call: Call) -> Record:
    """``POST /v1/customers``."""
    record = made(call, call.values)
    if "payment_method" in call.values:
        methods.attached(call, methods.named(call, call.values["payment_method"]), record["id"])
    return record


def made(call: Call, values: Values) -> Record:
    """Store a new customer and announce it."""
    record: Record = {
        "id": fresh("cus"),
        "object": "customer",
        "balance": 0,
        "created": call.now,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "discount": None,
        "invoice_prefix": None,
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": forms.merged({}, values.get("metadata")),
        "tax_exempt": "none",
        "test_clock": None,
        **{name: values.get(name) for name in _PLAIN},
    }
    record["preferred_locales"] = record["preferred_locales"] or []
    record["invoice_settings"] |= values.get("invoice_settings", {})
    call.books.add(record)
    call.announcer.record(call, "customer.created", record)
    return record


def retrieve(call: Call) -> Record:
    """``GET /v1/customers/{id}``."""
    return call.books.get("customer", call.target)


def update(call: Call) -> Record:
    """``POST /v1/customers/{id}``."""
    record = retrieve(call)
    for name in _PLAIN:
        if name in call.values:
            record[name] = call.values[name]
    record["invoice_settings"] |= call.given("invoice_settings", {})
    if "metadata" in call.values:
        record["metadata"] = forms.merged(record["metadata"], call.values["metadata"])
    call.books.save(record)
    call.announcer.record(call, "customer.updated", record)
    return record


def delete(call: Call) -> Record:
    """``DELETE /v1/customers/{id}``: its cards go with it, and neither comes back."""
    record = retrieve(call)
    for method in call.books.matching("payment_method", "customer", record["id"]):
        methods.let_go(call, method)
    call.books.remove(record["id"])
    call.announcer.record(call, "customer.deleted", record)
    return {"id": record["id"], "object": "customer", "deleted": True}


def cards_kept(call: Call) -> Record:
    """``GET /v1/customers/{id}/payment_methods``."""
    url = f"/v1/customers/{retrieve(call)['id']}/payment_methods"
    return lists.page(call, "payment_method", url, ["customer=?"], [call.target])
