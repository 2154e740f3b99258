"""Disputes: a card's holder asks their bank for the money back, and the bank takes it until somebody decides.

Nobody opens one through the API: a bank does, here through the control API, and decides there as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.local.stripe import balance, forms
from marketplace.local.stripe.call import fresh
from marketplace.local.stripe.errors import Record, refused
from marketplace.local.stripe.forms import Table
from marketplace.local.stripe.lists import PAGING, Listing

if TYPE_CHECKING:
    from marketplace.local.stripe.call import Call

FEE = 2_000
"""What Stripe keeps for a dispute, whoever wins it."""
ANSWER_SECONDS = 9 * 24 * 3_600
REASONS = (
    "credit_not_processed",
    "duplicate",
    "fraudulent",
    "general",
    "product_not_received",
    "product_unacceptable",
    "unrecognized",
)
INQUIRY, OPEN, REVIEWED = "warning_needs_response", "needs_response", "under_review"
DECISIONS = {
    "won": frozenset({OPEN, REVIEWED}),
    "lost": frozenset({OPEN, REVIEWED}),
    "warning_closed": frozenset({INQUIRY}),
    OPEN: frozenset({INQUIRY, "warning_closed"}),
    REVIEWED: frozenset({OPEN}),
}
"""What a dispute may become, and what it is before."""
LIST = Table(
    {
        **PAGING,
        "charge": forms.text(),
        "created": forms.moments,
        "payment_intent": forms.text(),
    }
)

everything = Listing("dispute", "/v1/disputes", ("charge", "payment_intent"))


def retrieve(call: Call) -> Record:
    """``GET /v1/disputes/{id}``."""
    return call.books.get("dispute", call.target)


def opened(call: Call, intent: str, *, amount: int, reason: str, inquiry: bool) -> Record:
    """A bank asks about a payment, or takes its money back at once; ``amount`` 0 for all that is left of it."""
    if reason not in REASONS:
        raise ValueError("reason must be one of " + ", ".join(REASONS) + ".")
    charge = call.books.get(
        "charge", str(call.books.get("payment_intent", intent)["latest_charge"])
    )
    left = charge["amount_captured"] - charge["amount_refunded"]
    if charge["disputed"] or not 0 < (amount or left) <= left:
        raise ValueError("The charge is disputed, or less than that is left of it.")
    record = {
        "id": fresh("dp"),
        "object": "dispute",
        "amount": amount or left,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": call.now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {},
        "evidence_details": {
            "due_by": call.now + ANSWER_SECONDS,
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": inquiry,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "status": INQUIRY if inquiry else OPEN,
    }
    charge["disputed"] = True
    call.books.add(record)
    call.books.save(charge)
    call.announcer.record(call, "charge.dispute.created", record)
    if not inquiry:
        _withdrawn(call, record)
    return record


def decided(call: Call, name: str, status: str) -> Record:
    """What the bank makes of it: ``won`` is for us, ``lost`` for the card's holder."""
    record = call.books.get("dispute", name)
    if record["status"] not in DECISIONS.get(status, frozenset()):
        raise ValueError(f"A dispute that is {record['status']} does not become {status}.")
    record["status"] = status
    if status == OPEN:
        _withdrawn(call, record)
    elif status == "won":
        back = balance.moved(call, record, record["amount"], 0)
        record["balance_transactions"].append(back)
        record["is_charge_refundable"] = True
        call.announcer.record(call, "charge.dispute.funds_reinstated", record)
    call.books.save(record)
    over = status in {"won", "lost", "warning_closed"}
    kind = "charge.dispute.closed" if over else "charge.dispute.updated"
    call.announcer.record(call, kind, record)
    return record


def check(call: Call, charge: Record) -> None:
    """Refuse to give back what a bank has taken back, or is about to."""
    disputes = call.books.matching("dispute", "charge", charge["id"])
    if any(not each["is_charge_refundable"] for each in disputes):
        message = f"Charge {charge['id']} has been charged back; cannot issue a refund."
        raise refused(message, code="charge_disputed")


def _withdrawn(call: Call, record: Record) -> None:
    record["balance_transactions"].append(balance.moved(call, record, -record["amount"], FEE))
    record["is_charge_refundable"] = False
    call.books.save(record)
    call.announcer.record(call, "charge.dispute.funds_withdrawn", record)
