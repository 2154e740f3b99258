"""The morning after: reports as they were kept, for each hour of a sale and at its close."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for

from marketplace.queries import sell_through
from marketplace.web import figures, identity, inputs, pages
from marketplace.web.access import brand
from supplier_portal import door, frame

if TYPE_CHECKING:
    from flask import Response

    from marketplace.queries.sell_through import Listing, ReportsOfSale

REF_LENGTH_MAX = 80


class ListQuery(frame.PageQuery):
    """Which page; with ``sale`` the reports of that sale instead of the sales."""

    sale = inputs.Trimmed(max=REF_LENGTH_MAX, load_default="")


@door.get("/reports")
@brand()
def reports() -> Response:
    """The sales that were reported on, or every report of one of them."""
    asked = inputs.query(ListQuery())
    if asked["sale"]:
        return _of_sale(asked["sale"], asked["page"])
    found = sell_through.reported(identity.tools(), page=asked["page"])
    return pages.render(
        "brand/reports.html",
        sales=[
            {
                "sale": each.sale,
                "reports": each.reports,
                "last": each.last,
                "shown": figures.listed(
                    each.last, currency=each.sale.currency, zone=each.sale.zone
                ),
            }
            for each in found.sales
        ],
        turns=_turns(found, len(found.sales)),
    )


def _of_sale(ref: str, page: int) -> Response:
    found = sell_through.of_sale(identity.tools(), sale_ref=ref, page=page)
    return pages.render(
        "brand/reports_of_sale.html",
        sale=found.sale,
        reports=[
            {
                "report": each,
                "shown": figures.listed(each, currency=found.sale.currency, zone=found.sale.zone),
            }
            for each in found.reports
        ],
        turns=_turns(found, len(found.reports), sale=ref),
    )


def _turns(
    found: Listing | ReportsOfSale, shown: int, *, sale: str | None = None
) -> dict[str, object] | None:
    """Where the pages before and after are; nothing where all is on one."""
    past = (found.page - 1) * found.page_size
    if found.total <= found.page_size:
        return None
    return {
        "first": past + 1,
        "last": past + shown,
        "total": found.total,
        "previous": url_for("brand.reports", page=found.page - 1, sale=sale)
        if found.page > 1
        else None,
        "next": url_for("brand.reports", page=found.page + 1, sale=sale)
        if past + shown < found.total
        else None,
    }


@door.get("/reports/<int:report_id>")
@brand()
def report(report_id: int) -> Response:
    """One report, exactly as it was kept, with its seal."""
    asked = inputs.query(figures.Question())
    found = sell_through.kept(identity.tools(), report_id=report_id)
    return pages.render(
        "brand/report.html",
        report=found,
        sale=found.sale,
        shown=figures.report(
            found,
            asked,
            address=lambda **query: url_for("brand.report", report_id=report_id, **query),
        ),
    )


@door.get(f"/reports/<int:report_id>.<{figures.ENDINGS}:ending>")
@brand()
def report_file(report_id: int, ending: str) -> Response:
    """A report to take away; as JSON, the very bytes that were sealed."""
    tools = identity.tools()
    found = sell_through.kept(tools, report_id=report_id)
    return figures.taken_away(
        found.figures,
        found.sale.zone,
        ending=ending,
        spreadsheets=tools.spreadsheets,
        stored=found.content,
    )


@door.get("/reports/<int:report_id>/returns.csv")
@brand()
def report_returns(report_id: int) -> Response:
    """What members had sent back by the report, by size and reason."""
    tools = identity.tools()
    found = sell_through.kept(tools, report_id=report_id)
    return figures.returns_taken_away(found.figures, tools.spreadsheets)
