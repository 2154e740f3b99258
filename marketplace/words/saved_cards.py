"""Saved cards in words: the card as its holder knows it, what is agreed to, and why a card was not charged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.domain.cards import BRANDS, Refused
from marketplace.words import _, lazy

if TYPE_CHECKING:
    from marketplace.words import Lazy

NOT_CHARGED: dict[Refused, Lazy] = {
    Refused.BANK_ASKS: lazy("Your bank asks you to confirm this payment yourself."),
    Refused.BANK_REFUSED: lazy("Your bank refused the payment."),
    Refused.CARD_GONE: lazy("The saved card was removed before it was charged."),
    Refused.NO_ANSWER: lazy("The payment service could not tell us how the payment ended."),
}
"""What a member hears whose saved card was not charged."""


def card(brand: str, last_four: str) -> str:
    """A card as its holder knows it: its brand and its last four digits."""
    name = BRANDS.get(brand, "") or _("Card")
    return _("%(brand)s ending in %(digits)s", brand=name, digits=last_four)


def consent() -> str:
    """What a member agrees to who has a card saved, in their language; kept word for word."""
    return _(
        "Stripe keeps my card for Aubaine. When I press “Order and pay” on a page of Aubaine, the sum that stands "
        "there is taken from it, without any further step of mine unless my bank asks for one. Nothing else is ever "
        "taken. I can remove the card at any time on this page."
    )
