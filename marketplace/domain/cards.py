"""A member's saved card: agreed to in words that are kept, one at a time, gone on their word."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.domain.lifecycle import Lifecycle
from marketplace.domain.refusals import Refusal

if TYPE_CHECKING:
    from datetime import date

ORDERED_HOLD = timedelta(hours=2)
"""From the moment of ordering, a hold of what is paid by a saved card lasts so long: until it is decided, and where the
payment service answers nobody, no longer."""
OFFER_LENGTH = timedelta(minutes=30)
"""For so long the pieces are kept after a bank refused or asks its holder, from when the house knew."""
SAVES_PER_DAY_MAX = 10
"""Pages on which one member may enter a card in a day: such pages are how stolen cards are tried out."""


BRANDS = {
    "visa": "Visa",
    "mastercard": "Mastercard",
    "amex": "Amex",
    "cartes_bancaires": "CB",
    "diners": "Diners",
    "discover": "Discover",
    "jcb": "JCB",
    "unionpay": "UnionPay",
}
"""Names of card brands, which are the same in every language."""


class CardState(StrEnum):
    """Where a saved card stands: asked for at the payment service, kept, removed, or never entered."""

    ASKED = "asked"
    KEPT = "kept"
    REMOVED = "removed"
    ENDED = "ended"


CARD_LIFECYCLE = Lifecycle(
    "card",
    {
        CardState.ASKED: (CardState.KEPT, CardState.ENDED),
        CardState.KEPT: (CardState.REMOVED,),
        CardState.REMOVED: (),
        CardState.ENDED: (CardState.KEPT,),
    },
)


class CardMissing(Refusal):
    """There is no saved card, or its last month is over."""

    code = "card_missing"


class CardsTooMany(Refusal):
    """The member asked for so many pages to enter a card today that the house waits with another."""

    code = "too_many_cards"


class PaymentUnderWay(Refusal):
    """The order's payment is at the bank at this moment; it can be cancelled once that is decided."""

    code = "payment_under_way"


def is_over(year: int, month: int, today: date) -> bool:
    """Whether a card that is good through ``month`` of ``year`` is so no longer."""
    return (today.year, today.month) > (year, month)


class Refused(StrEnum):
    """Why a saved card was not charged, as far as a member can do something about it."""

    BANK_ASKS = "bank_asks"
    BANK_REFUSED = "bank_refused"
    CARD_GONE = "card_gone"
    NO_ANSWER = "no_answer"


_ASKS = frozenset({"authentication_required", "requires_action"})
_GONE = frozenset({"card_gone", "resource_missing"})


def why(code: str) -> Refused:
    """What the payment service's ``code`` comes to, in the member's terms."""
    if code in _ASKS:
        return Refused.BANK_ASKS
    if code in _GONE:
        return Refused.CARD_GONE
    return Refused.NO_ANSWER if code == Refused.NO_ANSWER else Refused.BANK_REFUSED
