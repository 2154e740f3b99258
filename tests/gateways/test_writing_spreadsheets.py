"""Nothing that leaves the house is carried out by the program that opens it, and nothing is lost."""

from __future__ import annotations

import csv
import io
import zipfile
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from marketplace.gateways.confined import letters
from marketplace.gateways.spreadsheets import csv_bytes, safe, xlsx_bytes
from marketplace.toolbox import Sheet

CARRIED_OUT = "=+-@\t\r\n\0"
HOSTILE = [
    '=HYPERLINK("http://127.0.0.1/x")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1",
    "  =2", "\u00a0=2", "\u3000=2", "\u200b=2", "\ufeff=2", "\uff1d1", "\uff0b1", "\uff0d1", "\uff20x", "  \uff1d1",
    "|cmd", "%1", "=cmd|' /C calc'!A0",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_that_could_begin_a_formula_gets_an_apostrophe(text):
    assert safe(text) == "'" + text.replace("\0", "")


@pytest.mark.parametrize(
    "text", ["", "Robe", "A=B", "3 - 4", "a@b.example", "€ 5", "'quoted", "1,5"]
)
def test_plain_text_stays_as_it_is(text):
    assert safe(text) == text


@given(st.text(max_size=40))
def test_no_text_leaves_that_a_program_would_carry_out(text):
    written = safe(text)

    assert written[:1] not in set(CARRIED_OUT) or not written
    assert (
        written.lstrip(" \u00a0\u3000")[:1] not in set("=+-@\uff1d\uff0b\uff0d\uff20")
        or not written.strip()
    )
    assert written in {text.replace("\0", ""), "'" + text.replace("\0", "")}


TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\r\n"), max_size=20)


@given(st.lists(st.tuples(TEXTS, TEXTS, st.integers(-(10**9), 10**9)), min_size=1, max_size=6))
def test_what_is_written_as_csv_comes_back_whole(rows):
    content = csv_bytes(("Name", "Colour", "Units"), rows)

    text, encoding = letters.decoded(content)
    header, *back = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))

    assert encoding == "utf-8"
    assert header == ["Name", "Colour", "Units"]
    assert back == [[safe(one), safe(two), str(units)] for one, two, units in rows]


def test_figures_stay_figures():
    content = csv_bytes(
        ("Price", "Units", "Note"), [(Decimal("-45.90"), -3, None), (Decimal(1), 0, "-3")]
    )

    assert content.decode("utf-8-sig").splitlines() == ["Price;Units;Note", "-45.90;-3;", "1;0;'-3"]


def test_a_workbook_holds_strings_never_formulas_or_links():
    rows = [(text, Decimal("12.50"), 3) for text in [*HOSTILE, "http://127.0.0.1/x", "12"]]

    content = xlsx_bytes(
        [Sheet("Sold", ("Name", "Gross", "Units"), rows), Sheet("a/b:[c]*?", ("=x",), [])]
    )

    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        xml = {
            name: parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml")
        }
    assert not any("<f>" in text or "<hyperlink" in text for text in xml.values())
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert book.sheet_names == ["Sold", "a b  c"]
    found = book.get_sheet_by_name("Sold").to_python()
    assert found[0] == ["Name", "Gross", "Units"]
    assert found[1] == ["'" + HOSTILE[0], 12.5, 3.0]
    assert found[-1] == ["12", 12.5, 3.0]
    assert book.get_sheet_by_name("a b  c").to_python() == [["'=x"]]
