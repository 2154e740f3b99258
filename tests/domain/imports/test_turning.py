"""Lists that lie on their side are told by their words, turned, and read as any other."""

from __future__ import annotations

import pytest

from marketplace.domain.imports import checking, guessing, judging, surveys, turning
from marketplace.domain.imports.given import SheetText
from marketplace.domain.imports.readings import reading
from tests.domain.imports.reading import rows
from tests.domain.imports.test_lists_brands_send import parts

ON_ITS_SIDE = ("Style|A1|A1|A2", "Colour|Blue|Red|Black", "RRP|29|29|39", "S|1|2|3", "M|4|5|6")
UPRIGHT = ("Style|Colour|Size|Units", "A1|Blue|S|1", "A1|Blue|M|2")
TITLED = ("Brand:|Maison X||", "Season:|FW25||", "Currency:|EUR||", "", *UPRIGHT)


def sheet(*lines: str) -> SheetText:
    return SheetText(None, None, None, (), uneven_quotes=False, rows=rows(*lines))


def told(*lines: str, turns=None):
    upright, _ = checking.upright(sheet(*lines), turns=turns)
    table = list(upright.rows)
    survey = surveys.survey(reading(guessing.guess(table)), table)
    return ["|".join(parts(v)) for v in judging.judged(survey, table) if v.variant is not None]


def test_a_list_on_its_side_is_turned_and_its_sizes_spread():
    assert told(*ON_ITS_SIDE) == [
        "2|A1|Blue|S|INT|1|2900|",
        "2|A1|Blue|M|INT|4|2900|",
        "3|A1|Red|S|INT|2|2900|",
        "3|A1|Red|M|INT|5|2900|",
        "4|A2|Black|S|INT|3|3900|",
        "4|A2|Black|M|INT|6|3900|",
    ]


@pytest.mark.parametrize(
    "lines",
    [
        ("LISTE 2025|||", "|||", "|Réf|R1|R2", "|Désignation|Robe|Jupe", "|Taille|38|40", "|Qté|3|4", "|PVC|99|89"),
        ("Artikelnummer|4711|4712", "Bezeichnung|Kleid|Rock", "Größe|38|40", "Bestand|3|4", "UVP|99,00|89,00"),
        ("Codice|C1|C2", "Descrizione|Abito|Gonna", "Taglia|38|40", "Esistenza|3|4", "Prezzo al pubblico|99|89"),
        ("Referencia|F1|F2", "Talla|38|40", "Unidades|3|4", "PVP|99|89"),
    ],
)  # fmt: skip
def test_it_is_told_in_every_language(lines):
    found = told(*lines)

    assert [line.split("|", 1)[1].split("|", 1)[1] for line in found] == [
        "|38||3|9900|",
        "|40||4|8900|",
    ]


@pytest.mark.parametrize("lines", [UPRIGHT, TITLED, ("Style|A1", "Colour|Blue")])
def test_a_list_that_stands_is_left_standing(lines):
    given = sheet(*lines)

    assert checking.upright(given) == (given, False)


def test_a_person_has_the_last_word():
    assert checking.upright(sheet(*ON_ITS_SIDE), turns=False)[1] is False
    assert checking.upright(sheet(*UPRIGHT), turns=True)[1] is True


def test_turning_twice_gives_the_list_back():
    table = rows(*UPRIGHT)

    assert turning.turned(turning.turned(table)) == table


def test_more_rows_than_a_list_has_columns_are_never_turned():
    lines = [*ON_ITS_SIDE, *(f"note {number}|1|2|3" for number in range(turning.LINES_MAX))]

    assert checking.upright(sheet(*lines), turns=True)[1] is False


def test_what_is_said_once_over_merged_columns_is_carried_to_the_right():
    found = told("Style|A1||A2|", "Colour|Blue|Red|Black|Ecru", "Size|S|S|M|M", "Units|1|2|3|4")

    assert [line.split("|")[:3] for line in found] == [
        ["2", "A1", "Blue"],
        ["3", "A1", "Red"],
        ["4", "A2", "Black"],
        ["5", "A2", "Ecru"],
    ]
