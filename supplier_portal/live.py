"""The morning of a sale: what sells, by the minute and by the size, and what could have sold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for

from marketplace.queries import sell_through
from marketplace.web import figures, identity, inputs, pages, places
from marketplace.web.access import brand
from supplier_portal import door

if TYPE_CHECKING:
    from flask import Response


@door.get("/sales/<ref>/live")
@brand()
def live(ref: str) -> Response:
    """The figures of one of the brand's sales now; with ``part`` only what changes on the page."""
    asked = inputs.query(figures.Question())
    found = sell_through.live(identity.tools(), sale_ref=ref)
    shown = figures.live(
        found,
        asked,
        address=lambda **query: url_for("brand.live", ref=ref, **query),
        stream=_stream(ref),
    )
    template = "parts/figures.html" if asked["part"] else "brand/live.html"
    return pages.render(template, sale=found.sale, shown=shown, reports=found.reports)


@door.get(f"/sales/<ref>/figures.<{figures.ENDINGS}:ending>")
@brand()
def live_file(ref: str, ending: str) -> Response:
    """The same figures to take away, as of the moment they are asked for."""
    tools = identity.tools()
    found = sell_through.live(tools, sale_ref=ref)
    return figures.taken_away(
        found.figures, found.sale.zone, ending=ending, spreadsheets=tools.spreadsheets
    )


def _stream(ref: str) -> str:
    """Where the live channel tells that the figures have moved; empty where there is none."""
    live_url = places.premises().settings.live_url
    return f"{live_url.rstrip('/')}/live/brand/sales/{ref}" if live_url else ""
