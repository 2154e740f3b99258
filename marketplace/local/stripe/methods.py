"""Payment methods: cards, made by the API or by the pay page, kept by customers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from marketplace.local.stripe import cards, forms
from marketplace.local.stripe.call import Call, fresh
from marketplace.local.stripe.cards import Authentication, Card, Decline
from marketplace.local.stripe.errors import Record, invalid, missing, refused
from marketplace.local.stripe.forms import Table
from marketplace.local.stripe.lists import PAGING, Listing

if TYPE_CHECKING:
    from marketplace.local.stripe.forms import Values

YEAR_LENGTH_SHORT = 100
EXPIRY_DEFAULT = (12, 34)

ADDRESS = Table(
    {
        name: forms.text(empties=True)
        for name in ("line1", "line2", "city", "postal_code", "state", "country")
    }
)
BILLING = Table(
    {
        "address": ADDRESS,
        "email": forms.text(512, empties=True),
        "name": forms.text(empties=True),
        "phone": forms.text(empties=True),
    }
)
CREATE = Table(
    {
        "type": forms.choice("card"),
        "card": Table(
            {
                "number": forms.text(32),
                "exp_month": forms.whole(),
                "exp_year": forms.whole(),
                "cvc": forms.text(8),
                "token": forms.text(),
            }
        ),
        "billing_details": BILLING,
        "metadata": forms.metadata,
    },
    required=("type", "card"),
)
UPDATE = Table({"billing_details": BILLING, "metadata": forms.metadata})
ATTACH = Table({"customer": forms.text()}, required=("customer",))
LIST = Table({**PAGING, "customer": forms.text(), "type": forms.choice("card")})

everyone = Listing("payment_method", "/v1/payment_methods", ("customer", "type"))


def create(call: Call) -> Record:
    """``POST /v1/payment_methods``: from a test card's number, or one of Stripe's test tokens."""
    card = call.values["card"]
    token = card.get("token", "")
    if token:
        name = token.removeprefix("tok_")
        if name not in cards.NAMED:
            raise missing("token", token, param="card[token]")
        number, month, year = cards.NAMED[name], *EXPIRY_DEFAULT
    elif "number" in card and "exp_month" in card and "exp_year" in card:
        month, year = card["exp_month"], card["exp_year"]
        number = read_card(call, card["number"], month, year, card.get("cvc", ""))
    else:
        message = "Missing required param: card[number]."
        raise invalid(message, param="card[number]", code="parameter_missing")
    billing = call.given("billing_details", {})
    return made(call, number, month, year, billing=billing, metadata=call.given("metadata"))


def read_card(call: Call, number: str, month: int, year: int, cvc: str) -> str:
    """The number, if what was typed can be a card today; raises a ``card_error``."""
    today = datetime.fromtimestamp(call.now, UTC)
    return cards.checked(number, month, _full(year), cvc, now=(today.year, today.month))


def _full(year: int) -> int:
    return year + 2000 if year < YEAR_LENGTH_SHORT else year


def made(
    call: Call,
    number: str,
    month: int,
    year: int,
    *,
    billing: Values,
    metadata: dict[str, str] | None = None,
) -> Record:
    """Store a payment method for a card number that was read or named."""
    card = cards.known(number)
    record = {
        "id": fresh("pm"),
        "object": "payment_method",
        "allow_redisplay": "unspecified",
        "billing_details": _billing(billing),
        "card": _shown(card, month, _full(year)),
        "created": call.now,
        "customer": None,
        "livemode": False,
        "metadata": forms.merged({}, metadata or {}),
        "type": "card",
        "_number": number,
        "_set_up": False,
    }
    call.books.add(record)
    return record


def _shown(card: Card, month: int, year: int) -> Record:
    return {
        "brand": card.brand,
        "checks": {
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": "pass",
        },
        "country": card.country,
        "display_brand": card.brand,
        "exp_month": month,
        "exp_year": year,
        "fingerprint": f"card{card.number[:4]}{card.number[-8:]}",
        "funding": "credit",
        "generated_from": None,
        "last4": card.number[-4:],
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def _billing(given: Values) -> Record:
    address = given.get("address", {})
    fields = ("city", "country", "line1", "line2", "postal_code", "state")
    return {
        "address": {name: address.get(name) for name in fields},
        "email": given.get("email"),
        "name": given.get("name"),
        "phone": given.get("phone"),
        "tax_id": None,
    }


def named(call: Call, name: str, *, param: str = "payment_method") -> Record:
    """The payment method of this id; ``pm_card_visa`` and its like are made on the spot."""
    short = name.removeprefix("pm_card_")
    if name.startswith("pm_card_") and short in cards.NAMED:
        return made(call, cards.NAMED[short], *EXPIRY_DEFAULT, billing={})
    return call.books.get("payment_method", name, param=param)


def retrieve(call: Call) -> Record:
    """``GET /v1/payment_methods/{id}``."""
    return call.books.get("payment_method", call.target)


def update(call: Call) -> Record:
    """``POST /v1/payment_methods/{id}``."""
    record = retrieve(call)
    if "metadata" in call.values:
        record["metadata"] = forms.merged(record["metadata"], call.values["metadata"])
    if "billing_details" in call.values:
        record["billing_details"] |= _billing(call.values["billing_details"])
    call.books.save(record)
    return record


def attach(call: Call) -> Record:
    """``POST /v1/payment_methods/{id}/attach``."""
    record = named(call, call.target, param="id")
    customer = call.books.get("customer", call.values["customer"], param="customer")
    return attached(call, record, customer["id"])


def attached(call: Call, record: Record, customer: str) -> Record:
    """Give the payment method to a customer; a card that refuses to be saved is a decline."""
    if record["customer"] == customer:
        return record
    if record["customer"] is not None:
        message = (
            "The payment method you provided has already been attached to a customer. "
            "The customer must detach the payment method before attaching it again."
        )
        raise refused(message)
    decline = set_up_decline(record)
    if decline:
        error = cards.card_error(decline.message, decline.code)
        error.body["decline_code"] = decline.decline_code
        raise error
    record["customer"] = customer
    call.books.save(record)
    call.announcer.record(call, "payment_method.attached", record)
    return record


def detach(call: Call) -> Record:
    """``POST /v1/payment_methods/{id}/detach``."""
    record = retrieve(call)
    if record["customer"] is None:
        message = "The payment method you provided is not attached to a customer so detachment is "
        message += "impossible."
        raise refused(message, param="payment_method")
    return let_go(call, record)


def let_go(call: Call, record: Record) -> Record:
    """The card is no customer's any more, and can be charged by nobody."""
    record["customer"] = None
    record["_set_up"] = False
    call.books.save(record)
    call.announcer.record(call, "payment_method.detached", record)
    return record


def set_up_decline(record: Record) -> Decline | None:
    """Why the card cannot be saved, if it cannot."""
    card = cards.known(record["_number"])
    return cards.DECLINES[card.decline] if card.decline and card.refuses_set_up else None


def charge_decline(record: Record) -> Decline | None:
    """Why the card's bank refuses a charge, if it does."""
    card = cards.known(record["_number"])
    return cards.DECLINES[card.decline] if card.decline else None


def wants_authentication(record: Record) -> bool:
    """Whether the card's bank asks its holder to confirm a charge."""
    wish = cards.known(record["_number"]).authentication
    return wish == Authentication.ALWAYS or (
        wish == Authentication.UNLESS_SET_UP and not record["_set_up"]
    )
