"""Refunds: never more than was captured and not yet given back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.local.stripe import balance, disputes, forms
from marketplace.local.stripe.call import fresh
from marketplace.local.stripe.errors import Record, invalid, refused
from marketplace.local.stripe.forms import Table
from marketplace.local.stripe.lists import PAGING, Listing

if TYPE_CHECKING:
    from marketplace.local.stripe.call import Call

CREATE = Table(
    {
        "amount": forms.amount,
        "charge": forms.text(),
        "metadata": forms.metadata,
        "payment_intent": forms.text(),
        "reason": forms.choice("duplicate", "fraudulent", "requested_by_customer"),
    }
)
UPDATE = Table({"metadata": forms.metadata})
LIST = Table(
    {
        **PAGING,
        "charge": forms.text(),
        "created": forms.moments,
        "payment_intent": forms.text(),
    }
)

everything = Listing("refund", "/v1/refunds", ("charge", "payment_intent"))

_WHOLE = frozenset({"jpy", "krw"})


def create(call: Call) -> Record:
    """``POST /v1/refunds``: of a charge, or of the charge a payment intent ended with."""
    charge = _charge(call)
    disputes.check(call, charge)
    left = charge["amount_captured"] - charge["amount_refunded"]
    if not charge["captured"]:
        message = "This charge has not been captured and so cannot be refunded. Cancel its "
        message += "PaymentIntent instead."
        raise refused(message, param="charge")
    if not left:
        message = f"Charge {charge['id']} has already been refunded."
        raise refused(message, code="charge_already_refunded")
    amount = call.given("amount", left)
    if amount > left:
        message = (
            f"Refund amount ({_sum(amount, charge)}) is greater than unrefunded amount on charge "
            f"({_sum(left, charge)})"
        )
        raise refused(message, param="amount")
    record = _made(call, charge, amount)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    call.books.save(charge)
    call.announcer.record(call, "refund.created", record)
    call.announcer.record(call, "charge.refunded", charge)
    return record


def _charge(call: Call) -> Record:
    if ("charge" in call.values) == ("payment_intent" in call.values):
        message = "You must provide exactly one of these parameters: charge, payment_intent."
        raise invalid(message)
    if "charge" in call.values:
        charge = call.books.get("charge", call.values["charge"], param="charge")
        if charge["status"] != "succeeded":
            message = f"Charge {charge['id']} failed and so cannot be refunded."
            raise refused(message, param="charge")
        return charge
    name = call.values["payment_intent"]
    intent = call.books.get("payment_intent", name, param="payment_intent")
    if intent["status"] not in {"succeeded", "requires_capture"}:
        message = f"This PaymentIntent ({name}) does not have a successful charge to refund."
        raise refused(message, param="payment_intent")
    return call.books.get("charge", intent["latest_charge"])


def _made(call: Call, charge: Record, amount: int) -> Record:
    record = {
        "id": fresh("re"),
        "object": "refund",
        "amount": amount,
        "charge": charge["id"],
        "created": call.now,
        "currency": charge["currency"],
        "description": "REFUND FOR CHARGE",
        "destination_details": {
            "card": {
                "reference_status": "pending",
                "reference_type": "acquirer_reference_number",
                "type": "refund",
            },
            "type": "card",
        },
        "metadata": forms.merged({}, call.given("metadata")),
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": call.given("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }
    record["balance_transaction"] = balance.debit(call, record, amount)["id"]
    call.books.add(record)
    return record


def retrieve(call: Call) -> Record:
    """``GET /v1/refunds/{id}``."""
    return call.books.get("refund", call.target)


def update(call: Call) -> Record:
    """``POST /v1/refunds/{id}``: metadata only."""
    record = retrieve(call)
    if "metadata" in call.values:
        record["metadata"] = forms.merged(record["metadata"], call.values["metadata"])
    call.books.save(record)
    call.announcer.record(call, "refund.updated", record)
    return record


def of_charge(call: Call) -> Record:
    """``GET /v1/charges/{id}/refunds``."""
    call.books.get("charge", call.target)
    call.values["charge"] = call.target
    return {**everything(call), "url": f"/v1/charges/{call.target}/refunds"}


def _sum(minor: int, charge: Record) -> str:
    sign = {"eur": "€", "usd": "$", "gbp": "£"}.get(charge["currency"])
    number = str(minor) if charge["currency"] in _WHOLE else f"{minor // 100}.{minor % 100:02d}"
    return f"{sign}{number}" if sign else f"{number} {charge['currency'].upper()}"
