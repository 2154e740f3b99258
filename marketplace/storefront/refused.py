"""A refused hold in the member's words: what happened, what it means, what to do. Times are of the member's clock."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from marketplace.domain.holds import (
    AllInBags,
    LimitReached,
    RenewalUsed,
    SaleNotOpen,
    SoldOut,
    TooMany,
)
from marketplace.storefront import told
from marketplace.web import errors, identity
from marketplace.words import _, formats, lazy, ngettext

if TYPE_CHECKING:
    from marketplace.domain.refusals import Refusal

NUMBERS = (lazy("two"), lazy("three"), lazy("four"), lazy("five"))
"""Small numbers as a sentence says them; larger ones are figures."""


def sentence(refusal: Refusal) -> str:
    """What to say in place of the piece that was asked for."""
    match refusal:
        case SoldOut():
            return _sold_out(_instant(refusal, "sold_out_at"))
        case AllInBags() | TooMany():
            return _in_bags(refusal)
        case LimitReached():
            return _limit(_whole(refusal, "most"))
        case RenewalUsed():
            return _(
                "A hold can be kept longer once. This one ends at %(time)s.",
                time=clock(_instant(refusal, "expires_at")),
            )
        case SaleNotOpen():
            return _opens(_instant(refusal, "opens_at"))
    return errors.sentence(refusal)


def _limit(most: int) -> str:
    rule = _(
        "The house sells only a few of each piece to one member, so that there is enough for many."
    )
    if not most:
        return f"{rule} " + _("With what you hold and have bought, you have reached that number.")
    return f"{rule} " + ngettext(
        "With what you hold and have bought, you can take one more.",
        "With what you hold and have bought, you can take %(num)s more.",
        most,
    )


def _opens(at: datetime | None) -> str:
    assert at is not None, "a sale that has not opened has its hour"
    return _("This sale opens %(moment)s.", moment=told.opening(at))


def _sold_out(at: datetime | None) -> str:
    if at is None:
        return _("Sold out. Nothing of it is held in a bag, so nothing will come back by itself.")
    return _(
        "Sold out at %(time)s. Nothing of it is held in a bag, so nothing will come back by itself.",
        time=clock(at),
    )


def _in_bags(refusal: Refusal) -> str:
    most, units = _whole(refusal, "most"), _whole(refusal, "next_release_units")
    free = ngettext("One is free.", "%(num)s are free.", most) if most else _("All in bags.")
    at = _instant(refusal, "next_release_at")
    if at is None or not units:
        return free
    return f"{free} " + ngettext(
        "One comes back at %(time)s unless it is paid for.",
        "%(number)s come back at %(time)s unless they are paid for.",
        units,
        number=_number(units),
        time=clock(at),
    )


def _whole(refusal: Refusal, name: str) -> int:
    found = refusal.facts.get(name)
    return found if isinstance(found, int) else 0


def _instant(refusal: Refusal, name: str) -> datetime | None:
    found = refusal.facts.get(name)
    return found if isinstance(found, datetime) else None


def _number(units: int) -> str:
    spelled = units - 2 < len(NUMBERS)
    said = str(NUMBERS[units - 2]) if units > 1 and spelled else formats.count(units)
    return said[:1].upper() + said[1:]


def clock(at: datetime | None) -> str:
    """The time of day where the member lives."""
    return "" if at is None else formats.clock(at, identity.visitor().zone)
