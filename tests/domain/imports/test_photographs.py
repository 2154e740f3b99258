"""Photographs find their style by the rows' word, by SKU, by style and colour."""

from __future__ import annotations

from marketplace.domain.imports.photographs import Album, Because, basename
from tests.domain.imports.reading import judged

LIST = (
    "Ref | Name | Colour | Colour code | Size | SKU | Qty | Photo",
    "A1 | Dress | Bleu nuit | 014 | 36 | S-1 | 2 | /a/b/Front.JPG",
    "A1 | Dress | Noir | 090 | 36 | S-2 | 2 | https://cdn.example/x/back.jpg?w=9",
    "A1-B | Coat | Noir | 090 | 36 | S-3 | 2 | gone.jpg",
    "C1 | Hat | Noir | 090 | 36 | S-4 | -2 | refused.jpg",
)


def album() -> Album:
    found = Album()
    for each in judged(*LIST).values():
        found.hear(each)
    return found


def placed(*names):
    return [(m.style_code, m.colour, m.because) for m in album().matched(names)]


def test_a_row_s_word_comes_first_whatever_folder_and_case():
    assert placed("photos/front.jpg", "BACK.JPG") == [
        ("A1", "Bleu nuit", Because.NAMED),
        ("A1", "Noir", Because.NAMED),
    ]


def test_names_that_begin_with_sku_style_or_colour_are_matched():
    assert placed("S-2.jpg", "a1_bleu-nuit_3.jpg", "A1-014.png", "a1-2.jpg", "A1-B_2.jpg") == [
        ("A1", "Noir", Because.SKU),
        ("A1", "Bleu nuit", Because.STYLE_COLOUR),
        ("A1", "Bleu nuit", Because.STYLE_COLOUR),
        ("A1", "", Because.STYLE),
        ("A1-B", "", Because.STYLE),
    ]


def test_a_stranger_belongs_to_no_style():
    assert placed("A12.jpg", "refused.jpg", "holiday.jpg") == [(None, "", None)] * 3


def test_positions_follow_the_rows_and_then_the_file():
    matches = album().matched(["a1-9.jpg", "back.jpg", "front.jpg"])

    assert [match.position for match in matches] == [2, 1, 0]


def test_what_is_wrong_with_photographs_is_told_at_the_row_that_names_them():
    heard = album()
    matches = heard.matched(["front.jpg", "back.jpg", "holiday.jpg"])
    refused = {"back.jpg": ("photograph_too_large", {"most": "15 MiB"})}

    told = heard.problems(matches, refused, header_row=1, column="Photo")

    assert [(p.row, p.code, p.value) for p in told] == [
        (3, "photograph_too_large", "back.jpg"),
        (1, "photograph_unmatched", "holiday.jpg"),
        (4, "photograph_absent", "gone.jpg"),
    ]
    assert told[0].message() == "back.jpg is larger than 15 MiB."


def test_a_name_is_taken_out_of_paths_and_addresses():
    assert basename("C:\\Photos\\A 1.JPG") == "a 1.jpg"
    assert basename("https://cdn.example/p/a.jpg?v=1#x") == "a.jpg"
