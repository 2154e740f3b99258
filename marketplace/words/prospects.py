"""What lies beyond a sale's figures, as words: estimates with their interval, reasons, people in tens, regions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.domain import lost_demand
from marketplace.domain.lost_demand import PEERS_MIN, Reason
from marketplace.domain.orders import RefundCause
from marketplace.domain.reports import by
from marketplace.words import _, formats, lazy, ordering, regions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from marketplace.domain.lost_demand import Estimate
    from marketplace.domain.reports import Beyond, Outlook, Snapshot, VariantFigures
    from marketplace.toolbox import CellValue
    from marketplace.words import Lazy

NOTHING = "\N{EN DASH}"
CAUSES: dict[str, Lazy] = {
    "cancelled": lazy("Cancelled before packing"),
    "withdrawn": lazy("Sent back by the member"),
    "short": lazy("Never came from the brand"),
    "house": lazy("Refunded by the house"),
}
"""Why pieces came back; a cause that is not named here is the house's."""


def people(tens: int | None) -> str:
    """How many members, in whole tens, never so few that one could be picked out."""
    if tens is None:
        return _("fewer than ten")
    return _("%(tens)s or more", tens=formats.count(tens))


def estimate(found: Estimate) -> str:
    """``about 65 (40 to 94)``; a number alone where there is nothing between its bounds."""
    if found.low == found.high:
        return formats.count(found.units)
    return _(
        "about %(units)s (%(low)s to %(high)s)",
        units=formats.count(found.units),
        low=formats.count(found.low),
        high=formats.count(found.high),
    )


def reason(found: Reason, peers: int) -> str:
    """Why something is not estimated."""
    match found:
        case Reason.FEW_PEERS:
            return _(
                "not estimable: %(peers)s of the %(least)s pieces it takes to compare with",
                peers=formats.count(peers),
                least=formats.count(PEERS_MIN),
            )
        case Reason.TOO_EARLY:
            return _("not estimable so early in a sale")
        case Reason.NOTHING_SOLD:
            return _("not estimable: nothing was sold")


def lost_of(found: Beyond | None, line: Sequence[VariantFigures]) -> str:
    """The lost demand of several variants together; nothing where there is none to tell of.

    Why something is not estimable is said once, of the whole sale.
    """
    if found is None:
        return ""
    wanted = {row.sale_item_id for row in line}
    told = [each for each in found.variants if each.sale_item_id in wanted]
    whole = lost(told)
    if isinstance(whole, Reason):
        return _("not estimable")
    return _("lost: %(pieces)s", pieces=estimate(whole)) if whole.high else ""


def lost(told: Iterable[Outlook]) -> Estimate | Reason:
    """The lost demand of these together; why it is unknown where one of them cannot be estimated."""
    found = list(told)
    unknown = [each.reason for each in found if each.reason is not None]
    if unknown:
        return unknown[0]
    return lost_demand.total(each.lost for each in found if each.lost is not None)


def header() -> tuple[str, ...]:
    """The columns that a table of variants has beyond its figures."""
    return (
        _("Members left wanting"),
        _("Lost demand, estimated"),
        _("Lost demand, at least"),
        _("Lost demand, at most"),
        _("Not estimated because"),
        *(str(cause) for cause in CAUSES.values()),
    )


def row(found: Beyond | None, sale_item_id: int) -> tuple[CellValue, ...]:
    """The same of one variant, in the order of :func:`header`; empty in a report that was kept without it."""
    if found is None:
        return (None,) * (5 + len(CAUSES))
    told = next(each for each in found.variants if each.sale_item_id == sale_item_id)
    back = came_back(found, {sale_item_id})
    return (
        people(told.wanting),
        *((told.lost.units, told.lost.low, told.lost.high) if told.lost else (None, None, None)),
        reason(told.reason, found.peers) if told.reason else "",
        *(back[cause] for cause in CAUSES),
    )


def came_back(found: Beyond, items: set[int]) -> dict[str, int]:
    """Units of these items that left orders, by the causes of :data:`CAUSES`."""
    units = dict.fromkeys(CAUSES, 0)
    for each in found.returned:
        if each.sale_item_id in items:
            units[each.cause if each.cause in CAUSES else "house"] += each.units
    return units


def reasons(found: Snapshot) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """By size, and of all at the end: units that members sent back, by reason, those told without one, and together.

    Nothing where no member sent anything back. The last of each line is what the statement counts.
    """
    if found.beyond is None:
        return ()
    sizes = by(sorted(found.variants, key=lambda row: row.size_rank), "size")
    lines = [
        (size or _("One size"), _why(found.beyond, size, rows)) for (size,), rows in sizes.items()
    ]
    whole = tuple(sum(column) for column in zip(*(units for _size, units in lines), strict=True))
    return (*lines, (_("All pieces"), whole)) if whole and whole[-1] else ()


def _why(found: Beyond, size: str, rows: Sequence[VariantFigures]) -> tuple[int, ...]:
    given = {each.reason: each.units for each in found.reasons if each.size == size}
    cells = tuple(given.get(reason, 0) for reason in ordering.RETURN_REASONS)
    back = came_back(found, {row.sale_item_id for row in rows})[RefundCause.WITHDRAWN]
    return (*cells, back - sum(cells), back)


def reasons_header() -> tuple[str, ...]:
    """The columns beside the size, in the order of :func:`reasons`."""
    given = (str(reason) for reason in ordering.RETURN_REASONS.values())
    return (*given, _("No reason told"), _("Sent back by members"))


def _reasons_told(found: Snapshot) -> tuple[tuple[str, str], ...]:
    lines = reasons(found)
    if not lines:
        return ()
    pairs = zip(reasons_header(), lines[-1][1], strict=True)
    return tuple(
        (_("Sent back, pieces: %(reason)s", reason=label), formats.count(units))
        for label, units in tuple(pairs)[:-1]
        if units
    )


def told(found: Snapshot) -> tuple[tuple[str, str], ...]:
    """What lies beyond the figures of the whole sale: label and words, as a letter and a workbook say them."""
    beyond = found.beyond
    if beyond is None:
        return ()
    whole = lost(beyond.variants)
    return (
        *(((_("Pieces paid at the close, expected"), expected(beyond)),) if _open(beyond) else ()),
        (
            _("Lost demand in pieces"),
            reason(whole, beyond.peers) if isinstance(whole, Reason) else estimate(whole),
        ),
        (_("Members who bought"), people(beyond.people.buyers)),
        (_("Members new to you"), people(beyond.people.new)),
        (_("Members who had bought from you before"), people(beyond.people.known)),
        *_reasons_told(found),
    )


def _open(found: Beyond) -> bool:
    return found.forecast is not None or found.reason is not None


def expected(found: Beyond) -> str:
    """The forecast at close, or why there is none; a dash once the sale is over."""
    if found.forecast is not None:
        return estimate(found.forecast)
    return reason(found.reason, found.peers) if found.reason else NOTHING


def where(found: Beyond) -> tuple[tuple[str, str], ...]:
    """Regions by name with the members who bought there, the most first and what is folded together last."""
    return tuple((regions.named(each.code), people(each.people)) for each in found.people.regions)
