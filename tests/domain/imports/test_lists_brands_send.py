"""Lists in layouts that nobody announced: what comes out of each without a word from anybody."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketplace.domain.imports import assortments, guessing, judging
from tests.domain.imports.reading import codes, rows, surveyed

LISTS = Path(__file__).resolve().parents[2] / "data" / "lists.txt"


def sent() -> dict[str, tuple[list[str], list[str]]]:
    """The lists by name: their lines, and what they become."""
    found = {}
    for part in LISTS.read_text().split("\n== ")[1:]:
        name, _, rest = part.partition("\n")
        lines, _, expected = rest.partition("\n--\n")
        found[name] = lines.split("\n"), expected.strip("\n").split("\n")
    return found


def told(lines, **how):
    survey, table = surveyed(lines, **how)
    return ["|".join(parts(v)) for v in judging.judged(survey, table) if v.variant is not None]


def parts(each):
    v = each.variant
    units = "?" if v.units_offered is None else str(v.units_offered)
    words = (v.style_code, v.colour, v.size, v.size_system, units)
    return (str(each.number), *words, str(v.rrp_minor or ""), v.gtin)


@pytest.mark.parametrize(("lines", "expected"), sent().values(), ids=sent())
def test_a_list_that_nobody_announced_becomes_variants(lines, expected):
    assert told(lines) == expected


BLOCKS = (
    "Style|Name|Colour|Stock|||Committed|||RRP",
    "|||S|M|L|S|M|L|",
    "A1|Tee|Blue|10|12|5|2|3|0|29.90",
)


def test_a_block_of_sizes_that_is_not_used_is_told():
    survey, _ = surveyed(BLOCKS)

    told_of = [p for p in judging.file_problems(survey) if p.code == "sizes_unused"]

    assert [(p.column, dict(p.details)["columns"]) for p in told_of] == [
        ("S (2)", "Committed S\u2013L")
    ]


def test_another_block_is_taken_for_the_units_by_hand():
    mapping = {f"{size} (2)": "units_by_size" for size in "SML"}

    assert told(BLOCKS, mapping=mapping) == [
        "3|A1|Blue|S|INT|2|2990|",
        "3|A1|Blue|M|INT|3|2990|",
        "3|A1|Blue|L|INT|0|2990|",
    ]


def test_two_columns_cannot_hold_the_units_of_one_size():
    guess = guessing.guess(rows(*BLOCKS))

    with pytest.raises(Exception, match="mapping_size_twice"):
        guess.corrected({"S": "units_by_size", "S (2)": "units_by_size"})


def test_the_cell_of_a_barcode_is_told_by_its_own_column():
    survey, table = surveyed(
        ("Ref|Nom|Qté|||EAN||", "||36|38|40|36|38|40", "R1|Robe|1|2|3|3701234000015|12345|")
    )

    found = list(judging.judged(survey, table))

    assert [(each.variant is not None, codes(each)) for each in found] == [
        (True, []),
        (False, ["gtin_length"]),
        (True, ["gtin_missing"]),
    ]
    assert found[1].problems[0].column == "38 (2)"


def test_a_run_of_sizes_in_one_cell_is_told():
    survey, table = surveyed(
        ("Ref|Taille|Qté", "R1|36-42|24", "R2|S/M|3", "R3|36-38|2", "R4|S-XL|2")
    )

    assert [codes(each)[:1] for each in judging.judged(survey, table)] == [
        ["size_range"],
        [],
        [],
        ["size_range"],
    ]


def test_a_second_column_of_quantities_is_told():
    survey, _ = surveyed(("Style|Size|Stock Paris|Stock Lyon", "A1|S|3|2", "A1|M|4|0"))

    assert [(p.column, p.code) for p in judging.file_problems(survey) if "units" in p.code] == [
        ("Stock Paris", "units_unused")
    ]


@pytest.mark.parametrize(
    ("pack", "expected"),
    [
        ("36x1 38x2 40x1", (("36", 1), ("38", 2), ("40", 1))),
        ("S:1, M:2, L:1", (("S", 1), ("M", 2), ("L", 1))),
        ("XS(2) S(3)", (("XS", 2), ("S", 3))),
        ("36x1 36x2", ()),
        ("36-42", ()),
        ("a box of 12", ()),
        ("36x1 and more", ()),
    ],
)
def test_a_pack_is_taken_apart_only_where_all_of_it_is_understood(pack, expected):
    assert assortments.parsed(pack) == expected


def test_a_pack_whose_number_nobody_states_stays_one_row_and_is_told():
    survey, table = surveyed(
        ("Ref|Assortiment|Nb packs|Qté", "R1|36x1 38x2||", "R2|36x1 38x2||9", "R3|36x1 38x2|x|8")
    )

    found = [(each.number, each.part, codes(each)[:1]) for each in judging.judged(survey, table)]

    assert found == [
        (2, 0, ["assortment_unread"]),
        (3, 1, []),
        (3, 2, []),
        (4, 0, ["assortment_unread"]),
    ]


def test_products_named_above_their_rows_are_told():
    survey, _ = surveyed(("STYLE: A100 - Blouse", "Colour|S|M|L", "White|1|2|3"))

    assert "styles_titled" in [problem.code for problem in judging.file_problems(survey)]
