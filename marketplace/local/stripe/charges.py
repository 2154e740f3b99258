"""Charges: what a payment intent's attempts left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.local.stripe import balance, forms
from marketplace.local.stripe.call import fresh
from marketplace.local.stripe.forms import Table
from marketplace.local.stripe.lists import PAGING, Listing

if TYPE_CHECKING:
    from marketplace.local.stripe.call import Call
    from marketplace.local.stripe.cards import Decline
    from marketplace.local.stripe.errors import Record

ACCOUNT_NAME = "AUBAINE"
"""What the account is called on the statements of cards."""
STATEMENT_LENGTH_MAX = 22

LIST = Table(
    {
        **PAGING,
        "created": forms.moments,
        "customer": forms.text(),
        "payment_intent": forms.text(),
        "transfer_group": forms.text(),
    }
)
UPDATE = Table({"description": forms.text(empties=True), "metadata": forms.metadata})

everything = Listing("charge", "/v1/charges", ("customer", "payment_intent", "transfer_group"))


def made(call: Call, intent: Record, method: Record, decline: Decline | None) -> Record:
    """Store the charge of one attempt: declined, authorised, or captured at once."""
    captured = decline is None and intent["capture_method"] != "manual"
    record = {
        **_shape(intent, method),
        "id": fresh("ch"),
        "amount_captured": intent["amount"] if captured else 0,
        "captured": captured,
        "created": call.now,
        "failure_code": decline.code if decline else None,
        "failure_message": decline.message if decline else None,
        "outcome": _outcome(decline),
        "paid": decline is None,
        "status": "failed" if decline else "succeeded",
    }
    if captured:
        record["balance_transaction"] = balance.credit(call, record, intent["amount"])["id"]
    call.books.add(record)
    call.announcer.record(call, "charge.failed" if decline else "charge.succeeded", record)
    return record


def _shape(intent: Record, method: Record) -> Record:
    card = method["card"]
    return {
        "object": "charge",
        "amount": intent["amount"],
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": method["billing_details"],
        "calculated_statement_descriptor": _on_the_statement(intent),
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "fraud_details": {},
        "livemode": False,
        # Stripe copies the intent's metadata to the charge once, when the charge is made.
        "metadata": dict(intent["metadata"]),
        "on_behalf_of": None,
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "payment_method_details": {"card": {**card, "three_d_secure": None}, "type": "card"},
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": intent["shipping"],
        "source": None,
        "source_transfer": None,
        "statement_descriptor": intent["statement_descriptor"],
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "transfer_data": None,
        "transfer_group": intent["transfer_group"],
    }


def _on_the_statement(intent: Record) -> str:
    """What the bank prints: the account's name, and after a star what the payment adds to it."""
    added = intent["statement_descriptor_suffix"]
    return f"{ACCOUNT_NAME}* {added}"[:STATEMENT_LENGTH_MAX] if added else ACCOUNT_NAME


def _outcome(decline: Decline | None) -> Record:
    refused = decline is not None
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "declined_by_network" if refused else "approved_by_network",
        "reason": (decline.decline_code or decline.code) if decline else None,
        "risk_level": "normal",
        "seller_message": "The bank did not return any further details with this decline."
        if refused
        else "Payment complete.",
        "type": "issuer_declined" if refused else "authorized",
    }


def captured(call: Call, charge: Record, amount: int) -> None:
    """Take an authorised charge's money, all or part of it."""
    charge["amount_captured"] = amount
    charge["captured"] = True
    charge["balance_transaction"] = balance.credit(call, charge, amount)["id"]
    call.books.save(charge)
    call.announcer.record(call, "charge.captured", charge)


def retrieve(call: Call) -> Record:
    """``GET /v1/charges/{id}``."""
    return call.books.get("charge", call.target)


def update(call: Call) -> Record:
    """``POST /v1/charges/{id}``."""
    record = retrieve(call)
    if "description" in call.values:
        record["description"] = call.values["description"]
    if "metadata" in call.values:
        record["metadata"] = forms.merged(record["metadata"], call.values["metadata"])
    call.books.save(record)
    call.announcer.record(call, "charge.updated", record)
    return record
