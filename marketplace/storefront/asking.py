"""What asking for a hold is made of, for the two ways it comes in: the form that Flask reads, and the short one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from marketplace.domain.holds import UNITS_PER_HOLD_MAX, Ask

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marketplace.domain.holds import Answer

ITEM_MAX = 10**12
ANSWERED = "aubaine.answered"
"""In a request's surroundings: the answer that it was given already, or the refusal to ask."""


def key_of(page: UUID, item: int, units: int) -> UUID:
    """The page's key for this piece: another size chosen after going back is another asking."""
    return uuid5(page, f"{item}:{units}")


def plain(form: Mapping[str, str]) -> Ask | None:
    """What a form asks that is filled in as our pages fill it in; None where there is any doubt."""
    item, units = _whole(form.get("item", "")), _whole(form.get("units", "1"))
    style, key = _whole(form.get("style", "")), form.get("key", "")
    if not item or not style or not units or units > UNITS_PER_HOLD_MAX:
        return None
    try:
        return Ask(item, units, key_of(UUID(key), item, units))
    except ValueError:
        return None


def _whole(typed: str) -> int:
    """The number that ``typed`` is, in plain digits; 0 where it is none that one may ask for."""
    if not (typed.isascii() and typed.isdecimal()) or len(typed) > len(str(ITEM_MAX)):
        return 0
    number = int(typed)
    return number if number <= ITEM_MAX else 0


def held(answer: Answer) -> dict[str, Any]:
    """A hold as programs read it."""
    return {
        "outcome": str(answer.outcome),
        "hold_id": answer.hold_id,
        "expires_at": answer.expires_at and answer.expires_at.isoformat(),
        "price_minor": answer.price_minor,
    }
