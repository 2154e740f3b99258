"""A refused hold in the member's words: what happened, what it means, what to do. Times are of the member's clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.domain.holds import AllInBags, SoldOut, TooMany
from marketplace.web import errors, identity
from marketplace.words import _, formats, lazy, ngettext

if TYPE_CHECKING:
    from datetime import datetime

    from marketplace.domain.refusals import Refusal

NUMBERS = (lazy("two"), lazy("three"), lazy("four"), lazy("five"))
"""Small numbers as a sentence says them; larger ones are figures."""


def sentence(refusal: Refusal) -> str:
    """What to say in place of the piece that was asked for."""
    match refusal:
        case SoldOut():
            return _sold_out(refusal.facts.get("sold_out_at"))
        case AllInBags() | TooMany():
            return _in_bags(refusal)
    return errors.sentence(refusal)


def _sold_out(at: object) -> str:
    if at is None:
        return _("Sold out. Nothing of it is held in a bag, so nothing will come back by itself.")
    return _(
        "Sold out at %(time)s. Nothing of it is held in a bag, so nothing will come back by itself.",
        time=clock(at),
    )


def _in_bags(refusal: Refusal) -> str:
    most, units = _whole(refusal, "most"), _whole(refusal, "next_release_units")
    free = ngettext("One is free.", "%(num)s are free.", most) if most else _("All in bags.")
    at = refusal.facts.get("next_release_at")
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


def _number(units: int) -> str:
    spelled = units - 2 < len(NUMBERS)
    said = str(NUMBERS[units - 2]) if units > 1 and spelled else formats.count(units)
    return said[:1].upper() + said[1:]


def clock(at: datetime | object) -> str:
    """The time of day where the member lives."""
    return formats.clock(at, identity.visitor().zone)  # type: ignore[arg-type]  # facts are untyped
