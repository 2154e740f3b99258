"""Answers about machines that speak for a brand: addresses it names, its keys, its endpoints."""

from __future__ import annotations

from marketplace.words import Lazy, lazy

BAD, UNKNOWN, FORBIDDEN, CONFLICT, UNFIT, WAIT = 400, 401, 403, 409, 422, 429

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
    # Keys
    "key_refused": (
        UNKNOWN,
        lazy(
            "No good key came with this request, so nothing was shown or done. Send one as"
            " Authorization: Bearer, or ask an owner of your brand for a new one."
        ),
    ),
    "scope_missing": (
        FORBIDDEN,
        lazy("Your key does not open this. Use one with the scope %(scope)s."),
    ),
    "too_many_keys": (
        CONFLICT,
        lazy("Your brand has %(most)s keys in use, and that is all. Revoke one of them first."),
    ),
    "key_ended": (
        CONFLICT,
        lazy("This key is over or was replaced already. Make a new one."),
    ),
    "asked_too_often": (
        WAIT,
        lazy(
            "Your machines asked more often than was agreed, so this was not answered. Wait"
            " %(seconds)s seconds, then ask again."
        ),
    ),
    "too_many_endpoints": (
        CONFLICT,
        lazy("Your brand has %(most)s endpoints, and that is all. Remove one of them first."),
    ),
    # Deeds
    "deed_unnamed": (
        BAD,
        lazy(
            "This deed has no name, so it was not done. Send an Idempotency-Key of 1 to %(most)s"
            " letters, a new one for each deed."
        ),
    ),
    "deed_named_twice": (
        UNFIT,
        lazy(
            "This Idempotency-Key was used for another request, so nothing was done. Send a new"
            " one for each deed."
        ),
    ),
    "deed_under_way": (
        CONFLICT,
        lazy(
            "The first request with this Idempotency-Key is still under way. Wait a few seconds,"
            " then ask again with the same key."
        ),
    ),
    "cursor_refused": (
        UNFIT,
        lazy("This cursor is none of ours. Begin again without one, or take it from a list."),
    ),
}
