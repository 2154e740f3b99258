"""The program that reads one spreadsheet: file on standard input, JSON lines on standard output.

First a line about the file, then ``[number, [cell, …]]`` for each filled row, then ``{"end": rows}``; or one
line ``{"refused": reason, "facts": {…}}``. Cells are text. A number of a workbook is written with a point,
and never with exactly three digits behind it, so that it cannot be taken for thousands.
"""

from __future__ import annotations

import csv
import datetime as dt
import encodings.cp437
import encodings.cp1252
import encodings.mac_roman
import encodings.utf_8_sig
import encodings.utf_16
import encodings.utf_16_be
import encodings.utf_16_le
import io
import json
import re
import sys
from decimal import Context
from itertools import islice
from typing import TYPE_CHECKING

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from marketplace.gateways.confined import guard, hidden, letters, zips

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from zipfile import ZipFile

FILE_BYTES_MAX = 10 * 1024 * 1024
ROWS_MAX = 50_000
TITLE_ROWS_MAX = 100
COLUMNS_MAX = 200
"""Magento writes about ninety columns; a size matrix seldom more than sixty."""

CELLS_MAX = 4_000_000
LIST_COLUMNS_MIN = 3
LIST_ROWS_MIN = 2
"""A list has three columns, a header and a row; a cover sheet seldom has."""

CELL_LENGTH_MAX = 32_767
PARTS_MAX = 200
INFLATED_BYTES_MAX = 100 * 1024 * 1024
PRECISION = Context(prec=15)
"""The digits that a spreadsheet program itself keeps and shows."""

TEXT_ENDINGS = (".csv", ".txt", ".tsv")
OLE = b"\xd0\xcf\x11\xe0"
ZIP = b"PK\x03\x04"
_NO_TEXT = (
    ZIP,
    OLE,
    b"%PDF",
    b"\x1f\x8b",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x7fELF",
    b"MZ\x90",
    b"{\\rtf",
)
_DECLARATIONS = (
    b"<!DOCTYPE",
    b"<!ENTITY",
    "<!DOCTYPE".encode("utf-16-le"),
    "<!DOCTYPE".encode("utf-16-be"),
)
_FAR_CELL = re.compile(rb'<c r="(?:([A-Z]{3,})\d+|[A-Z]+(?:[1-9]\d{5,}|[6-9]\d{4}))"[^>/]*>')
"""A filled cell beyond column ZZ or row 59999: one is enough to make a grid of gigabytes."""

_CODECS = (
    encodings.cp437, encodings.cp1252, encodings.mac_roman, encodings.utf_8_sig, encodings.utf_16,
    encodings.utf_16_be, encodings.utf_16_le,
)  # fmt: skip
"""Loaded now, for nothing can be loaded once the room is shut."""

Refused = zips.Refused


def main(name: str, sheet: str | None) -> None:
    """Read the file on standard input, shut in."""
    guard.shut_in()
    say = _speaker()
    try:
        for line in lines(sys.stdin.buffer.read(FILE_BYTES_MAX + 1), name, sheet):
            say(line)
    except Refused as no:
        say({"refused": no.reason, "facts": no.facts})
    except MemoryError:
        say({"refused": "limits", "facts": {}})
    sys.stdout.flush()


def _speaker() -> Callable[[object], None]:
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="\n", write_through=False)
    sys.stdout = out

    def say(line: object) -> None:
        out.write(encode(line) + "\n")

    return say


def lines(content: bytes, name: str, sheet: str | None) -> Iterator[object]:
    """What there is to say about ``content``, line by line; raises :class:`Refused`."""
    if len(content) > FILE_BYTES_MAX:
        raise Refused("too_large", most="10 MiB")
    if not content.strip():
        raise Refused("empty")
    ending = name[name.rfind(".") :].casefold() if "." in name else ""
    if ending in TEXT_ENDINGS:
        yield from _text(content)
    elif ending == ".xlsx":
        yield from _workbook(content, sheet)
    elif ending in {".xlsm", ".xltm", ".xlsb"}:
        raise Refused("macros")
    else:
        raise Refused("old_excel" if ending == ".xls" else "extension")


def _text(content: bytes) -> Iterator[object]:
    if content.startswith(_NO_TEXT):
        raise Refused("not_csv")
    try:
        text, encoding = letters.decoded(content)
    except letters.UnknownLetters as no:
        raise Refused("not_csv" if b"\0" in content else "encoding") from no
    delimiter = letters.delimiter(text)
    csv.field_size_limit(letters.FIELD_LENGTH_MAX)
    uneven = _uneven_quotes(text, delimiter)
    yield {
        "encoding": encoding,
        "delimiter": delimiter,
        "sheet": None,
        "sheets": [],
        "uneven": uneven,
    }
    records = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    yield from _numbered(enumerate(records, start=1))


def _uneven_quotes(text: str, delimiter: str) -> bool:
    """Whether quotation marks break the rules; refuses a file in which one swallows the rest."""
    strict = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, _ in enumerate(strict, start=1):  # noqa: B007 - the last number tells where it stopped
            pass
    except csv.Error as no:
        if "end of data" in str(no) or "field larger" in str(no):
            raise Refused("quote_open", row=number + 1) from no
        return True
    return False


def _workbook(content: bytes, wanted: str | None) -> Iterator[object]:
    if content.startswith(OLE):
        raise Refused("old_excel")
    if not content.startswith(ZIP):
        raise Refused("not_xlsx")
    _look_over(content)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [
            each.name
            for each in workbook.sheets_metadata
            if each.typ == SheetTypeEnum.WorkSheet and each.visible == SheetVisibleEnum.Visible
        ]
        name = _chosen(workbook, sheets, wanted)
        grid = workbook.get_sheet_by_name(name)
    except Refused:
        raise
    except Exception as no:
        raise Refused("damaged") from no
    if grid.start is None:
        raise Refused("no_cells")
    if grid.height * grid.width > CELLS_MAX:
        raise Refused("cells", most=CELLS_MAX)
    yield {
        "encoding": None,
        "delimiter": None,
        "sheet": name,
        "sheets": sheets,
        "uneven": False,
        "hidden": hidden.rows(content, name),
    }
    left = [""] * grid.start[1]
    rows = enumerate(grid.iter_rows(), start=1)
    yield from _numbered((number, left + list(map(_as_text, row))) for number, row in rows)


def _chosen(workbook: CalamineWorkbook, sheets: list[str], wanted: str | None) -> str:
    """The sheet asked for; else the first that holds a list, a cover standing before it; else the first filled."""
    if wanted is not None:
        if wanted not in sheets:
            raise Refused("sheet", sheet=wanted, sheets=", ".join(sheets))
        return wanted
    filled = ""
    for name in sheets:
        grid = workbook.get_sheet_by_name(name)
        if grid.start is not None:
            if grid.height * grid.width > CELLS_MAX or _is_list(grid.iter_rows()):
                return name
            filled = filled or name
    if not filled:
        raise Refused("no_cells")
    return filled


def _is_list(rows: Iterable[Sequence[object]]) -> bool:
    """Whether some rows below one another are as wide as a list: titles and notes of a cover are not."""
    wide = (sum(value not in {None, ""} for value in row) >= LIST_COLUMNS_MIN for row in rows)
    return sum(islice(wide, TITLE_ROWS_MAX)) >= LIST_ROWS_MIN


def _look_over(content: bytes) -> None:
    """Inflate every part once, counting, before the reader does."""
    container = zips.opened(io.BytesIO(content), entries_max=PARTS_MAX, damaged="damaged")
    names = [entry.filename.casefold() for entry in container.infolist()]
    if "xl/workbook.xml" not in names or "[content_types].xml" not in names:
        raise Refused("not_xlsx")
    if any("vbaproject" in name or "macrosheets/" in name for name in names):
        raise Refused("macros")
    if any("externallinks/" in name for name in names):
        raise Refused("external_links")
    _count(container, len(content))


def _count(container: ZipFile, packed: int) -> None:
    total = 0
    for entry in container.infolist():
        for piece in zips.inflated(container, entry):
            total += len(piece)
            if total > INFLATED_BYTES_MAX or total > max(packed, 10_000) * zips.RATIO_MAX:
                raise Refused("bomb")
            _look_into(piece)


def _look_into(piece: bytes) -> None:
    """A piece of XML: no declarations, and no filled cell so far out that the grid would not fit."""
    if any(mark in piece for mark in _DECLARATIONS):
        raise Refused("entities")
    far = _FAR_CELL.search(piece)
    if far and far.group(1):
        raise Refused("columns", most=COLUMNS_MAX)
    if far:
        raise Refused("rows", most=ROWS_MAX)


def _numbered(rows: Iterable[tuple[int, list[str]]]) -> Iterator[object]:
    """The filled rows within the limits, then their count."""
    count = cells = 0
    for number, row in rows:
        while row and not row[-1].strip():
            row.pop()
        if not row:
            continue
        count += 1
        cells += len(row)
        if count > ROWS_MAX + TITLE_ROWS_MAX:
            raise Refused("rows", most=ROWS_MAX)
        if len(row) > COLUMNS_MAX:
            raise Refused("columns", most=COLUMNS_MAX)
        if cells > CELLS_MAX:
            raise Refused("cells", most=CELLS_MAX)
        yield [number, [cell[:CELL_LENGTH_MAX] for cell in row]]
    if not count:
        raise Refused("no_cells")
    yield {"end": count}


def _as_text(value: object) -> str:
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case dt.datetime() | dt.date() | dt.time():
            return value.isoformat()
        case dt.timedelta():
            return str(value)
        case _:
            return number_as_text(value)


def number_as_text(value: object) -> str:
    """A workbook's number as the program showed it: 15 digits, no exponent, never three decimals."""
    exact = PRECISION.create_decimal(repr(value))
    if not exact.is_finite():
        return ""
    text = f"{exact.normalize():f}" if exact else "0"
    _, point, fraction = text.partition(".")
    return f"{text}0" if point and len(fraction) == 3 else text  # noqa: PLR2004 - thousands have three


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None)  # noqa: PLR2004 - the sheet is optional
