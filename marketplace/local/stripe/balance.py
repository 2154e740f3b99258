"""Balance transactions: what each charge and refund did to the account, fees included.

The fee is simple and fixed: 1.5 % rounded half up, and 25 of the smallest unit. Refunds return no
fee, as with Stripe. Funds of a charge are available after seven days.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.local.stripe import forms
from marketplace.local.stripe.call import fresh
from marketplace.local.stripe.forms import Table
from marketplace.local.stripe.lists import PAGING, Listing

if TYPE_CHECKING:
    from marketplace.local.stripe.call import Call
    from marketplace.local.stripe.errors import Record

FEE_BPS = 150
FEE_FIXED = 25
AVAILABLE_AFTER_SECONDS = 7 * 24 * 3_600

LIST = Table(
    {
        **PAGING,
        "created": forms.moments,
        "currency": forms.currency,
        "source": forms.text(),
        "type": forms.choice("adjustment", "charge", "refund"),
    }
)

_everything = Listing(
    "balance_transaction", "/v1/balance_transactions", ("currency", "source", "type")
)


def fee(amount: int) -> int:
    """What Stripe keeps of a charge, in the smallest unit; never more than the charge."""
    return min(amount, (amount * FEE_BPS + 5_000) // 10_000 + FEE_FIXED)


def credit(call: Call, charge: Record, amount: int) -> Record:
    """The money of a captured charge comes in, less the fee."""
    kept = fee(amount)
    details = {
        "amount": kept,
        "application": None,
        "currency": charge["currency"],
        "description": "Stripe processing fees",
        "type": "stripe_fee",
    }
    return _made(call, charge, "charge", amount, [details])


def debit(call: Call, refund: Record, amount: int) -> Record:
    """The money of a refund goes out."""
    return _made(call, refund, "refund", -amount, [])


def moved(call: Call, dispute: Record, amount: int, fee: int) -> Record:
    """A bank takes the money of a dispute, or gives it back."""
    details = {
        "amount": fee,
        "application": None,
        "currency": dispute["currency"],
        "description": "Dispute fee",
        "type": "stripe_fee",
    }
    return _made(call, dispute, "adjustment", amount, [details] if fee else [])


def _made(call: Call, source: Record, kind: str, amount: int, fees: list[Record]) -> Record:
    kept = sum(each["amount"] for each in fees)
    delay = AVAILABLE_AFTER_SECONDS if kind == "charge" else 0
    record = {
        "id": fresh("txn"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": call.now + delay,
        "balance_type": "payments",
        "created": call.now,
        "currency": source["currency"],
        "description": source.get("description"),
        "exchange_rate": None,
        "fee": kept,
        "fee_details": fees,
        "net": amount - kept,
        "reporting_category": kind,
        "source": source["id"],
        "status": "pending" if delay else "available",
        "type": kind,
    }
    call.books.add(record)
    return record


def retrieve(call: Call) -> Record:
    """``GET /v1/balance_transactions/{id}``."""
    return _as_of(call, call.books.get("balance_transaction", call.target))


def everything(call: Call) -> Record:
    """``GET /v1/balance_transactions``."""
    found = _everything(call)
    return {**found, "data": [_as_of(call, record) for record in found["data"]]}


def balance(call: Call) -> Record:
    """``GET /v1/balance``: what is there and what is still on its way, in each currency."""
    rows = call.books.connection.execute(
        "select currency, sum(net) as net, sum(iif(available_on <= ?, net, 0)) as available from"
        " (select currency, json_extract(body, '$.net') as net,"
        "  json_extract(body, '$.available_on') as available_on"
        "  from objects where object = 'balance_transaction') group by currency order by currency",
        (call.now,),
    ).fetchall()
    return {
        "object": "balance",
        "available": [_sum(row["currency"], row["available"]) for row in rows],
        "livemode": False,
        "pending": [_sum(row["currency"], row["net"] - row["available"]) for row in rows],
    }


def _sum(currency: str, amount: int) -> Record:
    return {"amount": amount, "currency": currency, "source_types": {"card": amount}}


def _as_of(call: Call, record: Record) -> Record:
    """Pending until its funds are available."""
    status = "pending" if record["available_on"] > call.now else "available"
    return {**record, "status": status}
