"""Stripe's test cards: what each number does when it is charged (docs.stripe.com/testing).

Only these numbers mean anything here; any other card is declined, and its number is kept nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from marketplace.local.stripe.errors import ApiError

NUMBER_LENGTH_MIN = 12
NUMBER_LENGTH_MAX = 19
CVC_LENGTHS = (3, 4)


class Authentication(StrEnum):
    """When the card's bank wants its holder to confirm."""

    NEVER = "never"
    UNLESS_SET_UP = "unless_set_up"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Decline:
    """Why a bank refuses: Stripe's code, the finer decline code and its sentence."""

    code: str
    decline_code: str
    message: str


DECLINES = {
    decline.decline_code: decline
    for decline in (
        Decline("card_declined", "generic_decline", "Your card was declined."),
        Decline("card_declined", "insufficient_funds", "Your card has insufficient funds."),
        Decline("card_declined", "lost_card", "Your card was declined."),
        Decline("card_declined", "stolen_card", "Your card was declined."),
        Decline("card_declined", "fraudulent", "Your card was declined."),
        Decline("card_declined", "do_not_honor", "Your card was declined."),
        Decline("expired_card", "expired_card", "Your card has expired."),
        Decline("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect."),
        Decline(
            "processing_error",
            "processing_error",
            "An error occurred while processing your card. Try again in a little bit.",
        ),
        Decline(
            "card_declined",
            "test_mode_live_card",
            "Your card was declined. Your request was in test mode, but used a non test (live) "
            "card. For a list of valid test cards, visit: https://stripe.com/docs/testing.",
        ),
        Decline(
            "authentication_required",
            "authentication_required",
            "Your card was declined. This transaction requires authentication.",
        ),
    )
}
_UNABLE = (
    "We are unable to authenticate your payment method. Please choose a different payment method "
    "and try again."
)
NOT_AUTHENTICATED = Decline("payment_intent_authentication_failure", "", _UNABLE)
SETUP_NOT_AUTHENTICATED = Decline("setup_intent_authentication_failure", "", _UNABLE)
AUTHENTICATION_REQUIRED = DECLINES["authentication_required"]


@dataclass(frozen=True, slots=True)
class Card:
    """A test card. ``decline`` strikes a charge, ``refuses_set_up`` the saving of the card too."""

    number: str
    brand: str = "visa"
    country: str = "US"
    authentication: Authentication = Authentication.NEVER
    decline: str = ""
    refuses_set_up: bool = True


_ALWAYS, _UNLESS_SET_UP = Authentication.ALWAYS, Authentication.UNLESS_SET_UP

CARDS = {
    card.number: card
    for card in (
        Card("4242424242424242"),
        Card("4000056655665556"),
        Card("5555555555554444", "mastercard"),
        Card("378282246310005", "amex"),
        Card("4000002500000003", country="FR"),
        Card("4000000000000002", decline="generic_decline"),
        Card("4000000000009995", decline="insufficient_funds"),
        Card("4000000000009987", decline="lost_card"),
        Card("4000000000009979", decline="stolen_card"),
        Card("4100000000000019", decline="fraudulent"),
        Card("4000000000000069", decline="expired_card"),
        Card("4000000000000127", decline="incorrect_cvc"),
        Card("4000000000000119", decline="processing_error"),
        Card("4000000000000341", decline="generic_decline", refuses_set_up=False),
        Card("4000002500003155", authentication=_UNLESS_SET_UP),
        Card("4000000000003220", authentication=_ALWAYS),
        Card("4000000000003063", authentication=_ALWAYS),
        Card("4000002760003184", authentication=_ALWAYS),
        Card(
            "4000008260003178",
            authentication=_UNLESS_SET_UP,
            decline="insufficient_funds",
            refuses_set_up=False,
        ),
        Card("4000008400001629", authentication=_ALWAYS, decline="generic_decline"),
    )
}

# The short names that Stripe accepts in place of a card, with what they stand for.
NAMED = {
    "visa": "4242424242424242",
    "visa_debit": "4000056655665556",
    "mastercard": "5555555555554444",
    "amex": "378282246310005",
    "fr": "4000002500000003",
    "chargeDeclined": "4000000000000002",
    "visa_chargeDeclined": "4000000000000002",
    "chargeDeclinedInsufficientFunds": "4000000000009995",
    "visa_chargeDeclinedInsufficientFunds": "4000000000009995",
    "chargeDeclinedLostCard": "4000000000009987",
    "chargeDeclinedStolenCard": "4000000000009979",
    "chargeDeclinedFraudulent": "4100000000000019",
    "chargeDeclinedExpiredCard": "4000000000000069",
    "chargeDeclinedIncorrectCvc": "4000000000000127",
    "chargeDeclinedProcessingError": "4000000000000119",
    "chargeCustomerFail": "4000000000000341",
    "authenticationRequired": "4000002760003184",
    "authenticationRequiredOnSetup": "4000002500003155",
    "authenticationRequiredChargeDeclinedInsufficientFunds": "4000008260003178",
    "threeDSecure2Required": "4000000000003220",
    "threeDSecureRequired": "4000000000003063",
    "threeDSecureRequiredChargeDeclined": "4000008400001629",
}


def card_error(message: str, code: str, param: str = "") -> ApiError:
    """What the buyer typed cannot be a card: 402 before anything was charged."""
    return ApiError(402, message, kind="card_error", code=code, param=param)


def digits(text: str) -> str:
    """The card number without the spaces people type."""
    return "".join(text.split()).replace("-", "")


def checked(number: str, month: int, year: int, cvc: str, *, now: tuple[int, int]) -> str:
    """The card number, if number, expiry and security code can be true; ``now`` is (year, month).

    Raises Stripe's ``card_error``. A number that is none of the test cards comes back as its last
    four digits alone.
    """
    number = digits(number)
    lengths = NUMBER_LENGTH_MIN <= len(number) <= NUMBER_LENGTH_MAX
    if not (number.isdecimal() and number.isascii() and lengths and _adds_up(number)):
        message = "Your card number is incorrect."
        raise card_error(message, "incorrect_number", "number")
    if not 1 <= month <= 12:  # noqa: PLR2004  # months of a year
        message = "Your card's expiration month is invalid."
        raise card_error(message, "invalid_expiry_month", "exp_month")
    if (year, month) < now:
        message = "Your card's expiration year is invalid."
        raise card_error(message, "invalid_expiry_year", "exp_year")
    if cvc and not (cvc.isdecimal() and cvc.isascii() and len(cvc) in CVC_LENGTHS):
        message = "Your card's security code is invalid."
        raise card_error(message, "invalid_cvc", "cvc")
    return number if number in CARDS else number[-4:]


def _adds_up(number: str) -> bool:
    """The check digit of every payment card (ISO/IEC 7812-1, Luhn)."""
    doubled = [int(digit) * 2 for digit in number[-2::-2]]
    single = [int(digit) for digit in number[-1::-2]]
    return (sum(d - 9 if d > 9 else d for d in doubled) + sum(single)) % 10 == 0  # noqa: PLR2004


def known(number: str) -> Card:
    """The test card of this number; a stranger's card is declined whenever it is charged."""
    return CARDS.get(number) or Card(number, decline="test_mode_live_card")
