"""Sizes that stand side by side: whatever the header looks like, one row for each size comes out of it."""

from __future__ import annotations

import pytest

from marketplace.domain.imports import guessing, judging
from marketplace.domain.imports.readings import Layout
from tests.domain.imports.reading import codes, rows, surveyed

LISTS = {
    "sizes in the header": (
        ("Style|Description|Color|XS|S|M|WHS|RRP", "A1|Tee|Blue||2|0|5|29.90"),
        [(2, "A1", "Blue", "S", "INT", 2), (2, "A1", "Blue", "M", "INT", 0)],
    ),
    "sizes in a second row under a merged cell": (
        (
            "MAISON CALANQUE, déstockage",
            "Réf.|Désignation|Coloris||Tailles FR|||Total",
            "||Code|Libellé|34|36|38|",
            "C1|Robe|090|Noir|1||3|4",
        ),
        [(4, "C1", "Noir", "34", "FR", 1), (4, "C1", "Noir", "38", "FR", 3)],
    ),
    "sizes in a row above": (
        ("|||36|38|40|", "Ref|Nom|Couleur|Qté|Qté|Qté|PVC", "R1|Robe|Noir|1||2|99"),
        [(3, "R1", "Noir", "36", "", 1), (3, "R1", "Noir", "40", "", 2)],
    ),
    "words beside each size": (
        ("Referencia|Descripción|Color|Talla 36|Talla 38|PVP", "E1|Vestido|Rojo|1|2|89,95"),
        [(2, "E1", "Rojo", "36", "", 1), (2, "E1", "Rojo", "38", "", 2)],
    ),
    "half sizes with their system": (
        (
            "Artikelnummer|Bezeichnung|Farbe|UVP|EU 37|EU 37,5|EU 38|Gesamt",
            "S1|Stiefel|Braun|199,00|4|-|1|5",
        ),
        [(2, "S1", "Braun", "37", "EU", 4), (2, "S1", "Braun", "38", "EU", 1)],
    ),
    "a system for each row": (
        ("Modello|Colore|Sistema taglie|40|42|44", "M1|Nero|IT|1||2", "M2|Nero|FR||3|"),
        [
            (2, "M1", "Nero", "40", "IT", 1),
            (2, "M1", "Nero", "44", "IT", 2),
            (3, "M2", "Nero", "42", "FR", 3),
        ],
    ),
    "a grid of sizes for each row": (
        (
            "Grille|FR||34|36|38",
            "Grille|INT||S|M|L",
            "Réf|Désignation|Grille|T1|T2|T3|PVC",
            "R1|Robe|FR|1||2|100",
            "R2|Tee|INT||3||50",
        ),
        [
            (4, "R1", "", "34", "FR", 1),
            (4, "R1", "", "38", "FR", 2),
            (5, "R2", "", "M", "INT", 3),
        ],
    ),
    "parts with a header of their own": (
        (
            "Réf|Désignation|Couleur|34|36|38|PVC",
            "R1|Robe|Noir|1||2|99",
            "Réf|Désignation|Couleur|37|38|39|PVC",
            "C1|Botte|Noir|4|5||199",
        ),
        [
            (2, "R1", "Noir", "34", "", 1),
            (2, "R1", "Noir", "38", "", 2),
            (4, "C1", "Noir", "37", "", 4),
            (4, "C1", "Noir", "38", "", 5),
        ],
    ),
    "parts with a title and sizes": (
        (
            "Réf|Désignation|Couleur|34|36|38|PVC",
            "R1|Robe|Noir|1|||99",
            "CHAUSSURES|||37|38|39|",
            "C1|Botte|Noir|4||6|199",
        ),
        [
            (2, "R1", "Noir", "34", "", 1),
            (4, "C1", "Noir", "37", "", 4),
            (4, "C1", "Noir", "39", "", 6),
        ],
    ),
    "merged style codes": (
        (
            "Ref|Designation|Coloris|34|36|38|PVC",
            "R1|Robe|Noir|1|2||99",
            "||Bleu|3|||",
            "||Rouge|4|||",
            "R2|Jupe|Noir|5|||59",
        ),
        [
            (2, "R1", "Noir", "34", "", 1),
            (2, "R1", "Noir", "36", "", 2),
            (3, "R1", "Bleu", "34", "", 3),
            (4, "R1", "Rouge", "34", "", 4),
            (5, "R2", "Noir", "34", "", 5),
        ],
    ),
    "one size for all": (
        ("Ref|Libellé|TU|Prix public", "R1|Sac|12|80", "R2|Sac|0|80"),
        [(2, "R1", "", "", "", 12), (3, "R2", "", "", "", 0)],
    ),
    "numbered sizes beside a total": (
        ("Ref|Libellé|T0|T1|T2|Qté totale", "R1|Top|1||3|4"),
        [(2, "R1", "", "T0", "", 1), (2, "R1", "", "T2", "", 3)],
    ),
    "children, corsets and trousers": (
        ("Ref|Nom|6 ans|12M|85B|W30/L32", "K1|Tout|1|2|3|4"),
        [
            (2, "K1", "", "6 ans", "AGE", 1),
            (2, "K1", "", "12M", "AGE", 2),
            (2, "K1", "", "85B", "BRA", 3),
            (2, "K1", "", "W30/L32", "W/L", 4),
        ],
    ),
    "a second block of the same sizes": (
        ("Ref|Nom|Stock|||Commande||", "||36|38|40|36|38|40", "R1|Robe|1|2|3|9|9|9"),
        [(3, "R1", "", "36", "", 1), (3, "R1", "", "38", "", 2), (3, "R1", "", "40", "", 3)],
    ),
}  # fmt: skip


def judged(*lines, **how):
    survey, table = surveyed(lines, **how)
    return list(judging.judged(survey, table))


def told(*lines, **how):
    return [
        (each.number, v.style_code, v.colour, v.size, v.size_system, v.units_offered)
        for each in judged(*lines, **how)
        if (v := each.variant) is not None
    ]


@pytest.mark.parametrize("name", LISTS)
def test_each_filled_cell_becomes_a_variant(name):
    lines, expected = LISTS[name]

    assert guessing.guess(rows(*lines)).layout is Layout.MATRIX
    assert told(*lines) == expected


def test_sizes_below_one_another_stay_as_they_are():
    lines = ("Ref|Taille|Couleur|Qté|PVC", "R1|36|Noir|3|99", "R1|38|Noir|2|99")

    assert guessing.guess(rows(*lines)).layout is Layout.LONG
    assert told(*lines) == [(2, "R1", "Noir", "36", "", 3), (3, "R1", "Noir", "38", "", 2)]


@pytest.mark.parametrize("total", ["TOTAL||||5|7", "||Total général|||5|7", "|||6|5|7"])
def test_a_row_that_adds_up_others_is_left_out(total):
    found = judged("Ref|Nom|Couleur|34|36|38", "R1|Robe|Noir|6|5|7", total)

    assert [each.variant is None for each in found] == [False, False, False, True]
    assert codes(found[-1]) == ["row_ignored"]


def test_a_wrong_cell_keeps_its_own_size_out_and_no_other():
    found = judged("Ref|Nom|36|38|40|PVC", "R1|Robe|1|-2|trois|99")

    assert [(each.is_refused, codes(each)) for each in found] == [
        (False, []),
        (True, ["units_negative"]),
        (True, ["units_unreadable"]),
    ]
    assert found[1].problems[0].column == "38"


def test_what_is_wrong_with_the_whole_row_is_told_once_and_keeps_every_size_out():
    found = judged("Ref|Nom|36|38|40|PVC", "R1|Robe|1|2|3|beaucoup")

    assert [codes(each) for each in found] == [["price_unreadable"], [], []]
    assert all(each.is_refused for each in found)


def test_a_barcode_of_a_row_is_no_size_s_own_unless_there_is_only_one():
    found = judged(
        "SKU|EAN|Nom|S|M|PVC", "K1|3701234000015|Pull|1|2|39,90", "K2|3701234000022|Pull||1|39,90"
    )

    assert [(v.style_code, v.sku, v.gtin) for each in found if (v := each.variant)] == [
        ("K1", "K1-S", ""),
        ("K1", "K1-M", ""),
        ("K2", "K2-M", "3701234000022"),
    ]


def test_the_same_size_in_two_rows_that_disagree_is_refused_in_both():
    found = judged("Ref|Nom|Couleur|36|38|40", "R1|Robe|Noir|1|2|", "R1|Robe|Noir|1|5|")

    assert [(each.number, each.part, codes(each)) for each in found] == [
        (2, 1, []),
        (2, 2, ["variant_twice"]),
        (3, 1, ["row_repeated"]),
        (3, 2, ["variant_twice"]),
    ]


def test_a_person_can_take_a_column_for_a_size_and_another_for_none():
    lines = ("Ref|Nom|Petit|Grand|36|38|40", "R1|Robe|1|2|9|9|9")
    by_hand = {
        "Petit": "units_by_size",
        "Grand": "units_by_size",
        "36": None,
        "38": None,
        "40": None,
    }

    assert told(*lines, mapping=by_hand) == [
        (2, "R1", "", "Petit", "", 1),
        (2, "R1", "", "Grand", "", 2),
    ]


def test_no_size_left_is_a_list_with_one_row_for_each_sku():
    guess = guessing.guess(rows("Ref|Nom|36|38|40", "R1|Robe|1|2|3"))

    assert guess.corrected({"36": None, "38": None, "40": None}).layout is Layout.LONG


def test_a_header_repeated_on_each_page_of_a_long_list_is_left_out():
    found = judged("Ref|Taille|Qté", "R1|36|3", "Ref|Taille|Qté", "R1|38|2")

    assert [codes(each) for each in found] == [[], ["row_ignored"], []]
