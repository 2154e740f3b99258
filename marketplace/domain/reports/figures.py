"""What a brand is told about a sale: definitions of the figures, and the traps each one avoids.

Denominators are named: sell-through is of the *accepted* units that were in the sale, the only ones that could be
sold. Velocity counts by the time of payment, never of holding. A piece that is cancelled and bought again is paid
twice and sold once, so no share passes the whole. Money due is divided by the settling functions, as the statement
will be. Nothing here knows a member.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.domain.money import bps_of, split
from marketplace.domain.refusals import Refusal
from marketplace.domain.settlements import settle

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from marketplace.domain.settlements import Pay, Sold

PEOPLE_STEP = 10
"""People are counted out to a brand in whole tens: fewer than ten are not counted at all, and two looks at a figure
cannot tell one person apart. The database function that counts them knows the step too."""

MILESTONES_BPS = (2_500, 5_000, 7_500, 10_000)
STEPS_MINUTES = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360)
STEPS_MAX = 72
"""A curve is drawn with at most so many steps; each is as many minutes as the shortest of these that suffices."""


class FiguresNotShared(Refusal):
    """The deal shows the brand its figures only once the sale has closed, at ``closes_at``."""

    code = "figures_not_shared"


@dataclass(frozen=True, slots=True)
class VariantFigures:
    """One variant as of an instant. Units; amounts in minor units.

    ``accepted`` were in the sale, ``accepted_first`` of them within its first hour. ``gross_minor`` and ``net_minor``
    are with VAT; ``due_minor`` is what the brand is owed for what was kept, without VAT, and ``due_vat_minor`` the
    VAT on it; ``cost_minor`` the brand's own cost of one piece where it told us. ``wanted_by`` counts people in whole
    tens, None where they are fewer. ``sold_out_minute`` counts from the opening to the payment of the last piece.
    ``condition`` and ``defects`` are what members were told of the style when the figures were taken, both empty in
    reports of before.
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
    accepted_first: int
    paid: int
    cancelled: int
    returned: int
    first_hour: int
    in_bags: int
    refused_adds: int
    wanted_by: int | None
    expired_holds: int
    expired_units: int
    sold_out_minute: int | None
    gross_minor: int
    net_minor: int
    due_minor: int
    due_vat_minor: int
    cost_minor: int | None
    condition: str = ""
    defects: str = ""

    @property
    def kept(self) -> int:
        """Units that were paid and stayed sold."""
        return self.paid - self.cancelled - self.returned

    @property
    def sold(self) -> int:
        """Units that found a buyer: one that was cancelled and bought again counts once."""
        return min(self.paid, self.accepted)

    @property
    def sold_first_hour(self) -> int:
        """Units that found a buyer in the first hour, of those that were there."""
        return min(self.first_hour, self.accepted_first)

    @property
    def sold_bps(self) -> int | None:
        """``sold`` of ``accepted``."""
        return rate(self.sold, self.accepted)


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over variants: of a sale, a style, a colour or a size. Rates in basis points, None of nothing.

    ``gross_bps`` is ``sold`` of ``accepted``, ``net_bps`` ``kept`` of ``accepted``, ``first_hour_bps`` what sold in
    the first hour of what was there by its end, ``recovered_bps`` ``due_minor`` of ``cost_known_minor``: both
    without VAT, as in the deal's worked example. ``wanted_by`` is a lower bound: the most for any one variant.
    """

    accepted: int
    paid: int
    sold: int
    cancelled: int
    returned: int
    kept: int
    unsold: int
    accepted_first: int
    first_hour: int
    in_bags: int
    refused_adds: int
    wanted_by: int | None
    expired_holds: int
    expired_units: int
    gross_minor: int
    net_minor: int
    due_minor: int
    due_vat_minor: int
    gross_bps: int | None
    net_bps: int | None
    first_hour_bps: int | None
    cost_known_minor: int
    recovered_bps: int | None


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Units paid by the end of a minute of the sale, which are counted from its opening."""

    minute: int
    paid: int


def totals(variants: Iterable[VariantFigures], *, cost_total_minor: int | None = None) -> Totals:
    """Add up. ``cost_total_minor`` is what the brand said its whole lot cost, where single costs are unknown.

    Refuses, as a bug, figures that cannot be: more kept than accepted would show a share above the whole.
    """
    rows = tuple(variants)
    for row in rows:
        _check(row)
    accepted, sold = sum(row.accepted for row in rows), sum(row.sold for row in rows)
    kept, first = sum(row.kept for row in rows), sum(row.accepted_first for row in rows)
    cost = _cost(rows, cost_total_minor)
    due = sum(row.due_minor for row in rows)
    return Totals(
        accepted=accepted,
        sold=sold,
        kept=kept,
        unsold=accepted - kept,
        accepted_first=first,
        wanted_by=max((row.wanted_by for row in rows if row.wanted_by), default=None),
        due_minor=due,
        gross_bps=rate(sold, accepted),
        net_bps=rate(kept, accepted),
        first_hour_bps=rate(sum(row.sold_first_hour for row in rows), first),
        cost_known_minor=cost,
        recovered_bps=rate(due, cost),
        **{name: sum(getattr(row, name) for row in rows) for name in _ADDED},
    )


_ADDED = (
    "paid",
    "cancelled",
    "returned",
    "first_hour",
    "in_bags",
    "refused_adds",
    "expired_holds",
    "expired_units",
    "gross_minor",
    "net_minor",
    "due_vat_minor",
)


def _check(row: VariantFigures) -> None:
    assert 0 <= row.kept <= row.accepted, f"{row.sku}: {row.kept} kept of {row.accepted} accepted"
    assert row.first_hour <= row.paid, f"{row.sku}: more paid in the first hour than ever"
    assert row.accepted_first <= row.accepted, f"{row.sku}: more there at first than ever"


def rate(part: int, whole: int) -> int | None:
    """``part`` of ``whole`` in basis points; None of nothing: 'no units' is not 'none sold'."""
    return bps_of(part, whole) if whole else None


def _cost(rows: tuple[VariantFigures, ...], cost_total_minor: int | None) -> int:
    """The brand's cost of what was accepted: piece by piece where every cost is known, else the whole as told."""
    if rows and all(row.cost_minor is not None for row in rows):
        return sum((row.cost_minor or 0) * row.accepted for row in rows)
    return cost_total_minor or 0


def owed(lines: Sequence[Sold], currency: str, *, pay: Pay) -> tuple[tuple[int, int], ...]:
    """What the brand is owed for each line, in minor units: without VAT, and the VAT on it.

    The house rounds per statement, so both are parts of the statement these lines would make: they add to it.
    """
    whole = settle(lines, currency, pay=pay)
    dues = [each.due.minor for each in whole.shares]
    taxes = [0] * len(lines)
    for each in whole.rates:
        places = [place for place, line in enumerate(lines) if line.vat_bps == each.vat_bps]
        weights = [dues[place] for place in places]
        parts = split(each.due_vat, weights) if any(weights) else ()
        for place, part in zip(places, parts, strict=bool(parts)):
            taxes[place] = part.minor
    return tuple(zip(dues, taxes, strict=True))


def by(
    rows: Iterable[VariantFigures], *names: str
) -> dict[tuple[str, ...], tuple[VariantFigures, ...]]:
    """The rows grouped by the named fields (``style_code``, ``colour``, ``size``), in order of first appearance."""
    groups: dict[tuple[str, ...], list[VariantFigures]] = {}
    for row in rows:
        groups.setdefault(tuple(str(getattr(row, name)) for name in names), []).append(row)
    return {key: tuple(found) for key, found in groups.items()}


def size_break(rows: Iterable[VariantFigures]) -> int | None:
    """The minute in which a style in a colour lost its first size while others are left; None if it did not.

    Every size on offer counts, until a category names the ones at its core. Sold out altogether is no break.
    """
    offered = [row for row in rows if row.accepted]
    gone = [row.sold_out_minute for row in offered if row.sold_out_minute is not None]
    return min(gone) if 0 < len(gone) < len(offered) else None


def sold_out(rows: Iterable[VariantFigures]) -> int | None:
    """The minute in which the last piece of all ``rows`` was paid; None while any is left."""
    minutes = [row.sold_out_minute for row in rows if row.accepted]
    known = [minute for minute in minutes if minute is not None]
    return max(known) if known and len(known) == len(minutes) else None


@dataclass(frozen=True, slots=True)
class SizeRun:
    """Styles in colours that share a run of sizes, so that one table can hold them; ``sizes`` in their order."""

    sizes: tuple[str, ...]
    lines: tuple[tuple[VariantFigures, ...], ...]


def size_runs(rows: Iterable[VariantFigures]) -> tuple[SizeRun, ...]:
    """Every style in a colour, put together with those that share a size with it: shirts apart from shoes."""
    lines = tuple(by(rows, "style_code", "colour").values())
    runs: list[tuple[set[str], list[tuple[VariantFigures, ...]]]] = []
    for line in lines:
        sizes, members = {row.size for row in line}, [line]
        apart = []
        for known, others in runs:
            if known & sizes:
                sizes, members = known | sizes, others + members
            else:
                apart.append((known, others))
        runs = [*apart, (sizes, members)]
    place = {id(line): number for number, line in enumerate(lines)}
    found = [sorted(members, key=lambda line: place[id(line)]) for _, members in runs]
    found.sort(key=lambda members: place[id(members[0])])
    return tuple(SizeRun(_sizes(members), tuple(members)) for members in found)


def _sizes(lines: Iterable[tuple[VariantFigures, ...]]) -> tuple[str, ...]:
    ranks: dict[str, int] = {}
    for row in (row for line in lines for row in line):
        ranks[row.size] = min(row.size_rank, ranks.get(row.size, row.size_rank))
    return tuple(sorted(ranks, key=lambda size: (ranks[size], size)))


def step_minutes(span: int) -> int:
    """How many minutes each step of a curve over ``span`` minutes takes."""
    return next((step for step in STEPS_MINUTES if step * STEPS_MAX >= span), STEPS_MINUTES[-1])


def paid_by(curve: Sequence[CurvePoint], minutes: Iterable[int]) -> tuple[int, ...]:
    """Units paid before each of these minutes (rising) had begun: 0 before minute 0."""
    found, place, paid = [], 0, 0
    for minute in minutes:
        while place < len(curve) and curve[place].minute < minute:
            paid, place = curve[place].paid, place + 1
        found.append(paid)
    return tuple(found)


def milestones(curve: Iterable[CurvePoint], accepted: int) -> dict[int, int]:
    """The minute in which a quarter, half, three quarters and all of ``accepted`` were paid, where they were."""
    reached: dict[int, int] = {}
    for point in curve:
        for share_bps in MILESTONES_BPS:
            if accepted and point.paid * 10_000 >= accepted * share_bps:
                reached.setdefault(share_bps, point.minute)
    return reached
