"""Spreadsheets that leave the house: no cell of them is ever carried out by the program that opens them.

A text that a spreadsheet program could take for a formula gets an apostrophe in front, also where spaces or
full-width forms hide its beginning (CWE-1236). In workbooks it is stored as a string besides.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from decimal import Decimal
from typing import TYPE_CHECKING

import xlsxwriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from marketplace.toolbox import CellValue, Sheet

SHEET_NAME_LENGTH_MAX = 31
_NOT_IN_SHEET_NAMES = dict.fromkeys(map(ord, "[]:*?/\\'"), " ")
_BEGINS_A_FORMULA = frozenset("=+-@\t\r\n\0|%")
_UNSEEN = {"Cf", "Cc", "Zs", "Zl", "Zp"}
WIDTH_MIN = 8
WIDTH_MAX = 60


def safe(text: str) -> str:
    """``text`` as it may stand in a cell: what could begin a formula gets an apostrophe, NUL is dropped."""
    plain = text.replace("\0", "")
    if text[:1] in _BEGINS_A_FORMULA and text[:1]:
        return f"'{plain}"
    seen = next((each for each in plain if unicodedata.category(each) not in _UNSEEN), "")
    return f"'{plain}" if unicodedata.normalize("NFKC", seen)[:1] in {*"=+-@|%"} else plain


def csv_bytes(
    header: Sequence[str], rows: Iterable[Sequence[CellValue]], *, delimiter: str = ";"
) -> bytes:
    """The rows as CSV in UTF-8 with a mark, as spreadsheet programs like it; CRLF ends a row."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    writer.writerow([safe(cell) for cell in header])
    for row in rows:
        writer.writerow([_as_text(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def _as_text(cell: CellValue) -> str:
    match cell:
        case None:
            return ""
        case str():
            return safe(cell)
        case Decimal():
            return f"{cell:f}"
        case _:
            return str(cell)


def xlsx_bytes(sheets: Sequence[Sheet]) -> bytes:
    """A workbook of ``sheets``: header bold and frozen, columns as wide as their words."""
    out = io.BytesIO()
    workbook = xlsxwriter.Workbook(
        out,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    bold = workbook.add_format({"bold": True, "bottom": 1})
    for sheet in sheets:
        page = workbook.add_worksheet(_sheet_name(sheet.name))
        page.freeze_panes(1, 0)
        for place, title in enumerate(sheet.header):
            page.write_string(0, place, safe(title), bold)
            page.set_column(place, place, _width(sheet, place))
        for number, row in enumerate(sheet.rows, start=1):
            _write(page, number, row)
    workbook.close()
    return out.getvalue()


def _write(page: xlsxwriter.worksheet.Worksheet, number: int, row: Sequence[CellValue]) -> None:
    for place, cell in enumerate(row):
        match cell:
            case None:
                page.write_blank(number, place, None)
            case str():
                page.write_string(number, place, safe(cell))
            case _:
                page.write_number(number, place, cell)


def _sheet_name(name: str) -> str:
    return name.translate(_NOT_IN_SHEET_NAMES).strip()[:SHEET_NAME_LENGTH_MAX] or "Sheet"


def _width(sheet: Sheet, place: int) -> int:
    cells = [str(row[place]) for row in sheet.rows[:100] if place < len(row)]
    longest = max(map(len, (*cells, sheet.header[place])))
    return min(max(longest + 2, WIDTH_MIN), WIDTH_MAX)
