"""What a brand approved of its sale, kept plainly, so that it can be told later what is no longer so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

PLANNED = ("title", "line", "opens", "closes", "limit", "photograph")
"""What of the plan a brand sees, in the order in which changes are told."""


@dataclass(frozen=True, slots=True)
class Offered:
    """Units of a variant in the sale, at a price with VAT."""

    units: int
    price_minor: int


@dataclass(frozen=True, slots=True)
class PlanChange:
    """A part of the plan that is not as it was; walls of clocks as ISO text, a photograph by its number."""

    part: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ItemChange:
    """A variant that is offered otherwise: added where there is nothing before, taken out where nothing is after."""

    variant_id: int
    before: Offered | None
    after: Offered | None


def as_plain(plan: Mapping[str, object], items: Mapping[int, Offered]) -> dict[str, Any]:
    """The sale as it is approved: text and whole numbers only."""
    assert set(plan) == set(PLANNED), "every part of the plan is kept"
    return {
        "plan": {part: "" if plan[part] is None else str(plan[part]) for part in PLANNED},
        "items": {str(number): [each.units, each.price_minor] for number, each in items.items()},
    }


def changes(
    approved: Mapping[str, Any], now: Mapping[str, Any]
) -> tuple[tuple[PlanChange, ...], tuple[ItemChange, ...]]:
    """What differs between two plain sales, by rising variant."""
    plans = tuple(
        PlanChange(part, approved["plan"][part], now["plan"][part])
        for part in PLANNED
        if approved["plan"][part] != now["plan"][part]
    )
    numbers = sorted({*approved["items"], *now["items"]}, key=int)
    items = tuple(
        ItemChange(int(each), _offered(approved, each), _offered(now, each))
        for each in numbers
        if approved["items"].get(each) != now["items"].get(each)
    )
    return plans, items


def _offered(sale: Mapping[str, Any], number: str) -> Offered | None:
    found = sale["items"].get(number)
    return None if found is None else Offered(*found)
