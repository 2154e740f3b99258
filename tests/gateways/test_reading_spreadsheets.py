"""Strangers' spreadsheets are read in a shut room, or refused with one clear sentence."""

from __future__ import annotations

import csv
import io
import struct
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
import xlsxwriter

from marketplace.domain.imports.unreadable import REASONS, FileUnreadable
from marketplace.gateways import spreadsheets
from marketplace.gateways.confined import letters, sheets

FRENCH = "Réf.;Libellé;Prix\r\nA1;Écharpe d\u2019été — 50 €;95,00\r\n"


def read(path: Path, *, name: str | None = None, sheet: str | None = None):
    with spreadsheets.opened(path, name=name or path.name, sheet=sheet) as found:
        return found, [(row.number, *row.cells) for row in found.rows]


def refused(path: Path, **how) -> FileUnreadable:
    begun = time.monotonic()
    with pytest.raises(FileUnreadable) as no:
        read(path, **how)
    assert time.monotonic() - begun < 20
    assert no.value.sentence()
    return no.value


def given(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def workbook(folder: Path, write, name: str = "list.xlsx") -> Path:
    path = folder / name
    with xlsxwriter.Workbook(path) as book:
        write(book)
    return path


def packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as container:
        for name, content in parts.items():
            container.writestr(name, content)
    return out.getvalue()


def bare_workbook(sheet: bytes, **more: bytes) -> bytes:
    """The smallest workbook that is one, with ``sheet`` as its only sheet."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    rels = "http://schemas.openxmlformats.org/package/2006/relationships"
    return packed(
        {
            "[Content_Types].xml": b"<Types/>",
            "_rels/.rels": f'<Relationships xmlns="{rels}"><Relationship Id="r1" Type="{office}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>'.encode(),
            "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="S" sheetId="1" '
            'r:id="r1"/></sheets></workbook>'.encode(),
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{rels}"><Relationship Id="r1" '
            f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'.encode(),
            "xl/worksheets/sheet1.xml": sheet,
            **more,
        }
    )


def sheet_xml(cells: str) -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>'.encode()


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("cp1252", "cp1252"),
        ("mac_roman", "mac_roman"),
    ],
)
def test_the_letters_of_a_text_file_are_recognised(tmp_path, encoding, told):
    path = given(tmp_path, "list.csv", FRENCH.encode(encoding))

    found, rows = read(path)

    assert (found.encoding, found.delimiter) == (told, ";")
    assert rows == [(1, "Réf.", "Libellé", "Prix"), (2, "A1", "Écharpe d\u2019été — 50 €", "95,00")]


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_character_between_cells_is_recognised(tmp_path, delimiter):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows(
        [("Ref", "Name, long", "Price"), *(("A1", "x; y, z", "1,5") for _ in range(9))]
    )

    found, rows = read(given(tmp_path, "list.txt", out.getvalue()))

    assert found.delimiter == delimiter
    assert rows[1] == (2, "A1", "x; y, z", "1,5")


def test_a_cell_with_line_breaks_is_one_row_as_in_a_spreadsheet(tmp_path):
    path = given(tmp_path, "list.csv", 'Ref,Text\r\nA1,"one\r\ntwo\nthree"\r\n\r\nA2,four\r\n')

    _found, rows = read(path)

    assert [row[0] for row in rows] == [1, 2, 4]
    assert rows[1][2] == "one\r\ntwo\nthree"


def test_rows_can_be_gone_through_again_and_at_once(tmp_path):
    path = given(tmp_path, "list.csv", "Ref,Qty\n" + "".join(f"A{n},{n}\n" for n in range(30_000)))

    with spreadsheets.opened(path, name="list.csv") as found:
        pairs = list(zip(found.rows, found.rows, strict=True))

    assert len(found.rows) == len(pairs) == 30_001
    assert all(one == other for one, other in pairs)
    assert pairs[-1][0].cells == ("A29999", "29999")


def test_a_workbook_keeps_its_numbers_exactly(tmp_path):
    def write(book):
        page = book.add_worksheet("Lot")
        page.write_row(
            2, 1, ["gtin", 3701234000015, 0.1 + 0.2, 1.125, 1249.5, 45.0, True, "090", -3]
        )
        page.write_datetime(3, 1, datetime(2026, 1, 5, tzinfo=UTC).replace(tzinfo=None),
                            book.add_format({"num_format": "yyyy-mm-dd"}))  # fmt: skip

    found, rows = read(workbook(tmp_path, write))

    assert (found.encoding, found.sheet, found.sheets) == (None, "Lot", ("Lot",))
    assert rows == [
        (3, "", "gtin", "3701234000015", "0.3", "1.1250", "1249.5", "45", "true", "090", "-3"),
        (4, "", "2026-01-05"),
    ]


@pytest.mark.parametrize(
    ("number", "text"),
    [(1.129, "1.1290"), (12.5, "12.5"), (1e20, "1" + "0" * 20), (1e-7, "0.0000001"), (-0.0, "0"),
     (float("nan"), ""), (float("inf"), ""), (4, "4"), (0.125, "0.1250")],
)  # fmt: skip
def test_a_number_is_never_written_so_that_it_could_be_thousands(number, text):
    assert sheets.number_as_text(number) == text


def test_a_formula_is_not_carried_out_but_its_stored_value_read(tmp_path):
    def write(book):
        page = book.add_worksheet()
        page.write_row(0, 0, ["Ref", "Qty"])
        page.write(1, 0, "A1")
        page.write_formula(1, 1, "=6*7", None, 42)

    _found, rows = read(workbook(tmp_path, write))

    assert rows[1] == (2, "A1", "42")


def test_a_cover_before_the_list_is_passed_over(tmp_path):
    def write(book):
        cover = book.add_worksheet("Cover")
        cover.write_row(0, 0, ["Maison"])
        cover.write_row(3, 0, ["Contact", "export@maison.example"])
        for name, cells in (("List", ["Ref", "Colour", "Units"]), ("Prices", ["Ref", "EK", "UVP"])):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, cells)
            sheet.write_row(1, 0, ["A1", "Blue", 2])

    found, rows = read(workbook(tmp_path, write))

    assert (found.sheet, found.sheets) == ("List", ("Cover", "List", "Prices"))
    assert rows[1] == (2, "A1", "Blue", "2")


def test_a_sheet_is_chosen_by_name_and_hidden_ones_are_not_offered(tmp_path):
    def write(book):
        book.add_worksheet("Empty")
        book.add_worksheet("Lot").write(0, 0, "lot")
        book.add_worksheet("Infos").write(0, 0, "infos")
        hidden = book.add_worksheet("Secret")
        hidden.write(0, 0, "secret")
        hidden.hide()

    path = workbook(tmp_path, write)

    assert read(path)[0].sheet == "Lot"
    assert read(path, sheet="Infos")[1] == [(1, "infos")]
    assert read(path)[0].sheets == ("Empty", "Lot", "Infos")
    assert refused(path, sheet="Secret").reason == "sheet"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("list.csv", b"", "empty"),
        ("list.csv", b" \r\n \n", "empty"),
        ("list.csv", b";;\n;;\n", "no_cells"),
        ("list.pdf", b"%PDF-1.7", "extension"),
        ("list", b"a,b", "extension"),
        ("list.csv", b"%PDF-1.7\n", "not_csv"),
        ("list.csv", packed({"x": b"y"}), "not_csv"),
        ("list.csv", b"a,b\0c\n" * 50, "not_csv"),
        ("list.csv", b"\x89PNG\r\n\x1a\n", "not_csv"),
        ("list.csv", b"\xef\xbb\xbfa;\xff", "encoding"),
        ("list.xlsx", b"Ref,Qty\n", "not_xlsx"),
        ("list.xlsx", packed({"x": b"y"}), "not_xlsx"),
        ("list.xlsx", b"PK\x03\x04 not really", "damaged"),
        ("list.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_excel"),
        ("list.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_excel"),
        ("list.xlsm", packed({"x": b"y"}), "macros"),
        ("list.csv", b'Ref,Name\nA1,"never closed\n' + b"x,y\n" * 50, "quote_open"),
        ("list.csv", b"a," * 300, "columns"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(tmp_path, name, content, reason):
    no = refused(given(tmp_path, name, content))

    assert no.reason == reason
    assert name in no.sentence()
    assert no.sentence().count(". ") <= 1


def test_a_file_that_is_not_there_is_refused(tmp_path):
    assert refused(tmp_path / "gone.csv").sentence() == "gone.csv cannot be opened."
    assert refused(tmp_path, name="folder.csv").reason == "missing"


def test_too_many_rows_and_too_many_bytes_are_refused(tmp_path):
    rows = given(tmp_path, "rows.csv", "a,b\n" * 50_200)
    heavy = given(tmp_path, "heavy.csv", b"a,b\n" * 3_000_000)

    assert refused(rows).reason == "rows"
    assert refused(heavy).reason == "too_large"


def test_the_row_of_an_open_quotation_mark_is_named(tmp_path):
    path = given(tmp_path, "list.csv", 'Ref,Name\nA1,x\nA2,"open\nA3,y\n')

    assert refused(path).sentence() == (
        "A quotation mark opened in row 3 of list.csv is never closed."
    )


def test_quotation_marks_that_break_the_rules_are_told_but_read(tmp_path):
    found, rows = read(given(tmp_path, "list.csv", 'Ref,Name\nA1,"12" ruler"\nA2,plain\n'))

    assert found.uneven_quotes
    assert len(rows) == 3


HOSTILE = {
    "bomb": bare_workbook(sheet_xml("<row>" + " " * 60_000_000 + "</row>")),
    "external_links": bare_workbook(
        sheet_xml(""), **{"xl/externalLinks/externalLink1.xml": b"<x/>"}
    ),
    "macros": bare_workbook(sheet_xml(""), **{"xl/vbaProject.bin": b"x"}),
    "entities": bare_workbook(
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
        + sheet_xml("<row><c><v>&a;</v></c></row>")
    ),
    "parts": bare_workbook(sheet_xml(""), **{f"xl/media/{n}.xml": b"" for n in range(300)}),
    "columns": bare_workbook(sheet_xml('<row r="1"><c r="XFD1"><v>1</v></c></row>')),
    "rows": bare_workbook(sheet_xml('<row r="1048576"><c r="A1048576"><v>1</v></c></row>')),
    "no_cells": bare_workbook(sheet_xml("")),
    "damaged": bare_workbook(b"<worksheet><sheetData><row><c r="),
}


@pytest.mark.parametrize("reason", HOSTILE)
def test_hostile_workbooks_are_refused_quickly(tmp_path, reason):
    path = given(tmp_path, "hostile.xlsx", HOSTILE[reason])
    begun = time.monotonic()

    no = refused(path)

    assert no.reason == reason
    assert time.monotonic() - begun < 5


def test_a_workbook_of_thousands_of_parts_is_refused_before_they_are_listed(tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as container:
        for number in range(6_000):
            container.writestr(f"{number}", b"")

    assert refused(given(tmp_path, "parts.xlsx", out.getvalue())).reason == "parts"


def test_a_container_that_lies_about_its_sizes_is_damaged(tmp_path):
    content = bytearray(bare_workbook(sheet_xml("<row>" + "x" * 5_000 + "</row>")))
    entry = content.rfind(b"xl/worksheets/sheet1.xml") - 46
    struct.pack_into("<L", content, entry + 24, 10)

    assert refused(given(tmp_path, "lie.xlsx", bytes(content))).reason == "damaged"


def test_one_long_text_used_thousands_of_times_fills_no_disk(tmp_path):
    def write(book):
        page = book.add_worksheet()
        for number in range(8_600):
            page.write(number, 0, "x" * 32_000)

    assert refused(workbook(tmp_path, write)).reason == "limits"


def test_a_grid_with_far_corners_costs_no_memory(tmp_path):
    cells = (
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="50000"><c r="ZZ50000"><v>1</v></c></row>'
    )

    no = refused(given(tmp_path, "grid.xlsx", bare_workbook(sheet_xml(cells))))

    assert no.reason in {"limits", "cells"}


def test_every_reason_of_the_reader_has_its_sentence():
    source = Path(sheets.__file__).read_text() + Path(sheets.zips.__file__).read_text()
    named = {part.split('"')[0] for part in source.split('Refused("')[1:]}

    assert named
    assert named <= set(REASONS)


@pytest.mark.parametrize("name", ["cp1252", "mac_roman"])
def test_letters_of_five_languages_tell_their_encoding(name):
    words = "Größe élégance été façon señora città übergröße où œuvre n° 5 prêt-à-porter"

    assert letters.decoded(words.encode(name)) == (words, name)
