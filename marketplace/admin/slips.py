"""Packing slips: what lies in a parcel, on a page and as a document to print.

No prices, a neutral sender, the language of whoever opens the parcel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import make_response

from marketplace.web import pages
from marketplace.words import _, countries, formats, locale, papers, speaking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Response

    from marketplace.queries.desk_orders import Desk


def shown(parcels: Sequence[Desk], paper: str) -> Response:
    """The page of them, with the address of the document."""
    sheets = [_sheet(parcel) for parcel in parcels]
    return pages.render("admin/slips.html", sheets=sheets, paper=paper)


def printed(parcels: Sequence[Desk]) -> Response:
    """The document, one parcel to a sheet."""
    content = papers.printed(
        "packing_slips",
        lang=locale(),
        title=_("Packing slip"),
        facts={
            "slips": [_sheet(parcel) for parcel in parcels],
            "none": _("Nothing waits to be packed."),
        },
    )
    answer = make_response(content)
    answer.mimetype = "application/pdf"
    return answer


def _sheet(parcel: Desk) -> dict[str, object]:
    with speaking(parcel.locale):
        address = parcel.address
        place = f"{address.get('postcode', '')} {address.get('city', '')}".strip()
        lines = (address.get("recipient"), address.get("line_1"), address.get("line_2"), place)
        return {
            "lang": parcel.locale,
            "ref": parcel.ref,
            "to": [*filter(None, lines), countries.name(parcel.territory)],
            "heading": _("In this parcel"),
            "head": [_("Piece"), _("SKU"), _("Pieces")],
            "lines": [
                [
                    ", ".join(filter(None, (line.name, line.colour, line.size))),
                    line.sku,
                    formats.count(line.packed),
                ]
                for line in parcel.lines
                if line.packed
            ],
            "note": _(
                "You can change your mind within fourteen days of delivery. Your order's page shows how."
            ),
        }
