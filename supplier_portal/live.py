"""The morning of a sale: what sells, by the minute and by the size, and what could have sold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for

from marketplace.queries import sell_through
from marketplace.services import deals
from marketplace.web import fields, figures, identity, inputs, pages, places
from marketplace.web.access import brand
from marketplace.words import formats, ngettext
from supplier_portal import door, frame

if TYPE_CHECKING:
    from flask import Response

    from marketplace.services.deals import Released


NUMBER_MAX = 2**53


class ReleaseForm(inputs.Schema):
    """How many more units of which item; ``key`` makes a second press of the button harmless."""

    item = fields.Whole(required=True, max=NUMBER_MAX)
    units = fields.Whole(required=True, min=1)
    key = fields.Trimmed(required=True, max=40)


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
        release=url_for("brand.release_into_sale", ref=ref) if frame.may_sign() else None,
    )
    template = "parts/figures.html" if asked["part"] else "brand/live.html"
    return pages.render(template, sale=found.sale, shown=shown, reports=found.reports)


@door.post("/sales/<ref>/release")
@brand(*frame.SIGNERS)
def release_into_sale(ref: str) -> Response:
    """Give more units of one item, out of what the hard stop leaves."""
    said = inputs.form(ReleaseForm())
    done = deals.release_into(
        identity.tools(), ref=ref, item_id=said["item"], units=said["units"], key=said["key"]
    )
    return pages.go("brand.live", ref=ref, notice=_released(done))


def _released(done: Released) -> str:
    number = formats.count(done.units)
    if done.at_once:
        return ngettext(
            "%(num)s unit released. It is on sale in a moment.",
            "%(num)s units released. They are on sale in a moment.",
            done.units,
            num=number,
        )
    return ngettext(
        "%(num)s unit released. It is on sale as soon as the house has counted it in.",
        "%(num)s units released. They are on sale as soon as the house has counted them in.",
        done.units,
        num=number,
    )


@door.get(f"/sales/<ref>/figures.<{figures.ENDINGS}:ending>")
@brand()
def live_file(ref: str, ending: str) -> Response:
    """The same figures to take away, as of the moment they are asked for."""
    tools = identity.tools()
    found = sell_through.live(tools, sale_ref=ref)
    return figures.taken_away(
        found.figures, found.sale.zone, ending=ending, spreadsheets=tools.spreadsheets
    )


@door.get("/sales/<ref>/returns.csv")
@brand()
def live_returns(ref: str) -> Response:
    """What members have sent back by now, by size and reason."""
    tools = identity.tools()
    found = sell_through.live(tools, sale_ref=ref)
    return figures.returns_taken_away(found.figures, tools.spreadsheets)


def _stream(ref: str) -> str:
    """Where the live channel tells that the figures have moved; empty where there is none."""
    live_url = places.premises().settings.live_url
    return f"{live_url.rstrip('/')}/live/brand/sales/{ref}" if live_url else ""
