"""A sale's figures as files to take away: the same numbers as on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.domain.reports import as_stored, canonical
from marketplace.web import documents
from marketplace.words import figures

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Response

    from marketplace.domain.reports import Snapshot
    from marketplace.toolbox import Spreadsheets

MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
"""By ending. A program gets the very bytes that a report's seal is made of."""
ENDINGS = f"any({', '.join(MEDIA)})"
"""The converter of an address that ends in one of them."""


def taken_away(
    found: Snapshot,
    zone: str,
    *,
    ending: str,
    spreadsheets: Spreadsheets,
    stored: Mapping[str, object] | None = None,
) -> Response:
    """The figures as a file of this ending; ``stored`` as a report kept them, where one did."""
    content = _content(found, zone, ending, spreadsheets, stored)
    return documents.written(f"{figures.filename(found)}.{ending}", content, MEDIA[ending])


def returns_taken_away(found: Snapshot, spreadsheets: Spreadsheets) -> Response:
    """What members sent back by size and reason, as a file of its own: reasons are counted by size, not by variant."""
    sheet = figures.returns(found)
    content = spreadsheets.csv_bytes(sheet.header, sheet.rows)
    return documents.written(f"{figures.filename(found)}-returns.csv", content, MEDIA["csv"])


def _content(
    found: Snapshot,
    zone: str,
    ending: str,
    spreadsheets: Spreadsheets,
    stored: Mapping[str, object] | None,
) -> bytes:
    match ending:
        case "csv":
            return spreadsheets.csv_bytes(figures.header(), figures.rows(found, zone))
        case "xlsx":
            return spreadsheets.xlsx_bytes(figures.sheets(found, zone))
        case _:
            return canonical(stored if stored is not None else as_stored(found))
