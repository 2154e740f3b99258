"""Answers about machines that speak for a brand: addresses it names, its keys, its endpoints."""

from __future__ import annotations

from marketplace.words import Lazy, lazy

FORBIDDEN, CONFLICT, UNFIT, WAIT = 403, 409, 422, 429

ANSWERS: dict[str, tuple[int, Lazy]] = {
    "address_refused": (
        UNFIT,
        lazy("The house does not call this address. Name one on the open internet, over https."),
    ),
    "address_refused.unreadable": (
        UNFIT,
        lazy("This is not an address. It looks like https://shop.example.com/aubaine."),
    ),
    "address_refused.not_https": (
        UNFIT,
        lazy("The house calls addresses over https alone. Write it with https:// in front."),
    ),
    "address_refused.names_somebody": (
        UNFIT,
        lazy("This address carries a name or a password. Leave out what stands before the @."),
    ),
    "address_refused.port": (
        UNFIT,
        lazy("The house calls no other ports than 443 and 8443. Answer at one of them."),
    ),
    "address_refused.unknown_host": (
        UNFIT,
        lazy("No machine goes by the name of this address. Check how it is written."),
    ),
    "address_refused.not_public": (
        UNFIT,
        lazy(
            "This address leads into a private network, where the house does not call. Name one on"
            " the open internet."
        ),
    ),
}
