"""What a page of figures shows and where its links lead; the templates only lay it out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marketplace.domain.sales import Phase
from marketplace.web import fields, inputs
from marketplace.web.figures import curve, headline, prospects, tables
from marketplace.web.figures.tables import ROWS_PER_PAGE, View
from marketplace.words import _, figures, formats

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from marketplace.domain.reports import Snapshot
    from marketplace.queries.sell_through import (
        Before,
        Category,
        KeptReport,
        ReportLine,
        SellThrough,
    )

    Address = Callable[..., str]

PAGES_MAX = 1_000
EVERY_SECONDS = 15


class Question(inputs.Schema):
    """Which table, which page of it, whether the page follows the sale, and whether only its figures are wanted."""

    by = fields.Choice(View, load_default=View.SIZES)
    page = fields.Whole(min=1, max=PAGES_MAX, load_default=1)
    still = fields.Tick()
    part = fields.Tick()


def live(
    found: SellThrough,
    asked: dict[str, Any],
    *,
    address: Address,
    stream: str,
    release: str | None,
) -> dict[str, Any]:
    """A sale's figures now. They follow the sale until it is over and every bag is paid or empty.

    ``release`` is where units are released, for those who may.
    """
    zone, over = found.sale.zone, found.sale.phase is Phase.CLOSED
    follows = not (over and not found.figures.whole.in_bags)
    begun = found.figures.as_of >= found.sale.opens_at
    shown = _shown(
        found.figures,
        asked,
        zone=zone,
        ends_at=found.sale.closes_at,
        before=found.before,
        category=found.category,
        live=True,
        address=address,
    )
    return shown | {
        "begun": begun,
        "offers": prospects.offers(found.figures, found.releasable) if begun else (),
        "release": release,
        "opens": formats.moment(found.sale.opens_at, zone),
        "every": EVERY_SECONDS if follows and not asked["still"] else 0,
        "follows": follows,
        "still": asked["still"],
        "part": asked["part"],
        "stream": stream if follows and not asked["still"] else "",
        "trend": curve.beside(found.figures, found.before, ends_at=found.sale.closes_at)
        if found.before is not None and begun
        else None,
        "addresses": {
            "part": address(**_kept(asked), part=1),
            "again": address(**_kept(asked)),
            "turn": address(**{**_kept(asked), "still": None if asked["still"] else 1}),
        },
    }


def report(found: KeptReport, asked: dict[str, Any], *, address: Address) -> dict[str, Any]:
    """Figures exactly as a report kept them."""
    shown = _shown(
        found.figures,
        asked,
        zone=found.sale.zone,
        ends_at=found.figures.as_of,
        before=None,
        category=None,
        live=False,
        address=address,
    )
    return shown | {
        "begun": True,
        "offers": (),
        "every": 0,
        "follows": False,
        "still": False,
        "stream": "",
    }


def _shown(
    found: Snapshot,
    asked: dict[str, Any],
    *,
    zone: str,
    ends_at: datetime,
    before: Before | None,
    category: Category | None,
    live: bool,
    address: Address,
) -> dict[str, Any]:
    view, page = asked["by"], asked["page"]
    rows, total = tables.paged(found.variants, view, page)
    return {
        "as_of": figures.as_of(found.as_of, zone),
        "as_of_at": found.as_of.isoformat(),
        "headline": headline.headline(found, zone, live=live),
        "pieces": formats.count(found.whole.accepted),
        "lines": formats.count(len(found.variants)),
        "any": bool(found.variants),
        "chart": _chart(found, zone, ends_at, before, category),
        "beyond": prospects.shown(found, ends_at=ends_at, category=category),
        "reached": headline.reached(found, zone),
        "views": _views(asked, address),
        "grids": tables.grids(found, rows, zone) if view is View.SIZES else (),
        "sums": tables.sums(found, rows, view) if view is not View.SIZES else (),
        "sum_name": _names()[view],
        "sum_columns": tables.sum_columns(),
        "everything": tables.everything(found),
        "turns": _turns(asked, total, address),
    }


def _chart(
    found: Snapshot,
    zone: str,
    ends_at: datetime,
    before: Before | None,
    category: Category | None,
) -> curve.Chart | None:
    if not found.curve:
        return None
    return curve.drawn(found, zone, ends_at=ends_at, before=before, category=category)


def _kept(asked: dict[str, Any]) -> dict[str, Any]:
    """What of the address stays when something else of it changes."""
    return {
        "by": None if asked["by"] is View.SIZES else asked["by"].value,
        "page": asked["page"] if asked["page"] > 1 else None,
        "still": 1 if asked["still"] else None,
    }


def _names() -> dict[View, str]:
    return {
        View.SIZES: _("Style and colour"),
        View.STYLE: _("Style"),
        View.COLOUR: _("Colour"),
        View.SIZE: _("Size"),
    }


def _views(asked: dict[str, Any], address: Address) -> list[dict[str, object]]:
    return [
        {
            "label": name,
            "href": address(**{**_kept(asked | {"by": view}), "page": None}),
            "current": view is asked["by"],
        }
        for view, name in _names().items()
    ]


def _turns(asked: dict[str, Any], total: int, address: Address) -> dict[str, object] | None:
    page = asked["page"]
    if total <= ROWS_PER_PAGE:
        return None
    return {
        "first": (page - 1) * ROWS_PER_PAGE + 1,
        "last": min(page * ROWS_PER_PAGE, total),
        "total": total,
        "previous": address(**_kept(asked | {"page": page - 1})) if page > 1 else None,
        "next": address(**_kept(asked | {"page": page + 1}))
        if page * ROWS_PER_PAGE < total
        else None,
    }


def listed(line: ReportLine, *, currency: str, zone: str) -> dict[str, str]:
    """A report in a list, as finished strings."""
    return {
        "as_of": figures.as_of(line.as_of, zone, seconds=False),
        "paid": formats.count(line.paid),
        "accepted": formats.count(line.accepted),
        "gross": figures.share(line.gross_bps),
        "net": figures.share(line.net_bps),
        "due": figures.money(line.due_minor, currency),
    }
