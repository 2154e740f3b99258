"""What a brand is told about a sale: definitions of the figures, and the traps each one avoids.

Denominators are named: sell-through is of *accepted* units, the only ones that could be sold. Velocity counts by the
time of payment, never of holding. Nothing here knows a member.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from marketplace.domain.money import bps_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FIRST_HOUR_SECONDS = 60 * 60
PEOPLE_SHOWN_MIN = 10
"""Fewer people than this are never counted out to a brand; the database function that counts them knows it too."""


@dataclass(frozen=True, slots=True)
class VariantFigures:
    """One variant as of an instant. Units; amounts in minor units with VAT; ``wanted_by`` counts people,
    None where they are fewer than ten.

    ``due_minor`` is what the brand is owed for what was kept, with its VAT; ``cost_minor`` the brand's cost of
    one piece where it told us.
    """

    sale_item_id: int
    style_code: str
    style_name: str
    colour: str
    size: str
    size_rank: int
    sku: str
    price_minor: int
    accepted: int
    paid: int
    cancelled: int
    returned: int
    first_hour: int
    in_bags: int
    refused_adds: int
    wanted_by: int | None
    expired_holds: int
    expired_units: int
    gross_minor: int
    net_minor: int
    due_minor: int
    cost_minor: int | None


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over variants: of a sale, a style, a colour or a size. Rates in basis points of ``accepted``."""

    accepted: int
    paid: int
    cancelled: int
    returned: int
    kept: int
    unsold: int
    first_hour: int
    in_bags: int
    refused_adds: int
    expired_holds: int
    expired_units: int
    gross_minor: int
    net_minor: int
    due_minor: int
    gross_bps: int | None
    net_bps: int | None
    first_hour_bps: int | None
    cost_known_minor: int
    recovered_bps: int | None


def totals(variants: Iterable[VariantFigures], *, cost_total_minor: int | None = None) -> Totals:
    """Add up. ``cost_total_minor`` is what the brand said the whole lot cost, where single costs are unknown.

    Refuses, as a bug, more paid units than accepted ones: a sell-through above 100 % is never shown.
    """
    rows = tuple(variants)
    accepted = sum(row.accepted for row in rows)
    paid = sum(row.paid for row in rows)
    gone = sum(row.cancelled + row.returned for row in rows)
    first = sum(row.first_hour for row in rows)
    cost = _cost(rows, cost_total_minor)
    due = sum(row.due_minor for row in rows)
    return Totals(
        accepted=accepted,
        paid=paid,
        cancelled=sum(row.cancelled for row in rows),
        returned=sum(row.returned for row in rows),
        kept=paid - gone,
        unsold=accepted - paid + gone,
        first_hour=first,
        in_bags=sum(row.in_bags for row in rows),
        refused_adds=sum(row.refused_adds for row in rows),
        expired_holds=sum(row.expired_holds for row in rows),
        expired_units=sum(row.expired_units for row in rows),
        gross_minor=sum(row.gross_minor for row in rows),
        net_minor=sum(row.net_minor for row in rows),
        due_minor=due,
        gross_bps=rate(paid, accepted),
        net_bps=rate(paid - gone, accepted),
        first_hour_bps=rate(first, accepted),
        cost_known_minor=cost,
        recovered_bps=rate(due, cost),
    )


def rate(part: int, whole: int) -> int | None:
    """``part`` of ``whole`` in basis points; None of nothing: 'no units' is not 'none sold'."""
    return bps_of(part, whole) if whole else None


def by(
    rows: Iterable[VariantFigures], *names: str
) -> dict[tuple[str, ...], tuple[VariantFigures, ...]]:
    """The rows grouped by the named fields (``style_code``, ``colour``, ``size``), in order of first appearance."""
    groups: dict[tuple[str, ...], list[VariantFigures]] = {}
    for row in rows:
        groups.setdefault(tuple(str(getattr(row, name)) for name in names), []).append(row)
    return {key: tuple(found) for key, found in groups.items()}


def as_stored(rows: Iterable[VariantFigures], *, cost_total_minor: int | None) -> dict[str, Any]:
    """The figures as a report keeps them."""
    return {"cost_total_minor": cost_total_minor, "variants": [asdict(row) for row in rows]}


def from_stored(figures: Mapping[str, Any]) -> tuple[tuple[VariantFigures, ...], int | None]:
    """What a report kept, read back."""
    rows = tuple(VariantFigures(**row) for row in figures["variants"])
    return rows, figures["cost_total_minor"]


def sealed(figures: Mapping[str, Any]) -> str:
    """SHA-256 of stored figures in one canonical form."""
    text = json.dumps(figures, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _cost(rows: tuple[VariantFigures, ...], cost_total_minor: int | None) -> int:
    """The brand's cost of what was accepted: piece by piece where every cost is known, else the whole as told."""
    if rows and all(row.cost_minor is not None for row in rows):
        return sum((row.cost_minor or 0) * row.accepted for row in rows)
    return cost_total_minor or 0
