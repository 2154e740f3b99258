"""Headers found and columns understood, by name and by content."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain.imports import fields, guessing, headers, readings
from marketplace.domain.imports.readings import Layout
from marketplace.domain.imports.rows import Row
from marketplace.domain.imports.unreadable import FileUnreadable
from tests.domain.imports.reading import rows

FRENCH = {
    "Réf.": ("LR-1", "style_code"),
    "Désignation": ("Robe longue", "style_name"),
    "Coloris": ("Noir", "colour_name"),
    "Taille": ("38", "size_label"),
    "Gencod": ("4006381333931", "gtin"),
    "Composition": ("100 % lin", "composition"),
    "Origine": ("PT", "country_of_origin"),
    "Prix public TTC (€)": ("95,00", "rrp"),
    "Prix plancher": ("30,00", "floor_price"),
    "Qté dispo": ("12", "units_offered"),
}


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Style No | Product name | Colour | Size | EAN | RRP GBP | Qty available",
         ["style_code", "style_name", "colour_name", "size_label", "gtin", "rrp", "units_offered"]),
        ("Artikelnummer | Bezeichnung | Farbe | Größe | Strichcode | UVP | Bestand",
         ["style_code", "style_name", "colour_name", "size_label", "gtin", "rrp", "units_offered"]),
        ("Codice articolo | Denominazione | Colore | Taglia | Codice a barre | Prezzo al pubblico | Giacenza",
         ["style_code", "style_name", "colour_name", "size_label", "gtin", "rrp", "units_offered"]),
        ("Referencia | Nombre | Color | Talla | Código de barras | PVP | Existencias",
         ["style_code", "style_name", "colour_name", "size_label", "gtin", "rrp", "units_offered"]),
    ],
)  # fmt: skip
def test_headers_are_known_in_five_languages(header, expected):
    guess = guessing.guess(rows(header, "A1 | Dress | Black | 38 | 4006381333931 | 95 | 3"))

    assert list(guess.mapping.values()) == expected
    assert guess.layout is Layout.LONG


@given(st.permutations(list(FRENCH)))
def test_the_order_of_the_columns_changes_nothing(order):
    table = rows(" | ".join(order), " | ".join(FRENCH[name][0] for name in order))

    guess = guessing.guess(table)

    assert guess.mapping == {name: field for name, (_, field) in FRENCH.items()}
    assert guess.header.fingerprint == guessing.guess(rows(" | ".join(FRENCH))).header.fingerprint


def test_the_header_is_found_below_titles():
    guess = guessing.guess(
        rows("MAISON ORVANE", "Prix en euros", "", "Réf. | Taille | Qté", "A1 | 38 | 3")
    )

    assert guess.header.number == 4
    assert guess.header.columns == ("Réf.", "Taille", "Qté")


def test_content_speaks_where_the_name_says_nothing():
    guess = guessing.guess(
        rows(
            "Réf. | Taille | XYZ | Divers",
            *(f"A{n} | 38 | 4006381333931 | 60 % lin 40 % soie" for n in range(5)),
        )
    )

    assert guess.mapping["XYZ"] == "gtin"
    assert guess.mapping["Divers"] == "composition"
    assert {
        choice.confidence for choice in guess.choices if choice.column in {"XYZ", "Divers"}
    } == {60}


def test_content_that_contradicts_makes_a_name_weaker():
    sure = guessing.guess(rows("Réf. | Stock", "A1 | 12")).choices[1]
    unsure = guessing.guess(rows("Réf. | Stock", "A1 | on the left")).choices[1]

    assert (sure.field, sure.confidence) == ("units_offered", 100)
    assert (unsure.field, unsure.confidence) == ("units_offered", 55)


def test_a_short_description_is_the_name_where_there_is_no_other():
    named = guessing.guess(rows("Ref | Description | Qty", "A1 | Long dress | 2"))
    both = guessing.guess(rows("Ref | Name | Description | Qty", "A1 | Dress | Long dress | 2"))

    assert named.mapping["Description"] == "style_name"
    assert both.mapping["Description"] == "description"


@pytest.mark.parametrize(
    "lines",
    [
        ("Réf. | Coloris | 36 | 38 | 40", "A1 | Noir | 2 | | 0"),
        ("Réf. | Désignation | Tailles | | ", "| | 36 | 38 | 40", "A1 | Robe | 2 | | 0"),
        ("Style | Colour | S | M | L | XL", "A1 | Black | 1 | 2 | 3 | 4"),
    ],
)
def test_sizes_side_by_side_are_recognised(lines):
    assert guessing.guess(rows(*lines)).layout is Layout.MATRIX


def test_columns_have_names_of_their_own():
    assert readings.named_columns(["Taille", "", "Taille", "Taille", " a\n b "]) == (
        "Taille", "column B", "Taille (2)", "Taille (3)", "a b",
    )  # fmt: skip
    assert [readings.letter(place) for place in (0, 25, 26, 701, 702)] == [
        "A",
        "Z",
        "AA",
        "ZZ",
        "AAA",
    ]


def test_a_person_has_the_last_word():
    guess = guessing.guess(rows("Réf. | Prix | Qté", "A1 | 95 | 3"))

    corrected = guess.corrected({"Prix": "cost", "Qté": None})

    assert corrected.mapping == {"Réf.": "style_code", "Prix": "cost"}


def test_a_field_moved_by_a_person_leaves_its_guessed_column():
    guess = guessing.guess(rows("Réf. | Ref 2 | Qté", "A1 | B1 | 3"))

    corrected = guess.corrected({"Ref 2": "style_code"})

    assert corrected.mapping == {"Ref 2": "style_code", "Qté": "units_offered"}


@pytest.mark.parametrize(
    ("mapping", "reason"),
    [
        ({"Nowhere": "sku"}, "mapping_column"),
        ({"Qté": "nonsense"}, "mapping_field"),
        ({"Qté": "sku", "Réf.": "sku"}, "mapping_twice"),
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused(mapping, reason):
    guess = guessing.guess(rows("Réf. | Qté", "A1 | 3"))

    with pytest.raises(FileUnreadable) as no:
        guess.corrected(mapping)

    assert no.value.reason == reason


def test_header_words_name_real_fields_and_only_one_each():
    words = [(word, name) for name, known in headers.WORDS.items() for word in known]

    assert {name for _, name in words} <= set(fields.BY_NAME)
    assert len({word for word, _ in words}) == len(words)


@given(
    st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=6), min_size=1, max_size=8),
    st.randoms(),
)
def test_any_table_has_a_guess(table, shuffler: random.Random):
    lines = [Row(number, tuple(cells)) for number, cells in enumerate(table, start=1)]
    shuffler.shuffle(lines)
    filled = sorted((row for row in lines if not row.is_blank), key=lambda row: row.number)
    if filled:
        guess = guessing.guess(filled)
        assert len(set(guess.header.columns)) == len(guess.header.columns)


def test_columns_whose_names_say_nothing_are_known_by_their_cells():
    guess = guessing.guess(
        rows(
            "Xyz | Abc | Klm | Nop | Qrs | Tuv | Rrp | Qty",
            "AB-100 | Noir | 38 | PT | 80 % laine, 20 % soie | neuf avec étiquette | 99,00 | 3",
            "AB-100 | Noir | 40 | PT | 80 % laine, 20 % soie | neuf avec étiquette | 99,00 | 2",
            "AB-200 | Bleu | 42 | IT | 100 % lin | neuf avec étiquette | 49,00 | 5",
        )
    )

    assert guess.mapping == {
        "Xyz": "style_code",
        "Abc": "colour_name",
        "Klm": "size_label",
        "Nop": "country_of_origin",
        "Qrs": "composition",
        "Tuv": "condition",
        "Rrp": "rrp",
        "Qty": "units_offered",
    }
    assert min(choice.confidence for choice in guess.choices if choice.field) < 60


@pytest.mark.parametrize(
    "cells",
    [["1", "2", "3", "4"], ["S", "38"], ["99,00", "49,00", "59,00"], ["Alma", "Rita", "Zoé"]],
)
def test_cells_that_could_mean_several_things_are_left_to_a_person(cells):
    guess = guessing.guess(rows("Ref | Zzz", *(f"A{n} | {cell}" for n, cell in enumerate(cells))))

    assert guess.mapping == {"Ref": "style_code"}
