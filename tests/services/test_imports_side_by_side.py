"""A list with its sizes side by side on its way into the collection, one row for each size."""

from __future__ import annotations

import pytest

from marketplace.queries import import_desk, sizes_laid_out
from marketplace.services import imports
from marketplace.toolbox import Upload
from tests.import_scenes import Desk, counts, opened

LOT = """Réf;Désignation;Coloris;34;36;38;PVC
R1;Robe;Noir;1;;0;99,00
R1;Robe;Bleu;2;trois;4;99,00
TOTAL;;;3;;4;
"""
VARIANTS = "SELECT sku, size, units_offered FROM variants ORDER BY sku"


@pytest.fixture
def desk(database, tools, tmp_path) -> Desk:
    return opened(database, tools, tmp_path)


def test_each_filled_cell_becomes_a_variant_and_the_wrong_one_waits(database, desk):
    number = desk.imported(desk.file(LOT))

    assert counts(database, number) == {"new": 4, "changed": 0, "same": 0, "refused": 1}
    assert database.rows(VARIANTS) == [
        ("R1-Bleu-34", "34", 2),
        ("R1-Bleu-38", "38", 4),
        ("R1-Noir-34", "34", 1),
        ("R1-Noir-38", "38", 0),
    ]
    assert database.rows("SELECT rows_total, counts->>'rows' FROM imports") == [(4, "3")]


def test_the_same_list_again_changes_only_the_cells_that_differ(database, desk):
    desk.imported(desk.file(LOT))

    number = desk.imported(
        desk.file(LOT.replace("trois", "3").replace("R1;Robe;Noir;1", "R1;Robe;Noir;5"))
    )

    assert counts(database, number) == {"new": 1, "changed": 1, "same": 3, "refused": 0}
    assert database.rows(VARIANTS)[1] == ("R1-Bleu-36", "36", 3)
    assert ("R1-Noir-34", "34", 5) in database.rows(VARIANTS)


def test_rows_of_the_list_are_shown_by_size_with_what_is_wrong_on_its_cell(desk):
    number = desk.previewed(desk.file(LOT))

    shown = import_desk.rows(desk.brand, import_id=number).rows

    assert [(row.number, str(row.verdict), row.label) for row in shown] == [
        (2, "new", ("R1", "Noir", "34")),
        (2, "new", ("R1", "Noir", "38")),
        (3, "new", ("R1", "Bleu", "34")),
        (3, "refused", ()),
        (3, "new", ("R1", "Bleu", "38")),
        (4, "extra", ()),
    ]
    assert [(p.column, p.value) for p in shown[3].problems] == [("36", "trois")]
    assert shown[3].cells[:3] == ("R1", "Robe", "Bleu")


def test_the_sizes_are_laid_out_before_anything_is_confirmed(desk):
    number = desk.uploaded(desk.file(LOT))
    imports.read(desk.worker, import_id=number)

    shown = sizes_laid_out.first(desk.brand, import_id=number)

    assert [(s.number, s.style, s.colour, s.size, s.units) for s in shown] == [
        (2, "R1", "Noir", "34", "1"),
        (2, "R1", "Noir", "38", "0"),
        (3, "R1", "Bleu", "34", "2"),
        (3, "R1", "Bleu", "36", "trois"),
        (3, "R1", "Bleu", "38", "4"),
    ]


def test_columns_taken_for_something_else_leave_no_sizes_behind(database, desk):
    number = desk.previewed(desk.file(LOT))
    before = database.value("SELECT count(*) FROM import_rows WHERE part > 0")

    desk.mapped(number, {"34": None, "36": None, "38": None})

    assert before == 5
    assert database.value("SELECT count(*) FROM import_rows WHERE part > 0") == 0
    assert database.value("SELECT layout FROM imports") == "long"


def test_the_next_list_is_read_like_the_last_even_with_other_sizes(database, desk):
    number = desk.uploaded(desk.file(LOT))
    imports.read(desk.worker, import_id=number)
    desk.mapped(number, {"Désignation": "category"})
    desk.finish(number)

    following = desk.uploaded(desk.file(LOT.replace(";34;36;38;", ";36;38;40;"), "next.csv"))
    imports.read(desk.worker, import_id=following)

    shown = import_desk.desk(desk.brand, import_id=following)
    assert {column.name: column.field for column in shown.columns}["Désignation"] == "category"
    assert shown.remembered


def test_a_real_list_comes_in_unaided(database, desk, shared_data):
    path = shared_data / "lot-size-matrix-fr.xlsx"

    number = desk.imported(Upload(path.name, path))

    assert counts(database, number) == {"new": 93, "changed": 0, "same": 0, "refused": 0}
    assert database.rows(
        "SELECT count(*), sum(units_offered)::bigint, count(*) FILTER (WHERE units_offered = 0) FROM variants"
    ) == [(93, 693, 18)]
    assert database.rows(
        "SELECT v.size_system, v.rrp_minor, v.cost_minor, v.units_offered FROM variants v JOIN styles s"
        " ON s.id = v.style_id WHERE s.code = 'LR26-102' AND v.colour = 'Noir' AND v.size = '40'"
    ) == [("FR", 124_950, 40_200, 20)]
