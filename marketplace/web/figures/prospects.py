"""What lies beyond a sale's figures, on its pages: forecast, lost demand, the category, who bought, what came back."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marketplace.domain.lost_demand import Reason, at_most, less
from marketplace.domain.reports import by
from marketplace.web.figures.curve import minutes_of
from marketplace.web.figures.headline import Figure
from marketplace.words import _, figures, formats, ngettext, prospects

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from marketplace.domain.lost_demand import Estimate
    from marketplace.domain.reports import Beyond, Outlook, Snapshot, VariantFigures
    from marketplace.queries.releases import Releasable
    from marketplace.queries.sell_through import Category

KEY_BYTES = 12
BRANDS_MIN = 5
OFFERS_MAX = 30
"""Further ones are released on the page of the deal."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A variant of which more may be released: what it would sell, and what is on its way. Finished strings."""

    name: str
    note: str
    sentence: str
    awaited: str
    item_id: int
    units: int
    button: str
    key: str


def shown(
    found: Snapshot, *, ends_at: datetime, category: Category | None
) -> dict[str, Any] | None:
    """The section of the page; None in a report that was kept before there was any."""
    beyond = found.beyond
    if beyond is None:
        return None
    return {
        "row": _row(found, beyond, ends_at=ends_at, category=category),
        "regions": prospects.where(beyond),
        "causes": tuple(str(cause) for cause in prospects.CAUSES.values()),
        "returned": _returned(found, beyond),
        "why": prospects.reasons_header(),
        "reasons": [
            {"name": size, "cells": tuple(formats.count(each) for each in units)}
            for size, units in prospects.reasons(found)
        ],
    }


def _row(
    found: Snapshot, beyond: Beyond, *, ends_at: datetime, category: Category | None
) -> tuple[Figure, ...]:
    over = found.as_of >= ends_at or category is None
    return (
        *(() if over else (_forecast(found, beyond),)),
        _lost(beyond),
        _buyers(beyond),
        *(() if category is None else (_category(found, category, ends_at=ends_at),)),
    )


def _forecast(found: Snapshot, beyond: Beyond) -> Figure:
    label = _("Expected at the close")
    if beyond.forecast is None:
        return Figure(label, prospects.NOTHING, prospects.expected(beyond))
    return Figure(
        label,
        formats.count(beyond.forecast.units),
        _(
            "%(range)s pieces paid, of %(accepted)s accepted",
            range=_range(beyond.forecast),
            accepted=formats.count(found.whole.accepted),
        ),
        _compared(beyond),
    )


def _range(of: Estimate) -> str:
    if of.low == of.high:
        return formats.count(of.units)
    return _("%(first)s to %(last)s", first=formats.count(of.low), last=formats.count(of.high))


def _compared(beyond: Beyond) -> str:
    return ngettext(
        "by the pace of %(num)s piece that never ran out",
        "by the pace of %(num)s pieces that never ran out",
        beyond.peers,
        num=formats.count(beyond.peers),
    )


def _lost(beyond: Beyond) -> Figure:
    label, whole = _("Lost demand"), prospects.lost(beyond.variants)
    if isinstance(whole, Reason):
        return Figure(label, prospects.NOTHING, prospects.reason(whole, beyond.peers))
    return Figure(
        label,
        formats.count(whole.units),
        _("%(range)s pieces that shelves did not meet", range=_range(whole)),
        _compared(beyond) if whole.high else "",
    )


def _buyers(beyond: Beyond) -> Figure:
    people = beyond.people
    return Figure(
        _("Members who bought"),
        prospects.people(people.buyers),
        _("new to you: %(people)s", people=prospects.people(people.new)),
        _("had bought from you before: %(people)s", people=prospects.people(people.known)),
    )


def _category(found: Snapshot, category: Category, *, ends_at: datetime) -> Figure:
    label = _("Your category at this minute")
    if not category.shares:
        told = formats.count(category.brands)
        return Figure(
            label,
            prospects.NOTHING,
            _(
                "not enough sales yet: %(brands)s of %(least)s other brands",
                brands=told,
                least=formats.count(BRANDS_MIN),
            ),
        )
    return Figure(
        label,
        figures.share(category.at(minutes_of(found, ends_at))),
        _(
            "median, of the pieces accepted; yours %(share)s",
            share=figures.share(found.whole.gross_bps),
        ),
        _("over the last sales of %(brands)s other brands", brands=formats.count(category.brands)),
    )


def _returned(found: Snapshot, beyond: Beyond) -> tuple[dict[str, Any], ...]:
    """By size, what came back and why; nothing where nothing did."""
    if not beyond.returned:
        return ()
    lines = [
        {"name": size or _("One size"), "cells": _back(beyond, rows)}
        for (size,), rows in by(
            sorted(found.variants, key=lambda row: row.size_rank), "size"
        ).items()
    ]
    return (*lines, {"name": _("All pieces"), "cells": _back(beyond, found.variants), "sum": True})


def _back(beyond: Beyond, rows: Sequence[VariantFigures]) -> tuple[str, ...]:
    back = prospects.came_back(beyond, {row.sale_item_id for row in rows})
    return tuple(formats.count(units) for units in back.values())


def offers(found: Snapshot, releasable: Sequence[Releasable]) -> tuple[Offer, ...]:
    """Variants of which more would sell, or is on its way; those first that would sell most of it."""
    if found.beyond is None:
        return ()
    rows = {row.sale_item_id: row for row in found.variants}
    told = {each.sale_item_id: each for each in found.beyond.variants}
    made = []
    for may in releasable:
        if may.sale_item_id not in rows:
            continue
        further = _further(told[may.sale_item_id], may)
        units = _units(rows[may.sale_item_id], further, may)
        if units or may.awaited:
            worth = further.units if further else 0
            made.append((worth, _offer(rows[may.sale_item_id], units, further, may)))
    made.sort(key=lambda pair: -pair[0])
    return tuple(offer for _worth, offer in made[:OFFERS_MAX])


def _further(told: Outlook, may: Releasable) -> Estimate | None:
    """What would sell beyond the shelf and beyond what is on its way to it."""
    return None if told.further is None else less(told.further, may.awaited)


def _units(row: VariantFigures, further: Estimate | None, may: Releasable) -> int:
    """As many as might sell; where that cannot be told, all there are of what is sold out."""
    if further is None:
        return may.most if row.sold_out_minute is not None and not may.awaited else 0
    return min(may.most, further.high) if further.units else 0


def _offer(row: VariantFigures, units: int, further: Estimate | None, may: Releasable) -> Offer:
    size = row.size or _("One size")
    return Offer(
        name=row.style_name,
        note=" \N{MIDDLE DOT} ".join(filter(None, (row.style_code, row.colour, size))),
        sentence=_sentence(units, size, further),
        awaited=ngettext(
            "%(num)s released, on sale as soon as the house has counted it in",
            "%(num)s released, on sale as soon as the house has counted them in",
            may.awaited,
            num=formats.count(may.awaited),
        )
        if may.awaited
        else "",
        item_id=row.sale_item_id,
        units=units,
        button=_("Release %(units)s", units=formats.count(units)),
        key=secrets.token_urlsafe(KEY_BYTES),
    )


def _sentence(units: int, size: str, further: Estimate | None) -> str:
    if not units:
        return _("With what is on its way, there is expected to be enough.")
    if further is None:
        return ngettext(
            "%(num)s more of %(size)s may be released; what it would sell is not estimable yet.",
            "%(num)s more of %(size)s may be released; what they would sell is not estimable yet.",
            units,
            num=formats.count(units),
            size=size,
        )
    return ngettext(
        "Releasing %(num)s more of %(size)s would sell %(sells)s.",
        "Releasing %(num)s more of %(size)s would sell %(sells)s.",
        units,
        num=formats.count(units),
        size=size,
        sells=prospects.estimate(at_most(further, units)),
    )
