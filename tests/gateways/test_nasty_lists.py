"""Layouts that make people sigh, written as their programs write them, opened in the shut room, read unaided."""

from __future__ import annotations

import datetime as dt

import pytest
import xlsxwriter

from marketplace import bootstrap
from marketplace.domain.imports import checking, judging, surveys
from marketplace.domain.imports.readings import reading


@pytest.fixture(scope="module")
def spreadsheets():
    return bootstrap.desk()[0]


@pytest.fixture
def read(spreadsheets, tmp_path):
    """Writes a file and reads it: row, style, colour, size, units, public price of each variant; codes; lines."""

    def told(given, *, letters="utf-8"):
        path = tmp_path / ("list.xlsx" if callable(given) else "list.csv")
        if callable(given):
            with xlsxwriter.Workbook(str(path)) as book:
                given(book)
        else:
            path.write_bytes("\r\n".join([*given, ""]).encode(letters))
        with spreadsheets.opened(path, name=path.name) as sheet:
            report = checking.check(sheet)
            upright, _ = checking.upright(sheet)
            how = reading(checking.guessed(upright), point=checking.usual_point(sheet))
            found = judging.judged(surveys.survey(how, upright.rows), upright.rows)
            lines = [(each.number, each.variant) for each in found if each.variant is not None]
        rows = [(n, v.style_code, v.colour, v.size, v.units_offered, v.rrp_minor) for n, v in lines]
        return rows, {problem.code for problem in report.problems}, [v for _, v in lines]

    return told


def sheet_of(rows, *, name="Sheet1"):
    def draw(book):
        page = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for place, value in enumerate(row):
                if value not in {None, ""}:
                    page.write(number, place, value)
        return page

    return draw


def test_several_header_rows_merged_with_units_in_them(read):
    def draw(book):
        page = sheet_of([
            [], ["All prices in EUR, ex works"], [], [],
            ["Style no.", "Description", "Colour", "Wholesale (EUR)", "RRP (€ incl. VAT)", "S (pcs)", "M (pcs)",
             "L (pcs)"],
            ["A1", "Shirt", "White", 40, 95, 3, 4, 0],
        ])(book)  # fmt: skip
        page.merge_range(0, 0, 0, 7, "CLEARANCE OFFER SS25")
        page.merge_range(3, 0, 3, 2, "Product")
        page.merge_range(3, 3, 3, 4, "Prices (EUR)")
        page.merge_range(3, 5, 3, 7, "Stock (pcs)")

    rows, _, lines = read(draw)

    assert rows == [
        (6, "A1", "White", "S", 3, 9500),
        (6, "A1", "White", "M", 4, 9500),
        (6, "A1", "White", "L", 0, 9500),
    ]
    assert {line.wholesale_minor for line in lines} == {4_000}


def test_subtotals_in_the_middle(read):
    rows, codes, _ = read([
        "Ref;Désignation;Couleur;Taille;Quantité;PVC",
        "A1;Robe;Noir;36;3;99,00",
        "Sous-total A1;;;;3;",
        "A2;Jupe;Bleu;36;2;79,00",
        ";;;Sous-total;2;",
        "Total général;;;;5;",
    ])  # fmt: skip

    assert rows == [(2, "A1", "Noir", "36", 3, 9900), (4, "A2", "Bleu", "36", 2, 7900)]
    assert "row_ignored" in codes


def test_a_header_that_comes_again_on_every_page(read):
    page = ["Article;Farbe;Größe;Menge;UVP", "4711;Rot;38;3;79,95"]
    rows, _, _ = read(
        ["Maison X - page 1;;;;", *page, "Maison X - page 2;;;;", page[0], "4712;Blau;40;1;89,95", "Seite 2 von 2;;;;"],
        letters="cp1252",
    )  # fmt: skip

    assert rows == [(3, "4711", "Rot", "38", 3, 7995), (6, "4712", "Blau", "40", 1, 8995)]


def test_merged_cells_of_brand_style_and_price(read):
    def draw(book):
        page = sheet_of([
            ["Brand", "Style", "Colour", "Size", "Qty", "RRP"],
            ["", "", "White", "S", 3], ["", "", "White", "M", 4], ["", "", "Black", "S", 1], ["", "", "Black", "M", 2],
        ])(book)  # fmt: skip
        page.merge_range(1, 0, 4, 0, "Maison X")
        for top, style, price in ((1, "A1", 95), (3, "A2", 120)):
            page.merge_range(top, 1, top + 1, 1, style)
            page.merge_range(top, 5, top + 1, 5, price)

    rows, _, _ = read(draw)

    assert rows == [
        (2, "A1", "White", "S", 3, 9500),
        (3, "A1", "White", "M", 4, 9500),
        (4, "A2", "Black", "S", 1, 12000),
        (5, "A2", "Black", "M", 2, 12000),
    ]


def test_blank_columns_between_the_others(read):
    rows, _, _ = read(["Style;;Colour;;Size;;Qty;;RRP;", "A1;;White;;S;;3;;95,00;"])

    assert rows == [(2, "A1", "White", "S", 3, 9500)]


def test_a_range_of_sizes_beside_the_columns_of_its_units(read):
    rows, _, _ = read(
        ["Style;Colour;Size range;36;37;38;Total;RRP", "A1;White;36-38;1;;3;4;95,00", "A2;Red;36-37;2;0;;2;95,00"]
    )  # fmt: skip

    assert rows == [
        (2, "A1", "White", "36", 1, 9500),
        (2, "A1", "White", "38", 3, 9500),
        (3, "A2", "Red", "36", 2, 9500),
        (3, "A2", "Red", "37", 0, 9500),
    ]


@pytest.mark.parametrize("sizes", ["36-42", "36, 38, 40", "S/M/L"])
def test_several_sizes_with_one_quantity_are_told(read, sizes):
    _, codes, _ = read(["Style;Colour;Sizes;Quantity;RRP", f"A1;White;{sizes};12;95,00"])

    assert "size_range" in codes


def test_a_column_of_barcodes_for_each_size(read):
    _, _, lines = read(
        ["Style;Colour;RRP;EAN 36;EAN 38;Qty 36;Qty 38", "A1;White;95;3612345678904;3612345678911;1;2"]
    )  # fmt: skip

    assert [(line.size, line.gtin, line.units_offered) for line in lines] == [
        ("36", "3612345678904", 1),
        ("38", "3612345678911", 2),
    ]


def test_prices_without_cents_and_quantities_in_words(read):
    rows, _, lines = read([
        "Artikel;Farbe;Größe;Stück;EK;UVP",
        "A1;Rot;38;3 St.;12,50 €;1.290,- €",
        "A2;Rot;40;12 pcs;9,-;890,-- €",
        "A3;Rot;42;5;1.100,00;€ 2.490,–",  # noqa: RUF001 - as people type it
    ])  # fmt: skip

    assert [row[4:] for row in rows] == [(3, 129_000), (12, 89_000), (5, 249_000)]
    assert [line.cost_minor for line in lines] == [1_250, 900, 110_000]


def test_letters_of_an_old_windows_and_semicolons(read):
    rows, _, _ = read(
        ["Référence;Désignation;Coloris;Taille;Qté dispo;Prix public TTC", "É1;Été brodé;Crème;36;3;1 290,00 €"],
        letters="cp1252",
    )  # fmt: skip

    assert rows == [(2, "É1", "Crème", "36", 3, 129_000)]


def test_two_lists_side_by_side(read):
    rows, codes, _ = read(sheet_of([
        ["Women", "", "", "", "", "", "Men"],
        ["Style", "Colour", "Size", "Qty", "RRP", "", "Style", "Colour", "Size", "Qty", "RRP"],
        ["W1", "White", "S", 3, 95, "", "M1", "Navy", "L", 5, 85],
        ["W2", "Black", "S", 1, 99],
        ["", "", "", "", "", "", "M2", "Navy", "L", 2, 85],
    ]))  # fmt: skip

    assert rows == [
        (3, "W1", "White", "S", 3, 9500),
        (3, "M1", "Navy", "L", 5, 8500),
        (4, "W2", "Black", "S", 1, 9900),
        (5, "M2", "Navy", "L", 2, 8500),
    ]
    assert "lists_side_by_side" in codes
    assert "units_unused" not in codes


def test_sizes_and_their_units_again_and_again_in_one_row(read):
    rows, _, _ = read(
        ["Style;Colour;Size;Qty;Size;Qty;Size;Qty;RRP", "A1;White;S;1;M;2;L;3;95", "A2;Black;36;1;38;2;;;99"]
    )  # fmt: skip

    assert [row[1:5] for row in rows] == [
        ("A1", "White", "S", 1),
        ("A1", "White", "M", 2),
        ("A1", "White", "L", 3),
        ("A2", "Black", "36", 1),
        ("A2", "Black", "38", 2),
    ]
    assert {row[5] for row in rows} == {9500, 9900}


def test_hidden_sheets_are_left_and_hidden_rows_are_read_and_told(read):
    def draw(book):
        sheet_of([["Offer"], ["Maison X"]], name="Cover")(book)
        sheet_of([["Style", "Size", "Qty"], ["OLD", "S", 9]], name="Old")(book).hide()
        page = sheet_of([["Style", "Size", "Qty"], ["A1", "S", 3], ["A9", "M", 4]], name="L & F")(
            book
        )
        page.set_row(2, None, None, {"hidden": True})

    rows, codes, _ = read(draw)

    assert [row[:2] for row in rows] == [(2, "A1"), (3, "A9")]
    assert "rows_hidden" in codes


def test_notes_under_the_table_are_no_goods(read):
    rows, codes, _ = read([
        "Style;Colour;Size;Qty;RRP",
        "A1;White;S;12;95,00",
        "",
        "Prices are recommended retail prices incl. VAT.;;;;",
        "Payment: 30 days, ex works;;;;",
        "Contact: Anna, +33 1 23 45;anna@x.example;;;",
    ])  # fmt: skip

    assert [row[:2] for row in rows] == [(2, "A1")]
    assert "row_ignored" in codes


def test_a_size_of_which_the_program_made_a_day_stays_out(read):
    def draw(book):
        page = sheet_of([["Style", "Size", "Qty"], ["K1", "", 3], ["K1", "8-10", 3]])(book)
        page.write_datetime(1, 1, dt.datetime(2025, 6, 4), book.add_format({"num_format": "d-mmm"}))

    rows, codes, _ = read(draw)

    assert [(row[0], row[3]) for row in rows] == [(3, "8-10")]
    assert "size_is_day" in codes


@pytest.mark.parametrize(
    ("header", "cell", "expected"),
    [
        ("Sizes & qty", "S(2) M(3)", [("S", 2), ("M", 3)]),
        ("Sizes & qty", "36:1, 38:2", [("36", 1), ("38", 2)]),
        ("Prepack;No. of packs", "S1 M2 L1;3", [("S", 3), ("M", 6), ("L", 3)]),
        ("Prepack;No. of packs", "1-2-1 (S-M-L);2", [("S", 2), ("M", 4), ("L", 2)]),
        ("T.34;T.36;TU", "1;2;", [("34", 1), ("36", 2)]),
        ("Variante;Stock", "Couleur: Noir - Taille: 38;3", [("38", 3)]),
        ("Gr. 36 (Stk);Gr. 38 (Stk);Gr. 40 (Stk);Σ", "1;-;3;4", [("36", 1), ("40", 3)]),
    ],
)
def test_sizes_and_units_in_odd_places(read, header, cell, expected):
    rows, _, _ = read([f"Ref;{header};PVC", f"A1;{cell};95,00"])

    assert [row[3:5] for row in rows] == expected
